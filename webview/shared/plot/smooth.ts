/**
 * The moving average of TensorBoard's scalar charts (`classicSmoothing` in line_chart_v2/data_transformer.ts):
 * m = w·m + (1 − w)·y from m = 0, and of each the debiased m / (1 − wⁿ), n finite values so far. Values that are not
 * finite stay as they are and do not count; a constant curve stays as it is. `weight` is 0 to below 1. It averages the
 * points that it is given: of a thinned curve those that are drawn, as TensorBoard does of its samples.
 */
export function smooth(values: Float64Array, weight: number): Float64Array {
  if (weight === 0 || values.every((value) => value === values[0])) return values;
  let mean = 0;
  let power = 1;
  return values.map((value) => {
    if (!Number.isFinite(value)) return value;
    mean = weight * mean + (1 - weight) * value;
    power *= weight;
    return mean / (1 - power);
  });
}
