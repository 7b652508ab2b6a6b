import { existsSync } from "node:fs";
import path from "node:path";
import { captureCode as capture, saveCode } from "../core/lineage/index.js";
import { createRedactor, findSecrets } from "../core/redact/index.js";
import type { Job } from "./types.js";

/** Looks at the code around a project and writes what it finds to the artifacts of a run. */
export const captureCode: Job<"captureCode"> = async (
  { folder, artifacts, redact, secrets: given = [] },
  { signal },
) => {
  const { name } = createRedactor(redact);
  const found = findSecrets(process.env, upToRepository(folder), name);
  const secrets = createRedactor(redact, [...new Set([...given, ...found])]);
  const captured = await capture({ folder, secrets, signal });
  await saveCode(artifacts, captured);
  return captured.state;
};

/** The folder and those above it as far as its repository goes: where `.env` files would be. */
function upToRepository(folder: string): string[] {
  const found = [folder];
  for (let at = folder; !existsSync(path.join(at, ".git")); at = path.dirname(at)) {
    if (at === path.dirname(at)) return [folder];
    found.push(path.dirname(at));
  }
  return found;
}
