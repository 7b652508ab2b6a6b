import type { Logger } from "../core/logger.js";
import { toError } from "../shared/errors.js";

/** What must be undone at the end, the last first; one failure does not stop the others, nor does one that hangs. */
export class Cleanup {
  private readonly steps: { name: string; undo: () => Promise<void> | void }[] = [];

  constructor(
    private readonly logger: Logger,
    private readonly stepTimeoutMs = 10_000,
  ) {}

  add(name: string, undo: () => Promise<void> | void): void {
    this.steps.push({ name, undo });
  }

  async run(): Promise<void> {
    for (let step = this.steps.pop(); step; step = this.steps.pop()) {
      try {
        await within(Promise.resolve(step.undo()), this.stepTimeoutMs);
      } catch (error) {
        this.logger.error(`Failed to ${step.name}: ${toError(error).message}`);
      }
    }
  }
}

async function within(work: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`not done in ${timeoutMs / 1000} s`));
    }, timeoutMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
