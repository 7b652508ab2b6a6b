import { rm } from "node:fs/promises";
import path from "node:path";
import { CAPTURED } from "../../shared/capture.js";
import { saveJson, writeWhole } from "../files/index.js";
import type { CapturedCode } from "./captureCode.js";

/**
 * Writes what was captured below a run's artifact folder (absolute): the patch first, so that a `code.json` that is
 * there describes a patch that is there. Killed in between, there is no `code.json`, or the one before.
 */
export async function saveCode(artifacts: string, { state, patch }: CapturedCode): Promise<void> {
  if (patch === null) await rm(path.join(artifacts, CAPTURED.patch), { force: true });
  else await writeWhole(path.join(artifacts, CAPTURED.patch), patch);
  await saveJson(path.join(artifacts, CAPTURED.code), state);
}
