import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { CairnError } from "../../../shared/errors.js";
import type { StoreFiles } from "../store/index.js";
import type { RemoteConfig } from "./remoteConfig.js";
import { Sftp } from "./sftp.js";
import { SshRemote } from "./sshRemote.js";

/** Seconds until a connection stands, and without an answer. */
const TIMEOUT = 60;
const MAX_STDERR = 16 << 10;

/**
 * Opens `ssh://user@host:port/path` through the user's own `ssh`, which reads their configuration, asks their agent and
 * knows their hosts. It may never ask for anything: nobody would see the question. Throws CairnError `invalid`,
 * `refused`, `unavailable`.
 */
export async function openSsh(
  { url, options, name }: RemoteConfig,
  label: string,
  files: StoreFiles,
  signals: { work: AbortSignal; cancel: AbortSignal },
): Promise<SshRemote> {
  const given = /^ssh:\/\/(?:([^@/]*)@)?(\[[^\]]+\]|[^:/]+)(?::(\d+))?(\/.*)?$/.exec(url);
  const host = given?.[2]?.replace(/^\[|\]$/g, "") ?? "";
  const user = given?.[1]?.replace(/:.*$/, "") ?? options.get("user");
  // An argument that begins with a dash would be an option to ssh.
  if (host === "" || /^-|\s/.test(host) || /^-|\s/.test(user ?? ""))
    throw new CairnError("invalid", `The address of the remote ${name} cannot be used: ${label}.`, {
      hint: "It has to be ssh://USER@HOST:PORT/FOLDER.",
    });
  const seconds = positive(options.get("timeout")) ?? TIMEOUT;
  const port = given?.[3] ?? options.get("port");
  const key = options.get("keyfile");
  const settings = [
    ...["BatchMode=yes", `ConnectTimeout=${Math.ceil(seconds)}`, "ServerAliveInterval=15"],
    ...["ServerAliveCountMax=3", "RemoteCommand=none", "RequestTTY=no", "PermitLocalCommand=no"],
    ...["ClearAllForwardings=yes", "ForwardAgent=no", "ForwardX11=no"],
  ].flatMap((setting) => ["-o", setting]);
  const argv = [
    ...settings,
    ...(port === undefined ? [] : ["-p", port]),
    ...(user === undefined || user === "" ? [] : ["-l", user]),
    ...(key === undefined ? [] : ["-i", key]),
    ...["-s", "--", host, "sftp"],
  ];
  const child = spawn("ssh", argv, { stdio: ["pipe", "pipe", "pipe"], windowsHide: true });
  const stop = () => void child.kill();
  let said = "";
  let silent = false;
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-MAX_STDERR)));
  const sftp = new Sftp(child.stdout, child.stdin, seconds * 1000, () => {
    silent = true;
    stop();
  });
  child.once("error", (error: NodeJS.ErrnoException) => sftp.fail(notStarted(error)));
  child.once("close", () =>
    sftp.fail(silent && said === "" ? noAnswer(label, seconds) : reasonOf(said, label, host)),
  );
  signals.cancel.addEventListener("abort", () => setTimeout(stop, 2000).unref(), { once: true });
  try {
    await Promise.race([sftp.begin(), aborted(signals.work)]);
  } catch (error) {
    stop();
    throw error;
  }
  const folder = decodeURI(given?.[4] ?? "/").replace(/(.)\/+$/, "$1");
  return new SshRemote(label, folder, sftp, files, signals, () => end(child));
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.stdin?.end();
  const timer = setTimeout(() => void child.kill(), 2000);
  await closed;
  clearTimeout(timer);
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = () => reject(new CairnError("cancelled", "Cancelled."));
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
  });
}

function notStarted(error: NodeJS.ErrnoException): CairnError {
  if (error.code !== "ENOENT") return new CairnError("unavailable", `Failed to start ssh: ${error.message}.`);
  return new CairnError("unavailable", "There is no ssh on this machine.", {
    hint: "Install OpenSSH's client (Debian: sudo apt-get install openssh-client).",
  });
}

function noAnswer(label: string, seconds: number): CairnError {
  return new CairnError("unavailable", `${label}: no answer in ${seconds} s.`, {
    hint: "Check the network and the host, and try again: what was sent stays.",
  });
}

/** Why ssh ended, by what it says. */
function reasonOf(said: string, label: string, host: string): CairnError {
  const line = said.trim().split(/\r?\n/).at(-1)?.replace(/\.$/, "") ?? "";
  if (/host key verification failed|REMOTE HOST IDENTIFICATION/i.test(said))
    return new CairnError("refused", `${label}: the key of the host is unknown, or another than before.`, {
      hint: `Log in once by hand and compare it: ssh ${host}.`,
    });
  if (/permission denied|too many authentication failures/i.test(said))
    return new CairnError("refused", `${label}: the login is refused (${line}).`, {
      hint: "Cairn asks for no password: add your key to ssh-agent, or name it in ~/.ssh/config or with --set keyfile=FILE.",
    });
  if (/subsystem request failed/i.test(said))
    return new CairnError("unavailable", `${label}: the host offers no SFTP.`, {
      hint: "Its administrator can switch the subsystem sftp on.",
    });
  return new CairnError("unavailable", `${label}: ${line === "" ? "the connection was closed" : line}.`, {
    hint: "Check the network, the host and its name, and try again: what was sent stays.",
  });
}

function positive(given: string | undefined): number | undefined {
  const value = Number(given);
  return given !== undefined && value > 0 ? value : undefined;
}
