// What the commands do, loaded together when the first of them is used.
export { addVersion } from "./addVersion.js";
export { checkOut } from "./checkOut.js";
export { compareVersions } from "./compareVersions.js";
export { openVersion } from "./openVersion.js";
export { reproduce } from "./reproduce.js";
export { addRemote, transfer } from "./transfer.js";
