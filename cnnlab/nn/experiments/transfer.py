"""Transfer learning on small digits: what a network has learned, reused for another task with few labels.

Three sources: ten digits with noise, the same without, and 0 to 4. Three targets: which digit, odd or even,
and which of 5 to 9. A target is a function of a seed that returns a *task*: pictures and labels to learn
from, and pictures and labels to measure with: test digits or, for choices, digits that were held back.
"""

from functools import cache

import numpy as np

from cnnlab.data import digits
from cnnlab.nn.experiments.seeds import spread
from cnnlab.nn.layers import Conv2d, Dense, Flatten, MaxPool2d, ReLU
from cnnlab.nn.losses import CrossEntropyLoss
from cnnlab.nn.network import Sequential
from cnnlab.nn.optimizers import Adam
from cnnlab.nn.training import accuracy, fit, predict

KEEP = 9  # layers of the backbone; the head is the one after them
BACKBONE = (0, 3, 7)  # those of them that have weights
WAYS = ("scratch", "frozen", "fine-tuned", "untrained")
HEAD_RATES = (1e-2, 3e-2, 1e-1, 3e-1)  # to choose from, where only a head learns
RATES = (1e-3, 3e-3, 1e-2, 3e-2)  # to choose from, where all layers learn
MIXED_RATES = (3e-3, 1e-2, 3e-2)  # where the first layers are frozen, and more than the head learns
STEPS, EVERY = 150, 10
NOISE = 0.3
HELD_BACK = 200  # digits by which rates are chosen; none of them is learned from, none is a test digit


def small_cnn(seed, answers):
    """Return a network for 8 × 8 pixels: two convolutions with pooling, 32 neurons, then the head."""
    options = {"rng": np.random.default_rng(seed), "dtype": float}
    return Sequential(
        Conv2d(1, 8, 3, padding=1, **options),
        ReLU(),
        MaxPool2d(2),
        Conv2d(8, 16, 3, padding=1, **options),
        ReLU(),
        MaxPool2d(2),
        Flatten(),
        Dense(64, 32, **options),
        ReLU(),
        Dense(32, answers, **options),
    )


def learn(network, x, y, rate, epochs, batch_size=None, callbacks=()):
    """Train a network with Adam, by default with all of ``x`` as one batch, and return it."""
    fit(
        network,
        x,
        y,
        loss=CrossEntropyLoss(),
        optimizer=Adam(rate),
        epochs=epochs,
        batch_size=batch_size or len(x),
        rng=np.random.default_rng(0),
        callbacks=callbacks,
    )
    return network


def reuse(source, seed, answers, layers=BACKBONE):
    """Return a new network with copies of some of another one's layers."""
    new = small_cnn(seed, answers)
    for k in layers:
        new[k].weight = source[k].weight
        new[k].bias = source[k].bias
    return new


# --- Sources and targets ------------------------------------------------------------------------------------


def noisy(images, rng):
    """Return images with noise in every pixel."""
    return images + rng.normal(0, NOISE, images.shape)


@cache
def _halves():
    """Return the places of the source's digits, of those to draw labels from, and of those held back."""
    order = np.random.default_rng(0).permutation(len(digits.split()[0]))
    return order[:650], order[650:-HELD_BACK], order[-HELD_BACK:]


def noisy_source(seed=0):
    """Return a network that has learned ten noisy digits: 650 of them, each with eight different noises."""
    x, y, *_ = digits.split()
    mine, rng = _halves()[0], np.random.default_rng(seed)
    copies = np.concatenate([noisy(x[mine], rng) for _ in range(8)])
    return learn(small_cnn(seed, 10), copies, np.tile(y[mine], 8), 3e-3, 6, 32)


def clean_source(seed=0):
    """Return a network that has learned the same 650 digits without noise."""
    x, y, *_ = digits.split()
    mine = _halves()[0]
    return learn(small_cnn(seed, 10), x[mine], y[mine], 3e-3, 15, 32)


def low_source(seed=0):
    """Return a network that has learned 0 to 4 without noise."""
    x, y, *_ = digits.split()
    return learn(small_cnn(seed, 5), x[y < 5], y[y < 5], 3e-3, 15, 32)


@cache
def noisy_test(held_back=False):
    """Return 500 test digits with noise and their labels; or those that are held back for choices."""
    x, y, x_test, y_test = digits.split()
    if held_back:
        rest = _halves()[2]
        return noisy(x[rest], np.random.default_rng(2)), y[rest]
    return noisy(x_test, np.random.default_rng(1)), y_test


