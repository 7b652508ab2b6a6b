import type { DataNow } from "../../shared/data/api.js";
import type { InputNow } from "../../shared/run/api.js";
import { type DatasetInput, pathOfSource } from "../../shared/tracking.js";
import type { ProjectConnection } from "../engine/projectConnection.js";
import { localPath } from "../runs/localPaths.js";
import { dataJob } from "./dataJob.js";

/** As Cairn and DVC hash contents; MLflow's own digests cannot be compared with a file. */
const MD5 = /^[0-9a-f]{32}(?:\.dir)?$/;

/** What the files that a run read are now. Those outside the project and those elsewhere are left out. */
export async function inputsNow(project: ProjectConnection, runId: string): Promise<InputNow[]> {
  const { run } = await project.request("run", { runId });
  const root = project.folder.uri.fsPath;
  const local = run.inputs.datasetInputs.flatMap((input: DatasetInput) => {
    const source = pathOfSource(input.dataset);
    const path = source === undefined ? undefined : localPath(source, root);
    return path === undefined || !MD5.test(input.dataset.digest) ? [] : [{ path, input }];
  });
  if (local.length === 0) return [];
  const { data } = await dataJob(project, "dataNow", { paths: local.map(({ path }) => path) });
  return local.flatMap(({ path, input: { dataset } }) => {
    const now = data.find(({ given }) => given === path);
    const own = now?.path ?? null;
    if (!now || own === null) return [];
    const state = stateOf(now, dataset.digest);
    const { digest, name } = dataset;
    return [{ digest, name, path: own, state, version: now.version, isDataset: now.isDataset }];
  });
}

function stateOf({ state, md5 }: DataNow, digest: string): InputNow["state"] {
  if (state === "missing") return "missing";
  if (md5 === null) return "unknown";
  return md5 === digest ? "same" : "changed";
}
