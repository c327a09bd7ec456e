"""Predictions and exercises of lesson 17, Go deeper with skips."""

import numpy as np

from cnnlab.exercises.engine import exercise, quarters, sides
from cnnlab.exercises.predict import Predict

predict_skip = Predict(
    "Two layers with skips, y = x + f(x), and the derivative of f is 1/4 in both. "
    "What is the derivative of the two together?",
    answer=25 / 16,
    because="(1 + 1/4) · (1 + 1/4) = 25/16 ≈ 1.56. Without the skips it would be 1/16.",
    slips={
        1 / 16: "That is without the skips. With one, each layer has derivative 1 + 1/4.",
        1.25: "That is one layer.",
        1.5: "Multiply: there is also the path that leads through both, worth 1/4 · 1/4.",
        17 / 16: "That counts the path around both and the one through both. There are two more.",
        2.5: "Derivatives in a row multiply; they do not add up.",
        0.5: "Each layer has derivative 1 + 1/4; and derivatives in a row multiply.",
        1: "The skip adds 1, and the layer itself 1/4.",
        2: "Two times 1 is what the skips alone would add up to. Derivatives multiply.",
        9 / 16: "1 + 1/4, not 1 − 1/4.",
        1.6: "Nearly. Give two decimals, or a fraction.",
    },
    unit=16,
)

AHEAD, ALIKE, BEHIND = (
    "skips more than 3 in 100 ahead",
    "at most 3 in 100 apart",
    "plain more than 3 in 100 ahead",
)

predict_shallow = Predict(
    "With 0.01, networks with skips get about 80 of 100 test digits right, plain ones about 60. Now both "
    "get a learning rate of 0.1, the largest of three that were tried. How far apart are they then?",
    answer=ALIKE,
    because="Both get about 95 of 100 right. At 0.01 the plain ones had just not got far in twelve epochs.",
    slips={
        AHEAD: "With two layers there is little that a skip could save. What else could 0.01 have done?",
        BEHIND: "The plain networks do catch up; do they pass?",
    },
    choices=(AHEAD, ALIKE, BEHIND),
)


def gap(lead):
    """Say in the words of ``predict_shallow`` how far the share with skips leads."""
    return ALIKE if abs(lead) <= 0.03 else AHEAD if lead > 0 else BEHIND


predict_mix = Predict(
    "In three maps a pixel has the numbers 6, 2 and 4; all pixels around it have 1 in each map. A 1 × 1 "
    "convolution has the weights 1, −1/2 and 2, and no bias. What does the new map show at this pixel?",
    answer=13,
    because="6 · 1 + 2 · (−1/2) + 4 · 2 = 6 − 1 + 8 = 13. The pixels around it are not seen.",
    slips={
        15: "One weight is negative: 2 · (−1/2) = −1.",
        12: "That adds up the numbers without their weights.",
        2.5: "That adds up the weights without the numbers.",
        30: "That is the sum of the numbers times the sum of the weights. Multiply first, each by its own.",
        33: "That takes the eight pixels around it, too: a filter of 1 × 1 sees one pixel.",
        35.5: "That takes the nine pixels of a filter of 3 × 3, and this one too often.",
        13 / 3: "The products are added up, not averaged.",
        14: "Multiply 2 by −1/2: that is −1, and it is added.",
        6: "That is the first map alone.",
        5: "The third map counts, too: 4 · 2.",
        7: "The first map counts, too: 6 · 1.",
        -48: "The three products are added up, not multiplied.",
    },
)

predict_one_by_one = Predict(
    "On the skip, a convolution of 1 × 1 makes 16 maps out of 8, with stride 2 and without biases. "
    "How many numbers does it learn?",
    answer=128,
    because="Each of 16 filters has 1 · 1 weight for each of 8 maps: 16 · 8. The stride costs nothing.",
    slips={
        1152: "That is a filter of 3 × 3.",
        144: "It has no biases.",
        24: "Every new map is made of every old one: multiply.",
        16: "Each filter has a weight for each of the 8 maps.",
        8: "That is one filter.",
        512: "The stride has no weights.",
        32: "The stride leaves the weights as they are; it only skips places.",
        256: "The stride leaves the weights as they are; it only skips places.",
        2: "16 · 8, not 16 / 8.",
    },
)


