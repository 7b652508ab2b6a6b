"""A small fully connected network in plain Python: lists of floats, no package to install.

Slow beside any numeric library, and that is fine here: a training run of half a minute is long
enough to be watched and short enough to be repeated.
"""

import math
import random
from operator import mul


class Network:
    """Layers of sizes such as [64, 256, 128, 10], ReLU between them, softmax at the end.

    weights[k][j] is the list of weights into neuron j of layer k; biases[k][j] its bias.
    """

    def __init__(self, sizes, seed):
        rng = random.Random(seed)
        self.sizes = sizes
        self.weights = []
        self.biases = []
        for inputs, outputs in zip(sizes, sizes[1:]):
            # He initialisation keeps the signal's size the same through ReLU layers.
            spread = math.sqrt(2.0 / inputs)
            self.weights.append(
                [[rng.gauss(0.0, spread) for _ in range(inputs)] for _ in range(outputs)]
            )
            self.biases.append([0.0] * outputs)
        self._speeds = [[[0.0] * len(row) for row in layer] for layer in self.weights]
        self._bias_speeds = [[0.0] * len(layer) for layer in self.biases]

    def layers(self, inputs):
        """The values of every layer for one example, the inputs first and the logits last."""
        values = [inputs]
        last = len(self.weights) - 1
        for k, (weights, biases) in enumerate(zip(self.weights, self.biases)):
            x = values[-1]
            z = [sum(map(mul, row, x)) + bias for row, bias in zip(weights, biases)]
            values.append(z if k == last else [v if v > 0.0 else 0.0 for v in z])
        return values

    def probabilities(self, inputs):
        return softmax(self.layers(inputs)[-1])

    def step(self, examples, labels, rate, momentum):
        """One step of gradient descent on a mini-batch; returns its mean cross-entropy."""
        size = len(examples)
        last = len(self.weights) - 1
        transposed = [None] + [list(zip(*self.weights[k])) for k in range(1, last + 1)]
        loss = 0.0
        seen = []  # per example: the values of all layers and the errors of all but the first
        for inputs, label in zip(examples, labels):
            values = self.layers(inputs)
            probabilities = softmax(values[-1])
            loss -= math.log(max(probabilities[label], 1e-12))
            error = [p / size for p in probabilities]
            error[label] -= 1.0 / size
            errors = [error]
            for k in range(last, 0, -1):
                # A neuron that ReLU has cut off passes no error on.
                error = [
                    sum(map(mul, column, error)) if value > 0.0 else 0.0
                    for column, value in zip(transposed[k], values[k])
                ]
                errors.append(error)
            errors.reverse()
            seen.append((values, errors))
        for k in range(last + 1):
            self._update(k, [(v[k], e[k]) for v, e in seen], rate, momentum)
        return loss / size

    def _update(self, k, pairs, rate, momentum):
        weights, speeds = self.weights[k], self._speeds[k]
        biases, bias_speeds = self.biases[k], self._bias_speeds[k]
        for j, row in enumerate(weights):
            speed = [momentum * s for s in speeds[j]]
            slope = 0.0
            for inputs, error in pairs:
                e = error[j]
                if e != 0.0:
                    slope += e
                    e *= rate
                    speed = [s - e * x for s, x in zip(speed, inputs)]
            speeds[j] = speed
            weights[j] = [w + s for w, s in zip(row, speed)]
            bias_speeds[j] = momentum * bias_speeds[j] - rate * slope
            biases[j] += bias_speeds[j]


def softmax(logits):
    top = max(logits)
    powers = [math.exp(z - top) for z in logits]
    total = sum(powers)
    return [p / total for p in powers]
