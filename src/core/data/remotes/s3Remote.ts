import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import path from "node:path";
import type * as Sdk from "@aws-sdk/client-s3";
import { CairnError } from "../../../shared/errors.js";
import type { StoreFile, StoreFiles } from "../store/index.js";
import { inLanes } from "./lanes.js";
import { s3Error } from "./s3Errors.js";
import { byFolder, type Outgoing, type Remote } from "./types.js";

/** Larger contents go in parts, which S3 allows from 5 MiB on and up to 10,000 of. */
const WHOLE = 16 << 20;
const MAX_PARTS = 9000;
const LANES = 8;
const LOOKS = 16;
/** Keys that one page of a listing has. */
const PAGE = 1000;
/** Asking for one key costs about as much as a page of a listing. */
const WORTH_LISTING = 4;

export interface S3Place {
  bucket: string;
  /** Without slashes around it; empty for the whole bucket. */
  prefix: string;
}

/** What every object is written with. */
export type S3Extras = Pick<Sdk.PutObjectCommandInput, "ACL" | "SSEKMSKeyId"> & {
  ServerSideEncryption?: Sdk.ServerSideEncryption;
};

/**
 * A bucket. An upload in parts that was cut off is found and continued: parts whose MD5 is right are not sent again. S3
 * itself compares the MD5 of everything that it takes.
 */
export class S3Remote implements Remote {
  readonly lanes = LANES;
  private scratch: StoreFile | undefined;
  private count = 0;
  /** Uploads under way: taken back after a cancel, kept for the next push otherwise. */
  private readonly uploads = new Map<string, string>();

  constructor(
    readonly label: string,
    private readonly sdk: typeof Sdk,
    private readonly client: Sdk.S3Client,
    private readonly place: S3Place,
    private readonly extras: S3Extras,
    private readonly files: StoreFiles,
    private readonly signals: { work: AbortSignal; cancel: AbortSignal },
  ) {}

