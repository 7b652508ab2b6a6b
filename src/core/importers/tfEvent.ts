import { MAX_ARTIFACT, MAX_NAMES } from "./limits.js";
import { allowedName, milliseconds } from "./names.js";
import { readHparams } from "./tfHparams.js";
import { readScalar, readStrings } from "./tfTensor.js";
import type { Found, ReaderContext, ReaderState } from "./types.js";
import { BYTES, FIXED32, FIXED64, VARINT, Wire } from "./wire.js";

interface Tag {
  bytes: Uint8Array;
  /** As TensorBoard shows it. */
  text: string;
  metric: string;
}

/** Readers of one chunk, and its tags, each decoded once. */
export class EventNames {
  readonly event: Wire;
  readonly summary: Wire;
  readonly value: Wire;
  private readonly tags = new Map<number, Tag>();

  constructor(
    readonly bytes: Uint8Array,
    readonly state: ReaderState,
    private readonly context: ReaderContext,
  ) {
    this.event = new Wire(bytes);
    this.summary = new Wire(bytes);
    this.value = new Wire(bytes);
  }

  tag(start: number, end: number): Tag {
    let hash = 0x811c9dc5;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ (this.bytes[i] ?? 0), 0x01000193);
    const known = this.tags.get(hash);
    if (known !== undefined && this.same(known.bytes, start, end)) return known;
    const bytes = this.bytes.subarray(start, end);
    const text = new TextDecoder().decode(bytes.subarray(0, 2000));
    const made = { bytes, text, metric: allowedName(this.context.prefix + text) };
    this.tags.set(hash, made);
    return made;
  }

  /** The tag's plugin, which is told with its first value only. */
  plugin(tag: string, told: string): string {
    const plugins = (this.state.plugins ??= {});
    if (told === "") return Object.hasOwn(plugins, tag) ? (plugins[tag] ?? "") : "";
    if (!Object.hasOwn(plugins, tag) && Object.keys(plugins).length < MAX_NAMES) {
      Object.defineProperty(plugins, tag, {
        value: told,
        enumerable: true,
        writable: true,
        configurable: true,
      });
    }
    return told;
  }

  private same(bytes: Uint8Array, start: number, end: number): boolean {
    if (bytes.length !== end - start) return false;
    for (let i = 0; i < bytes.length; i++) if (bytes[i] !== this.bytes[start + i]) return false;
    return true;
  }
}

interface When {
  timestamp: number;
  step: number;
}

/** Reads the Event message that lies from `start` to `end` (tensorflow/core/util/event.proto). */
export function readEvent(
  names: EventNames,
  start: number,
  end: number,
  found: Found,
  context: ReaderContext,
): void {
  const { event } = names;
  event.reset(start, end);
  let wallTime = Number.NaN;
  let step = 0;
  let from = 0;
  let to = 0;
  while (event.next()) {
    if (event.field === 1 && event.type === FIXED64) wallTime = event.double();
    else if (event.field === 2 && event.type === VARINT) step = event.int();
    else if (event.field === 5 && event.type === BYTES) {
      const length = event.length();
      from = event.pos;
      event.pos = to = from + length;
    } else event.skip();
  }
  if (to === from) return;
  if (Number.isNaN(step)) {
    found.problems.add("A value whose step is no exact number was left out.");
    return;
  }
  const when = { timestamp: milliseconds(wallTime, context.time), step };
  const { summary } = names;
  summary.reset(from, to);
  while (summary.next()) {
    if (summary.field !== 1 || summary.type !== BYTES) {
      summary.skip();
      continue;
    }
    const length = summary.length();
    const at = summary.pos;
    summary.pos = at + length;
    readValue(names, at, at + length, when, found, context);
  }
}

