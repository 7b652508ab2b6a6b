import fs from "node:fs";
import { readObject } from "isomorphic-git";
import { CairnError } from "../../../shared/errors.js";

/** One file of a commit. */
export interface TreeEntry {
  /** Octal, six digits. */
  mode: string;
  oid: string;
}

/** Reads objects of a repository, loose and packed. Throws isomorphic-git's errors for what is missing or damaged. */
export class Objects {
  /** isomorphic-git keeps the indexes of packs there. */
  private readonly cache = {};

  constructor(private readonly gitdir: string) {}

  async blob(oid: string): Promise<Buffer> {
    return this.read(oid, "blob");
  }

  /** Every file, link and submodule of a commit by path. */
  async files(commit: string, signal: AbortSignal): Promise<Map<string, TreeEntry>> {
    const found = new Map<string, TreeEntry>();
    const walk = async (oid: string, folder: string): Promise<void> => {
      signal.throwIfAborted();
      for (const { name, mode, oid: inside } of parseTree(await this.read(oid, "tree"), oid)) {
        const path = folder === "" ? name : `${folder}/${name}`;
        if (mode === TREE) await walk(inside, path);
        else found.set(path, { mode, oid: inside });
      }
    };
    const root = /^tree ([0-9a-f]{40})\n/.exec((await this.read(commit, "commit")).toString("latin1"))?.[1];
    if (root === undefined) throw corrupt(commit);
    await walk(root, "");
    return found;
  }

  private async read(oid: string, type: "blob" | "tree" | "commit"): Promise<Buffer> {
    const found = await readObject({ fs, gitdir: this.gitdir, oid, format: "content", cache: this.cache });
    if (found.type !== type || !(found.object instanceof Uint8Array)) throw corrupt(oid);
    const { buffer, byteOffset, byteLength } = found.object;
    return Buffer.from(buffer, byteOffset, byteLength);
  }
}

const TREE = "040000";

/** Entries are `mode SP name NUL` and 20 bytes of object id. (isomorphic-git's own parser refuses some names.) */
function parseTree(content: Buffer, oid: string): { name: string; mode: string; oid: string }[] {
  const entries: { name: string; mode: string; oid: string }[] = [];
  for (let at = 0; at < content.length;) {
    const [space, end] = [content.indexOf(32, at), content.indexOf(0, at)];
    if (space < 0 || end < space || end + 21 > content.length) throw corrupt(oid);
    entries.push({
      mode: content.toString("latin1", at, space).padStart(6, "0"),
      name: content.toString("utf8", space + 1, end),
      oid: content.toString("hex", end + 1, end + 21),
    });
    at = end + 21;
  }
  return entries;
}

function corrupt(oid: string): CairnError {
  return new CairnError("corrupt", `The object ${oid} of the repository cannot be read.`);
}
