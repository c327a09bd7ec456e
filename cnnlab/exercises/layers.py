"""Check a layer of the learner's own: is what its ``backward`` returns the slope of its ``forward``?

There is no one right answer: what is right is measured, by nudging what goes into the learner's own
``forward`` (``gradcheck.numeric_gradient``). So are the mistakes: each is a change of what was measured, such
as the slope without ``grad_out``, or the slope at the numbers that came out.
"""

import inspect
import textwrap
from functools import partial

import numpy as np

from cnnlab import ops
from cnnlab.exercises import sandbox
from cnnlab.exercises.engine import Exercise, Verdict, is_empty, side_by_side, written
from cnnlab.exercises.sandbox import Refused
from cnnlab.gradcheck import numeric_gradient

TOLERANCE = 1e-4  # relative; of a number, or of a hundredth of the largest where a number is tiny
KNOWN = {
    "ReLU": ops.relu,
    "LeakyReLU": ops.leaky_relu,
    "the sigmoid": ops.sigmoid,
    "tanh": ops.tanh,
    "softmax": ops.softmax,
    "swish": lambda x: x * ops.sigmoid(x),
}


class LayerExercise(Exercise):
    """An activation function of the learner's own, as a class with ``forward`` and ``backward``.

    Parameters
    ----------
    name : str
    solve : type
        A layer that is right, made without arguments: what ``solution`` shows.
    cases : list of (before, x, grad_out)
        Arrays of one shape. The layer sees ``before`` first, then ``x``, and then goes back.
    hints : list of str

    Attributes
    ----------
    solve : function
        Takes a case and returns what the layer makes of ``x`` and the gradient that it hands back, in one
        array. ``check`` takes such a function as well as a class.

    Examples
    --------
    >>> from cnnlab import nn
    >>> class Square(nn.Layer):
    ...     def forward(self, x, training=False):
    ...         self.x = x
    ...         return x**2
    ...
    ...     def backward(self, grad_out):
    ...         return 2 * self.x * grad_out
    >>> x = np.array([0.5, -1.25])
    >>> square = LayerExercise("square", Square, [(x, -x, 3 * x)], ["The derivative of x² is 2x."])
    >>> square.check(Square)
    Correct. Forward and backward agree with nudges on 1 batch.
    """

    def __init__(self, name, solve, cases, hints):
        self._made = solve
        made = run_of(solve)

        def solved(before, x, grad_out):
            return made(before, x, grad_out)

        solved.__name__, solved.__module__ = name, solve.__module__
        super().__init__(solved, cases, hints)
        self._changes = {}

    def mistake(self, message):
        """Return a decorator that notes a wrong backward pass.

        It is a function of ``forward``, of ``slope``, which takes ``grad_out`` and ``x`` and returns what the
        layer should hand back, measured, and of a case: ``before``, ``x`` and ``grad_out``.
        """

        def note(change):
            def twin(before, x, grad_out):
                forward = forward_of(self._solve)
                return _packed(forward(x), change(forward, slope_of(forward), before, x, grad_out))

            super(LayerExercise, self).mistake(message)(twin)
            self._changes[message] = change
            return change

        return note

    def solution(self):
        """Print one way to write a layer."""
        print(textwrap.dedent(inspect.getsource(self._made)).rstrip())

    def judge(self, made):
        """Return the ``Verdict`` on a layer, and let nobody remember it."""
        if isinstance(made, type):
            missing = [name for name in ("forward", "backward") if not callable(getattr(made, name, None))]
            if missing:
                return Verdict("not yet", f"{made.__name__} has no {' and no '.join(missing)}.")
            if is_empty(made.forward) or is_empty(made.backward):
                return Verdict("not attempted", "Replace the three dots with your code, then run it again.")
            function = run_of(made)
        elif is_empty(made):
            return Verdict("not attempted", "Replace the three dots with your code, then run it again.")
        elif callable(made) and _takes_a_case(made):
            function = made
        else:
            kind = type(made).__name__
            return Verdict("not yet", f"check needs your class itself, such as check(Mine), got {kind}.")
        try:
            results = [_result(function, *case) for case in self._cases]
            if not _close(_result(function, *self._cases[0]), results[0]):
                return Verdict(
                    "not yet",
                    "A second layer of this class gives another result: does it keep something in the class, "
                    "or in an array that is made outside it? What belongs to a layer stands in self.",
                )
            found = [_measured(function, *case) for case in self._cases]
            return self._too_plain(function, results) or self._on_gradients(function, results, found)
        except Refused as refusal:
            return Verdict("not yet", str(refusal))

    def _too_plain(self, function, results):
        """Return the verdict on a layer that is no activation function of the learner's own, or None."""
        xs = [x for _, x, _ in self._cases]
        outs = [result[: x.size].reshape(x.shape) for result, x in zip(results, xs, strict=True)]
        if all(_close(out, x) for out, x in zip(outs, xs, strict=True)):
            return Verdict("not attempted", "So far your layer hands on what it gets: let it bend something.")
        for name, known in KNOWN.items():
            if all(_close(out, known(x)) for out, x in zip(outs, xs, strict=True)):
                return Verdict("not yet", f"That is {name}, which the course has shown: invent another one.")
        if all(_is_straight(function, before, x) for before, x, _ in self._cases):
            return Verdict(
                "not yet",
                "Your layer does not bend: it is a straight line, and layers with nothing but straight lines "
                "between them are one single layer (lesson 05).",
            )
        return None

    def _on_gradients(self, function, results, found):
        """Return the verdict on what is handed back, beside what was measured."""
        both = zip(results, self._cases, strict=True)
        yours = [result[x.size :].reshape(x.shape) for result, (_, x, _) in both]
        wrong = [k for k, pair in enumerate(zip(yours, found, strict=True)) if not _close(*pair)]
        if not wrong and not any(gradient.any() for gradient in found):
            words = "Your layer's slope is 0 nearly everywhere: the check agrees, but nothing flows back."
            return Verdict("not yet", words)
        if not wrong:
            count = len(self._cases)
            batches = "1 batch" if count == 1 else f"{count} batches"
            return Verdict("correct", f"Forward and backward agree with nudges on {batches}.")
        first = wrong[0]
        _, x, grad_out = self._cases[first]
        lines = self._named(function, yours)
        lines.append(
            f"For x = {written(x)} and grad_out = {written(grad_out)}, grad_x should be "
            f"{written(found[first])}, measured by nudging your forward; yours gives {written(yours[first])}."
        )
        return Verdict("not yet", "\n".join(lines), side_by_side(yours[first], found[first]))

    def _named(self, function, yours):
        """Return the first message of the mistakes that give these gradients in a list, or an empty one."""
        forward = forward_of(function)
        slope = slope_of(forward)
        for message, change in self._changes.items():
            try:
                if all(
                    _close(mine, _sandboxed(partial(change, forward, slope), case))
                    for mine, case in zip(yours, self._cases, strict=True)
                ):
                    return [message]
            except Refused:  # it takes this forward where that one has no values
                continue
        return []


