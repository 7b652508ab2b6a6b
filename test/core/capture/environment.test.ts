import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { captureEnvironment } from "../../../src/core/capture/index.js";
import { normalName, type InstalledPackage } from "../../../src/core/capture/packages.js";
import type { EnvironmentState } from "../../../src/shared/capture.js";
import { pythonOf } from "../../peers/env.ts";

let root = "";

beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(os.tmpdir(), "cairn-place é ")));
  const made = root;
  onTestFinished(() => {
    rmSync(made, { recursive: true, force: true });
  });
});

function write(file: string, text: string, mode = 0o644): string {
  const full = path.join(root, file);
  mkdirSync(path.dirname(full), { recursive: true });
  writeFileSync(full, text);
  chmodSync(full, mode);
  return full;
}

/** A PATH on which nothing lies but what the test puts there. */
function capture(
  argv: string[],
  environment: Record<string, string> = {},
  shell = false,
): Promise<EnvironmentState> {
  return captureEnvironment({
    root,
    cwd: root,
    argv,
    shell,
    environment: { PATH: path.join(root, "bin"), ...environment },
  });
}

function pipList(python: string): InstalledPackage[] {
  const options = ["-m", "pip", "list", "--format", "json", "--disable-pip-version-check"];
  return JSON.parse(execFileSync(python, options, { encoding: "utf8", stdio: "pipe" })) as InstalledPackage[];
}

const byName = (list: readonly InstalledPackage[]): [string, string][] =>
  list
    .map(({ name, version }): [string, string] => [normalName(name), version])
    .sort(([a], [b]) => (a < b ? -1 : 1));

test("of a real environment the same packages are found as pip lists", { timeout: 300_000 }, async () => {
  const python = await pythonOf("tracking");
  const { python: found, notes } = await capture([python, "train.py"]);
  expect(notes).toEqual([]);
  expect(found?.packages.length).toBeGreaterThan(50);
  expect(byName(found?.packages ?? [])).toEqual(byName(pipList(python)));
  const [version, implementation, prefix] = execFileSync(
    python,
    [
      "-c",
      "import platform, sys; print(platform.python_version(), platform.python_implementation(), sys.prefix)",
    ],
    { encoding: "utf8" },
  )
    .trim()
    .split(" ");
  expect(found).toMatchObject({ version, implementation, prefix, executable: python });
  expect(["venv", "uv"]).toContain(found?.kind);
});

test("of the system's Python too", { timeout: 60_000 }, async () => {
  const python = execFileSync("python3", ["-c", "import sys; print(sys.executable)"], {
    encoding: "utf8",
  }).trim();
  const { python: found } = await capture(["python3"], { PATH: process.env.PATH ?? "" });
  expect(byName(found?.packages ?? [])).toEqual(byName(pipList(python)));
  expect(found?.version).toBe(
    execFileSync(python, ["-c", "import platform; print(platform.python_version())"], {
      encoding: "utf8",
    }).trim(),
  );
});

/** An environment as `python -m venv` makes it, with no more of Python than its files. */
function makeVenv(folder: string, config = "version = 3.12.1\nimplementation = CPython\n"): string {
  write(`${folder}/pyvenv.cfg`, `home = /nowhere/bin\n${config}`);
  return write(`${folder}/bin/python`, "#!/bin/sh\nexit 1\n", 0o755);
}

const site = (folder: string): string => `${folder}/lib/python3.12/site-packages`;

describe("the Python of a command is", () => {
  test.each([
    ["the one that it names", ["ENV/bin/python", "train.py"], false],
    ["the one behind settings", ["env", "X=1", "ENV/bin/python"], false],
    [
      "the one that a shell's line names",
      ["sh", "-c", "cd data && LR=1 'ENV/bin/python' -u train.py | tee log"],
      true,
    ],
    ["that of the script that is started", ["torchrun", "train.py"], false],
    ["the first on the PATH", ["python", "train.py"], false],
    ["the project's, where the command tells nothing", ["make", "train"], false],
  ])("%s", async (_what, argv, shell) => {
    const folder = argv[0] === "make" ? ".venv" : "envs/one";
    const python = makeVenv(folder);
    write("bin/torchrun", `#!${path.join(root, "envs/one/bin/python").replaceAll(" ", "\\ ")}\n`, 0o755);
    write("bin/make", "#!/bin/sh\n", 0o755);
    // A blank in the path cannot stand in a shebang.
    if (argv[0] === "torchrun") write("bin/torchrun", "#!/usr/bin/env python\n", 0o755);
    if (argv[0] === "torchrun" || argv[0] === "python") symlinkSync(python, path.join(root, "bin/python"));
    const relative = argv.map((word) => word.replace("ENV", shell ? "./envs/one" : "envs/one"));
    const { python: found, notes } = await capture(relative, {}, shell);
    const executable = ["torchrun", "python"].includes(argv[0] ?? "")
      ? path.join(root, "bin/python")
      : python;
    expect(found?.executable).toBe(executable);
    if (executable === python) expect(found).toMatchObject({ version: "3.12.1", kind: "venv", packages: [] });
    else expect(notes.length).toBeGreaterThan(0);
  });

  test("none where there is none", async () => {
    expect((await capture(["make"])).python).toBeNull();
  });

  test("behind pyenv's shim the version that is in force", async () => {
    write("pyenv/shims/python3", "#!/bin/sh\nexit 1\n", 0o755);
    write(
      "pyenv/versions/3.12.1/bin/python",
      '#!/bin/sh\necho \'{"version": "3.12.1", "implementation": "CPython"}\'\n',
      0o755,
    );
    write("pyenv/version", "3.9.9\n");
    write(".python-version", "3.12.1\n");
    const { python } = await capture(["python3"], { PATH: path.join(root, "pyenv/shims") });
    expect(python).toMatchObject({
      version: "3.12.1",
      kind: "system",
      prefix: path.join(root, "pyenv/versions/3.12.1"),
    });
  });
});

