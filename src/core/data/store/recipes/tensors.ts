import { decodeTensors, encodeTensors, tensorsIn } from "../../tensors/index.js";
import { needed } from "./lines.js";
import type { Recipe } from "./types.js";

/** The numbers of NPY, safetensors and ONNX files, recognised by content, against the tensors of the same name. */
export const tensors: Recipe = {
  name: "tensors",
  needsParent: true,
  suits: (child, parent) =>
    parent !== undefined && tensorsIn(child).length > 0 && tensorsIn(parent).length > 0,
  encode: (child, parent) => encodeTensors(child, needed(parent)),
  decode: (stored, parent) => decodeTensors(stored, needed(parent)),
};

/** The same without a parent: the bytes of the numbers by their place. */
export const planes: Recipe = {
  name: "planes",
  needsParent: false,
  isSlow: true,
  suits: (child) => tensorsIn(child).length > 0,
  encode: (child) => encodeTensors(child, undefined),
  decode: (stored) => decodeTensors(stored, undefined),
};
