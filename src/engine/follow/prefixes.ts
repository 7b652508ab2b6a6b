/** Folders that a writer names its parts by. */
const parts = /^(train(ing)?|val(id(ation)?)?|test(ing)?|dev|eval(uation)?|predict)$/i;

/** The folder below which a run's event files lie; theirs have no prefix. */
export type Base = string;

/**
 * What stands before the metrics of the event files in `folder`: its path below the base, as TensorBoard shows it, with
 * a slash behind; "" for the base itself. Where the bases known do not tell, `bases` grows.
 *
 * The base is the common folder of those that are seen together at first; a folder that is named after a part of the
 * data (`train`, `validation`) is never one, because its siblings come later. A folder that comes later beside a base is
 * prefixed by its own name. The folder that torch's `add_hparams` makes, which is named by the time, gives no prefix.
 */
export function prefixOf(folder: string, together: readonly string[], bases: Base[]): string {
  let base = bases.filter((each) => isBelow(folder, each)).sort((a, b) => b.length - a.length)[0];
  if (base === undefined && bases.length === 0) {
    base = commonFolder(together.map(withoutPart));
    bases.push(base);
  }
  // Another writer's, beside the first: its own name keeps the two apart.
  base ??= folder.slice(0, Math.max(0, withoutPart(folder).lastIndexOf("/")));
  const below = (base === "" ? folder : folder.slice(base.length + 1)).split("/");
  const kept = below.filter((part) => part !== "" && !/^\d{10}\.\d+$/.test(part));
  return kept.length === 0 ? "" : `${kept.join("/")}/`;
}

const isBelow = (folder: string, base: string): boolean =>
  base === "" || folder === base || folder.startsWith(`${base}/`);

function withoutPart(folder: string): string {
  const cut = folder.lastIndexOf("/");
  return parts.test(folder.slice(cut + 1)) ? folder.slice(0, Math.max(0, cut)) : folder;
}

function commonFolder(folders: readonly string[]): string {
  const [first = "", ...rest] = folders;
  let common = first === "" ? [] : first.split("/");
  for (const folder of rest) {
    const other = folder.split("/");
    const end = common.findIndex((part, i) => part !== other[i]);
    if (end !== -1) common = common.slice(0, end);
  }
  return common.join("/");
}
