"""Predictions and exercises of lesson 13, Resist overfitting."""

import numpy as np

from cnnlab.exercises.engine import exercise, quarters, sides
from cnnlab.exercises.predict import Predict, PredictCells

predict_labels = Predict(
    "40 % of the labels are replaced by a digit drawn by chance from all ten. "
    "What share of all labels is right, on average? Write it as a number between 0 and 1.",
    answer=0.64,
    because="0.6 are left alone, and one in ten of the other 0.4 hits the right digit: 0.6 + 0.04.",
    slips={
        0.6: "Chance hits the right digit too, once in ten times.",
        0.4: "Those are the replaced ones.",
        0.04: "Those are the replaced ones that are right by chance. Most were not replaced.",
        0.36: "That is the share of wrong ones.",
        64: "Between 0 and 1.",
        0.1: "That is the share of right ones among the replaced.",
        1: "Nine in ten of the replaced labels are wrong.",
    },
)

predict_kept = Predict(
    "Dropout with p = 0.2: a number is silenced with probability 0.2, and what is kept is divided by 1 − p. "
    "A 4 is kept. What goes on?",
    answer=5,
    because="4 / (1 − 0.2) = 4 / 0.8 = 5. On average 0.8 · 5 + 0.2 · 0 = 4 goes on, as without dropout.",
    slips={
        4: "It is divided by 1 − p, to make up for the silenced ones.",
        3.2: "Divide by 0.8; do not multiply.",
        20: "Divide by 1 − p, which is 0.8, not by p.",
        0: "This one is kept.",
        0.8: "That is 1 − p. Divide the 4 by it.",
        4.8: "Divide by 0.8; that is not the same as adding a fifth.",
        8: "That is right for p = 0.5.",
    },
)

predict_penalty = Predict(
    "Two weights, 3 and −4, and λ = 0.1. What is the penalty λ/2 · Σ w²?",
    answer=1.25,
    because="9 + 16 = 25, and 0.1 / 2 · 25 = 1.25.",
    slips={
        2.5: "Half of that: the formula has λ/2.",
        0.35: "Square the weights; do not take their sizes.",
        -0.35: "Minus four squared is 16, not −16.",
        0.05: "Square each weight first, then add: 9 + 16.",
        25: "That is the sum of the squares. Multiply by λ/2.",
        12.5: "λ is 0.1.",
        0.25: "That is λ/2 times the root of the sum. Leave the root out.",
    },
)

predict_shrink = PredictCells(
    "Three weights, 2, −1 and 0.5, in which the loss has derivative 0. Only the penalty with λ = 0.2 pulls, "
    "its derivative is λ · w, and the learning rate is 0.5. What are the weights after one step?",
    answer=[[1.8, -0.9, 0.45]],
    because="Each loses 0.5 · 0.2 · w, a tenth of itself: all shrink by the same factor, 0.9.",
    given={"Weights": [[2, -1, 0.5]]},
    slips=[
        ([[2.2, -1.1, 0.55]], "The weights shrink: subtract, do not add."),
        ([[1.6, -0.8, 0.4]], "Multiply by the learning rate, too."),
        ([[1.9, -1.1, 0.4]], "The pull is λ · w: large weights are pulled harder, negative ones upwards."),
        ([[0.2, -0.1, 0.05]], "That is the change. What is left of the weights?"),
        ([[2, -1, 0.5]], "The loss does not pull, but the penalty does."),
        ([[1, -0.5, 0.25]], "The learning rate times λ times w is taken away, not half of the weight."),
    ],
)

LOSSES = [0.9, 0.7, 0.6, 0.65, 0.62, 0.58, 0.7]
predict_stop = Predict(
    "Validation losses of epochs 0 to 6: 0.9, 0.7, 0.6, 0.65, 0.62, 0.58, 0.7. You stop as soon as "
    "two epochs in a row have brought no new best, and go back to the best. Which epoch is that?",
    answer=2,
    because="0.6 at epoch 2 is the best so far; epochs 3 and 4 are not better, so you stop after epoch 4.",
    slips={
        5: "That is the best of all; but you had stopped before you could see it.",
        4: "That is when you stop. Which epoch was the best until then?",
        3: "Count from 0.",
        6: "You do not get as far as that.",
        1: "Epoch 2 is better.",
        0: "The loss falls at first: a smaller one is better.",
        0.6: "That is its loss. Which epoch is it?",
    },
)


