import { existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { lives } from "../core/runs/launchProject.ts";
import { waitUntil } from "../core/runs/waitUntil.ts";
import { cliProject, expectValid, withoutCapture } from "./cli.ts";

const logger = `
import cairn
with cairn.start_run():
    cairn.log_param("depth", 3)
    for step in range(5): cairn.log_metric("loss", 1 / (step + 1), step=step)
    cairn.log_metric("bad", float("nan"))
    open("model.txt", "w").write("weights")
    cairn.log_artifact("model.txt")
print("trained")
`;

describe("cairn run -- COMMAND", () => {
  test("shows the output as it is, then what was recorded; the exit code is the run's", async () => {
    const project = cliProject("pröject with spaces");
    const done = await project.cairn([
      "run",
      "-P",
      "lr=0.1",
      "--name",
      "first",
      "--",
      "sh",
      "-c",
      "echo out; echo err >&2",
    ]);
    expect(done.code, done.stderr).toBe(0);
    expect(done.stdout).toMatch(/^out\nerr\n\nrun +first {2}[0-9a-f]{32}\n/);
    expect(done.stdout).toMatch(/^status +FINISHED$/m);
    expect(done.stdout).toMatch(/^lr +0\.1$/m);
    expect(done.stdout).not.toMatch(/\u001b/);
    const failed = await project.cairn(["run", "--", "sh", "-c", "exit 9"]);
    expect(failed.code).toBe(1);
    expect(failed.stdout).toMatch(/^status +FAILED \(exit code 9\)$/m);
  });

  test("--json is one document that fits its schema, output on stderr", async () => {
    const project = cliProject();
    project.write("train.py", logger);
    project.write("data.csv", "x\n1\n");
    const args = ["run", "--json", "--experiment", "E", "--note", "try", "--data", "data.csv", "-P", "lr=1"];
    const { code, stdout, stderr } = await project.cairn([...args, "--", "python3", "train.py"]);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain("trained\n");
    const whole = JSON.parse(stdout) as Record<string, unknown>;
    expectValid("run", whole);
    const document = withoutCapture(whole);
    expect(document).toMatchObject({
      experiment: "E",
      status: "FINISHED",
      exitCode: 0,
      params: { lr: "1", depth: "3" },
      metrics: { loss: { value: 0.2, step: 4 }, bad: { value: "NaN" } },
      data: [{ path: "data.csv", version: null, md5: "dc3ba59be5d893be2c69ea202014fe78" }],
      artifacts: ["model.txt"],
    });
    expect(Number(document.endTime)).toBeGreaterThanOrEqual(Number(document.startTime));
    expect(document.tags).toMatchObject({ "mlflow.note.content": "try" });
  });

  test("runs where it was typed, with the environment that it was typed in", async () => {
    const project = cliProject();
    await project.cairn(["engine", "start"]);
    mkdirSync(path.join(project.folder, "sub", ".git"), { recursive: true });
    mkdirSync(path.join(project.folder, ".git"));
    const cwd = path.join(project.folder, "sub");
    const command = ["run", "--project", project.folder, "--", "sh", "-c", 'pwd; echo "mine=$MINE"'];
    const { stdout } = await project.cairn(command, { cwd, env: { MINE: "yes" } });
    expect(stdout).toContain(`${cwd}\nmine=yes\n`);
  });

  test("that cannot be started is an error with a hint, and a failed run", async () => {
    const project = cliProject();
    const error = await project.json("error", ["run", "--", "no-such-command"], 1);
    expect(error).toEqual({
      error: {
        code: "invalid",
        message: "no-such-command: command not found.",
        hint: "Check its spelling and the PATH.",
      },
    });
    const { runs } = await project.json("runs-search", ["runs", "list"]);
    expect(runs).toMatchObject([{ status: "FAILED" }]);
  });

  test("gives megabytes of output out whole", async () => {
    const project = cliProject();
    const script = "process.stdout.write('0123456789abcdé\\n'.repeat(500000))";
    const { stdout, code } = await project.cairn(["run", "--", process.execPath, "-e", script]);
    expect(code).toBe(0);
    expect(stdout.startsWith("0123456789abcdé\n".repeat(500_000))).toBe(true);
  });

  test("is stopped by Ctrl-C with all its processes, and says so", async () => {
    const project = cliProject();
    const script = "sleep 60 & echo $! > pid; echo ready; wait";
    const { child, output, result } = project.start(["run", "--", "sh", "-c", script]);
    await waitUntil(() => output().includes("ready"), "the command");
    const pid = Number(readFileSync(path.join(project.folder, "pid"), "utf8"));
    expect(lives(pid)).toBe(true);
    child.kill("SIGINT");
    const { code, stdout, stderr } = await result;
    expect(code).toBe(1);
    expect(stderr).toContain("stopping the run");
    expect(stdout).toMatch(/^status +KILLED \(stopped\)$/m);
    expect(lives(pid)).toBe(false);
  });

  test("goes on when its engine is killed under it", async () => {
    const project = cliProject();
    const script = "echo one; while [ ! -e go ]; do sleep 0.05; done; echo two";
    const { output, result } = project.start(["run", "--", "sh", "-c", script]);
    await waitUntil(() => output().includes("one"), "the command");
    const engineFile = path.join(project.folder, ".cairn", "engine.json");
    const { pid } = JSON.parse(readFileSync(engineFile, "utf8")) as { pid: number };
    process.kill(pid, "SIGKILL");
    await waitUntil(() => !lives(pid), "the engine's end");
    project.write("go", "");
    const { code, stdout, stderr } = await result;
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^one\ntwo\n\nrun /);
  });
});

describe("cairn run ENTRY", () => {
  const config =
    "entries:\n  train:\n    command: echo lr={lr} > result; cat result\n    params: {lr: 0.05}\n    data: [in.csv]\n";

  test("needs trust, once, and then runs at the project's top", async () => {
    const project = cliProject();
    project.write("cairn.yaml", config);
    project.write("in.csv", "1\n");
    const refused = await project.cairn(["run", "train"]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("cairn trust");
    expect(existsSync(path.join(project.folder, "result"))).toBe(false);
    expect(existsSync(path.join(project.folder, ".cairn"))).toBe(false);
    await project.json("trust", ["trust"]);
    const { code, stdout } = await project.cairn(["run", "train", "-P", "lr=a b"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^lr=a b\n/);
    expect(readFileSync(path.join(project.folder, "result"), "utf8")).toBe("lr=a b\n");
  });

  test("that is not there, or asked for wrongly, is told with what there is, and leaves at once", async () => {
    const project = cliProject();
    project.write("cairn.yaml", config);
    await project.cairn(["trust"]);
    const missing = await project.json("error", ["run", "tran"], 1);
    expect(missing).toMatchObject({ error: { code: "notFound", hint: "Entries: train." } });
    const wrong = await project.json("error", ["run", "train", "-P", "rate=1"], 1);
    expect(wrong).toMatchObject({ error: { code: "invalid", hint: "It has: lr." } });
    project.write("cairn.yaml", "entries: {train: {comand: x}}\n");
    const broken = await project.json("error", ["run", "train"], 1);
    expect(broken).toMatchObject({
      error: { message: expect.stringContaining("cairn.yaml:1:19") as string },
    });
  });
});
