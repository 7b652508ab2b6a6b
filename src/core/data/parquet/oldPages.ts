import { createHash } from "node:crypto";
import type { ByteSource } from "../store/sources.js";
import { unpack } from "./codecs.js";
import { type Page, pagesIn } from "./layout.js";
import { type Copy, Matcher } from "./matcher.js";

/** Pages that follow each other are looked at together, so many bytes of them; and two such lots at once. */
const LOT = 1 << 20;
const MAX_REFERENCE = 24 << 20;

/** What a page is compared with. */
export interface Reference {
  pages: readonly Page[];
  matcher: Matcher;
}

/** The pages of the parent, found by content, or by column and place. */
export class OldPages {
  private readonly lots: Map<string, Page[][]>;
  private readonly byContent = new Map<string, Page>();
  /** For each column how many values behind a page those of the parent stand that it is made of. */
  private readonly drift = new Map<string, number>();
  private cached: Reference | undefined;

  constructor(private readonly parent: ByteSource) {
    const pages = pagesIn(parent);
    const columns = new Map<string, Page[]>();
    for (const page of pages) {
      const all = columns.get(keyOf(page));
      if (all) all.push(page);
      else columns.set(keyOf(page), [page]);
    }
    this.lots = new Map([...columns].map(([key, all]) => [key, lotsOf(all)]));
    for (const page of pages) this.byContent.set(contentKey(parent.read(page.start, page.length)), page);
  }

  /** The page that has the same bytes, in whichever column. */
  same(packed: Buffer, page: Page): Page | undefined {
    const same = this.byContent.get(contentKey(packed));
    if (same) this.drift.set(keyOf(page), same.first - page.first);
    return same;
  }

  /** Where what the page has most likely stands; undefined where the parent has no such column, or it is damaged. */
  near(page: Page): Reference | undefined {
    const lots = this.lots.get(keyOf(page)) ?? [];
    const wanted = page.first + (this.drift.get(keyOf(page)) ?? 0);
    const begin = Math.max(
      0,
      lots.findLastIndex(([first]) => first !== undefined && first.first <= wanted),
    );
    const pages = [...(lots[begin] ?? []), ...(lots[begin + 1] ?? [])];
    const [first] = pages;
    if (!first || pages.reduce((sum, { size }) => sum + size, 0) > MAX_REFERENCE) return undefined;
    if (this.cached?.pages[0] === first) return this.cached;
    try {
      const bytes = pages.map(({ start, length, codec, size }) =>
        unpack(this.parent.read(start, length), codec, size),
      );
      return (this.cached = { pages, matcher: new Matcher(Buffer.concat(bytes)) });
    } catch {
      return undefined;
    }
  }

  /** Learns from what a page was made of. */
  found(page: Page, { pages }: Reference, copies: readonly Copy[]): void {
    const longest = copies.reduce<Copy | undefined>((a, b) => (a && a.length >= b.length ? a : b), undefined);
    if (!longest) return;
    let at = 0;
    for (const copy of copies) {
      at += copy.insert;
      if (copy === longest) break;
      at += copy.length;
    }
    const here = page.first + (at / page.size) * page.count;
    let begin = 0;
    for (const { size, first, count } of pages) {
      if (longest.from < begin + size) {
        const there = first + ((longest.from - begin) / size) * count;
        this.drift.set(keyOf(page), Math.round(there - here));
        return;
      }
      begin += size;
    }
  }
}

function lotsOf(pages: readonly Page[]): Page[][] {
  const lots: Page[][] = [];
  let size = LOT;
  for (const page of pages) {
    if (size >= LOT) {
      lots.push([]);
      size = 0;
    }
    lots.at(-1)?.push(page);
    size += page.size;
  }
  return lots;
}

function keyOf({ column, isDictionary }: Page): string {
  return `${isDictionary ? "d" : "v"}${column}`;
}

function contentKey(bytes: Buffer): string {
  return `${createHash("md5").update(bytes).digest("base64")}${bytes.length}`;
}
