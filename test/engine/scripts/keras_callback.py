"""A classifier in Keras, as its guides have it."""

import os

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy

keras.utils.set_random_seed(0)
inputs = numpy.random.rand(256, 4).astype("float32")
labels = (inputs.sum(axis=1) > 2).astype("float32")
model = keras.Sequential([keras.layers.Dense(8, activation="relu"), keras.layers.Dense(1, activation="sigmoid")])
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(inputs, labels, epochs=5, batch_size=64, validation_split=0.25, verbose=2)
