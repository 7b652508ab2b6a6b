import type { LeftOut } from "../../shared/capture.js";
import { isSecretName } from "./names.js";
import { formsOf } from "./secretValues.js";
import { replaceRandomWords, replaceTokens } from "./tokens.js";

export const HIDDEN = "***";

type Mask = (reason: string) => string;

/** Line breaks, and what stands before each line of a patch, stay: a masked patch is still a patch. */
function maskPrivateKeys(text: string, mask: Mask): string {
  return text.replace(
    /(-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----)([\s\S]*?)(-----END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----|$(?![\s\S]))/g,
    (_all, begin: string, body: string, end: string) => {
      const hidden = mask("is a private key");
      const parts = body
        .split(/(\r?\n|\\r|\\n)/)
        .map((part) => part.replace(/[A-Za-z0-9/=][^"',]{3,}/, hidden));
      return begin + parts.join("") + end;
    },
  );
}

function maskAddresses(text: string, mask: Mask): string {
  return text.replace(
    /\b([a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@'"<>{}$*]{0,256}:)([^\s/@'"<>{}$*]{1,512})@/gi,
    (all, before: string, password: string) =>
      /^(user|password|passwd|pass|pw|pwd|token|secret|x+|\.+)$/i.test(password)
        ? all // as in a manual
        : `${before}${mask("is the password of an address")}@`,
  );
}

function maskHeaders(text: string, mask: Mask): string {
  return text.replace(
    /\b((?:proxy-)?authorization["']?\]?[ \t]*[:=][ \t]*["']?(?:(?:bearer|basic|token|digest)[ \t]+)?)([^\s"',;{}$<>]{6,})/gi,
    (all, before: string, value: string) =>
      /^(bearer|basic|token|digest|f?["'`(])/i.test(value) || /[()[\]]/.test(value)
        ? all
        : before + mask("is an authorization header"),
  );
}

/** Written where a value is to be filled in, is read from elsewhere, or is what a person reads ("Enter your password"). */
function isPlaceholder(value: string): boolean {
  return (
    /^[<[{($%*.]|^(none|null|true|false|str|string|bytes|optional|required|undefined)\b/i.test(value) ||
    /^[a-z]+:\/\//i.test(value) || // its password has been seen to
    (/\s/.test(value.trim()) && !/\d/.test(value))
  );
}

/** `PASSWORD = "…"`, `"token": "…"`, `API_KEY=…`, `password: …`. Code that only names a secret stays as it is. */
function maskAssignments(text: string, mask: Mask, isNamed: (name: string) => boolean): string {
  const isSecret = (name: string): boolean => isSecretName(name) || isNamed(name);
  const reason = "has the name of a secret";
  const quoted = text.replace(
    /(?<![\w.-])((["'`]?)([A-Za-z_][\w.-]{0,100})\2[ \t]*(?::[ \t]*\w+[ \t]*)?[:=][ \t]*[fbru]{0,2})(["'`])((?:\\.|(?!\4)[^\\\r\n])+)\4/g,
    (all, before: string, _quote: string, name: string, quote: string, value: string) =>
      isSecret(name) && value.length >= 4 && !isPlaceholder(value) && value !== HIDDEN
        ? before + quote + mask(reason) + quote
        : all,
  );
  const variables = quoted.replace(
    /^([+\- ]?[ \t]*(?:export[ \t]+|set[ \t]+|ENV[ \t]+)?([A-Z][A-Z0-9_]{1,100})=)([^\s"'`$<>(){}[\]]{4,})[ \t]*$/gm,
    (all, before: string, name: string, value: string) =>
      isSecret(name) && !isPlaceholder(value) ? before + mask(reason) : all,
  );
  return variables.replace(
    /^([+\- ]?[ \t]*(?:- )?([A-Za-z_][\w.-]{0,100})[ \t]*[:=][ \t]+)([^\s"'`$<>(){}[\],;#]{6,})[ \t]*(?=#|\r?$)/gm,
    (all, before: string, name: string, value: string) =>
      isSecret(name) && /\d/.test(value) && !isPlaceholder(value) ? before + mask(reason) : all,
  );
}

/**
 * A text without its secrets: the values of `secrets` wherever they stand, tokens, private keys, passwords in addresses,
 * authorization headers and what is assigned to a secret's name. Line breaks stay where they are.
 */
export function maskText(
  content: string,
  secrets: readonly string[],
  isNamed: (name: string) => boolean,
): { value: string; leftOut: LeftOut[] } {
  const reasons = new Map<string, number>();
  const mask: Mask = (reason) => {
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    return HIDDEN;
  };
  let value = content;
  for (const form of secrets.flatMap(formsOf)) {
    if (value.includes(form)) value = value.split(form).join(mask("is the value of a secret"));
  }
  value = maskPrivateKeys(value, mask);
  value = maskAddresses(value, mask);
  value = maskHeaders(value, mask);
  value = maskAssignments(value, mask, isNamed);
  value = replaceRandomWords(replaceTokens(value, mask), mask);
  const leftOut = [...reasons].map(([reason, count]) => ({
    name: count === 1 ? "a text" : `a text, ${count} times`,
    reason,
  }));
  return { value, leftOut };
}
