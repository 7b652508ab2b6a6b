import path from "node:path";
import * as z from "zod";
import { CairnError } from "../../shared/errors.js";
import type { JobKind } from "../../shared/protocol.js";
import type { JobParams } from "../../shared/jobs.js";
import type { Reproducer } from "../pipeline/reproducer.js";
import type { JobPool } from "../workers/pool.js";
import { id, tableRange } from "./schemas.js";
import type { Handlers } from "./types.js";

const absolute = z.string().refine((file) => path.isAbsolute(file), "must be an absolute path");

const dataPath = z.string().min(1).max(4096);

const transfer = z.object({
  paths: z.array(dataPath).max(10_000),
  remote: z.string().min(1).max(100).optional(),
  branches: z.boolean().optional(),
  tags: z.boolean().optional(),
  commits: z.boolean().optional(),
});

const stageSelection = z.object({
  targets: z.array(dataPath).max(10_000).optional(),
  single: z.boolean().optional(),
  downstream: z.boolean().optional(),
});

const kinds = {
  // The engine's own, both: it says where a run's artifacts lie.
  captureCode: {
    title: "Record the state of the code",
    params: z.object({ runId: id, folder: absolute, artifacts: absolute, redact: z.array(z.string()) }),
  },
  captureEnvironment: {
    title: "Record the environment",
    params: z.object({
      runId: id,
      artifacts: absolute,
      root: absolute,
      cwd: absolute,
      argv: z.array(z.string()),
      shell: z.boolean(),
      environment: z.record(z.string(), z.string()),
    }),
  },
  checkDatabase: { title: "Check the database", params: z.object({}) },
  backup: {
    title: "Back up the database",
    params: z.object({
      file: z.string().refine((file) => path.isAbsolute(file), "must be an absolute path"),
    }),
  },
  diskUse: { title: "Measure the disk space used", params: z.object({}) },
  compactDatabase: {
    title: "Give free space of the database back",
    params: z.object({ alone: z.literal(false) }),
  },
  dataAdd: {
    title: "Add data",
    params: z.object({
      path: dataPath,
      message: z.string().max(10_000),
      dvcCache: z.boolean().optional(),
      wait: z.boolean().optional(),
    }),
  },
  dataStatus: {
    title: "Look for changed data",
    params: z.object({ paths: z.array(dataPath).max(10_000) }),
  },
  dataList: { title: "List datasets", params: z.object({}) },
  dataLog: { title: "List versions of data", params: z.object({ path: dataPath }) },
  dataCheckout: {
    title: "Check data out",
    params: z.object({ target: dataPath, force: z.boolean() }),
  },
  dataFiles: {
    title: "List the files of a version",
    params: z.object({ target: dataPath, now: z.boolean().optional() }),
  },
  dataExtract: {
    title: "Restore a file of a version",
    params: z.object({ target: dataPath, file: dataPath.optional(), to: absolute.optional() }),
  },
  dataNow: { title: "Look at data", params: z.object({ paths: z.array(dataPath).max(1000) }) },
  dataPack: { title: "Pack data", params: z.object({ maxMs: z.number().positive().optional() }) },
  // The engine's own, both: TableReader's worker does them, and it says which file.
  tableOpen: { title: "Open a table", params: z.object({ file: absolute }) },
  tableRows: {
    title: "Read a table",
    params: z.object({ file: absolute, stamp: z.string(), range: tableRange }),
  },
  dataPush: { title: "Push data", params: transfer },
  dataPull: { title: "Pull data", params: transfer },
  remoteAdd: {
    title: "Add a remote",
    params: z.object({
      name: z.string().max(100),
      url: dataPath,
      cwd: absolute,
      isDefault: z.boolean(),
      force: z.boolean(),
      local: z.boolean(),
      options: z.record(z.string().regex(/^\w{1,100}$/), z.string().max(4096)),
    }),
  },
  remoteList: { title: "List remotes", params: z.object({}) },
  remoteRemove: { title: "Remove a remote", params: z.object({ name: z.string().min(1).max(100) }) },
  stages: { title: "Look at the pipelines", params: stageSelection },
  // The engine's own, all three.
  stagePlan: {
    title: "Plan the pipelines",
    params: stageSelection.extend({ dvcCache: z.boolean().optional() }),
  },
  stagePrepare: { title: "Look at a stage", params: z.object({ name: dataPath, force: z.boolean() }) },
  stageFinish: {
    title: "Record what a stage has made",
    params: z.object({ name: dataPath, before: z.string(), message: z.string() }),
  },
  repro: {
    title: "Reproduce pipelines",
    params: stageSelection.extend({
      force: z.boolean().optional(),
      keepGoing: z.boolean().optional(),
      dvcCache: z.boolean().optional(),
      experiment: z.string().max(500).optional(),
      env: z.record(z.string(), z.string()).optional(),
    }),
  },
} satisfies Record<JobKind, { title: string; params: z.ZodType }>;

export function jobHandlers(
  jobs: JobPool,
  reproducer: Reproducer,
): Pick<Handlers, "jobStart" | "jobCancel" | "jobWait"> {
  return {
    jobStart: {
      params: z.object({
        kind: z.enum([
          ...(["checkDatabase", "backup", "diskUse", "compactDatabase", "stages", "repro"] as const),
          ...(["dataAdd", "dataStatus", "dataList", "dataLog", "dataCheckout", "dataPack"] as const),
          ...(["dataFiles", "dataExtract", "dataNow"] as const),
          ...(["dataPush", "dataPull", "remoteAdd", "remoteList", "remoteRemove"] as const),
        ]),
        params: z.record(z.string(), z.unknown()),
      }),
      handle({ kind, params }) {
        const { title, params: schema } = kinds[kind];
        const parsed = schema.safeParse(params);
        if (!parsed.success)
          throw new CairnError("invalid", `Wrong parameters of ${kind}: ${z.prettifyError(parsed.error)}`);
        if (kind === "repro")
          return Promise.resolve({ jobId: reproducer.start(parsed.data as JobParams<"repro">) });
        return Promise.resolve({ jobId: jobs.start(kind, title, parsed.data) });
      },
    },
    jobCancel: {
      params: z.object({ jobId: id }),
      handle({ jobId }) {
        jobs.cancel(jobId);
        return Promise.resolve(null);
      },
    },
    jobWait: {
      params: z.object({ jobId: id }),
      handle: ({ jobId }, { signal }) => jobs.wait(jobId, signal),
    },
  };
}
