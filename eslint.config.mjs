import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";
import importX from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

/**
 * Who may import whom (DESIGN: source layout). Each zone: files in `target` may not import from `from`.
 */
const layers = [
  { target: "./src/shared", from: "./src", except: ["./shared"] },
  { target: "./webview", from: "./src", except: ["./shared"] },
  { target: "./src/core", from: "./src", except: ["./core", "./shared"] },
  { target: "./src/worker", from: "./src", except: ["./worker", "./core", "./shared"] },
  { target: "./src/engine", from: "./src", except: ["./engine", "./core", "./shared"] },
  { target: "./src/cli", from: "./src", except: ["./cli", "./engine", "./core", "./shared"] },
  { target: "./src/host", from: "./src", except: ["./host", "./engine/client", "./shared"] },
  // DuckDB is loaded by workers only.
  { target: "./src/engine", from: "./src/core/table" },
  { target: "./src/cli", from: "./src/core/table" },
  { target: "./src", from: "./test" },
  { target: "./webview", from: "./test" },
  { target: "./src", from: "./webview" },
];

/** Inside core, a capability imports another only through its index.ts. */
const capabilities = [
  "alerts",
  "store",
  "tracking",
  "runs",
  "project",
  "artifacts",
  "config",
  "sample",
  "importers",
  "redact",
  "capture",
  "files",
  "lineage",
  "spool",
  "data",
  "table",
].map((name) => ({
  target: `./src/core/!(${name})/**/*`,
  from: `./src/core/${name}`,
  except: ["index.ts"],
  message: `Import core/${name} through its index.ts.`,
}));

const nativeFree = ["better-sqlite3", "onnxruntime-node", "@duckdb/node-api", "fastify"].map((name) => ({
  name,
  message: "The extension host holds no native module and no server: ask the engine.",
}));

export default tseslint.config(
  { ignores: ["dist/**", "node_modules/**", "test/.out/**", "**/*.js", "media/**"] },
  ...tseslint.configs.recommendedTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { "import-x": importX },
    settings: {
      "import-x/resolver-next": [
        createTypeScriptImportResolver({
          project: ["tsconfig.json", "webview/tsconfig.json", "test/tsconfig.json"],
          noWarnOnMultipleProjects: true,
        }),
      ],
    },
    rules: {
      "import-x/no-restricted-paths": ["error", { zones: [...layers, ...capabilities] }],
      "import-x/no-cycle": "error",
      "import-x/no-mutable-exports": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/consistent-type-definitions": ["error", "interface"],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "max-lines": ["error", 400],
    },
  },
  {
    files: ["src/**/*.ts", "webview/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          paths: [{ name: "vscode", message: "Only src/host may import vscode." }],
          patterns: [{ group: ["@duckdb/*"], message: "Only src/core/table may import DuckDB." }],
        },
      ],
    },
  },
  {
    files: ["src/core/table/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        { paths: [{ name: "vscode", message: "Only src/host may import vscode." }] },
      ],
    },
  },
  {
    files: ["src/host/**/*.ts", "src/extension.ts", "src/engine/client/**/*.ts"],
    rules: { "no-restricted-imports": ["error", { paths: nativeFree }] },
  },
  {
    files: ["src/host/**/*.ts"],
    ignores: ["src/host/commands/registrar.ts", "src/host/contextKeys.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "CallExpression[callee.property.name='registerCommand']",
          message: "Register commands through host/commands/registrar.ts.",
        },
        {
          selector: "CallExpression[callee.property.name='executeCommand'] > Literal[value='setContext']",
          message: "Set context keys through host/contextKeys.ts.",
        },
      ],
    },
  },
  { files: ["**/*.mjs"], extends: [tseslint.configs.disableTypeChecked] },
);
