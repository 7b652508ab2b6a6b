import * as z from "zod";
import { CairnError } from "../../shared/errors.js";
import type { RequestName } from "../../shared/protocol.js";
import type { Call, Handler, Handlers } from "../handlers/types.js";

/** Checks a request and has it done. Throws CairnError: `invalid` for parameters that break the contract. */
export async function dispatch(
  handlers: Handlers,
  method: string,
  params: unknown,
  call: Call,
): Promise<unknown> {
  if (!Object.hasOwn(handlers, method)) throw new CairnError("invalid", `No request is called ${method}.`);
  // The pairing of a name with its own parameters is checked where the handlers are defined.
  const handler = handlers[method as keyof Handlers] as unknown as Handler<RequestName>;
  const parsed = handler.params.safeParse(params ?? {});
  if (!parsed.success)
    throw new CairnError("invalid", `Wrong parameters of ${method}: ${z.prettifyError(parsed.error)}`);
  call.signal.throwIfAborted();
  return handler.handle(parsed.data, call);
}
