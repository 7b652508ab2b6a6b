import { m0001 } from "./m0001.js";
import { m0002 } from "./m0002.js";
import { m0003 } from "./m0003.js";
import { m0004 } from "./m0004.js";
import type { Migration } from "./types.js";

export type { Migration } from "./types.js";

/** In order and for ever: the position is the schema version. Never change one that was released. */
export const migrations: readonly Migration[] = [m0001, m0002, m0003, m0004];
