import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "../engine/projects.ts";
import { pythonOf } from "../peers/env.ts";
import { type EngineServer, startEngine } from "./engineServer.ts";
import { runScript } from "./runScript.ts";
import { historyOf, type RecordedRun, runsOf } from "./trackingServer.ts";

let engine: EngineServer;
let python: string;
beforeAll(async () => {
  engine = await startEngine();
  python = await pythonOf("formats");
}, 900_000);
afterAll(() => engine.stop());

/** Trains for real in the project; gives the experiment's runs, oldest first. */
async function train(experiment: string, source: string): Promise<RecordedRun[]> {
  const script = `import os, sys, warnings
warnings.simplefilter("ignore")
os.environ["KERAS_BACKEND"] = "torch"
import cairn
assert not {"keras", "lightning", "transformers", "torch"} & set(sys.modules)
cairn.set_experiment("${experiment}")
${source}`;
  const result = await runScript(script, engine.env, { python, cwd: engine.folder });
  expect(result.code, result.stderr).toBe(0);
  expect(result.stderr).not.toContain("cairn:");
  await until(() => engine.spool().length === 0, "the spool is empty");
  return (await runsOf(engine, experiment)).reverse();
}

async function curve(run: RecordedRun | undefined, metric: string): Promise<[number, number | string][]> {
  const points = await historyOf(engine, run?.info.run_id ?? "", metric);
  return points.map(({ step, value }): [number, number | string] => [step, value]).sort(([a], [b]) => a - b);
}

const steps = (points: [number, unknown][]) => points.map(([step]) => step);
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1);
const paramsOf = (run: RecordedRun | undefined) =>
  Object.fromEntries((run?.data.params ?? []).map(({ key, value }) => [key, value]));

test("Keras: every batch and epoch at the number of batches trained on", { timeout: 180_000 }, async () => {
  const runs = await train(
    "keras",
    `import keras, numpy
x = numpy.random.rand(64, 4)
y = x.sum(1, keepdims=True)
def fit(callback, **more):
    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae"])
    model.fit(x, y, epochs=3, batch_size=16, validation_data=(x, y), callbacks=[callback], verbose=0, **more)
    return model
one = cairn.KerasCallback()
model = fit(one)
model.evaluate(x, y, callbacks=[one], verbose=0)
model.fit(x, y, epochs=1, batch_size=16, callbacks=[one], verbose=0)
cairn.log_metric("after", 1)
fit(cairn.KerasCallback(every=2))
class Stop(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if epoch == 1: raise ValueError("no more")
try:
    with cairn.start_run():
        model.fit(x, y, epochs=3, batch_size=16, callbacks=[cairn.KerasCallback(), Stop()], verbose=0)
except ValueError: pass`,
  );
  // The second callback began a run of its own; the third logs to the one that is active.
  expect(runs.map(({ info }) => info.status)).toEqual(["FINISHED", "FINISHED", "FAILED"]);
  const [first, second, third] = runs;
  expect(paramsOf(first)).toMatchObject({
    epochs: "3",
    steps_per_epoch: "4",
    optimizer_name: "adam",
    optimizer_learning_rate: "0.01",
  });
  expect(steps(await curve(first, "loss"))).toEqual(upTo(16));
  expect(steps(await curve(first, "val_mae"))).toEqual([4, 8, 12]);
  expect(await curve(first, "epoch")).toEqual([[4, 1], [8, 2], [12, 3], [16, 1]]); // prettier-ignore
  expect(await curve(first, "learning_rate")).toEqual([4, 8, 12, 16].map((step) => [step, 0.01]));
  expect(steps(await curve(first, "test_loss"))).toEqual([12]);
  expect(await curve(first, "after")).toEqual([[0, 1]]);
  expect(steps(await curve(second, "loss"))).toEqual([2, 4, 6, 8, 10, 12]);
  expect(steps(await curve(third, "loss"))).toEqual(upTo(8));
});

