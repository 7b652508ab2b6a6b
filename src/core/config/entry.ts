/** A command that the project's files name. */
export interface Entry {
  name: string;
  /** A shell command line with `{parameter}` placeholders. */
  command: string;
  source: "cairn.yaml" | "MLproject";
  /** Values as text, by name; null for one that has to be given. */
  params: Record<string, string | null>;
  /** MLproject's declared types, checked before the command starts. */
  types: Record<string, "string" | "float" | "path" | "uri">;
  /** Parameters that are not declared: refused by cairn.yaml, appended as `--name value` by MLproject. */
  extraParams: "refuse" | "append";
  data: string[];
  experiment?: string;
  cwd?: string;
  env?: Record<string, string>;
}
