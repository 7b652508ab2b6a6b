import fc from "fast-check";
import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { crc32c } from "../../../src/core/importers/crc32c.ts";
import {
  allowedName,
  atBeginning,
  type ChunkReader,
  dvcliveForm,
  type FileCursor,
  lightningForm,
  readDvcliveMetrics,
  readOn,
  type ReadOnOptions,
  readTable,
  readTfevents,
  readWandb,
  readYamlParams,
  type TableForm,
} from "../../../src/core/importers/index.ts";
import { CairnError } from "../../../src/shared/errors.ts";
import type { Metric } from "../../../src/shared/tracking.ts";
import { message, scalarEvent, tfRecord, wandbHistory, wandbLog } from "./events.ts";

const runs = Number(process.env.CAIRN_FUZZ ?? 500);
const context = { time: 1_700_000_000_000, prefix: "" };
const folder = mkdtempSync(path.join(os.tmpdir(), "cairn-readers-"));
const file = path.join(folder, "file");
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const tableReader =
  (form: TableForm): ChunkReader =>
  (chunk, _, state, found, each) =>
    readTable(chunk, state, found, each, form);
const readers: Record<string, ReadOnOptions> = {
  tfevents: { reader: readTfevents, context },
  wandb: { reader: readWandb, context },
  csv: { reader: tableReader(lightningForm), context, form: lightningForm },
  tsv: { reader: tableReader(dvcliveForm("loss")), context, form: dvcliveForm("loss") },
};

/** Reads on from `cursor`; returns what came and where it stands. */
async function step(options: ReadOnOptions, cursor: FileCursor = atBeginning) {
  const metrics: Metric[] = [];
  const problems = new Set<string>();
  for await (const part of readOn(file, cursor, options)) {
    metrics.push(...part.found.metrics);
    for (const problem of part.found.problems) problems.add(problem);
    // What is kept in the data folder.
    cursor = JSON.parse(JSON.stringify(part.cursor)) as FileCursor;
  }
  return { metrics, problems: [...problems], cursor };
}

const events = (count: number, from = 0): Buffer[] =>
  Array.from({ length: count }, (_, i) =>
    scalarEvent("loss", (from + i) / 4, from + i, 1_700_000_000 + from + i),
  );
const steps = (metrics: readonly Metric[]): number[] => metrics.map((metric) => metric.step);
const range = (count: number, from = 0): number[] => Array.from({ length: count }, (_, i) => from + i);

const whole: Record<string, Buffer> = {
  tfevents: Buffer.concat(events(20)),
  wandb: wandbLog(range(20).map((i) => wandbHistory(i, { loss: i / 4, ["x".repeat(9000)]: "long" }))),
  csv: Buffer.from(
    `epoch,step,"lo""ss"\r\n${range(20)
      .map((i) => `0,${i},${i / 4}\r\n`)
      .join("")}`,
  ),
  tsv: Buffer.from(
    `step\tloss\n${range(20)
      .map((i) => `${i}\t${i / 4}\n`)
      .join("")}`,
  ),
};

test("the checksum is the one of RFC 3720", () => {
  expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
});

test.each(Object.keys(readers))(
  "%s: wherever the file is cut while it grows, each point comes once",
  async (kind) => {
    const bytes = whole[kind] ?? Buffer.alloc(0);
    const options = readers[kind];
    if (options === undefined) throw new Error("no reader");
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 6 }), async (cuts) => {
        writeFileSync(file, "");
        let cursor = atBeginning;
        let known = 0;
        const metrics: Metric[] = [];
        for (const cut of [...cuts.sort((a, b) => a - b), bytes.length]) {
          appendFileSync(file, bytes.subarray(known, cut));
          known = cut;
          const read = await step(options, cursor);
          metrics.push(...read.metrics.filter(({ key }) => key !== "epoch"));
          expect(read.problems).toEqual([]);
          ({ cursor } = read);
        }
        expect(steps(metrics)).toEqual(range(20));
        expect(metrics.map(({ value }) => value)).toEqual(range(20).map((i) => i / 4));
      }),
      { numRuns: Math.max(30, runs / 10) },
    );
  },
);

