import type { FrameLocator } from "playwright-core";
import type { Workbench } from "../host/workbench.ts";

interface Plot extends HTMLElement {
  data?: { x: ArrayLike<number> }[];
}

/** The content of the panel that is shown. */
export async function shownPanel(window: Workbench): Promise<FrameLocator> {
  const outer = window.page.locator("iframe.webview.ready:visible").last();
  await outer.waitFor({ timeout: 30_000 });
  return outer.contentFrame().frameLocator("#active-frame");
}

/** How many points the chart of a metric draws, all its curves together; 0 while there is no such chart. */
export function chartPoints(panel: FrameLocator, metric: string): Promise<number> {
  return panel.locator("cairn-metric-chart").evaluateAll((charts, name) => {
    const chart = charts.find((each) => (each as unknown as { metric: string }).metric === name);
    const data = chart?.querySelector<Plot>(".plot")?.data ?? [];
    return data.reduce((sum, curve) => sum + curve.x.length, 0);
  }, metric);
}
