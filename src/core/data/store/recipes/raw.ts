import { parts } from "../sources.js";
import type { Recipe } from "./types.js";

const STEP = 4 << 20;

export const raw: Recipe = {
  name: "raw",
  needsParent: false,
  suits: () => true,
  encode: (child) => parts(child, STEP),
  decode: (stored) => parts(stored, STEP),
};
