import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { trustFile, trustProject } from "../../core/config/index.js";
import { projectPaths } from "../../core/project/index.js";
import { EXIT, type Command } from "../command.js";

const template = `# What Cairn knows about this project. Every part is optional.

entries:
  # cairn run train -P lr=0.1
  train:
    command: python train.py --lr {lr}
    params: { lr: 0.05 }
`;

async function writeNew(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, text, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

export const initCommand: Command = {
  name: "init",
  summary: "Write a first cairn.yaml and the .cairn folder, which keeps itself out of Git.",
  usage: "",
  positionals: { min: 0, max: 0 },
  async run({ project, output }) {
    const { data } = projectPaths(project);
    await mkdir(data, { recursive: true, mode: 0o700 });
    const files: [string, string][] = [
      [path.join(project, "cairn.yaml"), template],
      [path.join(data, ".gitignore"), "*\n"],
    ];
    const created: string[] = [];
    for (const [file, text] of files)
      if (await writeNew(file, text)) created.push(path.relative(project, file));
    output.line(
      created.length === 0 ? "Nothing to do: the project has both." : `Wrote ${created.join(" and ")}.`,
    );
    output.document({ project, created });
    return EXIT.done;
  },
};

export const trustCommand: Command = {
  name: "trust",
  summary: "Allow commands from this project's files to run. Remembered for you, not in the project.",
  usage: "",
  positionals: { min: 0, max: 0 },
  async run({ project, output }) {
    await trustProject(project);
    const { root } = projectPaths(project);
    output.line(`Trusted ${root} (${trustFile()}).`);
    output.document({ project: root, trusted: true });
    return EXIT.done;
  },
};

export const sampleCommand: Command = {
  name: "sample",
  summary: "Make the sample project, a digit reader for water meters, with its Git history.",
  usage: "[DIR]",
  positionals: { min: 0, max: 1 },
  async run({ args, output }) {
    const [target = "cairn-sample"] = args.positionals;
    const { createSampleProject } = await import("../../core/sample/index.js");
    const { folder, commits } = await createSampleProject(target);
    output.line(`Made ${folder} with ${commits.length} commits.`);
    if (existsSync(path.join(folder, "cairn.yaml"))) output.line("Next: cairn run train, in that folder.");
    output.document({ project: folder, commits });
    return EXIT.done;
  },
};
