import type * as Bundle from "./plotly.js";

declare global {
  var CairnPlotly: typeof Bundle | undefined;
}

let loading: Promise<void> | undefined;

/** Loads the shared plot bundle, once. Rejects where it cannot be had; the next call tries again. */
export function loadPlotly(): Promise<void> {
  loading ??= addScript().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** The same once the page has shown what it has: a megabyte of script would hold up the table. */
export function loadPlotlySoon(): void {
  requestAnimationFrame(() =>
    setTimeout(() => {
      // Who draws asks for it again, and hears why it failed.
      loadPlotly().catch(() => undefined);
    }, 0),
  );
}

/** The bundle, which has been loaded. */
export function plotly(): typeof Bundle {
  if (!globalThis.CairnPlotly) throw new Error("The plot bundle is not loaded.");
  return globalThis.CairnPlotly;
}

/** It lies beside the panel's own script, and runs by the same nonce. */
async function addScript(): Promise<void> {
  const own = document.querySelector<HTMLScriptElement>("body > script[src]");
  if (!own) throw new Error("The panel's script is not in its page.");
  const script = document.createElement("script");
  script.nonce = own.nonce;
  script.src = new URL("plotly.js", own.src).href;
  await new Promise<void>((resolve, reject) => {
    script.onload = () => {
      resolve();
    };
    script.onerror = () => {
      script.remove();
      reject(new Error(`Failed to load ${script.src}.`));
    };
    document.body.append(script);
  });
}
