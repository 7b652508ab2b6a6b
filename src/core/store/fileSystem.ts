import { statfsSync } from "node:fs";

export interface FileSystem {
  name: string;
  /** Other hosts may write to it. SQLite's WAL needs memory shared between all who open the file, so not there. */
  network: boolean;
}

/** `f_type` of statfs(2) on Linux (linux/magic.h and the file systems' own headers). */
const LINUX: Record<number, FileSystem> = {
  0x6969: { name: "nfs", network: true },
  0x517b: { name: "smb", network: true },
  0xfe534d42: { name: "smb2", network: true },
  0xff534d42: { name: "cifs", network: true },
  0x01021997: { name: "9p", network: true },
  0x65735546: { name: "fuse", network: true },
  0x5346414f: { name: "afs", network: true },
  0x00c36400: { name: "ceph", network: true },
  0x0bd00bd0: { name: "lustre", network: true },
  0x47504653: { name: "gpfs", network: true },
  0x19830326: { name: "beegfs", network: true },
  0xef53: { name: "ext4", network: false },
  0x58465342: { name: "xfs", network: false },
  0x9123683e: { name: "btrfs", network: false },
  0x01021994: { name: "tmpfs", network: false },
  0x794c7630: { name: "overlay", network: false },
  0x2fc12fc1: { name: "zfs", network: false },
};

/** Names the file system of `folder`; outside Linux only what the path itself tells is known. */
export function fileSystemOf(folder: string): FileSystem {
  if (process.platform === "win32" && folder.startsWith("\\\\")) return { name: "smb", network: true };
  if (process.platform !== "linux") return { name: "local", network: false };
  // The type is a C long: its upper half may come back as the sign of a 32-bit number.
  const type = statfsSync(folder).type >>> 0;
  return LINUX[type] ?? { name: `0x${type.toString(16)}`, network: false };
}
