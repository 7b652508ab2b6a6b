import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { toErrorShape } from "../../shared/errors.js";
import { parseParams } from "./format/readParams.js";
import { Float, isDict, pythonText, type Value } from "./format/values.js";
import type { StageDefinition } from "./types.js";

const MAX_BYTES = 4 << 20;
const MAX_METRICS = 1000;

export interface MetricValue {
  key: string;
  value: number;
}

/** The numbers in a stage's metrics files, nested names joined with dots; a file is named only where there are several. */
export function readMetrics(stage: StageDefinition): { metrics: MetricValue[]; warnings: string[] } {
  const files = stage.outs.filter(({ kind }) => kind === "metric");
  const metrics = new Map<string, number>();
  const warnings: string[] = [];
  for (const { path: file } of files) {
    const absolute = path.resolve(stage.cwd, file);
    try {
      const stat = statSync(absolute);
      if (!stat.isFile() || stat.size > MAX_BYTES) continue;
      // Python writes what JSON does not know.
      const text = readFileSync(absolute, "utf8").replace(
        /([:[,]\s*)(NaN|-?Infinity)(?=\s*[,\]}])/g,
        "$1null",
      );
      const prefix = files.length > 1 ? `${path.basename(file, path.extname(file))}.` : "";
      collect(parseParams(file, text), "", (key, value) => metrics.set(prefix + key, value));
    } catch (error) {
      warnings.push(toErrorShape(error).message);
    }
  }
  const found = [...metrics].slice(0, MAX_METRICS).map(([key, value]) => ({ key, value }));
  return { metrics: found, warnings };
}

function collect(value: Value, name: string, add: (key: string, value: number) => void): void {
  if (isDict(value))
    for (const [key, each] of value)
      collect(each, name === "" ? pythonText(key) : `${name}.${pythonText(key)}`, add);
  else if (typeof value === "bigint") add(name, Number(value));
  else if (value instanceof Float) add(name, value.value);
}
