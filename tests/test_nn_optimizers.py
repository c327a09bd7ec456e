"""Optimizers against their papers' formulas, written out number by number, and their own laws."""

import math
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab.nn import SGD, Adam, AdamW, CosineAnnealingLR, RMSprop
from tests.helpers import reference

ALL = [SGD, RMSprop, Adam, AdamW]
OPTIMIZERS = pytest.mark.parametrize("make", [*ALL, partial(SGD, momentum=0.9)])


# --- One number at a time: p the parameter, gradients one after the other -----------------------------------


def sgd(p, gradients, lr, decay):
    for g in gradients:
        p -= lr * (g + decay * p)
    return p


def momentum(p, gradients, lr, decay, mu, nesterov):
    velocity = None
    for g in gradients:
        g += decay * p
        velocity = g if velocity is None else mu * velocity + g
        p -= lr * (g + mu * velocity if nesterov else velocity)
    return p


def rmsprop(p, gradients, lr, decay, alpha, eps):
    average = 0
    for g in gradients:
        g += decay * p
        average = alpha * average + (1 - alpha) * g**2
        p -= lr * g / (math.sqrt(average) + eps)
    return p


def adam(p, gradients, lr, decay, betas, eps, decoupled=False):
    m = v = 0
    for t, g in enumerate(gradients, 1):
        if decoupled:
            p -= lr * decay * p
        else:
            g += decay * p
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * g**2
        p -= lr * (m / (1 - betas[0] ** t)) / (math.sqrt(v / (1 - betas[1] ** t)) + eps)
    return p


rates, decays, shares = st.floats(1e-4, 0.5), st.sampled_from([0.0, 0.01, 0.3]), st.floats(0, 0.95)
steps = st.integers(1, 6)


@st.composite
def cases(draw):
    lr, decay = draw(rates), draw(decays)
    mu, nesterov, alpha, eps = (
        draw(shares),
        draw(st.booleans()),
        draw(shares),
        draw(st.sampled_from([1e-8, 0.1])),
    )
    betas = draw(shares), draw(shares)
    return draw(
        st.sampled_from(
            [
                (SGD(lr, weight_decay=decay), lambda p, g: sgd(p, g, lr, decay)),
                (
                    SGD(lr, momentum=mu, nesterov=nesterov and mu > 0, weight_decay=decay),
                    lambda p, g: momentum(p, g, lr, decay, mu, nesterov),
                ),
                (
                    RMSprop(lr, alpha=alpha, eps=eps, weight_decay=decay),
                    lambda p, g: rmsprop(p, g, lr, decay, alpha, eps),
                ),
                (
                    Adam(lr, betas=betas, eps=eps, weight_decay=decay),
                    lambda p, g: adam(p, g, lr, decay, betas, eps),
                ),
                (
                    AdamW(lr, betas=betas, eps=eps, weight_decay=decay),
                    lambda p, g: adam(p, g, lr, decay, betas, eps, decoupled=True),
                ),
            ]
        )
    )


@settings(max_examples=150)
@given(cases(), reference.arrays((2, 3)), steps, st.integers(0, 2**32 - 1))
def test_every_optimizer_follows_its_formula(case, start, count, seed):
    optimizer, formula = case
    gradients = np.random.default_rng(seed).normal(size=(count, 2, 3))
    parameters = start.copy()
    for gradient in gradients:
        optimizer.step(parameters, gradient)
    for index in np.ndindex(start.shape):
        expected = formula(float(start[index]), [float(g[index]) for g in gradients])
        assert parameters[index] == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_the_defaults_are_pytorchs():
    assert [vars(SGD())[name] for name in ("lr", "momentum", "weight_decay")] == [1e-3, 0, 0]
    assert vars(RMSprop()) == {
        "lr": 1e-2,
        "alpha": 0.99,
        "eps": 1e-8,
        "weight_decay": 0,
        "steps": 0,
    }
    defaults = {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0, "steps": 0}
    assert vars(Adam()) == defaults
    assert vars(AdamW()) == defaults | {"decay": 1e-2}
    assert vars(SGD())["nesterov"] is False


# --- Laws ---------------------------------------------------------------------------------------------------


def test_adams_first_step_is_the_learning_rate_whatever_the_gradients_size():
    point = np.zeros(3)
    Adam(0.1).step(point, np.array([1e-3, -5.0, 1e6]))
    np.testing.assert_allclose(point, [-0.1, 0.1, -0.1], rtol=1e-4)


