import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseIni, removeFrom, setValue } from "../../../src/core/data/remotes/iniFile.ts";
import { CairnError } from "../../../src/shared/errors.ts";

const CASES = process.env.CAIRN_LONG ? 10_000 : 500;

const text = `# ours
[core]
    remote = origin   # the one in the cellar
    autostage = true

; kept
['remote "origin"']
    url = "s3://bucket/a # b"
    region = 'eu'
# about the next
['remote "other"']
    url = ../there
`;

describe("DVC's configuration", () => {
  it("reads sections, quotes and comments", () => {
    const sections = parseIni(text, "config");
    expect(Object.fromEntries(sections.get("core") ?? [])).toEqual({ remote: "origin", autostage: "true" });
    expect(sections.get('remote "origin"')?.get("url")).toBe("s3://bucket/a # b");
    expect(sections.get('remote "other"')?.get("url")).toBe("../there");
  });

  it("changes one line and keeps the others", () => {
    const changed = setValue(text, "config", { section: "core", key: "remote", value: "other" });
    expect(changed).toBe(text.replace("    remote = origin   # the one in the cellar", "    remote = other"));
    const added = setValue(text, "config", { section: 'remote "origin"', key: "profile", value: "work" });
    expect(added).toBe(text.replace("region = 'eu'\n", "region = 'eu'\n    profile = work\n"));
    const removed = removeFrom(text, "config", 'remote "origin"');
    expect(removed).toContain("# about the next\n['remote \"other\"']");
    expect(removed).not.toContain("s3://");
    expect(removeFrom(text, "config", "nothing")).toBe(text);
  });

  it("gives back what was written, whatever it is", () => {
    const value = fc.string({ maxLength: 40 }).filter((each) => !/[\r\n]|".*'|'.*"/s.test(each));
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z][a-z0-9._-]{0,20}$/), value, (name, given) => {
        const section = `remote "${name}"`;
        const written = setValue(text, "config", { section, key: "url", value: given });
        expect(parseIni(written, "config").get(section)?.get("url")).toBe(given);
        expect(parseIni(removeFrom(written, "config", section), "config").has(section)).toBe(false);
      }),
      { numRuns: CASES },
    );
  });

  it("refuses what is none, naming the line, and nothing else goes wrong", () => {
    expect(() => parseIni("[core]\nnonsense\n", ".dvc/config")).toThrow(".dvc/config:2");
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (given) => {
        try {
          parseIni(given, "config");
        } catch (error) {
          expect(error).toBeInstanceOf(CairnError);
        }
      }),
      { numRuns: CASES },
    );
  });
});
