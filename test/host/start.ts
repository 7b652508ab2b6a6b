// `npm start`: trains the sample project once through the command line, says what was tracked, and opens VS Code on it.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { step } from "./bootstrap/report.mjs";
import { type Editor, startEditor } from "./editor.ts";
import { installEditor, newestEditor } from "./editorInstall.ts";
import { openInBrowser } from "./openInBrowser.ts";
import { packageVsix } from "./packageVsix.ts";
import { runScript } from "./runScript.ts";
import { makeSample, summary, trainOnce } from "./sampleProject.ts";

/** Tried first, so that the address is the same from day to day. */
const port = 8420;

await runScript(async () => {
  if (process.platform === "win32") {
    console.log(
      "VS Code as a server does not run on Windows. Press F5 in VS Code to try Cairn on the sample project,",
    );
    console.log("or test it in VS Code for the desktop with: npm run test:desktop");
    return 0;
  }
  const vsix = await step("packaged the extension", packageVsix, 500);
  await installEditor(newestEditor);

  const project = join(await mkdtemp(join(tmpdir(), "cairn-sample-")), "meters");
  await makeSample(project);
  console.log(`\nTraining the sample project in ${project}\n`);
  const run = await trainOnce(project);
  console.log(`\n${summary(run)}\n`);

  const editor = await startEditor({
    workspace: project,
    vsix,
    port,
    settings: { "workbench.startupEditor": "readme" },
  });
  announce(editor);
  if (process.env.CAIRN_START_ONCE === "1") return 0;
  openInBrowser(editor.url);
  await new Promise(() => undefined);
  return 0;
});

function announce({ url }: Editor): void {
  console.log(`VS Code with Cairn on this project: ${url}`);
  console.log("Open it in a browser and click the pile of stones on the left. Ctrl-C here ends everything.");
}
