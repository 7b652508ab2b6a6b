import { execFileSync } from "node:child_process";
import { pythonOf } from "../../peers/env.ts";

/** What DVC's own parser makes of a dvc.yaml: its stages with everything filled in, or its error. */
export type DvcStages = Record<string, Record<string, unknown>> | { error: string };

const SCRIPT = `
import json, os, sys
from dvc.repo import Repo
from dvc.parsing import DataResolver
from dvc.schema import COMPILED_MULTI_STAGE_SCHEMA
from dvc.utils.serialize import load_yaml
results = []
for folder in json.load(sys.stdin):
    os.chdir(folder)
    try:
        data = COMPILED_MULTI_STAGE_SCHEMA(load_yaml("dvc.yaml"))
        results.append(DataResolver(Repo(), folder, data).resolve()["stages"])
    except Exception as error:
        results.append({"error": str(error)})
print(json.dumps(results, default=str))
`;

/** Of the `dvc.yaml` in each folder, which must lie in a DVC repository each. */
export async function dvcStages(folders: readonly string[]): Promise<DvcStages[]> {
  const python = await pythonOf("data");
  const env = { ...process.env, DVC_NO_ANALYTICS: "1" };
  const input = JSON.stringify(folders);
  return JSON.parse(execFileSync(python, ["-c", SCRIPT], { env, input, encoding: "utf8" })) as DvcStages[];
}
