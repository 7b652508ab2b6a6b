import type { Readable, Writable } from "node:stream";
import { CairnError, toError } from "../../../shared/errors.js";

/*
 * The file transfer protocol of SSH, version 3 (draft-ietf-secsh-filexfer-02), as far as a remote needs it, spoken through
 * the pipes of the user's own `ssh -s HOST sftp`. `sftp -b` would do the same, but tells neither bytes nor, in a form that
 * one can rely on, reasons.
 */

const TYPE = {
  init: 1,
  version: 2,
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  lstat: 7,
  setstat: 9,
  opendir: 11,
  readdir: 12,
  remove: 13,
  mkdir: 14,
  stat: 17,
  rename: 18,
  status: 101,
  handle: 102,
  data: 103,
  name: 104,
  attrs: 105,
  extended: 200,
} as const;

export const FLAG = { read: 1, write: 2, create: 8, truncate: 16 } as const;
export const STATUS = { ok: 0, end: 1, noSuchFile: 2, denied: 3, failure: 4, unsupported: 8 } as const;

const VERSION = 3;
const SIZE = 1;
const OWNERS = 2;
const PERMISSIONS = 4;
const TIMES = 8;
const EXTENDED = 0x80000000;
/** What a server may send at once; its own limit is 256 KiB. */
const MAX_PACKET = 1 << 20;

/** What a server answers when it does not do what it was asked for. */
export class SftpFailure extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = "SftpFailure";
  }
}

export interface SftpAttributes {
  size: number;
  /** Undefined where the server does not tell. */
  mode: number | undefined;
}

interface Waiting {
  resolve: (packet: Packet) => void;
  reject: (error: unknown) => void;
}

interface Packet {
  type: number;
  body: Reader;
}

/** One connection. Requests may overlap; each is answered by itself. */
export class Sftp {
  private next = 1;
  private readonly waiting = new Map<number, Waiting>();
  private greeting: Waiting | undefined;
  private extensions = new Set<string>();
  private chunks: Buffer[] = [];
  private held = 0;
  private failure: Error | undefined;
  private timer: NodeJS.Timeout | undefined;

  /** `onSilence` is called after `timeoutMs` without an answer that is waited for, and has to make the pipes end. */
  constructor(
    input: Readable,
    private readonly output: Writable,
    private readonly timeoutMs: number,
    private readonly onSilence: () => void,
  ) {
    input.on("data", (chunk: Buffer) => this.take(chunk));
    output.on("error", () => undefined);
  }

  /** Must come first. */
  async begin(): Promise<void> {
    const { body } = await new Promise<Packet>((resolve, reject) => {
      this.greeting = { resolve, reject };
      this.watch();
      if (this.failure !== undefined) reject(this.failure);
      this.send(Buffer.concat([Buffer.from([TYPE.init]), uint32(VERSION)]));
    });
    body.uint32();
    while (body.left > 0) {
      this.extensions.add(body.text());
      body.text();
    }
  }

  /** Ends everything that is waited for. */
  fail(error: unknown): void {
    this.failure ??= toError(error);
    clearTimeout(this.timer);
    const all = [this.greeting, ...this.waiting.values()];
    this.waiting.clear();
    this.greeting = undefined;
    for (const each of all) each?.reject(this.failure);
  }

  async open(file: string, flags: number): Promise<Buffer> {
    return this.handle(TYPE.open, text(file), uint32(flags), uint32(0));
  }

  async close(handle: Buffer): Promise<void> {
    await this.done(TYPE.close, bytes(handle));
  }

  /** Empty at the end of the file. */
  async read(handle: Buffer, at: number, length: number): Promise<Buffer> {
    const { type, body } = await this.ask(TYPE.read, bytes(handle), uint64(at), uint32(length));
    if (type === TYPE.data) return body.bytes();
    const failure = statusOf(type, body);
    if (failure.status === STATUS.end) return Buffer.alloc(0);
    throw failure;
  }

  async write(handle: Buffer, at: number, content: Buffer): Promise<void> {
    await this.done(TYPE.write, bytes(handle), uint64(at), uint32(content.length), content);
  }

  /** Undefined for what is not there. */
  async stat(file: string): Promise<SftpAttributes | undefined> {
    const { type, body } = await this.ask(TYPE.stat, text(file));
    if (type === TYPE.attrs) return body.attributes();
    const failure = statusOf(type, body);
    if (failure.status === STATUS.noSuchFile) return undefined;
    throw failure;
  }

  async setMode(file: string, mode: number): Promise<void> {
    await this.done(TYPE.setstat, text(file), uint32(PERMISSIONS), uint32(mode));
  }

  async setSize(file: string, size: number): Promise<void> {
    await this.done(TYPE.setstat, text(file), uint32(SIZE), uint64(size));
  }

  async mkdir(folder: string): Promise<void> {
    await this.done(TYPE.mkdir, text(folder), uint32(0));
  }

  async remove(file: string): Promise<void> {
    await this.done(TYPE.remove, text(file));
  }

  /** Over what has the name already, where the server can. */
  async rename(from: string, to: string): Promise<void> {
    if (this.extensions.has("posix-rename@openssh.com"))
      await this.done(TYPE.extended, text("posix-rename@openssh.com"), text(from), text(to));
    else {
      await this.remove(to).catch(() => undefined);
      await this.done(TYPE.rename, text(from), text(to));
    }
  }

