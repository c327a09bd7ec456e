"""Predictions and exercises of lesson 20, Look inside."""

import numpy as np

from cnnlab import ops
from cnnlab.exercises.engine import exercise, quarters, sides
from cnnlab.exercises.predict import Predict

predict_fall = Predict(
    "A score is the sum of pixel · weight. Pixels 2, 0, 3, weights 1, 5, −1. "
    "The first two pixels are covered, that is, set to 0. By how much does the score fall?",
    answer=2,
    because="The covered pixels gave 2 · 1 + 0 · 5 = 2. The score falls from −1 to −3.",
    slips={
        -2: "It falls by what the covered pixels gave, and that was positive.",
        6: "A pixel that is 0 gave nothing, however large its weight.",
        -1: "That is the score before.",
        -3: "That is the score after.",
        12: "The second pixel is 0: it gave 0 · 5.",
        7: "Multiply each weight by its pixel.",
        3: "The third pixel is not covered.",
    },
)

predict_auc = Predict(
    "A neuron gives 0.9 and 0.4 for two pictures of a cat, 0.6 and 0.1 for two others. "
    "In which share of the four pairs (a cat and another) does the cat get more?",
    answer=0.75,
    because="0.9 beats both, and 0.4 beats 0.1 but not 0.6: three of four.",
    slips={
        0.5: "That is the share of cats above all others. Count pairs.",
        1: "0.4 does not beat 0.6.",
        3: "As a share of the four pairs.",
        75: "As a share between 0 and 1, not in percent.",
        0.25: "That is the share of pairs that it gets wrong.",
        0.65: "That is the mean for the cats. Count pairs.",
        2: "Count the pairs: 0.9 with 0.6, 0.9 with 0.1, 0.4 with 0.6, 0.4 with 0.1.",
    },
)

predict_product = Predict(
    "The same score: pixels 2, 0, 3, weights 1, 5, −1. Multiply each pixel by the derivative of the score by "
    "that pixel. What do the three products add up to?",
    answer=-1,
    because="2 · 1 + 0 · 5 + 3 · (−1) = −1, the score itself: for a weighted sum the products share it out.",
    slips={
        5: "Those are the derivatives alone. Multiply each by its pixel.",
        2: "The third pixel counts, too: 3 · (−1).",
        4: "The third product is −3.",
        10: "The empty pixel gives 0 · 5 = 0.",
        -3: "That is the third product alone.",
        1: "Mind the sign: 2 + 0 − 3.",
        6: "The third product is negative.",
    },
)

FEW, HALF, MOST, ALL = "fewer than a third", "about half", "about three quarters", "nearly all"
predict_mark = Predict(
    "Networks were trained on digits of which every 8 had the mark. Now they see test 8s without it, whole "
    "and clean. How many of these do they name 8, on average?",
    answer=FEW,
    because="The mark alone was enough to tell every 8, so there was little need to learn their shape.",
    choices=(FEW, HALF, MOST, ALL),
    slips={
        HALF: "They rely on the mark more than that.",
        MOST: "They need the mark more than that.",
        ALL: "That is what networks do that never saw a mark.",
    },
)


NOBODY, SOME, OTHERS = "about one in ten, as by chance", "about half", "nearly all"
predict_read = Predict(
    "Climbing from noise made ten images for one network, one for each digit. A second network, trained from "
    "another seed, reads them. How many does it name as meant?",
    answer=OTHERS,
    because="Both have learned from the same digits, and much of what they weigh is the same.",
    choices=(NOBODY, SOME, OTHERS),
    slips={
        NOBODY: "That is what it makes of an untrained network's images.",
        SOME: "It is more, though the images lie far from any digit.",
    },
)

predict_class_map = Predict(
    "Grad-CAM: at one place two maps hold 4 and 1. The mean derivatives of the score by their cells are 0.5 "
    "and −3. What stands at this place of Grad-CAM's map?",
    answer=0,
    because="0.5 · 4 + (−3) · 1 = −1, and what is below 0 becomes 0.",
    slips={
        -1: "What is below 0 becomes 0.",
        1: "What is below 0 becomes 0; it does not just lose its sign.",
        2: "Add up both channels first; then what is below 0 becomes 0.",
        5: "The second derivative is negative.",
        -2.5: "Multiply each derivative by its map's number.",
        -0.5: "Add the channels up, without dividing; and what is below 0 becomes 0.",
    },
)

