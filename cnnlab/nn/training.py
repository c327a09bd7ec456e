"""Training: one step, many steps, and the history of them.

``train_step`` is the whole of it; ``fit`` does that batch by batch and writes down what happened. Nothing is
printed unless asked for.
"""

import math
from dataclasses import dataclass, field

import numpy as np

from cnnlab.checks import check_rank, float_array, generator, integer
from cnnlab.nn.fast import plan_for


def train_step(network, loss, optimizer, x, y):
    """Move the network's parameters one step, so that it does a little better on one batch.

    Predict, measure the error, push it back, move the parameters: these four lines, only faster. ::

        prediction = network.forward(x, training=True)
        value = loss.forward(prediction, y)
        network.backward(loss.backward())
        optimizer.step(network.parameters, network.gradients)

    Parameters
    ----------
    network : Sequential
        Its parameters are changed.
    loss
        Such as ``CrossEntropyLoss()``.
    optimizer : Optimizer
        Such as ``Adam()``; it belongs to this network from now on.
    x, y : array_like
        The batch, and what the network should make of it.

    Returns
    -------
    float
        The loss before the step.

    Raises
    ------
    TypeError, ValueError
        For a batch that suits the network or the loss badly.
    FloatingPointError
        If the network's result, or the loss, is not finite; the message names the layer and the step.

    Examples
    --------
    >>> from cnnlab.nn import MSELoss, SGD, Dense, Sequential
    >>> network = Sequential(Dense(1, 1, weight=[[1.0]]))
    >>> losses = [train_step(network, MSELoss(), SGD(0.25), [[1.0]], [[3.0]]) for _ in range(3)]
    >>> losses  # the two parameters share the error, and half of a half of it is left
    [4.0, 0.0, 0.0]
    """
    x = _batch("train_step", x)
    engine = plan_for(network, x.shape)  # does what network.forward and network.backward do, faster
    with np.errstate(over="ignore", invalid="ignore"):  # what is not finite gets a better message below
        prediction = engine.forward(x, training=True)
        try:
            value = loss.forward(prediction, y)
        except ValueError:
            if np.isfinite(prediction).all():
                raise
            value = np.nan
        if not math.isfinite(value):
            raise FloatingPointError(_where_it_broke(network, optimizer, x, prediction, value))
        engine.backward(loss.backward())
        optimizer.step(network.parameters, network.gradients)
    return value


def _batch(function, x):
    x = float_array(function, "x", x)
    check_rank(function, "x", x, (2, 4), "(N, in) or (N, C, H, W)")
    return x


def _where_it_broke(network, optimizer, x, prediction, value):
    """Say which layer is the first whose numbers are not finite."""
    step = f"at step {optimizer.steps}"
    if not np.isfinite(x).all():
        return f"train_step: x is not finite {step}"
    if np.isfinite(prediction).all():
        return (
            f"train_step: the loss is {value} {step}, predictions reach {np.abs(prediction).max():.3g}; "
            "a smaller learning rate may help"
        )
    for number, layer in enumerate(network):  # noqa: B007 - the layer where it stops is wanted
        x = layer.forward(x, training=True)
        if not np.isfinite(x).all():
            break
    wrong = [name for name, values in layer.named_parameters().items() if not np.isfinite(values).all()]
    why = f"its {' and '.join(wrong)} no longer is" if wrong else "its parameters are"
    return (
        f"train_step: the result of layer {number}, {layer!r}, is not finite {step}, {why}; "
        "a smaller learning rate may help"
    )


def predict(network, x, *, batch_size=256):
    """Return the network's results for many images, a batch at a time, as it is used after training.

    Parameters
    ----------
    network : Sequential
    x : array_like, shape (N, …)
    batch_size : int
        How many at a time: more need more memory.

    Returns
    -------
    numpy.ndarray, shape (N, …)
    """
    x, size = _batch("predict", x), integer("predict", "batch_size", batch_size, 1)
    batches = [x[start : start + size] for start in range(0, len(x), size)]
    return np.concatenate([plan_for(network, batch.shape).forward(batch) for batch in batches])


def accuracy(network, x, y, *, batch_size=256):
    """Return the share of images, 0 to 1, whose largest score is that of the right class.

    Parameters
    ----------
    network : Sequential
        Its results have shape (N, K).
    x : array_like, shape (N, …)
    y : array_like of integers, shape (N,)
    batch_size
        As in ``predict``.

    Returns
    -------
    float
    """
    return float((predict(network, x, batch_size=batch_size).argmax(axis=1) == np.asarray(y)).mean())


