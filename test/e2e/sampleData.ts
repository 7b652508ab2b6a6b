import { execFile } from "node:child_process";
import { appendFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { cairn } from "../host/sampleProject.ts";

export const READINGS = "data/readings.csv";

const MESSAGES = ["first rows", "duplicates removed", "annotator corrected"];

/** Versions of the sample's readings, and other datasets that stand in every way. */
export class SampleData {
  private readonly workspace: string;
  private added = 0;

  constructor(workspace: string) {
    this.workspace = workspace;
  }

  /** Makes the next version of the readings and adds it. */
  async addNext(): Promise<void> {
    const file = join(this.workspace, READINGS);
    if (this.added === 0) {
      // Who adds a version is shown.
      await this.git("config", "user.name", "Ada");
      await this.git("config", "user.email", "ada@example.com");
      // Git has the sample's readings, as every project's that begins with versions.
      await this.git("rm", "-q", "--cached", READINGS);
    }
    const text = await readFile(file, "utf8");
    if (this.added === 1) await writeFile(file, text.replace(/(?:.*\n){40}$/, ""));
    if (this.added === 2) await writeFile(file, text.replaceAll(",ann-3,", ",ann-4,"));
    await this.add(READINGS, MESSAGES[this.added] ?? "");
    this.added++;
  }

  /** A folder of which a file has changed, and a table that is not checked out. */
  async addOthers(): Promise<void> {
    for (const name of ["cam-01", "cam-02", "cam-03"])
      await this.write(`data/meters/${name}.txt`, `${name}\n`);
    await this.add("data/meters", "three cameras");
    await this.write("data/sites.csv", "site,city\n1,Graz\n");
    await this.add("data/sites.csv", "sites");
    await rm(join(this.workspace, "data", "sites.csv"));
    await appendFile(join(this.workspace, "data", "meters", "cam-02.txt"), "moved\n");
  }

  private async git(...args: string[]): Promise<void> {
    await promisify(execFile)("git", args, { cwd: this.workspace });
  }

  private add(path: string, message: string): Promise<string> {
    return cairn(["data", "add", path, "-m", message, "--wait"], this.workspace);
  }

  private async write(path: string, content: string): Promise<void> {
    const file = join(this.workspace, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}
