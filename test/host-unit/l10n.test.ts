import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..");

/** The texts that the host's sources hand to a translation, as they stand there. */
function textsOf(folder: string): string[] {
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  return sources.flatMap((name) => {
    const source = readFileSync(join(folder, name), "utf8");
    const calls = [...source.matchAll(/\bt\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')/g)];
    return calls.map(([, double, single]) => (double ?? single ?? "").replace(/\\(.)/g, "$1"));
  });
}

test("l10n/bundle.l10n.json lists every text of the host for its translators, and no other", () => {
  const bundle = JSON.parse(readFileSync(join(root, "l10n", "bundle.l10n.json"), "utf8")) as Record<
    string,
    string
  >;
  const texts = [...new Set(textsOf(join(root, "src", "host")))].sort();
  expect(texts.length).toBeGreaterThan(30);
  expect(bundle).toEqual(Object.fromEntries(texts.map((text) => [text, text])));
});
