/** VS Code's colours as a webview gets them: the ones that the panels use, of the default themes. */
export type ThemeName = "dark" | "light" | "contrast" | "contrast-light";

const shared = {
  "font-family":
    '-apple-system, BlinkMacSystemFont, "Segoe WPC", "Segoe UI", system-ui, "Ubuntu", "Droid Sans", sans-serif',
  "font-size": "13px",
  "font-weight": "normal",
  "editor-font-family": '"Droid Sans Mono", "monospace", monospace',
  "editor-font-size": "14px",
  contrastBorder: "",
};

const ansiDark = ["#000000", "#cd3131", "#0dbc79", "#e5e510", "#2472c8", "#bc3fbc", "#11a8cd", "#e5e5e5"];
const ansiLight = ["#000000", "#cd3131", "#107c10", "#949800", "#0451a5", "#bc05bc", "#0598bc", "#555555"];
const names = ["Black", "Red", "Green", "Yellow", "Blue", "Magenta", "Cyan", "White"];

function ansi(colors: string[]): Record<string, string> {
  return Object.fromEntries(
    colors.flatMap((color, i) => [
      [`terminal-ansi${names[i] ?? ""}`, color],
      [`terminal-ansiBright${names[i] ?? ""}`, color],
    ]),
  );
}

const dark: Record<string, string> = {
  foreground: "#cccccc",
  descriptionForeground: "#9d9d9d",
  errorForeground: "#f85149",
  "icon-foreground": "#cccccc",
  focusBorder: "#0078d4",
  "editor-background": "#1f1f1f",
  "editor-foreground": "#cccccc",
  "editorWidget-background": "#202020",
  "editorWidget-border": "#454545",
  "editorIndentGuide-background1": "#404040",
  "editorHoverWidget-background": "#202020",
  "editorHoverWidget-foreground": "#cccccc",
  "editorHoverWidget-border": "#454545",
  "editor-findMatchBackground": "#9e6a03",
  "editor-findMatchHighlightBackground": "#ea5c0055",
  "panel-background": "#181818",
  "panel-border": "#2b2b2b",
  "panelTitle-activeForeground": "#cccccc",
  "panelTitle-inactiveForeground": "#9d9d9d",
  "panelTitle-activeBorder": "#0078d4",
  "sideBarSectionHeader-border": "#2b2b2b",
  "input-background": "#313131",
  "input-foreground": "#cccccc",
  "input-border": "#3c3c3c",
  "input-placeholderForeground": "#989898",
  "inputOption-activeBackground": "#2489db82",
  "inputOption-activeForeground": "#ffffff",
  "inputValidation-errorBackground": "#5a1d1d",
  "inputValidation-errorBorder": "#be1100",
  "inputValidation-warningBackground": "#352a05",
  "inputValidation-warningBorder": "#b89500",
  "inputValidation-infoBackground": "#063b49",
  "inputValidation-infoBorder": "#007acc",
  "button-background": "#0078d4",
  "button-foreground": "#ffffff",
  "button-border": "#ffffff12",
  "button-hoverBackground": "#026ec1",
  "button-secondaryBackground": "#313131",
  "button-secondaryForeground": "#cccccc",
  "button-secondaryHoverBackground": "#3c3c3c",
  "checkbox-background": "#313131",
  "checkbox-border": "#3c3c3c",
  "checkbox-foreground": "#cccccc",
  "list-hoverBackground": "#2a2d2e",
  "list-activeSelectionBackground": "#04395e",
  "list-activeSelectionForeground": "#ffffff",
  "list-inactiveSelectionBackground": "#37373d",
  "list-focusOutline": "#0078d4",
  "menu-background": "#1f1f1f",
  "menu-foreground": "#cccccc",
  "menu-border": "#454545",
  "menu-selectionBackground": "#0078d4",
  "menu-selectionForeground": "#ffffff",
  "widget-shadow": "#0000005c",
  "progressBar-background": "#0078d4",
  "scrollbarSlider-background": "#79797966",
  "scrollbarSlider-hoverBackground": "#646464b3",
  "scrollbarSlider-activeBackground": "#bfbfbf66",
  "sash-hoverBorder": "#0078d4",
  "textLink-foreground": "#4daafc",
  "textLink-activeForeground": "#4daafc",
  "toolbar-hoverBackground": "#5a5d5e50",
  "charts-blue": "#59a4f9",
  "charts-green": "#89d185",
  "testing-iconPassed": "#73c991",
  "testing-iconFailed": "#f14c4c",
  "problemsErrorIcon-foreground": "#f14c4c",
  "problemsWarningIcon-foreground": "#cca700",
  "terminal-foreground": "#cccccc",
  ...ansi(ansiDark),
};

