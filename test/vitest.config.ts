import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { root } from "./host/paths.ts";

/** Tests that need no editor. Each file is a process of its own: they open databases, sockets and child processes. */
export default defineConfig({
  root,
  test: {
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A run that was killed or cut short must never be cheap to mistake for one that passed.
    allowOnly: !process.env.CI,
    passWithNoTests: false,
    globalSetup: [join(root, "test", "host", "buildFirst.ts")],
    env: { CAIRN_DIST: join(root, "dist") },
    projects: [
      {
        extends: true,
        test: {
          name: "node",
          include: ["test/**/*.test.ts"],
          exclude: ["test/webview/**", "test/vscode/**", "test/e2e/**", "test/.out/**"],
        },
      },
      {
        extends: true,
        test: { name: "webview", environment: "jsdom", include: ["test/webview/**/*.test.ts"] },
      },
    ],
  },
});
