import * as z from "zod";
import type { AlertCenter } from "../alerts/alertCenter.js";
import { id } from "./schemas.js";
import type { Handlers } from "./types.js";

type Topic = "alerts" | "alertAcknowledge" | "alertClaim" | "alertMute" | "windowState";

const alertId = z.int().min(1);

export function alertHandlers(deps: {
  alerts: AlertCenter;
  onTrust: (trusted: boolean) => void;
}): Pick<Handlers, Topic> {
  const { alerts } = deps;
  return {
    alerts: {
      params: z.object({
        acknowledged: z.boolean().optional(),
        unclaimed: z.boolean().optional(),
        limit: z.int().min(1).max(10_000),
      }),
      handle: (query) => Promise.resolve(alerts.list(query)),
    },
    alertAcknowledge: {
      params: z.object({ ids: z.array(alertId).max(100_000).optional() }),
      handle: ({ ids }) => Promise.resolve({ acknowledged: alerts.acknowledge(ids) }),
    },
    alertClaim: {
      params: z.object({ id: alertId }),
      handle: ({ id: alert }) => Promise.resolve({ claimed: alerts.repository.claim(alert) }),
    },
    alertMute: {
      params: z.object({ runId: id }),
      handle({ runId }) {
        alerts.mute(runId);
        return Promise.resolve(null);
      },
    },
    windowState: {
      params: z.object({ trusted: z.boolean(), terminals: z.boolean() }),
      handle(state, { session }) {
        session.setWindow(state);
        deps.onTrust(state.trusted);
        return Promise.resolve(null);
      },
    },
  };
}
