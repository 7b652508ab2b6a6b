import type { Command } from "../../command.js";
import { addCommand } from "./add.js";
import { checkoutCommand } from "./checkout.js";
import { listCommand, logCommand } from "./log.js";
import { remoteCommands } from "./remote.js";
import { statusCommand } from "./status.js";
import { pullCommand, pushCommand } from "./transfer.js";

export const dataCommands: Command[] = [
  addCommand,
  statusCommand,
  listCommand,
  logCommand,
  checkoutCommand,
  pushCommand,
  pullCommand,
  ...remoteCommands,
];
