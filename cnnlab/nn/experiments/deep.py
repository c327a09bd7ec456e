"""Deep networks before their training: how large numbers and gradients are in each layer."""

import numpy as np

from cnnlab.checks import integer
from cnnlab.nn.layers import BatchNorm2d, Dense, ReLU, Sigmoid, Tanh
from cnnlab.nn.losses import CrossEntropyLoss
from cnnlab.nn.network import Residual, Sequential

WIDTH = 32  # neurons in each layer
# Each with the variance of a weight, times the inputs, that would keep sizes: He's for ReLU, else Xavier's.
ACTIVATIONS = {"sigmoid": (Sigmoid, 1.0), "tanh": (Tanh, 1.0), "ReLU": (ReLU, 2.0)}
STARTS = {"half as large": 0.5, "He, Xavier": 1.0, "twice as large": 2.0}
NONE, SCALED, WHOLE = "none", "weights ÷ √depth", "weights as they are"
SKIPS = (NONE, SCALED, WHOLE)


def deep_network(activation, depth, *, start="He, Xavier", skips=NONE, norm=False, seed=0):
    """Return 64 pixels → ``depth`` equal layers of 32 neurons → 10 scores, before any training.

    Parameters
    ----------
    activation : str
        One of ``ACTIVATIONS``.
    depth : int
        How many layers lie between the first and the last; these have the activation, and the skips.
    start : str
        One of ``STARTS``: how large their weights are, compared with He's for ReLU and Xavier's for others.
    skips : str
        One of ``SKIPS``: no skips; skips around layers whose weights are divided by √depth; or not.
    norm : bool
        Whether batch normalization stands before each activation.
    seed : int
        Draws the weights. The same seed gives the same weights, but for their size.

    Returns
    -------
    Sequential
    """
    rng = np.random.default_rng(seed)
    bend, gain = ACTIVATIONS[activation]
    scale = STARTS[start] * np.sqrt(gain / WIDTH) / (np.sqrt(depth) if skips == SCALED else 1)
    layers = [Dense(64, WIDTH, rng=rng, dtype=float)]
    for _ in range(depth):
        block = [Dense(WIDTH, WIDTH, weight=scale * rng.normal(size=(WIDTH, WIDTH)), dtype=float)]
        block += [BatchNorm2d(WIDTH, dtype=float)] if norm else []
        block += [bend()]
        layers += block if skips == NONE else [Residual(*block)]
    return Sequential(*layers, Dense(WIDTH, 10, rng=rng, dtype=float))


def skips_around(span, *, depth=24, seed=0):
    """Return 64 pixels → ``depth`` equal layers with ReLU, a skip around each ``span`` of them → 10 scores.

    Parameters
    ----------
    span : int
        How many layers each skip goes around; ``depth`` is a multiple of it.
    depth : int
        0 leaves the first and the last layer alone.
    seed : int
        Draws the weights: He's, in all layers of a block together divided by the root of how many blocks
        there are.

    Returns
    -------
    Sequential

    Raises
    ------
    TypeError, ValueError
        For a depth that is not a multiple of ``span``.

    Examples
    --------
    >>> len(skips_around(8)), len(skips_around(1, depth=0))
    (5, 2)
    """
    span, depth = integer("skips_around", "span", span, 1), integer("skips_around", "depth", depth, 0)
    blocks, rest = divmod(depth, span)
    if rest:
        raise ValueError(f"skips_around: depth must be a multiple of span {span}, got {depth}")
    rng = np.random.default_rng(seed)
    scale = np.sqrt(2 / WIDTH) / max(blocks, 1) ** (0.5 / span)
    layers = [Dense(64, WIDTH, rng=rng, dtype=float)]
    for _ in range(blocks):
        weights = scale * rng.normal(size=(span, WIDTH, WIDTH))
        pairs = ((Dense(WIDTH, WIDTH, weight=each, dtype=float), ReLU()) for each in weights)
        layers.append(Residual(*(layer for pair in pairs for layer in pair)))
    return Sequential(*layers, Dense(WIDTH, 10, rng=rng, dtype=float))


