/** Calls back every `periodMs` while the page is visible, and once when it becomes visible again. */
export function everyVisible(periodMs: number, callback: () => void): { dispose(): void } {
  const tick = (): void => {
    if (!document.hidden) callback();
  };
  const timer = setInterval(tick, periodMs);
  document.addEventListener("visibilitychange", tick);
  return {
    dispose() {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", tick);
    },
  };
}