describe("an environment", () => {
  test("of uv is known by its configuration", async () => {
    const python = makeVenv(".venv", "implementation = CPython\nuv = 0.5.1\nversion_info = 3.12.1\n");
    expect((await capture([python])).python).toMatchObject({ kind: "uv", version: "3.12.1" });
  });

  test("of conda holds what conda installed, Python or not, and what pip added", async () => {
    const python = write(
      "conda/bin/python",
      '#!/bin/sh\necho \'{"version": "3.12.1", "implementation": "CPython"}\'\n',
      0o755,
    );
    write("conda/conda-meta/python-3.12.1-h1_0.json", '{"name": "python", "version": "3.12.1", "files": []}');
    write("conda/conda-meta/cudatoolkit-11.8.0-h1.json", '{"name": "cudatoolkit", "version": "11.8.0"}');
    write("conda/conda-meta/broken-1-0.json", '{"name": ');
    write("conda/conda-meta/history", "");
    write(`${site("conda")}/My_Package-2.0.dist-info/METADATA`, "Name: My.Package\nVersion: 2.0\n");
    const { python: found, notes } = await capture([python]);
    expect(found).toMatchObject({ kind: "conda", version: "3.12.1" });
    expect(found?.packages).toEqual([
      { name: "cudatoolkit", version: "11.8.0" },
      { name: "My.Package", version: "2.0" },
      { name: "python", version: "3.12.1" },
    ]);
    expect(notes).toEqual(["conda's record broken-1-0.json cannot be read: no JSON."]);
  });

  test("with broken metadata is told as far as it can be read", async () => {
    const python = makeVenv(".venv");
    const folder = site(".venv");
    write(
      `${folder}/good-1.0.dist-info/METADATA`,
      `Metadata-Version: 2.1\r\nName: Good\r\nVersion: 1.0\r\n\r\nName: no\n`,
    );
    write(`${folder}/empty-2.0.dist-info/METADATA`, "");
    write(`${folder}/noMetadata-3.0.dist-info/RECORD`, "");
    write(`${folder}/binary-4.0.dist-info/METADATA`, "\0\u00ff".repeat(1000));
    write(`${folder}/~ood-0.9.dist-info/METADATA`, "Name: good\nVersion: 0.9\n");
    write(`${folder}/old-5.0-py3.12.egg-info`, "Name: old\nVersion: 5.0\n");
    write(`${folder}/older.egg-info/PKG-INFO`, "Name: older\nVersion: 6.0\n");
    write(`${folder}/egg-7.0-py3.12.egg/EGG-INFO/PKG-INFO`, "Name: egg\nVersion: 7.0\n");
    write(`${folder}/nothing.dist-info/METADATA`, "");
    write("more/good-9.0.dist-info/METADATA", "Name: good\nVersion: 9.0\n");
    const { python: found, notes } = await capture([python], { PYTHONPATH: "missing" });
    expect(byName(found?.packages ?? [])).toEqual([
      ["binary", "4.0"],
      ["egg", "7.0"],
      ["empty", "2.0"],
      ["good", "1.0"],
      ["nometadata", "3.0"],
      ["old", "5.0"],
      ["older", "6.0"],
    ]);
    expect(notes).toHaveLength(2);
    const shadowed = await capture([python], { PYTHONPATH: "more" });
    expect(shadowed.python?.packages.find(({ name }) => normalName(name) === "good")?.version).toBe("9.0");
  });
});

describe("GPUs are", () => {
  /** As driver 550 prints it for two cards. */
  const head = `+-----------------------------------------------------------------------------------------+
| NVIDIA-SMI 550.54.15              Driver Version: 550.54.15      CUDA Version: 12.4     |
|-----------------------------------------+------------------------+----------------------+`;

  test("told by nvidia-smi", async () => {
    write(
      "bin/nvidia-smi",
      `#!/bin/sh
case "$1" in
--query-gpu=name,memory.total,driver_version) echo "NVIDIA A100-SXM4-80GB, 81920, 550.54.15"; echo "NVIDIA H100, [N/A], 550.54.15";;
"") cat <<'END'
${head}
END
;;
*) exit 2;; esac
`,
      0o755,
    );
    const { gpus, cuda, notes } = await capture(["true"], {
      PATH: `${path.join(root, "bin")}:/bin:/usr/bin`,
    });
    expect(notes).toEqual([]);
    expect(cuda).toBe("12.4");
    expect(gpus).toEqual([
      { name: "NVIDIA A100-SXM4-80GB", memory: 81920 * 1024 * 1024, driver: "550.54.15" },
      { name: "NVIDIA H100", memory: null, driver: "550.54.15" },
    ]);
  });

  test("none where it fails, and it is said", async () => {
    write(
      "bin/nvidia-smi",
      "#!/bin/sh\necho 'Failed to initialize NVML: Driver/library version mismatch'\nexit 18\n",
      0o755,
    );
    const { gpus, cuda, notes } = await capture(["true"]);
    expect([gpus, cuda]).toEqual([[], null]);
    expect(notes.join()).toContain("nvidia-smi fails");
  });
});

test("the machine is told as the system tells it", async () => {
  const { machine } = await capture(["true"]);
  expect(machine).toMatchObject({ host: os.hostname(), architecture: os.arch(), memory: os.totalmem() });
  expect(machine.cores).toBeGreaterThan(0);
  expect(machine.os).toContain(os.release());
});
