"""Losses against SciPy, finite differences and numbers by hand; what they refuse."""

import numpy as np
import pytest
import scipy.special
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab.gradcheck import gradcheck
from cnnlab.nn import CrossEntropyLoss, MSELoss
from tests.helpers import reference
from tests.helpers.reference import assert_close

LOSSES = [CrossEntropyLoss, MSELoss]


@st.composite
def scores_and_labels(draw):
    rows, classes = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    scores = draw(reference.arrays((rows, classes), draw(reference.dtypes), draw(st.sampled_from([1, 200]))))
    return scores, np.array(draw(st.lists(st.integers(0, classes - 1), min_size=rows, max_size=rows)))


@given(scores_and_labels())
def test_cross_entropy_agrees_with_scipy(case):
    scores, labels = case
    logs = scipy.special.log_softmax(scores.astype(float), axis=1)
    loss = CrossEntropyLoss()
    value = loss.forward(scores, labels)
    assert type(value) is float
    assert value == pytest.approx(
        -np.mean([row[k] for row, k in zip(logs, labels, strict=True)]), rel=1e-5, abs=1e-6
    )
    expected = (np.exp(logs) - np.eye(scores.shape[1])[labels]) / len(scores)
    assert_close(loss.backward(), expected, scores.dtype)


@settings(max_examples=30)
@given(scores_and_labels())
def test_the_gradient_of_cross_entropy_is_its_slope(case):
    scores, labels = case
    scores = scores / np.abs(scores).max(initial=1)
    loss = CrossEntropyLoss()
    loss.forward(scores, labels)
    assert gradcheck(lambda x: CrossEntropyLoss().forward(x, labels), scores, loss.backward())


@given(reference.arrays((2, 3, 4, 5), np.float32), st.integers(0, 2**32 - 1))
def test_scores_of_pixels_are_rows_of_scores(scores, seed):
    labels = np.random.default_rng(seed).integers(0, 3, (2, 4, 5))
    rows = [(scores[n, :, i, j], labels[n, i, j]) for n, i, j in np.ndindex(labels.shape)]
    flat, pixels = CrossEntropyLoss(), CrossEntropyLoss()
    expected = flat.forward(*(np.array(each) for each in zip(*rows, strict=True)))
    assert pixels.forward(scores, labels) == pytest.approx(expected)
    gradient = pixels.backward()
    for (n, i, j), wanted in zip(np.ndindex(labels.shape), flat.backward(), strict=True):
        assert_close(gradient[n, :, i, j], wanted, np.float32)


@given(reference.arrays((3, 2)), reference.arrays((3, 2)))
def test_the_gradient_of_the_squared_error_is_its_slope(prediction, target):
    loss = MSELoss()
    value = loss.forward(prediction, target)
    assert value == pytest.approx(sum((p - t) ** 2 for p, t in zip(prediction.flat, target.flat)) / 6)  # noqa: B905
    assert gradcheck(lambda x: MSELoss().forward(x, target), prediction, loss.backward())


def test_numbers_by_hand():
    assert CrossEntropyLoss().forward(np.zeros((4, 10)), [0, 3, 9, 9]) == pytest.approx(np.log(10))
    assert CrossEntropyLoss().forward(np.log([[1, 2, 5]]), [2]) == pytest.approx(-np.log(5 / 8))
    assert CrossEntropyLoss().forward([[1000, 0, -1000]], [0]) == 0
    assert CrossEntropyLoss().forward([[1000, 0, -1000]], [2]) == 2000
    assert MSELoss().forward([[1, 2], [3, 4]], [[1, 2], [3, 8]]) == 4


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("loss", LOSSES)
def test_the_gradient_keeps_the_dtype_and_nothing_is_changed(loss, dtype):
    prediction = np.arange(6, dtype=dtype).reshape(3, 2)
    target = np.array([0, 1, 1]) if loss is CrossEntropyLoss else prediction[::-1].copy()
    before = prediction.copy(), target.copy()
    one = loss()
    one.forward(prediction, target)
    gradient = one.backward()
    assert gradient.dtype == dtype
    np.testing.assert_array_equal(prediction, before[0])
    np.testing.assert_array_equal(target, before[1])
    kept = gradient.copy()
    one.backward()[:] = 7
    one.forward(prediction + 1, target)
    np.testing.assert_array_equal(gradient, kept)


