"""Logs a point a loop until a file named `stop` is there, and says after each fiftieth how many were logged."""

import os
import time

import cairn

cairn.set_experiment("killed")
with cairn.start_run(run_name="main") as run:
    print("run", run.run_id, flush=True)
    cairn.log_params({"lr": 0.1})
    n = 0
    while not os.path.exists("stop"):
        cairn.log_metric("n", n, step=n)
        n += 1
        time.sleep(0.001)
        if n % 50 == 0:
            print("logged", n, flush=True)
    with open("note.txt", "w") as note:
        note.write("the end")
    cairn.log_artifact("note.txt")
    cairn.log_text("tip", "texts/tip.txt")
print("ended", n, flush=True)
