import { once } from "node:events";
import type { EngineClient } from "../engine/client/index.js";
import { toErrorShape } from "../shared/errors.js";
import type { ReproEvent } from "../shared/pipeline/api.js";
import type { CommandContext } from "./command.js";

const CHUNK_BYTES = 256 << 10;
const POLL_MS = 300;

/** Tells of the stages of a pipeline as they come and prints the output of each that runs, one after the other. */
export class RunPrinter {
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly client: EngineClient,
    private readonly context: CommandContext,
  ) {}

  show(event: ReproEvent): Promise<void> {
    this.last = this.last.then(() => this.tell(event));
    return this.last;
  }

  /** Resolves when everything that was told of is printed. */
  finish(): Promise<void> {
    return this.last;
  }

  private async tell({
    event,
    stage,
    number,
    total,
    reasons = [],
    runId,
    outcome,
  }: ReproEvent): Promise<void> {
    const { output } = this.context;
    const why = reasons.length === 0 ? "" : `: ${reasons.join("; ")}`;
    const place = `cairn: ${number}/${total} ${stage}`;
    if (event === "running" && runId !== undefined) {
      output.note(`${place} runs${why} (run ${runId})`);
      await this.print(runId);
    } else if (event === "ended" && outcome !== undefined && outcome !== "ran") {
      const words = {
        unchanged: "has not changed",
        restored: "was restored",
        failed: "has failed",
        skipped: "was not run",
        frozen: "is frozen, and recorded as it is",
      };
      output.note(`${place} ${words[outcome]}${why}`);
    }
  }

  private async print(runId: string): Promise<void> {
    const { output, logger } = this.context;
    let wake: () => void = () => undefined;
    const off = this.client.on("output", (event) => {
      if (event.runId === runId) wake();
    });
    try {
      await this.client.request("subscribe", { metrics: [], console: [runId] });
      for (let offset = 0; ;) {
        const chunk = await this.client.request("console", { runId, start: offset, maxBytes: CHUNK_BYTES });
        if (chunk.text !== "" && !output.stream.write(chunk.text)) await once(output.stream, "drain");
        const moved = chunk.end > offset;
        offset = Math.max(offset, chunk.end);
        if (chunk.complete) return;
        if (moved) continue;
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, POLL_MS);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    } catch (error) {
      // The stages go on without being watched; how they end is told.
      logger.debug(toErrorShape(error).message);
    } finally {
      off();
    }
  }
}