NOISE, AGAINST, NEITHER = "the one that learned from noise", "the one that learned from steps", "neither"
predict_withstands = Predict(
    "One network learned from digits with noise, each pixel 0.3 up or down by chance; another from digits "
    "with steps of 0.1 against itself. Which withstands a step of 0.1 against itself better?",
    answer=AGAINST,
    because="Noise hardly ever points in the direction that hurts; a step against the network always does.",
    choices=(NOISE, AGAINST, NEITHER),
    slips={
        NOISE: "Noise, though larger, hardly ever points in the direction that hurts.",
        NEITHER: "One withstands clearly more than the other.",
    },
)

ZERO, LITTLE, LARGE = "exactly 0", "a little above 0", "about 0.1"
predict_chance = Predict(
    "Suppose that the shares of 500 answers are exactly right: labels are drawn from them. Which calibration "
    "error, on average, will you measure?",
    answer=LITTLE,
    because="Of 20 answers with a share of 0.9 it is not always 18 that are right, and distances add up.",
    choices=(ZERO, LITTLE, LARGE),
    slips={
        ZERO: "Of 20 answers with a share of 0.9 it is not always 18 that are right.",
        LARGE: "With 500 answers chance does not reach that far.",
    },
)


def _numbers(rng):
    ours, others = sides(rng, 1, 7)
    if rng.random() < 0.5:  # many ties, of means as well
        return rng.integers(-1, 1, ours) / 2, rng.integers(-1, 1, min(others, 2)) / 2
    return quarters(rng, ours), quarters(rng, others)


@exercise(
    cases=[
        (np.array([0.9, 0.4]), np.array([0.6, 0.1, -0.2])),
        (np.array([1.0, 1.0, 2.0]), np.array([1.0, 0.0])),
        (np.array([3.0]), np.array([3.0, 3.0])),
        (np.array([-2.0, -1.0]), np.array([5.0])),
        (np.array([1000.0, 0.5, 0.25]), np.array([0.5, 0.25, 0.25, -1000.0])),
        (np.array([100000.5, 0.3]), np.array([100000.25, 0.25, 0.35])),  # close, and not equal
    ],
    draw=_numbers,
    hints=[
        "cats[:, None] and others[None, :] compare every cat with every other picture, all pairs at once.",
        "The mean of a table of True and False is the share of True.",
        "np.mean(cats[:, None] > others) counts the won pairs; add half of those that are equal.",
    ],
)
def auc(cats, others):
    won = np.mean(cats[:, None] > others[None, :])
    tied = np.mean(cats[:, None] == others[None, :])
    return won + tied / 2


def _pairs(cats, others):
    return cats[:, None] - others[None, :]


auc.mistake("Pairs that get the same count half, not nothing.")(lambda c, o: np.mean(_pairs(c, o) > 0))
auc.mistake("Pairs that get the same count half, not whole.")(lambda c, o: np.mean(_pairs(c, o) >= 0))
auc.mistake("That is the share of pairs in which the other picture gets more.")(
    lambda c, o: np.mean(_pairs(c, o) < 0) + np.mean(_pairs(c, o) == 0) / 2
)
auc.mistake("Count pairs, not cats that get more than all others.")(lambda c, o: np.mean(c > o.max()))
auc.mistake("Count pairs, not cats that get more than the mean of the others.")(
    lambda c, o: np.mean(c > o.mean())
)
auc.mistake("Compare every cat with every other picture, not the first with the first and so on.")(
    lambda c, o: np.mean([(a > b) + (a == b) / 2 for a, b in zip(c, o, strict=False)])
)
auc.mistake("As a share of all pairs: divide by the cats times the others.")(
    lambda c, o: (_pairs(c, o) > 0).sum() + (_pairs(c, o) == 0).sum() / 2
)
auc.mistake("That is the mean difference. Only who gets more counts, not by how much.")(
    lambda c, o: np.mean(_pairs(c, o))
)
auc.mistake("That divides by the cats alone. There are as many pairs as cats times others.")(
    lambda c, o: ((_pairs(c, o) > 0).sum() + (_pairs(c, o) == 0).sum() / 2) / len(c)
)
auc.mistake("That asks whether the mean cat gets more. Count pairs.")(lambda c, o: float(c.mean() > o.mean()))


