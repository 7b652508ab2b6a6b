import { CairnError } from "../shared/errors.js";

/** Wrong usage of the command line: exit code 2. */
export class UsageError extends CairnError {
  constructor(message: string, hint?: string) {
    super("invalid", message, hint === undefined ? {} : { hint });
    this.name = "UsageError";
  }
}