  /** Makes a file safe against a power cut, where the server can. */
  async sync(handle: Buffer): Promise<void> {
    if (this.extensions.has("fsync@openssh.com"))
      await this.done(TYPE.extended, text("fsync@openssh.com"), bytes(handle));
  }

  /** Sizes of all files in a folder by name; empty for a folder that is not there. */
  async list(folder: string): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    let handle: Buffer;
    try {
      handle = await this.handle(TYPE.opendir, text(folder));
    } catch (error) {
      if (error instanceof SftpFailure && error.status === STATUS.noSuchFile) return found;
      throw error;
    }
    for (;;) {
      const { type, body } = await this.ask(TYPE.readdir, bytes(handle));
      if (type !== TYPE.name) {
        const failure = statusOf(type, body);
        if (failure.status === STATUS.end) break;
        throw failure;
      }
      for (let count = body.uint32(); count > 0; count--) {
        const name = body.text();
        body.text();
        found.set(name, body.attributes().size);
      }
    }
    await this.close(handle);
    return found;
  }

  private async handle(type: number, ...parts: Buffer[]): Promise<Buffer> {
    const answer = await this.ask(type, ...parts);
    if (answer.type === TYPE.handle) return answer.body.bytes();
    throw statusOf(answer.type, answer.body);
  }

  private async done(type: number, ...parts: Buffer[]): Promise<void> {
    const answer = await this.ask(type, ...parts);
    const failure = statusOf(answer.type, answer.body);
    if (failure.status !== STATUS.ok) throw failure;
  }

  private ask(type: number, ...parts: Buffer[]): Promise<Packet> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) {
        reject(this.failure);
        return;
      }
      const id = this.next++ >>> 0;
      this.waiting.set(id, { resolve, reject });
      this.watch();
      this.send(Buffer.concat([Buffer.from([type]), uint32(id), ...parts]));
    });
  }

  private send(packet: Buffer): void {
    this.output.write(Buffer.concat([uint32(packet.length), packet]));
  }

  private watch(): void {
    clearTimeout(this.timer);
    if (this.waiting.size > 0 || this.greeting)
      this.timer = setTimeout(() => this.onSilence(), this.timeoutMs);
  }

  private take(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.held += chunk.length;
    try {
      while (this.held >= 4) {
        if ((this.chunks[0]?.length ?? 0) < this.held) this.chunks = [Buffer.concat(this.chunks)];
        const [all = Buffer.alloc(0)] = this.chunks;
        const length = all.readUInt32BE(0);
        if (length < 5 || length > MAX_PACKET) throw garbled();
        if (all.length < 4 + length) break;
        this.chunks = [all.subarray(4 + length)];
        this.held -= 4 + length;
        this.answer(all.subarray(4, 4 + length));
      }
    } catch (error) {
      this.fail(error);
      this.onSilence();
      return;
    }
    this.watch();
  }

  private answer(packet: Buffer): void {
    const type = packet.readUInt8(0);
    if (type === TYPE.version) {
      this.greeting?.resolve({ type, body: new Reader(packet.subarray(1)) });
      this.greeting = undefined;
      return;
    }
    const id = packet.readUInt32BE(1);
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    waiting?.resolve({ type, body: new Reader(packet.subarray(5)) });
  }
}

/** Reads a packet's fields one after another. Throws CairnError `unavailable` past its end. */
class Reader {
  private at = 0;

  constructor(private readonly packet: Buffer) {}

  get left(): number {
    return this.packet.length - this.at;
  }

  uint32(): number {
    return this.take(4).readUInt32BE(0);
  }

  uint64(): number {
    return Number(this.take(8).readBigUInt64BE(0));
  }

  bytes(): Buffer {
    return this.take(this.uint32());
  }

  text(): string {
    return this.bytes().toString("utf8");
  }

  attributes(): SftpAttributes {
    const flags = this.uint32();
    const size = flags & SIZE ? this.uint64() : 0;
    if (flags & OWNERS) this.take(8);
    const mode = flags & PERMISSIONS ? this.uint32() : undefined;
    if (flags & TIMES) this.take(8);
    if ((flags & EXTENDED) !== 0)
      for (let count = this.uint32(); count > 0; count--) {
        this.bytes();
        this.bytes();
      }
    return { size, mode };
  }

  private take(length: number): Buffer {
    if (length > this.left) throw garbled();
    this.at += length;
    return this.packet.subarray(this.at - length, this.at);
  }
}

function statusOf(type: number, body: Reader): SftpFailure {
  if (type !== TYPE.status) throw garbled();
  const status = body.uint32();
  return new SftpFailure(status, body.left > 0 ? body.text() : "");
}

function garbled(): CairnError {
  return new CairnError("unavailable", "The other side does not speak SFTP.", {
    hint: "A shell start-up file that prints something may be the reason: it may only do so for terminals.",
  });
}

const uint32 = (value: number): Buffer => {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value >>> 0);
  return buffer;
};

const uint64 = (value: number): Buffer => {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64BE(BigInt(value));
  return buffer;
};

const bytes = (value: Buffer): Buffer => Buffer.concat([uint32(value.length), value]);
const text = (value: string): Buffer => bytes(Buffer.from(value, "utf8"));
