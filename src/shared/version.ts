import { version } from "../../package.json";

/** Cairn's own version, as in package.json. */
export const VERSION: string = version;
