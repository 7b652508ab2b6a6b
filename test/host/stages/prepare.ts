import { build } from "../bootstrap/build.mjs";
import { findBrowser } from "../browser.ts";
import { installEditor, newestEditor } from "../editorInstall.ts";
import { packageVsix } from "../packageVsix.ts";
import { root } from "../paths.ts";
import { pythonOf } from "../../peers/env.ts";
import { type Outcome, nothing } from "./outcome.ts";

/** What tests need, so that no test's time holds an installation. */
export async function prepare(): Promise<Outcome> {
  await build(root, process.execPath);
  await packageVsix();
  await pythonOf("tracking");
  await pythonOf("formats");
  await installEditor(newestEditor);
  await findBrowser();
  return nothing;
}
