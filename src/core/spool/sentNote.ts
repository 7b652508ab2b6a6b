import { readFile, writeFile } from "node:fs/promises";

const noteOf = (spool: string): string => spool.replace(/\.jsonl$/, ".sent");

/** How many bytes of a spool are known to be stored; 0 where nothing says so. */
export async function readSent(spool: string): Promise<number> {
  const text = await readFile(noteOf(spool), "latin1").catch(() => "");
  return /^\d{20}\n/.test(text) ? Number(text.slice(0, 20)) : 0;
}

/** Of one length always, written in place: too small a number only has some lines read again. */
export async function writeSent(spool: string, bytes: number): Promise<void> {
  await writeFile(noteOf(spool), `${String(bytes).padStart(20, "0")}\n`, { mode: 0o600 });
}
