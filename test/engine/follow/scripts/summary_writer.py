"""A training script as PyTorch's documentation has it; it knows nothing of Cairn."""

import os
import time

import torch
from torch.utils.tensorboard import SummaryWriter

torch.manual_seed(0)
model = torch.nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
writer = SummaryWriter()
writer.add_text("note", "a **small** model", 0)
for epoch in range(30):
    inputs = torch.rand(64, 4)
    loss = torch.nn.functional.mse_loss(model(inputs), inputs.sum(1, keepdim=True))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    writer.add_scalar("Loss/train", loss.item(), epoch)
    writer.add_scalars("rates", {"a": epoch, "b": 2 * epoch}, epoch)
    if epoch == 4:
        writer.flush()
        print("flushed", flush=True)
        while not os.path.exists("go"):
            time.sleep(0.02)
writer.add_image("weights", torch.rand(3, 8, 8), 29)
writer.add_hparams({"lr": 0.05}, {"final": loss.item()})
writer.close()
