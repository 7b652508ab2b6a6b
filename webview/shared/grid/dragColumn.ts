import type { ColumnLayout } from "./columnLayout.js";

const THRESHOLD = 5;
const EDGE = 32;
const EDGE_STEP = 14;

/** Index of the column before which one that is dropped at `x` goes; `x` in pixels from the grid's left edge. */
export function dropIndex(layout: ColumnLayout, x: number, scrollLeft: number, first: number): number {
  const { starts, widths, pinned, pinnedWidth } = layout;
  const at = x < pinnedWidth ? x : x + scrollLeft;
  const from = x < pinnedWidth ? 0 : pinned;
  let index = from;
  while (index < widths.length && at > (starts[index] ?? 0) + (widths[index] ?? 0) / 2) index++;
  return Math.max(first, index);
}

/**
 * Follows the pointer from a press on a header. Calls `over` with the index before which the column would go, once
 * the pointer has moved far enough to mean it; at the end `drop`, or neither for a mere click.
 */
export function dragColumn(
  down: PointerEvent,
  scroller: HTMLElement,
  target: { first: number; layout: () => ColumnLayout; over: (index: number | undefined) => void },
  drop: (index: number) => void,
): void {
  if (down.button !== 0) return;
  const head = down.currentTarget as HTMLElement;
  let index: number | undefined;
  const move = (event: PointerEvent): void => {
    if (index === undefined && Math.abs(event.clientX - down.clientX) < THRESHOLD) return;
    if (index === undefined) head.setPointerCapture(down.pointerId);
    const box = scroller.getBoundingClientRect();
    if (event.clientX > box.right - EDGE) scroller.scrollLeft += EDGE_STEP;
    else if (event.clientX < box.left + target.layout().pinnedWidth + EDGE) scroller.scrollLeft -= EDGE_STEP;
    index = dropIndex(target.layout(), event.clientX - box.left, scroller.scrollLeft, target.first);
    target.over(index);
  };
  const end = (event: Event): void => {
    for (const name of ["pointerup", "pointercancel"]) head.removeEventListener(name, end);
    head.removeEventListener("pointermove", move);
    document.removeEventListener("keydown", escape, true);
    target.over(undefined);
    if (index === undefined) return;
    // The click that ends a drag sorts nothing.
    const swallow = (click: Event): void => {
      click.stopPropagation();
    };
    head.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => {
      head.removeEventListener("click", swallow, { capture: true });
    }, 0);
    if (event.type === "pointerup") drop(index);
  };
  const escape = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    end(event);
  };
  head.addEventListener("pointermove", move);
  for (const name of ["pointerup", "pointercancel"]) head.addEventListener(name, end);
  document.addEventListener("keydown", escape, true);
}
