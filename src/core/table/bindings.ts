import { existsSync } from "node:fs";
import { CairnError } from "../../shared/errors.js";
import { distFile, nativeTarget } from "../project/index.js";

/**
 * The native module of DuckDB that is staged beside the bundles. The build puts it in the place of
 * `@duckdb/node-bindings`, which would look for a package.
 */
export function duckDbFile(): string {
  const target = nativeTarget();
  const file = distFile("native", "duckdb", target, "duckdb.node");
  if (existsSync(file)) return file;
  throw new CairnError("unavailable", `This installation of Cairn holds no DuckDB for ${target}.`, {
    hint: "Install the extension's package for this platform to look into tables.",
  });
}
