/** Ends the engine when nothing needs it for a while. */
export class IdleClock {
  private timer: NodeJS.Timeout | undefined;
  private lastActivity = Date.now();
  private checking = false;

  /**
   * `keepers` names what needs the engine at this moment, for people; empty when nothing does. `idleMs` 0 keeps it
   * for ever.
   */
  constructor(
    private readonly idleMs: number,
    private readonly keepers: () => Promise<string[]>,
    private readonly onIdle: () => void,
  ) {}

  start(): void {
    if (this.idleMs > 0) this.schedule();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** Something happened: the clock starts anew. */
  touch(): void {
    this.lastActivity = Date.now();
  }

  /** When the engine will end, and what keeps it. */
  async state(): Promise<{ keptBy: string[]; idleEnd?: number }> {
    const keptBy = await this.keepers();
    if (keptBy.length > 0 || this.idleMs === 0) return { keptBy };
    return { keptBy, idleEnd: this.lastActivity + this.idleMs };
  }

  private schedule(): void {
    const due = this.lastActivity + this.idleMs - Date.now();
    this.timer = setTimeout(() => void this.check(), Math.max(due, Math.min(this.idleMs, 50)));
  }

  private async check(): Promise<void> {
    if (this.checking || this.timer === undefined) return;
    this.checking = true;
    try {
      const due = Date.now() >= this.lastActivity + this.idleMs;
      if (due && (await this.keepers()).length > 0) this.touch();
      else if (due) {
        this.stop();
        this.onIdle();
        return;
      }
    } finally {
      this.checking = false;
    }
    this.schedule();
  }
}