@dataclass
class History:
    """What happened during ``fit``.

    Attributes
    ----------
    step_loss : list of float
        The loss of each step's batch, before the step.
    loss : list of float
        The mean of these over each epoch's images.
    validation_loss, validation_accuracy : list of float
        After each epoch; the accuracy only for labels, both only if ``fit`` was given images to validate on.
    interrupted : bool
        Whether somebody stopped it early.
    """

    step_loss: list = field(default_factory=list)
    loss: list = field(default_factory=list)
    validation_loss: list = field(default_factory=list)
    validation_accuracy: list = field(default_factory=list)
    interrupted: bool = False

    def __repr__(self):
        words = [f"{len(self.loss)} epochs, {len(self.step_loss)} steps"]
        if self.loss:
            words.append(f"loss {self.loss[0]:.4f} → {self.loss[-1]:.4f}")
        if self.validation_loss:
            words.append(f"validation loss {self.validation_loss[-1]:.4f}")
        if self.validation_accuracy:
            words.append(f"validation accuracy {self.validation_accuracy[-1]:.1%}")
        if self.interrupted:
            words.append("interrupted")
        return f"History({', '.join(words)})"


def fit(
    network,
    x,
    y,
    *,
    loss,
    optimizer,
    epochs,
    batch_size,
    rng,
    validation=None,
    callbacks=(),
    progress=False,
    threads=1,
):
    """Train on all images, in batches drawn anew for each epoch.

    An interruption (Ctrl-C, the notebook's stop button) ends it early: the history so far is returned, and
    the network is as the last step left it.

    Parameters
    ----------
    network, loss, optimizer
        As in ``train_step``.
    x, y : array_like, shapes (N, …)
        The images, and what the network should make of them.
    epochs : int
        How many times to go through all images.
    batch_size : int
        Images for each step; the last batch of an epoch may be smaller.
    rng : numpy.random.Generator
        Shuffles the images. The same seed, network and images give the same numbers, bit by bit.
    validation : (x, y), optional
        Images to measure on after each epoch; never trained on.
    callbacks : iterable of callable
        Each is called as ``callback(network, history)`` after each epoch; one that returns ``True`` ends the
        training.
    progress : bool
        Whether to show a progress bar.
    threads : int
        How many threads NumPy's matrix products may use meanwhile. For networks as small as those of the
        lessons more are no faster, and far slower where programs share the cores; and with one, sums are
        added up in the same order on every computer. Large networks on idle cores may gain by more.

    Returns
    -------
    History

    Raises
    ------
    TypeError, ValueError
        For arguments out of range, and as ``train_step``.
    FloatingPointError
        As ``train_step``; the error's ``history`` is that of the steps before.
    """
    x, y = _images_and_targets("fit", "x", x, "y", y)
    epochs, batch_size = integer("fit", "epochs", epochs, 1), integer("fit", "batch_size", batch_size, 1)
    generator("fit", rng)
    threads = integer("fit", "threads", threads, 1)
    if validation is not None:
        if not isinstance(validation, (tuple, list)) or len(validation) != 2:
            raise TypeError(f"fit: validation must be a pair (x, y), got {type(validation).__name__}")
        validation = _images_and_targets("fit", "validation's x", validation[0], "its y", validation[1])
    history = History()
    steps = -(-len(x) // batch_size)
    bar = _bar(epochs * steps) if progress else None
    try:
        with _threads(threads):
            for _ in range(epochs):
                order = rng.permutation(len(x))
                batches = [order[start : start + batch_size] for start in range(0, len(x), batch_size)]
                _one_epoch(network, loss, optimizer, x, y, batches, history, bar)
                if validation is not None:
                    _validate(network, loss, *validation, history)
                # All are called, even if the first already wants to stop.
                if any([callback(network, history) is True for callback in callbacks]):
                    break
    except KeyboardInterrupt:
        history.interrupted = True
    except FloatingPointError as error:
        error.history = history
        raise
    finally:
        if bar is not None:
            bar.close()
    return history


def _one_epoch(network, loss, optimizer, x, y, batches, history, bar):
    total = 0.0
    for batch in batches:
        value = train_step(network, loss, optimizer, x[batch], y[batch])
        history.step_loss.append(value)
        total += value * len(batch)
        if bar is not None:
            bar.update()
            bar.set_postfix(loss=f"{value:.4f}", refresh=False)
    history.loss.append(total / len(x))


def _threads(count):
    from threadpoolctl import threadpool_limits  # loaded only where there is something to train

    return threadpool_limits(count, "blas")


def _validate(network, loss, x, y, history):
    prediction = predict(network, x)
    history.validation_loss.append(loss.forward(prediction, y))
    if prediction.ndim == 2 and y.ndim == 1 and y.dtype.kind in "iu":
        history.validation_accuracy.append(float((prediction.argmax(axis=1) == y).mean()))


def _images_and_targets(function, x_name, x, y_name, y):
    x, y = float_array(function, x_name, x), np.asarray(y)
    if x.ndim < 2 or y.ndim < 1 or len(x) != len(y):
        raise ValueError(
            f"{function}: {x_name} and {y_name} must have one row for each image, "
            f"got shapes {x.shape} and {y.shape}"
        )
    return x, y


def _bar(total):
    from tqdm import tqdm

    return tqdm(total=total, unit="step")
