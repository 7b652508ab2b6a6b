import { Document, isMap, Pair, parseDocument, Scalar as Node, YAMLMap, YAMLSeq } from "yaml";
import { parseYaml } from "../../config/index.js";
import { byCodePoint } from "../../data/index.js";
import { readYaml, plainScalar } from "./readYaml.js";
import { LockFile } from "./schema.js";
import { type Dict, isDict, plain, pythonText, type Scalar, Stamp, type Value, Float } from "./values.js";

/*
 * `dvc.lock`, schema 2.0: what each stage ran with and made. cairn.lock, for the stages of cairn.yaml, is the same.
 */

export interface LockedPath {
  /** As the pipeline file has it. */
  path: string;
  /** Null for what DVC identifies otherwise (cloud stores). */
  md5: string | null;
  /** By the hash of DVC before version 3. */
  isLegacy: boolean;
  size: number | null;
  files: number | null;
  isExecutable: boolean;
}

export interface LockedStage {
  command: string | string[];
  deps: LockedPath[];
  /** By file, then by name. */
  params: Map<string, Map<string, Value>>;
  outs: LockedPath[];
}

export interface Lock {
  stages: Map<string, LockedStage>;
  problems: string[];
}

/** Never throws: a lock that cannot be read has problems and no stages. */
export function readLock(label: string, text: string): Lock {
  const none: Lock = { stages: new Map<string, LockedStage>(), problems: [] };
  const { value, problems } = readYaml(label, text);
  if (problems.length > 0) return { ...none, problems };
  if (value === undefined || value === null) return none;
  const { error } = LockFile.safeParse(plain(value));
  // Only of what is wrong the place is looked for.
  if (error) {
    const found = parseYaml(label, text, LockFile).problems;
    return {
      ...none,
      problems: found.length > 0 ? found : [`${label}:1:1: ${error.issues[0]?.message ?? "broken"}.`],
    };
  }
  const stages = isDict(value) ? value.get("stages") : undefined;
  if (!isDict(stages)) return none;
  for (const [name, stage] of stages)
    if (isDict(stage)) none.stages.set(pythonText(name), lockedStage(stage));
  return none;
}

export function lockedStage(stage: Dict): LockedStage {
  const cmd = stage.get("cmd") ?? "";
  const params = new Map<string, Map<string, Value>>();
  const given = stage.get("params");
  if (isDict(given))
    for (const [file, values] of given) {
      const named = isDict(values) ? [...values].map(([key, each]) => [pythonText(key), each] as const) : [];
      params.set(pythonText(file), new Map(named));
    }
  return {
    command: Array.isArray(cmd) ? cmd.map(pythonText) : pythonText(cmd),
    deps: paths(stage.get("deps")),
    params,
    outs: paths(stage.get("outs")),
  };
}

function paths(value: Value | undefined): LockedPath[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isDict).map((item) => {
    const number = (key: string) => {
      const found = item.get(key);
      return typeof found === "bigint" ? Number(found) : null;
    };
    const md5 = item.get("md5");
    const text = md5 === undefined || md5 === null ? null : pythonText(md5);
    return {
      path: pythonText(item.get("path") ?? ""),
      md5: text !== null && /^[0-9a-f]{32}(\.dir)?$/.test(text) ? text : null,
      isLegacy: item.get("hash") !== "md5",
      size: number("size"),
      files: number("nfiles"),
      isExecutable: item.get("isexec") === true,
    };
  });
}

/** What a lock says of a stage, in DVC's order. */
export function stageValue({ command, deps, params, outs }: LockedStage): Dict {
  const value: Dict = new Map<Scalar, Value>([["cmd", command]]);
  if (deps.length > 0) value.set("deps", sorted(deps).map(pathValue));
  if (params.size > 0) {
    const files = [...params].sort(([a], [b]) => first(b) - first(a) || byCodePoint(a, b));
    value.set("params", new Map(files.map(([file, values]) => [file, sortedValues(values)])));
  }
  if (outs.length > 0) value.set("outs", sorted(outs).map(pathValue));
  return value;
}

