import type { CodeState, EnvironmentState } from "../../../src/shared/capture.ts";

export const code: CodeState = {
  state: "recorded",
  backend: "git",
  root: "/home/mira/turbines",
  commit: "39c5d25aa0b1c2d3e4f5061728394a5b6c7d8e9f",
  branch: "gearbox-features",
  remote: "git@example.org:wind/turbines.git",
  dirty: true,
  changed: [
    { path: "train.py", change: "modified" },
    { path: "features/gearbox.py", change: "added" },
    { path: "features/old.py", change: "deleted" },
    { path: "notebooks/look.ipynb", change: "untracked" },
    { path: ".env", change: "untracked" },
    { path: 'odd "name" <b>.py', change: "renamed" },
  ],
  patch: { bytes: 5_320, files: 5 },
  leftOut: [
    { name: ".env", reason: "matches .env" },
    { name: "data/cache.bin", reason: "larger than 1 MB" },
  ],
  notes: ["The submodule vendor/scada has changes of its own, which are not in the patch."],
  took: 41,
};

const packages = [
  ...["lightgbm 4.5.0", "mlflow 3.17.2", "numpy 2.1.3", "pandas 2.2.3", "scikit-learn 1.5.2", "scipy 1.14.1"],
  ...Array.from({ length: 90 }, (_, i) => `package-${String(i).padStart(2, "0")} 1.${i}.0`),
].map((each) => ({ name: each.split(" ")[0] ?? "", version: each.split(" ")[1] ?? "" }));

export const environment: EnvironmentState = {
  python: {
    version: "3.12.7",
    implementation: "CPython",
    executable: "/home/mira/turbines/.venv/bin/python",
    prefix: "/home/mira/turbines/.venv",
    kind: "uv",
    packages,
  },
  cuda: "12.4",
  gpus: [{ name: "NVIDIA RTX A2000", memory: 12 * 2 ** 30, driver: "550.90" }],
  machine: {
    host: "windhost",
    os: "Ubuntu 24.04 (Linux 6.8)",
    architecture: "x64",
    cpu: "AMD Ryzen 9 7900",
    cores: 24,
    memory: 64 * 2 ** 30,
  },
  leftOut: [{ name: "WANDB_API_KEY", reason: "looks like a token" }],
  notes: [],
  took: 120,
};

export const otherEnvironment: EnvironmentState = {
  ...environment,
  python: {
    ...(environment.python ?? { implementation: "", executable: "", prefix: "", kind: "venv" as const }),
    version: "3.11.9",
    packages: [...packages.slice(1), { name: "xgboost", version: "2.1.1" }].map((each) =>
      each.name === "numpy" ? { name: "NumPy", version: "1.26.4" } : each,
    ),
  },
};
