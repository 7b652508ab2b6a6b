import { invalid } from "./validate.js";

/** Opaque to clients; like MLflow's, base64 of a small JSON object. */
export function encodePageToken(position: Record<string, unknown>): string {
  return Buffer.from(JSON.stringify(position)).toString("base64");
}

/** Throws CairnError `invalid` for anything that `encodePageToken` has not made. */
export function decodePageToken(token: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, "base64").toString());
    if (typeof parsed === "object" && parsed !== null) return { ...parsed };
  } catch {
    // Said below.
  }
  throw invalid(`Invalid page token, could not decode '${token.slice(0, 100)}'`);
}

/** The offset in a page token; 0 without one. */
export function offsetOf(token: string | undefined): number {
  if (token === undefined || token === "") return 0;
  const { offset } = decodePageToken(token);
  if (typeof offset === "number" && Number.isSafeInteger(offset) && offset > 0) return offset;
  throw invalid(`Invalid page token, it holds no offset: '${token.slice(0, 100)}'`);
}

export function offsetToken(offset: number): string {
  return encodePageToken({ offset });
}
