/** An image of a series that was logged step by step. */
export interface StepImage {
  path: string;
  step: number;
}

interface Place {
  series: string;
  step: number;
  time: number;
}

// MLflow's log_image: KEY+step+3+timestamp+1700000000000+UUID.png, in older versions with %; its small copies end with
// +compressed.
const MLFLOW =
  /^(?<key>.+)([%+])step\2(?<step>\d+)\2timestamp\2(?<time>\d+)\2[^%+]+(?<small>\2compressed)?\.(?<type>\w+)$/;
// 300.png, sample_300.png, epoch-3.png, step 12.png.
const NUMBERED = /^(?<key>.*?)(?<step>\d{1,15})\.(?<type>\w+)$/;

/** Images of the same series as `path`, by step; none when it belongs to none. `files` are those of its folder. */
export function stepsOf(path: string, files: readonly string[]): StepImage[] {
  const wanted = placeOf(path);
  if (!wanted) return [];
  const found = files.flatMap((file) => {
    const place = placeOf(file);
    return place?.series === wanted.series ? [{ path: file, ...place }] : [];
  });
  if (found.length < 2) return [];
  return found
    .sort((a, b) => a.step - b.step || a.time - b.time || (a.path < b.path ? -1 : 1))
    .map((image) => ({ path: image.path, step: image.step }));
}

function placeOf(path: string): Place | undefined {
  const cut = path.lastIndexOf("/") + 1;
  const name = path.slice(cut);
  const groups = (MLFLOW.exec(name) ?? NUMBERED.exec(name))?.groups;
  if (!groups) return undefined;
  const { key = "", step, time = "0", small = "", type = "" } = groups;
  const series = JSON.stringify([path.slice(0, cut), key, small, type.toLowerCase()]);
  return { series, step: Number(step), time: Number(time) };
}