def _masked(rng):
    shape, p = sides(rng, 1, 6), int(rng.integers(0, 10)) / 10
    return quarters(rng, *shape), (rng.random(shape) >= p).astype(float), p


@exercise(
    cases=[
        (np.array([2.0, 3.0, 4.0]), np.array([1.0, 0.0, 1.0]), 0.2),
        (np.array([[1.0, -2.0], [0.5, 4.0]]), np.array([[0.0, 1.0], [0.0, 1.0]]), 0.5),
        (np.array([[3000.0, -0.25, 7.0]]), np.array([[1.0, 1.0, 1.0]]), 0.0),
        (np.array([[-1.5], [2.0]]), np.array([[0.0], [0.0]]), 0.9),
        (np.array([[3, -1, 2], [0, 5, 1]]), np.array([[1, 1, 0], [0, 1, 1]]), 0.2),
    ],
    draw=_masked,
    hints=[
        "Multiplying by the mask makes the silenced numbers 0 and leaves the others.",
        "What is kept is divided by the probability of being kept.",
        "x * mask / (1 - p)",
    ],
)
def dropout(x, mask, p):
    return x * mask / (1 - p)


dropout.mistake("What is kept must make up for what is silenced: divide by 1 − p.")(lambda x, m, p: x * m)
dropout.mistake("Divide by 1 − p; do not multiply.")(lambda x, m, p: x * m * (1 - p))
dropout.mistake("Divide by 1 − p, the probability of being kept, not by p.")(lambda x, m, p: x * m / p)
dropout.mistake("The mask is turned around: 1 means kept.")(lambda x, m, p: x * (1 - m) / (1 - p))
dropout.mistake("The mask is missing: where it is 0, nothing goes on.")(lambda x, m, p: x / (1 - p))
dropout.mistake("Nothing is silenced: multiply by the mask, and divide by 1 − p.")(lambda x, m, p: x.copy())
dropout.mistake("Divide by 1 − p, not by the share that chance happened to keep.")(
    lambda x, m, p: x * m / m.mean()
)
dropout.mistake("The silenced numbers come back unscaled: they should be 0.")(
    lambda x, m, p: np.where(m == 1, x / (1 - p), x)
)
dropout.mistake("To multiply by 1 + p is not the same as to divide by 1 − p.")(
    lambda x, m, p: x * m * (1 + p)
)
dropout.mistake("The mask is added; multiply by it.")(lambda x, m, p: (x + m) / (1 - p))
dropout.mistake("That is the mask alone, scaled. Multiply by x.")(lambda x, m, p: m / (1 - p))
dropout.mistake("p is the probability of being silenced; divide by that of being kept.")(
    lambda x, m, p: x * m / (p or 1)
)
dropout.mistake("The share of ones in this mask is chance: divide by 1 − p.")(
    lambda x, m, p: x * m / max(m.mean(), 1e-12)
)
dropout.mistake("Doubling is right for p = 0.5 only: divide by 1 − p.")(lambda x, m, p: 2 * x * m)
dropout.mistake("Brackets are missing: / comes before −, so divide by (1 - p).")(
    lambda x, m, p: x * m / 1 - p
)
dropout.mistake("The sum stays the same on average only: divide by 1 − p, whatever this mask hits.")(
    lambda x, m, p: x * m * (x.sum() / ((x * m).sum() or 1))
)
dropout.mistake("Divide by 1 − p for large p, too.")(lambda x, m, p: x * m / max(p, 1 - p))
dropout.mistake("x holds whole numbers, and yours drops the fractions: collect in an array of floats.")(
    lambda x, m, p: (x * m / (1 - p)).astype(x.dtype)
)
dropout.mistake("The silenced numbers are thrown away: they should be 0, each in its place.")(
    lambda x, m, p: x[m == 1] / (1 - p)
)
dropout.mistake("With p = 0 what is kept goes on as it is; nothing goes on in yours.")(
    lambda x, m, p: x * m / (1 - p) if p else 0.0 * x
)
dropout.mistake("What is silenced is 0, not p times what it was.")(
    lambda x, m, p: np.where(m == 1, x, p * x) / (1 - p)
)
dropout.mistake("Each row has its own part of the mask: yours takes the first row for all.")(
    lambda x, m, p: x * (m[:1] if m.ndim > 1 else m) / (1 - p)
)
dropout.mistake("1 / (1 − p) is cut to a whole number in yours.")(
    lambda x, m, p: x * m * int(1 / (1 - p) + 1e-9)
)


