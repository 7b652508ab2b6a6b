import { formatBytes } from "../../shared/format.js";
import type { RunActions } from "../actions.js";
import { kindOf, looksLikeText } from "./kinds.js";
import type { TableRows } from "../../shared/table/index.js";
import { decodeText, loadArtifact, type Loaded } from "./loadArtifact.js";

const MB = 1024 * 1024;
/** Images and sounds are taken whole or not at all; of text the beginning is worth something. */
const MAX_MEDIA = 64 * MB;
const MAX_HTML = 8 * MB;
const MAX_JSON = 8 * MB;
const MAX_TEXT = 1 * MB;
/** Enough to tell text from something else. */
const SNIFFED = 8 * 1024;

/** What is shown of an artifact; `size` is the whole file's, in bytes. */
export type Preview = { size: number } & (
  | { kind: "image"; blob: Blob; path: string }
  | { kind: "audio"; blob: Blob }
  | { kind: "json"; value: unknown }
  | { kind: "table"; rows: TableRows }
  | { kind: "html"; source: string }
  | { kind: "text"; text: string; notice: string | undefined }
  | { kind: "none"; title: string; text: string }
);

/** Reads as much of an artifact as showing it needs, and no more. */
export async function loadPreview(actions: RunActions, path: string, signal: AbortSignal): Promise<Preview> {
  const known = kindOf(path);
  const load = (limit: number) => loadArtifact(actions, path, limit, signal);
  const type = known?.type ?? "application/octet-stream";
  switch (known?.kind) {
    case "image": {
      const media = await whole(load, MAX_MEDIA);
      return "bytes" in media
        ? { kind: "image", path, size: media.size, blob: new Blob([media.bytes], { type }) }
        : media;
    }
    case "audio": {
      const media = await whole(load, MAX_MEDIA);
      return "bytes" in media
        ? { kind: "audio", size: media.size, blob: new Blob([media.bytes], { type }) }
        : media;
    }
    case "html": {
      const page = await whole(load, MAX_HTML);
      return "bytes" in page ? { kind: "html", size: page.size, source: decodeText(page) } : page;
    }
    case "json":
      return loadJson(load);
    case "table": {
      const { size } = await load(1);
      const rows: TableRows = {
        open: () => actions.request("openTable", { path }),
        rows: (stamp, range) => actions.request("tableRows", { path, stamp, range }),
      };
      return { kind: "table", size, rows };
    }
    case "text":
      return asText(await load(MAX_TEXT));
    case "columnar": {
      const { size } = await load(1);
      return {
        ...{ kind: "none", size, title: "A columnar file" },
        text: `${formatBytes(size)}. Open it with an editor for such files, or save it elsewhere.`,
      };
    }
    case "other":
    case undefined:
      return sniffed(load);
  }
}

type Load = (limit: number) => Promise<Loaded>;

/** The whole file, or why it is not shown. The first byte tells the size before all of it is fetched. */
async function whole(load: Load, limit: number): Promise<Loaded | (Preview & { kind: "none" })> {
  const { size } = await load(1);
  if (size <= limit) return load(limit);
  return {
    ...{ kind: "none", size, title: "Too large to be shown here" },
    text: `The file has ${formatBytes(size)}, more than the ${formatBytes(limit)} that are loaded for a preview.`,
  };
}

async function loadJson(load: Load): Promise<Preview> {
  const { size } = await load(1);
  if (size > MAX_JSON) return asText(await load(MAX_TEXT));
  const loaded = await load(MAX_JSON);
  const text = decodeText(loaded);
  try {
    return { kind: "json", size, value: JSON.parse(text) as unknown };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: "text", size, text, notice: `Not valid JSON, so shown as text: ${reason}.` };
  }
}

function asText(loaded: Loaded): Preview {
  const { bytes, size } = loaded;
  const notice =
    bytes.length < size ? `The first ${formatBytes(bytes.length)} of ${formatBytes(size)}.` : undefined;
  return { kind: "text", size, text: decodeText(loaded), notice };
}

async function sniffed(load: Load): Promise<Preview> {
  const { bytes, size } = await load(SNIFFED);
  if (size === 0 || looksLikeText(bytes)) return asText(await load(MAX_TEXT));
  return {
    ...{ kind: "none", size, title: "Not shown here" },
    text: `${formatBytes(size)} of a type that has no preview. Open it in an editor, save it elsewhere, or show it in the file explorer.`,
  };
}
