/** Whole last words only: `max_tokens`, `tokenizer` and `eos_token` are a model's, not a secret. */
const secretName =
  /(^|[-_.])(token|secret|passwd|password|passphrase|credentials?|(api|access|secret|private|account|encryption)[-_]?key)$|[-_.](pwd|pat|dsn)$/i;
const camelCase = /[a-z](Token|Secret|Password|ApiKey|AccessKey|SecretKey|PrivateKey|Credentials)$/;
const modelToken = /(^|[-_.])(pad|eos|bos|unk|mask|sep|cls|stop|start|end|next)[-_.]?token$/i;

/** Whether what is called so is a secret: an option, a variable, a parameter, a key of a document. */
export function isSecretName(name: string): boolean {
  const bare = name.replace(/^-+/, "");
  return (secretName.test(bare) || camelCase.test(bare)) && !modelToken.test(bare);
}

/** cairn.yaml's `redact`: `*` is any text, `?` one character; upper and lower case are the same. */
export function globPattern(glob: string): RegExp {
  const body = glob
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${body}$`, "i");
}
