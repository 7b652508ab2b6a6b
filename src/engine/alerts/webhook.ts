import { setTimeout as delay } from "node:timers/promises";
import type { DueDelivery } from "../../core/alerts/index.js";
import { CairnError, toError } from "../../shared/errors.js";

export interface WebhookOptions {
  signal: AbortSignal;
  /** For one attempt; 10 seconds. */
  timeoutMs?: number;
  /** Waited before the second, third and fourth attempt. */
  backOffMs?: readonly number[];
}

const TIMEOUT_MS = 10_000;
const BACK_OFF_MS = [1000, 5000, 25_000];

/** What a webhook is sent. `text` is what Slack, Mattermost and Teams show of it. */
export function webhookBody(alert: DueDelivery, project: string): object {
  const { rule, kind, message, metric, time, runId, runName, experiment } = alert;
  return {
    text: `${runName}: ${message}`,
    name: rule,
    kind,
    message,
    ...(metric === undefined ? {} : { metric }),
    time: new Date(time).toISOString(),
    run: { id: runId, name: runName, experiment },
    project,
  };
}

/** How a URL may be written into a log: without what may be secret of it, which is all but the server. */
export function describeUrl(url: URL): string {
  return `${url.protocol}//${url.host}/…`;
}

/** The URL of a rule: itself, or what `variable` says of the name given. Throws CairnError `invalid`. */
export function webhookUrl(webhook: string, variable: (name: string) => string | undefined): URL {
  const isName = /^[A-Za-z_]\w*$/.test(webhook);
  const text = isName ? variable(webhook) : webhook;
  if (text === undefined || text === "")
    throw new CairnError("invalid", `The environment variable ${webhook} of the webhook is not set.`);
  // The reason that URL gives would name the secret.
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "https:" && url?.protocol !== "http:")
    throw new CairnError("invalid", `The webhook${isName ? ` in ${webhook}` : ""} is no http or https URL.`);
  return url;
}

/**
 * Posts JSON. Tries again, three times at most, when nothing answers in time or the server has trouble (429, 5xx); a
 * redirect is refused, because it would take the message to a server that nobody named. Throws CairnError
 * `unavailable`, or `cancelled`; its text says nothing of the URL but its server.
 */
export async function postWebhook(url: URL, body: object, options: WebhookOptions): Promise<void> {
  const { signal, timeoutMs = TIMEOUT_MS, backOffMs = BACK_OFF_MS } = options;
  for (let attempt = 0; ; attempt++) {
    const failure = await post(url, body, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
    if (failure === undefined) return;
    const wait = failure.again ? backOffMs[attempt] : undefined;
    if (signal.aborted) throw new CairnError("cancelled", "Cancelled.");
    if (wait === undefined) {
      const tries = attempt === 0 ? "" : ` (${attempt + 1} attempts)`;
      throw new CairnError("unavailable", `The webhook ${describeUrl(url)} ${failure.reason}${tries}.`);
    }
    await delay(wait, undefined, { signal }).catch(() => undefined);
  }
}

async function post(
  url: URL,
  body: object,
  signal: AbortSignal,
): Promise<{ reason: string; again: boolean } | undefined> {
  const { username, password } = url;
  const target = new URL(url);
  target.username = target.password = "";
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString(
    "base64",
  );
  try {
    const response = await fetch(target, {
      method: "POST",
      redirect: "manual",
      signal,
      headers: {
        "content-type": "application/json",
        "user-agent": "cairn",
        ...(username === "" && password === "" ? {} : { authorization: `Basic ${login}` }),
      },
      body: JSON.stringify(body),
    });
    await response.body?.cancel();
    if (response.ok) return undefined;
    if (response.status >= 300 && response.status < 400)
      return { reason: "answers with a redirect, which is not followed", again: false };
    return { reason: `answers ${response.status}`, again: response.status === 429 || response.status >= 500 };
  } catch (thrown) {
    const error = toError(thrown);
    if (error.name === "TimeoutError") return { reason: "does not answer in time", again: true };
    // Only the code: the message may hold the whole URL.
    const { code } = toError(error.cause ?? error) as NodeJS.ErrnoException;
    return { reason: `cannot be reached (${code ?? error.name})`, again: true };
  }
}
