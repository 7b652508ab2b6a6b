import type { EngineNotifications, NotificationName } from "../../shared/protocol.js";

type Listener<N extends NotificationName> = (params: EngineNotifications[N]) => void;
type AnyListener = (name: NotificationName, params: EngineNotifications[NotificationName]) => void;

/** Listeners of the engine's notifications, by name. */
export class Listeners {
  private readonly byName = new Map<NotificationName, Set<Listener<never>>>();
  private readonly forAll = new Set<AnyListener>();

  add<N extends NotificationName>(name: N, listener: Listener<N>): () => void {
    const listeners = this.byName.get(name) ?? new Set();
    this.byName.set(name, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  addAny(listener: AnyListener): () => void {
    this.forAll.add(listener);
    return () => this.forAll.delete(listener);
  }

  emit<N extends NotificationName>(name: N, params: EngineNotifications[N]): void {
    for (const listener of this.forAll) listener(name, params);
    for (const listener of this.byName.get(name) ?? []) (listener as Listener<N>)(params);
  }
}
