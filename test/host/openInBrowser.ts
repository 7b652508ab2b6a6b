import { spawn } from "node:child_process";

/** Shows an address in the user's browser where there is a desktop to show it on; else does nothing. */
export function openInBrowser(url: string): void {
  const opener = openerOf(process.platform, process.env);
  if (opener === undefined) return;
  // The address is printed as well: a machine without that program loses nothing.
  spawn(opener, [url], { stdio: "ignore", detached: true })
    .on("error", () => undefined)
    .unref();
}

function openerOf(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): string | undefined {
  if (env.CI || !process.stdout.isTTY) return undefined;
  if (platform === "darwin") return "open";
  return env.DISPLAY || env.WAYLAND_DISPLAY ? "xdg-open" : undefined;
}
