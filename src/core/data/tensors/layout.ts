import * as z from "zod";
import type { ByteSource } from "../store/sources.js";
import { onnxTensors } from "./onnx.js";

/** The numbers of a tensor: where they lie, and how many bytes each has. */
export interface Tensor {
  name: string;
  start: number;
  length: number;
  width: number;
}

const NPY = Buffer.from("\x93NUMPY", "latin1");
const MAX_HEADER = 100 << 20;
const WIDTHS: Readonly<Record<string, number>> = {
  ...{ F64: 8, I64: 8, U64: 8, F32: 4, I32: 4, U32: 4, F16: 2, BF16: 2, I16: 2, U16: 2 },
  ...{ I8: 1, U8: 1, BOOL: 1, F8_E4M3: 1, F8_E5M2: 1 },
};

const SafeTensor = z.object({
  dtype: z.string(),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});

/** The tensors of an NPY, safetensors or ONNX file, in the order in which they lie, none over another; none of all else. */
export function tensorsIn(source: ByteSource): Tensor[] {
  try {
    const found = npy(source) ?? safetensors(source) ?? onnxTensors(source) ?? [];
    let done = 0;
    return found
      .filter(({ length }) => length > 0)
      .sort((a, b) => a.start - b.start)
      .filter(({ start, length }) => {
        const isApart = start >= done && start + length <= source.size;
        if (isApart) done = start + length;
        return isApart;
      });
  } catch {
    // It only looked like one; its bytes can be stored all the same.
    return [];
  }
}

function npy(source: ByteSource): Tensor[] | undefined {
  if (source.size < 12 || !source.read(0, NPY.length).equals(NPY)) return undefined;
  const head = source.read(0, 12);
  const isFirst = head[6] === 1;
  const begin = isFirst ? 10 : 12;
  const length = isFirst ? head.readUInt16LE(8) : head.readUInt32LE(8);
  if (length > MAX_HEADER || begin + length > source.size) return [];
  const text = source.read(begin, length).toString("latin1");
  const width = Number(/'descr':\s*'[<>|=][a-zA-Z](\d+)'/.exec(text)?.[1] ?? 1);
  const start = begin + length;
  return [{ name: "", start, length: source.size - start, width: [2, 4, 8].includes(width) ? width : 1 }];
}

function safetensors(source: ByteSource): Tensor[] | undefined {
  if (source.size < 10) return undefined;
  const length = Number(source.read(0, 8).readBigUInt64LE());
  if (length < 2 || length > MAX_HEADER || 8 + length > source.size) return undefined;
  if (source.read(8, 1)[0] !== 123) return undefined;
  const header = z.record(z.string(), z.unknown()).parse(JSON.parse(source.read(8, length).toString("utf8")));
  const start = 8 + length;
  return Object.entries(header).flatMap(([name, given]) => {
    const tensor = SafeTensor.safeParse(given);
    if (!tensor.success) return [];
    const [from, to] = tensor.data.data_offsets;
    return [{ name, start: start + from, length: to - from, width: WIDTHS[tensor.data.dtype] ?? 1 }];
  });
}
