"""A project whose results are known: its methods look the labels up, and err as often as they are told to."""

import itertools

import numpy as np

from cnnlab.project import Project

NAMES = ("dark", "bright")


def data(count=60, seed=0, groups=False):
    """Three parts of pictures that are dark or bright, none of them twice."""
    rng = np.random.default_rng(seed)
    y = np.arange(count) % 2
    x = rng.random((count, 1, 8, 8)) + 0.1 * y[:, None, None, None]
    ends = (0, count // 2, 3 * count // 4, count)
    return [
        (x[a:b], y[a:b], (np.arange(a, b) - a) // 3 + a) if groups else (x[a:b], y[a:b])
        for a, b in itertools.pairwise(ends)
    ]


def right_in(share_by_seed):
    """Return a method that gets that share of pictures right, by seed."""

    def method(x, y, seed, **settings):
        share = share_by_seed[seed % len(share_by_seed)]

        def classify(images):
            wrong = np.arange(len(images)) >= round(share * len(images))
            return np.where(wrong, 1 - known(images), known(images))

        return classify

    return method


ANSWERS = {image.tobytes(): label for part in data(400) for image, label in zip(*part, strict=True)}


def known(images):
    return np.array([ANSWERS[image.tobytes()] for image in images])


GOOD = (0.90, 0.91, 0.89, 0.92, 0.90, 0.93)
PLAIN = (0.88, 0.90, 0.90, 0.87, 0.88, 0.91)


def project(**changes):
    plan = {"classes": NAMES, "success": 2, "budget": "an hour"} | changes
    return Project("Dots", "Is the CNN better than the nearest neighbor?", **plan)


def finished(good=GOOD, plain=PLAIN, grids=(4, 4, 4), seeds=6, claimed=(-1, 5), control="plain"):
    """Return a project that was brought to its end, with 100 test pictures."""
    one = project()
    one.use(*data(400))
    for name, shares, tries in zip(("weak", "plain", "CNN"), ((0.6,), plain, good), grids, strict=True):
        one.tune(name, right_in(shares), {"k": list(range(tries))})
    one.errors("CNN")
    one.test(seeds=seeds)
    one.claim("CNN", control, *claimed)
    words = ("rights", "labels", "groups", "outside", "errors", "limits")
    one.say(**{key: f"my word on {key}" for key in words})
    return one
