"""The scenes of lesson 10: what they show step by step ends in the gradients that nudging measures."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab import gradcheck, ops
from cnnlab.scenes import (
    ComputationGraph,
    ConvBackward,
    GradientDashboard,
    GradientRouting,
    TransposedConv,
)
from tests.helpers.acts import edit, press

rng = np.random.default_rng(9)
NUMBERS = st.floats(-9, 9).map(lambda value: round(value, 2))


# --- The graph ----------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_slopes_of_the_graph_are_those_that_nudging_measures(x, w, b, y):
    if abs(w * x + b) < 1e-3:  # a kink has no slope
        return
    graph = ComputationGraph(x, w, b, y)
    measured = gradcheck.numeric_gradient(lambda p: 0.5 * (max(0.0, p[1] * p[0] + p[2]) - y) ** 2, [x, w, b])
    np.testing.assert_allclose([graph.slopes[name] for name in "xwb"], measured, rtol=1e-4, atol=1e-4)


def test_at_the_kink_the_gate_is_shut():
    assert set(ComputationGraph(x=1, w=2, b=-2, y=3).slopes.values()) == {0.0, 1.0, -3.0}


def test_numbers_of_the_graph_become_known_in_order():
    picture = ComputationGraph().picture
    films = {panel.id: np.array([panel.at(step)[0, 0] for step in range(10)]) for panel in picture.shown}
    first = {id: int(np.isfinite(film).argmax()) for id, film in films.items() if np.isfinite(film).any()}
    known = {name: [first[name], first[f"slope in {name}"]] for name in ComputationGraph().slopes}
    forward = [known[name][0] for name in ("x", "u", "z", "a", "loss")]
    back = [known[name][1] for name in ("loss", "a", "z", "u", "x")]
    assert forward == sorted(set(forward))
    assert back == sorted(set(back))
    assert max(forward) < min(back)
    assert known["u"] == [known["u"][0], known["b"][1]]
    assert "slope in y" not in films


@pytest.mark.parametrize(("typed", "value"), [("−8", -8), ("1/4", 0.25)])
def test_numbers_of_the_graph_can_be_typed(typed, value):
    graph = ComputationGraph()
    press(graph, "b", typed)
    assert graph.state.b == value
    press(graph, "undo")
    assert graph.state.b == -1


# --- The scrubber -------------------------------------------------------------------------------------------

SIZES = [
    (stride, padding, kernel)
    for stride in (1, 2, 3)
    for padding in (0, 1, 2)
    for kernel in ((3, 2), (1, 1), (2, 4))
]


@pytest.mark.parametrize(("stride", "padding", "kernel"), SIZES)
def test_stamps_add_up_to_the_gradients(stride, padding, kernel):
    x, weight = rng.integers(-4, 5, (6, 5)) / 2, rng.integers(-4, 5, kernel) / 2
    scene = ConvBackward(x, weight, rng.integers(-4, 5, (9, 9)) / 2, stride=stride, padding=padding)
    grad_out = scene.picture.panel("grad_out").values
    assert grad_out.shape == ops.correlate2d(x, weight, stride=stride, padding=padding).shape

    def loss(x, weight):
        return (grad_out * ops.correlate2d(x, weight, stride=stride, padding=padding)).sum()

    shown = {id: scene.picture.panel(id).values for id in ("grad_weight", "grad_x")}
    measured = {
        "grad_weight": gradcheck.numeric_gradient(lambda w: loss(x, w), weight),
        "grad_x": gradcheck.numeric_gradient(lambda x: loss(x, weight), x),
    }
    for id, film in shown.items():
        np.testing.assert_allclose(film[-1], measured[id], atol=1e-6)
        # Each step adds one stamp: what the number of grad_out at that place contributes by itself.
        for step, place in enumerate(np.ndindex(grad_out.shape)):
            alone = np.zeros(grad_out.shape)
            alone[place] = grad_out[place]
            grad_x, grad_weight = ops.correlate2d_backward(alone, x, weight, stride=stride, padding=padding)
            before = film[step - 1] if step else 0
            np.testing.assert_allclose(
                film[step] - before, {"grad_x": grad_x, "grad_weight": grad_weight}[id]
            )
    press(scene, "view", "full convolution")
    np.testing.assert_allclose(scene.picture.panel("grad_x").values, measured["grad_x"], atol=1e-6)


def test_edit_of_grad_out_changes_both_gradients():
    scene = ConvBackward()
    before = {id: scene.picture.panel(id).values[-1] for id in ("grad_weight", "grad_x")}
    edit(scene, 1, 0, "0", panel="grad_out")
    for id, old in before.items():
        assert (scene.picture.panel(id).values[-1] != old).any()
    press(scene, "undo")
    for id, old in before.items():
        np.testing.assert_array_equal(scene.picture.panel(id).values[-1], old)


def test_what_does_not_fit_is_refused_and_changes_nothing():
    scene = ConvBackward()
    with pytest.raises(ValueError, match="x"):
        ConvBackward(np.ones((2, 2)), np.ones((3, 3)))
    with pytest.raises(ValueError, match="view must be one of"):
        press(scene, "view", "film")
    with pytest.raises(ValueError, match="stride"):
        press(scene, "stride", "0")
    assert scene.state is scene.start


@pytest.mark.parametrize(("stride", "padding", "kernel"), SIZES)
def test_stamps_add_up_to_the_larger_map(stride, padding, kernel):
    x, weight = rng.integers(-4, 5, (4, 3)) / 2, rng.integers(-4, 5, kernel) / 2
    options = {"stride": stride, "padding": padding}
    if min((size - 1) * stride + k - 2 * padding for size, k in zip(x.shape, kernel, strict=True)) < 1:
        with pytest.raises(ValueError, match=r"^TransposedConv: padding takes away all"):
            TransposedConv(x, weight, **options)
        return
    scene = TransposedConv(x, weight, **options)
    film = scene.picture.panel("out").values
    for step, place in enumerate(np.ndindex(x.shape)):
        so_far = np.where(np.arange(x.size).reshape(x.shape) <= step, x, 0)
        expected = ops.conv_transpose2d(so_far[None, None], weight[None, None], **options)[0, 0]
        np.testing.assert_allclose(film[step], expected, atol=1e-12)
        assert scene.picture.frames["x"][step] == (*place, *place)


def test_a_map_and_a_kernel_of_ones_make_the_checkerboard():
    scene = TransposedConv()
    press(scene, "map", "all ones")
    press(scene, "kernel", "all ones, 3 × 3")
    once = [1, 1, 2, 1, 2, 1, 1]
    np.testing.assert_array_equal(scene.picture.panel("out").values[-1], np.outer(once, once))
    press(scene, "kernel", "all ones, 2 × 2")
    np.testing.assert_array_equal(scene.picture.panel("out").values[-1], np.ones((6, 6)))
    press(scene, "reset")
    assert scene.picture.panel("out").shape == (7, 7)


def test_a_larger_map_than_can_be_shown_is_refused():
    scene = TransposedConv()
    with pytest.raises(ValueError, match="x: at most 40 rows and columns can be shown, got 63 × 63"):
        press(scene, "stride", "30")
    assert scene.state is scene.start


# --- Gates and winners --------------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", ["ReLU", "max-pooling"])
@pytest.mark.parametrize("shape", [(4, 4), (5, 3), (2, 7)])
def test_routing_ends_in_the_gradient_of_the_operation(layer, shape):
    x = rng.integers(-3, 4, shape).astype(float)  # with ties, and zeros
    forward = ops.relu(x) if layer == "ReLU" else ops.max_pool2d(x, 2, ceil_mode=True)
    grad_out = rng.integers(1, 9, forward.shape).astype(float)
    scene = GradientRouting(layer, x, grad_out)
    expected = (
        ops.relu_backward(grad_out, x)
        if layer == "ReLU"
        else ops.max_pool2d_backward(grad_out, x, 2, ceil_mode=True)
    )
    np.testing.assert_array_equal(scene.picture.panel("grad_x").values[-1], expected)


# --- The dashboard ------------------------------------------------------------------------------------------


def test_dashboard_shows_the_wrong_number():
    x = np.array([[1.0, -2.0], [0.5, 3.0]])
    wrong = 3 * x**2
    wrong[0, 1] = 1
    check = gradcheck.gradcheck(lambda x: (x**3).sum(), x, wrong)
    sweep = gradcheck.epsilon_sweep(lambda x: (x**3).sum(), x, 3 * x**2)
    picture = GradientDashboard(check, sweep).picture
    assert picture.focus == ("digits", 0, 1)
    digits = picture.panel("digits").values
    assert digits[0, 1] == 0
    assert (np.delete(digits.ravel(), 1) == -8).all()
    (track,) = picture.panel("sweep").tracks
    assert len(track.points) == picture.steps == sweep.errors.size
    np.testing.assert_allclose(track.points[:, 0], np.linspace(0, 1, sweep.errors.size))
