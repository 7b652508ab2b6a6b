import { setTimeout as delay } from "node:timers/promises";

/** Polls until `check` holds; fails with what it waited for. */
export async function waitUntil(
  check: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs = 15_000,
): Promise<void> {
  for (const begin = Date.now(); !(await check()); await delay(20)) {
    if (Date.now() - begin > timeoutMs) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}.`);
  }
}
