import os
import time

from lightning.pytorch.loggers import CSVLogger

logger = CSVLogger("output", name="lightning_logs", flush_logs_every_n_steps=1)
logger.log_hyperparams({"lr": 0.1, "net": {"width": 8}})
for step in range(10):
    logger.log_metrics({"train_loss": 1 / (step + 1)}, step=step)
    logger.save()
print("flushed", flush=True)
while not os.path.exists("go"):
    time.sleep(0.02)
logger.log_metrics({"val_loss": 0.5}, step=9)
logger.finalize("success")