test.each(Object.keys(readers))(
  "%s: any damage gives points or a CairnError, in bounded time",
  async (kind) => {
    const bytes = whole[kind] ?? Buffer.alloc(0);
    const options = readers[kind];
    if (options === undefined) throw new Error("no reader");
    const damage = fc.array(
      fc.record({ at: fc.nat(bytes.length - 1), bytes: fc.uint8Array({ maxLength: 12 }) }),
      {
        maxLength: 5,
      },
    );
    await fc.assert(
      fc.asyncProperty(damage, fc.boolean(), async (places, insert) => {
        let hurt = bytes;
        for (const place of places) {
          const behind = hurt.subarray(place.at + (insert ? 0 : place.bytes.length));
          hurt = Buffer.concat([hurt.subarray(0, place.at), place.bytes, behind]);
        }
        await readHostile(hurt, options);
      }),
      { numRuns: runs },
    );
  },
);

async function readHostile(bytes: Uint8Array, options: ReadOnOptions): Promise<void> {
  writeFileSync(file, bytes);
  try {
    const { metrics } = await step(options);
    for (const metric of metrics) {
      expect(metric.key).toBe(allowedName(metric.key));
      expect(Number.isSafeInteger(metric.step) && Number.isSafeInteger(metric.timestamp)).toBe(true);
      expect(metric.timestamp).toBeGreaterThanOrEqual(0);
    }
  } catch (error) {
    if (!(error instanceof CairnError)) throw error;
    expect(error.code).toBe("corrupt");
  }
}

test("any message in a sound frame gives points or a problem", async () => {
  const value = fc.letrec<{ message: Buffer }>((tie) => ({
    message: fc
      .array(
        fc.tuple(
          fc.constantFrom(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 16, 17, 18),
          fc.oneof(
            { maxDepth: 6 },
            fc.nat(),
            fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
            fc.double().map((double) => ({ double })),
            fc.double().map((float) => ({ float })),
            fc.constantFrom("hparams", "scalars", "images", "text", "loss", '{"a":[1e999]}', "__proto__"),
            fc.uint8Array({ maxLength: 20 }),
            tie("message"),
          ),
        ),
        { maxLength: 8 },
      )
      .map((fields) => message(...fields)),
  })).message;
  await fc.assert(
    fc.asyncProperty(fc.array(value, { maxLength: 4 }), async (payloads) => {
      await readHostile(Buffer.concat(payloads.map((payload) => tfRecord(payload))), {
        reader: readTfevents,
        context,
      });
      await readHostile(wandbLog(payloads), { reader: readWandb, context });
    }),
    { numRuns: runs },
  );
});

test("any text as parameters or latest values gives them or a CairnError", () => {
  const text = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.json(),
    fc.constantFrom("&a [*a]", "a: !!python/x {b: 1}"),
  );
  const tolerate = (read: () => unknown): void => {
    try {
      read();
    } catch (error) {
      if (!(error instanceof CairnError)) throw error;
      expect(error.code).toBe("corrupt");
    }
  };
  fc.assert(
    fc.property(text, (each) => {
      tolerate(() => readYamlParams(each));
      tolerate(() => readDvcliveMetrics(each));
    }),
    { numRuns: runs },
  );
  for (const deep of [
    "[".repeat(200_000),
    "{a: ".repeat(20_000),
    `${"a:\n".repeat(3)}${"- ".repeat(20_000)}1`,
  ])
    tolerate(() => readYamlParams(deep));
  tolerate(() => readDvcliveMetrics(`{"a":`.repeat(100_000)));
});

test("a name that MLflow refuses becomes one that it allows", () => {
  expect(allowedName("a//b/../c(%)")).toBe("a/b/_/c___");
  expect(allowedName("/")).toBe("");
  expect([...allowedName("x".repeat(9999))]).toHaveLength(250);
});