FAR, NEAR, PLAIN = (
    "residual networks more than 1 in 100 ahead",
    "at most 1 in 100 apart",
    "plain twins more than 1 in 100 ahead",
)

predict_eight = Predict(
    "Eight layers with batch normalization, with skips and without, each at the rate that suits it, ten "
    "trainings each. How far apart are their means on the test digits?",
    answer=NEAR,
    because="Both get 97 or 98 of 100 right. With batch normalization eight layers need no skip.",
    slips={
        FAR: "Batch normalization keeps eight layers alive by itself (lesson 16). What is left to be mended?",
        PLAIN: "What could the skips spoil? A block can learn to take away again what comes around it.",
    },
    choices=(FAR, NEAR, PLAIN),
)


def apart(lead):
    """Say in the words of ``predict_eight`` how far the residual networks' share leads."""
    return NEAR if abs(lead) <= 0.01 else FAR if lead > 0 else PLAIN


def _block(rng):
    images, size = sides(rng, 1, 5)
    grad_out, x = quarters(rng, 2, images, size)
    far = 1000 if rng.integers(3) == 0 else 1
    return grad_out, far * x, quarters(rng, size, size)


@exercise(
    cases=[
        (np.array([[1.0, 2.0]]), np.array([[3.0, 1.0]]), np.array([[1.0, -1.0], [0.5, -2.0]])),
        (np.array([[3.0, -1.0]]), np.array([[2.0, 1.0]]), np.array([[1.0, -2.0], [0.5, 1.5]])),  # a sum of 0
    ],
    draw=_block,
    hints=[
        "x reaches y in two ways, and derivatives over several paths add up. Around the layer it is 1.",
        "Through the layer: first ReLU's gate, grad_out * (x @ weight.T > 0), then the weights.",
        "grad_out + (grad_out * (x @ weight.T > 0)) @ weight",
    ],
    without=("cnnlab.ops", "cnnlab.nn"),
)
def residual_backward(grad_out, x, weight):
    gate = x @ weight.T > 0
    return grad_out + (grad_out * gate) @ weight


residual_backward.mistake("That is the way through the layer alone. Add grad_out, which comes around it.")(
    lambda g, x, w: (g * (x @ w.T > 0)) @ w
)
residual_backward.mistake("That is the way around the layer alone. Add what comes back through it.")(
    lambda g, x, w: g.copy()
)
residual_backward.mistake(
    "ReLU's gate is missing: where the sum is not above 0, nothing comes back through the layer."
)(lambda g, x, w: g + g @ w)
residual_backward.mistake("The weights are transposed: forward is x @ weight.T, back is … @ weight.")(
    lambda g, x, w: g + (g * (x @ w.T > 0)) @ w.T
)
residual_backward.mistake("The gate looks at the sum in front of ReLU, x @ weight.T, not at x.")(
    lambda g, x, w: g + (g * (x > 0)) @ w
)
residual_backward.mistake("The gate looks at the sum inside the layer, before the skip is added.")(
    lambda g, x, w: g + (g * (x + x @ w.T > 0)) @ w
)
residual_backward.mistake("On the way back the gate comes first: gate grad_out, then multiply by weight.")(
    lambda g, x, w: g + (g @ w) * (x @ w.T > 0)
)
residual_backward.mistake("The gate stands inside the layer: what comes around it is not gated.")(
    lambda g, x, w: (g * (x @ w.T > 0)) @ w + g * (x @ w.T > 0)
)
residual_backward.mistake("Around the layer comes grad_out, not 1: the derivative 1 is multiplied by it.")(
    lambda g, x, w: 1 + (g * (x @ w.T > 0)) @ w
)
residual_backward.mistake("The weights are missing on the way back through the layer: … @ weight.")(
    lambda g, x, w: g + g * (x @ w.T > 0)
)
residual_backward.mistake("At a sum of exactly 0 the gate is shut: > 0, not >= 0.")(
    lambda g, x, w: g + (g * (x @ w.T >= 0)) @ w
)
residual_backward.mistake("The two ways add up; they are not multiplied.")(
    lambda g, x, w: g * ((g * (x @ w.T > 0)) @ w)
)
residual_backward.mistake("The skip hands back grad_out, not x.")(lambda g, x, w: x + (g * (x @ w.T > 0)) @ w)
residual_backward.mistake("That is the result of the block. Return the gradient in x.")(
    lambda g, x, w: x + np.maximum(x @ w.T, 0)
)
residual_backward.mistake("The gate is the wrong way round: it is open where the sum is above 0.")(
    lambda g, x, w: g + (g * (x @ w.T <= 0)) @ w
)
residual_backward.mistake("The gate belongs to x @ weight.T; yours is that of x @ weight.")(
    lambda g, x, w: g + (g * (x @ w > 0)) @ w
)


