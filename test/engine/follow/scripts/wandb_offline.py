import os
import time

import wandb

run = wandb.init(mode="offline", project="meters", config={"lr": 0.1})
for step in range(3000):
    run.log({"loss": 1 / (step + 1), "deep": {"value": step}})
print("flushed", flush=True)
while not os.path.exists("go"):
    time.sleep(0.02)
run.log({"loss": 0.0})
run.summary["best"] = 0.25
run.finish()
