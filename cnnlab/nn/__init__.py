"""Layers, losses, optimizers, networks and training: names and arguments are those of ``torch.nn``.

``ops`` holds the operations themselves; a layer adds parameters, and remembers what its backward pass needs.
Read the modules in this order: ``layers``, ``losses``, ``network``, ``optimizers``, ``training``. ``fast``
does the same work on another layout of memory, and need not be read.
"""

from cnnlab.nn.blueprint import summary
from cnnlab.nn.layers import (
    AdaptiveAvgPool2d,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    ConvTranspose2d,
    Dense,
    Dropout,
    Flatten,
    Layer,
    LeakyReLU,
    MaxPool2d,
    ReLU,
    Sigmoid,
    Tanh,
)
from cnnlab.nn.losses import CrossEntropyLoss, MSELoss
from cnnlab.nn.network import Residual, Sequential
from cnnlab.nn.optimizers import SGD, Adam, AdamW, CosineAnnealingLR, Optimizer, RMSprop
from cnnlab.nn.training import History, accuracy, fit, predict, train_step

__all__ = [
    "SGD",
    "Adam",
    "AdamW",
    "AdaptiveAvgPool2d",
    "AvgPool2d",
    "BatchNorm2d",
    "Conv2d",
    "ConvTranspose2d",
    "CosineAnnealingLR",
    "CrossEntropyLoss",
    "Dense",
    "Dropout",
    "Flatten",
    "History",
    "Layer",
    "LeakyReLU",
    "MSELoss",
    "MaxPool2d",
    "Optimizer",
    "RMSprop",
    "ReLU",
    "Residual",
    "Sequential",
    "Sigmoid",
    "Tanh",
    "accuracy",
    "fit",
    "predict",
    "summary",
    "train_step",
]
