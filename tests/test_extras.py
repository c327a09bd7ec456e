"""Libraries that a lesson can do without."""

import importlib.util

import numpy as np
import pytest

from cnnlab import extras
from cnnlab.data import digits
from cnnlab.data.trained import PYTORCH_DIGITS


@pytest.fixture
def without(monkeypatch):
    """Let nothing be found of the libraries that are named."""

    def hide(*names):
        find = importlib.util.find_spec
        monkeypatch.setattr(extras, "find_spec", lambda name: None if name in names else find(name))

    return hide


def test_what_is_missing_is_told_in_one_line(without, capsys):
    without("torch")
    assert not extras.available("torch")
    told = "PyTorch is not installed here; `pip install torch` brings it. This cell needs it.\n"
    assert capsys.readouterr().out == told


def test_onnx_runtime_needs_what_writes_onnx(without, capsys):
    without("onnx")
    assert not extras.available("onnxruntime")
    told = capsys.readouterr().out
    assert told.startswith("ONNX Runtime is not installed here; `pip install onnx onnxruntime`")


def test_what_is_there_is_not_spoken_of(monkeypatch, capsys):
    monkeypatch.setattr(extras, "find_spec", lambda name: name)
    assert extras.available("torch")
    assert capsys.readouterr().out == ""


def test_another_name_is_refused():
    with pytest.raises(ValueError, match=r"name must be one of .*, got 'jax'"):
        extras.available("jax")


def test_the_network_that_pytorch_trained_is_whole_and_reads_digits():
    """With PyTorch's names, and functions of NumPy alone: another path than the lesson's."""
    load_file = pytest.importorskip("safetensors.numpy").load_file
    state = load_file(PYTORCH_DIGITS)
    shapes = {name: array.shape for name, array in state.items()}
    assert shapes == {
        "0.weight": (8, 1, 3, 3),
        "0.bias": (8,),
        "2.weight": (16, 8, 3, 3),
        "2.bias": (16,),
        "6.weight": (10, 256),
        "6.bias": (10,),
    }
    _, _, x, y = digits.split()
    for layer in ("0", "2"):
        seen = np.lib.stride_tricks.sliding_window_view(
            np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1))), (3, 3), axis=(2, 3)
        )
        sums = np.einsum("nchwij,fcij->nfhw", seen, state[f"{layer}.weight"])
        x = np.maximum(sums + state[f"{layer}.bias"][:, None, None], 0)
    x = x.reshape(len(x), 16, 4, 2, 4, 2).max(axis=(3, 5)).reshape(len(x), -1)
    assert ((x @ state["6.weight"].T + state["6.bias"]).argmax(axis=1) == y).mean() > 0.97
