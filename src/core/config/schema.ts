import * as z from "zod";
import { ALERT_KINDS } from "../../shared/alerts.js";
import { parseDuration } from "../../shared/duration.js";

/** One schema of cairn.yaml gives the types, the errors and the JSON schema that the editor completes from. */

const text = z.string().max(100_000);
const scalar = z.union([text, z.number(), z.boolean()]);
const names = z.array(text.min(1)).max(10_000);
/** Names become command-line arguments, tags and headings. */
const name = z
  .string()
  .regex(/^[A-Za-z_][\w.-]{0,99}$/, "a name: letters, digits, _ . -, beginning with a letter or _");

const entry = z
  .strictObject({
    command: text.min(1).describe("A command line for the shell; {name} stands for a parameter."),
    params: z
      .record(name, scalar.nullable())
      .optional()
      .describe("Parameters and their values; null for one that must be given."),
    data: names
      .optional()
      .describe("Files and folders that the command reads: recorded as the run's inputs."),
    outputs: names.optional().describe("Files that the command writes."),
    checks: names.optional().describe("Checks that the data must pass."),
    experiment: text.min(1).max(500).optional().describe("The experiment that its runs belong to."),
    cwd: text.optional().describe("Working folder, relative to the project."),
    env: z.record(z.string(), scalar).optional().describe("Environment variables."),
  })
  .describe("A command that can be run by name.");

const stage = z.strictObject({
  command: text.min(1),
  deps: names.optional(),
  outs: names.optional(),
  params: z.record(name, scalar.nullable()).optional(),
});

const sweep = z.strictObject({
  entry: name,
  strategy: z.enum(["grid", "random", "tpe"]).optional(),
  trials: z.int().positive().optional(),
  parallel: z.int().positive().optional(),
  params: z.record(name, z.union([scalar, z.array(scalar)])),
  goal: z
    .string()
    .regex(/^(max|min):.+/, "max:METRIC or min:METRIC")
    .optional(),
  stop: z.union([text, z.looseObject({})]).optional(),
});

const check = z.strictObject({
  data: text,
  columns: z
    .record(z.string(), z.looseObject({ range: z.tuple([z.number(), z.number()]).optional() }))
    .optional(),
  severity: z.enum(["error", "warning"]).optional(),
});

const gate = z.strictObject({
  metric: text.optional(),
  bytes: text.optional(),
  p95: text.optional(),
  slices: z.record(z.string(), text).optional(),
});

const target = z.looseObject({
  type: text,
  host: text.optional(),
  gates: names.optional(),
  memory: text.optional(),
});

const monitor = z.strictObject({
  reference: text,
  current: text,
  window: scalar.optional(),
  every: text.optional(),
  alert: z
    .strictObject({ kOfM: text.optional(), cooldown: text.optional(), start: text.optional() })
    .optional(),
});

const duration = z
  .string()
  .refine((value) => parseDuration(value) !== undefined, "a length of time such as 90s, 10m or 1h30m");

const alert = z
  .strictObject({
    on: z.enum(ALERT_KINDS).describe("What is told."),
    metric: text.min(1).optional().describe("Names of metrics; * stands for any text."),
    goal: z.enum(["min", "max"]).optional().describe("Which way the metric is meant to go."),
    after: duration
      .optional()
      .describe("How long the run, its silence or the GPU's idleness must have lasted."),
    points: z.int().min(2).max(1_000_000).optional().describe("Points that a judgement needs."),
    tolerance: z.number().min(0).optional().describe("A part of the metric's value: 0.01 is one per cent."),
    below: z.number().min(0).max(100).optional().describe("Per cent of use below which a GPU idles."),
    cooldown: duration.optional().describe("For how long further alerts of this rule are only listed."),
    webhook: text
      .min(1)
      .optional()
      .describe("A URL that is told, or the environment variable that holds it."),
    hook: text.min(1).optional().describe("A command line that is run."),
    enabled: z.boolean().optional().describe("false switches the default rule of this kind off."),
  })
  .refine(({ on, metric }) => on !== "worse" || (metric !== undefined && !metric.includes("*")), {
    message: "on: worse needs the one metric that it compares",
    path: ["metric"],
  })
  .describe("What of a run is told unasked.");

const schedule = z.strictObject({ run: text, at: text });

export const ProjectConfig = z
  .strictObject({
    include: z.union([text, names]).optional().describe("Further files of this form, relative to this one."),
    entries: z.record(name, entry).optional().describe("Commands that can be run by name."),
    stages: z.record(name, stage).optional().describe("Steps with what they read and write."),
    sweeps: z.record(name, sweep).optional().describe("Searches over an entry's parameters."),
    checks: z.record(name, check).optional().describe("What must hold for data."),
    views: z
      .record(name, z.union([text, z.looseObject({})]))
      .optional()
      .describe("Named selections of rows."),
    slices: z.record(name, text).optional().describe("Named conditions by which results are told apart."),
    redact: names.optional().describe("Names and patterns of what is never recorded."),
    privacy: z
      .strictObject({ drop: names.optional(), hash: names.optional() })
      .optional()
      .describe("Columns that are left out or hashed in logs."),
    gates: z.record(name, gate).optional().describe("Limits that a model must meet."),
    targets: z.record(name, target).optional().describe("Where models are deployed."),
    compute: z
      .record(name, z.looseObject({ type: text, host: text.optional() }))
      .optional()
      .describe("Where runs may run."),
    monitors: z.record(name, monitor).optional().describe("What is compared with what, and how often."),
    alerts: z.record(name, alert).optional().describe("What of a run is told unasked."),
    system: z
      .union([
        z.boolean(),
        z.strictObject({ every: duration.optional().describe("5s where it is not given.") }),
      ])
      .optional()
      .describe("How often the use of the machine is logged while a run lives; false: never."),
    schedules: z.record(name, schedule).optional().describe("What starts at which time."),
  })
  .describe("What Cairn knows about this project. Every part is optional.");

export type ProjectConfigData = z.infer<typeof ProjectConfig>;
export type EntryConfig = z.infer<typeof entry>;

/** The JSON schema for completion in the editor: `media/schema/cairn.schema.json`. */
export function configJsonSchema(): object {
  return z.toJSONSchema(ProjectConfig, { io: "input" });
}
