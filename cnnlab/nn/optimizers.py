"""Optimizers: how far, and which way, to move the parameters once their gradients are known.

``step(parameters, gradients)`` moves ``parameters``, one array, in place: the one function of the package
that is meant to change what it is given. A network keeps all its numbers in one vector for it.

``lr``, the learning rate, is a number, or a function of the number of steps taken so far, such as the
schedule at the end. Formulas and defaults are those of ``torch.optim`` and ``torch.optim.lr_scheduler``.
"""

import math
from dataclasses import dataclass

import numpy as np

from cnnlab.checks import check_shape, integer, number


class Optimizer:
    """What all have in common: a learning rate, weight decay, the number of ``steps`` taken.

    ``weight_decay`` λ adds ``λ · parameters`` to the gradients, the slope of the penalty
    ``λ/2 · Σ parameters²``.
    """

    def __init__(self, lr, weight_decay=0.0):
        self.lr = lr if callable(lr) else self._number(lr=lr)
        self.weight_decay = self._number(weight_decay=weight_decay)
        self.steps = 0

    def step(self, parameters, gradients):
        """Move ``parameters`` one step against their ``gradients``.

        Parameters
        ----------
        parameters : numpy.ndarray of a floating dtype
            Any shape, the same at every step; changed in place.
        gradients : numpy.ndarray
            Of the same shape.

        Raises
        ------
        TypeError, ValueError
            For parameters that cannot be changed in place, for gradients of another shape, and for
            parameters of another shape than before.

        Examples
        --------
        >>> point = np.array([3.0, 1.0])
        >>> SGD(lr=0.1).step(point, np.array([10.0, 0.0]))
        >>> point
        array([2., 1.])
        """
        self._check(parameters, gradients)
        if self.weight_decay:
            gradients = gradients + self.weight_decay * parameters
        self.steps += 1
        parameters -= self.rate(self.steps - 1) * self.direction(gradients)

    def rate(self, steps):
        """Return the learning rate after this many steps."""
        return self.lr(steps) if callable(self.lr) else self.lr

    def direction(self, gradients):
        """Return where to go, for a learning rate of 1: for plain gradient descent, the gradients."""
        raise NotImplementedError

    def _remember(self, gradients, *names):
        """Give the optimizer its memories, zeros of the gradients' shape, at the first step."""
        if not hasattr(self, names[0]):
            for name in names:
                setattr(self, name, np.zeros_like(gradients))

    def _check(self, parameters, gradients):
        where = type(self).__name__
        if not isinstance(parameters, np.ndarray) or parameters.dtype.kind != "f":
            kind = getattr(parameters, "dtype", type(parameters).__name__)
            raise TypeError(f"{where}: parameters must be a NumPy array of a floating dtype, got {kind}")
        check_shape(where, "gradients", gradients, parameters.shape, "that of parameters")
        before = getattr(self, "_shape", parameters.shape)
        if parameters.shape != before:
            raise ValueError(
                f"{where}: parameters must have shape {before} (that of the steps before; what is remembered "
                f"belongs to those; make a new optimizer), got shape {parameters.shape}"
            )
        self._shape = before

    def _number(self, below=np.inf, **named):
        ((name, value),) = named.items()
        return number(type(self).__name__, name, value, 0, below=below)

    def _betas(self, betas):
        try:
            first, second = betas
        except (TypeError, ValueError):
            raise ValueError(
                f"{type(self).__name__}: betas must be a pair of numbers, got {betas!r}"
            ) from None
        return self._number(betas=first, below=1), self._number(betas=second, below=1)


class SGD(Optimizer):
    """Gradient descent, with a velocity if there is ``momentum``.

    Without it, the direction is that of the gradients. With it, the direction is ``velocity ← momentum ·
    velocity + gradients``; with ``nesterov`` too it is ``gradients + momentum · velocity``, one step ahead.
    Source: ``torch.optim.SGD``.
    """

    def __init__(self, lr=1e-3, momentum=0.0, *, weight_decay=0.0, nesterov=False):
        super().__init__(lr, weight_decay)
        self.momentum = self._number(momentum=momentum)
        self.nesterov = bool(nesterov)
        if self.nesterov and not self.momentum:
            raise ValueError("SGD: nesterov needs a momentum above 0, got 0.0")

    def direction(self, gradients):
        """Return the gradients, or the velocity, or where it will lead."""
        if not self.momentum:
            return gradients
        self._remember(gradients, "velocity")
        self.velocity *= self.momentum
        self.velocity += gradients
        return gradients + self.momentum * self.velocity if self.nesterov else self.velocity


