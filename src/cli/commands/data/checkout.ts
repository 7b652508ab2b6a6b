import { realTarget } from "../../../core/data/index.js";
import { formatBytes } from "../../../shared/bytes.js";
import { EXIT, type Command } from "../../command.js";
import { runJob } from "../../runJob.js";

export const checkoutCommand: Command = {
  name: "data checkout",
  summary: "Make a dataset what a version says, byte for byte.",
  usage: "PATH[@VERSION] [--force]",
  positionals: { min: 1, max: 1 },
  options: { force: { help: "Give up changes that are stored nowhere." } },
  details:
    "VERSION is a number that `cairn data log` shows, a Git revision (HEAD~3, v1.2) or a hash; without one it is what " +
    "the pointer says. Files that were changed and are stored nowhere are refused.",
  async run(context) {
    const { args, output } = context;
    const target = realTarget(process.cwd(), args.positionals[0] ?? "");
    const result = await runJob(context, "dataCheckout", { target, force: args.has("force") });
    const { path, version, md5, size, written, removed, kept } = result;
    output.document(result);
    const what = version === null ? md5.slice(0, 12) : `version ${version}`;
    const removals = removed === 0 ? "" : `, ${removed} removed`;
    output.line(
      `${path} is ${what} (${formatBytes(size)}): ${written} files written, ${kept} kept${removals}.`,
    );
    return EXIT.done;
  },
};
