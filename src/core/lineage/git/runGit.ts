import { spawn } from "node:child_process";
import { CairnError, wrapError } from "../../../shared/errors.js";

/** What the user may set for every git; all else of the kind (GIT_DIR, GIT_EXTERNAL_DIFF…) would lead git elsewhere. */
const kept = new Set([
  "GIT_CONFIG_GLOBAL",
  "GIT_CONFIG_SYSTEM",
  "GIT_CONFIG_NOSYSTEM",
  "GIT_CEILING_DIRECTORIES",
  "GIT_DISCOVERY_ACROSS_FILESYSTEM",
  "GIT_EXEC_PATH",
]);

/** No command that a repository's own configuration names is to run. Filters are dealt with in `quiet`. */
const settings = [
  "core.fsmonitor=false",
  "core.hooksPath=/dev/null",
  "core.quotePath=true",
  "core.pager=cat",
  "core.splitIndex=false",
  // A partial clone must not fetch: the remote may be a command.
  "protocol.allow=never",
];

export interface GitOptions {
  git: string;
  cwd: string;
  signal: AbortSignal;
  /** Settings on top of the safe ones, `key=value`. */
  settings?: readonly string[];
  environment?: Record<string, string>;
  input?: string;
  /** Of stdout; more ends git and throws `full`. */
  maxBytes?: number;
}

export interface GitResult {
  code: number;
  stdout: Buffer;
  stderr: string;
}

const MAX_STDERR = 64 << 10;

function gitEnvironment(own: Record<string, string>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.toUpperCase().startsWith("GIT_") || kept.has(name.toUpperCase()),
  );
  return {
    ...Object.fromEntries(inherited),
    GIT_OPTIONAL_LOCKS: "0",
    GIT_TERMINAL_PROMPT: "0",
    GIT_NO_LAZY_FETCH: "1",
    GIT_ALLOW_PROTOCOL: "none",
    // What git says is read.
    LC_ALL: "C",
    LANGUAGE: "C",
    ...own,
  };
}

/** Runs git to its end. Throws an AbortError on abort; whatever git itself says is in the result. */
export function runGit(argv: readonly string[], options: GitOptions): Promise<GitResult> {
  const { git, cwd, signal, input, maxBytes = 256 << 20 } = options;
  const safe = [...settings, ...(options.settings ?? [])].flatMap((setting) => ["-c", setting]);
  return new Promise((resolve, reject) => {
    const child = spawn(git, [...safe, "--no-optional-locks", "--literal-pathspecs", ...argv], {
      cwd,
      env: gitEnvironment(options.environment ?? {}),
      stdio: ["pipe", "pipe", "pipe"],
      windowsHide: true,
      signal,
    });
    const chunks: Buffer[] = [];
    let [bytes, stderr] = [0, ""];
    child.stdout.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      child.kill();
      reject(new CairnError("full", `git ${argv[0]} gives more than ${maxBytes} bytes.`));
    });
    child.stderr.on("data", (chunk: Buffer) => {
      if (stderr.length < MAX_STDERR) stderr += chunk.toString("utf8");
    });
    child.on("error", (error) => {
      reject(error.name === "AbortError" ? error : wrapError("run", git, error));
    });
    child.on("close", (code, endedBy) => {
      resolve({ code: code ?? 128, stdout: Buffer.concat(chunks), stderr: stderr || `ended by ${endedBy}` });
    });
    // A git that ends before it has read everything says so in its exit code.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}

/** The first line that git gave as the reason. */
export function reasonOf({ code, stderr }: GitResult): string {
  const line = /^(?:fatal|error): (.+)$/m.exec(stderr)?.[1] ?? stderr.split("\n")[0]?.trim() ?? "";
  return line === "" ? `exit code ${code}` : line;
}

/** What git prints, where it must succeed. */
export async function mustRunGit(argv: readonly string[], options: GitOptions): Promise<Buffer> {
  const result = await runGit(argv, options);
  if (result.code === 0) return result.stdout;
  throw new CairnError("corrupt", `git ${argv[0]} failed in ${options.cwd}: ${reasonOf(result)}`, {
    hint: "Run `git status` there to see what it says.",
  });
}
