import { CairnError } from "../../../shared/errors.js";
import type { DataProject } from "../context.js";
import { FolderRemote, folderOf } from "./folderRemote.js";
import { openS3 } from "./openS3.js";
import { openSsh } from "./openSsh.js";
import { type RemoteConfig, withoutPassword } from "./remoteConfig.js";
import type { Remote } from "./types.js";

/** Opens a remote. Throws CairnError `unavailable` for kinds that only DVC knows, `invalid` for a bad address. */
export async function openRemote(
  project: DataProject,
  config: RemoteConfig,
  signal: AbortSignal,
): Promise<Remote> {
  const label = withoutPassword(config.url);
  if (["version_aware", "worktree"].some((key) => /^(true|1|yes|on)$/i.test(config.options.get(key) ?? "")))
    throw new CairnError(
      "unavailable",
      `The remote ${config.name} keeps versions of the cloud's own (version_aware), not DVC's objects.`,
      { hint: "`dvc push` and `dvc pull` work with it." },
    );
  const folder = folderOf(config.url);
  const { files } = project.store;
  const signals = { work: signal, cancel: project.context.signal };
  if (folder !== undefined) return new FolderRemote(label, folder, files, signal);
  if (config.url.startsWith("s3://")) return openS3(config, label, files, signals);
  if (config.url.startsWith("ssh://")) return openSsh(config, label, files, signals);
  throw new CairnError("unavailable", `Cairn cannot push to or pull from ${label}.`, {
    hint: "It knows folders, s3:// and ssh://; `dvc push` and `dvc pull` know more.",
  });
}