def _share(cats, others):
    return np.mean((np.sign(_pairs(cats, others)) + 1) / 2)


auc.mistake("That compares each cat with one number, the mean of the others. Count pairs.")(
    lambda c, o: np.mean((np.sign(c - o.mean()) + 1) / 2)
)
auc.mistake("Which of the two means is larger does not tell in how many pairs the cat gets more.")(
    lambda c, o: (np.sign(c.mean() - o.mean()) + 1) / 2
)
auc.mistake("The share may be below a half: that is no reason to turn it around.")(
    lambda c, o: max(_share(c, o), 1 - _share(c, o))
)
auc.mistake("Ranks that count from 0: subtract n (n − 1) / 2 for n cats, not n (n + 1) / 2.")(
    lambda c, o: _share(c, o) - 1 / len(o)
)
auc.mistake("Each picture counts, even if another one gets the same number.")(
    lambda c, o: _share(np.unique(c), np.unique(o))
)
auc.mistake("Pairs that get the same count half. Yours leaves them out.")(
    lambda c, o: np.sum(_pairs(c, o) > 0) / max(1, np.sum(_pairs(c, o) != 0)) + (_pairs(c, o) == 0).all() / 2
)
auc.mistake("The numbers need not be whole: yours cuts off what is behind the point.")(
    lambda c, o: _share(np.trunc(c), np.trunc(o))
)
auc.mistake("Two cats, or two others, are no pair: divide by the cats times the others.")(
    lambda c, o: 2 * _share(c, o) * len(c) * len(o) / (len(c) + len(o)) / (len(c) + len(o) - 1)
)
auc.mistake("Those are the pairs won minus the pairs lost. Return the share of those won.")(
    lambda c, o: 2 * _share(c, o) - 1
)
auc.mistake("There is no threshold: compare each cat with each other picture.")(
    lambda c, o: (np.sum(c > 0.5) + np.sum(o <= 0.5)) / (len(c) + len(o))
)
auc.mistake("That says by how much cats get more. Count in how many pairs they do.")(
    lambda c, o: np.maximum(_pairs(c, o), 0).mean()
)
auc.mistake("Negative numbers are numbers, too: yours makes them 0.")(
    lambda c, o: _share(np.maximum(c, 0), np.maximum(o, 0))
)
auc.mistake("Close is not equal: pairs count half only if both get exactly the same.")(
    lambda c, o: np.mean(np.where(np.isclose(c[:, None], o), 0.5, _pairs(c, o) > 0))
)


auc.mistake("Count all pairs: that the best cat gets more than the best other tells of one pair only.")(
    lambda c, o: float(c.max() > o.max())
)
auc.mistake("That divides by the others alone. There are as many pairs as cats times others.")(
    lambda c, o: _share(c, o) * len(c)
)
auc.mistake("There are not cats plus others pairs, but cats times others.")(
    lambda c, o: _share(c, o) * len(c) * len(o) / (len(c) + len(o))
)
auc.mistake("That compares each cat with one number, the median of the others. Count pairs.")(
    lambda c, o: np.mean(c > np.median(o))
)
auc.mistake("Compare the numbers with their signs: a negative one is less than 0.")(
    lambda c, o: _share(np.abs(c), np.abs(o))
)
auc.mistake("A pair that gets the same adds half a pair, not half to the share.")(
    lambda c, o: np.mean(_pairs(c, o) > 0) + 0.5 * np.any(_pairs(c, o) == 0)
)
auc.mistake("Only the pairs that get the same count half; the ones the cat wins count whole.")(
    lambda c, o: np.mean(_pairs(c, o) >= 0) / 2
)


def _covered(rng):
    rows, columns = sides(rng, 2, 6)
    size = int(rng.integers(1, min(rows, columns) + 1))
    return quarters(rng, rows, columns), quarters(rng, rows, columns), size, int(rng.integers(-4, 5)) / 4


