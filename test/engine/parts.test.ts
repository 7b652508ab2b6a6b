import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import Fastify from "fastify";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { loadAccess, sameToken, saveAccess } from "../../src/engine/access.ts";
import { decodeNumbers, encodeNumbers } from "../../src/engine/client/numbers.ts";
import { compareVersions } from "../../src/engine/client/versions.ts";
import { listenHttp } from "../../src/engine/listenHttp.ts";
import { openLogFile } from "../../src/engine/logFile.ts";
import { testProject } from "./projects.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "cairn-parts-"));
  return () => {
    rmSync(folder, { recursive: true });
  };
});

test("versions are compared by their numbers", () => {
  expect(compareVersions("1.10.0", "1.9.9")).toBeGreaterThan(0);
  expect(compareVersions("1.0.0-beta", "1.0.0")).toBe(0);
  expect(compareVersions("0.9", "1")).toBeLessThan(0);
});

test("NaN and infinities survive the wire where metrics are", () => {
  const metrics = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.5].map(
    (value, step) => ({
      ...{ key: "loss", timestamp: 1, step, value },
    }),
  );
  const page = { items: metrics, nextPageToken: "t" };
  const wire: unknown = JSON.parse(JSON.stringify(encodeNumbers("history", page)));
  expect(decodeNumbers("history", wire)).toEqual(page);
});

test("the log is rotated, private, and holds no secret", () => {
  const file = path.join(folder, "engine.log");
  const log = openLogFile(file);
  log.hide("s3cret");
  for (let i = 0; i < 30_000; i++) log.info(`line ${i} s3cret ${"x".repeat(80)}`);
  log.error(new Error("with s3cret"));
  log.close();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(file).size + statSync(`${file}.1`).size).toBeLessThan(4.2 * 1024 * 1024);
  const text = readFileSync(file, "utf8");
  expect(text).toContain("with •••");
  expect(text).not.toContain("s3cret");
});

test("a token is kept, but not one that others could have written or read", () => {
  const { paths } = testProject();
  const access = loadAccess({ ...paths, data: folder });
  expect(access).toMatchObject({ port: 0 });
  saveAccess({ ...paths, data: folder }, { ...access, port: 20_000 });
  expect(loadAccess({ ...paths, data: folder })).toEqual({ ...access, port: 20_000 });
  chmodSync(path.join(folder, "access.json"), 0o644);
  expect(loadAccess({ ...paths, data: folder }).token).not.toBe(access.token);
});

test.each(["", "{", "null", '{"token":"short","port":1}'])("a damaged token file is replaced: %s", (text) => {
  const { paths } = testProject();
  writeFileSync(path.join(folder, "access.json"), text, { mode: 0o600 });
  expect(loadAccess({ ...paths, data: folder }).token).toMatch(/^[0-9a-f]{64}$/);
});

test("tokens are compared as a whole", () => {
  expect(sameToken("abc", "abc")).toBe(true);
  expect(sameToken("abc", "abcd")).toBe(false);
  expect(sameToken("", "a")).toBe(false);
});

async function occupy(port: number): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
  });
  return (server.address() as net.AddressInfo).port;
}

async function listen(project: string, remembered: number) {
  const found = await listenHttp(() => Fastify(), project, remembered);
  onTestFinished(() => found.server.close());
  return found;
}

test("the port is the remembered one; when it is taken another, with a warning", async () => {
  const first = await listen("/a", 0);
  expect(first.warning).toBeUndefined();
  const taken = await occupy(0);
  const second = await listen("/b", taken);
  expect(second.port).not.toBe(taken);
  expect(second.warning).toContain(String(taken));
  const third = await listen("/a", 0);
  expect(third.port).not.toBe(first.port);
});
