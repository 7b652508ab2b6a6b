/** What the links that the MLflow client prints (`/#/experiments/1/runs/…`) show in a browser. */
export const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Cairn</title>
<style>body { font: 16px/1.5 system-ui, sans-serif; margin: 4rem auto; max-width: 36rem; padding: 0 1rem; color-scheme: light dark }</style>
<h1>This run is in VS Code</h1>
<p>Cairn is recording here. Open the project's folder in VS Code and choose <b>Cairn</b> in the activity bar:
the run is in the tree <b>Experiments</b>. In a terminal, <code>cairn runs show ID</code> prints it.</p>
</html>
`;

/** Nothing may run in it, be loaded by it, or frame it. */
export const pagePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";
