// The artifacts of the run in the harness: what a training script logs, and what nobody should be harmed by.
import { tableFiles } from "./runTables.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A file of the run: its bytes, or how to make a part of one that is too large to hold. */
export interface HarnessFile {
  size: number;
  read(start: number, end: number): Uint8Array;
}

function held(bytes: Uint8Array): HarnessFile {
  return { size: bytes.length, read: (start, end) => bytes.slice(start, end) };
}

/** A bitmap of 24 bits a pixel: a disc that grows with `t` from 0 to 1 on a gradient. */
function bitmap(t: number, width = 96, height = 64): Uint8Array {
  const stride = Math.ceil((width * 3) / 4) * 4;
  const bytes = new Uint8Array(54 + stride * height);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  view.setUint32(2, bytes.length, true);
  view.setUint32(10, 54, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const inside = Math.hypot(x - width / 2, y - height / 2) < 6 + 22 * t;
      bytes.set(inside ? [60, 140, 240] : [90 + y, 40 + x, 60], 54 + y * stride + x * 3);
    }
  return bytes;
}

/** A second of a tone, 8,000 samples of 8 bits. */
function tone(): Uint8Array {
  const bytes = new Uint8Array(44 + 8000);
  const view = new DataView(bytes.buffer);
  bytes.set(encode("RIFF"));
  view.setUint32(4, 36 + 8000, true);
  bytes.set(encode("WAVEfmt "), 8);
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, 8000, true);
  view.setUint32(28, 8000, true);
  view.setUint16(32, 1, true);
  view.setUint16(34, 8, true);
  bytes.set(encode("data"), 36);
  view.setUint32(40, 8000, true);
  for (let i = 0; i < 8000; i++) bytes[44 + i] = 128 + 90 * Math.sin((i / 8000) * 440 * 2 * Math.PI);
  return bytes;
}

const EVIL = "window.top.hacked=1;window.hacked=1";
const EVIL_HTML = `<!DOCTYPE html><html><head><title>Report</title>
<script>${EVIL}</script><base href="http://evil.test/"><meta http-equiv="refresh" content="0;url=http://evil.test/">
<link rel="stylesheet" href="http://evil.test/x.css"><style>h1{color:rgb(1,2,3)}@import url(http://evil.test/y.css);
body{background:url(http://evil.test/z.png)}</style></head>
<body onload="${EVIL}"><h1>Confusion</h1><p style="color:rgb(4,5,6)">styled</p><img src="http://evil.test/a.png" onerror="${EVIL}">
<a id="out" href="http://evil.test/">out</a><iframe src="http://evil.test/f"></iframe><form action="http://evil.test/"><button>go</button></form>
<svg><script>${EVIL}</script></svg><p style="}</style><script>${EVIL}</script>">broken out</p></body></html>`;
const EVIL_SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="80" height="60" onload="${EVIL}"><script>${EVIL}</script>
<rect width="80" height="60" fill="teal"/><image href="http://evil.test/a.png" width="9" height="9"/></svg>`;

const metrics = {
  accuracy: 0.9734,
  classes: ["blade", "gearbox", "none"],
  confusion: [
    [50, 2, 1],
    [3, 44, 0],
    [0, 1, 61],
  ],
  "best<i>epoch</i>": 17,
  note: null,
  early_stopping: true,
};

const MLFLOW_ID = "0f8fad5b-d9cb-469f-a165-70867728950e";

export const runFiles: Record<string, HarnessFile> = {
  "model/MLmodel": held(
    encode("flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n    python_version: 3.12.3\n"),
  ),
  "model/model.pkl": held(Uint8Array.from({ length: 5000 }, (_, i) => (i * 37) % 256)),
  "confusion.bmp": held(bitmap(0.5)),
  "digit.bmp": held(bitmap(0.2, 28, 28)),
  "metrics.json": held(encode(JSON.stringify(metrics))),
  "broken.json": held(encode('{"loss": NaN}')),
  ...Object.fromEntries(tableFiles.map((path) => [path, held(encode("as in runTables.ts"))])),
  "cut.parquet": held(encode("PAR1")),
  "features.arrow": held(encode("ARROW1")),
  "report.html": held(encode(EVIL_HTML)),
  "drawing.svg": held(encode(EVIL_SVG)),
  "broken.png": held(encode("this is no image")),
  "sound.wav": held(tone()),
  "notes.md": held(encode("# Notes\n\nTrained on *vibration* features.\n")),
  README: held(encode("No extension, but text.\n")),
  'a "quoted" <img src=x onerror=hacked=1>.txt': held(encode("<b>not bold</b>\n")),
  "huge.json": { size: 2 ** 30, read: (start, end) => new Uint8Array(end - start).fill(0x5b) },
  "huge.png": { size: 2 ** 31, read: (start, end) => new Uint8Array(end - start) },
};
for (const step of [0, 50, 100, 500, 1000]) {
  runFiles[`images/sample/${step}.bmp`] = held(bitmap(step / 1000));
  runFiles[`images/heat+step+${step}+timestamp+${1700000000000 + step}+${MLFLOW_ID}.bmp`] = held(
    bitmap(1 - step / 1000),
  );
}

/** Files and folders directly below `folder`. */
export function listFiles(folder: string): { path: string; isDir: boolean; fileSize?: number }[] {
  const prefix = folder === "" ? "" : `${folder}/`;
  const found = new Map<string, { path: string; isDir: boolean; fileSize?: number }>();
  for (const [path, { size }] of Object.entries(runFiles)) {
    if (!path.startsWith(prefix)) continue;
    const [name = "", ...below] = path.slice(prefix.length).split("/");
    const entry = prefix + name;
    found.set(
      entry,
      below.length > 0 ? { path: entry, isDir: true } : { path: entry, isDir: false, fileSize: size },
    );
  }
  return [...found.values()];
}
