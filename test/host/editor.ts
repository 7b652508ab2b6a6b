import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { withLock } from "./bootstrap/lock.mjs";
import { type EditorRelease, type InstalledEditor, installEditor, newestEditor } from "./editorInstall.ts";
import { outDir, root } from "./paths.ts";
import { startTree } from "./processes.ts";

export interface EditorOptions {
  /** The folder to open. */
  workspace: string;
  /** The packaged extension to install; none for an editor without it. */
  vsix?: string;
  release?: EditorRelease;
  /** User settings beyond the quiet ones. */
  settings?: Record<string, unknown>;
  /** False starts the editor with Workspace Trust on, so that the folder opens in Restricted Mode. */
  trusted?: boolean;
  /** Lets a test module be loaded into the extension host; VS Code then shows no notifications. */
  testPayload?: boolean;
  /** Tried first; a free one is taken when it is in use. */
  port?: number;
  /** Set in the extension host. */
  env?: Record<string, string>;
  /** Where user data is kept; a fresh folder, removed at the end, unless given. */
  home?: string;
}

export interface Editor {
  /** Opens the workspace. */
  readonly url: string;
  readonly port: number;
  readonly release: EditorRelease;
  readonly home: string;
  readonly userDataDir: string;
  readonly workspace: string;
  /** The server's own output. */
  readonly log: string;
  /** Ends the server and all that it started, Cairn's engine too. */
  stop(): Promise<void>;
}

const quietSettings = {
  "chat.disableAIFeatures": true,
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "git.openRepositoryInParentFolders": "never",
  "security.workspace.trust.banner": "never",
  "security.workspace.trust.startupPrompt": "never",
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "window.commandCenter": false,
  "workbench.enableExperiments": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.welcomePage.walkthroughs.openOnInstall": false,
};

/** Starts VS Code as a server on 127.0.0.1, with the extension installed as a user would, and waits until it answers. */
export async function startEditor(options: EditorOptions): Promise<Editor> {
  const release = options.release ?? newestEditor;
  const installed = await installEditor(release);
  const home = options.home ?? (await mkdtemp(join(tmpdir(), "cairn-editor-")));
  const userDataDir = join(home, "data");
  await mkdir(join(userDataDir, "User"), { recursive: true });
  await writeFile(
    settingsPath(userDataDir),
    JSON.stringify(
      { ...quietSettings, "workbench.colorTheme": release.themes.dark, ...options.settings },
      undefined,
      2,
    ),
  );
  const extensions =
    options.vsix === undefined ? join(home, "extensions") : await installedExtension(installed, options.vsix);
  const port = await freePort(options.port);
  const log = join(home, "server.log");
  const tree = startTree(
    installed.node,
    [installed.entry, ...serverArguments(installed, port, userDataDir, extensions, options)],
    { cwd: options.workspace, env: { ...serverEnvironment(home), ...options.env }, output: { file: log } },
  );
  const stop = async () => {
    await tree.stop();
    if (options.home === undefined) await rm(home, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await Promise.race([
      answers(port),
      tree.exited.then((code) => Promise.reject(new Error(`it ended with code ${code}`))),
    ]);
  } catch (error) {
    const output = existsSync(log) ? await readFile(log, "utf8") : "";
    await stop();
    throw new Error(`Failed to start VS Code: ${String(error)}\n${output.slice(-4000)}`, { cause: error });
  }
  return {
    url: addressOf(port, options.workspace),
    port,
    release,
    home,
    userDataDir,
    workspace: options.workspace,
    log,
    stop,
  };
}

/**
 * Where a window on a folder, or on a .code-workspace file, is opened. It must say localhost, not 127.0.0.1: it is also
 * the authority of the workspace's remote URIs.
 */
export function addressOf(port: number, path: string): string {
  const kind = path.endsWith(".code-workspace") ? "workspace" : "folder";
  return `http://localhost:${port}/?${kind}=${encodeURI(path)}`;
}

/** The user settings file of an editor; read when a window is loaded. */
export function settingsPath(userDataDir: string): string {
  return join(userDataDir, "User", "settings.json");
}

function serverArguments(
  installed: InstalledEditor,
  port: number,
  data: string,
  extensions: string,
  { trusted = true, testPayload = false }: EditorOptions,
): string[] {
  const guarded = testPayload && installed.release.guardsPayload;
  return [
    ...[
      "--auth",
      "none",
      "--bind-addr",
      `127.0.0.1:${port}`,
      "--user-data-dir",
      data,
      "--extensions-dir",
      extensions,
    ],
    ...["--disable-telemetry", "--disable-update-check", "--disable-getting-started-override"],
    ...(trusted ? ["--disable-workspace-trust"] : []),
    ...(guarded ? ["--vscode-option", "enable-smoke-test-driver"] : []),
  ];
}

/** A moved HOME keeps the user's own configuration out; their Node and Python stay reachable through PATH. */
function serverEnvironment(home: string): NodeJS.ProcessEnv {
  const path = [dirname(process.execPath), join(root, "node_modules", ".bin"), process.env.PATH ?? ""].join(
    delimiter,
  );
  const inherited = Object.entries(process.env).filter(
    ([key]) => !/^(npm_|VSCODE_|ELECTRON_|NODE_OPTIONS$|VITEST|XDG_CONFIG|XDG_DATA)/.test(key),
  );
  return { ...Object.fromEntries(inherited), HOME: home, PATH: path };
}

/** An extensions folder with the VSIX in it, made once for each content of the VSIX and each editor. */
async function installedExtension(installed: InstalledEditor, vsix: string): Promise<string> {
  const hash = createHash("sha256")
    .update(await readFile(vsix))
    .digest("hex")
    .slice(0, 12);
  const parent = join(outDir, "extensions");
  const dir = join(parent, `${installed.release.version}-${hash}`);
  return withLock(`${dir}.lock`, async () => {
    if (existsSync(dir)) return dir;
    const fresh = `${dir}.new`;
    await rm(fresh, { recursive: true, force: true });
    const home = await mkdtemp(join(tmpdir(), "cairn-install-"));
    const log = join(home, "install.log");
    const tree = startTree(
      installed.node,
      [
        installed.entry,
        "--user-data-dir",
        join(home, "data"),
        "--extensions-dir",
        fresh,
        "--install-extension",
        vsix,
      ],
      { env: serverEnvironment(home), output: { file: log } },
    );
    const code = await tree.exited;
    await tree.stop();
    const output = await readFile(log, "utf8");
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
    if (code !== 0) throw new Error(`Failed to install ${vsix} into VS Code (exit code ${code}):\n${output}`);
    await rename(fresh, dir);
    return dir;
  });
}

/** @throws after a minute without an answer */
async function answers(port: number): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/healthz`, {
        signal: AbortSignal.timeout(5_000),
      });
      if (response.ok) return;
    } catch (error) {
      if (Date.now() > deadline) throw new Error("it does not answer", { cause: error });
    }
    await delay(100);
  }
}

async function freePort(wanted = 0): Promise<number> {
  const port = await tryListen(wanted);
  return port ?? (await tryListen(0)) ?? Promise.reject(new Error("Failed to find a free port"));
}

function tryListen(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : undefined));
    });
  });
}
