"""Writes one of each format with its own library: `writers.py FOLDER`."""

import math
import os
import sys

folder = sys.argv[1]
os.chdir(folder)
os.environ["WANDB_SILENT"] = "true"


def torch_tensorboard():
    import torch
    from torch.utils.tensorboard import SummaryWriter

    torch.manual_seed(1)
    writer = SummaryWriter("torch")
    for step in range(50):
        writer.add_scalar("loss/train", 1 / (step + 1), step)
        writer.add_scalar("lr", 10.0**-step, step)
    writer.add_scalar("new style", 0.25, 3, new_style=True)
    writer.add_scalar("double", 0.1, 4, new_style=True, double_precision=True)
    writer.add_scalar("edge", math.nan, 1)
    writer.add_scalar("edge", math.inf, 2)
    writer.add_scalar("edge", -math.inf, 3)
    writer.add_scalar("minus", 1.5, -7)
    writer.add_scalar("far", 1.5, 2**40)
    writer.add_scalar("ünï/cödé (x)", 2.0, 1)
    writer.add_text("note", "some **text**", 2)
    writer.add_image("picture", torch.rand(3, 8, 8), 4)
    writer.add_histogram("weights", torch.rand(1000), 1)
    writer.add_hparams({"lr": 0.1, "batch": 32, "optimizer": "adam", "nesterov": True}, {"accuracy": 0.9}, run_name=".")
    writer.close()


def tensorboard_x():
    from tensorboardX import SummaryWriter

    writer = SummaryWriter("tensorboardX")
    for step in range(20):
        writer.add_scalar("loss", step / 7, step)
    writer.close()


def wandb_offline():
    import wandb

    config = {"lr": 0.1, "net": {"layers": [64, 10], "act": "relu"}, "seed": None, "flag": True}
    run = wandb.init(mode="offline", project="meters", name="first", tags=["a", "b"], config=config)
    for step in range(2000):
        run.log({"loss": 1 / (step + 1), "nested": {"value": step, "text": "no"}, "odd": math.nan if step % 2 else math.inf})
    run.config.update({"late": "x" * 40_000})
    run.summary["best"] = 0.5
    run.finish()


def dvclive():
    from dvclive import Live

    with Live("dvclive", save_dvc_exp=False, dvcyaml=None) as live:
        live.log_params({"lr": 0.1, "net": {"layers": 2}})
        for step in range(10):
            live.log_metric("train/loss", 1 / (step + 1))
            live.log_metric("accuracy", step, timestamp=True)
            live.log_metric("only", step * 2, plot=False)
            live.next_step()


def lightning():
    from lightning.pytorch.loggers import CSVLogger

    logger = CSVLogger(".", name="lightning_logs", flush_logs_every_n_steps=1)
    logger.log_hyperparams({"lr": 0.1, "net": {"width": 8}, "sizes": (1, 2), "kind": object})
    for step in range(10):
        logger.log_metrics({"train_loss": 1 / (step + 1), "epoch": 0}, step=step)
    logger.log_metrics({"val, loss": 0.5, "epoch": 0}, step=9)
    logger.save()


for write in (torch_tensorboard, tensorboard_x, wandb_offline, dvclive, lightning):
    write()