test("Lightning: what the module logs, at the trainer's step", { timeout: 180_000 }, async () => {
  const runs = await train(
    "lightning",
    `import lightning.pytorch as L, pickle, torch
class Net(L.LightningModule):
    def __init__(self, hidden=8, optimizer={"lr": 0.01, "momentum": None}):
        super().__init__()
        self.save_hyperparameters()
        self.layer = torch.nn.Linear(4, 1)
    def loss(self, batch): return ((self.layer(batch[0]) - batch[0].sum(1, keepdim=True)) ** 2).mean()
    def training_step(self, batch, _):
        if self.global_step == self.stop_at: raise ValueError("no more")
        self.log("train_loss", self.loss(batch))
        return self.loss(batch)
    def validation_step(self, batch, _): self.log("val_loss", self.loss(batch))
    def test_step(self, batch, _): self.log("test_loss", self.loss(batch))
    def configure_optimizers(self): return torch.optim.SGD(self.parameters(), 0.01)
    stop_at = -1
data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.rand(64, 4)), batch_size=16, num_workers=2)
def trainer(logger):
    return L.Trainer(max_epochs=2, logger=logger, log_every_n_steps=1, enable_progress_bar=False, accelerator="cpu",
        enable_model_summary=False, callbacks=[L.callbacks.LearningRateMonitor("step")])
logger = cairn.LightningLogger(run_name="lit")
t = trainer(logger)
t.fit(Net(), data, data)
t.test(Net(), data, verbose=False)
assert t.checkpoint_callback.dirpath.endswith(os.path.join("cairn", logger.version, "checkpoints")), t.checkpoint_callback.dirpath
assert pickle.loads(pickle.dumps(cairn.LightningLogger("x"))).run_name == "x"
net = Net(); net.stop_at = 2
try: trainer(cairn.LightningLogger()).fit(net, data)
except ValueError: pass`,
  );
  expect(runs.map(({ info }) => info.status)).toEqual(["FINISHED", "FAILED"]);
  const [first, second] = runs;
  expect(first?.info.run_name).toBe("lit");
  expect(paramsOf(first)).toEqual({ hidden: "8", "optimizer/lr": "0.01" });
  expect(steps(await curve(first, "train_loss"))).toEqual(upTo(8).map((n) => n - 1));
  expect(steps(await curve(first, "val_loss"))).toEqual([3, 7]);
  expect((await curve(first, "lr-SGD")).map(([, value]) => value)).toEqual(upTo(8).map(() => 0.01));
  expect(await curve(first, "test_loss")).toHaveLength(1);
  expect(steps(await curve(second, "train_loss"))).toEqual([0, 1]);
});

test("transformers: what the Trainer logs, and its arguments", { timeout: 180_000 }, async () => {
  const runs = await train(
    "transformers",
    `import torch, transformers
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments
sizes = dict(hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16)
model = BertForSequenceClassification(BertConfig(vocab_size=50, max_position_embeddings=16, **sizes))
data = [{"input_ids": torch.randint(0, 50, (8,)), "labels": torch.tensor(i % 2)} for i in range(32)]
arguments = TrainingArguments("out", max_steps=6, per_device_train_batch_size=4, logging_steps=2, save_strategy="no",
    eval_strategy="steps", eval_steps=3, report_to="none", use_cpu=True, disable_tqdm=True, learning_rate=0.001)
Trainer(model, arguments, train_dataset=data, eval_dataset=data, callbacks=[cairn.HFCallback()]).train()`,
  );
  expect(runs.map(({ info }) => info.status)).toEqual(["FINISHED"]);
  const [run] = runs;
  expect(paramsOf(run)).toMatchObject({
    learning_rate: "0.001",
    max_steps: "6",
    per_device_train_batch_size: "4",
    model_type: "bert",
  });
  expect(steps(await curve(run, "loss"))).toEqual([2, 4, 6]);
  expect(steps(await curve(run, "eval_loss"))).toEqual([3, 6]);
  expect(steps(await curve(run, "learning_rate"))).toEqual([2, 4, 6]);
  expect(steps(await curve(run, "train_loss"))).toEqual([6]);
});
