import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { createRedactor, findSecrets } from "../../../src/core/redact/index.js";
import { parseEnvFile } from "../../../src/core/redact/secretValues.js";

const redactor = createRedactor(["private/", "*.dump", "notes/*.txt"]);
const file = (name: string): string | undefined => redactor.file(name);

test.each([
  ".env",
  "app/.env.production",
  ".envrc",
  "config/prod.env",
  "keys/server.pem",
  "id_ed25519",
  "home/.ssh/id_rsa",
  ".netrc",
  ".aws/credentials",
  "gcp-service-account.json",
  "client_secret_12.apps.json",
  ".streamlit/secrets.toml",
  "kaggle.json",
  "infra/terraform.tfstate",
  "private/plan.md",
  "a/private/b/c.csv",
  "db/yesterday.dump",
  "notes/a.txt",
  ".ENV",
])("%s is not recorded", (name) => {
  expect(file(name)).toMatch(/^(is|matches) /);
});

test.each([
  "train.py",
  "environment.yml",
  "src/env.py",
  "id_rsa.pub",
  "tokenizer.json",
  "special_tokens_map.json",
  "notes.txt",
  "keys.py",
  "privateer/x.md",
])("%s is recorded", (name) => {
  expect(file(name)).toBeUndefined();
});

test("values are known by the names of variables and from .env files", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "cairn-env-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  writeFileSync(
    path.join(folder, ".env"),
    ["MODE=production", "PORT=8080000", "SALT='s4lt and pepper'", "DEBUG=true", "DATA=/mnt/data/files"].join(
      "\n",
    ),
  );
  writeFileSync(
    path.join(folder, "prod.env"),
    'export DSN="mysql://u:p4ssword@h/d" # where\nHF_TOKEN=shortly',
  );
  const environment = {
    MY_TOKEN: "a-token-of-mine",
    SHORT_TOKEN: "1",
    TOKENIZERS_PARALLELISM: "false-ish-value",
    GOOGLE_APPLICATION_CREDENTIALS: "/home/me/key.json",
    DATABASE_URL: "postgres://me:s3cr3t@db/x",
    HOUSE_NUMBER: "vierundzwanzig",
    PWD: "/somewhere/else",
    PLAIN: "nothing to hide",
  };
  const found = findSecrets(environment, [folder, folder], (name) => name === "HOUSE_NUMBER");
  expect([...found].sort()).toEqual(
    [
      "a-token-of-mine",
      "s3cr3t",
      "vierundzwanzig",
      "s4lt and pepper",
      "p4ssword",
      "mysql://u:p4ssword@h/d",
      "shortly",
    ].sort(),
  );
  expect(findSecrets({}, [path.join(folder, "missing")])).toEqual([]);
});

test("a .env file is read as its readers do", () => {
  const text = `# comment
A=1
 export B = two words # said
C="with # and \\"quotes\\"\\nlines"
D='single $x'
E=
F=a#b
no line
G="over
two"
H: yaml`;
  expect(parseEnvFile(text)).toEqual([
    ["A", "1"],
    ["B", "two words"],
    ["C", 'with # and "quotes"\nlines'],
    ["D", "single $x"],
    ["E", ""],
    ["F", "a#b"],
    ["G", "over\ntwo"],
    ["H", "yaml"],
  ]);
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (any) => {
      for (const [name] of parseEnvFile(any)) expect(name).toMatch(/^[\w.-]+$/);
    }),
    { numRuns: 500 },
  );
});
