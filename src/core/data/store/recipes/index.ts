import { bytes } from "./bytes.js";
import { cells } from "./cells.js";
import { columns } from "./columns.js";
import { lines } from "./lines.js";
import { pages } from "./pages.js";
import { raw } from "./raw.js";
import { planes, tensors } from "./tensors.js";
import type { Recipe, RecipeName } from "./types.js";
import { zstd } from "./zstd.js";

export { RECIPE_NAMES, type Recipe, type RecipeName } from "./types.js";

/** Those that need no parent first: what they give is what the others are measured by. */
export const recipes: readonly Recipe[] = [raw, zstd, columns, planes, lines, cells, pages, tensors, bytes];

export function recipeOf(name: RecipeName): Recipe {
  return { raw, zstd, lines, bytes, columns, pages, planes, tensors, cells }[name];
}
