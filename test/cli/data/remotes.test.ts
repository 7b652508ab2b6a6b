import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test, vi } from "vitest";
import { root } from "../../host/paths.ts";
import { type CliProject, cliProject } from "../cli.ts";

vi.setConfig({ testTimeout: 240_000 });

const KILLS = process.env.CAIRN_LONG ? 200 : 15;
const cli = path.join(root, "dist", "cli.js");

const rows = (mark: string, count = 20_000) =>
  Array.from({ length: count }, (_, i) => `${i},${(i * 7919) % 100_003}${i % 100 === 3 ? mark : ""}\n`).join(
    "",
  );

const git = (folder: string, ...args: string[]) =>
  execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], { cwd: folder, stdio: "pipe" });

function twoClones(): { ours: CliProject; theirs: CliProject; storage: string } {
  const ours = cliProject();
  const theirs = cliProject();
  git(ours.folder, "init", "-q");
  git(theirs.folder, "init", "-q");
  return { ours, theirs, storage: path.join(ours.folder, "..", "storage") };
}

function handOver(from: CliProject, to: CliProject, names: string[]): void {
  for (const name of names)
    writeFileSync(path.join(to.folder, name), readFileSync(path.join(from.folder, name)));
}

const leftovers = (...folders: string[]) =>
  folders
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }))
    .filter((name) => /\.tmp$|\.cairn-/.test(name) && !name.startsWith(path.join(".cairn", "logs")));

test("remote add, list, remove; push here and pull there", async () => {
  const { ours, theirs, storage } = twoClones();
  const added = await ours.json("data-remote", [
    "data",
    "remote",
    "add",
    "origin",
    "../storage",
    "--default",
  ]);
  expect(added).toMatchObject({
    remotes: [{ name: "origin", url: storage, isDefault: true }],
    wrote: [".dvc/.gitignore", ".dvc/config"],
  });
  expect(existsSync(path.join(ours.folder, ".cairn"))).toBe(false);
  expect(await ours.json("error", ["data", "remote", "add", "origin", "x"], 1)).toMatchObject({
    error: { code: "exists" },
  });
  expect((await ours.cairn(["data", "remote"])).code).toBe(2);
  expect((await ours.cairn(["data", "remote", "move"])).stderr).toContain("add, list, remove");
  mkdirSync(path.join(ours.folder, "d"));
  ours.write("d/a.csv", rows("x"));
  ours.write("d/b.txt", "b");
  ours.write("t.csv", rows("y"));
  await ours.cairn(["data", "add", "d"]);
  await ours.cairn(["data", "add", "t.csv", "--wait"]);
  expect(await ours.json("data-push", ["data", "push", "d"])).toMatchObject({ remote: "origin", sent: 3 });
  expect(await ours.json("data-push", ["data", "push"])).toMatchObject({ sent: 1, present: 3 });

  expect(await theirs.json("error", ["data", "pull", "t.csv"], 1)).toMatchObject({
    error: { code: "notFound" },
  });
  await theirs.cairn(["data", "remote", "add", "-d", "origin", storage]);
  handOver(ours, theirs, ["d.dvc", "t.csv.dvc"]);
  const pulled = await theirs.json("data-pull", ["data", "pull"]);
  expect(pulled).toMatchObject({ fetched: 4, datasets: [{ state: "checkedOut" }, { state: "checkedOut" }] });
  expect(readFileSync(path.join(theirs.folder, "d", "a.csv"), "utf8")).toBe(rows("x"));
  // What was pulled is versioned from here on like what was added.
  theirs.write("t.csv", rows("z"));
  expect(await theirs.json("data-add", ["data", "add", "t.csv", "--wait"])).toMatchObject({
    recipe: "lines",
  });
  theirs.write("t.csv", "changed");
  expect((await theirs.cairn(["data", "pull"])).stderr).toContain("t.csv stays as it is");
  expect(readFileSync(path.join(theirs.folder, "t.csv"), "utf8")).toBe("changed");
  expect(await ours.json("data-remote", ["data", "remote", "remove", "origin"])).toMatchObject({
    remotes: [],
  });
});

