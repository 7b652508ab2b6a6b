import { Document, isMap, isScalar, isSeq, parseDocument, Scalar, type YAMLMap } from "yaml";
import * as z from "zod";
import { parseYaml } from "../../config/index.js";

/*
 * `.dvc` files: what DVC writes beside a versioned file or folder. Read leniently (keys of later versions are kept),
 * written in DVC's own order and style, so that a file which Cairn and DVC write in turn changes only where its
 * content does.
 */

const text = z.string().min(1).max(4096);
const size = z.int().nonnegative();

const out = z.looseObject({
  md5: z
    .string()
    .regex(/^[0-9a-f]{32}(\.dir)?$/, "an MD5 of 32 hexadecimal digits, with .dir behind for a folder")
    .optional(),
  size: size.optional(),
  nfiles: size.optional(),
  isexec: z.boolean().optional(),
  /** Absent in files of DVC before version 3, whose hash is `md5-dos2unix`. */
  hash: z.string().optional(),
  path: text,
  cache: z.boolean().optional(),
  push: z.boolean().optional(),
  persist: z.boolean().optional(),
  remote: text.optional(),
  desc: z.string().optional(),
  type: z.string().optional(),
  labels: z.array(z.string()).optional(),
  meta: z.unknown().optional(),
  /** A folder whose files are versioned by a cloud store: listed here instead of in a `.dir` object. */
  files: z
    .array(z.looseObject({ relpath: text, md5: z.string().optional(), size: size.optional() }))
    .optional(),
});

const dep = z.looseObject({
  path: text,
  md5: z.string().optional(),
  etag: z.string().optional(),
  checksum: z.string().optional(),
  size: size.optional(),
  nfiles: size.optional(),
  hash: z.string().optional(),
  repo: z.looseObject({ url: text, rev: text.optional(), rev_lock: text.optional() }).optional(),
});

const PointerFile = z.looseObject({
  outs: z.array(out).min(1).max(100_000),
  deps: z.array(dep).optional(),
  frozen: z.boolean().optional(),
  wdir: text.optional(),
  desc: z.string().optional(),
  md5: z.string().optional(),
  meta: z.unknown().optional(),
});

export type Pointer = z.infer<typeof PointerFile>;
export type PointerOut = z.infer<typeof out>;

/** Reads a `.dvc` file. `label` is how problems name it, each as `file:line:column: sentence`. Never throws. */
export function readPointer(
  label: string,
  source: string,
): { pointer: Pointer | undefined; problems: string[] } {
  const { value, problems } = parseYaml(label, source, PointerFile);
  return { pointer: value, problems };
}

/** What an added file or folder is now. */
export interface Content {
  md5: string;
  /** Bytes, of all files of a folder together. */
  size: number;
  /** Of a folder. */
  nfiles?: number;
  isExecutable?: boolean;
}

/** DVC's order of the keys that follow from the content; the rest of an out stays as and where it is. */
const CONTENT_KEYS = ["md5", "size", "nfiles", "isexec", "hash", "path"] as const;

/**
 * The text of a `.dvc` file for `name` with this content. Comments, descriptions, labels and what else a person or
 * another version of DVC put into `previous` is kept.
 */
export function writePointer(name: string, content: Content, previous?: string): string {
  const document =
    previous === undefined ? new Document({ outs: [{ path: name }] }) : parseDocument(previous);
  const outs = document.get("outs");
  const found = isSeq(outs) ? outs.items.find((item) => isMap(item) && item.get("path") === name) : undefined;
  if (!isMap(found)) return writePointer(name, content);
  setContent(found, content);
  const path = found.get("path", true);
  if (isScalar(path) && isOtherwiseSpecial(name)) path.type = Scalar.QUOTE_SINGLE;
  // The style of the YAML library that DVC writes with, but for lines over 80 characters, which that folds.
  return document.toString({ indentSeq: false, lineWidth: 0, singleQuote: true });
}

/** What DVC's YAML library takes for a date, a number with underscores or a merge, and this one for a text. */
function isOtherwiseSpecial(name: string): boolean {
  return (
    name === "=" ||
    name === "<<" ||
    /^\d{4}-\d\d-\d\d$/.test(name) ||
    /^\d{4}-\d\d?-\d\d?([Tt]|[ \t]+)\d\d?:\d\d:\d\d/.test(name) ||
    /^[-+]?[\d_]*\d[\d_]*(\.[\d_]*)?([eE][-+]?\d+)?$/.test(name)
  );
}

function setContent(entry: YAMLMap, { md5, size: bytes, nfiles, isExecutable }: Content): void {
  const values: Record<(typeof CONTENT_KEYS)[number], unknown> = {
    md5,
    size: bytes,
    nfiles,
    isexec: isExecutable === true ? true : undefined,
    hash: "md5",
    path: entry.get("path"),
  };
  const isContent = (key: unknown): boolean => (CONTENT_KEYS as readonly string[]).includes(String(key));
  const kept = new Map(entry.items.map((pair) => [String(pair.key), pair]));
  const rest = entry.items.filter((pair) => !isContent(pair.key));
  entry.items = [];
  for (const key of CONTENT_KEYS) {
    if (values[key] === undefined) continue;
    const pair = kept.get(key);
    // The same pair, so that the comment beside it stays.
    if (pair) entry.items.push(pair);
    entry.set(key, values[key]);
  }
  entry.items.push(...rest);
}