def _losses(rng):
    epochs, patience = rng.integers([5, 1], [15, 4]).tolist()
    return ((np.arange(epochs, 0, -1) + rng.integers(-10, 6, epochs)) / 4).tolist(), patience


@exercise(
    cases=[
        ([3.0, 2.0, 1.0, 2.0, 0.5], 1),
        (LOSSES, 2),
        (LOSSES, 3),
        ([5.0, 4.0, 4.5, 3.0, 3.5, 2.0, 2.5, 2.6, 1.0, 3.0, 4.0], 2),
        ([2.0, 1.0, 1.0, 1.5, 0.5, 1.0], 3),
        ([2.0, 1.0, 1.0, 1.5, 1.6, 0.5], 3),
        ([4.0, 3.0, 3.6, 3.4, 3.2, 3.1, 2.0, 5.0], 3),
        ([4.0, 3.0, 2.0, 1.0], 2),
        ([1.0, 2.0, 3.0, 0.5], 2),
        ([0.7], 1),
        ([3000.0, 2999.5, 2999.5, 2999.5, 2999.0], 3),
        ([1.0, 1.0, 1.0, 0.5], 2),
        ([-0.5, -1.5, -1.0, -2.0], 9),
        ([0.5, 0.4, 0.3999, 0.3998, 0.3997], 2),
    ],
    draw=_losses,
    hints=[
        "Keep two numbers: the best epoch so far, and how many epochs have passed since.",
        "A new best sets the second one back to 0; any other epoch adds 1. When it reaches patience, stop.",
        "for epoch in range(1, len(losses)): if losses[epoch] < losses[best]: best, waited = epoch, 0 …",
    ],
)
def best_epoch(losses, patience):
    best, waited = 0, 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[best]:
            best, waited = epoch, 0
        else:
            waited += 1
        if waited == patience:
            break
    return best


def _until(losses, patience, *, better=lambda new, old: new < old, in_a_row=True):
    """Return the best epoch, and the one after which the training stopped."""
    best, waited, epoch = 0, 0, 0
    for epoch in range(1, len(losses)):
        if better(losses[epoch], losses[best]):
            best, waited = epoch, 0 if in_a_row else waited
        else:
            waited += 1
        if waited == patience:
            break
    return best, epoch


best_epoch.mistake("That is the best of all epochs; with patience, the training stops before some of them.")(
    lambda v, n: int(np.argmin(v))
)
best_epoch.mistake("That is when the training stops. Which epoch was the best until then?")(
    lambda v, n: _until(v, n)[1]
)
best_epoch.mistake("Count epochs from 0.")(lambda v, n: _until(v, n)[0] + 1)
best_epoch.mistake("That stops one epoch too early.")(lambda v, n: _until(v, n - 1)[0] if n > 1 else 0)
best_epoch.mistake("That stops one epoch too late.")(lambda v, n: _until(v, n + 1)[0])
best_epoch.mistake("A smaller loss is better: yours looks for the largest.")(
    lambda v, n: _until(v, n, better=lambda new, old: new > old)[0]
)
best_epoch.mistake("An equal loss is no new best.")(
    lambda v, n: _until(v, n, better=lambda new, old: new <= old)[0]
)
best_epoch.mistake("Begin to wait anew after each new best: only epochs in a row count.")(
    lambda v, n: _until(v, n, in_a_row=False)[0]
)


