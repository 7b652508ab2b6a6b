/** What kind of failure it is: decides MLflow's HTTP status, the CLI's exit code and how the editor shows it. */
export type ErrorCode =
  | "invalid" // the caller's input is wrong
  | "notFound"
  | "exists"
  | "refused" // not allowed: token, trust, read-only
  | "busy" // somebody else holds it; trying later may work
  | "unavailable" // the other side does not answer
  | "corrupt" // what lies on disk cannot be read
  | "full" // no space
  | "tooNew" // made by a newer version of Cairn
  | "cancelled"
  | "internal";

/** The one shape in which a failure crosses a process border. */
export interface ErrorShape {
  code: ErrorCode;
  /** One sentence that names the thing and the reason. */
  message: string;
  /** The next step for the user, where there is one. */
  hint?: string;
}

/** A failure meant for the user. Anything else that is thrown is a bug or an environment failure, wrapped by `wrapError`. */
export class CairnError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "CairnError";
    this.code = code;
    this.hint = options.hint;
  }
}

/** Whatever was thrown, as an Error. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** `Failed to <verb> <thing>: <reason>`, keeping the cause; a CairnError keeps its code and hint. */
export function wrapError(verb: string, thing: string, cause: unknown): CairnError {
  const error = toError(cause);
  const code = error instanceof CairnError ? error.code : "internal";
  const hint = error instanceof CairnError ? error.hint : undefined;
  return new CairnError(code, `Failed to ${verb} ${thing}: ${error.message}`, {
    cause,
    ...(hint === undefined ? {} : { hint }),
  });
}

export function toErrorShape(thrown: unknown): ErrorShape {
  const error = toError(thrown);
  if (error instanceof CairnError) {
    return {
      code: error.code,
      message: error.message,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    };
  }
  if (error.name === "AbortError") return { code: "cancelled", message: "Cancelled." };
  return { code: "internal", message: error.message };
}

export function fromErrorShape(shape: ErrorShape): CairnError {
  return new CairnError(shape.code, shape.message, shape.hint === undefined ? {} : { hint: shape.hint });
}
