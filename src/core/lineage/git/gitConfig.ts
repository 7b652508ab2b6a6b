import { CairnError } from "../../../shared/errors.js";

/** Effective configuration: lower-case key (but for its middle part) to its values, the last one in force. */
export type GitConfig = ReadonlyMap<string, readonly string[]>;

/** Of `git config --list -z`: each is `key LF value NUL`; a key alone is true. */
export function parseConfig(output: string): GitConfig {
  const config = new Map<string, string[]>();
  for (const item of output.split("\0")) {
    if (item === "") continue;
    const end = item.indexOf("\n");
    const [key, value] = end < 0 ? [item, "true"] : [item.slice(0, end), item.slice(end + 1)];
    const values = config.get(key);
    if (values) values.push(value);
    else config.set(key, [value]);
  }
  return config;
}

export function lastValue(config: GitConfig, key: string): string | undefined {
  return config.get(key)?.at(-1);
}

export function isTrue(config: GitConfig, key: string): boolean {
  return /^(true|yes|on|[1-9]\d*)$/i.test(lastValue(config, key) ?? "");
}

/**
 * Settings that keep git from running the filters (`filter.NAME.clean`…) and hooks (`hook.NAME.command`) of a
 * configuration. Throws `refused` for a name that cannot be overridden: only somebody hostile would choose one.
 */
export function quiet(config: GitConfig): string[] {
  const found: string[] = [];
  for (const key of config.keys()) {
    const [, name, what] = /^(filter\..*)\.(clean|smudge|process|required)$/s.exec(key) ?? [];
    const hook = /^(hook\..*)\.(command|event)$/s.exec(key)?.[1];
    if (name === undefined && hook === undefined) continue;
    if (/[=\n]/.test(key)) {
      throw new CairnError(
        "refused",
        `The configuration names a command that cannot be switched off: ${key}.`,
      );
    }
    if (name !== undefined) found.push(what === "required" ? `${key}=false` : `${key}=`);
    else found.push(`${hook}.enabled=false`, `${hook}.event=`);
  }
  return [...new Set(found)];
}

/** URL of the remote that a branch follows, else of `origin`, else of the only one. */
export function remoteOf(config: GitConfig, branch: string | null): string | null {
  const followed = branch === null ? undefined : lastValue(config, `branch.${branch}.remote`);
  const names = [...config.keys()].flatMap((key) => /^remote\.(.*)\.url$/s.exec(key)?.[1] ?? []);
  const name = [followed, "origin", ...(names.length === 1 ? names : [])].find(
    (candidate) => candidate !== undefined && config.has(`remote.${candidate}.url`),
  );
  return name === undefined ? null : (config.get(`remote.${name}.url`)?.[0] ?? null);
}
