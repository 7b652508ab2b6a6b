"""Fits a line by gradient descent, with nothing but the standard library."""

import random

random.seed(0)
data = [(x, 3.0 * x + 1.0 + random.gauss(0, 0.1)) for x in (random.random() for _ in range(200))]
slope = offset = 0.0
for epoch in range(40):
    errors = [(slope * x + offset - y, x) for x, y in data]
    slope -= 0.5 * sum(error * x for error, x in errors) / len(data)
    offset -= 0.5 * sum(error for error, _ in errors) / len(data)
    loss = sum(error * error for error, _ in errors) / len(data)
    print(f"epoch {epoch}: loss {loss:.4f}")
print(f"y = {slope:.2f} x + {offset:.2f}")
