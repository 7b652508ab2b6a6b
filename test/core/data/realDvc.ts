import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pythonOf } from "../../peers/env.ts";

/** A folder in which the real `dvc` works; without Git, which it does not need for what is tried. */
export interface DvcFolder {
  root: string;
  dvc: (...args: string[]) => string;
  write: (name: string, content: string | Buffer) => string;
  remove: () => void;
}

export async function dvcFolder(): Promise<DvcFolder> {
  const python = await pythonOf("data");
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), "cairn-dvc-")));
  const env = {
    ...process.env,
    DVC_NO_ANALYTICS: "1",
    DVC_SITE_CACHE_DIR: path.join(root, ".site"),
    HOME: root,
  };
  const dvc = (...args: string[]) =>
    execFileSync(python, ["-m", "dvc", ...args], { cwd: root, env, encoding: "utf8", stdio: "pipe" });
  dvc("init", "--no-scm", "--quiet");
  return {
    root,
    dvc,
    write: (name, content) => {
      const file = path.join(root, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
      return file;
    },
    remove: () => {
      rmSync(root, { recursive: true, force: true });
    },
  };
}
