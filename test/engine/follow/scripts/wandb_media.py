import os
import time

import numpy as np
import wandb

os.environ["WANDB_SILENT"] = "true"


def picture(value):
    return wandb.Image(np.full((8, 8), value, dtype=np.uint8))


run = wandb.init(mode="offline", project="meters")
for step in range(3):
    run.log({"pred": picture(step), "eval/many": [picture(100 + step), picture(200 + step)]})
print("flushed", flush=True)
while not os.path.exists("go"):
    time.sleep(0.02)
run.log(
    {
        "page": wandb.Html(f"<p>key {os.environ['MY_API_KEY']}</p>", inject=False),
        "rows": wandb.Table(columns=["a", "b"], data=[[1, "x"], [2, "y"]]),
    }
)
picture(202).image.save("second.png")
run.finish()
