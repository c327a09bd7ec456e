"""Ink of digits on ruled paper, pixel by pixel: rules with a threshold, and networks that make masks."""

from dataclasses import replace
from functools import cache

import numpy as np

from cnnlab import ops
from cnnlab.data import digits, sheets
from cnnlab.detection import mask_iou
from cnnlab.nn.layers import Conv2d, ConvTranspose2d, MaxPool2d, ReLU
from cnnlab.nn.losses import CrossEntropyLoss
from cnnlab.nn.network import Sequential
from cnnlab.nn.optimizers import Adam
from cnnlab.nn.training import fit, predict

INK = 0.3  # from here on a pixel of a digit is ink
THRESHOLDS = np.arange(-4, 39) / 40
SIZES = 3, 5, 7, 9, 11, 15  # of neighborhoods
NOTHING_TO_CHOOSE = (None,)


def draw_sheets(seed, images, labels, *, ruled=True, count=40):
    """Draw sheets with four digits each, on clean paper, or on stained paper with ruled lines.

    Lines lie 4 to 7 pixels apart, in rows, on half of the sheets in columns, too; on each sheet they are
    equally dark, from 0.4 to 0.9.

    Returns
    -------
    pixels : numpy.ndarray, shape (count, 1, 24, 32)
    masks : numpy.ndarray of bool, shape (count, 24, 32)
        Which pixels are ink of a digit.
    """
    rng, pixels, masks = np.random.default_rng(seed), [], []
    for _ in range(count):
        one = sheets.draw(rng, images, labels, noise=0.1 if ruled else 0)
        if ruled:
            one = replace(one, paper=_with_lines(rng, one.paper))
        pixels.append(one.pixels)
        masks.append(replace(one, paper=np.zeros(one.paper.shape)).pixels > INK)
    return np.array(pixels, np.float32)[:, None], np.array(masks)


def _with_lines(rng, paper):
    paper, apart = paper.copy(), int(rng.integers(4, 8))
    first, dark = int(rng.integers(0, apart)), rng.uniform(0.4, 0.9)
    for lines in (paper, paper.T)[: rng.integers(1, 3)]:
        lines[first::apart] = np.maximum(lines[first::apart], dark)
    return paper


@cache
def held_back_and_new(ruled=True):
    """Return sheets with held-back digits, and with test digits: each ``pixels, masks``."""
    _, held_back, test = digits.split_three()
    return draw_sheets(1000, *held_back, ruled=ruled, count=60), draw_sheets(1001, *test, ruled=ruled)


# --- Rules: how dark a pixel is, compared with a threshold --------------------------------------------------


def as_it_is(pixels, _):
    """Return the pixels, shape (N, 1, H, W)."""
    return pixels


def against_its_neighborhood(pixels, size):
    """Return how much darker each pixel is than the mean of ``size`` × ``size`` around it."""
    kernel = np.ones((1, 1, size, size), np.float32)
    around, counted = (ops.conv2d(each, kernel, padding="same") for each in (pixels, np.ones_like(pixels)))
    return pixels - around / counted


def lines_taken_away(pixels, _):
    """Return how much darker each pixel is than the middle one of its row and of its column."""
    return pixels - np.maximum(*(np.median(pixels, axis=axis, keepdims=True) for axis in (2, 3)))


RULES = {
    "threshold": (as_it_is, NOTHING_TO_CHOOSE),
    "than its neighborhood": (against_its_neighborhood, SIZES),
    "lines taken away": (lines_taken_away, NOTHING_TO_CHOOSE),
}


def by_rule(name, held_back, pixels):
    """Return the masks that a rule makes of sheets; what it can choose is best on others.

    Parameters
    ----------
    name : str
        One of ``RULES``: the threshold is one of ``THRESHOLDS``, a neighborhood has one of ``SIZES``.
    held_back : (pixels, masks)
        To choose on, as ``draw_sheets`` returns them.
    pixels : numpy.ndarray, shape (N, 1, H, W)

    Returns
    -------
    numpy.ndarray of bool, shape (N, H, W)
    """
    darkness, choices = RULES[name]
    seen = {choice: darkness(held_back[0], choice)[:, 0] for choice in choices}
    choice, threshold = max(
        ((choice, threshold) for choice in choices for threshold in THRESHOLDS),
        key=lambda both: mask_iou(seen[both[0]] > both[1], held_back[1]),
    )
    return darkness(pixels, choice)[:, 0] > threshold


# --- Networks: two scores for each pixel --------------------------------------------------------------------


def encoder_decoder(seed):
    """Return an untrained network that halves its maps by pooling, and doubles them again.

    Examples
    --------
    >>> encoder_decoder(0).output_shape((1, 24, 32))
    (2, 24, 32)
    """
    made = {"rng": np.random.default_rng(seed)}
    return Sequential(
        Conv2d(1, 16, 3, padding=1, **made),
        ReLU(),
        MaxPool2d(2),
        Conv2d(16, 16, 3, padding=1, **made),
        ReLU(),
        ConvTranspose2d(16, 16, 2, stride=2, **made),
        ReLU(),
        Conv2d(16, 2, 3, padding=1, **made),
    )


def at_full_size(seed):
    """Return its control: three untrained convolutions, without pooling, so nothing to enlarge.

    Examples
    --------
    >>> at_full_size(0).output_shape((1, 24, 32))
    (2, 24, 32)
    """
    made = {"rng": np.random.default_rng(seed)}
    return Sequential(
        Conv2d(1, 8, 3, padding=1, **made),
        ReLU(),
        Conv2d(8, 16, 3, padding=1, **made),
        ReLU(),
        Conv2d(16, 2, 3, padding=1, **made),
    )


# Each with its rate, the best of 0.005, 0.01, 0.02 and 0.04 on sheets with held-back digits, over six seeds.
NETWORKS = {"encoder–decoder": (encoder_decoder, 0.01), "three convolutions": (at_full_size, 0.02)}


def train(network, seed, rate, *, sheets_to_learn=300, epochs=9):
    """Train a network on ruled sheets with training digits, in batches of 10 with Adam; return it."""
    pixels, masks = draw_sheets(seed, *digits.split_three()[0], count=sheets_to_learn)
    loss, optimizer, rng = CrossEntropyLoss(), Adam(rate), np.random.default_rng(seed)
    y = masks.astype(int)
    fit(network, pixels, y, loss=loss, optimizer=optimizer, epochs=epochs, batch_size=10, rng=rng)
    return network


def masks_by(network, pixels):
    """Return the masks of a network: where ink has the larger score, shape (N, H, W)."""
    return predict(network, pixels).argmax(axis=1) == 1


def compare_rules():
    """Print the IoU of the ink on new sheets by each rule; return the masks on ruled paper.

    Returns
    -------
    dict of str to numpy.ndarray of bool, shape (40, 24, 32)
        By the names of ``RULES``.
    """
    held_back, (pixels, truth) = held_back_and_new(ruled=False)
    found = mask_iou(by_rule("threshold", held_back, pixels), truth)
    print(f"clean paper\n   threshold: {found:.2f}\nruled paper")
    held_back, (pixels, truth) = held_back_and_new()
    masks = {name: by_rule(name, held_back, pixels) for name in RULES}
    for name, mask in masks.items():
        print(f"   {name}: {mask_iou(mask, truth):.2f}")
    return masks


def masks_of(seed):
    """Return the masks that the trained networks make of new ruled sheets, shape (2, 40, 24, 32)."""
    pixels = held_back_and_new()[1][0]
    return np.array([masks_by(train(made(seed), seed, rate), pixels) for made, rate in NETWORKS.values()])
