import { join } from "node:path";
import type { Browser } from "playwright-core";
import { root } from "../host/paths.ts";
import { buildFakeHost } from "../webview/harness/buildHarness.ts";
import "../webview/harness/fakeHost.types.ts";
import { launchBrowser, openPanel } from "../webview/harness/openPanel.ts";

const ROUNDS = 5;
const RUNS = 10_000;
const COLUMNS = 100;
const DRAWN = 20;
/** What the engine sends of 100,000 points. */
const POINTS = 2_000;

interface Times {
  /** From opening the page to the first rows. */
  rows: number;
  /** From the curves' arrival to the last chart in view. */
  charts: number;
  /** Longest time between two frames while scrolling through everything. */
  frame: number;
}

/** Times of the runs panel in a real Chromium, median of some rounds: rows usable, charts drawn, scrolling. */
export default async function benchPanel(): Promise<void> {
  const fakeHost = await buildFakeHost();
  const browser = await launchBrowser();
  try {
    const rounds: Times[] = [];
    for (let round = 0; round < ROUNDS; round++) rounds.push(await measure(browser, fakeHost));
    report(
      `${RUNS.toLocaleString("en-US")} runs × ${COLUMNS} columns: rows after`,
      rounds,
      (times) => times.rows,
      1_000,
    );
    report(
      `${DRAWN} runs × 100,000 points in ${POINTS}: charts in view drawn in`,
      rounds,
      (times) => times.charts,
      1_000,
    );
    report("scrolling all rows in 60 steps: longest frame", rounds, (times) => times.frame);
  } finally {
    await browser.close();
  }
}

async function measure(browser: Browser, fakeHost: string): Promise<Times> {
  const selected = Array.from({ length: DRAWN }, (_, i) => `run${String(RUNS - i).padStart(29, "0")}`);
  const { page } = await openPanel(browser, fakeHost, {
    panel: "runs",
    bundles: join(process.env.CAIRN_DIST ?? join(root, "dist"), "webview"),
    scenario: "normal",
    options: { runs: RUNS, columns: COLUMNS, points: POINTS, peak: 42, state: { selected } },
    width: 1_600,
    height: 900,
  });
  await page.waitForFunction(() => globalThis.cairnHost.times.charts.length >= 6, undefined, {
    timeout: 60_000,
  });
  const times = await page.evaluate(() => globalThis.cairnHost.times);
  const frame = await page.$eval("cairn-grid", async (grid) => {
    let longest = 0;
    let before = performance.now();
    for (let step = 0; step <= 60; step++) {
      grid.scrollTop = (step / 60) * grid.scrollHeight;
      await new Promise((resolve) => requestAnimationFrame(resolve));
      longest = Math.max(longest, performance.now() - before);
      before = performance.now();
    }
    return longest;
  });
  await page.close();
  return {
    rows: times.rows ?? Number.NaN,
    charts: (times.charts[5] ?? Number.NaN) - (times.curves ?? Number.NaN),
    frame,
  };
}

function report(label: string, rounds: Times[], pick: (times: Times) => number, limit?: number): void {
  const sorted = rounds.map(pick).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const verdict =
    limit === undefined
      ? ""
      : median <= limit
        ? `  (limit ${limit} ms: held)`
        : `  (limit ${limit} ms: MISSED)`;
  process.stdout.write(
    `${label} ${median.toFixed(0)} ms, worst ${(sorted.at(-1) ?? Number.NaN).toFixed(0)} ms${verdict}\n`,
  );
  if (limit !== undefined && !(median <= limit)) process.exitCode = 1;
}
