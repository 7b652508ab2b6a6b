import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { HttpFault } from "./faults.js";
import type { HttpDeps } from "./types.js";

/** Say nothing that is not known to everybody: that something answers here. */
const open = new Set(["/", "/health"]);
const names = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * Refuses a request that did not come to this machine by one of its own names (DNS rebinding), that a foreign web
 * page sent, or that has no token. Runs before the body is read.
 */
export function makeGuard(deps: Pick<HttpDeps, "token" | "onActivity">) {
  const expected = digest(deps.token);
  return (request: FastifyRequest, reply: FastifyReply): void => {
    void reply.headers({ "x-content-type-options": "nosniff", "x-frame-options": "SAMEORIGIN" });
    const host = ownHost(request.headers.host, request.socket.localPort);
    if (host === undefined) {
      throw new HttpFault(
        403,
        "PERMISSION_DENIED",
        "Invalid Host header - possible DNS rebinding attack detected",
      );
    }
    const { origin } = request.headers;
    if (origin !== undefined && origin !== `http://${host}`) {
      throw new HttpFault(403, "PERMISSION_DENIED", "Cross-origin request blocked");
    }
    const path = request.url.split("?", 1)[0] ?? "";
    if (open.has(path) && (request.method === "GET" || request.method === "HEAD")) return;
    const sent = sentToken(request.headers.authorization);
    if (sent === undefined || !timingSafeEqual(digest(sent), expected)) {
      void reply.header("www-authenticate", "Bearer");
      throw new HttpFault(
        401,
        "UNAUTHENTICATED",
        "The token of this Cairn project is missing or wrong. Set MLFLOW_TRACKING_TOKEN: " +
          "a run started by Cairn has it; for other terminals use the command 'Cairn: Copy Tracking Environment'.",
      );
    }
    deps.onActivity();
  };
}

function ownHost(header: string | undefined, port: number | undefined): string | undefined {
  if (header === undefined || port === undefined) return undefined;
  const host = header.toLowerCase();
  const colon = host.lastIndexOf(":");
  const named = host.slice(0, colon === -1 ? undefined : colon);
  return names.has(named) && host.slice(named.length) === `:${port}` ? host : undefined;
}

function sentToken(header: string | undefined): string | undefined {
  return sentCredentials(header)?.token;
}

/** The run whose process sent this, as the launcher named it to the process (MLFLOW_TRACKING_USERNAME). */
export function callingRun(header: string | undefined): string | undefined {
  const user = sentCredentials(header)?.user ?? "";
  return /^[0-9a-f]{32}$/.test(user) ? user : undefined;
}

function sentCredentials(header: string | undefined): { user?: string; token: string } | undefined {
  const [, scheme = "", value = ""] = /^(\S+) +(\S+) *$/.exec(header ?? "") ?? [];
  if (scheme.toLowerCase() === "bearer") return { token: value };
  if (scheme.toLowerCase() !== "basic") return undefined;
  const pair = Buffer.from(value, "base64").toString("utf8");
  const colon = pair.indexOf(":");
  return colon === -1 ? undefined : { user: pair.slice(0, colon), token: pair.slice(colon + 1) };
}

/** Equal length whatever was sent, so that the comparison tells nothing by its time. */
function digest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