const light: Record<string, string> = {
  ...dark,
  foreground: "#3b3b3b",
  descriptionForeground: "#3b3b3bcc",
  "icon-foreground": "#3b3b3b",
  focusBorder: "#005fb8",
  "editor-background": "#ffffff",
  "editor-foreground": "#3b3b3b",
  "editorWidget-background": "#f8f8f8",
  "editorWidget-border": "#c8c8c8",
  "editorIndentGuide-background1": "#d3d3d3",
  "editorHoverWidget-background": "#f8f8f8",
  "editorHoverWidget-foreground": "#3b3b3b",
  "editorHoverWidget-border": "#c8c8c8",
  "editor-findMatchBackground": "#a8ac94",
  "panel-background": "#f8f8f8",
  "panel-border": "#e5e5e5",
  "panelTitle-activeForeground": "#3b3b3b",
  "panelTitle-inactiveForeground": "#3b3b3b",
  "panelTitle-activeBorder": "#005fb8",
  "sideBarSectionHeader-border": "#e5e5e5",
  "input-background": "#ffffff",
  "input-foreground": "#3b3b3b",
  "input-border": "#cecece",
  "input-placeholderForeground": "#767676",
  "inputOption-activeBackground": "#bed6ed",
  "inputOption-activeForeground": "#000000",
  "inputValidation-errorBackground": "#f2dede",
  "inputValidation-warningBackground": "#f6f5d2",
  "inputValidation-infoBackground": "#d6ecf2",
  "button-background": "#005fb8",
  "button-secondaryBackground": "#e5e5e5",
  "button-secondaryForeground": "#3b3b3b",
  "button-secondaryHoverBackground": "#cccccc",
  "checkbox-background": "#f8f8f8",
  "checkbox-border": "#cecece",
  "checkbox-foreground": "#3b3b3b",
  "list-hoverBackground": "#f2f2f2",
  "list-activeSelectionBackground": "#e8e8e8",
  "list-activeSelectionForeground": "#000000",
  "list-inactiveSelectionBackground": "#e4e6f1",
  "list-focusOutline": "#005fb8",
  "menu-background": "#ffffff",
  "menu-foreground": "#3b3b3b",
  "menu-border": "#cecece",
  "menu-selectionBackground": "#005fb8",
  "widget-shadow": "#00000029",
  "progressBar-background": "#005fb8",
  "scrollbarSlider-background": "#64646466",
  "sash-hoverBorder": "#005fb8",
  "textLink-foreground": "#005fb8",
  "textLink-activeForeground": "#005fb8",
  "toolbar-hoverBackground": "#b8b8b850",
  "charts-blue": "#0063d3",
  "charts-green": "#388a34",
  "problemsErrorIcon-foreground": "#e51400",
  "problemsWarningIcon-foreground": "#bf8803",
  "terminal-foreground": "#3b3b3b",
  ...ansi(ansiLight),
};

function contrast(base: Record<string, string>, ink: string, paper: string, border: string, focus: string) {
  const painted = Object.fromEntries(
    Object.keys(base)
      .filter((key) => !key.startsWith("terminal-ansi"))
      .map((key) => {
        if (/border|outline/i.test(key)) return [key, border];
        if (/background/i.test(key)) return [key, key === "list-hoverBackground" ? "#ffffff1a" : paper];
        return [key, /foreground/i.test(key) ? ink : (base[key] ?? "")];
      }),
  );
  const gone = { "list-inactiveSelectionBackground": "", "scrollbarSlider-background": "#6fc3df99" };
  return {
    ...base,
    ...painted,
    ...gone,
    contrastBorder: border,
    contrastActiveBorder: focus,
    focusBorder: focus,
  };
}

const palettes: Record<ThemeName, { className: string; colors: Record<string, string> }> = {
  dark: { className: "vscode-dark", colors: dark },
  light: { className: "vscode-light", colors: light },
  contrast: {
    className: "vscode-high-contrast",
    colors: contrast(dark, "#ffffff", "#000000", "#6fc3df", "#f38518"),
  },
  "contrast-light": {
    className: "vscode-high-contrast-light vscode-high-contrast",
    colors: contrast(light, "#292929", "#ffffff", "#0f4a85", "#006bbd"),
  },
};

/** Class of the body and custom properties of the root, as VS Code sets them. */
export function themeOf(name: ThemeName): { className: string; variables: [string, string][] } {
  const { className, colors } = palettes[name];
  const variables = Object.entries({ ...shared, ...colors }).filter(([, value]) => value !== "");
  return { className, variables: variables.map(([key, value]) => [`--vscode-${key}`, value]) };
}
