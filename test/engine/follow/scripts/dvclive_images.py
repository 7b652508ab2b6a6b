import os
import time

import numpy as np
from dvclive import Live


def picture(value):
    return np.full((8, 8, 3), value, dtype=np.uint8)


with Live(save_dvc_exp=False, dvcyaml=None, report=None) as live:
    for step in range(3):
        live.log_metric("loss", 1 / (step + 1))
        live.log_image(f"numbered/{live.step}.png", picture(step))
        live.log_image("overwritten.png", picture(10 * step))
        if step == 0:
            print("flushed", flush=True)
            while not os.path.exists("go"):
                time.sleep(0.02)
        live.next_step()
    live.log_plot("curve", [{"x": 1, "y": 2}, {"x": 2, "y": 3}], x="x", y="y")
    live.log_sklearn_plot("confusion_matrix", [0, 1, 1, 0], [0, 1, 0, 0])
