import { describeDuration } from "../../shared/duration.js";
import { type Run, TAG } from "../../shared/tracking.js";
import { short } from "./detectors/format.js";
import { goalOf } from "./rules.js";
import type { Finding, Goal, Rule } from "./types.js";

/** The best value of a metric in one run, over all its points. */
export interface BestValue {
  runId: string;
  runName: string;
  value: number;
}

/** Asks for the runs of the same experiment that are finished and have the metric. */
export type BestValues = (metric: string, goal: Goal) => readonly BestValue[];

/** What the rules have to say of how a run ended. One that the user stopped has not failed. */
export function findingsOfEnd(rules: readonly Rule[], run: Run, bestValues: BestValues): Finding[] {
  const { status, startTime, endTime } = run.info;
  const took = Math.max(0, (endTime ?? startTime) - startTime);
  const reason = run.data.tags.find(({ key }) => key === TAG.endReason)?.value;
  const failed = status === "FAILED" || (status === "KILLED" && reason !== "stopped");
  const finished = status === "FINISHED";
  return rules.flatMap((rule): Finding[] => {
    const tell = (message: string, metric = ""): Finding[] => [{ rule, metric, message }];
    if (rule.on === "finished" && finished && took >= rule.after)
      return tell(`Finished after ${describeDuration(took)}.`);
    if (rule.on === "failed" && failed && took >= rule.after) return tell(describeFailure(run, took, reason));
    if (rule.on === "worse" && finished) {
      const message = compareWithBest(rule, run.info.runId, bestValues);
      return message === undefined ? [] : tell(message, rule.metric);
    }
    return [];
  });
}

function describeFailure({ info, data }: Run, took: number, reason: string | undefined): string {
  const exitCode = data.tags.find(({ key }) => key === TAG.exitCode)?.value;
  const how = reason ?? (exitCode === undefined ? undefined : `exit code ${exitCode}`);
  const verb = info.status === "KILLED" ? "Was killed" : "Failed";
  return `${verb} after ${describeDuration(took)}${how === undefined ? "" : `: ${how}`}.`;
}

/** Worse by more than the tolerance than the best finished run before it; the best of each run counts. */
function compareWithBest(rule: Rule, runId: string, bestValues: BestValues): string | undefined {
  const goal = goalOf(rule, rule.metric);
  const sign = goal === "min" ? 1 : -1;
  const values = bestValues(rule.metric, goal).filter(({ value }) => Number.isFinite(value));
  const own = values.find((each) => each.runId === runId);
  const others = values.filter((each) => each.runId !== runId);
  const [first] = others;
  if (!own || !first) return undefined;
  const best = others.reduce((a, b) => (sign * b.value < sign * a.value ? b : a), first);
  if (sign * (own.value - best.value) <= rule.tolerance * Math.abs(best.value)) return undefined;
  return `${rule.metric} was ${short(own.value)} at its best, worse than ${short(best.value)} of ${best.runName}.`;
}