def noisy_digits(seed, count=20, *, held_back=False):
    """Return a task: which of ten digits is it, by ``count`` noisy ones with labels."""
    x, y, *_ = digits.split()
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(_halves()[1])[:count]
    return noisy(x[chosen], rng), y[chosen], *noisy_test(held_back)


def odd_or_even(seed, count=10, *, held_back=False):
    """Return a task: is the digit odd, by ``count`` noisy ones with labels."""
    x, y, x_new, y_new = noisy_digits(seed, count, held_back=held_back)
    return x, y % 2, x_new, y_new % 2


def high_digits(seed, each=5, *, held_back=False):
    """Return a task: which of 5 to 9 is it, by ``each`` clean ones of each digit; None for all there are."""
    x, y, x_test, y_test = digits.split()
    high = np.random.default_rng(0).permutation(np.flatnonzero(y > 4))
    rest, pool = high[:HELD_BACK], high[HELD_BACK:]
    order = np.random.default_rng(seed).permutation(pool)
    chosen = np.concatenate([order[y[order] == digit][:each] for digit in range(5, 10)])
    if held_back:
        return x[chosen], y[chosen] - 5, x[rest], y[rest] - 5
    return x[chosen], y[chosen] - 5, x_test[y_test > 4], y_test[y_test > 4] - 5


# --- Ways to reuse ------------------------------------------------------------------------------------------


def run(network, task, rate, *, keep=0, every=STEPS, steps=STEPS, batch_size=None):
    """Train a network, its first layers frozen, and return how much it gets right.

    Parameters
    ----------
    network : Sequential
    task : tuple
        Pictures and labels to learn from, pictures and labels to measure with.
    rate : float
    keep : int
        How many layers are frozen: what they make of a picture is computed once.
    every : int
        After how many steps it is measured; 0 for at the end alone.
    steps, batch_size : int
        How many steps (with a batch size: epochs) it trains; all pictures are one batch, if none is given.

    Returns
    -------
    numpy.ndarray
        The share of right answers before the first step, after each ``every`` steps, and at the end.
    """
    x, y, x_new, y_new = task
    if keep:
        backbone, network = network[:keep], network[keep:]
        x, x_new = predict(backbone, x), predict(backbone, x_new)
    right = [accuracy(network, x_new, y_new)]

    def write_down(network, history):
        if len(history.loss) % every == 0:
            right.append(accuracy(network, x_new, y_new))

    learn(network, x, y, rate, steps, batch_size, callbacks=[write_down] if every else [])
    return np.array(right if every else [*right, accuracy(network, x_new, y_new)])


def one_way(way, source, task, answers, rate, seed, **options):
    """Return what ``run`` finds for one of ``WAYS``, with a head (or a network) of its own for each seed."""
    network = small_cnn(100 + seed, answers)
    if way in ("frozen", "fine-tuned"):
        network = reuse(source, 100 + seed, answers)
    return run(network, task, rate, keep=KEEP if way in ("frozen", "untrained") else 0, **options)


def best_rate(train, rates, task_for, seeds=4):
    """Return the learning rate that does best on digits held back, and what each rate got there.

    Parameters
    ----------
    train : function of (task, rate, seed)
        Trains and returns the share of right answers.
    rates : sequence of float
    task_for : function
        A target. Its labels to learn from are drawn by seeds from 1000 on: not those of a comparison.
    seeds : int

    Returns
    -------
    float, dict of float to float
        The best rate, and the mean over the seeds for each.
    """
    tried = {rate: [] for rate in rates}
    for seed in range(1000, 1000 + seeds):
        task = task_for(seed, held_back=True)
        for rate, found in tried.items():
            found.append(train(task, rate, seed))
    means = {rate: float(np.mean(found)) for rate, found in tried.items()}
    return max(means, key=means.get), means


def compare(sources, task_for, answers, seeds, *, every=EVERY):
    """Train all four ways on the same labels, each at the rate that held-back digits chose for it.

    Parameters
    ----------
    sources : list of Sequential
        They take turns.
    task_for : function
        A target.
    answers, seeds, every : int

    Returns
    -------
    dict of str to numpy.ndarray, shape (seeds, …)
        For each way, what ``run`` returns for each seed.
    dict of str to dict of float to float
        For each way, what each rate got on held-back digits.
    """
    curves, tried = {}, {}
    for way in WAYS:

        def train(task, rate, seed, way=way):
            return one_way(way, sources[seed % len(sources)], task, answers, rate, seed, every=0)[-1]

        rates = HEAD_RATES if way in ("frozen", "untrained") else RATES
        rate, tried[way] = best_rate(train, rates, task_for)
        curves[way] = np.array(
            [
                one_way(way, sources[seed % len(sources)], task_for(seed), answers, rate, seed, every=every)
                for seed in range(seeds)
            ]
        )
    return curves, tried


