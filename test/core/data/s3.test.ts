import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { addRemote, pullData, pushData } from "../../../src/core/data/index.ts";
import { type DvcFolder, dvcFolder } from "./realDvc.ts";
import { s3Server, type TestServer } from "./servers.ts";
import { noise, table, tempData, type TempData } from "./tempData.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 600_000 });

let server: TestServer;
let dvc: DvcFolder;
let client: S3Client;
const keys = { access_key_id: "id", secret_access_key: "secret" };

beforeAll(async () => {
  server = await s3Server();
  dvc = await dvcFolder();
  client = new S3Client({
    ...{ endpoint: endpoint(), region: "us-east-1", forcePathStyle: true },
    credentials: { accessKeyId: "id", secretAccessKey: "secret" },
  });
});
afterAll(async () => {
  dvc.remove();
  client.destroy();
  await server.stop();
});

const endpoint = () => `http://127.0.0.1:${server.port}`;

async function withRemote(root: string, bucket: string, options: Record<string, string> = {}): Promise<void> {
  await addRemote(root, {
    ...{
      name: "s3",
      url: `s3://${bucket}/some/prefix`,
      cwd: root,
      isDefault: true,
      force: true,
      local: false,
    },
    options: { endpointurl: endpoint(), ...keys, ...options },
  });
}

async function bucketFor(name: string): Promise<string> {
  await client.send(new CreateBucketCommand({ Bucket: name }));
  return name;
}

function plain(): TempData {
  const data = tempData();
  mkdirSync(data.file(".git"));
  return data;
}

const md5 = (bytes: Buffer) => createHash("md5").update(bytes).digest();

test("dvc pulls what Cairn pushed to S3, and Cairn what dvc pushed", async () => {
  const data = tempData(dvc.root);
  await withRemote(data.root, await bucketFor("both-ways"));
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

test("an upload that was cut off goes on with the parts that are missing", async () => {
  const data = plain();
  const bucket = await bucketFor("parts");
  await withRemote(data.root, bucket);
  const content = noise(40 << 20, 7);
  data.write("large.bin", content);
  const { md5: id } = await data.add("large.bin");
  const Key = `some/prefix/files/md5/${id.slice(0, 2)}/${id.slice(2)}`;
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key }));
  const first = content.subarray(0, 16 << 20);
  await client.send(
    new UploadPartCommand({
      ...{ Bucket: bucket, Key, UploadId, PartNumber: 1, Body: first },
      ContentMD5: md5(first).toString("base64"),
    }),
  );
  expect(await pushData(data.project, { paths: [] })).toMatchObject({ sent: 1 });
  const { Uploads } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
  expect(Uploads ?? []).toEqual([]);
  const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
  expect(Contents).toMatchObject([{ Key, Size: 40 << 20 }]);
  // Three parts: the tag tells that the upload that was begun is the one that was ended.
  expect(Contents?.[0]?.ETag).toContain("-3");
  const other = plain();
  await withRemote(other.root, bucket);
  other.write("large.bin.dvc", data.read("large.bin.dvc"));
  expect(await pullData(other.project, { paths: [] })).toMatchObject({ fetched: 1 });
  expect(readFileSync(other.file("large.bin")).equals(content)).toBe(true);
});

test("a cancelled push leaves neither an upload nor a file", async () => {
  const data = plain();
  const bucket = await bucketFor("cancelled");
  await withRemote(data.root, bucket);
  data.write("large.bin", noise(64 << 20, 9));
  await data.add("large.bin");
  data.project.context.onProgress = ({ bytes }) => {
    if (bytes > 0) data.abort.abort();
  };
  await expect(pushData(data.project, { paths: [] })).rejects.toMatchObject({ code: "cancelled" });
  const { Uploads } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
  expect(Uploads ?? []).toEqual([]);
  const names = readdirSync(data.file(".cairn/store"), { recursive: true, encoding: "utf8" });
  expect(names.filter((name) => name.includes("tmp"))).toEqual([]);
});

test("what is wrong is named: the bucket, the credentials, a server that is gone or silent", async () => {
  const data = plain();
  data.write("t.csv", table(10));
  await data.add("t.csv");
  await withRemote(data.root, "nowhere");
  await expect(pushData(data.project, { paths: [] })).rejects.toMatchObject({
    code: "notFound",
    message: expect.stringContaining("nowhere") as string,
  });
  const none = path.join(data.root, "none");
  writeFileSync(none, "");
  const { name, ...rest } = { name: "s3", url: "s3://bucket", cwd: data.root, isDefault: true, force: true };
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  await addRemote(data.root, {
    ...{ name, ...rest, local: false },
    options: { endpointurl: endpoint(), credentialpath: none, configpath: none },
  });
  await expect(pushData(data.project, { paths: [] })).rejects.toMatchObject({
    code: "refused",
    hint: expect.stringContaining("aws configure") as string,
  });
  await withRemote(data.root, "bucket", { endpointurl: "http://127.0.0.1:1" });
  await expect(pushData(data.project, { paths: [] })).rejects.toMatchObject({ code: "unavailable" });
  const silent = net.createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const { port } = silent.address() as net.AddressInfo;
  await withRemote(data.root, "bucket", { endpointurl: `http://127.0.0.1:${port}`, read_timeout: "1" });
  await expect(pushData(data.project, { paths: [] })).rejects.toMatchObject({ code: "unavailable" });
  silent.close();
  vi.unstubAllEnvs();
});
