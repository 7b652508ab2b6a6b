import { clampWidth } from "./columnLayout.js";

/** Follows the pointer until it is let go; `onWidth` gets each new width in pixels. */
export function dragWidth(down: PointerEvent, startWidth: number, onWidth: (width: number) => void): void {
  down.preventDefault();
  down.stopPropagation();
  const handle = down.currentTarget as HTMLElement;
  handle.setPointerCapture(down.pointerId);
  const move = (event: PointerEvent): void => {
    onWidth(clampWidth(startWidth + event.clientX - down.clientX));
  };
  const end = (): void => {
    handle.removeEventListener("pointermove", move);
    handle.removeEventListener("pointerup", end);
    handle.removeEventListener("pointercancel", end);
  };
  handle.addEventListener("pointermove", move);
  handle.addEventListener("pointerup", end);
  handle.addEventListener("pointercancel", end);
}
