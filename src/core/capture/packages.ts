import { open, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { toError } from "../../shared/errors.js";

export interface InstalledPackage {
  name: string;
  version: string;
}

/** Name and version stand in the first lines; descriptions of megabytes follow. */
const HEAD_BYTES = 16 << 10;
const AT_ONCE = 32;

/** PyPI's: `Foo.Bar_baz` and `foo-bar-baz` are one package. */
export const normalName = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, "-");

async function head(file: string): Promise<string | undefined> {
  let handle;
  try {
    handle = await open(file, "r");
    const buffer = Buffer.alloc(HEAD_BYTES);
    const { bytesRead } = await handle.read(buffer, 0, HEAD_BYTES, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } catch {
    return undefined; // a folder, or gone
  } finally {
    await handle?.close();
  }
}

/** Name and version of METADATA or PKG-INFO: headers as of a mail, up to the first empty line. */
export function parseMetadata(text: string): Partial<InstalledPackage> {
  const [headers = ""] = text.replaceAll("\r\n", "\n").split(/\n\n/, 1);
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}:[ \\t]*(\\S[^\\n]*)$`, "im").exec(headers)?.[1]?.trim();
  const [name, version] = [field("Name"), field("Version")];
  return { ...(name === undefined ? {} : { name }), ...(version === undefined ? {} : { version }) };
}

/** `foo_bar-1.2.dist-info`, `foo-1.2-py3.11.egg-info`. */
export function parseFolderName(folder: string): Partial<InstalledPackage> {
  const [, name, version] =
    /^(.+?)(?:-([^-]+))?(?:-py[\d.]+)?\.(?:dist-info|egg-info|egg)$/.exec(folder) ?? [];
  return { ...(name === undefined ? {} : { name }), ...(version === undefined ? {} : { version }) };
}

async function readPackage(folder: string, name: string, notes: string[]): Promise<InstalledPackage[]> {
  const places: Record<string, string[]> = {
    ".dist-info": ["METADATA"],
    ".egg-info": ["PKG-INFO", ""],
    ".egg": ["EGG-INFO/PKG-INFO"],
  };
  const byName = parseFolderName(name);
  for (const place of places[path.extname(name)] ?? []) {
    const text = await head(path.join(folder, name, place));
    if (text === undefined) continue;
    const found = { ...byName, ...parseMetadata(text) };
    if (found.name !== undefined && found.version !== undefined)
      return [{ name: found.name, version: found.version }];
  }
  if (byName.name !== undefined && byName.version !== undefined) {
    notes.push(`The metadata of ${byName.name} cannot be read; its version is from its folder's name.`);
    return [{ name: byName.name, version: byName.version }];
  }
  notes.push(`The package in ${name} has no metadata that can be read.`);
  return [];
}

/** What is installed in a folder of packages; nothing for one that is not there. `~` begins what pip left behind. */
async function readFolder(folder: string, notes: string[]): Promise<InstalledPackage[]> {
  const names = await readdir(folder).catch(() => []);
  const infos = names
    .filter((name) => /\.(dist-info|egg-info|egg)$/.test(name) && !name.startsWith("~"))
    .sort();
  const found: InstalledPackage[] = [];
  for (let i = 0; i < infos.length; i += AT_ONCE) {
    const some = infos.slice(i, i + AT_ONCE);
    found.push(...(await Promise.all(some.map((name) => readPackage(folder, name, notes)))).flat());
  }
  return found;
}

const CondaRecord = z.object({ name: z.string(), version: z.string() });

/** What conda installed, Python or not. */
export async function readConda(prefix: string, notes: string[]): Promise<InstalledPackage[]> {
  const folder = path.join(prefix, "conda-meta");
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".json")).sort();
  const found: InstalledPackage[] = [];
  for (const name of names) {
    try {
      const { name: title, version } = CondaRecord.parse(
        JSON.parse(await readFile(path.join(folder, name), "utf8")),
      );
      found.push({ name: title, version });
    } catch (error) {
      const reason = toError(error) instanceof SyntaxError ? "no JSON" : "no name and version";
      notes.push(`conda's record ${name} cannot be read: ${reason}.`);
    }
  }
  return found;
}

/** What is installed in `folders`, the first of each name as Python would find it, and of `more`; sorted by name. */
export async function readPackages(
  folders: readonly string[],
  more: readonly InstalledPackage[],
  notes: string[],
): Promise<InstalledPackage[]> {
  const byName = new Map<string, InstalledPackage>();
  const add = (found: InstalledPackage): void => {
    const name = normalName(found.name);
    if (!byName.has(name)) byName.set(name, found);
  };
  for (const folder of new Set(folders)) for (const found of await readFolder(folder, notes)) add(found);
  more.forEach(add);
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, found]) => found);
}