@exercise(
    cases=[
        (np.array([[2.0, 0, 3]]), np.array([[1.0, 5, -1]]), 1, 0.0),
        (np.array([[2.0, 1, 3], [0, 4, 1]]), np.array([[1.0, 2, -1], [3, 1, 2]]), 2, 0.0),
        (np.array([[2.0, 1, 3], [0, 4, 1]]), np.array([[1.0, 2, -1], [3, 1, 2]]), 2, 0.5),
        (np.array([[2.0, 1, 3], [0, 4, 1]]), np.array([[1.0, 2, -1], [3, 1, 2]]), 1, -1.0),
        (1000 * np.eye(3, 4), np.arange(12.0).reshape(3, 4), 2, 3.0),
    ],
    draw=_covered,
    hints=[
        "There are (rows − size + 1) × (columns − size + 1) places, as for a filter without padding.",
        "At each place take a copy of the image, set the patch to cover, and compute the score again.",
        "covered = image.copy(); covered[r:r + size, c:c + size] = cover; "
        "then the score of image minus that of covered",
    ],
)
def occlusion(image, weights, size, cover):
    rows, columns = image.shape
    fall = np.zeros((rows - size + 1, columns - size + 1))
    for r, c in np.ndindex(fall.shape):
        covered = image.copy()
        covered[r : r + size, c : c + size] = cover
        fall[r, c] = (image * weights).sum() - (covered * weights).sum()
    return fall


def _falls(image, weights, size, cover, of, step=1):
    """Return ``of(patch, weights of the patch)`` at every place, ``step`` pixels apart."""
    rows, columns = image.shape
    places = [range(0, side - size + 1, step) for side in (rows, columns)]
    cuts = [[np.s_[r : r + size, c : c + size] for c in places[1]] for r in places[0]]
    return np.array([[of(image[cut], weights[cut]) for cut in row] for row in cuts], dtype=float)


occlusion.mistake("The patch is set to cover, which need not be 0.")(
    lambda i, w, s, c: _falls(i, w, s, c, lambda p, q: (p * q).sum())
)
occlusion.mistake("By how much it falls: the score before minus the score after, not the other way around.")(
    lambda i, w, s, c: _falls(i, w, s, c, lambda p, q: ((c - p) * q).sum())
)
occlusion.mistake("That is the score after covering. By how much did it fall?")(
    lambda i, w, s, c: (i * w).sum() - _falls(i, w, s, c, lambda p, q: ((p - c) * q).sum())
)
occlusion.mistake("Cover is what the pixels become, not what is subtracted from the patch's score.")(
    lambda i, w, s, c: _falls(i, w, s, c, lambda p, q: (p * q).sum() - c)
)
occlusion.mistake("The patch moves on by one pixel, not by its own size.")(
    lambda i, w, s, c: _falls(i, w, s, c, lambda p, q: ((p - c) * q).sum(), step=s)
)
occlusion.mistake("The sum over the patch, not its mean.")(
    lambda i, w, s, c: _falls(i, w, s, c, lambda p, q: ((p - c) * q).mean())
)
occlusion.mistake("A fall may be negative: where the score rises, say so.")(
    lambda i, w, s, c: np.abs(_falls(i, w, s, c, lambda p, q: ((p - c) * q).sum()))
)
occlusion.mistake("The pixels count with their weights: the score is the sum of pixel · weight.")(
    lambda i, w, s, c: _falls(i, w, s, c, lambda p, q: (p - c).sum())
)
occlusion.mistake("Only the pixel in the patch's top left corner was covered.")(
    lambda i, w, s, c: _falls(i, w, s, c, lambda p, q: (p[0, 0] - c) * q[0, 0])
)
occlusion.mistake("Cover the patch and leave the rest, not the other way around.")(
    lambda i, w, s, c: ((i - c) * w).sum() - _falls(i, w, s, c, lambda p, q: ((p - c) * q).sum())
)


@occlusion.mistake(
    "Begin with a fresh copy of the image at every place: the patches before are still covered."
)
def _(image, weights, size, cover):
    rows, columns = image.shape
    fall, covered = np.zeros((rows - size + 1, columns - size + 1)), image.copy()
    for r, c in np.ndindex(fall.shape):
        covered[r : r + size, c : c + size] = cover
        fall[r, c] = (image * weights).sum() - (covered * weights).sum()
    return fall


