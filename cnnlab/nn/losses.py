"""Losses: one number that says how wrong a prediction is, and how it changes with each part of it.

``forward(prediction, target)`` returns the loss, averaged as PyTorch's does, and remembers what
``backward()`` needs: the gradient with respect to ``prediction``.
"""

import numpy as np

from cnnlab.checks import check_rank, check_shape, float_array, float_arrays


class CrossEntropyLoss:
    """The mean of ``−log softmax(prediction)[label]``: how surprised the network is by the right answers.

    Softmax is part of the loss, so the network's last layer gives plain scores. Source of the formulas:
    ``torch.nn.CrossEntropyLoss``.

    Parameters
    ----------
    weight : array_like, shape (K,), optional
        How much an image of each class counts, numbers from 0 up. The mean becomes a weighted one: it is
        divided by the sum of the weights of the batch's images, not by their number.

    Raises
    ------
    TypeError, ValueError
        For weights that are not one row of finite numbers from 0 up.

    Examples
    --------
    >>> loss = CrossEntropyLoss()
    >>> loss.forward([[0.0, 0.0]], [1])  # two scores alike: −log ½
    0.6931471805599453
    >>> loss.backward()
    array([[ 0.5, -0.5]])
    >>> loss = CrossEntropyLoss(weight=[1, 3])
    >>> _ = loss.forward([[0.0, 0.0], [0.0, 0.0]], [0, 1])
    >>> loss.backward()  # the second image pulls three times as hard
    array([[-0.125,  0.125],
           [ 0.375, -0.375]])
    """

    def __init__(self, weight=None):
        self.weight = None if weight is None else self._weights(weight)
        self._remembered = None

    def forward(self, prediction, target):
        """Return the loss.

        Parameters
        ----------
        prediction : array_like, shape (N, K) or (N, K, H, W)
            A score (logit) for each of ``K`` classes, of each image or of each pixel.
        target : array_like of integers, shape (N,) or (N, H, W)
            The right class of each, 0 to ``K − 1``.

        Returns
        -------
        float

        Raises
        ------
        TypeError, ValueError
            For scores that are no finite real numbers, and for labels that are no integers in range.
        """
        where = "CrossEntropyLoss"
        prediction = float_array(where, "prediction", prediction)
        check_rank(where, "prediction", prediction, (2, 4), "(N, K) or (N, K, H, W)")
        target = self._labels(where, target, prediction.shape)
        shape = prediction.shape
        scores = prediction
        if len(shape) == 4:  # a row of scores for each pixel
            scores, target = prediction.transpose(0, 2, 3, 1).reshape(-1, shape[1]), target.ravel()
        share = self._shares(where, scores, target)
        rows = np.arange(len(target))
        shifted = scores - scores.max(axis=1, keepdims=True)  # changes nothing, keeps exp finite
        exp = np.exp(shifted)
        sums = exp.sum(axis=1, keepdims=True)
        surprise = np.log(sums[:, 0]) - shifted[rows, target]
        loss = float(surprise.sum()) / len(rows) if share is None else float((surprise * share).sum())
        if not np.isfinite(loss):
            _refuse_what_is_not_finite(where, prediction)
        exp /= sums
        self._remembered = exp, rows, target, share, shape
        return loss

    def backward(self):
        """Return ``(softmax(prediction) − 1 at each right class) / number of labels``, of its shape.

        With weights, each label's part is multiplied by its share of the batch's weight instead.
        """
        probability, rows, target, share, shape = _recall(self)
        grad = probability.copy()
        grad[rows, target] -= 1
        if share is None:
            grad /= len(grad)
        else:
            grad *= share[:, None]
        if len(shape) == 4:
            images, classes, height, width = shape
            grad = grad.reshape(images, height, width, classes).transpose(0, 3, 1, 2)
        return grad

    @staticmethod
    def _weights(weight):
        where = "CrossEntropyLoss"
        weight = float_array(where, "weight", weight)
        check_rank(where, "weight", weight, (1,), "(K,), one for each class")
        wrong = np.flatnonzero(~(np.isfinite(weight) & (weight >= 0)))
        if len(wrong):
            first = wrong[0]
            raise ValueError(
                f"{where}: weight must be finite numbers from 0 up, got {weight[first]} for class {first}"
            )
        weight = weight.copy()
        weight.setflags(write=False)
        return weight

    def _shares(self, where, prediction, target):
        """Return how much of the batch's weight each image has, or None without weights."""
        if self.weight is None:
            return None
        classes = prediction.shape[1]
        check_shape(where, "weight", self.weight, (classes,), "one for each column of prediction")
        each = self.weight[target]
        if not each.any():
            raise ValueError(f"{where}: the weights of this batch's images must not all be 0")
        return (each / each.sum()).astype(prediction.dtype)

    @staticmethod
    def _labels(where, target, shape):
        (count, classes), pixels = shape[:2], shape[2:]
        target = np.asarray(target)
        if target.dtype.kind not in "iu":
            raise TypeError(f"{where}: target must be integer labels, got dtype {target.dtype}")
        check_shape(
            where,
            "target",
            target,
            (count, *pixels),
            f"one label for each {'pixel' if pixels else 'row'} of prediction",
        )
        if target.min() < 0 or target.max() >= classes:
            first = tuple(np.argwhere((target < 0) | (target >= classes))[0].tolist())
            at = f"at {list(first)}" if pixels else f"at row {first[0]}"
            raise ValueError(
                f"{where}: target must be labels from 0 to {classes - 1}, got {target[first]} {at}"
            )
        return target


class MSELoss:
    """The mean of ``(prediction − target)²`` over all numbers. Source: ``torch.nn.MSELoss``.

    Examples
    --------
    >>> loss = MSELoss()
    >>> loss.forward([1.0, 5.0], [0.0, 2.0])
    5.0
    >>> loss.backward()
    array([1., 3.])
    """

    def __init__(self):
        self._remembered = None

    def forward(self, prediction, target):
        """Return the loss.

        Parameters
        ----------
        prediction, target : array_like
            Any shape, the same for both.

        Returns
        -------
        float

        Raises
        ------
        TypeError, ValueError
            For anything but finite real numbers, and for shapes that differ.
        """
        where = "MSELoss"
        prediction, target = float_arrays(where, prediction=prediction, target=target)
        check_shape(where, "target", target, prediction.shape, "that of prediction")
        difference = prediction - target
        loss = float(np.square(difference).mean())
        if not np.isfinite(loss):
            _refuse_what_is_not_finite(where, prediction)
            _refuse_what_is_not_finite(where, target, "target")
        self._remembered = (difference,)
        return loss

    def backward(self):
        """Return ``2 · (prediction − target) / count``, of ``prediction``'s shape."""
        (difference,) = _recall(self)
        return difference * (2 / difference.size)


def _refuse_what_is_not_finite(where, array, name="prediction"):
    wrong = np.argwhere(~np.isfinite(array))
    if len(wrong):
        index = tuple(map(int, wrong[0]))
        raise ValueError(f"{where}: {name} must be finite, got {array[index]} at {list(index)}")


def _recall(loss):
    if loss._remembered is None:
        raise RuntimeError(f"{type(loss).__name__}: backward() needs a forward(prediction, target) before it")
    return loss._remembered
