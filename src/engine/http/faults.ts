import type { FastifyReply } from "fastify";
import { CairnError, toError, type ErrorCode } from "../../shared/errors.js";

/**
 * MLflow's names of errors. What the client shows comes from the name in the body; whether it tries again for
 * minutes comes from the HTTP status alone (it does so for 408, 429, 500, 502, 503 and 504).
 */
interface Fault {
  status: number;
  errorCode: string;
}

/**
 * A 5xx only where waiting helps: whatever stays as it is until somebody acts is a 4xx, so that a training loop
 * learns of it at once and does not hang.
 */
const faults: Record<ErrorCode, Fault> = {
  invalid: { status: 400, errorCode: "INVALID_PARAMETER_VALUE" },
  notFound: { status: 404, errorCode: "RESOURCE_DOES_NOT_EXIST" },
  exists: { status: 400, errorCode: "RESOURCE_ALREADY_EXISTS" },
  refused: { status: 403, errorCode: "PERMISSION_DENIED" },
  busy: { status: 503, errorCode: "TEMPORARILY_UNAVAILABLE" },
  unavailable: { status: 503, errorCode: "TEMPORARILY_UNAVAILABLE" },
  corrupt: { status: 409, errorCode: "DATA_LOSS" },
  full: { status: 409, errorCode: "RESOURCE_EXHAUSTED" },
  tooNew: { status: 409, errorCode: "INVALID_STATE" },
  cancelled: { status: 499, errorCode: "CANCELLED" },
  internal: { status: 409, errorCode: "INTERNAL_ERROR" },
};

/** A failure of the HTTP face itself, which no CairnError stands for. */
export class HttpFault extends Error {
  readonly status: number;
  readonly errorCode: string;

  constructor(status: number, errorCode: string, message: string) {
    super(message);
    this.name = "HttpFault";
    this.status = status;
    this.errorCode = errorCode;
  }
}

export function invalid(message: string): CairnError {
  return new CairnError("invalid", message);
}

/** What goes back for a thrown thing, and whether it is worth a line in the log. */
export function toFault(thrown: unknown): Fault & { message: string; unexpected: boolean } {
  const error = toError(thrown);
  if (error instanceof HttpFault) {
    return { status: error.status, errorCode: error.errorCode, message: error.message, unexpected: false };
  }
  if (error instanceof CairnError) {
    const message = error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
    return { ...faults[error.code], message, unexpected: error.code === "internal" };
  }
  const { statusCode } = error as Error & { statusCode?: number };
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return { status: statusCode, errorCode: "BAD_REQUEST", message: error.message, unexpected: false };
  }
  return { ...faults.internal, message: `Cairn failed: ${error.message}`, unexpected: true };
}

export function sendFault(reply: FastifyReply, fault: Fault & { message: string }): FastifyReply {
  return reply
    .code(fault.status)
    .header("content-type", "application/json")
    .send(JSON.stringify({ error_code: fault.errorCode, message: fault.message }));
}
