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


@given(scores_and_labels(), st.lists(st.integers(0, 9), min_size=4, max_size=4))
def test_whole_weights_count_images_more_than_once(case, weight):
    """An image of weight 3 is as three images of weight 1: written out, and averaged by SciPy."""
    scores, labels = case
    times = np.array(weight)[labels]
    loss = CrossEntropyLoss(weight=weight[: scores.shape[1]])
    if not times.any():
        with pytest.raises(ValueError, match="weights of this batch's images must not all be 0"):
            loss.forward(scores, labels)
        return
    logs = scipy.special.log_softmax(scores.astype(float), axis=1)
    surprises = -np.array([row[k] for row, k in zip(logs, labels, strict=True)])
    expected = np.mean([s for s, count in zip(surprises, times, strict=True) for _ in range(count)])
    assert loss.forward(scores, labels) == pytest.approx(expected, rel=1e-5, abs=1e-6)
    gradient = (np.exp(logs) - np.eye(scores.shape[1])[labels]) * times[:, None] / times.sum()
    assert_close(loss.backward(), gradient, scores.dtype)
    assert loss.backward().dtype == scores.dtype


def test_the_gradient_of_the_weighted_loss_is_its_slope():
    scores, labels = np.random.default_rng(0).normal(size=(5, 3)), np.array([0, 2, 1, 1, 0])
    loss = CrossEntropyLoss(weight=[0.25, 3, 1.5])
    loss.forward(scores, labels)
    same = CrossEntropyLoss(weight=[0.25, 3, 1.5])
    assert gradcheck(lambda x: same.forward(x, labels), scores, loss.backward())


def test_equal_weights_change_nothing_and_the_callers_array_is_not_kept():
    scores, labels = np.random.default_rng(0).normal(size=(5, 3)), np.array([0, 2, 1, 1, 0])
    plain, weight = CrossEntropyLoss(), np.full(3, 7.0)
    weighted = CrossEntropyLoss(weight)
    weight[:] = 0
    assert weighted.forward(scores, labels) == pytest.approx(plain.forward(scores, labels), rel=1e-12)
    np.testing.assert_allclose(weighted.backward(), plain.backward(), rtol=1e-12)


def test_weights_are_pytorchs():
    torch = pytest.importorskip("torch")
    scores, labels = np.random.default_rng(1).normal(size=(6, 4)), np.array([0, 3, 3, 1, 2, 0])
    weight = [0.5, 2.0, 0.0, 1.25]
    theirs = torch.tensor(scores, requires_grad=True)
    value = torch.nn.CrossEntropyLoss(torch.tensor(weight, dtype=torch.float64))(theirs, torch.tensor(labels))
    value.backward()
    loss = CrossEntropyLoss(weight=weight)
    assert loss.forward(scores, labels) == pytest.approx(value.item(), rel=1e-12)
    np.testing.assert_allclose(loss.backward(), theirs.grad.numpy(), rtol=1e-12)


@pytest.mark.parametrize(
    ("weight", "error", "words"),
    [
        ([1, -1], ValueError, "weight must be finite numbers from 0 up, got -1.0 for class 1"),
        ([np.nan, 1], ValueError, "weight must be finite numbers from 0 up, got nan for class 0"),
        ([[1, 1]], ValueError, r"weight must have shape \(K,\)"),
        ("heavy", TypeError, "weight must be an array of real numbers"),
        ([1, 1, 1], ValueError, r"weight must have shape \(2,\)"),
    ],
)
def test_bad_weights(weight, error, words):
    with pytest.raises(error, match=f"^CrossEntropyLoss: {words}"):
        CrossEntropyLoss(weight=weight).forward([[0.0, 1.0]], [0])


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
