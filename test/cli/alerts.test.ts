import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { until } from "../engine/projects.ts";
import { cliProject } from "./cli.ts";

test("alerts are listed and acknowledged; looking writes nothing", async () => {
  const { json, cairn, folder } = cliProject();
  const none = { alerts: [], unacknowledged: 0 };
  expect(await json("alerts-list", ["alerts", "list"])).toEqual(none);
  expect((await cairn(["alerts", "ack", "--all"])).code).toBe(1);
  expect(readdirSync(folder)).toEqual([]);
  expect((await cairn(["run", "--name", "bad", "--", "python3", "-c", "raise SystemExit(3)"])).code).toBe(1);
  const alerts = await until(async () => {
    const listed = await json("alerts-list", ["alerts", "list"]);
    return listed.unacknowledged === 1 ? (listed.alerts as { id: number }[]) : undefined;
  }, "the alert");
  expect(alerts).toMatchObject([{ kind: "failed", runName: "bad", acknowledged: false }]);
  expect((await cairn(["alerts", "list"])).stdout).toMatch(/bad +failed +Failed after .*: exit code 3\./);
  const id = String(alerts[0]?.id);
  expect((await cairn(["alerts", "ack"])).code).toBe(2);
  expect((await cairn(["alerts", "ack", id, "--all"])).code).toBe(2);
  expect((await cairn(["alerts", "ack", "first"])).code).toBe(2);
  expect(await json("alerts-ack", ["alerts", "ack", id])).toEqual({ acknowledged: 1 });
  expect(await json("alerts-ack", ["alerts", "ack", "--all"])).toEqual({ acknowledged: 0 });
  expect(await json("alerts-list", ["alerts", "list"])).toEqual(none);
  expect(await json("alerts-list", ["alerts", "list", "--all"])).toMatchObject({
    alerts: [{ acknowledged: true }],
    unacknowledged: 0,
  });
});
