/** Every setting of Cairn, without its prefix, and the type of its value. package.json describes them. */
export interface Settings {
  /** Where data lies instead of `.cairn`; relative to the folder or absolute. */
  dataDir: string;
  /** The Node.js that runs the engine; found by itself when empty. */
  nodePath: string;
  /** The Python of tracked runs; the project's own environment when empty. */
  pythonPath: string;
  /** How far an acknowledged write has got: NORMAL survives a killed process, FULL a power cut. */
  synchronous: "NORMAL" | "FULL";
  /** Minutes without any use after which the engine ends. */
  "engine.idleMinutes": number;
  /** Which alerts of runs are shown unasked; all are listed. */
  "alerts.notifications": "all" | "problems" | "off";
  /** New terminals log their runs to the project's engine. */
  "terminals.track": boolean;
  /** Signs at versioned data in the explorer. */
  "data.decorations": boolean;
  /** Where Open Sample Project puts its copy; asked for when empty. */
  sampleDir: string;
}

/** A test holds package.json to these. */
export const settingDefaults: Settings = {
  dataDir: "",
  nodePath: "",
  pythonPath: "",
  synchronous: "NORMAL",
  "engine.idleMinutes": 5,
  "alerts.notifications": "all",
  "terminals.track": true,
  "data.decorations": true,
  sampleDir: "",
};
