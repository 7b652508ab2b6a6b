import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRedactor } from "../../../src/core/redact/index.js";
import { root } from "../../host/paths.ts";

const redactor = createRedactor(["*_PIN"], ["tr0ub4dor&3", 'quo"ted\\pass']);
const random = "Zk3vQ9xT2mLr8WbY5nHc";
const repeat = (text: string, count: number): string => text.repeat(count);

describe("of a text is left out", () => {
  test.each([
    ["the value of a secret", "db = connect('tr0ub4dor&3')", "db = connect('***')"],
    ["the same in JSON", String.raw`{"a": "quo\"ted\\pass"}`, '{"a": "***"}'],
    ["the same in an address", "x?p=tr0ub4dor%263&y", "x?p=***&y"],
    ["a GitHub token", `git clone ghp_${repeat("aB3", 12)} x`, "git clone *** x"],
    ["a Hugging Face token", `login(hf_${repeat("QwErTyUiOp", 3)})`, "login(***)"],
    ["an AWS key", "id AKIAIOSFODNN7EXAMPLE.", "id ***."],
    ["an API key", `k(sk-proj-${repeat("a1", 20)})`, "k(***)"],
    ["a Slack token", "post xoxb-123456789012-abcdefGHIJ", "post ***"],
    ["a web token", "h eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl", "h ***"],
    ["the password of an address", "postgres://app:hunter2@db:5432/x", "postgres://app:***@db:5432/x"],
    ["a header", 'h["Authorization"] = "Bearer abc.def"\n', 'h["Authorization"] = "Bearer ***"\n'],
    [
      "a header of a command",
      "curl -H 'Authorization: Bearer abcdef12'",
      "curl -H 'Authorization: Bearer ***'",
    ],
    ["what a secret's name is given", '+    password="hunter2",', '+    password="***",'],
    ["the same in JSON", '{"api_key": "abcd", "n": "abcd"}', '{"api_key": "***", "n": "abcd"}'],
    ["the same in a shell", "+export DB_PASSWORD=hunter2", "+export DB_PASSWORD=***"],
    ["the same in YAML", "  password: hunter2", "  password: ***"],
    ["the same with a type", 'token: str = "hunter2"', 'token: str = "***"'],
    ["what `redact` names", "+DOOR_PIN=123456\n", "+DOOR_PIN=***\n"],
    ["a random word", `x = f("${random}")`, 'x = f("***")'],
  ])("%s: %j", (_what, text, expected) => {
    const { value, leftOut } = redactor.text(text);
    expect(value).toBe(expected);
    expect(leftOut).not.toEqual([]);
  });

  test("a private key, its lines staying lines of the patch", () => {
    const lines = [
      "-----BEGIN RSA PRIVATE KEY-----",
      repeat("MIIEow+/", 8),
      "abcd+efg",
      "-----END RSA PRIVATE KEY-----",
    ];
    const patch = `@@ -0,0 +1,4 @@\n${lines.map((line) => `+${line}\n`).join("")}`;
    const { value } = redactor.text(patch);
    expect(value).toBe(`@@ -0,0 +1,4 @@\n+${lines[0] ?? ""}\n+***\n+***\n+${lines[3] ?? ""}\n`);
    const json = JSON.stringify({ private: lines.join("\n"), other: 1 });
    expect(JSON.parse(redactor.text(json).value)).toMatchObject({ other: 1 });
    expect(redactor.text(json).value).not.toContain("MIIE");
    expect(redactor.text(lines.slice(0, 3).join("\n")).value).not.toContain("MIIE");
  });
});

