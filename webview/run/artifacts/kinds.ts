export type ArtifactKind = "image" | "json" | "table" | "html" | "audio" | "columnar" | "text" | "other";

interface Known {
  kind: ArtifactKind;
  /** Media type, where one is needed to show it. */
  type?: string;
}

const image = (type: string): Known => ({ kind: "image", type });
const audio = (type: string): Known => ({ kind: "audio", type });
const text: Known = { kind: "text" };
const table: Known = { kind: "table" };
const columnar: Known = { kind: "columnar" };
const other: Known = { kind: "other" };

const BY_EXTENSION: Record<string, Known> = {
  ...{ png: image("image/png"), jpg: image("image/jpeg"), jpeg: image("image/jpeg") },
  ...{ gif: image("image/gif"), webp: image("image/webp"), bmp: image("image/bmp") },
  ...{ svg: image("image/svg+xml"), avif: image("image/avif"), ico: image("image/x-icon") },
  ...{ wav: audio("audio/wav"), mp3: audio("audio/mpeg"), ogg: audio("audio/ogg"), oga: audio("audio/ogg") },
  ...{
    flac: audio("audio/flac"),
    opus: audio("audio/ogg"),
    m4a: audio("audio/mp4"),
    aac: audio("audio/aac"),
  },
  ...{ json: { kind: "json" }, ipynb: { kind: "json" }, geojson: { kind: "json" } },
  ...{ csv: table, tsv: table, html: { kind: "html" }, htm: { kind: "html" } },
  ...{ jsonl: table, ndjson: table, tab: table, parquet: table, pq: table },
  ...{ arrow: columnar, feather: columnar, orc: columnar, avro: columnar },
  ...{ txt: text, md: text, log: text, yaml: text, yml: text, toml: text, ini: text, cfg: text, py: text },
  ...{
    xml: text,
    patch: text,
    diff: text,
    sh: text,
    js: text,
    ts: text,
    css: text,
  },
  ...{
    pkl: other,
    pt: other,
    pth: other,
    onnx: other,
    safetensors: other,
    h5: other,
    bin: other,
    zip: other,
  },
  ...{ gz: other, tar: other, npy: other, npz: other, joblib: other, keras: other, pb: other, ckpt: other },
};

/** How a file is shown, by its name. Undefined where its beginning must be looked at. */
export function kindOf(path: string): Known | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  const extension = dot < 0 ? "" : name.slice(dot + 1).toLowerCase();
  return Object.hasOwn(BY_EXTENSION, extension) ? BY_EXTENSION[extension] : undefined;
}

/** Whether bytes look like text: UTF-8 (the last character may be cut off) without control characters. */
export function looksLikeText(bytes: Uint8Array): boolean {
  try {
    const decoded = new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    // Cc but tab, line feed, form feed, carriage return and escape.
    return !/(?![\t\n\f\r\u001b])\p{Cc}/u.test(decoded);
  } catch {
    return false;
  }
}
