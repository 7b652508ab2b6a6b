import type { LeftOut } from "../../shared/capture.js";
import { createFileJudge } from "./files.js";
import { HIDDEN, maskText } from "./maskText.js";
import { globPattern, isSecretName } from "./names.js";
import { formsOf } from "./secretValues.js";
import { hasKnownToken, looksLikeToken } from "./tokens.js";

export interface Redacted<T> {
  value: T;
  /** Names of what was left out, never the values. */
  leftOut: string[];
}

/** Decides what of commands, parameters, files and texts may be recorded. */
export interface Redactor {
  arguments(argv: readonly string[]): Redacted<string[]>;
  params(params: Record<string, string>): Redacted<Record<string, string>>;
  /** Why a file's content may not be recorded; undefined when it may. `path` is relative to the project. */
  file(path: string): string | undefined;
  /**
   * Masks the secrets of a text. Every line stays a line, so a patch stays one; but of a patch whose masked line is a
   * context or removed line, git finds the place no more: leave such a file out. `leftOut` is empty exactly when the
   * text is unchanged.
   */
  text(content: string): { value: string; leftOut: LeftOut[] };
  /** Whether an option, variable or parameter of this name is a secret. */
  name: (name: string) => boolean;
}

/** `globs` are cairn.yaml's `redact`; `secrets` the values that `findSecrets` found. */
export function createRedactor(globs: readonly string[], secrets: readonly string[] = []): Redactor {
  const patterns = globs.map(globPattern);
  const forms = secrets.flatMap(formsOf);
  const matches = (text: string): boolean => patterns.some((pattern) => pattern.test(text));
  const isSecret = (name: string): boolean => isSecretName(name) || matches(name.replace(/^-+/, ""));
  const isSecretValue = (value: string): boolean =>
    looksLikeToken(value) || hasKnownToken(value) || matches(value) || forms.some((form) => value === form);
  const file = createFileJudge(globs);

  function argument(text: string, previous: string | undefined, leftOut: string[]): string {
    const [, name, value] = /^(-{0,2}[\w.-]+)=(.*)$/s.exec(text) ?? [];
    if (name !== undefined && value !== undefined && (isSecret(name) || isSecretValue(value))) {
      leftOut.push(name);
      return `${name}=${HIDDEN}`;
    }
    const isOption = previous !== undefined && /^--?[A-Za-z]/.test(previous) && !previous.includes("=");
    if (!text.startsWith("-") && ((isOption && isSecret(previous)) || isSecretValue(text))) {
      leftOut.push(isOption ? previous : "an argument");
      return HIDDEN;
    }
    return within(text, "an argument", leftOut);
  }

  /** What is only a part of a value: a password in an address, a header, a known secret. */
  function within(text: string, name: string, leftOut: string[]): string {
    const masked = maskText(text, secrets, matches);
    if (masked.leftOut.length > 0) leftOut.push(name);
    return masked.value;
  }

  return {
    arguments(argv) {
      const leftOut: string[] = [];
      const value = argv.map((text, index) => {
        const previous = argv[index - 1];
        const afterSecret = previous?.startsWith("-") === true && isSecret(previous);
        // One alone is a shell's command line; among others it is one value, spaces and all.
        const isAssignment = argv.length > 1 && isSecret(/^[\w.-]+(?==)/.exec(text)?.[0] ?? "");
        if (afterSecret || isAssignment || !/\s/.test(text)) return argument(text, previous, leftOut);
        let before: string | undefined;
        return within(text, "an argument", leftOut).replace(/[^\s'"]+/g, (word) => {
          const shown = argument(word, before, leftOut);
          before = word;
          return shown;
        });
      });
      return { value, leftOut };
    },
    params(params) {
      const leftOut: string[] = [];
      const value = Object.entries(params).map(([name, text]): [string, string] => {
        if (!isSecret(name) && !isSecretValue(text)) return [name, within(text, name, leftOut)];
        leftOut.push(name);
        return [name, HIDDEN];
      });
      return { value: Object.fromEntries(value), leftOut };
    },
    file,
    text: (content) => maskText(content, secrets, matches),
    name: isSecret,
  };
}
