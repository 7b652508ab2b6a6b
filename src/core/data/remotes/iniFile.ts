import { CairnError } from "../../../shared/errors.js";

/*
 * The INI of DVC's configuration files: sections, `key = value`, comments of whole lines and behind values, values in
 * quotes. Read as DVC's library reads it and changed line by line, so that comments and order stay.
 */

/** Values by key, keys in lower case as DVC takes them, by section. */
export type IniSections = Map<string, Map<string, string>>;

type Line =
  | { kind: "section"; name: string }
  | { kind: "entry"; section: string; key: string; value: string }
  | { kind: "other" };

/** Throws CairnError `corrupt`, naming the line, for what DVC could not read either. `label` names the file. */
export function parseIni(text: string, label: string): IniSections {
  const sections: IniSections = new Map();
  for (const line of linesOf(text, label)) {
    if (line.kind === "section" && !sections.has(line.name)) sections.set(line.name, new Map());
    if (line.kind === "entry") sections.get(line.section)?.set(line.key, line.value);
  }
  return sections;
}

/** The text with one value set; a section that is not there yet comes last. */
export function setValue(
  text: string,
  label: string,
  { section, key, value }: { section: string; key: string; value: string },
): string {
  const lines = linesOf(text, label);
  const rows = rowsOf(text);
  const written = `    ${key} = ${quote(value)}`;
  const known = lines.findIndex(
    (line) => line.kind === "entry" && line.section === section && line.key === key,
  );
  if (known >= 0) rows[known] = written;
  else {
    const header = lines.findIndex((line) => line.kind === "section" && line.name === section);
    const last = lines.findLastIndex((line) => line.kind === "entry" && line.section === section);
    if (header < 0) rows.push(`[${quoteName(section)}]`, written);
    else rows.splice(Math.max(header, last) + 1, 0, written);
  }
  return `${rows.join("\n")}\n`;
}

/** The text without one value, or without a whole section; comments before the next section stay. */
export function removeFrom(text: string, label: string, section: string, key?: string): string {
  const lines = linesOf(text, label);
  const rows = rowsOf(text);
  const header = lines.findIndex((line) => line.kind === "section" && line.name === section);
  const entries = lines.flatMap((line, i) =>
    line.kind === "entry" && line.section === section && (key === undefined || line.key === key) ? [i] : [],
  );
  const [first = -1] = entries;
  if (key !== undefined) return first < 0 ? text : `${rows.toSpliced(first, 1).join("\n")}\n`;
  if (header < 0) return text;
  const last = entries.at(-1) ?? header;
  const rest = rows.toSpliced(header, last - header + 1);
  return rest.length === 0 ? "" : `${rest.join("\n")}\n`;
}

function rowsOf(text: string): string[] {
  const rows = text.split(/\r?\n/);
  if (rows.at(-1) === "") rows.pop();
  return rows;
}

function linesOf(text: string, label: string): Line[] {
  let section: string | undefined;
  return rowsOf(text).map((raw, i): Line => {
    const line = raw.trim().replace(/^\ufeff/, "");
    if (line === "" || line.startsWith("#") || line.startsWith(";")) return { kind: "other" };
    const name = /^\[\s*('(?<single>[^']*)'|"(?<double>[^"]*)"|(?<plain>[^'"\]]+?))\s*\]\s*(#.*)?$/.exec(
      line,
    );
    if (name) {
      section = (name.groups?.single ?? name.groups?.double ?? name.groups?.plain ?? "").trim();
      return { kind: "section", name: section };
    }
    const at = line.indexOf("=");
    const value = at > 0 ? unquote(line.slice(at + 1).trim()) : undefined;
    if (section !== undefined && value !== undefined)
      return { kind: "entry", section, key: unquoteKey(line.slice(0, at).trim()), value };
    throw new CairnError("corrupt", `${label}:${i + 1}: neither a section nor a value.`, {
      hint: "A section is [name], a value is key = value below it.",
    });
  });
}

/** Undefined for quotes that do not end. */
function unquote(text: string): string | undefined {
  const quoted = /^(?:"(?<double>[^"]*)"|'(?<single>[^']*)')\s*(?:#.*)?$/.exec(text);
  if (quoted) return quoted.groups?.double ?? quoted.groups?.single ?? "";
  if (/^["']/.test(text)) return undefined;
  return text.replace(/\s*#.*$/, "");
}

function unquoteKey(text: string): string {
  return text.replace(/^(['"])(.*)\1$/, "$2").toLowerCase();
}

function quote(value: string): string {
  if (/[\r\n]/.test(value) || (value.includes('"') && value.includes("'")))
    throw new CairnError("invalid", `${JSON.stringify(value)} cannot stand in DVC's configuration.`, {
      hint: "It may have no line breaks, and not both kinds of quotes.",
    });
  if (value !== "" && !/[#,"']|^\s|\s$/.test(value)) return value;
  return value.includes('"') ? `'${value}'` : `"${value}"`;
}

function quoteName(section: string): string {
  return section.includes('"') ? `'${section}'` : section;
}
