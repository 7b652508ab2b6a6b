import { CairnError } from "../../shared/errors.js";
import type { EngineRequests } from "../../shared/protocol.js";

type Read = EngineRequests["artifactRead"];

/** What reads artifacts: the connection to a project's engine. */
export interface ArtifactReader {
  request(method: "artifactRead", params: Read["params"]): Promise<Read["result"]>;
}

/** Bytes asked for at once; the engine gives no more. */
const PART = 4 * 1024 * 1024;

/** A part of an artifact. */
export async function readArtifactPart(
  reader: ArtifactReader,
  params: Read["params"],
): Promise<{ bytes: Uint8Array; size: number }> {
  const { data, size } = await reader.request("artifactRead", params);
  // A copy with a buffer of its own: Node's small ones share theirs, which would be posted whole.
  return { bytes: Uint8Array.from(Buffer.from(data, "base64")), size };
}

/** A whole artifact; undefined when there is none. Throws CairnError `invalid` for one of more than `limit` bytes. */
export async function readWholeArtifact(
  reader: ArtifactReader,
  runId: string,
  path: string,
  limit: number,
): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let at = 0;
  try {
    for (;;) {
      const { data, size } = await reader.request("artifactRead", { runId, path, start: at, length: PART });
      if (size > limit) {
        throw new CairnError(
          "invalid",
          `${path} has ${size} bytes, more than the ${limit} that are read here.`,
        );
      }
      const part = Buffer.from(data, "base64");
      parts.push(part);
      at += part.length;
      if (part.length === 0 || at >= size) return Buffer.concat(parts);
    }
  } catch (error) {
    if (error instanceof CairnError && error.code === "notFound") return undefined;
    throw error;
  }
}
