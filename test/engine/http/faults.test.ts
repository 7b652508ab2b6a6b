import { expect, it } from "vitest";
import { toFault } from "../../../src/engine/http/faults.js";
import { CairnError, type ErrorCode } from "../../../src/shared/errors.js";

/** After these its client waits and tries again, for up to four minutes. */
const retried = [408, 429, 500, 502, 503, 504];

const passing: readonly ErrorCode[] = ["busy", "unavailable"];
const lasting: readonly ErrorCode[] = [
  "invalid",
  "notFound",
  "exists",
  "refused",
  "corrupt",
  "full",
  "tooNew",
  "cancelled",
  "internal",
];

it.each(passing)("lets the client try again after %s", (code) => {
  expect(retried).toContain(toFault(new CairnError(code, "x")).status);
});

it.each(lasting)("tells the client at once of %s", (code) => {
  const { status, message } = toFault(new CairnError(code, "What happened.", { hint: "What to do." }));
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  expect(retried).not.toContain(status);
  expect(message).toBe("What happened. What to do.");
});

it("tells the client at once of a bug, which it also logs", () => {
  const { status, unexpected } = toFault(new TypeError("undefined is not a function"));
  expect([retried.includes(status), unexpected]).toEqual([false, true]);
});
