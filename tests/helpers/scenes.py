"""Every scene as it comes and in its variants, and the small networks that they show."""

import numpy as np

from cnnlab import gradcheck, scenes
from cnnlab.data import letters
from cnnlab.nn import (
    Adam,
    AdaptiveAvgPool2d,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    ConvTranspose2d,
    CrossEntropyLoss,
    Dense,
    Flatten,
    LeakyReLU,
    MaxPool2d,
    ReLU,
    Residual,
    Sequential,
    fit,
)
from cnnlab.scenes.pipeline import STACKS
from tests.helpers.detectors import detector
from tests.helpers.networks import liven

rng = np.random.default_rng(0)
PHOTO = rng.integers(0, 256, (9, 12)).astype(np.uint8)
UNEVEN = rng.integers(-9, 10, (8, 9)) / 4
NUMBERS, WEIGHTS = rng.integers(-8, 9, (2, 12)) / 4
COLORS = rng.random((3, 9, 7))
POINT = np.array([[1.0, -2.0], [0.5, 3.0]])


def cubes(x):
    """Return a loss whose gradient is 3 x²."""
    return (x**3).sum()


def letter_network(seed):
    """Return an untrained network of the shape that two scenes show."""
    chance = np.random.default_rng(seed)
    pools = (MaxPool2d(2, ceil_mode=True) for _ in range(2))
    network = Sequential(
        Conv2d(1, 3, 3, rng=chance), ReLU(), *pools, Flatten(), Dense(12, 2, rng=chance, bias=[0.5, -0.25])
    )
    network[0].bias = [0.5, -1, 0.25]
    return network


def digit_network(seed):
    """Return an untrained network for small images of one channel, with a stride, paddings and poolings."""
    chance = np.random.default_rng(seed)
    layers = (
        Conv2d(1, 5, 3, padding=1, rng=chance, bias=[0.5, -1, 0.25, 0, 2], dtype=float),
        ReLU(),
        MaxPool2d(2, ceil_mode=True),
        Conv2d(5, 3, 2, stride=2, padding=((1, 0), (0, 1)), rng=chance, dtype=float),
        ReLU(),
        Flatten(),
    )
    return Sequential(*layers, Dense(12, 4, rng=chance, dtype=float))


def digit_reader(seed):
    """Return an untrained network that reads digits."""
    chance = np.random.default_rng(seed)
    return Sequential(Conv2d(1, 4, 3, rng=chance), ReLU(), MaxPool2d(2), Flatten(), Dense(36, 10, rng=chance))


def other_network(kind):
    """Return an untrained network of layers that the lessons' own do not have."""
    chance = np.random.default_rng(3)
    around = Sequential(Conv2d(4, 6, 1, stride=2, rng=chance), BatchNorm2d(6))
    block = Residual(Conv2d(4, 6, 3, stride=2, padding=1, rng=chance), ReLU(), shortcut=around)
    first = {"color": 3}.get(kind, 1)
    layers = {
        "color": (ConvTranspose2d(4, 3, 2, stride=2, rng=chance), LeakyReLU(), MaxPool2d(2)),
        "residual": (block, AdaptiveAvgPool2d(1), Flatten(), Dense(6, 4, rng=chance)),
        "no dense layer": (block, Conv2d(6, 10, 1, rng=chance), AdaptiveAvgPool2d(1)),
        "steps": (AvgPool2d(2), BatchNorm2d(4), Conv2d(4, 11, 3, rng=chance)),
    }[kind]
    padding = 0 if kind == "steps" else 1
    network = Sequential(
        Conv2d(first, 4, 3, padding=padding, rng=chance), BatchNorm2d(4), ReLU(), *layers
    ).double()
    liven(network, chance)
    return network


def film(epochs):
    """Return the film of a short training."""
    network, chance = letter_network(0), np.random.default_rng(0)
    made = scenes.TrainingFilm(network, epochs, letters.BENT_X)
    held_back = letters.renditions(20, chance)
    fit(
        network,
        *letters.renditions(40, chance),
        loss=CrossEntropyLoss(),
        optimizer=Adam(0.01),
        epochs=epochs,
        batch_size=10,
        rng=chance,
        validation=held_back,
        callbacks=[made.record],
    )
    return made