residual_backward.mistake("The gate looks at what ReLU is given. Yours looks at y, the result of the block.")(
    lambda g, x, w: g + (g * (x + np.maximum(x @ w.T, 0) > 0)) @ w
)
residual_backward.mistake("That is the gradient in the weights. Return the one in x.")(
    lambda g, x, w: (g * (x @ w.T > 0)).T @ x
)
residual_backward.mistake(
    "grad_out comes in once on each way. Yours multiplies by it twice on the way through."
)(lambda g, x, w: g * (1 + (g * (x @ w.T > 0)) @ w))
residual_backward.mistake("The gate is 1 or 0. Yours multiplies by what ReLU gave.")(
    lambda g, x, w: g + (g * np.maximum(x @ w.T, 0)) @ w
)
residual_backward.mistake("The gate depends on x @ weight.T, not on the sign of grad_out.")(
    lambda g, x, w: g + np.maximum(g, 0) @ w
)
residual_backward.mistake("The way around the layer counts once. Yours adds grad_out twice.")(
    lambda g, x, w: 2 * g + (g * (x @ w.T > 0)) @ w
)
residual_backward.mistake("Each row has a gradient of its own: do not divide by the number of rows.")(
    lambda g, x, w: (g + (g * (x @ w.T > 0)) @ w) / len(x)
)
residual_backward.mistake("The two ways add up: yours subtracts what comes through the layer.")(
    lambda g, x, w: g - (g * (x @ w.T > 0)) @ w
)


def _maps(rng):
    images, channels, filters = sides(rng, 1, 5, 3)
    height, width, stride = (int(each) for each in rng.integers([1, 1, 1], [8, 8, 4]))
    if height == width:
        width += 1
    x = quarters(rng, images, channels, height, width)
    return (1000 if rng.integers(3) == 0 else 1) * x, quarters(rng, filters, channels), stride


@exercise(
    cases=[
        (
            np.array([[[[1.0, 2.0, 3.0]], [[10.0, 20.0, 30.0]]]]),
            np.array([[1.0, -1.0], [2.0, 0.5], [0.0, 1.0]]),
            1,
        ),
        (
            np.array([[[[1.0, 2.0, 3.0], [4.0, -5.0, 6.0]], [[0.5, 1.0, -1.5], [2.0, 2.5, 3.0]]]]),
            np.array([[1.0, 1.0], [3.0, -2.0], [0.5, 0.0]]),
            2,
        ),
        (np.arange(25.0).reshape(1, 1, 5, 5) - 12, np.array([[2.0]]), 3),
    ],
    draw=_maps,
    hints=[
        "At one pixel, the new numbers are weight @ (the numbers of all channels there).",
        "The stride only skips pixels: x[:, :, ::stride, ::stride] are those that are used.",
        "np.einsum('fc,nchw->nfhw', weight, x[:, :, ::stride, ::stride])",
    ],
    without=("cnnlab.ops", "cnnlab.nn"),
)
def one_by_one(x, weight, stride):
    return np.einsum("fc,nchw->nfhw", weight, x[:, :, ::stride, ::stride])


def _mixed(x, weight):
    return np.einsum("fc,nchw->nfhw", weight, x)


