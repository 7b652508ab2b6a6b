import { execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { pythonOf } from "../../peers/env.ts";

/** A server that a test has started, on loopback. */
export interface TestServer {
  port: number;
  stop: () => Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function started(command: string, argv: string[], port: number): Promise<TestServer> {
  const child = spawn(command, argv, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  for (let tries = 0; ; tries++) {
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = net.connect(port, "127.0.0.1", () => {
        socket.destroy();
        resolve(true);
      });
      socket.once("error", () => resolve(false));
    });
    if (isUp) break;
    if (child.exitCode !== null || tries > 600) throw new Error(`${command} did not start: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    port,
    async stop() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** The S3 of moto, which keeps everything in memory. */
export async function s3Server(): Promise<TestServer> {
  const python = await pythonOf("data");
  const port = await freePort();
  return started(python, ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)], port);
}

export interface SshServer extends TestServer {
  /** Has keys and known hosts of its own; DVC reads it too. */
  config: string;
  /** A folder with an `ssh` that uses this configuration, to be put first on the path. */
  bin: string;
  user: string;
}

/** A real sshd of this machine, for the user who runs the test. */
export async function sshServer(): Promise<SshServer> {
  const sshd = findSshd();
  const folder = mkdtempSync(path.join(tmpdir(), "cairn-sshd-"));
  const file = (name: string) => path.join(folder, name);
  for (const name of ["host", "user", "stranger"])
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file(name)]);
  const port = await freePort();
  const { username: user } = userInfo();
  const read = (name: string) => execFileSync("cat", [file(name)], { encoding: "utf8" });
  writeFileSync(file("authorized"), read("user.pub"), { mode: 0o600 });
  writeFileSync(file("known"), `[127.0.0.1]:${port} ${read("host.pub")}`);
  writeFileSync(
    file("config"),
    [
      "Host *",
      `  IdentityFile ${file("user")}`,
      "  IdentitiesOnly yes",
      `  UserKnownHostsFile ${file("known")}`,
      "  GlobalKnownHostsFile /dev/null",
      "  StrictHostKeyChecking yes",
      "",
    ].join("\n"),
  );
  mkdirSync(file("bin"));
  writeFileSync(file("bin/ssh"), `#!/bin/sh\nexec ${findOnPath("ssh")} -F '${file("config")}' "$@"\n`);
  chmodSync(file("bin/ssh"), 0o755);
  writeFileSync(
    file("sshd_config"),
    [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${file("host")}`,
      `AuthorizedKeysFile ${file("authorized")}`,
      "StrictModes no",
      "PasswordAuthentication no",
      "KbdInteractiveAuthentication no",
      "UsePAM no",
      "MaxStartups 100",
      `PidFile ${file("pid")}`,
      "Subsystem sftp internal-sftp",
      "",
    ].join("\n"),
  );
  // Debian's makes it when the service starts.
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const server = await started(sshd, ["-D", "-e", "-f", file("sshd_config")], port);
  return {
    ...{ port, user, config: file("config"), bin: file("bin") },
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function findOnPath(name: string): string {
  return execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim();
}

function findSshd(): string {
  const sshd = "/usr/sbin/sshd";
  if (existsSync(sshd)) return sshd;
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const install = ["install", "-y", "-q", "--no-install-recommends", "openssh-server"];
    execFileSync("apt-get", ["update", "-q"], { env, stdio: "pipe" });
    execFileSync("apt-get", install, { env, stdio: "pipe" });
  }
  if (existsSync(sshd)) return sshd;
  throw new Error(
    "These tests need OpenSSH's server. Install it with `sudo apt-get install openssh-server`.",
  );
}