def with_old_head(sources, task_for, seeds):
    """Train whole networks on, their old heads too, at the best of some small rates; return shares right."""

    def train(task, rate, seed):
        source = sources[seed % len(sources)]
        copy = reuse(source, 0, 10, (*BACKBONE, KEEP))
        return run(copy, task, rate, every=0)[-1]

    rate, _ = best_rate(train, (3e-5, 1e-4, 3e-4, 1e-3, 3e-3), task_for)
    return np.array([train(task_for(seed), rate, seed) for seed in range(seeds)])


def read_again(sources, seeds=6):
    """Return how many of 5 to 9 are right: frozen with 25 labels and with all, and from scratch with all.

    Heads learn twice as long as in ``compare``; a network from scratch learns 15 epochs.
    """

    def everything(seed, **options):
        return high_digits(seed, None, **options)

    def head(task, rate, seed):
        return one_way("frozen", sources[seed % len(sources)], task, 5, rate, seed, every=0, steps=300)[-1]

    def scratch(task, rate, seed):
        return run(small_cnn(100 + seed, 5), task, rate, every=0, steps=15, batch_size=32)[-1]

    found = {}
    for name, train, rates, target in (
        ("frozen, 25 labels", head, HEAD_RATES, high_digits),
        ("frozen, all labels", head, HEAD_RATES, everything),
        ("scratch, all labels", scratch, RATES, everything),
    ):
        rate, _ = best_rate(train, rates, target)
        found[name] = np.array([train(target(seed), rate, seed) for seed in range(seeds)])
    return found


def worth_of_learning(sources, task_for, answers, seeds, depths=(3, 6, 9)):
    """Return by how much frozen learned layers are better than frozen ones that are drawn by chance.

    Both kinds have the rates that held-back digits chose for them, at each depth.

    Returns
    -------
    numpy.ndarray, shape (seeds, len(depths))
        The difference in the share of right answers, for each number of layers kept.
    """
    found = []
    for keep in depths:
        ends = []
        for learned in (True, False):

            def train(task, rate, seed, keep=keep, learned=learned):
                network = small_cnn(100 + seed, answers)
                if learned:
                    network = reuse(sources[seed % len(sources)], 100 + seed, answers)
                return run(network, task, rate, keep=keep, every=0)[-1]

            rate, _ = best_rate(train, MIXED_RATES, task_for)
            ends.append(np.array([train(task_for(seed), rate, seed) for seed in range(seeds)]))
        found.append(ends[0] - ends[1])
    return np.stack(found, axis=1)


def measure_features(features, sources, seeds=18):
    """Return how many noisy digits are told odd or even by a head of its own, on features of one's choice.

    Parameters
    ----------
    features : function of (source, images)
        Returns an array of shape (images, features).
    sources : list of Sequential
    seeds : int

    Returns
    -------
    numpy.ndarray, shape (seeds,)
        Ten labels each; the rate is the one that held-back digits chose.
    """

    def train(task, rate, seed):
        x, y, x_new, y_new = task
        source = sources[seed % len(sources)]
        x, x_new = (np.asarray(features(source, images), dtype=float) for images in (x, x_new))
        head = Sequential(Dense(x.shape[1], 2, rng=np.random.default_rng(seed), dtype=float))
        return run(head, (x, y, x_new, y_new), rate, every=0)[-1]

    rate, _ = best_rate(train, HEAD_RATES, odd_or_even)
    return np.array([train(odd_or_even(seed), rate, seed) for seed in range(seeds)])


def try_features(features, sources, target=0.75):
    """Return in words what ``measure_features`` finds, and whether the mean reaches a target."""
    images, _ = noisy_test()
    found = features(sources[0], images)
    if found is None:
        return "Not attempted. Replace the three dots with your code, then run the cell again."
    if np.ndim(found) != 2 or len(found) != len(images):
        return f"features are one row for each image: ({len(images)}, …); these have shape {np.shape(found)}"
    right = measure_features(features, sources)
    return (
        f"{spread(right)}; {'the target is reached' if right.mean() >= target else f'the target is {target}'}"
    )
