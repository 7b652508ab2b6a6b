import os
import time

from dvclive import Live

with Live(save_dvc_exp=False, dvcyaml=None) as live:
    live.log_param("lr", 0.1)
    for step in range(10):
        live.log_metric("train/loss", 1 / (step + 1))
        live.log_metric("only", step, plot=False)
        live.next_step()
    print("flushed", flush=True)
    while not os.path.exists("go"):
        time.sleep(0.02)
    live.log_metric("train/loss", 0.05)