def run_of(made):
    """Return a function of a case that makes a layer, sends ``before`` and ``x`` forward, and goes back."""

    @np.errstate(all="ignore")  # what is nan or inf gets words of its own
    def run(before, x, grad_out):
        layer = made()
        layer.forward(before)
        out = layer.forward(x)
        if out is None:
            raise Refused("Your forward returns None. Is there a return at its end?")
        out = np.array(out)  # a copy: what is done on the way back must not change it
        grad_x = layer.backward(grad_out)
        if grad_x is None:
            raise Refused("Your backward returns None. Is there a return at its end?")
        return _packed(out, grad_x)

    run.__wrapped__ = made.backward  # errors quote lines of the file, or the cell, where this stands
    return run


def _takes_a_case(function):
    try:
        inspect.signature(function).bind("before", "x", "grad_out")
    except (TypeError, ValueError):
        return False
    return True


def _packed(out, grad_x):
    return np.concatenate([np.ravel(out), np.ravel(grad_x)])


def _result(function, before, x, grad_out):
    """Return out and grad_x of a case, in one array, or raise ``Refused`` with what is wrong with them."""
    call = f"x = {written(x)}"
    result = sandbox.run(function, (before, x, grad_out), call, sandbox.SECONDS)
    if result.shape != (2 * x.size,):
        raise Refused(
            f"forward and backward must each return an array of x's shape {x.shape}, one number for each. "
            f"Together yours return {result.size} numbers where x has {x.size}."
        )
    if not np.isfinite(result).all():
        what = "backward" if np.isfinite(result[: x.size]).all() else "forward"
        raise Refused(
            f"Your {what} gives nan or inf on {call}. A layer may get any number, negative ones and 0 too."
        )
    return result.astype(float)


def forward_of(function):
    """Return what a function of a case does to ``x``, as a function of ``x`` alone."""

    def forward(x):
        return np.asarray(function(x.copy(), x, np.zeros(x.shape)))[: x.size].reshape(x.shape)

    return forward


def slope_of(forward):
    """Return a function of ``grad_out`` and ``x``: what should be handed back, measured by nudging."""

    def slope(grad_out, x):
        return numeric_gradient(lambda nudged: float((grad_out * forward(nudged)).sum()), x)

    return slope


def _measured(function, before, x, grad_out):
    """Return what should be handed back: the slope of the learner's own forward."""
    slope = slope_of(forward_of(function))
    return _sandboxed(lambda before, x, grad_out: slope(grad_out, x), (before, x, grad_out))


def _is_straight(function, before, x):
    """Whether forward has the mean of two results at the middle of two inputs, near 0 and farther off."""
    forward = forward_of(function)

    def apart(before, x):
        ends = [(forward(far * x) + forward(far * before)) / 2 for far in (1, 20)]
        return np.array([ends, [forward(far * (x + before) / 2) for far in (1, 20)]])

    return _close(*_sandboxed(apart, (before, x)))


def _sandboxed(function, arguments):
    return sandbox.run(
        np.errstate(all="ignore")(function), arguments, f"x = {written(arguments[1])}", sandbox.SECONDS
    )


def _close(mine, right):
    """Whether two arrays agree, as far as a nudge can tell."""
    if np.shape(mine) != np.shape(right):
        return False
    mine, right = np.asarray(mine, float), np.asarray(right, float)
    if not np.isfinite([mine, right]).all():
        return False
    size = np.maximum(np.maximum(np.abs(mine), np.abs(right)), np.abs(right).max(initial=1e-6) / 100)
    return bool((np.abs(mine - right) <= TOLERANCE * size).all())
