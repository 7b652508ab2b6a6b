import { CairnError } from "../../../shared/errors.js";
import type { DataProject } from "../context.js";
import { FolderRemote, folderOf } from "./folderRemote.js";
import { type RemoteConfig, withoutPassword } from "./remoteConfig.js";
import type { Remote } from "./types.js";

/** Opens a remote. Throws CairnError `unavailable` for kinds that only DVC knows, `invalid` for a bad address. */
export function openRemote(project: DataProject, config: RemoteConfig, signal: AbortSignal): Promise<Remote> {
  const label = withoutPassword(config.url);
  if (["version_aware", "worktree"].some((key) => /^(true|1|yes|on)$/i.test(config.options.get(key) ?? "")))
    throw new CairnError(
      "unavailable",
      `The remote ${config.name} keeps versions of the cloud's own (version_aware), not DVC's objects.`,
      { hint: "`dvc push` and `dvc pull` work with it." },
    );
  const folder = folderOf(config.url);
  if (folder !== undefined)
    return Promise.resolve(new FolderRemote(label, folder, project.store.files, signal));
  throw new CairnError("unavailable", `Cairn cannot push to or pull from ${label}.`, {
    hint: "It knows folders, s3:// and ssh://; `dvc push` and `dvc pull` know more.",
  });
}
