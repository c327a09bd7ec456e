"""Networks come and go: to and from PyTorch, and out to all that reads ONNX.

Read ``state`` (numbers by their names), ``tensors`` (a file of them), ``twin`` (the same network in PyTorch),
``graph`` (the same network in ONNX). Packages that not everybody has are imported when they are needed.
"""

from cnnlab.nn.exchange.graph import save_onnx
from cnnlab.nn.exchange.state import load_state
from cnnlab.nn.exchange.tensors import load_safetensors, read_safetensors, save_safetensors
from cnnlab.nn.exchange.twin import from_torch, to_torch

__all__ = [
    "from_torch",
    "load_safetensors",
    "load_state",
    "read_safetensors",
    "save_onnx",
    "save_safetensors",
    "to_torch",
]
