import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { pythonOf } from "../peers/env.ts";
import { until } from "../engine/projects.ts";
import { type EngineServer, startEngine } from "./engineServer.ts";
import { runScript } from "./runScript.ts";
import { runsOf } from "./trackingServer.ts";

let engine: EngineServer;
let python: string;
beforeAll(async () => {
  engine = await startEngine();
  python = await pythonOf("tracking");
}, 600_000);
afterAll(() => engine.stop());

/** Logs a thing of each kind; numpy, PIL, pandas and matplotlib come with mlflow. */
const writer = `
import cairn, matplotlib, numpy, os, pandas, PIL.Image
matplotlib.use("Agg")
import matplotlib.pyplot as plt
cairn.set_experiment("content")
with cairn.start_run():
    ramp = numpy.arange(12, dtype="uint8").reshape(3, 4) * 20
    cairn.log_image(ramp, "grey.png")
    cairn.log_image(numpy.stack([ramp / 255.0] * 3, axis=2), "rgb.png")
    cairn.log_image(numpy.dstack([ramp] * 4), "rgba.png")
    cairn.log_image(ramp > 100, "mask.png")
    cairn.log_image(PIL.Image.fromarray(ramp), "pil.png")
    PIL.Image.fromarray(ramp).save("file.jpg")
    cairn.log_image("file.jpg", key="val/samples", step=3)
    cairn.log_image(ramp, key="val/samples", step=4)
    cairn.log_table({"label": [1, 2], "text": ["a", "b"]}, "table.json")
    cairn.log_table(pandas.DataFrame({"label": [3], "text": ["c"]}), "table.json")
    cairn.log_table({"label": 4, "text": numpy.str_("d")}, "table.json")
    figure, axes = plt.subplots()
    axes.plot([1, 2])
    cairn.log_figure(figure, "plots/line.png")
    cairn.log_figure(figure, "plots/line.svg")
    cairn.log_dict({"a": [1, numpy.float64(2)]}, "d.json")
    cairn.log_text("äöü", "t.txt")
    os.makedirs("out/deep", exist_ok=True)
    for name in ("out/one.bin", "out/deep/two.bin"):
        open(name, "wb").write(b"x" * 100)
    open("out/large.bin", "wb").write(b"y" * (9 << 20))
    cairn.log_artifacts("out", "all")
    cairn.log_artifact("out/deep")
    cairn.log_artifact("out/one.bin", "some")
    cairn.log_model("out", "net")
    open("out/one.bin", "wb").write(b"changed")
`;

/** Reads them back with mlflow's own client. */
const reader = `
import json, mlflow, numpy, sys
from mlflow.artifacts import list_artifacts, load_dict, load_image, load_text, download_artifacts
mlflow.set_experiment("content")
run = mlflow.search_runs().iloc[0]["run_id"]
ramp = (numpy.arange(12, dtype="uint8").reshape(3, 4) * 20).tolist()
uri = "runs:/%s/" % run
def pixels(name): return numpy.asarray(load_image(uri + name))
assert pixels("grey.png").tolist() == ramp, pixels("grey.png")
assert pixels("pil.png").tolist() == ramp
assert pixels("rgb.png")[:, :, 1].tolist() == ramp and pixels("rgb.png").shape == (3, 4, 3)
assert pixels("rgba.png")[:, :, 3].tolist() == ramp
assert (pixels("mask.png") == 255 * (numpy.array(ramp) > 100)).all()
def paths(folder): return sorted(item.path for item in list_artifacts(run_id=run, artifact_path=folder))
assert pixels(paths("images")[0]).shape == (3, 4)
table = mlflow.load_table("table.json", run_ids=[run])
assert table.to_dict("list") == {"label": [1, 2, 3, 4], "text": ["a", "b", "c", "d"]}, table
assert load_dict(uri + "d.json") == {"a": [1, 2.0]}
assert load_text(uri + "t.txt") == "äöü"
assert b"<svg" in open(download_artifacts(uri + "plots/line.svg"), "rb").read()
for name in ("all/one.bin", "all/deep/two.bin", "deep/two.bin", "some/one.bin"):
    assert open(download_artifacts(uri + name), "rb").read() == b"x" * 100, name
assert open(download_artifacts(uri + "all/large.bin"), "rb").read() == b"y" * (9 << 20)
models = mlflow.search_logged_models(filter_string="source_run_id = '%s'" % run, output_format="list")
assert [(model.name, model.status.value) for model in models] == [("net", "READY")], models
print(json.dumps([paths("images"), paths("all")]))
`;

test.each([
  ["sent by the script", true],
  ["taken in by the engine", false],
])("images, tables, figures and files %s are what mlflow reads", { timeout: 120_000 }, async (_, sends) => {
  const options = { python, cwd: engine.folder };
  const written = await runScript(writer, sends ? engine.env : {}, options);
  expect(written).toMatchObject({ code: 0, stderr: "" });
  await until(() => engine.spool().length === 0, `the spool is empty: ${engine.spool().join(" ")}`, 30_000);
  const read = await runScript(reader, engine.env, options);
  expect(read.code, read.stderr).toBe(0);
  const [images = [], all] = z
    .array(z.array(z.string()))
    .parse(JSON.parse(read.stdout.split("\n").at(-2) ?? ""));
  expect(images.map((name) => name.replace(/(\+timestamp\+).*(\.\w+)$/, "$1$2"))).toEqual([
    "images/val~samples+step+3+timestamp+.jpg",
    "images/val~samples+step+4+timestamp+.png",
  ]);
  expect(all).toEqual(["all/deep", "all/large.bin", "all/one.bin"]);
  const [run] = await runsOf(engine, "content");
  expect(run?.data.tags).toContainEqual({ key: "mlflow.loggedImages", value: "True" });
  expect(run?.data.tags).toContainEqual({
    key: "mlflow.loggedArtifacts",
    value: '[{"path": "table.json", "type": "table"}]',
  });
});
