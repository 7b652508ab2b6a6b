import type { Session } from "./session.js";

/** Names of metrics, parameters and tags, which stand once in the database and are numbers everywhere else. */
export class Names {
  readonly #ids = new Map<string, number>();
  readonly #names: string[] = [];
  #loaded = false;

  constructor(private readonly session: Session) {}

  /** The number of a name that is in use, or undefined. */
  find(name: string): number | undefined {
    this.#load();
    return this.#ids.get(name);
  }

  /** The number of `name`, made where it is new; within a transaction. */
  intern(name: string): number {
    const known = this.find(name);
    if (known !== undefined) return known;
    const id = this.session.sql("INSERT INTO name (name) VALUES (?)").run(name).lastInsertRowid as number;
    this.#remember(id, name);
    this.session.onRollback(() => {
      this.#ids.delete(name);
    });
    return id;
  }

  nameOf(id: number): string {
    this.#load();
    const name = this.#names[id];
    if (name === undefined) throw new Error(`The name ${id} is missing from the database.`);
    return name;
  }

  /** Forgets everything: another process has written. */
  reset(): void {
    this.#ids.clear();
    this.#loaded = false;
  }

  #load(): void {
    if (this.#loaded) return;
    for (const [id, name] of this.session.rows<[number, string]>("SELECT id, name FROM name"))
      this.#remember(id, name);
    this.#loaded = true;
  }

  #remember(id: number, name: string): void {
    this.#ids.set(name, id);
    this.#names[id] = name;
  }
}
