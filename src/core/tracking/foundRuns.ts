import type { Session } from "./session.js";

/** The ids that the last search has found, in order, for whoever asks for its next page. */
export class FoundRuns {
  #key = "";
  #version = -1;
  #ids: readonly number[] = [];

  constructor(private readonly session: Session) {}

  /** What the search of `key` found, unless something has changed since. */
  get(key: string): readonly number[] | undefined {
    return this.#key === key && this.#version === this.session.version ? this.#ids : undefined;
  }

  keep(key: string, ids: readonly number[]): readonly number[] {
    this.#key = key;
    this.#version = this.session.version;
    this.#ids = ids;
    return ids;
  }
}
