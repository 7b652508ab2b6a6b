import { readFile, realpath, stat } from "node:fs/promises";
import path from "node:path";
import type { Entry } from "./entry.js";
import { parseMlProject } from "./mlproject.js";
import { configError, MAX_YAML_BYTES, parseYaml } from "./parseYaml.js";
import { ProjectConfig, type EntryConfig, type ProjectConfigData } from "./schema.js";

const MAX_FILES = 50;

/** What the project's files say. Problems do not throw: what can be read is there, and the caller decides. */
export interface LoadedConfig {
  data: ProjectConfigData;
  entries: Entry[];
  redact: string[];
  /** `file:line:column: sentence`. */
  problems: string[];
  /** Throws the problems as CairnError `invalid`, if there are any. */
  throwIfBroken(): void;
}

/** The text of a file, or why there is none; neither when it does not exist. */
async function readText(file: string): Promise<{ text?: string; problem?: string }> {
  try {
    const info = await stat(file);
    if (info.isDirectory()) return { problem: "this is a folder." };
    if (!info.isFile()) return { problem: "this is not a regular file." };
    if (info.size > MAX_YAML_BYTES) return { problem: "the file is larger than 1 MB." };
    return { text: (await readFile(file, "utf8")).replace(/^\uFEFF/, "") };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? {} : { problem: `cannot be read: ${message}` };
  }
}

class Loader {
  readonly data: ProjectConfigData = {};
  readonly problems: string[] = [];
  private readonly seen = new Set<string>();

  constructor(private readonly root: string) {}

  /** Reads `file` and what it includes; an included file's names must not be taken already. */
  async load(file: string, from?: string): Promise<void> {
    const label = path.relative(this.root, file) || file;
    let real: string;
    try {
      real = await realpath(file);
    } catch {
      if (from !== undefined) this.problems.push(`${from}:1:1: the included file ${label} does not exist.`);
      return;
    }
    const outside = path.relative(this.root, real);
    if (outside.startsWith("..") || path.isAbsolute(outside)) {
      this.problems.push(`${from ?? label}:1:1: ${label} lies outside the project.`);
      return;
    }
    if (this.seen.has(real)) return;
    if (this.seen.size >= MAX_FILES) {
      this.problems.push(`${from ?? label}:1:1: more than ${MAX_FILES} files are included.`);
      return;
    }
    this.seen.add(real);
    const { text, problem } = await readText(real);
    if (problem !== undefined) this.problems.push(`${label}:1:1: ${problem}`);
    if (text === undefined) return;
    const { value, problems } = parseYaml(label, text, ProjectConfig);
    this.problems.push(...problems);
    if (value === undefined) return;
    this.merge(label, value);
    for (const included of [value.include ?? []].flat()) {
      await this.load(path.resolve(path.dirname(file), included), label);
    }
  }

  private merge(label: string, value: ProjectConfigData): void {
    const { redact, privacy, system, ...sections } = value;
    delete sections.include;
    this.data.redact = [...(this.data.redact ?? []), ...(redact ?? [])];
    if (system !== undefined) {
      if (this.data.system !== undefined)
        this.problems.push(`${label}:1:1: system is named in more than one file.`);
      else this.data.system = system;
    }
    if (privacy !== undefined) {
      this.data.privacy = {
        drop: [...(this.data.privacy?.drop ?? []), ...(privacy.drop ?? [])],
        hash: [...(this.data.privacy?.hash ?? []), ...(privacy.hash ?? [])],
      };
    }
    const target = this.data as Record<string, Record<string, unknown> | undefined>;
    for (const [section, values] of Object.entries(sections)) {
      const merged = (target[section] ??= {});
      for (const [name, content] of Object.entries(values)) {
        if (Object.hasOwn(merged, name)) {
          this.problems.push(`${label}:1:1: ${section}.${name} is named in more than one file.`);
        } else merged[name] = content;
      }
    }
  }
}

function toEntry([name, config]: [string, EntryConfig]): Entry {
  const params = Object.entries(config.params ?? {}).map(([key, value]): [string, string | null] => [
    key,
    value === null ? null : String(value),
  ]);
  const env = Object.entries(config.env ?? {}).map(([key, value]): [string, string] => [key, String(value)]);
  return {
    name,
    command: config.command,
    source: "cairn.yaml",
    params: Object.fromEntries(params),
    types: {},
    extraParams: "refuse",
    data: config.data ?? [],
    ...(config.experiment === undefined ? {} : { experiment: config.experiment }),
    ...(config.cwd === undefined ? {} : { cwd: config.cwd }),
    ...(env.length === 0 ? {} : { env: Object.fromEntries(env) }),
  };
}

/** cairn.yaml with what it includes, and MLproject; of two entries with one name cairn.yaml's counts. */
export async function loadConfig(root: string): Promise<LoadedConfig> {
  const loader = new Loader(await realpath(root));
  await loader.load(path.join(root, "cairn.yaml"));
  const own = Object.entries(loader.data.entries ?? {}).map(toEntry);
  const { text, problem } = await readText(path.join(root, "MLproject"));
  const project = text === undefined ? { entries: [], problems: [] } : parseMlProject("MLproject", text);
  if (problem !== undefined) project.problems.push(`MLproject:1:1: ${problem}`);
  const taken = new Set(own.map((entry) => entry.name));
  const problems = [...loader.problems, ...project.problems];
  return {
    data: loader.data,
    entries: [...own, ...project.entries.filter((entry) => !taken.has(entry.name))],
    redact: loader.data.redact ?? [],
    problems,
    throwIfBroken() {
      if (problems.length > 0) throw configError(problems);
    },
  };
}
