"""What lessons try out: losses of one unit, walks down a bowl, deep networks before their training."""

import numpy as np

from cnnlab import ops
from cnnlab.nn.layers import BatchNorm2d, Dense, ReLU, Sigmoid, Tanh
from cnnlab.nn.losses import CrossEntropyLoss
from cnnlab.nn.network import Residual, Sequential
from cnnlab.nn.optimizers import SGD, Adam

# --- One unit -----------------------------------------------------------------------------------------------


def unit_losses(z, target, factor=0.5):
    """Return the losses of a sigmoid unit and their slopes in ``z``: first cross-entropy, then squared error.

    Parameters
    ----------
    z : array_like, shape (N,)
        Logits.
    target : 0 or 1
    factor : float
        What the squared error is multiplied by.

    Returns
    -------
    (numpy.ndarray, numpy.ndarray), each of shape (2, N)

    Examples
    --------
    >>> loss, slope = unit_losses([0.0], 1)
    >>> loss.ravel().round(3), slope.ravel().round(3)
    (array([0.693, 0.125]), array([-0.5  , -0.125]))
    """
    z = np.asarray(z, dtype=float)
    p = ops.sigmoid(z)
    # −ln p for a target of 1, −ln(1 − p) for 0; both without e to a large power.
    loss = np.array([np.logaddexp(0, -z if target else z), factor * (p - target) ** 2])
    return loss, np.array([p - target, 2 * factor * (p - target) * p * (1 - p)])


# --- A bowl -------------------------------------------------------------------------------------------------

WALKERS = "GD", "momentum 0.9", "Adam", "SGD"
START = np.array([1.0, 0.37])  # from (1, 1) Adam would happen to walk straight to the lowest point
ANGLE = np.radians(30)
NOISE = 0.1  # how far the lowest point of a batch lies from that of all, typically
GONE = 1e3  # how far from the lowest point a walker is given up


def bowl(condition, turned=False):
    """Return the matrix ``H`` of the bowl ``½ xᵀ H x``: curvatures 1 and ``condition``.

    With ``turned`` its long valley is turned by 30°; else it lies along the first axis.

    Examples
    --------
    >>> bowl(10)
    array([[ 1.,  0.],
           [ 0., 10.]])
    >>> np.linalg.eigvalsh(bowl(10, turned=True)).round(9)
    array([ 1., 10.])
    """
    turn = _turn(turned)
    return turn @ np.diag([1.0, condition]) @ turn.T


def race(condition, rate, adam_rate, turned=False, *, steps=60, seed=0):
    """Walk down a bowl from the same start with each of the optimizers.

    Parameters
    ----------
    condition : float
        The larger curvature; the smaller one is 1.
    rate : float
        The learning rate of all but Adam.
    adam_rate : float
        Adam's.
    turned : bool
        As in ``bowl``; the start turns with it.
    steps, seed : int
        How many steps; the seed of the noise.

    Returns
    -------
    (points, heights) : numpy.ndarray, shapes (4, steps + 1, 2) and (4, steps + 1)
        In the order of ``WALKERS``; heights are parts of the start's. NaN from where a walker is far away.

    Examples
    --------
    >>> points, heights = race(10, 0.1, 0.1)
    >>> points[0, :3, 0].round(3)  # GD, along the valley: 0.9 times, and again
    array([1.  , 0.9 , 0.81])
    """
    slopes = bowl(condition, turned)
    start = _turn(turned) @ START
    # Each batch of images has its lowest point a little elsewhere.
    centres = np.zeros((len(WALKERS), steps, 2))
    noise = np.random.default_rng(seed).normal(scale=NOISE, size=(steps, 2))
    centres[WALKERS.index("SGD")] = noise @ _turn(turned).T
    walkers = SGD(rate), SGD(rate, momentum=0.9), Adam(adam_rate), SGD(rate)
    points = np.full((len(WALKERS), steps + 1, 2), np.nan)
    for way, walker, lowest in zip(points, walkers, centres, strict=True):
        point = start.copy()
        way[0] = point
        for step in range(steps):
            walker.step(point, slopes @ (point - lowest[step]))
            if np.abs(point).max() > GONE:
                break
            way[step + 1] = point
    heights = np.einsum("...i,ij,...j", points, slopes, points) / (start @ slopes @ start)
    return points, heights


def _turn(turned):
    angle = ANGLE if turned else 0.0
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


# --- A deep network before its training ---------------------------------------------------------------------

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
