/** A record above this is passed over: no metric is so large, and what is read must fit into memory. */
export const MAX_RECORD = 32 << 20;
/** A small file inside a record. */
export const MAX_ARTIFACT = 16 << 20;
/** Names that a reader remembers of one file. */
export const MAX_NAMES = 20_000;
/** A line of a table. */
export const MAX_LINE = 4 << 20;
/** A file that is only ever read as a whole. */
export const MAX_DOCUMENT = 1 << 20;