test("branches, tags and commits are pushed where they are asked for", async () => {
  const { ours } = twoClones();
  const { folder } = ours;
  await ours.cairn(["data", "remote", "add", "-d", "origin", "../storage"]);
  for (const version of ["first", "second", "third", "fourth"]) {
    ours.write("t.csv", rows(version, 100));
    await ours.cairn(["data", "add", "t.csv"]);
    git(folder, "add", "-A");
    git(folder, "commit", "-qm", version);
    if (version === "first") git(folder, "tag", "-am", "v1", "v1");
    if (version === "second") git(folder, "branch", "side");
  }
  expect(await ours.json("data-push", ["data", "push"])).toMatchObject({ sent: 1, present: 0 });
  expect(await ours.json("data-push", ["data", "push", "--all-tags"])).toMatchObject({ sent: 1, present: 1 });
  expect(await ours.json("data-push", ["data", "push", "--all-branches"])).toMatchObject({
    sent: 1,
    present: 1,
  });
  expect(await ours.json("data-push", ["data", "push", "--all-commits"])).toMatchObject({
    sent: 1,
    present: 3,
  });
});

test(
  "however often push and pull are killed, the next goes on, and nothing is left half done",
  async () => {
    const { ours, theirs, storage } = twoClones();
    await ours.cairn(["data", "remote", "add", "-d", "origin", storage]);
    await theirs.cairn(["data", "remote", "add", "-d", "origin", storage]);
    const write = (version: number) => {
      mkdirSync(path.join(ours.folder, "d"), { recursive: true });
      ours.write("d/table.csv", rows(`v${version}`, 100_000));
      for (let i = 0; i < 200; i++) ours.write(`d/${i}.txt`, `${version} ${i}\n`.repeat(200));
    };
    const killed = async ({ folder }: CliProject, args: string[], after: number) => {
      const child = spawn(process.execPath, [cli, ...args], { cwd: folder, detached: true, stdio: "ignore" });
      const timer = setTimeout(() => {
        try {
          process.kill(-(child.pid ?? 0), "SIGKILL");
        } catch {
          // It has just ended.
        }
      }, after);
      await once(child, "exit");
      clearTimeout(timer);
    };
    const timed = async (work: () => Promise<unknown>) => {
      const begin = performance.now();
      await work();
      return performance.now() - begin;
    };
    write(0);
    await ours.cairn(["data", "add", "d"]);
    const pushMs = await timed(() => ours.json("data-push", ["data", "push"]));
    handOver(ours, theirs, ["d.dvc"]);
    const pullMs = await timed(() => theirs.json("data-pull", ["data", "pull"]));
    for (let kill = 1; kill <= KILLS; kill++) {
      write(kill);
      await ours.cairn(["data", "add", "d"]);
      await killed(ours, ["data", "push"], pushMs * (0.3 + Math.random()));
      // A list that is there names only files that are there: teammates see a whole version or none.
      for (const name of readdirSync(storage, { recursive: true, encoding: "utf8" })) {
        if (!name.endsWith(".dir")) continue;
        const entries = JSON.parse(readFileSync(path.join(storage, name), "utf8")) as { md5: string }[];
        for (const { md5 } of entries)
          expect(existsSync(path.join(storage, "files", "md5", md5.slice(0, 2), md5.slice(2)))).toBe(true);
      }
      const rest = await ours.json("data-push", ["data", "push"]);
      expect(Number(rest.sent) + Number(rest.present)).toBe(202);
      handOver(ours, theirs, ["d.dvc"]);
      await killed(theirs, ["data", "pull"], pullMs * (0.3 + Math.random()));
      await theirs.json("data-pull", ["data", "pull"]);
      expect(readFileSync(path.join(theirs.folder, "d", "table.csv"), "utf8")).toBe(
        rows(`v${kill}`, 100_000),
      );
      expect(readFileSync(path.join(theirs.folder, "d", "7.txt"), "utf8")).toContain(`${kill} 7`);
    }
    // What a worker that outlived the kill for a moment has left, the next command takes away.
    await ours.json("data-push", ["data", "push"]);
    await theirs.json("data-pull", ["data", "pull"]);
    expect(leftovers(ours.folder, theirs.folder, storage)).toEqual([]);
    rmSync(storage, { recursive: true });
  },
  KILLS * 60_000,
);
