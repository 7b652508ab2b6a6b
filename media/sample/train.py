"""Trains the digit reader on data/readings.csv and writes model.onnx.

    cairn run train -P lr=0.03         tracked, with live charts
    python train.py --lr 0.03          the same without tracking

Needs only Python 3.8 or newer.
"""

import argparse
import csv
import math
import random
import signal
import sys
import time

from network import Network
from onnx_file import encode

try:
    import cairn  # `cairn run` puts it on the path
except ImportError:
    cairn = None  # stand-alone: the numbers are only printed

PIXELS = ["p%02d" % n for n in range(64)]
SCALE = 1.0 / 16.0  # the camera's pixel values go from 0 to 16
MOMENTUM = 0.9
REPORT_SECONDS = 0.5
# The labels of this annotator are all checked twice. Held out, they tell how good the model is;
# a random part of the rows would also measure the other annotators' mistakes.
AUDITED = "ann-1"
STOPPED = 128 + signal.SIGTERM  # exit code of a process that was asked to end


def parse_arguments():
    parser = argparse.ArgumentParser(description="Train the digit reader.")
    parser.add_argument("--data", default="data/readings.csv")
    parser.add_argument("--output", default="model.onnx")
    parser.add_argument("--lr", type=float, default=0.05, help="highest learning rate")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--hidden", default="256,128", help="sizes of the hidden layers")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--check", type=int, default=0, metavar="N", help="print the first N held-out predictions"
    )
    return parser.parse_args()


def read_rows(path):
    """(training rows, held-out rows), each row as (64 scaled pixels, label)."""
    training, held_out = [], []
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            pixels = [float(row[name]) * SCALE for name in PIXELS]
            chosen = held_out if row["annotator"] == AUDITED else training
            chosen.append((pixels, int(row["label"])))
    if not training or not held_out:
        sys.exit("%s has no rows to train on, or none by %s to measure with" % (path, AUDITED))
    return training, held_out


def evaluate(network, rows):
    """(accuracy, mean cross-entropy) of the network on rows."""
    right, loss = 0, 0.0
    for pixels, label in rows:
        probabilities = network.probabilities(pixels)
        right += probabilities.index(max(probabilities)) == label
        loss -= math.log(max(probabilities[label], 1e-12))
    return right / len(rows), loss / len(rows)


def log(values, step):
    if cairn:
        cairn.log_metrics(values, step=step)
    print("step %5d  %s" % (step, "  ".join("%s %.4g" % pair for pair in values.items())), flush=True)


def train(network, training, held_out, options):
    """Gradient descent with momentum; the rate falls to zero along half a cosine."""
    rng = random.Random(options.seed)
    per_epoch = math.ceil(len(training) / options.batch)
    total = per_epoch * options.epochs
    step = 0
    losses, rows, reported = [], 0, time.monotonic()
    for epoch in range(1, options.epochs + 1):
        rng.shuffle(training)
        for start in range(0, len(training), options.batch):
            batch = training[start : start + options.batch]
            rate = options.lr * 0.5 * (1.0 + math.cos(math.pi * step / total))
            pixels, labels = zip(*batch)
            losses.append(network.step(pixels, labels, rate, MOMENTUM))
            rows += len(batch)
            step += 1
            elapsed = time.monotonic() - reported
            if elapsed >= REPORT_SECONDS or step == total:
                values = {
                    "train_loss": sum(losses) / len(losses),
                    "learning_rate": rate,
                    "epoch": epoch - 1 + (start + len(batch)) / len(training),
                    "rows_per_second": rows / elapsed,
                }
                log(values, step)
                losses, rows, reported = [], 0, time.monotonic()
        accuracy, loss = evaluate(network, held_out)
        log({"accuracy": accuracy, "val_loss": loss}, step)
        reported = time.monotonic()  # measuring is not training: keep it out of rows_per_second
    return accuracy


def stop(*_):
    sys.exit(STOPPED)


def main():
    options = parse_arguments()
    signal.signal(signal.SIGTERM, stop)
    try:
        run(options)
    except SystemExit as end:
        # Stopped from outside: say so in the run. What is still queued is sent at exit.
        if cairn and end.code == STOPPED:
            cairn.end_run("KILLED")
        raise


def run(options):
    if cairn:
        cairn.start_run()
        cairn.log_params(vars(options))
    training, held_out = read_rows(options.data)
    print("%d rows to train on, %d held out" % (len(training), len(held_out)), flush=True)
    sizes = [len(PIXELS)] + [int(size) for size in options.hidden.split(",")] + [10]
    network = Network(sizes, options.seed)
    accuracy = train(network, training, held_out, options)

    with open(options.output, "wb") as file:
        file.write(encode(network, SCALE))
    if cairn:
        cairn.log_artifact(options.output)
        cairn.log_model(options.output, name="digits")
    for pixels, _ in held_out[: options.check]:
        print("check " + " ".join("%.9g" % p for p in network.probabilities(pixels)))
    print("accuracy %.4f on %d held-out rows; wrote %s" % (accuracy, len(held_out), options.output))


if __name__ == "__main__":
    main()
