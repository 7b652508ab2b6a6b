"""Writes an event file of about so many megabytes, or times TensorBoard's reader: `tfevents.py write DIR MB | read DIR`."""

import os
import sys
import time


def write(folder, megabytes):
    import torch
    from torch.utils.tensorboard import SummaryWriter

    torch.manual_seed(0)
    writer = SummaryWriter(folder)
    path = os.path.join(folder, os.listdir(folder)[0])
    weights = torch.randn(20_000)
    step = 0
    # What a training of a few networks writes: twenty scalars a step, histograms and images now and then.
    while step % 100 or os.path.getsize(path) < megabytes * 1e6:
        for i in range(20):
            writer.add_scalar(f"metric_{i}/train", i / (step + 1), step)
        if step % 100 == 0:
            for i in range(40):
                writer.add_histogram(f"layer_{i}/weights", weights, step)
            writer.add_image("samples", torch.rand(3, 256, 256), step)
            writer.flush()
        step += 1
    writer.close()
    print(step * 20)


def read(folder):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    begin = time.perf_counter()
    accumulator = EventAccumulator(folder, size_guidance={"scalars": 0})
    accumulator.Reload()
    count = sum(len(accumulator.Scalars(tag)) for tag in accumulator.Tags()["scalars"])
    print(count, (time.perf_counter() - begin) * 1000)


if sys.argv[1] == "write":
    write(sys.argv[2], float(sys.argv[3]))
else:
    read(sys.argv[2])
