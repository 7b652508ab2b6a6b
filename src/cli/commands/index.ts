import type { Command } from "../command.js";
import { alertCommands } from "./alerts.js";
import { dataCommands } from "./data/index.js";
import { engineCommands } from "./engine.js";
import { initCommand, sampleCommand, trustCommand } from "./project.js";
import { reproCommand } from "./repro.js";
import { runCommand } from "./run.js";
import { runsCommands } from "./runs/index.js";

export const commands: readonly Command[] = [
  initCommand,
  trustCommand,
  sampleCommand,
  runCommand,
  reproCommand,
  ...runsCommands,
  ...alertCommands,
  ...dataCommands,
  ...engineCommands,
];
