import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { isSecretName } from "./names.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** Shorter ones are too many ordinary words and numbers to be looked for in texts. */
const MIN_LENGTH = 6;
const MIN_UNNAMED = 8;
const MAX_LENGTH = 16 << 10;
const MAX_FILE = 1 << 20;
const MAX_FILES = 50;

/** What is no secret wherever it stands: numbers, paths, dates, addresses without a password, settings. */
function isOrdinary(value: string): boolean {
  return (
    /^[-+]?[\d.,:eE_-]+$/.test(value) ||
    /^(true|false|none|null|yes|no|on|off)$/i.test(value) ||
    /^(~|\.{0,2})\/|^[A-Za-z]:\\/.test(value) ||
    /^[a-z][a-z0-9+.-]*:\/\/[^@?]*$/i.test(value)
  );
}

const isWord = (value: string): boolean => /^[a-z]+([-_. ,/:][a-z]+)*$/i.test(value);

/** The password of an address such as `postgres://user:password@host`. */
function passwordOf(value: string): string[] {
  const password = /^[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:([^\s/@]+)@/i.exec(value)?.[1];
  return password === undefined ? [] : [password];
}

function usable(value: string, least: number): boolean {
  return value.length >= least && value.length <= MAX_LENGTH && !isOrdinary(value);
}

/** Values of the variables whose names are a secret's, and passwords in addresses. */
function ofEnvironment(environment: Environment, matches: (name: string) => boolean): string[] {
  return Object.entries(environment).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const isNamed = (isSecretName(name) && name !== "PWD") || matches(name);
    return isNamed
      ? [value, ...passwordOf(value)].filter((each) => usable(each, MIN_LENGTH))
      : passwordOf(value);
  });
}

/** Names and values of a `.env` file; lines that are none are passed over. */
export function parseEnvFile(text: string): [string, string][] {
  const line =
    /^[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*[=:][ \t]*(?:"((?:\\.|[^"\\])*)"|'([^']*)'|`([^`]*)`|([^\r\n#]*(?:#(?<!\s#)[^\r\n#]*)*))/gm;
  return [...text.matchAll(line)].map(([, name = "", double, single, tick, bare = ""]) => [
    name,
    double?.replace(/\\n/g, "\n").replace(/\\(.)/g, "$1") ?? single ?? tick ?? bare.trim(),
  ]);
}

/** The `.env` files directly in `folder`; what cannot be read is passed over. */
function envFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^\.env|\.env$/i.test(name))
      .slice(0, MAX_FILES)
      .map((name) => path.join(folder, name))
      .filter((file) => {
        const info = statSync(file);
        return info.isFile() && info.size <= MAX_FILE;
      });
  } catch {
    return [];
  }
}

function readEnvFile(file: string): [string, string][] {
  try {
    return parseEnvFile(readFileSync(file, "utf8"));
  } catch {
    return [];
  }
}

/** Of `.env` files everything counts that is not plainly a setting, whatever its name. */
function ofEnvFiles(folders: readonly string[]): string[] {
  const pairs = [...new Set(folders)].flatMap(envFiles).flatMap(readEnvFile);
  return pairs.flatMap(([name, value]) => {
    if (isSecretName(name)) return [value, ...passwordOf(value)].filter((each) => usable(each, MIN_LENGTH));
    return [
      ...(isWord(value) ? [] : [value].filter((each) => usable(each, MIN_UNNAMED))),
      ...passwordOf(value),
    ];
  });
}

/**
 * The secret values that a run can come to know: of variables of `environment` with a secret's name or one that matches
 * `isNamed`, and of the `.env` files in `folders`. Longest first, without repetition. A value of several lines counts
 * line by line too.
 */
export function findSecrets(
  environment: Environment,
  folders: readonly string[],
  isNamed: (name: string) => boolean = () => false,
): string[] {
  const values = [...ofEnvironment(environment, isNamed), ...ofEnvFiles(folders)];
  const lines = values
    .filter((value) => value.includes("\n"))
    .flatMap((value) =>
      value.split(/\r?\n/).filter((text) => text.length >= 16 && !text.startsWith("-----")),
    );
  return [...new Set([...values, ...lines])].sort((a, b) => b.length - a.length);
}

/** A value as it stands in JSON and in an address, besides itself. Longest first. */
export function formsOf(value: string): string[] {
  let inAddress = value;
  try {
    inAddress = encodeURIComponent(value);
  } catch {
    // Half a character: it has no such form.
  }
  const forms = new Set([value, JSON.stringify(value).slice(1, -1), inAddress]);
  return [...forms].sort((a, b) => b.length - a.length);
}
