import { readFile } from "node:fs/promises";
import path from "node:path";
import type { AlertRepository, DueDelivery, Rule } from "../../core/alerts/index.js";
import type { Logger } from "../../core/logger.js";
import { parseDotEnv } from "../../shared/dotEnv.js";
import { CairnError, toErrorShape } from "../../shared/errors.js";
import { runHook } from "./hook.js";
import { postWebhook, webhookBody, type WebhookOptions, webhookUrl } from "./webhook.js";

/** What nobody could be told of for so long is no news. */
const MAX_AGE_MS = 24 * 3600_000;

export interface DeliveryOptions {
  repository: AlertRepository;
  /** The project folder. */
  root: string;
  rules: () => readonly Rule[];
  isTrusted: () => Promise<boolean>;
  logger: Logger;
  webhook?: Pick<WebhookOptions, "timeoutMs" | "backOffMs">;
}

/**
 * Tells webhooks and hooks of alerts. What is due stands in the database, so that an engine that ends meanwhile leaves
 * it to the next: told at least once. In a project that is not trusted it waits there.
 */
export class Deliveries {
  private readonly ending = new AbortController();
  private readonly underWay = new Map<number, Promise<void>>();

  constructor(private readonly options: DeliveryOptions) {}

  /** Sends what is due. Resolves when it is under way; failures are logged. */
  async send(): Promise<void> {
    const { repository, isTrusted, logger } = this.options;
    try {
      const due = repository.due(Date.now() - MAX_AGE_MS);
      if (due.length === 0 || !(await isTrusted())) return;
      for (const alert of due) {
        if (this.underWay.has(alert.id) || this.ending.signal.aborted) continue;
        const sending = this.deliver(alert).finally(() => this.underWay.delete(alert.id));
        this.underWay.set(alert.id, sending);
      }
    } catch (error) {
      logger.error(`Failed to send alerts: ${toErrorShape(error).message}`);
    }
  }

  /** Gives up what is under way; the next engine sends it again. */
  async close(): Promise<void> {
    this.ending.abort();
    await Promise.all(this.underWay.values());
  }

  private async deliver(alert: DueDelivery): Promise<void> {
    const { repository, rules, root, logger, webhook: limits } = this.options;
    const rule = rules().find(({ name }) => name === alert.rule);
    const { signal } = this.ending;
    const send = async ({ webhook, hook }: Rule) => {
      const post = async (name: string) => {
        const url = webhookUrl(name, await this.variables());
        await postWebhook(url, webhookBody(alert, path.basename(root)), { ...limits, signal });
      };
      return Promise.allSettled([
        webhook === undefined ? Promise.resolve() : post(webhook),
        hook === undefined ? Promise.resolve() : runHook(hook, alert, { cwd: root, signal }),
      ]);
    };
    const failures = (rule ? await send(rule) : []).flatMap((result) =>
      result.status === "rejected" ? [toErrorShape(result.reason)] : [],
    );
    if (signal.aborted) return;
    for (const { message } of failures) logger.warn(`Failed to tell of "${alert.rule}": ${message}`);
    repository.delivered(alert.id, rule !== undefined && failures.length === 0);
  }

  /** The engine's own environment, then the project's `.env`. */
  private async variables(): Promise<(name: string) => string | undefined> {
    const text = await readFile(path.join(this.options.root, ".env"), "utf8").catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
      throw new CairnError("unavailable", "The project's .env cannot be read.");
    });
    const own = parseDotEnv(text);
    return (name) => process.env[name] ?? own[name];
  }
}
