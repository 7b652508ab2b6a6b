import { TAG } from "../../../shared/tracking.js";
import type { EngineClient } from "../../../engine/client/index.js";
import { EXIT, type Command, type CommandContext } from "../../command.js";
import { findRunId, fullDocument, withRuns } from "../../project.js";
import { showRun } from "../../showRun.js";
import { compareCommand } from "./compare.js";
import { environmentCommand } from "./env.js";
import { exportCommand } from "./export.js";
import { gcCommand } from "./gc.js";
import { listCommand, searchCommand } from "./search.js";

const showCommand: Command = {
  name: "runs show",
  summary: "Show everything about one run.",
  usage: "ID",
  positionals: { min: 1, max: 1 },
  details: "ID is a run's id or its beginning.",
  async run(context) {
    const { args, output, json } = context;
    const run = await withRuns(context, async (client) =>
      fullDocument(client, await findRunId(client, args.positionals[0] ?? "")),
    );
    output.document(run);
    if (!json) showRun(run, output);
    return EXIT.done;
  },
};

async function findAll(client: EngineClient, given: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const id of given) ids.push(await findRunId(client, id));
  return ids;
}

function count(ids: readonly string[]): string {
  return ids.length === 1 ? `run ${ids[0] ?? ""}` : `${ids.length} runs`;
}

const deleteCommand: Command = {
  name: "runs delete",
  summary: "Delete runs; they can be restored.",
  usage: "ID…",
  positionals: { min: 1, max: 1000 },
  run: (context) =>
    changeRuns(context, async (client, runIds) => {
      await client.request("runDelete", { runIds });
      context.output.line(`Deleted ${count(runIds)}.`);
      context.output.document({ deleted: runIds });
    }),
};

const restoreCommand: Command = {
  name: "runs restore",
  summary: "Bring deleted runs back.",
  usage: "ID…",
  positionals: { min: 1, max: 1000 },
  run: (context) =>
    changeRuns(context, async (client, runIds) => {
      await client.request("runRestore", { runIds });
      context.output.line(`Restored ${count(runIds)}.`);
      context.output.document({ restored: runIds });
    }),
};

async function changeRuns(
  context: CommandContext,
  change: (client: EngineClient, runIds: string[]) => Promise<void>,
): ReturnType<Command["run"]> {
  await withRuns(context, async (client) => change(client, await findAll(client, context.args.positionals)));
  return EXIT.done;
}

const noteCommand: Command = {
  name: "runs note",
  summary: "Write a note about a run; an empty one removes it from view.",
  usage: "ID TEXT",
  positionals: { min: 2, max: 2 },
  async run(context) {
    const [id = "", note = ""] = context.args.positionals;
    await withRuns(context, async (client) => {
      const runId = await findRunId(client, id);
      await client.request("runSetTags", { runId, tags: [{ key: TAG.note, value: note }] });
      context.output.line(`Noted on ${count([runId])}.`);
      context.output.document({ id: runId, note });
    });
    return EXIT.done;
  },
};

export const runsCommands: Command[] = [
  listCommand,
  showCommand,
  searchCommand,
  compareCommand,
  environmentCommand,
  exportCommand,
  deleteCommand,
  restoreCommand,
  gcCommand,
  noteCommand,
];
