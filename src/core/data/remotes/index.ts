export { type TransferOptions, pushData } from "./push.js";
export { pullData } from "./pull.js";
export { addRemote, findRemote, listRemotes, type NewRemote, removeRemote } from "./remoteConfig.js";
