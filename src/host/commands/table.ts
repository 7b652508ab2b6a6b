/** A command as the palette knows it. `when` is its palette condition; `"false"` keeps it out. */
export interface CommandEntry {
  title: string;
  when?: string;
}

/** Every command of Cairn. A test holds package.json and package.nls.json to this table. */
export const commandTable = {
  "cairn.showLog": { title: "Show Log" },
} as const satisfies Record<string, CommandEntry>;

export type CommandId = keyof typeof commandTable;
