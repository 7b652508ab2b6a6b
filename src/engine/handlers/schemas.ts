import * as z from "zod";

/** Parts that the parameters of several requests share. */
export const noParams = z.object({});
export const id = z.string().min(1).max(500);
export const ids = z.array(id).max(100_000);
export const view = z.enum(["ACTIVE_ONLY", "DELETED_ONLY", "ALL"]);
export const filter = z.string().max(100_000).optional();
export const orderBy = z.array(z.string().max(10_000)).max(100).optional();
export const pageToken = z.string().max(10_000).optional();

/** Cells of a table; so many at most that an answer stays small. */
export const tableRange = z.object({
  rowStart: z.int().min(0),
  rowCount: z.int().min(0).max(1_000),
  columnStart: z.int().min(0),
  columnCount: z.int().min(0).max(500),
});