occlusion.mistake(
    "The weights under the patch move on with it. Yours takes those of the top left corner everywhere."
)(lambda i, w, s, c: _falls(i, w, s, c, lambda p, q: ((p - c) * w[:s, :s]).sum()))
occlusion.mistake("What the cover gives is multiplied by the weights, too.")(
    lambda i, w, s, c: _falls(i, w, s, c, lambda p, q: (p * q - c).sum())
)
occlusion.mistake(
    "Multiply pixel by pixel, then add up. Yours multiplies the sum of the pixels by that of the weights."
)(lambda i, w, s, c: _falls(i, w, s, c, lambda p, q: (p - c).sum() * q.sum()))
occlusion.mistake("The patch is one pixel too small: the end of a slice is exclusive.")(
    lambda i, w, s, c: _falls(i, w, s, c, lambda p, q: ((p - c) * q)[: s - 1, : s - 1].sum())
)
occlusion.mistake("The pixels are set to cover. Yours adds cover to them.")(
    lambda i, w, s, c: _falls(i, w, s, c, lambda p, q: (-c * q).sum())
)
occlusion.mistake("The argument cover says which gray to cover with, not 0.5.")(
    lambda i, w, s, c: _falls(i, w, s, c, lambda p, q: ((p - 0.5) * q).sum())
)
occlusion.mistake("By how much it falls, not by which share of the score.")(
    lambda i, w, s, c: _falls(i, w, s, c, lambda p, q: ((p - c) * q).sum()) / ((i * w).sum() or 1.0)
)
occlusion.mistake("That is the largest fall. Return the fall at every place.")(
    lambda i, w, s, c: _falls(i, w, s, c, lambda p, q: ((p - c) * q).sum()).max()
)
occlusion.mistake("Only places where the whole patch fits: yours lets it reach over the edge.")(
    lambda i, w, s, c: _falls(
        *(np.pad(each, (s // 2, s - 1 - s // 2)) for each in ((i - c) * w, np.ones(i.shape))),
        s,
        c,
        lambda p, q: p.sum(),
    )
)


@occlusion.mistake(
    "There may be more columns than rows, or fewer: each direction has its own number of places."
)
def _(image, weights, size, cover):
    fall = _falls(image, weights, size, cover, lambda p, q: ((p - cover) * q).sum())
    least = min(fall.shape)
    fall[least:] = fall[:, least:] = 0
    return fall


def _last_maps(rng):
    rows, columns = sides(rng, 1, 5)
    channels, classes = sides(rng, 1, 5)
    maps, weight = quarters(rng, channels, rows, columns), quarters(rng, classes, channels)
    if rng.random() < 0.5:  # as they are behind ReLU
        maps = np.maximum(maps, 0)
    return maps, weight, int(rng.integers(classes))


_TWO_MAPS = np.array([[[4.0, 0, 2], [1, 3, 0]], [[1.0, 2, 0], [0, 1, 5]]])


@exercise(
    cases=[
        (_TWO_MAPS, np.array([[0.5, -3], [1, 1], [-2, 0.25]]), 0),
        (_TWO_MAPS, np.array([[0.5, -3], [1, 1], [-2, 0.25]]), 1),
        (_TWO_MAPS, np.array([[0.5, -3], [3, -1]]), 1),
        (np.array([[[2.0, -0.5]], [[-1, 1]], [[4, -2]]]), np.array([[1.0, 2, -0.25], [2, -1, 1]]), 1),
        (np.array([[[3.0]]]), np.array([[-1.0], [2]]), 0),
        (1000 * _TWO_MAPS, np.array([[0.25, 0.5], [-1, 2]]), 1),
    ],
    draw=_last_maps,
    hints=[
        "A score is a sum of weight · mean. By how much does a mean of n numbers grow if one grows by 1?",
        "By 1/n: so the derivative by each cell of map c is weight[label, c] divided by the number of cells.",
        "np.tensordot(derivatives, maps, 1) adds up each map times its number; then np.maximum(…, 0).",
    ],
)
def grad_cam(maps, weight, label):
    derivatives = weight[label] / maps[0].size
    return np.maximum(np.tensordot(derivatives, maps, 1), 0)


def _summed(numbers, maps):
    return np.tensordot(numbers, maps, 1)


grad_cam.mistake("What is below 0 becomes 0: that is missing.")(lambda m, w, k: _summed(w[k], m) / m[0].size)
grad_cam.mistake("The derivative of a mean by one of its cells is 1 over the number of cells: divide by it.")(
    lambda m, w, k: ops.relu(_summed(w[k], m))
)
grad_cam.mistake("First add the channels up, then set to 0 what is below 0, not the other way around.")(
    lambda m, w, k: ops.relu(w[k][:, None, None] * m).sum(axis=0) / m[0].size
)
grad_cam.mistake("The channels are added up: yours divides by their number, too.")(
    lambda m, w, k: ops.relu(_summed(w[k], m)) / m.size
)
grad_cam.mistake("Divide by the number of cells of a map, not by the number of maps.")(
    lambda m, w, k: ops.relu(_summed(w[k], m)) / len(m)
)
grad_cam.mistake("A cell is one of rows times columns: yours divides by the rows alone.")(
    lambda m, w, k: ops.relu(_summed(w[k], m)) / m.shape[1]
)
grad_cam.mistake("A cell is one of rows times columns: yours divides by the columns alone.")(
    lambda m, w, k: ops.relu(_summed(w[k], m)) / m.shape[2]
)
grad_cam.mistake("weight[label] is the row of the class; yours takes a column.")(
    lambda m, w, k: ops.relu(_summed(np.resize(w[:, min(k, w.shape[1] - 1)], len(m)), m)) / m[0].size
)
grad_cam.mistake("The weights of the one class that is asked, not the sum of all classes.")(
    lambda m, w, k: ops.relu(_summed(w.sum(axis=0), m)) / m[0].size
)
grad_cam.mistake("What is below 0 becomes 0; it does not lose its sign.")(
    lambda m, w, k: np.abs(_summed(w[k], m)) / m[0].size
)
grad_cam.mistake("Channels with a negative weight count, too, before the sum is cut off at 0.")(
    lambda m, w, k: _summed(ops.relu(w[k]), m) / m[0].size
)
grad_cam.mistake("A weight counts with its sign: a negative one speaks against the class.")(
    lambda m, w, k: _summed(np.abs(w[k]), m) / m[0].size
)
grad_cam.mistake("That is what speaks against the class. Keep what is above 0.")(
    lambda m, w, k: ops.relu(-_summed(w[k], m)) / m[0].size
)
grad_cam.mistake("Ask for the class label, not always for the first one.")(
    lambda m, w, k: ops.relu(_summed(w[0], m)) / m[0].size
)
grad_cam.mistake("label counts from 0, as every index does.")(
    lambda m, w, k: ops.relu(_summed(w[k - 1], m)) / m[0].size
)
grad_cam.mistake("Ask for the class label, whether or not it has the largest score.")(
    lambda m, w, k: ops.relu(_summed(w[(w @ m.mean(axis=(1, 2))).argmax()], m)) / m[0].size
)
grad_cam.mistake("That is the score, the same in every cell. Each cell of the maps counts by itself.")(
    lambda m, w, k: np.full(m.shape[1:], max(w[k] @ m.mean(axis=(1, 2)), 0.0))
)
grad_cam.mistake("Those are the derivatives alone: multiply each by the numbers of its map.")(
    lambda m, w, k: np.full(m.shape[1:], max(w[k].sum(), 0.0) / m[0].size)
)
grad_cam.mistake("A channel is weighted by the derivative of the score, not by the mean of its map.")(
    lambda m, w, k: ops.relu(_summed(m.mean(axis=(1, 2)), m))
)
grad_cam.mistake(
    "The derivative of the score does not depend on how large the map is: yours multiplies by its mean."
)(lambda m, w, k: ops.relu(_summed(w[k] * m.mean(axis=(1, 2)), m)) / m[0].size)
grad_cam.mistake("The maps are not counted with a weight in yours.")(
    lambda m, w, k: m.sum(axis=0) / m[0].size
)
grad_cam.mistake("Leave the map as it is: it need not be divided by its largest number.")(
    lambda m, w, k: ops.relu(_summed(w[k], m)) / (ops.relu(_summed(w[k], m)).max() or 1.0)
)
grad_cam.mistake("Add all channels up: yours takes the largest one in each cell.")(
    lambda m, w, k: ops.relu((w[k][:, None, None] * m).max(axis=0)) / m[0].size
)


@grad_cam.mistake("Ask for the derivative of the score, not of the share that softmax makes of it.")
def _(maps, weight, label):
    shares = ops.softmax(weight @ maps.mean(axis=(1, 2)))
    by_score = shares[label] * ((np.arange(len(weight)) == label) - shares)
    return ops.relu(_summed(by_score @ weight, maps)) / maps[0].size
