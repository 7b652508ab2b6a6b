import { loadPlotly } from "./plotlyGlobal.js";

/** A chart that waits for its turn. */
export interface Drawable {
  /** Pixels between it and what is in view. */
  readonly distance: number;
  draw(): void;
}

const waiting = new Set<Drawable>();
let scheduled = false;

/**
 * Draws one chart after the other, those in view first, and lets the page breathe in between: a screen full of charts
 * must not freeze it.
 */
export function queueDraw(chart: Drawable): void {
  waiting.add(chart);
  if (scheduled) return;
  scheduled = true;
  loadPlotly().then(
    () => setTimeout(drawNext, 0),
    (error: unknown) => {
      // The next chart that is to be drawn tries again.
      scheduled = false;
      console.error(error);
    },
  );
}

export function unqueueDraw(chart: Drawable): void {
  waiting.delete(chart);
}

function drawNext(): void {
  let next: Drawable | undefined;
  for (const chart of waiting) if (!next || chart.distance < next.distance) next = chart;
  if (next) {
    waiting.delete(next);
    next.draw();
  }
  if (waiting.size > 0) setTimeout(drawNext, 0);
  else scheduled = false;
}