const first = (file: string): number => (file === "params.yaml" ? 1 : 0);

const sortedValues = (values: Map<string, Value>): Dict =>
  new Map([...values].sort(([a], [b]) => byCodePoint(a, b)));

const sorted = (all: readonly LockedPath[]): LockedPath[] =>
  all.toSorted((a, b) => byCodePoint(a.path, b.path));

function pathValue({ path, md5, isLegacy, size, files, isExecutable }: LockedPath): Dict {
  const value: Dict = new Map<Scalar, Value>([["path", path]]);
  if (!isLegacy) value.set("hash", "md5");
  if (md5 !== null) value.set("md5", md5);
  if (size !== null) value.set("size", BigInt(size));
  if (files !== null) value.set("nfiles", BigInt(files));
  if (isExecutable) value.set("isexec", true);
  return value;
}

/**
 * The text of a lock with this stage in it; the other stages, comments and what later versions of DVC put there stay.
 * A previous text that cannot be read must not be given.
 */
export function writeLock(previous: string | undefined, name: string, stage: LockedStage): string {
  const options = { schema: "failsafe", uniqueKeys: true } as const;
  const document: Document =
    previous === undefined || previous.trim() === ""
      ? new Document(undefined, options)
      : parseDocument(previous, options);
  if (!isMap(document.contents)) document.contents = mapOf([[quoted("schema"), quoted("2.0")]]);
  const top = document.contents as unknown as YAMLMap;
  let stages = top.get("stages");
  if (!isMap(stages)) {
    stages = new YAMLMap();
    top.set(quoted("stages"), stages);
  }
  const all = stages as YAMLMap;
  const existing = all.items.find(({ key }) => (key instanceof Node ? key.value : key) === name);
  const node = nodeOf(stageValue(stage));
  if (existing) existing.value = node;
  else all.items.push(new Pair(quoted(name), node));
  // An empty mapping would be written as {} and stay on one line.
  all.flow = false;
  return document.toString({ indentSeq: false, lineWidth: 0 });
}

function mapOf(pairs: [Node, Node | YAMLMap | YAMLSeq][]): YAMLMap {
  const map = new YAMLMap();
  for (const [key, value] of pairs) map.items.push(new Pair(key, value));
  return map;
}

function nodeOf(value: Value): Node | YAMLMap | YAMLSeq {
  if (Array.isArray(value)) {
    const seq = new YAMLSeq();
    seq.items = value.map(nodeOf);
    seq.flow = value.length === 0;
    return seq;
  }
  if (isDict(value)) {
    const map = mapOf([...value].map(([key, each]) => [nodeOf(key) as Node, nodeOf(each)]));
    map.flow = value.size === 0;
    return map;
  }
  return quoted(value);
}

/** A scalar that reads back as what it is: texts that look like something else are quoted. */
function quoted(value: Scalar): Node {
  const node = new Node(scalarText(value));
  if (typeof value !== "string") node.type = "PLAIN";
  else if (/[\n\r\t\u0085\u2028\u2029\ufeff]/.test(value)) node.type = "QUOTE_DOUBLE";
  else node.type = isText(value) ? "PLAIN" : "QUOTE_SINGLE";
  return node;
}

const isText = (value: string): boolean => plainScalar(value) === value && !["=", "<<"].includes(value);

function scalarText(value: Scalar): string {
  if (value === null) return "null";
  if (typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (value instanceof Stamp) return value.text;
  if (!(value instanceof Float)) return value;
  if (Number.isNaN(value.value)) return ".nan";
  if (!Number.isFinite(value.value)) return value.value > 0 ? ".inf" : "-.inf";
  // 1e-05 would be a text without its dot where YAML 1.1 is read.
  const text = pythonText(value);
  return /^-?\d+e/.test(text) ? text.replace("e", ".0e") : text;
}
