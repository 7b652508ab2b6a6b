import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { addRemote, pullData, pushData } from "../../../src/core/data/index.ts";
import { type DvcFolder, dvcFolder } from "./realDvc.ts";
import { freePort, type SshServer, sshServer } from "./servers.ts";
import { noise, table, tempData, type TempData } from "./tempData.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 600_000 });

let server: SshServer;
let dvc: DvcFolder;

beforeAll(async () => {
  server = await sshServer();
  dvc = await dvcFolder();
  // DVC's own client reads the files of the home folder.
  mkdirSync(path.join(dvc.root, ".ssh"), { mode: 0o700 });
  writeFileSync(path.join(dvc.root, ".ssh", "config"), readFileSync(server.config));
  vi.stubEnv("PATH", `${server.bin}${path.delimiter}${process.env.PATH ?? ""}`);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  dvc.remove();
  await server.stop();
});

async function withRemote(
  data: TempData,
  folder: string,
  options: Record<string, string> = {},
): Promise<void> {
  const url = `ssh://${server.user}@127.0.0.1:${server.port}${folder}`;
  await addRemote(data.root, {
    ...{ name: "host", url, cwd: data.root, isDefault: true, force: true, local: false },
    options,
  });
}

function plain(): TempData {
  const data = tempData();
  mkdirSync(data.file(".git"));
  return data;
}

const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /[0-9a-f]{20}/.test(name));

test("dvc pulls what Cairn pushed over SSH, and Cairn what dvc pushed", async () => {
  const data = tempData(dvc.root);
  const keyfile = path.join(path.dirname(server.config), "user");
  await withRemote(data, path.join(dvc.root, "far away"), { keyfile });
  data.write("t.csv", table(3000));
  for (let i = 0; i < 30; i++) data.write(`d/${i}.bin`, noise(2000, i));
  await data.add("t.csv");
  await data.add("d");
  await data.pack();
  expect(await pushData(data.project, { paths: [] })).toMatchObject({ sent: 32, present: 0 });
  expect(await pushData(data.project, { paths: [] })).toMatchObject({ sent: 0, present: 32 });
  for (const name of ["t.csv", "d", ".cairn/store"]) rmSync(data.file(name), { recursive: true });
  dvc.dvc("pull", "t.csv.dvc", "d.dvc");
  expect(data.read("t.csv")).toBe(table(3000));

  data.write("theirs/a.txt", "a");
  data.write("theirs/b.txt", table(200));
  dvc.dvc("add", "--quiet", "theirs");
  dvc.dvc("push", "theirs.dvc");
  for (const name of ["theirs", ".dvc/cache"]) rmSync(data.file(name), { recursive: true });
  expect(await pullData(data.project, { paths: ["theirs"] })).toMatchObject({ fetched: 3 });
  expect(data.read("theirs/b.txt")).toBe(table(200));
});

test("a large object goes over whole, and goes on where it was cut off", async () => {
  const data = plain();
  const far = data.file("far");
  await withRemote(data, far);
  const content = noise(9_000_001, 3);
  data.write("large.bin", content);
  const { md5 } = await data.add("large.bin");
  const folder = path.join(far, "files", "md5", md5.slice(0, 2));
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `.cairn-${md5.slice(2)}.part`), content.subarray(0, 5_000_000));
  let first = -1;
  data.project.context.onProgress = ({ bytes }) => {
    if (first < 0) first = bytes;
  };
  expect(await pushData(data.project, { paths: [] })).toMatchObject({ sent: 1 });
  expect(first).toBe(5_000_000);
  expect(readFileSync(path.join(folder, md5.slice(2))).equals(content)).toBe(true);
  expect(readdirSync(folder)).toHaveLength(1);
  const other = plain();
  await withRemote(other, far);
  other.write("large.bin.dvc", data.read("large.bin.dvc"));
  expect(await pullData(other.project, { paths: [] })).toMatchObject({ fetched: 1 });
  expect(readFileSync(other.file("large.bin")).equals(content)).toBe(true);
});

test("a cancelled push leaves nothing half done", async () => {
  const data = plain();
  const far = data.file("far");
  await withRemote(data, far);
  data.write("large.bin", noise(30 << 20, 5));
  await data.add("large.bin");
  data.project.context.onProgress = ({ bytes }) => {
    if (bytes > 1 << 20) data.abort.abort();
  };
  await expect(pushData(data.project, { paths: [] })).rejects.toMatchObject({ code: "cancelled" });
  expect(filesIn(far)).toEqual([]);
});

test("what is wrong is named: the host's key, the login, the folder, a host that is gone or silent", async () => {
  const data = plain();
  data.write("t.csv", table(10));
  await data.add("t.csv");
  const failing = async (code: string, text: string) => {
    await expect(pushData(data.project, { paths: [] })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(text) as string,
    });
  };
  const known = path.join(path.dirname(server.config), "known");
  const before = readFileSync(known);
  writeFileSync(known, "");
  await withRemote(data, data.file("far"));
  await failing("refused", "the key of the host");
  writeFileSync(known, before);

  const authorized = path.join(path.dirname(server.config), "authorized");
  const allowed = readFileSync(authorized);
  writeFileSync(authorized, "");
  await failing("refused", "the login is refused");
  writeFileSync(authorized, allowed);

  data.write("in-the-way", "");
  await withRemote(data, data.file("in-the-way"));
  await expect(pushData(data.project, { paths: [] })).rejects.toMatchObject({
    message: expect.stringContaining("ssh://") as string,
  });
  if (process.getuid?.() !== 0) {
    mkdirSync(data.file("closed"));
    chmodSync(data.file("closed"), 0o500);
    await withRemote(data, data.file("closed"));
    await failing("refused", "permission denied");
  }

  const add = async (url: string) =>
    addRemote(data.root, {
      ...{ name: "host", url, cwd: data.root, isDefault: true, force: true, local: false },
      options: { timeout: "2" },
    });
  await add(`ssh://127.0.0.1:${await freePort()}/x`);
  await failing("unavailable", "refused");
  const silent = net.createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  await add(`ssh://127.0.0.1:${(silent.address() as net.AddressInfo).port}/x`);
  await failing("unavailable", "ssh://");
  silent.close();
  await add("ssh://-oProxyCommand=touch%20owned/x");
  await failing("invalid", "cannot be used");
  expect(existsSync("owned")).toBe(false);
});
