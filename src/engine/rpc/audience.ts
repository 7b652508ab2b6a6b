import type { StoreChange } from "../../core/tracking/types.js";
import type { ConsoleChunk, EngineNotifications, Health } from "../../shared/protocol.js";
import type { NotificationName, WindowState } from "../../shared/protocol.js";
import type { Feed, FeedSink } from "./feed.js";

/** One client, over a socket or in this process. */
export interface Member {
  readonly feed: Feed;
  readonly send: FeedSink["send"];
  /** Absent until it has introduced itself. */
  readonly client?: { kind: Health["engine"]["clients"][number]["kind"]; version: string };
  /** What a window said that it needs. */
  readonly window?: WindowState;
  readonly since: number;
  /** Requests that were not answered yet. */
  readonly busy: number;
  end(): void;
}

/** All clients of this engine. */
export class Audience {
  private readonly members = new Set<Member>();

  /** `onChange`: somebody came or went. */
  constructor(private readonly onChange: () => void = () => undefined) {}

  join(member: Member): void {
    this.members.add(member);
    this.onChange();
  }

  leave(member: Member): void {
    if (this.members.delete(member)) this.onChange();
  }

  /** Those that have introduced themselves. */
  list(): Health["engine"]["clients"] {
    return [...this.members].flatMap(({ client, since }) =>
      client ? [{ kind: client.kind, version: client.version, since }] : [],
    );
  }

  /** Windows whose terminals log here. */
  get terminals(): number {
    return [...this.members].filter(({ window }) => window?.terminals === true).length;
  }

  get busy(): number {
    return [...this.members].reduce((sum, member) => sum + member.busy, 0);
  }

  broadcast<N extends NotificationName>(name: N, params: EngineNotifications[N]): void {
    for (const member of this.members) member.send(name, params);
  }

  onStoreChange(change: StoreChange): void {
    for (const { feed } of this.members) feed.onStoreChange(change);
  }

  onOutput(runId: string, chunk: ConsoleChunk): void {
    for (const { feed } of this.members) feed.onOutput(runId, chunk);
  }

  endAll(): void {
    for (const member of [...this.members]) member.end();
  }
}
