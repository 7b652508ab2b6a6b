import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { CAPTURED, type CodeState } from "../../../src/shared/capture.ts";
import { testProject, type TestProject, until } from "../projects.ts";

/** One for each place, none of which is found by the rules for another. */
const planted = {
  dotEnv: "pfeffer.und.salz-77",
  dotEnvPrinted: "kuemmel/und+zimt=12",
  argument: "arg-schluessel-31",
  argumentToken: "Zk3vQ9xT2mLr8WbY5nHcJd7fGs4p",
  shellAssignment: "zuweisung-geheim-5",
  parameter: "param-schluessel-42",
  parameterToken: "hf_QmVuYnRlUmVnZW5Cb2dlbkFi",
  environment: "umgebung-geheim-13",
  yamlEnvironment: "yaml-geheim-29",
  changedFile: "AKIAQ7RTZ5XKLM3VWN2P",
  changedAssignment: "passwort-im-code-8",
  changedKnown: "tracked and known 99",
  untrackedFile: "ghp_a8Kd93jFq0ZsPw7LxBn2Vt5RmCy6Hu1G",
  untrackedKey: "MIIEpAIBAAKCAQEA7geheimerSchluessel",
  untrackedMatching: "nichts besonderes, aber gemeint",
  remote: "fern-token-64",
  note: "sk-proj-NoteNoteNote1234567890abcd",
  failedStart: "fehlstart-geheim-3",
};

function write(project: TestProject, file: string, text: string): void {
  const full = path.join(project.folder, file);
  mkdirSync(path.dirname(full), { recursive: true });
  writeFileSync(full, text);
}

function git(project: TestProject, ...args: string[]): void {
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
  execFileSync("git", [...identity, ...args], { cwd: project.folder, stdio: "pipe" });
}

/** Everything that lies below `.cairn`: the database, its log, artifacts, consoles, logs. */
function* recordedFiles(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* recordedFiles(file);
    else if (entry.isFile()) yield file;
  }
}

function found(project: TestProject, places: Record<string, string> = planted): string[] {
  return [...recordedFiles(project.paths.data)].flatMap((file) => {
    const content = readFileSync(file);
    return Object.entries(places)
      .filter(([, secret]) => content.includes(secret))
      .map(([place]) => `${place} in ${path.relative(project.folder, file)}`);
  });
}

const script = `
import os, sys
print("started", flush=True)
for name in ("MY_SERVICE_TOKEN", "YAML_PASSWORD"):
    print(name, os.environ[name], flush=True)
text = open(".env").read()
print(text, file=sys.stderr, flush=True)
sys.stdout.write(os.environ["MY_SERVICE_TOKEN"][:5]); sys.stdout.flush()
sys.stdout.write(os.environ["MY_SERVICE_TOKEN"][5:] + "\\n"); sys.stdout.flush()
print("arguments", len(sys.argv), flush=True)
print("finished", flush=True)
`;

function plant(project: TestProject): void {
  write(project, "train.py", script);
  write(project, "config.py", "LR = 0.1\n");
  write(project, "settings.py", "DEBUG = False\n");
  write(project, "notes.txt", "nothing yet\n");
  write(project, ".gitignore", "# .env is not ignored: a patch would hold it\n.cairn\n");
  write(
    project,
    "cairn.yaml",
    [
      "redact: ['*.private']",
      "entries:",
      "  train:",
      "    command: python3 train.py --lr {lr} --name {hub_token}",
      "    params: {lr: 0.1, hub_token: none, plain: x}",
      `    env: {YAML_PASSWORD: ${planted.yamlEnvironment}}`,
      "",
    ]
      .join("\n")
      .replace("--name {hub_token}", "--name {hub_token} --plain {plain}"),
  );
  git(project, "init", "-q", "-b", "main");
  git(project, "add", "train.py", "config.py", "settings.py", "notes.txt", ".gitignore");
  git(project, "commit", "-qm", "one");
  git(project, "remote", "add", "origin", `https://me:${planted.remote}@example.com/x.git`);
  write(
    project,
    ".env",
    `SALT="${planted.dotEnv}"\nSPICE=${planted.dotEnvPrinted}\nKNOWN='${planted.changedKnown}'\n`,
  );
  write(project, "config.py", `LR = 0.2\nKEY_ID = "${planted.changedFile}"\n`);
  write(project, "settings.py", `DEBUG = True\nPASSWORD = "${planted.changedAssignment}"\n`);
  write(project, "notes.txt", `remember ${planted.changedKnown}\n`);
  write(project, "fetch.sh", `git clone https://${planted.untrackedFile}@example.com/y\n`);
  write(
    project,
    "server.pem",
    `-----BEGIN PRIVATE KEY-----\n${planted.untrackedKey}\n-----END PRIVATE KEY-----\n`,
  );
  write(project, "plan.private", `${planted.untrackedMatching}\n`);
  write(project, "harmless.txt", "this may be recorded\n");
}

