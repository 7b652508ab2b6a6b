import { defineConfig } from "vitest/config";
import { root } from "../host/paths.ts";

/** Tests that use the packaged extension in a real VS Code, one editor at a time. */
export default defineConfig({
  root,
  test: {
    include: ["test/e2e/**/*.test.ts"],
    pool: "forks",
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 240_000,
    allowOnly: !process.env.CI,
    passWithNoTests: false,
  },
});
