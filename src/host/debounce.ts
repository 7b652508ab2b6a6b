/** Calls `action` once, `ms` after the first of a burst of calls; never twice at the same time. */
export function debounce(ms: number, action: () => void | Promise<void>): () => void {
  let waiting = false;
  let running = false;
  let again = false;
  const run = async () => {
    waiting = false;
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      await action();
    } finally {
      running = false;
    }
    if (again) {
      again = false;
      schedule();
    }
  };
  const schedule = () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => void run(), ms);
  };
  return schedule;
}