class RMSprop(Optimizer):
    """Divide by the typical size of each gradient: ``gradients / (√square + eps)``.

    ``square ← alpha · square + (1 − alpha) · gradients²``. Source: ``torch.optim.RMSprop``.
    """

    def __init__(self, lr=1e-2, alpha=0.99, eps=1e-8, weight_decay=0.0):
        super().__init__(lr, weight_decay)
        self.alpha = self._number(alpha=alpha, below=1)
        self.eps = self._number(eps=eps)

    def direction(self, gradients):
        """Return each gradient in units of its typical size."""
        self._remember(gradients, "square")
        self.square *= self.alpha
        self.square += (1 - self.alpha) * gradients * gradients
        return gradients / (np.sqrt(self.square) + self.eps)


class Adam(Optimizer):
    """A mean of the gradients, divided by their typical size: ``mean′ / (√square′ + eps)``.

    ``mean ← β₁ · mean + (1 − β₁) · gradients`` and ``square ← β₂ · square + (1 − β₂) · gradients²`` start at
    0; after ``t`` steps they are too small by ``1 − β₁ᵗ`` and ``1 − β₂ᵗ``, and the primes divide by that.
    Source: D. Kingma and J. Ba, "Adam" (2015), in the form of ``torch.optim.Adam``.
    """

    def __init__(self, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(lr, weight_decay)
        self.betas = self._betas(betas)
        self.eps = self._number(eps=eps)

    def direction(self, gradients):
        """Return each mean gradient in units of its typical size."""
        self._remember(gradients, "mean", "square")
        beta1, beta2 = self.betas
        self.mean *= beta1
        self.mean += (1 - beta1) * gradients
        self.square *= beta2
        self.square += (1 - beta2) * gradients * gradients
        size = np.sqrt(self.square)
        size *= 1 / math.sqrt(1 - beta2**self.steps)
        size += self.eps
        direction = self.mean / size
        direction *= 1 / (1 - beta1**self.steps)
        return direction


class AdamW(Adam):
    """Adam with decoupled decay: ``parameters −= lr · weight_decay · parameters`` first.

    The decay is not divided by the size of the gradients, as it is in ``Adam``. Source: I. Loshchilov and
    F. Hutter, "Decoupled weight decay regularization" (2019), in the form of ``torch.optim.AdamW``.
    """

    def __init__(self, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        super().__init__(lr, betas=betas, eps=eps)
        self.decay = self._number(weight_decay=weight_decay)

    def step(self, parameters, gradients):
        """Shrink ``parameters`` a little, then step as ``Adam`` does."""
        self._check(parameters, gradients)
        parameters *= 1 - self.rate(self.steps) * self.decay
        super().step(parameters, gradients)


# --- A schedule: the learning rate after so many steps ---------------------------------------------------


@dataclass(frozen=True)
class CosineAnnealingLR:
    """Go down half a cosine wave, from ``lr`` to ``eta_min`` in ``T_max`` steps, and stay there.

    ``eta_min + (lr − eta_min) · (1 + cos(π · steps / T_max)) / 2``. Source: ``torch.optim.lr_scheduler``;
    there it changes the optimizer that it is given, here it is given to the optimizer as its ``lr``.

    Examples
    --------
    >>> rate = CosineAnnealingLR(0.5, T_max=100)
    >>> rate(0), rate(50), rate(100), rate(200)
    (0.5, 0.25, 0.0, 0.0)
    """

    lr: float
    T_max: int
    eta_min: float = 0.0

    def __post_init__(self):
        where = "CosineAnnealingLR"
        number(where, "lr", self.lr, 0)
        integer(where, "T_max", self.T_max, 1)
        number(where, "eta_min", self.eta_min, 0)

    def __call__(self, steps):
        """Return the learning rate after this many steps."""
        share = min(steps / self.T_max, 1)
        return self.eta_min + (self.lr - self.eta_min) * (1 + math.cos(math.pi * share)) / 2
