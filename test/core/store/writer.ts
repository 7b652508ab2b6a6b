import path from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../../host/paths.ts";

/** A script that logs until it is killed: DATABASE FIRST. */
export const killedWriter = path.join(root, "test", "core", "store", "killedWriter.ts");
/** What `node --import` needs to run it from the sources. */
export const sourceHooks = pathToFileURL(path.join(root, "test", "host", "sourceHooks.mjs")).href;
