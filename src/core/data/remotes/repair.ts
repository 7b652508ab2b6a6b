import { CairnError } from "../../../shared/errors.js";
import type { DataProject } from "../context.js";
import type { StoredObject } from "../store/index.js";
import { Incoming } from "./incoming.js";
import { withRemote } from "./push.js";
import { findRemote, listRemotes, type RemoteConfig } from "./remoteConfig.js";
import { keyOf } from "./types.js";

/** A chain has three others at most; each of them may be damaged. */
const CHAIN = 5;

/**
 * Does what reads these contents, and where some turn out to be damaged fetches them again from the default remote and
 * does it once more. Throws what `read` throws where there is no remote, or where that has not what is needed.
 */
export async function withRepair<T>(
  project: DataProject,
  md5s: readonly string[],
  read: () => T | Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const isDamaged = error instanceof CairnError && error.code === "corrupt";
    if (!isDamaged || !(await fetchAgain(project, md5s))) throw error;
    return await read();
  }
}

/** Whether all that is damaged of these came back. */
async function fetchAgain(project: DataProject, md5s: readonly string[]): Promise<boolean> {
  const config = standardRemote(project);
  const damaged = [...new Set(md5s)].filter((md5) => damagedOf(project, md5) !== undefined);
  if (!config || damaged.length === 0) return false;
  return withRemote(project, config, async (remote) => {
    for (const md5 of damaged) {
      // One that came may have made others whole.
      for (let tries = 0; tries < CHAIN; tries++) {
        const cause = damagedOf(project, md5);
        if (cause === undefined) break;
        // Best the one that others are made of, so that all of them are whole again.
        const there = await remote.sizes([cause, md5].map(keyFor));
        const found = [cause, md5].find((each) => there.has(keyFor(each)));
        if (found === undefined) return false;
        const incoming = new Incoming(project.store, { replace: true });
        try {
          await incoming.receive(found, remote.read(keyFor(found)), remote.label, () => undefined);
          await incoming.flush();
        } finally {
          incoming.discard();
        }
      }
    }
    return true;
  });
}

const keyFor = (md5: string): string => keyOf({ md5, isLegacy: false });

function standardRemote({ context }: DataProject): RemoteConfig | undefined {
  const { root } = context.paths;
  return listRemotes(root).some(({ isDefault }) => isDefault) ? findRemote(root) : undefined;
}

/** The content at the bottom of a chain that does not come back; undefined where all is well. */
function damagedOf({ store }: DataProject, md5: string): string | undefined {
  const chain: StoredObject[] = [];
  for (let at = store.objects.byMd5(md5); at && chain.length < CHAIN;) {
    chain.unshift(at);
    at = at.parent === null ? undefined : store.objects.byId(at.parent);
  }
  for (const object of chain) {
    try {
      store.restore(object, () => undefined);
    } catch (error) {
      if (error instanceof CairnError && error.code === "corrupt") return object.md5;
      throw error;
    }
  }
  return undefined;
}