  async sizes(keys: readonly string[]): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    await inLanes(byFolder(keys), LOOKS, async ([folder, all]) => {
      const rest = all.length >= WORTH_LISTING ? await this.list(folder, all, found) : all;
      for (const key of rest) {
        const size = await this.sizeOf(key);
        if (size !== undefined) found.set(key, size);
      }
    });
    return found;
  }

  async put(key: string, content: Outgoing): Promise<void> {
    const file = this.scratchFile();
    try {
      await content.writeTo(file);
      if (content.size > WHOLE) await this.putParts(key, file, content);
      else {
        const body = readFileSync(file);
        await this.send(
          new this.sdk.PutObjectCommand({
            ...{ ...this.at(key), ...this.extras, Body: body, ContentLength: body.length },
            ContentMD5: md5Of(body).toString("base64"),
          }),
        );
        content.onBytes(body.length);
      }
    } finally {
      rmSync(file, { force: true });
    }
  }

  async *read(key: string): AsyncIterable<Buffer> {
    const { Body: body } = await this.send(new this.sdk.GetObjectCommand(this.at(key)));
    try {
      for await (const part of (body ?? []) as AsyncIterable<Uint8Array>)
        yield Buffer.from(part.buffer, part.byteOffset, part.byteLength);
    } catch (error) {
      throw this.failed(error);
    }
  }

  async close(): Promise<void> {
    if (this.scratch) this.files.remove(this.scratch);
    this.scratch = undefined;
    if (this.signals.cancel.aborted)
      for (const [key, UploadId] of this.uploads)
        await this.client
          .send(new this.sdk.AbortMultipartUploadCommand({ ...this.at(key), UploadId }))
          .catch(() => undefined);
    this.client.destroy();
  }

  /** Sizes by listing a folder, at most as many pages as there are keys; returns those that stay unknown. */
  private async list(folder: string, keys: string[], found: Map<string, number>): Promise<string[]> {
    const wanted = new Set(keys);
    const prefix = `${this.nameOf(folder)}/`;
    let token: string | undefined;
    for (let page = 0; page < Math.max(1, Math.ceil(keys.length / 2)); page++) {
      const { Contents: listed = [], NextContinuationToken: next } = await this.send(
        new this.sdk.ListObjectsV2Command({
          ...{ Bucket: this.place.bucket, Prefix: prefix, MaxKeys: PAGE, ContinuationToken: token },
        }),
      );
      for (const { Key: name = "", Size: size = 0 } of listed) {
        const key = `${folder}/${name.slice(prefix.length)}`;
        if (wanted.delete(key)) found.set(key, size);
      }
      if (next === undefined) return [];
      token = next;
    }
    return [...wanted];
  }

  private async sizeOf(key: string): Promise<number | undefined> {
    try {
      const { ContentLength: size } = await this.send(new this.sdk.HeadObjectCommand(this.at(key)));
      return size;
    } catch (error) {
      // A HEAD has no body that tells a missing bucket from a missing key.
      if (!(error instanceof CairnError) || error.code !== "notFound") throw error;
      await this.bucketIsThere();
      return undefined;
    }
  }

  private bucketKnown: Promise<unknown> | undefined;
  private bucketIsThere(): Promise<unknown> {
    this.bucketKnown ??= this.send(
      new this.sdk.ListObjectsV2Command({ Bucket: this.place.bucket, Prefix: this.nameOf("x"), MaxKeys: 1 }),
    );
    return this.bucketKnown;
  }

  private async putParts(key: string, file: string, { size, onBytes }: Outgoing): Promise<void> {
    let length = WHOLE;
    while (size / length > MAX_PARTS) length *= 2;
    const { id, known } = await this.upload(key);
    this.uploads.set(key, id);
    const parts: Sdk.CompletedPart[] = [];
    const handle = await open(file, "r");
    try {
      for (let at = 0, number = 1; at < size; at += length, number++) {
        this.signals.work.throwIfAborted();
        const body = await readPart(handle, at, Math.min(length, size - at));
        const md5 = md5Of(body);
        let tag = `"${md5.toString("hex")}"`;
        if (known.get(number) !== tag) {
          const { ETag: given } = await this.send(
            new this.sdk.UploadPartCommand({
              ...{ ...this.at(key), UploadId: id, PartNumber: number, Body: body },
              ...{ ContentLength: body.length, ContentMD5: md5.toString("base64") },
            }),
          );
          tag = given ?? tag;
        }
        parts.push({ PartNumber: number, ETag: tag });
        onBytes(body.length);
      }
    } finally {
      await handle.close();
    }
    await this.send(
      new this.sdk.CompleteMultipartUploadCommand({
        ...{ ...this.at(key), UploadId: id, MultipartUpload: { Parts: parts } },
      }),
    );
    this.uploads.delete(key);
  }

  /** An upload that was cut off, with the tags of its parts; else a new one. */
  private async upload(key: string): Promise<{ id: string; known: Map<number, string> }> {
    const { Bucket, Key } = this.at(key);
    const known = new Map<number, string>();
    const { Uploads: uploads = [] } = await this.send(
      new this.sdk.ListMultipartUploadsCommand({ Bucket, Prefix: Key }),
    ).catch((error: unknown) => {
      // Who may write need not be allowed to list; then it begins anew.
      if (error instanceof CairnError && error.code !== "cancelled") return { Uploads: [] };
      throw error;
    });
    const left = uploads.find((upload) => upload.Key === Key)?.UploadId;
    if (left !== undefined) {
      let marker: string | undefined;
      do {
        const listed = await this.send(
          new this.sdk.ListPartsCommand({ Bucket, Key, UploadId: left, PartNumberMarker: marker }),
        );
        for (const { PartNumber: number, ETag: tag } of listed.Parts ?? [])
          if (number !== undefined && tag !== undefined) known.set(number, tag);
        marker = listed.IsTruncated === true ? listed.NextPartNumberMarker : undefined;
      } while (marker !== undefined);
      return { id: left, known };
    }
    const { UploadId: id = "" } = await this.send(
      new this.sdk.CreateMultipartUploadCommand({ Bucket, Key, ...this.extras }),
    );
    return { id, known };
  }

  private send: Sdk.S3Client["send"] = (async (command: Parameters<Sdk.S3Client["send"]>[0]) => {
    try {
      return await this.client.send(command, { abortSignal: this.signals.work });
    } catch (error) {
      throw this.failed(error);
    }
  }) as Sdk.S3Client["send"];

  private failed(error: unknown): unknown {
    return this.signals.work.aborted ? error : s3Error(error, this.label, this.place.bucket);
  }

  private at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.place.bucket, Key: this.nameOf(key) };
  }

  private nameOf(key: string): string {
    return this.place.prefix === "" ? key : `${this.place.prefix}/${key}`;
  }

  private scratchFile(): string {
    this.scratch ??= this.files.scratch();
    return path.join(this.scratch.file, String(this.count++));
  }
}

async function readPart(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const body = Buffer.allocUnsafe(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(body, done, length - done, at + done);
    if (bytesRead === 0) throw new CairnError("corrupt", "A file to be sent is shorter than it should be.");
    done += bytesRead;
  }
  return body;
}

function md5Of(body: Buffer): Buffer {
  return createHash("md5").update(body).digest();
}
