import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { version } from "../../package.json";
import { type CliProject, cliProject, withoutCapture } from "./cli.ts";

describe("usage", () => {
  test("--version and --help", async () => {
    const { cairn } = cliProject();
    expect(await cairn(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
    const help = await cairn(["--help"]);
    expect(help.code).toBe(0);
    for (const name of [
      "init",
      "trust",
      "health",
      "env",
      "engine start",
      "sample",
      "run",
      "runs list",
      "runs export",
    ]) {
      expect(help.stdout).toMatch(new RegExp(`^  ${name}( |$)`, "m"));
    }
    const run = await cairn(["run", "--help"]);
    expect(run.stdout).toContain("-P, --param NAME=VALUE …");
    expect((await cairn(["runs", "--help"])).stdout).toContain("runs compare ID ID…");
  });

  test.each([
    [[]],
    [["bogus"]],
    [["runs"]],
    [["runs", "bogus"]],
    [["run"]],
    [["run", "a", "--", "b"]],
    [["run", "--on", "gpu", "--", "b"]],
    [["run", "-P", "novalue", "--", "b"]],
    [["runs", "search"]],
    [["runs", "list", "--limit", "many"]],
    [["runs", "compare", "one"]],
    [["runs", "export", "--format", "xml"]],
    [["init", "extra"]],
  ])("%j is wrong: exit code 2, a reason, nothing written", async (args) => {
    const { cairn, folder } = cliProject();
    const { code, stderr, stdout } = await cairn(args);
    expect(code, stderr).toBe(2);
    expect(stderr + stdout).not.toBe("");
    expect(readdirSync(folder)).toEqual([]);
  });

  test("a wrong option is a JSON error with --json", async () => {
    const error = await cliProject().json("error", ["runs", "list", "--bogus"], 2);
    expect(error).toMatchObject({ error: { code: "invalid" } });
  });

  test("a project folder that does not exist fails", async () => {
    const { cairn } = cliProject();
    expect(await cairn(["runs", "list", "--project", "no/where"])).toMatchObject({ code: 1 });
  });
});

describe("a project in which nothing was recorded", () => {
  test("is only looked at: nothing is written", async () => {
    const { json, cairn, folder } = cliProject();
    expect(await json("runs-search", ["runs", "list"])).toEqual({ runs: [], nextPageToken: null });
    expect(await json("runs-search", ["runs", "search", "metrics.a > 1"])).toEqual({
      runs: [],
      nextPageToken: null,
    });
    expect(await json("health", ["health"])).toMatchObject({ recorded: false });
    expect(await json("engine", ["engine", "status"])).toEqual({ running: false });
    expect(await json("engine", ["engine", "stop"])).toEqual({ running: false, stopped: false });
    expect((await cairn(["runs", "show", "abc"])).code).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("gets its first files by init, which overwrites none", async () => {
    const { json, folder, write } = cliProject();
    expect(await json("init", ["init"])).toMatchObject({ created: ["cairn.yaml", ".cairn/.gitignore"] });
    write("cairn.yaml", "# mine\n");
    expect(await json("init", ["init"])).toMatchObject({ created: [] });
    expect(readFileSync(path.join(folder, "cairn.yaml"), "utf8")).toBe("# mine\n");
  });
});

describe("the engine", () => {
  test("is started, found, used and stopped", async () => {
    const { json, cairn } = cliProject();
    const started = await json("engine", ["engine", "start"]);
    expect(started).toMatchObject({ running: true });
    expect(await json("engine", ["engine", "status"])).toEqual(started);
    const { environment } = (await json("env", ["env"])) as { environment: Record<string, string> };
    expect(environment.MLFLOW_TRACKING_URI).toBe(started.trackingUri);
    expect((await cairn(["env"])).stdout).toContain(
      `export MLFLOW_TRACKING_URI='${String(started.trackingUri)}'\n`,
    );
    const health = await json("health", ["health"]);
    expect(health).toMatchObject({ recorded: true, engine: { pid: started.pid } });
    expect(await json("engine", ["engine", "stop"])).toEqual({ running: false, stopped: true, runs: 0 });
    expect(await json("engine", ["engine", "status"])).toEqual({ running: false });
  });
});

interface Listed {
  id: string;
  name: string;
}

async function threeRuns({ cairn, json }: CliProject): Promise<Listed[]> {
  const script = "import cairn, sys; cairn.log_metric('acc', float(sys.argv[1]))";
  for (const acc of ["0.5", "0.9", "0.7"]) {
    const { code, stderr } = await cairn([
      "run",
      "--name",
      `n${acc}`,
      "-P",
      `a=${acc}`,
      "--",
      "python3",
      "-c",
      script,
      acc,
    ]);
    expect(code, stderr).toBe(0);
  }
  const { runs } = await json("runs-search", ["runs", "list"]);
  return runs as Listed[];
}

describe("runs", () => {
  test("are listed, found, paged, compared, shown, noted, deleted and restored", async () => {
    const project = cliProject();
    const { json, cairn } = project;
    const runs = await threeRuns(project);
    expect(runs.map(({ name }) => name)).toEqual(["n0.7", "n0.9", "n0.5"]);
    await cairn(["engine", "stop"]); // from here on each command works by itself

    const found = await json("runs-search", [
      "runs",
      "search",
      "metrics.acc > 0.6",
      "--order-by",
      "metrics.acc DESC",
    ]);
    expect(found.runs).toMatchObject([{ name: "n0.9", metrics: { acc: { value: 0.9 } } }, { name: "n0.7" }]);
    expect(found.runs).not.toHaveProperty("0.artifacts");
    expect(await json("error", ["runs", "search", "metrics.acc >"], 1)).toMatchObject({
      error: { code: "invalid" },
    });

    const page = await json("runs-search", ["runs", "list", "--limit", "2"]);
    expect(page.runs).toHaveLength(2);
    const rest = await json("runs-search", [
      "runs",
      "list",
      "--limit",
      "2",
      "--page-token",
      String(page.nextPageToken),
    ]);
    expect(rest).toMatchObject({ runs: [{ name: "n0.5" }], nextPageToken: null });

    const [a, b] = runs.map(({ id }) => id);
    if (a === undefined || b === undefined) throw new Error("runs are missing");
    const compared = await json("runs-compare", ["runs", "compare", a, b.slice(0, 12)]);
    expect(compared).toMatchObject({ params: { a: ["0.7", "0.9"] }, metrics: { acc: [0.7, 0.9] } });
    const shown = withoutCapture(await json("run", ["runs", "show", a.slice(0, 10)]));
    expect(shown).toMatchObject({ id: a, artifacts: [] });
    expect(await json("error", ["runs", "show", "ffffffffffff"], 1)).toMatchObject({
      error: { code: "notFound" },
    });
    expect(await json("error", ["runs", "show", "x' OR 1"], 1)).toMatchObject({ error: { code: "invalid" } });

    await json("runs-note", ["runs", "note", a, "a good one"]);
    expect(await json("run", ["runs", "show", a])).toMatchObject({
      tags: { "mlflow.note.content": "a good one" },
    });
    expect(await json("runs-delete", ["runs", "delete", a, b])).toEqual({ deleted: [a, b] });
    expect((await json("runs-search", ["runs", "list"])).runs).toHaveLength(1);
    expect((await json("runs-search", ["runs", "list", "--deleted"])).runs).toHaveLength(2);
    await json("runs-restore", ["runs", "restore", b]);
    expect((await json("runs-search", ["runs", "list"])).runs).toHaveLength(2);
  }, 120_000);

  test("are exported as CSV and JSON, and printed as an aligned table", async () => {
    const project = cliProject();
    const { json, cairn, folder } = project;
    await threeRuns(project);
    await cairn(["run", "--note", 'comma, "quote"\nline', "--", "true"]);
    const csv = (await cairn(["runs", "export"])).stdout;
    const [header, ...rows] = csv.split("\r\n");
    expect(header).toMatch(
      /^run_id,run_name,experiment,status,start_time,end_time,exit_code,metrics\.acc,params\.a,tags\./,
    );
    expect(rows).toHaveLength(5);
    expect(csv).toContain('"comma, ""quote""\nline"');
    expect((await json("runs-export", ["runs", "export", "metrics.acc > 0.6"])).runs).toHaveLength(2);
    expect(await json("runs-export", ["runs", "export", "--format", "csv", "-o", "out.csv"])).toMatchObject({
      count: 4,
    });
    expect(readFileSync(path.join(folder, "out.csv"), "utf8")).toBe(csv);
    const table = (await cairn(["runs", "list"])).stdout.trimEnd().split("\n");
    expect(table[0]).toMatch(/^ID +NAME +EXPERIMENT +STATUS +STARTED +TOOK +acc$/);
    const at = table[0]?.indexOf("STATUS") ?? 0;
    for (const row of table.slice(1)) expect(row.slice(at).startsWith("FINISHED")).toBe(true);
  }, 120_000);
});

describe("the sample project", () => {
  test("is made with its history, trusted, and never over something else", async () => {
    const { json, folder, cairn } = cliProject();
    const made = await json("sample", ["sample", "meters"]);
    expect(made.commits).toHaveLength(4);
    const sample = path.join(folder, "meters");
    expect(existsSync(path.join(sample, ".gitignore"))).toBe(true);
    expect(existsSync(path.join(sample, "history.json"))).toBe(false);
    const again = await json("error", ["sample", "meters"], 1);
    expect(again).toMatchObject({ error: { code: "exists" } });
    // Trusted: the entry is refused for its parameter, not for the project.
    const run = await cairn(["run", "train", "-P", "nope=1"], { cwd: sample });
    expect(run.stderr).toContain("no parameter nope");
    await cairn(["engine", "stop"], { cwd: sample });
    mkdirSync(path.join(folder, "empty"));
    expect((await cairn(["sample", "empty"])).code).toBe(0);
  });
});
