/** Colours a canvas or a chart cannot take from CSS variables by itself. */
export interface Theme {
  foreground: string;
  muted: string;
  background: string;
  grid: string;
  border: string;
  hoverBackground: string;
  hoverForeground: string;
  hoverBorder: string;
  fontFamily: string;
  fontSize: number;
  highContrast: boolean;
}

/** Reads VS Code's current colours from the page. */
export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const pick = (fallback: string, ...names: string[]): string => {
    for (const name of names) {
      const value = style.getPropertyValue(`--vscode-${name}`).trim();
      if (value) return value;
    }
    return fallback;
  };
  const highContrast = document.body.className.includes("high-contrast");
  const foreground = pick("#888888", "foreground", "editor-foreground");
  return {
    foreground,
    muted: highContrast ? foreground : pick(foreground, "descriptionForeground", "foreground"),
    background: pick("#ffffff", "editor-background"),
    grid:
      faint(foreground) ??
      pick("rgba(128,128,128,0.2)", "editorIndentGuide-background1", "editorWidget-border", "contrastBorder"),
    border: pick("rgba(128,128,128,0.35)", "contrastBorder", "panel-border", "editorWidget-border"),
    hoverBackground: pick("#ffffff", "editorHoverWidget-background", "editorWidget-background"),
    hoverForeground: pick(foreground, "editorHoverWidget-foreground"),
    hoverBorder: pick("#888888", "editorHoverWidget-border", "contrastBorder"),
    fontFamily: pick("sans-serif", "font-family"),
    fontSize: Number.parseFloat(pick("13", "font-size")) || 13,
    highContrast,
  };
}

/** A colour that lets the background through; undefined for one that is not written as #rrggbb. */
function faint(color: string): string | undefined {
  const parts = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/i.exec(color);
  if (!parts) return undefined;
  const [red, green, blue] = parts.slice(1).map((part) => Number.parseInt(part, 16));
  return `rgba(${red ?? 0},${green ?? 0},${blue ?? 0},0.14)`;
}

/** Calls back after the colour theme has changed. VS Code changes the body's class and the root's variables. */
export function onThemeChange(callback: () => void): { dispose(): void } {
  let pending = false;
  const observer = new MutationObserver(() => {
    if (pending) return;
    pending = true;
    requestAnimationFrame(() => {
      pending = false;
      callback();
    });
  });
  observer.observe(document.body, { attributes: true, attributeFilter: ["class", "data-vscode-theme-id"] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["style"] });
  return {
    dispose() {
      observer.disconnect();
    },
  };
}