SCENES = {
    "ActivationBrowser": lambda: scenes.ActivationBrowser(
        digit_network(0), {"one": UNEVEN[:, :8], "other": UNEVEN[:, 1:]}, layer=1, channel=2
    ),
    "ActivationBrowser, deep": lambda: scenes.ActivationBrowser(
        digit_network(1), {"one": UNEVEN[:, :8], "other": UNEVEN[:, 1:]}, layer=3
    ),
    "ActivationBrowser, color": lambda: scenes.ActivationBrowser(
        other_network("color"), {"one": COLORS, "other": COLORS[:, ::-1]}, layer=3, channel=1
    ),
    "ActivationBrowser, residual": lambda: scenes.ActivationBrowser(
        other_network("residual"), {"one": UNEVEN[:, :8], "other": UNEVEN[:, 1:]}, layer=3, channel=5
    ),
    "ComputationGraph": lambda: scenes.ComputationGraph(),
    "ComputationGraph, shut": lambda: scenes.ComputationGraph(x=-2, w=0.5, b=0.25, y=1 / 3),
    "ConvBackward": lambda: scenes.ConvBackward(),
    "ConvBackward, padded": lambda: scenes.ConvBackward(
        UNEVEN, [[1, 0.5], [-0.25, 2], [-1, 3]], stride=2, padding=1
    ),
    "ConvBackward, full": lambda: scenes.ConvBackward(stride=2, view="full convolution"),
    "Detection": lambda: scenes.Detection(detector(11)),
    "Detection, two networks": lambda: scenes.Detection(
        {"digits and nothing": detector(11), "digits only": detector(10)}, seed=3
    ),
    "Detection, in steps": lambda: scenes.Detection(other_network("steps"), seed=2),
    "DigitPad": lambda: scenes.DigitPad(digit_reader(0)),
    "DigitPad, as it is": lambda: scenes.DigitPad(
        digit_reader(1), np.eye(8)[:, ::-1], center=False, to_size=False
    ),
    "DigitPad, no dense layer": lambda: scenes.DigitPad(other_network("no dense layer")),
    "DropoutMasks": lambda: scenes.DropoutMasks(),
    "DropoutMasks, uneven": lambda: scenes.DropoutMasks(UNEVEN[:3, :4], "0.8", seed=3),
    "EdgeStrength": lambda: scenes.EdgeStrength(PHOTO),
    "FilterHunt": lambda: scenes.FilterHunt(),
    "FilterHunt, a map of fractions": lambda: scenes.FilterHunt(UNEVEN[:7, :7], letters.FILTERS[2]),
    "GradientDashboard": lambda: scenes.GradientDashboard(
        gradcheck.gradcheck(cubes, POINT, 3 * POINT**2), gradcheck.epsilon_sweep(cubes, POINT, 3 * POINT**2)
    ),
    "GradientRouting": lambda: scenes.GradientRouting(),
    "GradientRouting, pooling": lambda: scenes.GradientRouting("max-pooling", UNEVEN, UNEVEN[:4, :5]),
    "Im2col": lambda: scenes.Im2col(),
    "Im2col, padded": lambda: scenes.Im2col(
        UNEVEN[:4, :5], [[1, 0.5, -0.25], [2, -1, 3]], count=1, stride=2, padding=1
    ),
    "LearnedNetwork": lambda: scenes.LearnedNetwork(letter_network(1), letters.BENT_X),
    "LetterNetwork": lambda: scenes.LetterNetwork(letters.BENT_X),
    "LossCurve": lambda: scenes.LossCurve(),
    "LossCurve, sizes": lambda: scenes.LossCurve(target="0", square="(p − y)²", axis="their size, log scale"),
    "OneByOne": lambda: scenes.OneByOne(),
    "OneByOne, uneven": lambda: scenes.OneByOne(
        np.stack([UNEVEN[:5, :4], UNEVEN[3:, :4], UNEVEN[:5, 4:8]]), [[1, -0.5, 1 / 3], [0, 0, -2]], stride=3
    ),
    "LossDoctor": lambda: scenes.LossDoctor(),
    "LossDoctor, solved": lambda: scenes.LossDoctor(
        case="6", diagnosis="validation images overlap with training images", step=3
    ),
    "OptimizerRace": lambda: scenes.OptimizerRace(),
    "OptimizerRace, far away": lambda: scenes.OptimizerRace(rate="4", condition="1000", turned=True),
    "PhotoFilter": lambda: scenes.PhotoFilter(PHOTO, [[1, -2, 0.5], [0, 3, -1 / 3]]),
    "PhotoFilter, even kernel": lambda: scenes.PhotoFilter(PHOTO, np.ones((2, 2)) / 4),
    "PixelInspector": lambda: scenes.PixelInspector(size=9),
    **{f"Pipeline, {name}": lambda name=name: scenes.Pipeline(stack=name) for name in STACKS},
    "Pipeline, uneven": lambda: scenes.Pipeline(UNEVEN, [[1, 0.5], [-0.25, 2], [-1, 3]]),
    "PoolingWalk": lambda: scenes.PoolingWalk(UNEVEN),
    "PoolingWalk, mean": lambda: scenes.PoolingWalk(UNEVEN, keep="mean", size=3, stride=2),
    "ReluMap": lambda: scenes.ReluMap(UNEVEN),
    "SkipFilm": lambda: scenes.SkipFilm(),
    "SkipFilm, exploding": lambda: scenes.SkipFilm(
        activation="ReLU", start="twice as large", depth="30", skips="weights as they are", norm=True
    ),
    "SlidingFilter": lambda: scenes.SlidingFilter(),
    "SlidingFilter, sums": lambda: scenes.SlidingFilter(
        UNEVEN, [[1, 2], [0, -3]], operation="convolution", divide=False, stride=2, padding=2, dilation=2
    ),
    "TrainingFilm": lambda: film(epochs=3),
    "TrainingFilm, untrained": lambda: scenes.TrainingFilm(letter_network(0), 3, letters.O),
    "TransposedConv": lambda: scenes.TransposedConv(),
    "TransposedConv, cut and apart": lambda: scenes.TransposedConv(
        UNEVEN[:3, :4], [[1, 0.5], [-0.25, 2], [-1, 3]], stride=3, padding=1
    ),
    "TransposedConv, tiles": lambda: scenes.TransposedConv(weight=[[1, 1], [1, 1]]),
    "Vote": lambda: scenes.Vote(NUMBERS, WEIGHTS),
}
