import type { CommandRegistrar } from "./commands/registrar.js";
import type { Panels } from "./panels/panels.js";
import type { Services } from "./services.js";

/** What every feature is given by `activate`. */
export interface Host extends Services {
  commands: CommandRegistrar;
  panels: Panels;
}