def sizes_through(scale, depth=30, *, skips=False, seed=0):
    """Send random numbers through layers of 32 neurons with ReLU; return how large they are after each.

    Parameters
    ----------
    scale : float
        How large the weights are, compared with He's.
    depth : int
    skips : bool
        Whether each layer has a skip.
    seed : int
        Draws the numbers and the weights.

    Returns
    -------
    numpy.ndarray, shape (depth,)
        The root of the mean square, layer by layer.
    """
    rng = np.random.default_rng(seed)
    x, found = rng.normal(size=(200, WIDTH)), []
    for _ in range(depth):
        out = np.maximum(x @ (scale * rng.normal(0, np.sqrt(2 / WIDTH), size=(WIDTH, WIDTH))).T, 0)
        x = x + out if skips else out
        found.append(np.sqrt((x**2).mean()))
    return np.array(found)


def there_and_back(network, x, y):
    """Send digits through a network and their error back; measure both at each dense layer.

    Parameters
    ----------
    network : Sequential
        As ``deep_network`` returns it.
    x : array_like, shape (N, 64)
    y : array_like of int, shape (N,)

    Returns
    -------
    sizes, lengths : numpy.ndarray, shape (depth + 2,)
        The root of the mean square of what each layer gives, with its activation and its skip; the length
        of the loss's gradient in each layer's weights.
    """
    loss, sizes = CrossEntropyLoss(), []
    out, layers = x, list(network)
    for layer, after in zip(layers, [*layers[1:], None], strict=True):
        out = layer.forward(out, training=True)
        if after is None or isinstance(after, (Dense, Residual)):  # not in front of an activation
            sizes.append(np.sqrt((out**2).mean()))
    loss.forward(out, y)
    network.backward(loss.backward())
    dense = (layer for layer in network.leaves.values() if isinstance(layer, Dense))
    return np.array(sizes), np.array([np.linalg.norm(layer.named_gradients()["weight"]) for layer in dense])


def first_and_last(activation, depth, x, y, *, draws=12, **options):
    """Return how long the gradient is in the first layer's weights and in the last one's, before training.

    Parameters
    ----------
    activation, depth, **options
        As for ``deep_network``.
    x, y : array_like
        As for ``there_and_back``.
    draws : int
        How many networks: those of the first seeds.

    Returns
    -------
    numpy.ndarray, shape (2, draws)
    """
    networks = (deep_network(activation, depth, seed=seed, **options) for seed in range(draws))
    return np.array([there_and_back(network, x, y)[1][[0, -1]] for network in networks]).T


def what_arrives(layers, learn, test, *, count=600):
    """Return the share of test digits whose nearest neighbor behind some layers is of the same kind.

    Parameters
    ----------
    layers : iterable of Layer
    learn, test : (array_like, array_like)
        Digits and their labels.
    count : int
        How many of ``learn`` the neighbor is sought among.

    Returns
    -------
    float
    """
    (x, labels), (t, right) = learn, test
    x = x[:count]
    for layer in layers:
        x, t = layer.forward(x, training=True), layer.forward(t, training=True)
    middle = x.mean(axis=0)  # taken away, or small distances get lost
    x, t = x - middle, t - middle
    squares = (x**2).sum(axis=1) - 2 * t @ x.T  # and t², the same for each x
    return float((labels[squares.argmin(axis=1)] == right).mean())


def mirrored_network(depth, *, seed=0):
    """Return a plain network with ReLU that hands on all it gets, as long as it is not trained.

    Half of the neurons are twins of the other half, with opposite weights: of the two, the one keeps
    ``max(0, z)``, the other ``max(0, −z)``. The next layer takes their difference, which is ``z``, and turns
    the list of these.

    Parameters
    ----------
    depth : int
        How many layers lie between the first and the last.
    seed : int
        Draws the weights.

    Returns
    -------
    Sequential
    """
    rng = np.random.default_rng(seed)
    half = WIDTH // 2
    first = rng.normal(0, np.sqrt(2 / 64), size=(half, 64))
    layers = [Dense(64, WIDTH, weight=np.concatenate([first, -first]), dtype=float), ReLU()]
    for _ in range(depth):
        turn = np.linalg.qr(rng.normal(size=(half, half)))[0]
        layers += [Dense(WIDTH, WIDTH, weight=np.block([[turn, -turn], [-turn, turn]]), dtype=float), ReLU()]
    return Sequential(*layers, Dense(WIDTH, 10, rng=rng, dtype=float))
