import type { EnvironmentState } from "./capture.js";

/** Something of two environments that is not the same; null where one has none. */
export interface EnvironmentDifference {
  group: "python" | "machine" | "gpu" | "package";
  name: string;
  a: string | null;
  b: string | null;
}

/** What differs between two environments: Python first, then machine and GPUs, then packages by name. */
export function diffEnvironments(a: EnvironmentState, b: EnvironmentState): EnvironmentDifference[] {
  const [left, right] = [factsOf(a), factsOf(b)];
  const facts = [...new Map([...left, ...right]).keys()].map((key) => compared(key, left, right));
  const [before, after] = [packagesOf(a), packagesOf(b)];
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  const packages = names.map((name): EnvironmentDifference => ({
    group: "package",
    name: after.get(name)?.name ?? before.get(name)?.name ?? name,
    a: before.get(name)?.version ?? null,
    b: after.get(name)?.version ?? null,
  }));
  return [...facts, ...packages].filter((each) => each.a !== each.b);
}

type Facts = Map<string, { group: EnvironmentDifference["group"]; name: string; value: string | null }>;

function compared(key: string, left: Facts, right: Facts): EnvironmentDifference {
  const { group, name } = left.get(key) ?? right.get(key) ?? { group: "machine", name: key };
  return { group, name, a: left.get(key)?.value ?? null, b: right.get(key)?.value ?? null };
}

function factsOf({ python, machine, cuda, gpus }: EnvironmentState): Facts {
  const facts: Facts = new Map();
  const add = (group: EnvironmentDifference["group"], name: string, value: string | null): void => {
    facts.set(`${group} ${name}`, { group, name, value });
  };
  add("python", "Version", python && `${python.implementation} ${python.version}`);
  add("python", "Environment", python && `${python.kind}, ${python.prefix}`);
  add("machine", "Host", machine.host);
  add("machine", "System", machine.os);
  add("machine", "Architecture", machine.architecture);
  add("machine", "Processor", machine.cpu);
  add("machine", "Cores", String(machine.cores));
  add("machine", "Memory", `${Math.round(machine.memory / 2 ** 20)} MB`);
  add("gpu", "CUDA", cuda);
  gpus.forEach((gpu, i) => {
    const memory = gpu.memory === null ? "" : `, ${Math.round(gpu.memory / 2 ** 20)} MB`;
    add("gpu", `GPU ${i}`, `${gpu.name}${memory}${gpu.driver === null ? "" : `, driver ${gpu.driver}`}`);
  });
  return facts;
}

/** By the name that packages are compared by (PEP 503): `Scikit_Learn` is `scikit-learn`. */
function packagesOf({ python }: EnvironmentState): Map<string, { name: string; version: string }> {
  const packages = python?.packages ?? [];
  return new Map(packages.map((each) => [each.name.toLowerCase().replace(/[-_.]+/g, "-"), each]));
}
