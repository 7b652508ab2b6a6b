import { readEnvironment } from "../../../engine/client/captured.js";
import type { EngineClient } from "../../../engine/client/index.js";
import type { EnvironmentState } from "../../../shared/capture.js";
import { diffEnvironments, type EnvironmentDifference } from "../../../shared/diffEnvironments.js";
import { CairnError } from "../../../shared/errors.js";
import { EXIT, type Command } from "../../command.js";
import { formatTable, type Output } from "../../output.js";
import { findRunId, withRuns } from "../../project.js";

interface RunEnvironment {
  id: string;
  name: string;
  environment: EnvironmentState;
}

async function environmentOf(client: EngineClient, runId: string): Promise<RunEnvironment> {
  const { run } = await client.request("run", { runId });
  const name = run.info.runName;
  const environment = await readEnvironment(client, runId);
  if (environment) return { id: runId, name, environment };
  throw new CairnError("notFound", `No environment is recorded of the run ${name} (${runId.slice(0, 8)}).`, {
    hint: "It is recorded of runs that Cairn starts: `cairn run`, or the editor.",
  });
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

function showOne({ id, name, environment }: RunEnvironment, output: Output): void {
  const { python, machine, cuda, gpus, leftOut, notes } = environment;
  const facts: [string, string | null][] = [
    ["run", `${name}  ${id}`],
    ["python", python === null ? null : `${python.implementation} ${python.version} (${python.kind})`],
    ["environment", python?.prefix ?? null],
    ["host", machine.host],
    ["system", `${machine.os}, ${machine.architecture}`],
    ["processor", `${machine.cpu}, ${machine.cores} cores, ${gigabytes(machine.memory)}`],
    ...gpus.map(({ name: gpu, memory, driver }): [string, string] => {
      const details = [
        memory === null ? null : gigabytes(memory),
        driver === null ? null : `driver ${driver}`,
      ];
      return ["gpu", [gpu, ...details.filter((part) => part !== null)].join(", ")];
    }),
    ["cuda", cuda],
    ["not recorded", leftOut.map((each) => `${each.name} (${each.reason})`).join(", ")],
    ["note", notes.join(" ")],
  ];
  output.line();
  for (const [fact, value] of facts) {
    if (value !== null && value !== "") output.line(`${output.bold(fact.padEnd(12))}  ${value}`);
  }
  const packages = python?.packages ?? [];
  if (packages.length === 0) return;
  output.line();
  const rows = packages.map((each) => [each.name, each.version]);
  output.line(formatTable([{ title: "package" }, { title: "version" }], rows, output.bold));
}

function showDifferences(
  [a, b]: readonly [RunEnvironment, RunEnvironment],
  differences: readonly EnvironmentDifference[],
  output: Output,
): void {
  if (differences.length === 0) {
    output.line("The environments are the same.");
    return;
  }
  const title = (run: RunEnvironment) => ({ title: `${run.name} (${run.id.slice(0, 8)})`, max: 48 });
  const label = { python: "python: ", machine: "", gpu: "", package: "" };
  const rows = differences.map((each) => [
    each.group === "package" ? each.name : `${label[each.group]}${each.name.toLowerCase()}`,
    each.a ?? "-",
    each.b ?? "-",
  ]);
  output.line(formatTable([{ title: "" }, title(a), title(b)], rows, output.bold));
}

export const environmentCommand: Command = {
  name: "runs env",
  summary: "Show the environment of a run, or what differs between those of two.",
  usage: "ID [ID]",
  positionals: { min: 1, max: 2 },
  details:
    "Python, installed packages with versions, GPUs and the machine, as they were when the run started.",
  async run(context) {
    const { args, output, json } = context;
    const runs = await withRuns(context, async (client) => {
      const found: RunEnvironment[] = [];
      for (const id of args.positionals) found.push(await environmentOf(client, await findRunId(client, id)));
      return found;
    });
    const [a, b] = runs;
    const differences = a && b ? diffEnvironments(a.environment, b.environment) : [];
    output.document({ runs, differences });
    if (json || a === undefined) return EXIT.done;
    if (b === undefined) showOne(a, output);
    else showDifferences([a, b], differences, output);
    return EXIT.done;
  },
};