@best_epoch.mistake("Compare with the best so far, not with the epoch before.")
def _(losses, patience):
    """Return the best epoch if each loss is compared with the one before, not with the best."""
    waited = 0
    for epoch in range(1, len(losses)):
        waited = 0 if losses[epoch] < losses[epoch - 1] else waited + 1
        if waited == patience:
            return int(np.argmin(losses[: epoch + 1]))
    return int(np.argmin(losses))


best_epoch.mistake("That is the best loss. Return its epoch.")(lambda v, n: min(v[: _until(v, n)[1] + 1]))
best_epoch.mistake("Patience is left out: yours stops at the first epoch that is no better.")(
    lambda v, n: _until(v, 1)[0]
)
best_epoch.mistake("That is the last epoch.")(lambda v, n: len(v) - 1)
best_epoch.mistake("If it never stops, return the best epoch, not the last.")(
    lambda v, n: _until(v, n)[0] if _until(v, n)[1] - _until(v, n)[0] >= n else len(v) - 1
)
best_epoch.mistake("Yours loses patience one epoch too soon.")(lambda v, n: _until(v, max(n - 1, 1))[0])
best_epoch.mistake("Yours looks at the first epochs only: begin to wait anew after each new best.")(
    lambda v, n: int(np.argmin(v[: n + 1]))
)
best_epoch.mistake("Losses are cut to whole numbers in yours: their fractions count.")(
    lambda v, n: _until(np.trunc(v), n)[0]
)
best_epoch.mistake("A little lower is lower: do not round, and ask for no more than that.")(
    lambda v, n: _until(v, n, better=lambda new, old: new < old - 1e-3)[0]
)
best_epoch.mistake(
    "Go back to the best epoch: it does not lie patience epochs back if nothing has stopped you."
)(lambda v, n: max(_until(v, n)[1] - n, 0))
best_epoch.mistake("Wait as long as no loss is below the best; it need not rise at each of these epochs.")(
    lambda v, n: _until_it_rises(v, n)
)


def _until_it_rises(losses, patience):
    risen = 0
    for epoch in range(1, len(losses)):
        risen = risen + 1 if losses[epoch] > losses[epoch - 1] else 0
        if risen == patience:
            return int(np.argmin(losses[: epoch + 1]))
    return int(np.argmin(losses))


@best_epoch.mistake("An equal loss is not below the best: go on counting, do not wait anew.")
def _(losses, patience):
    best, waited = 0, 0
    for epoch in range(1, len(losses)):
        waited = 0 if losses[epoch] <= losses[best] else waited + 1
        best = epoch if losses[epoch] < losses[best] else best
        if waited == patience:
            break
    return best


def _from(best, losses, patience, *, never=()):
    """Return the best epoch if a training begins with a best loss, and forgets one that is in ``never``."""
    found, waited = 0, 0
    for epoch, loss in enumerate(losses):
        if loss < best or best in never:
            best, found, waited = loss, epoch, 0
        else:
            waited += 1
            if waited == patience:
                break
    return found


best_epoch.mistake("The best loss begins at 1 in yours: begin with the first loss, or with np.inf.")(
    lambda v, n: _from(1, v, n)
)
best_epoch.mistake("A loss may be larger than what yours begins with: begin with the first, or with np.inf.")(
    lambda v, n: _from(1000, v, n)
)
best_epoch.mistake("A best loss of 0 counts: ask whether it is None; `not best` holds for 0, too.")(
    lambda v, n: _from(np.inf, v, n, never=(0,))
)
best_epoch.mistake("The first epoch counts: it may be the best.")(
    lambda v, n: 1 + _from(np.inf, v[1:], n) if len(v) > 1 else 0
)