test("a damaged event is left out, a damaged length ends the file, and what came before is there", async () => {
  const [one = Buffer.alloc(0), two = Buffer.alloc(0), three = Buffer.alloc(0)] = events(3);
  const hurt = Buffer.from(two);
  hurt.writeUInt8(hurt.readUInt8(20) ^ 1, 20);
  writeFileSync(file, Buffer.concat([one, hurt, three]));
  const read = await step({ reader: readTfevents, context });
  expect(steps(read.metrics)).toEqual([0, 2]);
  expect(read.problems).toEqual(["A damaged record was left out."]);
  const headless = Buffer.from(two);
  headless.writeUInt8(headless.readUInt8(0) ^ 1, 0);
  writeFileSync(file, Buffer.concat([one, headless, three]));
  const got: number[] = [];
  const reading = (async () => {
    for await (const { found } of readOn(file, atBeginning, { reader: readTfevents, context }))
      got.push(...steps(found.metrics));
  })();
  await expect(reading).rejects.toThrow(`The event file is damaged at byte ${one.length}.`);
  expect(got).toEqual([0]);
});

test("a length beyond all bounds is not believed, and takes no memory", async () => {
  const huge = tfRecord(Buffer.alloc(0), 2n ** 62n);
  writeFileSync(file, Buffer.concat([...events(2), huge]));
  const before = process.memoryUsage().rss;
  const read = await step({ reader: readTfevents, context });
  expect(steps(read.metrics)).toEqual([0, 1]);
  expect(process.memoryUsage().rss - before).toBeLessThan(64 << 20);
});

test("a gigabyte with one record that is too large is read in bounded memory", async () => {
  const size = 1 << 30;
  const head = tfRecord(Buffer.alloc(0), BigInt(size)).subarray(0, 12);
  const [first = Buffer.alloc(0)] = events(1);
  writeFileSync(file, Buffer.concat([first, head]));
  // Sparse: the system makes up the zeros.
  truncateSync(file, first.length + 16 + size);
  appendFileSync(file, Buffer.concat(events(1, 1)));
  const before = process.memoryUsage().rss;
  const { metrics, problems } = await step({ reader: readTfevents, context });
  expect(steps(metrics)).toEqual([0, 1]);
  expect(problems).toEqual([`A record of ${size} bytes is too large and was left out.`]);
  expect(process.memoryUsage().rss - before).toBeLessThan(64 << 20);
});

test("a damaged W&B block is left out, and reading goes on behind it", async () => {
  const log = wandbLog(range(20).map((i) => wandbHistory(i, { loss: i, ["x".repeat(9000)]: "long" })));
  log.writeUInt8(log.readUInt8(33_000) ^ 1, 33_000);
  writeFileSync(file, log);
  const { metrics, problems } = await step({ reader: readWandb, context });
  expect(problems).toEqual(["A damaged block was left out."]);
  expect(steps(metrics)).toEqual(expect.arrayContaining([0, 1, 2, 19]));
  expect(metrics.length).toBeGreaterThan(14);
});

test("a table that is written anew with another column goes on where it was", async () => {
  const options = readers.csv ?? { reader: readTfevents, context };
  writeFileSync(file, "epoch,loss,step\n0,1,0\n0,0.5,1\n");
  const first = await step(options);
  expect(first.metrics).toHaveLength(4);
  writeFileSync(file, "acc,epoch,loss,step\n,0,1,0\n");
  const halfway = await step(options, first.cursor);
  expect(halfway.metrics).toEqual([]);
  appendFileSync(file, ",0,0.5,1\n0.75,1,,2\n");
  const second = await step(options, halfway.cursor);
  expect(second.metrics.map(({ key, value }) => [key, value])).toEqual([
    ["acc", 0.75],
    ["epoch", 1],
  ]);
});

test("another table in its place is read from its beginning", async () => {
  const options = readers.csv ?? { reader: readTfevents, context };
  writeFileSync(file, "loss,step\n1,0\n2,1\n");
  const first = await step(options);
  writeFileSync(file, "loss,step\n7,0\n8,1\n9,2\n");
  const second = await step(options, first.cursor);
  expect(second.metrics.map(({ value }) => value)).toEqual([7, 8, 9]);
});

test("an event file that was cut and filled anew is read from its beginning", async () => {
  writeFileSync(file, Buffer.concat(events(9)));
  const options = { reader: readTfevents, context };
  const first = await step(options);
  writeFileSync(file, Buffer.concat(events(3, 50)));
  const second = await step(options, first.cursor);
  expect(steps(second.metrics)).toEqual([50, 51, 52]);
});
