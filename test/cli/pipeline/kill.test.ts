import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { readEngineFile } from "../../../src/engine/client/index.ts";
import { projectPaths } from "../../../src/core/project/index.ts";
import { cliProject } from "../cli.ts";
import { randomFrom } from "../../core/data/tempData.ts";

const KILLS = process.env.CAIRN_LONG ? 60 : 6;

const pipeline = `stages:
  one: {cmd: 'sleep 0.2; mkdir one; cat in.txt > one/a; sleep 0.2; cat in.txt in.txt > one/b', deps: [in.txt], outs: [one]}
  two: {cmd: 'cat one/a > two.txt; sleep 0.3; cat one/b >> two.txt', deps: [one], outs: [two.txt]}
  three: {cmd: 'wc -l < two.txt > three.txt', deps: [two.txt], outs: [three.txt]}
`;

test(`${KILLS} kills of the engine: no stage counts as done that is not`, { timeout: 900_000 }, async () => {
  const { folder, write, cairn, start, json } = cliProject();
  const next = randomFrom(11);
  write("dvc.yaml", pipeline);
  await cairn(["trust"]);
  const read = (file: string) =>
    existsSync(path.join(folder, file)) ? readFileSync(path.join(folder, file), "utf8") : "";
  for (let i = 0; i < KILLS; i++) {
    const text = `line ${i}\n`.repeat(i + 1);
    write("in.txt", text);
    const { child, result } = start(["repro"]);
    await delay(300 + next() * 3000);
    const engine = readEngineFile(projectPaths(folder, "").engineFile);
    if (engine) {
      try {
        process.kill(engine.pid, "SIGKILL");
      } catch {
        // It was just ending.
      }
    }
    child.kill("SIGKILL");
    await result;
    // A command that was running goes on until it ends: nothing of it may be taken for a result.
    const { stages } = (await json("repro-dry", ["repro", "--dry"])) as {
      stages: { name: string; state: string }[];
    };
    const isDone = (name: string) => stages.find((stage) => stage.name === name)?.state === "unchanged";
    if (isDone("one")) expect([read("one/a"), read("one/b")]).toEqual([text, text + text]);
    if (isDone("two")) expect(read("two.txt")).toBe(text + text + text);
    await delay(700);
    const done = await cairn(["repro"]);
    expect(done.code, done.stderr).toBe(0);
    expect(read("two.txt")).toBe(text + text + text);
    expect(Number(read("three.txt"))).toBe(3 * (i + 1));
    expect((await cairn(["repro"])).stdout).toContain("up to date");
  }
});
