import type { KeyValue } from "../../shared/tracking.js";

/** A tag that some of the runs at hand have. */
export interface KnownTag {
  key: string;
  /** The different values that it has. */
  values: string[];
  /** How many of the runs have it. */
  runs: number;
}

/** The tags of some runs, each once, by name. */
export function tagsOf(runs: readonly (readonly KeyValue[])[]): KnownTag[] {
  const known = new Map<string, { values: Set<string>; runs: number }>();
  for (const tags of runs) {
    for (const { key, value } of tags) {
      const tag = known.get(key) ?? { values: new Set<string>(), runs: 0 };
      tag.values.add(value);
      tag.runs++;
      known.set(key, tag);
    }
  }
  return [...known]
    .map(([key, tag]) => ({ key, values: [...tag.values], runs: tag.runs }))
    .sort((a, b) => a.key.localeCompare(b.key));
}

/** Reads `name=value`, or a bare name for a tag without a value; undefined for what is no tag of the user's. */
export function parseTag(text: string): KeyValue | undefined {
  const [, key = "", value = ""] = /^\s*([^=]*?)\s*(?:=\s*([\s\S]*?)\s*)?$/.exec(text) ?? [];
  return key === "" || key.startsWith("mlflow.") || key.startsWith("cairn.") ? undefined : { key, value };
}
