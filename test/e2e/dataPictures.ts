import { appendFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cairn, trainOnce } from "../host/sampleProject.ts";

/** Versions of the sample's readings, some of them read by runs, and other datasets that stand in every way. */
export async function addSampleData(workspace: string): Promise<void> {
  const data = (...args: string[]) => cairn(["data", ...args], workspace);
  const readings = join(workspace, "data", "readings.csv");
  const train = (name: string) =>
    trainOnce(workspace, ["--data", "data/readings.csv", "-P", "epochs=2", "--name", name]);
  const rows = (await readFile(readings, "utf8")).split("\n");
  await cairnGit(workspace, ["rm", "-q", "--cached", "data/readings.csv"]);
  await data("add", "data/readings.csv", "-m", "first 1,300 rows", "--wait");
  await train("on-version-1");
  await writeFile(readings, [...rows.slice(0, 1200), ...rows.slice(1240)].join("\n"));
  await data("add", "data/readings.csv", "-m", "duplicates removed", "--wait");
  await train("on-version-2");
  const labels = (await readFile(readings, "utf8")).replaceAll(",ann-3,", ",ann-4,");
  await writeFile(readings, labels);
  await data("add", "data/readings.csv", "-m", "annotator corrected", "--wait");
  await mkdir(join(workspace, "data", "meters"), { recursive: true });
  for (const name of ["cam-01", "cam-02", "cam-03"])
    await writeFile(join(workspace, "data", "meters", `${name}.txt`), `${name}\n`);
  await data("add", "data/meters", "-m", "three cameras");
  await writeFile(join(workspace, "data", "sites.csv"), "site,city\n1,Graz\n");
  await data("add", "data/sites.csv", "-m", "sites");
  await rm(join(workspace, "data", "sites.csv"));
  await appendFile(join(workspace, "data", "meters", "cam-02.txt"), "moved\n");
}

async function cairnGit(cwd: string, args: string[]): Promise<void> {
  const { execFile } = await import("node:child_process");
  const { promisify } = await import("node:util");
  await promisify(execFile)("git", args, { cwd });
}
