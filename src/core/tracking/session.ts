import type { Statement } from "better-sqlite3";
import { CairnError } from "../../shared/errors.js";
import type { Logger } from "../logger.js";
import { asStoreError, type Db } from "../store/index.js";
import type { StoreChange } from "./types.js";

/**
 * One open database with its prepared statements, and the one way to write to it. What is kept in memory follows the
 * database through the hooks of a transaction: `onCommit` puts in what was written, `onRollback` takes back what was
 * put in early.
 */
export class Session {
  readonly #statements = new Map<string, Statement>();
  readonly #listeners = new Set<(change: StoreChange) => void>();
  #commitHooks: (() => void)[] = [];
  #rollbackHooks: (() => void)[] = [];
  #changes: StoreChange[] = [];
  #inTransaction = false;
  /** Raised by every change: what was found before may be found no more. */
  version = 0;

  constructor(
    readonly database: Db,
    readonly file: string,
    readonly readonly: boolean,
    private readonly logger: Logger,
  ) {}

  /** The prepared statement of `text`, made once. Rows come as arrays. */
  sql(text: string): Statement {
    let statement = this.#statements.get(text);
    if (!statement) {
      statement = this.database.prepare(text);
      if (statement.reader) statement.raw();
      this.#statements.set(text, statement);
    }
    return statement;
  }

  rows<T extends unknown[]>(text: string, ...parameters: unknown[]): T[] {
    return this.read(() => this.sql(text).all(...parameters) as T[]);
  }

  row<T extends unknown[]>(text: string, ...parameters: unknown[]): T | undefined {
    return this.read(() => this.sql(text).get(...parameters) as T | undefined);
  }

  /** Says in Cairn's words what SQLite may throw. */
  read<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw this.#inTransaction ? error : asStoreError(error, this.file);
    }
  }

  /** Runs `work` as one transaction: when it throws, nothing has changed. */
  write<T>(work: () => T): T {
    if (this.readonly) {
      throw new CairnError("refused", "The project is open for reading only.", {
        hint: "Another host or program owns it. End Cairn there to write from here.",
      });
    }
    let result: T;
    try {
      this.sql("BEGIN IMMEDIATE").run();
      this.#inTransaction = true;
      result = work();
      this.sql("COMMIT").run();
    } catch (error) {
      this.#inTransaction = false;
      this.#rollBack();
      throw asStoreError(error, this.file);
    }
    this.#inTransaction = false;
    this.#settle();
    return result;
  }

  onCommit(hook: () => void): void {
    this.#commitHooks.push(hook);
  }

  onRollback(hook: () => void): void {
    this.#rollbackHooks.push(hook);
  }

  /** Tells listeners of `change` once the transaction has committed. */
  changed(change: StoreChange): void {
    this.#changes.push(change);
  }

  onChange(listener: (change: StoreChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#listeners.clear();
    this.database.close();
  }

  #settle(): void {
    this.version++;
    const hooks = this.#commitHooks;
    const changes = this.#changes;
    if (this.#rollbackHooks.length > 0) this.#rollbackHooks = [];
    if (hooks.length > 0) {
      this.#commitHooks = [];
      for (const hook of hooks) hook();
    }
    if (changes.length === 0) return;
    this.#changes = [];
    for (const change of changes) this.#tell(change);
  }

  #tell(change: StoreChange): void {
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        // The write is done: a listener's bug must not make it look failed.
        this.logger.error("A listener of the tracking store failed.", error);
      }
    }
  }

  #rollBack(): void {
    // SQLite has rolled back by itself where the disk was full.
    if (this.database.inTransaction) this.sql("ROLLBACK").run();
    const hooks = this.#rollbackHooks.reverse();
    this.#commitHooks = [];
    this.#rollbackHooks = [];
    this.#changes = [];
    for (const hook of hooks) hook();
  }
}
