"""A layer that learners invent is held to its own slope: whatever they invented."""

import numpy as np
import pytest

from cnnlab import nn, ops
from cnnlab.exercises import lesson10
from cnnlab.exercises.layers import LayerExercise

check = lesson10.own_layer.judge


def layer(forward, backward, remember=lambda x: x):
    """Return a class whose ``backward`` is ``backward(grad_out, what forward remembered)``."""

    class Mine(nn.Layer):
        def forward(self, x, training=False):
            self.x = remember(x)
            return forward(x)

        def backward(self, grad_out):
            return backward(grad_out, self.x)

    return Mine


RIGHT = {
    "square": (np.square, lambda g, x: 2 * g * x),
    "cube": (lambda x: x**3, lambda g, x: 3 * x**2 * g),
    "sine": (np.sin, lambda g, x: g * np.cos(x)),
    "fast sine": (lambda x: np.sin(10 * x), lambda g, x: 10 * g * np.cos(10 * x)),
    "size": (np.abs, lambda g, x: g * np.sign(x)),
    "softsign": (lambda x: x / (1 + abs(x)), lambda g, x: g / (1 + abs(x)) ** 2),
    "bell": (lambda x: np.exp(-(x**2)), lambda g, x: -2 * x * np.exp(-(x**2)) * g),
    "elu": (lambda x: np.where(x > 0, x, np.expm1(x)), lambda g, x: np.where(x > 0, g, g * np.exp(x))),
    "hard tanh": (lambda x: np.clip(x, -1, 1), lambda g, x: g * (abs(x) < 1)),
    "tiny": (lambda x: 1e-6 * x**2, lambda g, x: 2e-6 * g * x),
    "huge": (lambda x: 1e6 * x**2, lambda g, x: 2e6 * g * x),
    "power of e": (np.exp, lambda g, x: g * np.exp(x)),
    "no number alone": (  # each number of a row is divided by the row's length
        lambda x: x / np.sqrt(1 + (x**2).sum(-1, keepdims=True)),
        lambda g, x: (
            g / np.sqrt(1 + (x**2).sum(-1, keepdims=True))
            - x * (g * x).sum(-1, keepdims=True) / (1 + (x**2).sum(-1, keepdims=True)) ** 1.5
        ),
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_any_layer_whose_backward_is_the_slope_of_its_forward_is_right(name):
    found = check(layer(*RIGHT[name]))
    assert found.state == "correct", found


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda right, g, x: right(np.ones_like(g), x), "That is the derivative of your layer."),
        (lambda right, g, x: -right(g, x), "The sign is turned round"),
        (lambda right, g, x: g, "grad_out is handed on as it came"),
        (lambda right, g, x: 2 * right(g, x), "Twice too large"),
        (lambda right, g, x: right(g, x) / x.size, "The gradient is divided by how many numbers there are"),
        (lambda right, g, x: right(g, x) / len(x), "The gradient is divided by the size of the batch"),
    ],
)
def test_whatever_the_layer_its_mistake_is_named(name, change, message):
    forward, right = RIGHT[name]
    found = check(layer(forward, lambda g, x: change(right, g, x)))
    assert found.state == "not yet"
    assert found.message.startswith(message), found


def test_one_number_a_thousandth_off_is_wrong():
    forward, right = RIGHT["sine"]

    def nearly(g, x):
        grad = right(g, x)
        grad.flat[-1] *= 1.001
        return grad

    found = check(layer(forward, nearly))
    assert found.state == "not yet"
    assert "measured by nudging your forward" in found.message


KNOWN = {
    "ReLU": (ops.relu, ops.relu_backward),
    "LeakyReLU": (ops.leaky_relu, ops.leaky_relu_backward),
    "the sigmoid": (ops.sigmoid, ops.sigmoid_backward),
    "tanh": (ops.tanh, ops.tanh_backward),
    "softmax": (ops.softmax, ops.softmax_backward),
    "swish": (lambda x: x * ops.sigmoid(x), lesson10.swish_backward.solve),
}


@pytest.mark.parametrize("name", KNOWN)
def test_what_the_course_has_shown_is_no_invention(name):
    assert check(layer(*KNOWN[name])).message == (
        f"That is {name}, which the course has shown: invent another one."
    )


def fails(*_):
    raise ZeroDivisionError("what a day")


class Stale(nn.Layer):
    """Remembers the first batch for ever."""

    def __init__(self):
        super().__init__()
        self.x = None

    def forward(self, x, training=False):
        if self.x is None:
            self.x = x
        return np.sin(x)

    def backward(self, grad_out):
        return grad_out * np.cos(self.x)


class InTheClass(nn.Layer):
    """Counts all batches of all layers."""

    batches = np.zeros(1)

    def forward(self, x, training=False):
        self.x = x
        self.batches[0] += 1
        return x**2 + self.batches[0]

    def backward(self, grad_out):
        return 2 * grad_out * self.x


class Wants(nn.Layer):
    def __init__(self, slope):
        super().__init__()

    forward = backward = None


class Empty(nn.Layer):
    def forward(self, x, training=False): ...

    def backward(self, grad_out): ...


@pytest.mark.parametrize(
    ("made", "state", "words"),
    [
        (layer(lambda x: x, lambda g, x: g), "not attempted", "hands on what it gets"),
        (Empty, "not attempted", "three dots"),
        (layer(lambda x: 3 * x - 1, lambda g, x: 3 * g), "not yet", "does not bend"),
        (layer(np.sign, lambda g, x: 0 * g), "not yet", "nothing flows back"),
        (layer(np.sqrt, lambda g, x: g / 2 / np.sqrt(x)), "not yet", "forward gives nan or inf"),
        (layer(np.square, lambda g, x: g / (x - x)), "not yet", "backward gives nan or inf"),
        (layer(np.sum, lambda g, x: g), "not yet", "one number for each"),
        (layer(np.square, lambda g, x: None), "not yet", "Your backward returns None"),
        (layer(lambda x: None, lambda g, x: g), "not yet", "Your forward returns None"),
        (layer(np.square, fails), "not yet", 'ZeroDivisionError: what a day, in the line "raise Zero'),
        (layer(lambda x: np.square(x, out=x), lambda g, x: g), "not yet", "changes its input"),
        (layer(np.sin, lambda g, x: np.multiply(g, np.cos(x), out=g)), "not yet", "changes its input"),
        (Stale, "not yet", "remember x anew at each forward"),
        (InTheClass, "not yet", "keep something in the class"),
        (layer(np.sin, lambda g, out: g * np.cos(out), np.sin), "not yet", "Take it at what went in."),
        (Wants, "not yet", "Wants has no forward and no backward"),
        (Stale(), "not yet", "check needs your class itself, such as check(Mine), got Stale."),
        (np.square, "not yet", "check needs your class itself, such as check(Mine), got ufunc."),
        (lambda x: x**2, "not yet", "check needs your class itself, such as check(Mine), got function."),
        (7, "not yet", "check needs your class itself, such as check(Mine), got int."),
    ],
)
def test_every_other_way_to_fail_has_its_words(made, state, words):
    found = check(made)
    assert found.state == state
    assert words in found.message


def test_it_is_known_where_the_nudges_were_made():
    shown = check(layer(np.sin, lambda g, x: g * np.cos(x) * np.where(x > 1, 3, 1)))
    assert "should be" in shown.message


def test_a_batch_alone_is_enough():
    x = np.array([[0.5, -1.5]])
    single = LayerExercise("single", lesson10.Softplus, [(2 * x, x, -x)], ["Think."])
    assert single.judge(lesson10.Softplus).message == "Forward and backward agree with nudges on 1 batch."
