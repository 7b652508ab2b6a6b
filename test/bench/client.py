"""Measures one client in one process: client.py CLIENT calls COUNT | train STEPS LOOPS | calibrate."""

import json
import os
import sys
import time

client, what = sys.argv[1:3]
NAMES = ["metric/%d" % n for n in range(20)]
BLOCK = 200  # steps of 5 ms


def work(loops):
    """Stands for a step: a fixed amount of work for the processor, which holds the interpreter all the time."""
    total = 0
    for n in range(loops):
        total += n * n
    return total


def logger():
    """(start, log a dictionary at a step, end) of the client."""
    if client == "cairn":
        import cairn

        return cairn.start_run, cairn.log_metrics, cairn.end_run
    if client == "trackio":
        import trackio

        return lambda: trackio.init(project="bench"), lambda metrics, step: trackio.log(metrics, step), trackio.finish
    if client == "none":
        return lambda: None, lambda metrics, step: None, lambda: None
    import mlflow

    if client == "mlflow":
        return mlflow.start_run, mlflow.log_metrics, mlflow.end_run
    return mlflow.start_run, lambda metrics, step: mlflow.log_metrics(metrics, step, synchronous=False), mlflow.end_run


def calls(count):
    """Microseconds of each call that logs one value, with half a millisecond of work between two."""
    start, log, end = logger()
    start()
    log({"loss": 1.0}, 0)
    time.sleep(1)
    taken = []
    for step in range(1, count + 1):
        work(5000)
        begin = time.perf_counter()
        log({"loss": 1.0 / step}, step)
        taken.append((time.perf_counter() - begin) * 1e6)
    end()
    return taken


def train(steps, loops):
    """Seconds, and seconds of processor time of all threads, of a loop's steps that log twenty values and of as many that
    log nothing. Second by second in turn, in one process: two processes differ by more than what is measured."""
    start, log, end = logger()
    start()
    log({"loss": 1.0}, 0)
    time.sleep(1)
    taken = {True: [0.0, 0.0], False: [0.0, 0.0]}
    for first in range(0, steps, BLOCK):
        for logs in (first // BLOCK % 2 == 0, first // BLOCK % 2 == 1):
            begin, cpu = time.perf_counter(), time.process_time()
            for step in range(first, first + BLOCK):
                value = work(loops) / (step + 1e9)
                values = {name: value + step for name in NAMES}
                if logs:
                    log(values, step)
            taken[logs][0] += time.perf_counter() - begin
            taken[logs][1] += time.process_time() - cpu
    end()
    return taken[True] + taken[False]


def calibrate():
    """How many loops of work take 5 ms."""
    best = float("inf")
    for _ in range(20):
        begin = time.perf_counter()
        work(100000)
        best = min(best, time.perf_counter() - begin)
    return int(100000 * 0.005 / best)


result = {"calls": calls, "train": train, "calibrate": calibrate}[what](*map(int, sys.argv[3:]))
sys.stdout.write("\n" + json.dumps(result) + "\n")
sys.stdout.flush()
if client == "trackio":
    os._exit(0)  # its threads may outlive the loop by long
