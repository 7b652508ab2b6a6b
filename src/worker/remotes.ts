import { addRemote, listRemotes, pullData, pushData, removeRemote } from "../core/data/index.js";
import { withData } from "./data.js";
import type { Job } from "./types.js";

export const dataPush: Job<"dataPush"> = (params, context) =>
  withData(context, (project) => pushData(project, params));

export const dataPull: Job<"dataPull"> = (params, context) =>
  withData(context, (project) => pullData(project, params));

export const remoteAdd: Job<"remoteAdd"> = async (params, { paths: { root } }) => {
  const wrote = await addRemote(root, params);
  return { remotes: listRemotes(root), wrote };
};

export const remoteList: Job<"remoteList"> = (_params, { paths: { root } }) =>
  Promise.resolve({ remotes: listRemotes(root) });

export const remoteRemove: Job<"remoteRemove"> = async ({ name }, { paths: { root } }) => {
  const wrote = await removeRemote(root, name);
  return { remotes: listRemotes(root), wrote };
};
