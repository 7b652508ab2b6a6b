import fc from "fast-check";
import { expect, test } from "vitest";
import { createStreamMask } from "../../../src/core/redact/index.js";

/** What one who has all of the text puts in the place of the values: the earliest first, of these the longest. */
function maskWhole(text: string, secrets: string[]): string {
  const escaped = [...secrets].sort((a, b) => b.length - a.length).map((one) => one.replace(/\W/g, "\\$&"));
  return text.replace(new RegExp(escaped.join("|"), "g"), "***");
}

function maskInPieces(bytes: Buffer, secrets: string[], cuts: readonly number[]): string {
  const mask = createStreamMask(secrets);
  const given: Buffer[] = [];
  let from = 0;
  for (const cut of [...cuts, bytes.length].sort((a, b) => a - b)) {
    given.push(Buffer.from(mask.push(bytes.subarray(from, cut))));
    from = cut;
  }
  return Buffer.concat([...given, mask.end()]).toString("utf8");
}

test("wherever the stream is cut, the same is masked", () => {
  // None of these overlaps with another so that the order in which they are found would matter.
  const secrets = ["s3cr3t!", "s3cr3t! and more", "geheim-ü-😀", "xyxyz"];
  const piece = fc.constantFrom(
    ...secrets,
    "s3cr3t",
    "s3",
    "xy",
    "geheim-",
    "😀",
    "\n",
    "loss 0.1\r",
    "and",
    " ",
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 20 }),
      fc.array(fc.nat(200), { maxLength: 12 }),
      (pieces, cuts) => {
        const text = pieces.join("");
        const bytes = Buffer.from(text);
        const inside = cuts.filter((cut) => cut <= bytes.length);
        expect(maskInPieces(bytes, secrets, inside)).toBe(maskWhole(text, secrets));
      },
    ),
    { numRuns: 1000 },
  );
});

test("only what may be the beginning of a secret is held back", () => {
  const mask = createStreamMask(["geheimnis"]);
  expect(mask.push(Buffer.from("Das ist gehe")).toString()).toBe("Das ist ");
  expect(mask.push(Buffer.from("imnis")).toString()).toBe("***");
  expect(mask.push(Buffer.from("g")).toString()).toBe("");
  expect(mask.push(Buffer.from("ut")).toString()).toBe("gut");
  expect(mask.push(Buffer.from("geh")).toString()).toBe("");
  expect(mask.end().toString()).toBe("geh");
});

test("bytes that are no text pass unchanged; without secrets everything does", () => {
  const bytes = Buffer.from([0, 255, 254, 128, 10, 195]);
  const mask = createStreamMask(["secret-value"]);
  expect(Buffer.concat([mask.push(bytes), mask.end()])).toEqual(bytes);
  expect(createStreamMask([]).push(bytes)).toEqual(bytes);
});

test("ten megabytes with twenty secrets take no more than two seconds", () => {
  const secrets = Array.from({ length: 20 }, (_, index) => `secret-${index}-${"ab".repeat(10)}`);
  const mask = createStreamMask(secrets);
  const chunk = Buffer.from("epoch 1 step 1000 loss 0.123 secret-\n".repeat(1700));
  const begin = performance.now();
  for (let done = 0; done < 10 << 20; done += chunk.length) mask.push(chunk);
  expect(performance.now() - begin).toBeLessThan(2000);
});
