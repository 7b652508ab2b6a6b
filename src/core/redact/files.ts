import { globPattern } from "./names.js";

/** By the file's name. `.pub` is the public half of a key. */
const byName: readonly (readonly [RegExp, string])[] = [
  [/^\.env/i, "an environment file"],
  [/\.env$/i, "an environment file"],
  [/\.(pem|key|p12|pfx|jks|keystore|ppk|kdbx)$/i, "a private key"],
  [/^id_(rsa|dsa|ecdsa|ed25519)(_sk)?$/i, "a private key"],
  [
    /^(\.netrc|_netrc|\.pgpass|\.my\.cnf|\.htpasswd|\.git-credentials|\.pypirc|\.npmrc)$/i,
    "a credentials file",
  ],
  [/^(\.s3cfg|\.boto|\.databrickscfg|\.vault-token|kaggle\.json|kubeconfig)$/i, "a credentials file"],
  [/^\.?(secrets?|credentials?)\.(toml|ya?ml|json|ini|env|txt)$/i, "a credentials file"],
  [/(credentials?|service[-_]?account|client[-_]?secret)[^/]*\.json$/i, "a credentials file"],
  [/\.tfstate(\.backup)?$/i, "a credentials file"],
];

/** By the end of the path. */
const byPath: readonly RegExp[] = [
  /(^|\/)\.aws\/(credentials|config)$/i,
  /(^|\/)\.docker\/config\.json$/i,
  /(^|\/)\.kube\/config$/i,
  /(^|\/)\.azure\/[^/]+$/i,
  /(^|\/)\.config\/gcloud\//i,
  /(^|\/)\.?huggingface\/(token|stored_tokens)$/i,
];

/** Judges paths relative to the project; a pattern counts for a path, its file name and each folder on the way. */
export function createFileJudge(globs: readonly string[]): (file: string) => string | undefined {
  const patterns = globs.map((glob) => ({ glob, pattern: globPattern(glob.replace(/\/+$/, "")) }));
  return (file) => {
    const parts = file.split(/[\\/]/).filter((part) => part !== "" && part !== ".");
    const normal = parts.join("/");
    const name = parts.at(-1) ?? "";
    const [, kind] = byName.find(([pattern]) => pattern.test(name)) ?? [];
    if (kind !== undefined) return `is ${kind}`;
    if (byPath.some((pattern) => pattern.test(normal))) return "is a credentials file";
    const tried = parts.flatMap((part, index) => [part, parts.slice(0, index + 1).join("/")]);
    const found = patterns.find(({ pattern }) => tried.some((each) => pattern.test(each)));
    return found === undefined ? undefined : `matches ${found.glob}`;
  };
}