test(
  "secrets planted everywhere are found nowhere below .cairn, and the runs say what was left out",
  { timeout: 90_000 },
  async () => {
    const project = testProject();
    plant(project);
    const client = await project.connect();
    const own = { MY_SERVICE_TOKEN: planted.environment };
    const entry = await client.request("runStart", {
      entry: "train",
      params: { lr: "0.3", hub_token: planted.parameter, plain: planted.parameterToken },
      env: own,
      note: `uses ${planted.note} today`,
      name: `named ${planted.dotEnv}`,
    });
    const command = await client.request("runStart", {
      command: [
        ...["python3", "train.py", "--api-key", planted.argument, planted.argumentToken],
        ...[`HUB_TOKEN=${planted.shellAssignment}`, `see ${planted.environment} there`],
      ],
      env: { ...own, YAML_PASSWORD: planted.yamlEnvironment },
    });
    await expect(
      client.request("runStart", { command: ["./missing", "--password", planted.failedStart] }),
    ).rejects.toThrow(/missing/);

    for (const { runId } of [entry, command]) {
      const status = async () => (await client.request("run", { runId })).run.info.status;
      await until(async () => (await status()) !== "RUNNING", "the run has ended");
      expect(await status()).toBe("FINISHED");
      const { text } = await client.request("console", { runId, start: 0, maxBytes: 100_000 });
      expect(text).toContain('MY_SERVICE_TOKEN ***\nYAML_PASSWORD ***\nSALT="***"\nSPICE=***\n');
      expect(text).toMatch(/\n\*\*\*\narguments \d+\nfinished\n$/);
    }
    const jobs = async () => (await client.request("health", {})).jobs;
    await until(
      async () => {
        const captures = (await jobs()).filter(({ kind }) => kind.startsWith("capture"));
        return captures.length >= 4 && captures.every(({ state }) => state === "done");
      },
      "code and environment are recorded",
      40_000,
    );

    const artifact = async (runId: string, name: string): Promise<string> => {
      const { run } = await client.request("run", { runId });
      const below = run.info.artifactUri.replace(/^mlflow-artifacts:\/*/, "");
      return readFileSync(path.join(project.paths.artifacts, below, name), "utf8");
    };
    for (const { runId } of [entry, command]) {
      const code = JSON.parse(await artifact(runId, CAPTURED.code)) as CodeState;
      expect(code).toMatchObject({ state: "recorded", remote: "https://example.com/x.git", notes: [] });
      expect(code.leftOut.map(({ name }) => name).sort()).toEqual(
        [
          ".env",
          "cairn.yaml",
          "config.py",
          "fetch.sh",
          "notes.txt",
          "plan.private",
          "server.pem",
          "settings.py",
        ].sort(),
      );
      const patch = await artifact(runId, CAPTURED.patch);
      expect(patch).toContain("+this may be recorded");
      expect(JSON.parse(await artifact(runId, CAPTURED.environment))).toMatchObject({
        python: { packages: expect.any(Array) as unknown },
      });
    }
    const tags = async (runId: string): Promise<Record<string, string>> => {
      const { run } = await client.request("run", { runId });
      return Object.fromEntries(run.data.tags.map(({ key, value }) => [key, value]));
    };
    expect((await tags(entry.runId))["cairn.redacted"]).toMatch(/hub_token.*plain|plain.*hub_token/);
    expect((await tags(entry.runId))["mlflow.note.content"]).toBe("uses *** today");
    expect((await tags(command.runId))["cairn.redacted"]).toContain("--api-key");

    // What may be recorded is found by the same search, in the database and in artifacts.
    expect(found(project, { line: "this may be recorded", parameter: "hub_token" }).join()).toMatch(
      /changes\.patch.*cairn\.db|cairn\.db.*changes\.patch/,
    );
    expect(found(project)).toEqual([]);
    await client.request("drain", { reason: "test" }).catch(() => undefined);
    await until(
      () => !readdirSync(project.paths.data).some((name) => name.startsWith("cairn.db-")),
      "the engine has ended and its files do not change any more",
    );
    expect(found(project)).toEqual([]);
  },
);
