import type { AttributeValues } from "./attributes.js";

const CR = 13;
const LF = 10;

/** Git's own guess: a NUL, a lone CR, or more than one of 128 that no text has. */
function looksBinary(content: Buffer): boolean {
  let [printable, other] = [0, 0];
  for (let at = 0; at < content.length; at++) {
    const byte = content[at] ?? 0;
    if (byte === 0 || (byte === CR && content[at + 1] !== LF)) return true;
    if (byte === LF || byte === CR) continue;
    if (byte === 127 || (byte < 32 && ![8, 9, 12, 27].includes(byte))) other++;
    else printable++;
  }
  return printable >> 7 < other;
}

const crlf = Buffer.from("\r\n");

/**
 * A file's content as Git would put it into the index.
 * @param autocrlf `core.autocrlf`
 * @param indexed what is in the index now; asked for only if it matters
 */
export async function toGit(
  content: Buffer,
  { text, eol }: AttributeValues,
  autocrlf: boolean,
  indexed: () => Promise<Buffer | undefined>,
): Promise<Buffer> {
  if (text === false || !content.includes(crlf)) return content;
  const isText = text === true || (text === undefined && (eol === "lf" || eol === "crlf"));
  if (!isText) {
    if (text !== "auto" && !autocrlf) return content;
    const before = looksBinary(content) ? undefined : await indexed();
    // What came in with CRLF stays so.
    if (looksBinary(content) || before?.includes(crlf)) return content;
  }
  return Buffer.from(content.toString("latin1").replaceAll("\r\n", "\n"), "latin1");
}
