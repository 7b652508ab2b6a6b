import { unpackPoints } from "../shared/points.js";
import type { MetricSeries } from "../shared/protocol.js";
import type { Curve } from "../shared/runs/api.js";

export function unpackSeries({ data, ...rest }: MetricSeries): Curve {
  return { ...rest, points: unpackPoints(data) };
}
