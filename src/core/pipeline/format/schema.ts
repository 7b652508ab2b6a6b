import * as z from "zod";

/* The form of dvc.yaml, as DVC's own schema has it, and of dvc.lock. */

const text = z.string().max(1_000_000);
const flag = z.boolean();

const annotations = {
  desc: text.optional(),
  type: text.optional(),
  labels: z.array(text).optional(),
  meta: z.unknown().optional(),
};
const outOptions = {
  ...annotations,
  cache: flag.optional(),
  persist: flag.optional(),
  checkpoint: flag.optional(),
  remote: text.optional(),
  push: flag.optional(),
};
const plotOptions = z.strictObject({
  ...outOptions,
  template: text.optional(),
  x: text.optional(),
  y: text.optional(),
  x_label: text.optional(),
  y_label: text.optional(),
  title: text.optional(),
  header: flag.optional(),
});
const out = z.union([text, z.record(text, z.strictObject(outOptions))]);
const plot = z.union([text, z.record(text, z.union([plotOptions, z.array(plotOptions)]))]);
const vars = z.array(z.union([text, z.record(z.string(), z.unknown())]));

const stage = z.strictObject({
  matrix: z.record(z.string(), z.union([text, z.array(z.unknown())])).optional(),
  cmd: z.union([text.min(1), z.array(z.unknown()).min(1)]),
  wdir: text.optional(),
  deps: z.array(text).optional(),
  params: z.array(z.union([text, z.record(z.string(), z.array(z.unknown()).nullish())])).optional(),
  vars: vars.optional(),
  frozen: flag.optional(),
  meta: z.unknown().optional(),
  desc: text.optional(),
  always_changed: flag.optional(),
  outs: z.array(out).optional(),
  metrics: z.array(out).optional(),
  plots: z.array(plot).optional(),
});

const group = z.strictObject({
  foreach: z.union([text, z.array(z.unknown()), z.record(z.string(), z.unknown())]),
  do: stage,
});

/** One of two by its keys, so that a mistake is told of the one that was meant. */
const stageOrGroup = z.unknown().superRefine((value, context) => {
  const isGroup = typeof value === "object" && value !== null && ("foreach" in value || "do" in value);
  const { error } = (isGroup ? group : stage).safeParse(value);
  for (const issue of error?.issues ?? []) context.issues.push({ ...issue } as z.core.$ZodRawIssue);
});

export const PipelineFile = z.strictObject({
  stages: z.record(z.string(), stageOrGroup).nullish(),
  vars: vars.nullish(),
  params: z.array(z.unknown()).nullish(),
  metrics: z.array(z.unknown()).nullish(),
  plots: z.unknown().optional(),
  artifacts: z.unknown().optional(),
  datasets: z.unknown().optional(),
});

const locked = z.looseObject({
  path: text.min(1),
  md5: text.nullish(),
  hash: text.optional(),
  size: z.number().nullish(),
  nfiles: z.number().nullish(),
  isexec: flag.optional(),
});

export const LockFile = z.looseObject({
  schema: z.literal("2.0", "the schema 2.0"),
  stages: z
    .record(
      z.string(),
      z.looseObject({
        cmd: z.union([text, z.array(z.unknown())]),
        deps: z.array(locked).nullish(),
        params: z.record(z.string(), z.record(z.string(), z.unknown())).nullish(),
        outs: z.array(locked).nullish(),
      }),
    )
    .nullish(),
});