@OPTIMIZERS
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_valley_is_found_in_place_and_in_its_dtype(make, dtype):
    point = np.array([2.0, -1.0], dtype)
    valley = make(0.02)
    before = point
    for _ in range(600):
        gradient = point * np.array([1, 3], dtype)
        kept = gradient.copy()
        valley.step(point, gradient)
        np.testing.assert_array_equal(gradient, kept)
    assert before is point
    assert point.dtype == dtype
    assert np.abs(point).max() < 0.05
    assert all(np.asarray(memory).dtype == dtype for memory in vars(valley).values() if np.ndim(memory) and
               isinstance(memory, np.ndarray))  # fmt: skip


def test_weight_decay_shrinks_even_without_gradients_decoupled_or_not():
    for optimizer, expected in [(SGD(0.1, weight_decay=0.5), 0.95), (AdamW(0.1, weight_decay=0.5), 0.95)]:
        point = np.ones(1)
        optimizer.step(point, np.zeros(1))
        assert point[0] == pytest.approx(expected)
    point = np.ones(1)
    Adam(0.1, weight_decay=0.5).step(point, np.zeros(1))
    assert point[0] == pytest.approx(0.9)  # the first step of Adam, whatever the size


# --- Schedules ----------------------------------------------------------------------------------------------


def test_a_schedule_sets_the_rate_of_each_step():
    point, optimizer = np.zeros(1), SGD(lambda steps: 0.5 ** (steps // 2))
    places = []
    for _ in range(6):
        optimizer.step(point, np.ones(1))
        places.append(point[0])
    np.testing.assert_allclose(places, [-1, -2, -2.5, -3, -3.25, -3.5])


def test_adamw_decays_by_the_rate_of_the_same_step():
    point, optimizer = np.ones(1), AdamW(lambda steps: [0.5, 0.1][steps], weight_decay=1)
    for expected in (0.5, 0.45):
        optimizer.step(point, np.zeros(1))
        assert point[0] == pytest.approx(expected)


def test_the_schedule_by_hand():
    rate = CosineAnnealingLR(1.0, T_max=4, eta_min=0.2)
    root = math.sqrt(0.5)
    assert [rate(n) for n in range(6)] == pytest.approx(
        [1, 0.2 + 0.4 * (1 + root), 0.6, 0.2 + 0.4 * (1 - root), 0.2, 0.2]
    )


# --- Refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: SGD(-0.1), ValueError, r"SGD: lr must be at least 0, got -0.1"),
        (lambda: SGD("fast"), TypeError, r"SGD: lr must be an array of real numbers"),
        (lambda: Adam(np.nan), ValueError, r"Adam: lr must be at least 0, got nan"),
        (lambda: Adam(betas=(0.9, 1)), ValueError, r"Adam: betas must be at least 0 and below 1, got 1.0"),
        (lambda: Adam(betas=0.9), ValueError, r"Adam: betas must be a pair of numbers, got 0.9"),
        (lambda: AdamW(weight_decay=-1), ValueError, r"AdamW: weight_decay must be at least 0"),
        (lambda: SGD(momentum=-1), ValueError, r"SGD: momentum must be at least 0"),
        (lambda: SGD(nesterov=True), ValueError, r"SGD: nesterov needs a momentum above 0"),
        (lambda: RMSprop(alpha=1), ValueError, r"RMSprop: alpha must be at least 0 and below 1"),
        (lambda: RMSprop(eps=-1), ValueError, r"RMSprop: eps must be at least 0"),
        (
            lambda: CosineAnnealingLR(0.1, 1.5),
            TypeError,
            r"CosineAnnealingLR: T_max must be an integer, got 1.5",
        ),
        (lambda: CosineAnnealingLR(-1, 9), ValueError, r"CosineAnnealingLR: lr must be at least 0"),
    ],
)
def test_settings_out_of_range(make, error, message):
    with pytest.raises(error, match=f"^{message}"):
        make()


@pytest.mark.parametrize("optimizer", ALL)
@pytest.mark.parametrize(
    ("parameters", "gradients", "error", "message"),
    [
        ([1.0], np.ones(1), TypeError, "parameters must be a NumPy array of a floating dtype, got list"),
        (np.ones(2, int), np.ones(2), TypeError, "parameters must be .* got int64"),
        (np.ones(2), np.ones(3), ValueError, r"gradients must have shape \(2,\)"),
    ],
)
def test_what_cannot_be_stepped(optimizer, parameters, gradients, error, message):
    with pytest.raises(error, match=f"^{optimizer.__name__}: {message}"):
        optimizer().step(parameters, gradients)


@OPTIMIZERS
def test_an_optimizer_belongs_to_one_shape(make):
    one = make()
    one.step(np.ones(3), np.ones(3))
    with pytest.raises(ValueError, match=r"must have shape \(3,\).*make a new optimizer.*got shape \(1,\)"):
        one.step(np.ones(1), np.ones(1))
