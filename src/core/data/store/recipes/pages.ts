import { encodePages, PageReader, pagesIn } from "../../parquet/index.js";
import { needed } from "./lines.js";
import type { Recipe } from "./types.js";

const HEADER = 4;

/** Pages of Parquet files, recognised by content, against those of the parent (core/data/parquet). */
export const pages: Recipe = {
  name: "pages",
  needsParent: true,
  suits: (child, parent) => parent !== undefined && pagesIn(child).length > 0 && pagesIn(parent).length > 0,
  *encode(child, given) {
    for (const block of encodePages(needed(given), child)) {
      const header = Buffer.alloc(HEADER);
      header.writeUInt32LE(block.length);
      yield Buffer.concat([header, block]);
    }
  },
  *decode(stored, given) {
    const reader = new PageReader(needed(given));
    for (let at = 0; at < stored.size;) {
      const size = stored.read(at, HEADER).readUInt32LE();
      yield* reader.read(stored.read(at + HEADER, size));
      at += HEADER + size;
    }
  },
};
