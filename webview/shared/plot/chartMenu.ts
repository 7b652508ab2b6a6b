import type { ChartSettings } from "../../../src/shared/charts.js";
import type { MenuItem } from "../contextMenu.js";

export type ChartAction = "open" | "png" | "svg" | "csv" | "points" | "copy";

/** What can be done with one chart. */
export function chartMenu(
  metric: string,
  settings: ChartSettings,
  {
    isDrawn,
    change,
    act,
  }: {
    /** There are curves: a single value has no picture. */
    isDrawn: boolean;
    change: (change: Partial<ChartSettings>) => void;
    act: (action: ChartAction) => void;
  },
): MenuItem[] {
  const { pinned, hidden } = settings;
  const at = pinned.indexOf(metric);
  const item = (label: string, action: ChartAction, disabled = false): MenuItem => ({
    label,
    disabled,
    run: () => {
      act(action);
    },
  });
  const move = (label: string, by: number): MenuItem => ({
    label,
    disabled: at + by < 0 || at + by >= pinned.length,
    run: () => {
      const others = pinned.filter((key) => key !== metric);
      change({ pinned: [...others.slice(0, at + by), metric, ...others.slice(at + by)] });
    },
  });
  return [
    item("Open Large", "open"),
    {
      label: at < 0 ? "Pin to the Top" : "Unpin",
      run: () => {
        change({ pinned: togglePin(pinned, metric) });
      },
    },
    ...(at < 0 ? [] : [move("Move Before", -1), move("Move After", 1)]),
    {
      label: "Hide",
      run: () => {
        change({ hidden: [...hidden, metric], pinned: pinned.filter((key) => key !== metric) });
      },
    },
    item("Copy Image", "copy", !isDrawn),
    item("Save as PNG…", "png", !isDrawn),
    item("Save as SVG…", "svg", !isDrawn),
    item("Save Shown Points as CSV…", "csv", !isDrawn),
    item("Save All Points as CSV…", "points"),
  ];
}

export function togglePin(pinned: readonly string[], metric: string): string[] {
  return pinned.includes(metric) ? pinned.filter((key) => key !== metric) : [...pinned, metric];
}
