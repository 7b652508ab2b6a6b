/** Gives the focus to an element unless the user has gone on to another one meanwhile. */
export function refocus(element: HTMLElement | null): void {
  if (document.activeElement === null || document.activeElement === document.body) element?.focus();
}
