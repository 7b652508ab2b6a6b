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
/** Metric names of one run, as in mlflow/mlflow#11927, which freezes MLflow's page. */
const METRICS = 12_000;

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
    const many: Many[] = [];
    for (let round = 0; round < ROUNDS; round++) many.push(await measureMany(browser, fakeHost));
    const label = `1 run × ${METRICS.toLocaleString("en-US")} metrics`;
    report(`${label}: page opened, charts in view drawn after`, many, (times) => times.open, 1_500);
    report(`${label}: longest frame while opening`, many, (times) => times.opening);
    report(`${label}: scrolling all charts in 60 steps: longest frame`, many, (times) => times.frame);
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

interface Many {
  /** From opening the page to the last chart in view. */
  open: number;
  /** Longest time between two frames until then. */
  opening: number;
  /** And while scrolling through everything. */
  frame: number;
}

async function measureMany(browser: Browser, fakeHost: string): Promise<Many> {
  const watched = `let last = performance.now();
    globalThis.longestFrame = 0;
    const tick = () => {
      const now = performance.now();
      globalThis.longestFrame = Math.max(globalThis.longestFrame, now - last);
      last = now;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);`;
  const { page } = await openPanel(browser, `${fakeHost}\n${watched}`, {
    panel: "run",
    bundles: join(process.env.CAIRN_DIST ?? join(root, "dist"), "webview"),
    scenario: "normal",
    options: { metrics: METRICS, points: POINTS, tab: "metrics" },
    width: 1_600,
    height: 900,
  });
  await page.waitForFunction(
    () => {
      const scroll = document.querySelector(".chart-scroll")?.getBoundingClientRect();
      const charts = [...document.querySelectorAll("cairn-metric-chart")].filter(
        (chart) => scroll && chart.getBoundingClientRect().top < scroll.bottom,
      );
      return charts.length > 4 && charts.every((chart) => chart.querySelector(".scatterlayer .js-line"));
    },
    undefined,
    { polling: 20, timeout: 60_000 },
  );
  const opened = await page.evaluate(() => ({
    open: performance.now(),
    opening: (globalThis as unknown as { longestFrame: number }).longestFrame,
  }));
  const frame = await page.$eval(".chart-scroll", async (scroll) => {
    let longest = 0;
    let before = performance.now();
    for (let step = 0; step <= 60; step++) {
      scroll.scrollTop = (step / 60) * scroll.scrollHeight;
      await new Promise((resolve) => requestAnimationFrame(resolve));
      longest = Math.max(longest, performance.now() - before);
      before = performance.now();
    }
    return longest;
  });
  await page.close();
  return { ...opened, frame };
}

function report<T>(label: string, rounds: T[], pick: (times: T) => number, limit?: number): void {
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
