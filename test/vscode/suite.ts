import { appendFileSync } from "node:fs";
import { inspect } from "node:util";

type TestBody = () => Promise<void> | void;

interface HostTest {
  name: string;
  body: TestBody;
  skipped: boolean;
}

const tests: HostTest[] = [];

/** Longest time that one test may take, in milliseconds. */
const limitMs = 60_000;

/** Declares a test that runs in the extension host; they run one after another in the order declared. */
export function test(name: string, body: TestBody): void {
  tests.push({ name, body, skipped: false });
}

/** A test that does not run here; test/skips.json must name it and say why. */
test.skip = (name: string, body: TestBody): void => {
  tests.push({ name, body, skipped: true });
};

/** Runs all declared tests and reports each as one JSON line. @throws if one failed or there is none */
export async function runAll(): Promise<void> {
  let failed = 0;
  for (const { name, body, skipped } of tests) {
    const start = Date.now();
    const error = skipped ? undefined : await outcome(body);
    if (error !== undefined) failed++;
    const status = skipped ? "skipped" : error === undefined ? "passed" : "failed";
    report({ name, status, ms: Date.now() - start, error });
  }
  if (tests.length === 0) throw new Error("No test was declared.");
  if (failed > 0) throw new Error(`${failed} of ${tests.length} tests failed`);
}

async function outcome(body: TestBody): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end within ${limitMs / 1000} s`)), limitMs);
  });
  try {
    await Promise.race([Promise.resolve().then(body), limit]);
    return undefined;
  } catch (error) {
    return inspect(error);
  } finally {
    clearTimeout(timer);
  }
}

function report(result: { name: string; status: string; ms: number; error?: string | undefined }): void {
  const path = process.env.CAIRN_TEST_RESULTS;
  if (path === undefined) throw new Error("CAIRN_TEST_RESULTS does not say where results go.");
  appendFileSync(path, `${JSON.stringify(result)}\n`);
}

/**
 * Waits until `check` returns something other than undefined or false.
 * @param what named in the error if it never does
 */
export async function poll<T>(
  what: string,
  check: () => T | undefined | Promise<T | undefined>,
  limit = 20_000,
): Promise<T> {
  const deadline = Date.now() + limit;
  for (;;) {
    const value = await check();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`Waited ${limit / 1000} s in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
