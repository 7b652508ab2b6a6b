/** A request's body that is changed in place for each request, so that every one logs new points at little cost. */
export interface Body {
  bytes: Buffer;
  /** Writes the steps from `step` on into a copy that begins at `offset`; returns the next free one. */
  write(target: Buffer, offset: number, step: number): number;
}

/** Steps have eight digits throughout, because they are replaced where they stand. */
export const FIRST_STEP = 10_000_000;
const DIGITS = 8;
const BATCH = 1000;
const KEYS = 20;

/** 20 metrics at 50 steps each. */
export function makeBatch(runId: string): Body {
  const steps: number[] = [];
  let text = `{"run_id":"${runId}","metrics":[`;
  for (let i = 0; i < BATCH; i += 1) {
    text += `${i === 0 ? "" : ","}{"key":"metric_${i % KEYS}","value":${((i * 7919) % 10_007) / 10_007},"timestamp":1700000000000,"step":`;
    steps.push(text.length);
    text += `${FIRST_STEP}}`;
  }
  const bytes = Buffer.from(`${text}],"params":[],"tags":[]}`);
  return {
    bytes,
    write: (target, offset, step) => {
      for (const [i, at] of steps.entries())
        target.write(String(step + Math.floor(i / KEYS)), offset + at, DIGITS, "latin1");
      return step + BATCH / KEYS;
    },
  };
}

export function makeMetric(runId: string): Body {
  const text = `{"run_id":"${runId}","key":"loss","value":0.123456789,"timestamp":1700000000000,"step":`;
  const bytes = Buffer.from(`${text}${FIRST_STEP}}`);
  return {
    bytes,
    write: (target, offset, step) => {
      target.write(String(step), offset + text.length, DIGITS, "latin1");
      return step + 1;
    },
  };
}