test.each([
  ["a commit", "commit 3f786850e387550fdab836ed7e6dc881de23001b"],
  ["the index of a patch", "index 83db48f84ec878fbfb30b46d16630e944e34f205..bf2c9a1 100644"],
  ["a UUID", "id = '123e4567-e89b-12d3-a456-426614174000'"],
  ["a run id", "mlflow.start_run(run_id='0f2c6a1d9b7e4c3f8a5d1e2b3c4d5e6f')"],
  ["a digest of an image", "FROM x@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
  [
    "a lock file",
    '"integrity": "sha512-v2kDEe57lecTulaDIuNTPy3Ry4gLGJ6Z1O3vE1krgXZNrsQ+LFTGHVxVjcXPs17LhbZVGedAJv8XZ1tvj5FvSg=="',
  ],
  ["a picture", `"image/png": "iVBORw0KGgo${repeat("A1b2C3d4+/E5", 40)}=="`],
  ["an inline picture", `<img src="data:image/png;base64,${repeat("iVBORw0KGgoA1b2C3d4E5", 2)}">`],
  ["a wrapped picture", `"${repeat("iVBORw0KGgoA1b2C3d4E", 4).slice(0, 76)}\\n", "x"`],
  ["a certificate", `-----BEGIN CERTIFICATE-----\n${repeat("MIIDdzCCAl8gAwIBAgIEbQ1", 3).slice(0, 64)}\n`],
  ["a tokenizer", 'tokenizer = AutoTokenizer.from_pretrained("bert", pad_token="[PAD]", eos_token="end")'],
  ["a name", "run_name = 'train_resnet50_cifar10_bs128_lr0.1_wd5e-4_seed42'"],
  ["a class", "AutoModelForSequenceClassification2024WithHead"],
  ["a class of an API", "new ListObjectsV2Command({ Bucket: bucket })"],
  ["a read secret", 'token = os.environ["HF_TOKEN"]\npassword = getpass()\napi_key: str | None = None'],
  ["a placeholder", 'password: "${DB_PASSWORD}"\ntoken = "<your token>"'],
  ["what people read", '{"password": "Enter your password", "tokenUrl": 1, "token": "https://host/token"}'],
  ["an address", "https://user@host/x?a=b and http://host:8080/a@b"],
  ["a header read from elsewhere", 'headers = {"Authorization": f"Bearer {token}"}'],
  ["numbers", "loss 0.123456789012345678901234567890 at 2026-07-01T12:00:00.000000Z"],
])("%s is no secret", (_what, text) => {
  expect(redactor.text(text)).toEqual({ value: text, leftOut: [] });
});

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(file);
    else if (/\.(ts|py|md|json|yaml|mjs|ipynb|csv)$/.test(entry.name)) yield file;
  }
}

test("a whole project of ordinary files is recorded as it is", () => {
  const plain = createRedactor([]);
  const folders = ["src", "webview", "media"].map((name) => path.join(root, name));
  const files = [...folders.flatMap((folder) => [...sources(folder)]), path.join(root, "package-lock.json")];
  expect(files.length).toBeGreaterThan(200);
  const changed = files.filter((file) => plain.text(readFileSync(file, "utf8")).leftOut.length > 0);
  expect(changed.map((file) => path.relative(root, file))).toEqual([]);
});

const from = (letters: string, length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...letters), minLength: length, maxLength: length });
const digits = "0123456789";
const lower = "abcdefghijklmnopqrstuvwxyz";

test("of random tokens of 40 characters 95 in 100 are seen, of random hashes none", () => {
  const plain = createRedactor([]);
  const isSeen = (word: string): boolean => plain.arguments(["x", word]).leftOut.length > 0;
  const tokens = fc.sample(from(digits + lower + lower.toUpperCase(), 40), { numRuns: 1000, seed: 7 });
  expect(tokens.filter(isSeen).length).toBeGreaterThan(950);
  const hashes = [32, 40, 64].flatMap((length) =>
    fc.sample(from(digits + "abcdef", length), { numRuns: 500, seed: length }),
  );
  expect(hashes.filter(isSeen)).toEqual([]);
  expect(fc.sample(fc.uuid(), { numRuns: 500, seed: 1 }).filter(isSeen)).toEqual([]);
});

test("any text keeps its lines and none of the known secrets, and is untouched unless it says so", () => {
  const piece = fc.oneof(
    fc.string({ maxLength: 30 }),
    fc.constantFrom(
      "\n",
      '"',
      "-----BEGIN PRIVATE KEY-----",
      "-----END PRIVATE KEY-----",
      "password=",
      "tr0ub4dor&3",
      "Authorization: Bearer ",
      "https://a:b@",
      random,
      "\\n",
      "base64,",
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join("");
      const { value, leftOut } = redactor.text(text);
      expect(value.split("\n").length).toBe(text.split("\n").length);
      expect(value).not.toContain("tr0ub4dor&3");
      if (leftOut.length === 0) expect(value).toBe(text);
    }),
    { numRuns: 500 },
  );
});

test("a megabyte without a line break takes no more than a second", () => {
  const begin = performance.now();
  for (const unit of [
    "a",
    "aB3",
    "a1=",
    '"a": "b',
    "x://y:",
    "A_B=",
    " ",
    "-----BEGIN PRIVATE KEY-----",
    "\\n",
  ]) {
    redactor.text(unit.repeat(Math.ceil((1 << 20) / unit.length)));
  }
  expect(performance.now() - begin).toBeLessThan(9000);
});
