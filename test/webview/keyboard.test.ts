// @vitest-environment node
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { RUN_TABS } from "../../src/shared/run/api.ts";
import { withBrowser } from "./harness/withBrowser.ts";
import "./harness/fakeHost.types.ts";

const open = withBrowser();
const MOST_STOPS = 150;

interface Stop {
  /** What it is in the document, for the message of a failure. */
  what: string;
  /** What a screen reader says of it. */
  name: string;
  /** Something is drawn around it, or around the part of it that the keys move. */
  ring: boolean;
  /** It lies inside the window. */
  seen: boolean;
}

/** Goes once around with the Tab key. */
async function stopsOf(page: Page): Promise<Stop[]> {
  const stops: Stop[] = [];
  for (let i = 0; i < MOST_STOPS; i++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(look);
    if (stop === null || stop.again) break;
    stops.push(stop);
  }
  return stops;
}

/** Runs in the page: the element with the focus; null when the focus has left it. */
function look(): (Stop & { again: boolean }) | null {
  const element = document.activeElement as (HTMLElement & { visited?: boolean }) | null;
  if (!element || element === document.body) return null;
  const again = element.visited === true;
  element.visited = true;
  const labelled = (element.getAttribute("aria-labelledby") ?? "")
    .split(" ")
    .map((id) => document.getElementById(id)?.textContent ?? "")
    .join(" ");
  const labels = [...((element as HTMLInputElement).labels ?? [])]
    .map((label) => label.textContent)
    .join(" ");
  const name =
    element.getAttribute("aria-label") ?? (labelled.trim() || labels.trim() || element.textContent.trim());
  const inside = [...(element.shadowRoot?.querySelectorAll("*") ?? []), ...element.querySelectorAll("*")];
  const isDrawn = (part: Element): boolean => {
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(part);
    return outlineStyle !== "none" && parseFloat(outlineWidth) > 0 && outlineColor !== "rgba(0, 0, 0, 0)";
  };
  const box = element.getBoundingClientRect();
  const what = `${element.tagName.toLowerCase()}.${element.className}`;
  const ring = [element, ...inside].some(isDrawn);
  const seen = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return { what, name: name.replace(/\s+/g, " "), ring, seen, again };
}

/** Every stop is named, inside the window, and marked. */
function expectUsable(stops: readonly Stop[]): void {
  expect(stops.filter(({ name, ring, seen }) => name === "" || !ring || !seen)).toEqual([]);
}

describe("by keyboard", () => {
  it.each(RUN_TABS)("everything of the run's tab %s is reached, named and marked", async (tab) => {
    const { page } = await open({ panel: "run", scenario: "normal", options: { tab } });
    await page.locator(".tab-content > *").first().waitFor();
    const stops = await stopsOf(page);
    expect(stops.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["Rename", "Star", "Stop", "Run Again", "Run Again with Changes…"]),
    );
    expectUsable(stops);
  });

  it.each(["dark", "contrast"] as const)(
    "everything of the runs is reached, named and marked, in %s",
    async (theme) => {
      const { page } = await open({ panel: "runs", scenario: "normal", theme });
      await page.locator("cairn-metric-chart .js-line").first().waitFor();
      const stops = await stopsOf(page);
      const names = stops.map(({ name }) => name);
      const wanted = [
        "Filter runs",
        "Choose columns",
        "Group runs",
        "More actions",
        "Start Run",
        "Smoothing",
      ];
      expect(names).toEqual(expect.arrayContaining([...wanted, "Runs of turbines"]));
      expectUsable(stops);
    },
  );

  it("everything of the compared runs and of the health is reached, named and marked", async () => {
    const selected = [40, 39].map((n) => `run${String(n).padStart(29, "0")}`);
    const compare = await open({
      panel: "runs",
      scenario: "normal",
      options: { state: { selected, side: "compare" } },
    });
    await compare.page.locator(".compare .grid-row").first().waitFor();
    expectUsable(await stopsOf(compare.page));
    const health = await open({ panel: "health", scenario: "normal" });
    await health.page.getByText("Tracking URI").waitFor();
    expectUsable(await stopsOf(health.page));
  });
});
