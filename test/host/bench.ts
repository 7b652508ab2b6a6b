// `npm run bench -- NAME [ARG…]`: measures Cairn and its peer on the same work, as test/bench/NAME.ts says.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./paths.ts";
import { runScript } from "./runScript.ts";

interface Bench {
  default: (args: string[]) => Promise<void>;
}

await runScript(async () => {
  const [name = "", ...args] = process.argv.slice(2);
  const folder = join(root, "test", "bench");
  const path = join(folder, `${name}.ts`);
  if (!/^[\w-]+$/.test(name) || !existsSync(path)) {
    const known = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".ts")) : [];
    const names = known.map((file) => file.replace(/\.ts$/, "")).join(", ");
    throw new Error(`Say which bench: npm run bench -- NAME. Known: ${names}.`);
  }
  process.env.CAIRN_DIST ??= join(root, "dist");
  const bench = (await import(pathToFileURL(path).href)) as Partial<Bench>;
  if (typeof bench.default !== "function") throw new Error(`${path} must export a default function.`);
  await bench.default(args);
  return 0;
});