one_by_one.mistake("The stride is missing: use every stride-th row and column.")(lambda x, w, s: _mixed(x, w))
one_by_one.mistake("The stride goes for the columns, too.")(lambda x, w, s: _mixed(x[:, :, ::s], w))
one_by_one.mistake("The stride goes for the rows, too.")(lambda x, w, s: _mixed(x[..., ::s], w))
one_by_one.mistake("The first row and column are used: begin at 0, not at stride − 1.")(
    lambda x, w, s: _mixed(x[:, :, s - 1 :: s, s - 1 :: s], w)
)
one_by_one.mistake(
    "At the edge yours leaves one out: rows 0, stride, 2 · stride, … as long as there are any."
)(lambda x, w, s: _mixed(x[:, :, : x.shape[2] // s * s : s, : x.shape[3] // s * s : s], w))
one_by_one.mistake("Add the products up. Yours takes their mean over the channels.")(
    lambda x, w, s: _mixed(x[:, :, ::s, ::s], w) / w.shape[1]
)
one_by_one.mistake("Channels are added up, each times its weight; yours adds them up without weights.")(
    lambda x, w, s: _mixed(x[:, :, ::s, ::s], np.ones_like(w))
)
one_by_one.mistake("Yours uses only the first channel: each result is a sum over all of them.")(
    lambda x, w, s: _mixed(x[:, :1, ::s, ::s], w[:, :1])
)
one_by_one.mistake("Yours takes the mean over each stride × stride block; the stride skips pixels.")(
    lambda x, w, s: _mixed(_blocks(x, s), w)
)
one_by_one.mistake("There is no ReLU in it: negative sums stay.")(
    lambda x, w, s: np.maximum(_mixed(x[:, :, ::s, ::s], w), 0)
)
one_by_one.mistake("Yours uses the filters in reverse order.")(
    lambda x, w, s: _mixed(x[:, :, ::s, ::s], w[::-1])
)
one_by_one.mistake("Yours pairs the channels with the weights in reverse order.")(
    lambda x, w, s: _mixed(x[:, :, ::s, ::s], w[:, ::-1])
)


one_by_one.mistake("The filters belong in axis 1, (N, F, …, …). In yours they come last.")(
    lambda x, w, s: np.moveaxis(_mixed(x[:, :, ::s, ::s], w), 1, -1)
)
one_by_one.mistake(
    "Each channel has its own weight. Yours adds up the channels, then the weights, and multiplies."
)(lambda x, w, s: _mixed(x[:, :, ::s, ::s], np.ones_like(w)) * w.sum(axis=1)[:, None, None])
one_by_one.mistake("Yours takes the largest of each stride × stride block; the stride skips pixels.")(
    lambda x, w, s: _mixed(_blocks(x, s, np.max), w)
)
one_by_one.mistake("Rows and columns of the maps have changed places.")(
    lambda x, w, s: _mixed(x[:, :, ::s, ::s], w).swapaxes(2, 3)
)
one_by_one.mistake("The stride is for rows and columns. Yours skips filters, too.")(
    lambda x, w, s: _mixed(x[:, :, ::s, ::s], w[::s])
)
one_by_one.mistake("The stride is an argument: use it, whatever it is, not 2.")(
    lambda x, w, s: _mixed(x[:, :, ::2, ::2], w)
)
one_by_one.mistake("The next pixel is stride further on, not stride + 1.")(
    lambda x, w, s: _mixed(x[:, :, :: s + 1, :: s + 1], w)
)
one_by_one.mistake("Only the first image is right: do the same with each of the N images.")(
    lambda x, w, s: _mixed(x[:, :, ::s, ::s] * (np.arange(len(x)) == 0)[:, None, None, None], w)
)
one_by_one.mistake("Each image has its own maps. Yours adds up the images.")(
    lambda x, w, s: _mixed(x[:, :, ::s, ::s], w).sum(axis=0)
)
one_by_one.mistake("There is no padding: yours lays a ring of zeros around the maps.")(
    lambda x, w, s: _mixed(np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))[:, :, ::s, ::s], w)
)
one_by_one.mistake("As many pixels as there should be, but the first ones side by side: the stride skips.")(
    lambda x, w, s: _mixed(x[:, :, : -(-x.shape[2] // s), : -(-x.shape[3] // s)], w)
)
one_by_one.mistake("weight has shape (F, C), a row for each filter. Yours reads its numbers as (C, F).")(
    lambda x, w, s: _mixed(x[:, :, ::s, ::s], w.reshape(w.shape[::-1]).T)
)
one_by_one.mistake("Add the products up. Yours takes the largest of them.")(
    lambda x, w, s: (w[:, :, None, None] * x[:, None, :, ::s, ::s]).max(axis=2)
)


def _blocks(x, s, of=np.mean):
    rows, columns = (np.arange(0, size, s) for size in x.shape[2:])
    cells = [[of(x[:, :, r : r + s, c : c + s], axis=(2, 3)) for c in columns] for r in rows]
    return np.array(cells).transpose(2, 3, 0, 1)
