import type { AlertKind } from "../../shared/alerts.js";
import { parseDuration } from "../../shared/duration.js";
import type { ProjectConfigData } from "../config/index.js";
import type { Goal, Rule } from "./types.js";

const MINUTE = 60_000;

const DEFAULTS: Record<AlertKind, Partial<Rule>> = {
  finished: { after: 10 * MINUTE },
  failed: { after: 0 },
  nan: {},
  diverging: { points: 10, tolerance: 0.5 },
  plateau: { points: 100, tolerance: 0.01 },
  worse: { tolerance: 0 },
  gpuIdle: { after: 10 * MINUTE, below: 10 },
  silent: { after: 10 * MINUTE },
};

/** What a project without rules of its own is told: nothing that is not worth an interruption. */
const QUIET: readonly AlertKind[] = ["finished", "failed", "nan"];

/**
 * The rules of cairn.yaml, and the default ones of the kinds that it has no rule for. A rule with `enabled: false` only
 * switches the default one off.
 */
export function alertRules(config: ProjectConfigData["alerts"]): Rule[] {
  const own = Object.entries(config ?? {});
  const kinds = new Set(own.map(([, { on }]) => on));
  const defaults = QUIET.filter((kind) => !kinds.has(kind)).map((kind) => complete(kind, kind, {}));
  const rules = own
    .filter(([, { enabled }]) => enabled !== false)
    .map(([name, { on, after, cooldown, ...rest }]) =>
      complete(name, on, { ...rest, after: milliseconds(after), cooldown: milliseconds(cooldown) }),
    );
  return [...rules, ...defaults];
}

type Given = { [K in keyof Rule]?: Rule[K] | undefined };

function complete(name: string, on: AlertKind, given: Given): Rule {
  const common = { metric: "*", after: 0, points: 1, tolerance: 0, below: 10, cooldown: MINUTE };
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...common, ...DEFAULTS[on], ...(Object.fromEntries(set) as Partial<Rule>), name, on };
}

function milliseconds(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseDuration(text);
}

/** Whether the metric `name` is one of `pattern`, in which `*` stands for any text. */
export function matchesMetric(pattern: string, name: string): boolean {
  if (!pattern.includes("*")) return pattern === name;
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop() ?? "";
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last))
    return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0 || found + part.length > name.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}

const RISING =
  /(^|[^a-z])(acc|accuracy|auc|auroc|f1|r2|map|iou|dice|bleu|rouge|score|precision|recall|reward|return|psnr|ssim)/i;
const FALLING = /loss|err|mae|mse|rmse|perplexity|ppl|nll|cost|fid|wer|cer/i;

/** Which way a metric is meant to go; a rule that names no goal goes by the name, and takes unknown ones for losses. */
export function goalOf(rule: Rule, metric: string): Goal {
  return rule.goal ?? (RISING.test(metric) && !FALLING.test(metric) ? "max" : "min");
}