@pytest.mark.parametrize(
    ("loss", "prediction", "target", "error", "message"),
    [
        (
            CrossEntropyLoss,
            [[0.0, 1]],
            [2],
            ValueError,
            "target must be labels from 0 to 1, got 2 at row 0",
        ),
        (CrossEntropyLoss, [[0.0]] * 3, [0, -1, 5], ValueError, "from 0 to 0, got -1 at row 1"),
        (CrossEntropyLoss, [[0.0, 1]] * 2, [1, -1], ValueError, "from 0 to 1, got -1 at row 1"),
        (
            CrossEntropyLoss,
            [[0.0, 1]],
            [1.0],
            TypeError,
            "target must be integer labels, got dtype float64",
        ),
        (CrossEntropyLoss, [[0.0, 1]], [True], TypeError, "integer labels, got dtype bool"),
        (CrossEntropyLoss, [[0.0, 1]], ["a"], TypeError, "integer labels, got dtype <U1"),
        (
            CrossEntropyLoss,
            [[0.0, 1]],
            [0, 1],
            ValueError,
            r"target must have shape \(1,\) .*got shape \(2,\)",
        ),
        (CrossEntropyLoss, [[0.0, 1]], [[0, 1]], ValueError, r"target must have shape \(1,\)"),
        (CrossEntropyLoss, [0.0, 1], [0], ValueError, r"prediction must have shape \(N, K\)"),
        (
            CrossEntropyLoss,
            np.zeros((1, 2, 3, 4)),
            [[0]],
            ValueError,
            r"target must have shape \(1, 3, 4\) \(one label for each pixel .* got shape \(1, 1\)",
        ),
        (
            CrossEntropyLoss,
            np.zeros((1, 2, 1, 2)),
            [[[1, 2]]],
            ValueError,
            r"target must be labels from 0 to 1, got 2 at \[0, 0, 1\]",
        ),
        (
            CrossEntropyLoss,
            np.array([[[[0, 1]], [[2, np.nan]]]]),
            [[[0, 0]]],
            ValueError,
            r"finite, got nan at \[0, 1, 0, 1\]",
        ),
        (CrossEntropyLoss, np.zeros((1, 2, 3)), [[0] * 3], ValueError, r"\(N, K\) or \(N, K, H, W\), got"),
        (CrossEntropyLoss, [["a"]], [0], TypeError, "prediction must be an array of real numbers"),
        (CrossEntropyLoss, [[0, 1], [2, np.nan]], [0, 0], ValueError, r"finite, got nan at \[1, 1\]"),
        (
            CrossEntropyLoss,
            [[0, np.inf]],
            [0],
            ValueError,
            r"prediction must be finite, got inf at \[0, 1\]",
        ),
        (MSELoss, [1, 2], [1], ValueError, r"target must have shape \(2,\)"),
        (MSELoss, [1, np.nan], [1, 2], ValueError, r"prediction must be finite, got nan at \[1\]"),
        (MSELoss, [1, 2], [np.inf, 2], ValueError, r"target must be finite, got inf at \[0\]"),
        (MSELoss, [1, 2], [None, 2], TypeError, "target must be an array of real numbers"),
    ],
)
def test_bad_input(loss, prediction, target, error, message):
    with np.errstate(invalid="ignore"), pytest.raises(error, match=f"^{loss.__name__}: .*{message}"):
        loss().forward(prediction, target)


@pytest.mark.parametrize("loss", LOSSES)
def test_backward_needs_forward(loss):
    with pytest.raises(RuntimeError, match=rf"{loss.__name__}: backward\(\) needs a forward"):
        loss().backward()
