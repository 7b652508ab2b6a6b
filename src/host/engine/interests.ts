/** Which runs' points and console output somebody wants to be told of. */
export interface Interest {
  metrics: readonly string[];
  console: readonly string[];
}

/** What one viewer wants; replaced by `set`, withdrawn by `dispose`. */
export interface InterestHandle {
  set(interest: Partial<Interest>): void;
  dispose(): void;
}

/** The union of what all viewers want, sent when it changes: the engine takes one list from a client. */
export class Interests {
  private readonly wanted = new Map<object, Partial<Interest>>();
  private sent = "";

  constructor(private readonly send: (interest: { metrics: string[]; console: string[] }) => void) {}

  add(interest: Partial<Interest> = {}): InterestHandle {
    const key = {};
    const set = (next: Partial<Interest>) => {
      this.wanted.set(key, next);
      this.update();
    };
    set(interest);
    return {
      set,
      dispose: () => {
        this.wanted.delete(key);
        this.update();
      },
    };
  }

  private update(): void {
    const union = { metrics: this.union("metrics"), console: this.union("console") };
    const text = JSON.stringify(union);
    if (text === this.sent || (this.sent === "" && union.metrics.length + union.console.length === 0)) return;
    this.sent = text;
    this.send(union);
  }

  private union(kind: keyof Interest): string[] {
    const all = new Set<string>();
    for (const interest of this.wanted.values()) for (const id of interest[kind] ?? []) all.add(id);
    return [...all].sort();
  }
}
