import { clampWidth } from "./columnLayout.js";

/** Follows the pointer until it is let go; `onWidth` gets each new width in pixels, and whether it is the last. */
export function dragWidth(
  down: PointerEvent,
  startWidth: number,
  onWidth: (width: number, last: boolean) => void,
): void {
  down.preventDefault();
  down.stopPropagation();
  const handle = down.currentTarget as HTMLElement;
  handle.setPointerCapture(down.pointerId);
  let width = startWidth;
  const move = (event: PointerEvent): void => {
    width = clampWidth(startWidth + event.clientX - down.clientX);
    onWidth(width, false);
  };
  const end = (): void => {
    handle.removeEventListener("pointermove", move);
    handle.removeEventListener("pointerup", end);
    handle.removeEventListener("pointercancel", end);
    onWidth(width, true);
  };
  handle.addEventListener("pointermove", move);
  handle.addEventListener("pointerup", end);
  handle.addEventListener("pointercancel", end);
}
