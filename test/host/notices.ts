import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.ts";

/** Packages whose files reach the VSIX without being an input of a bundle. */
const copied = ["@vscode/codicons", "better-sqlite3", "@duckdb/node-bindings"];

/** What better-sqlite3's binary is compiled from, besides its own source. */
const embedded = "SQLite (in better-sqlite3): public domain, https://www.sqlite.org/copyright.html";

/**
 * The licences of all third-party packages in the VSIX, as one text.
 * @param inputs files that went into the bundles, relative to the checkout
 * @throws if a package says nothing about its licence
 */
export function thirdPartyNotices(inputs: readonly string[]): string {
  const folders = new Set(copied.map((name) => `node_modules/${name}`));
  for (const input of inputs) {
    const folder = packageFolder(input);
    if (folder !== undefined) folders.add(folder);
  }
  const notices = [...folders].sort().map(notice);
  const head = "Cairn contains the following third-party software.\n";
  return [head, ...notices, embedded, ""].join(
    "\n\n--------------------------------------------------------------\n\n",
  );
}

/** The innermost package that a file belongs to: packages may lie within packages. */
function packageFolder(input: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
}

function notice(folder: string): string {
  const path = join(root, folder);
  const manifest = JSON.parse(readFileSync(join(path, "package.json"), "utf8")) as Record<string, unknown>;
  const text = licenceText(path);
  const licence = licenceName(manifest);
  if (licence === undefined && text === undefined) {
    throw new Error(`Failed to find the licence of ${folder}: it cannot be shipped`);
  }
  const title = `${String(manifest.name)} ${String(manifest.version)} (${licence ?? "see below"})`;
  return text === undefined ? title : `${title}\n\n${text.trim()}`;
}

function licenceName(manifest: Record<string, unknown>): string | undefined {
  const { license } = manifest;
  if (typeof license === "string") return license;
  if (typeof license === "object" && license !== null && "type" in license) return String(license.type);
  return undefined;
}

function licenceText(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  const file = readdirSync(path).find((name) => /^(licen[cs]e|copying|unlicense)(\.|-|$)/i.test(name));
  return file === undefined ? undefined : readFileSync(join(path, file), "utf8");
}