/** One Summary.Value (tensorflow/core/framework/summary.proto). */
function readValue(
  names: EventNames,
  start: number,
  end: number,
  { timestamp, step }: When,
  found: Found,
  context: ReaderContext,
): void {
  const { value } = names;
  value.reset(start, end);
  let tag: Tag | undefined;
  let plugin = "";
  let content: Wire | undefined;
  let simple: number | undefined;
  let image: Wire | undefined;
  let tensor: Wire | undefined;
  while (value.next()) {
    const { field, type } = value;
    if (field === 1 && type === BYTES) {
      const length = value.length();
      tag = names.tag(value.pos, value.pos + length);
      value.pos += length;
    } else if (field === 2 && type === FIXED32) simple = value.float();
    else if (field === 4 && type === BYTES) image = value.message();
    else if (field === 8 && type === BYTES) tensor = value.message();
    else if (field === 9 && type === BYTES) ({ plugin, content } = readMetadata(value.message()));
    else value.skip();
  }
  if (tag === undefined) return;
  if (plugin === "hparams") {
    if (content !== undefined) readHparams(content, found);
    return;
  }
  if (simple !== undefined) {
    if (tag.metric !== "") found.metrics.push({ key: tag.metric, value: simple, timestamp, step });
  } else if (image !== undefined) {
    const encoded = readImage(image);
    if (encoded !== undefined) addFile(found, context, tag.text, String(step), encoded);
  } else if (tensor !== undefined) {
    plugin = names.plugin(tag.text, plugin);
    if (plugin === "scalars") {
      const scalar = readScalar(tensor);
      if (scalar !== undefined && tag.metric !== "")
        found.metrics.push({ key: tag.metric, value: scalar, timestamp, step });
    } else if (plugin === "text") {
      // torch's writer puts this behind each tag.
      const name = tag.text.replace(/\/text_summary$/, "");
      const text = readStrings(tensor).map((each) => new TextDecoder().decode(each));
      if (text.length > 0)
        addFile(found, context, name, String(step), new TextEncoder().encode(text.join("\n\n")), "md");
    } else if (plugin === "images") {
      // Width and height come first.
      readStrings(tensor)
        .slice(2)
        .forEach((encoded, i) => {
          addFile(found, context, tag.text, i === 0 ? String(step) : `${step}_${i}`, encoded);
        });
    }
  }
}

function readMetadata(metadata: Wire): { plugin: string; content: Wire | undefined } {
  let plugin = "";
  let content: Wire | undefined;
  while (metadata.next()) {
    if (metadata.field !== 1 || metadata.type !== BYTES) {
      metadata.skip();
      continue;
    }
    const data = metadata.message();
    while (data.next()) {
      if (data.field === 1 && data.type === BYTES) plugin = data.text();
      else if (data.field === 2 && data.type === BYTES) content = data.message();
      else data.skip();
    }
  }
  return { plugin, content };
}

function readImage(image: Wire): Uint8Array | undefined {
  let encoded: Uint8Array | undefined;
  while (image.next()) {
    if (image.field === 4 && image.type === BYTES) encoded = image.data();
    else image.skip();
  }
  return encoded;
}

const kinds: [string, number[]][] = [
  ["png", [0x89, 0x50, 0x4e, 0x47]],
  ["jpg", [0xff, 0xd8, 0xff]],
  ["gif", [0x47, 0x49, 0x46, 0x38]],
  ["webp", [0x52, 0x49, 0x46, 0x46]],
];

function addFile(
  found: Found,
  { prefix }: ReaderContext,
  tag: string,
  name: string,
  content: Uint8Array,
  known?: string,
): void {
  const extension = known ?? kinds.find(([, magic]) => magic.every((byte, i) => content[i] === byte))?.[0];
  const folder = allowedName(prefix + tag);
  if (extension === undefined || folder === "") return;
  if (content.length > MAX_ARTIFACT) {
    found.problems.add(`The ${content.length} bytes of ${folder} are too large and were left out.`);
    return;
  }
  // A copy: the chunk that it lies in is used again.
  found.artifacts.push({ path: `tensorboard/${folder}/${name}.${extension}`, content: content.slice() });
}
