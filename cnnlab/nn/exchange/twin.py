"""The same network in PyTorch: the same layers under the same names, with the same numbers.

Layers become PyTorch's own, wherever these can do the same. Our padding also comes in forms that PyTorch's
layers do not take (another one before than after, "same" when pooling); then the twin is a small class around
PyTorch's function, of the same name, and what ``state_dict`` holds is the same as well.
"""

from functools import cache

import numpy as np

from cnnlab.checks import pair
from cnnlab.nn import layers as ours
from cnnlab.nn.exchange.state import check_network, load_state
from cnnlab.nn.network import Residual, Sequential
from cnnlab.ops.pooling import cells_counted


def to_torch(network):
    """Return a ``torch.nn.Module`` that is the same network: the same ``state_dict``, the same results.

    Parameters
    ----------
    network : Layer
        Made of the layers of ``cnnlab.nn``.

    Returns
    -------
    torch.nn.Module
        With a copy of the numbers, in their dtype. It is in the mode for use (``eval``): call ``train()`` on
        it before training.

    Raises
    ------
    ImportError
        Without PyTorch; it says what to install.
    TypeError
        For layers of one's own.

    Examples
    --------
    >>> from cnnlab.nn import Dense, ReLU, Sequential
    >>> network = Sequential(Dense(2, 1, weight=[[3, -4]]), ReLU())
    >>> to_torch(network)  # doctest: +SKIP
    Sequential(
      (0): Linear(in_features=2, out_features=1, bias=True)
      (1): ReLU()
    )
    """
    check_network("to_torch", network)
    torch = _torch("to_torch")
    module = _twin(torch, network, "")
    state = {name: torch.from_numpy(np.array(array)) for name, array in network.state_dict().items()}
    dtypes = {value.dtype for value in state.values()}
    if len(dtypes) == 1:
        module = module.to(*dtypes)
    module.load_state_dict(module.state_dict() | state)
    return module.eval()


def from_torch(network, module):
    """Take all numbers from a PyTorch module of the same layers: ``load_state`` of its ``state_dict()``.

    Parameters
    ----------
    network : Layer
        Whose numbers are replaced; their dtype stays.
    module : torch.nn.Module
        Such as ``to_torch(network)``, trained since, or a ``torch.nn.Sequential`` of the same layers.

    Raises
    ------
    TypeError, ValueError
        For what is no module, and for one of other layers. Then nothing is changed.
    """
    if not callable(getattr(module, "state_dict", None)):
        raise TypeError(f"from_torch: module must be a torch.nn.Module, got {type(module).__name__}")
    load_state(network, module.state_dict())


def _torch(where):
    try:
        import torch
    except ImportError:
        raise ImportError(
            f"{where} needs PyTorch: pip install torch, or see https://pytorch.org/get-started/locally"
        ) from None
    return torch


def _twin(torch, layer, where):
    """Return the module for a layer that stands at ``where``."""
    make = TWINS.get(type(layer))
    if make is None:
        place = f" (layer {where})" if where else ""
        raise TypeError(f"to_torch: layers must be those of cnnlab.nn, got {type(layer).__name__}{place}")
    if isinstance(layer, Sequential):
        inside = [
            _twin(torch, each, f"{where}.{number}".removeprefix(".")) for number, each in enumerate(layer)
        ]
        shortcut = getattr(layer, "shortcut", None)
        return make(torch, inside, shortcut and _twin(torch, shortcut, f"{where}.shortcut".removeprefix(".")))
    return make(torch, layer)


def even(padding):
    """Return (rows, columns) for a padding that is the same before and after; ``None`` for another."""
    return tuple(before for before, _ in padding) if all(a == b for a, b in padding) else None


def padding_of(layer):
    """Return a layer's padding, in whatever form it was given, as ((top, bottom), (left, right))."""
    dilation = pair(type(layer).__name__, "dilation", layer.options.get("dilation", 1), 1)
    ample = np.multiply(layer.kernel_size, dilation).tolist()  # maps on which the window fits
    return layer.places((getattr(layer, "in_channels", 1), *ample)).padding


def _conv2d(torch, layer):
    widths = padding_of(layer)
    padding = even(widths)
    made = _classes()["Conv2d"] if padding is None else torch.nn.Conv2d
    options = layer.options | {"padding": padding or 0, "bias": "bias" in layer.views}
    module = made(layer.in_channels, layer.out_channels, layer.kernel_size, **options)
    if padding is None:
        module.widths = _widths(widths)
    return module


def _pool(name):
    def make(torch, layer):
        padding = even(padding_of(layer))
        # PyTorch does not count dilation when it asks for padding of at most half the window.
        if padding is None or any(np.greater(padding, np.floor_divide(layer.kernel_size, 2))):
            return _classes()[name](layer)
        return getattr(torch.nn, name)(**layer.options | {"padding": padding})

    return make


def _widths(padding):
    """Return a padding as ``torch.nn.functional.pad`` takes it: the last axis comes first."""
    return tuple(width for ends in reversed(padding) for width in ends)


@cache
def _classes():
    """Return by name the modules that PyTorch does not have."""
    import torch
    from torch.nn import functional

    class Conv2d(torch.nn.Conv2d):
        def forward(self, x):
            return super().forward(functional.pad(x, self.widths))

        def extra_repr(self):
            return f"{super().extra_repr()}, padded by {self.widths} first"

    class _Pool(torch.nn.Module):
        def __init__(self, layer):
            super().__init__()
            self.layer = layer

        def padded(self, x, fill):
            # In ceil mode as well, all windows are made to fit.
            places = self.layer.places(x.shape[1:])
            widths = []
            for axis in (0, 1):
                before, _ = places.padding[axis]
                reach = (places.output[axis] - 1) * places.stride[axis] + places.extent[axis]
                widths.append((before, reach - before - places.size[axis]))
            return functional.pad(x, _widths(widths), value=fill), places

        def extra_repr(self):
            return repr(self.layer)

    class MaxPool2d(_Pool):
        def forward(self, x):
            x, places = self.padded(x, -torch.inf)
            return functional.max_pool2d(x, places.kernel, places.stride, 0, places.dilation)

    class AvgPool2d(_Pool):
        def forward(self, x):
            x, places = self.padded(x, 0)
            counted = cells_counted(places, self.layer.options["count_include_pad"])
            counted = torch.from_numpy(counted).to(x.device, x.dtype)
            return functional.avg_pool2d(x, places.kernel, places.stride, divisor_override=1) / counted

    class BatchNorm2d(torch.nn.BatchNorm2d):
        def _check_input_dim(self, x):  # ours takes vectors, too
            pass

    class Residual(torch.nn.Module):
        def __init__(self, layers, shortcut):
            super().__init__()
            self.count = len(layers)
            for number, layer in enumerate(layers):
                self.add_module(str(number), layer)
            self.shortcut = shortcut

        def forward(self, x):
            out = x
            for number in range(self.count):
                out = self.get_submodule(str(number))(out)
            return out + (x if self.shortcut is None else self.shortcut(x))

    return {made.__name__: made for made in (Conv2d, MaxPool2d, AvgPool2d, BatchNorm2d, Residual)}


TWINS = {
    Sequential: lambda torch, inside, shortcut: torch.nn.Sequential(*inside),
    Residual: lambda torch, inside, shortcut: _classes()["Residual"](inside, shortcut),
    ours.Conv2d: _conv2d,
    ours.ConvTranspose2d: lambda torch, layer: torch.nn.ConvTranspose2d(
        layer.in_channels, layer.out_channels, layer.kernel_size, bias="bias" in layer.views, **layer.options
    ),
    ours.Dense: lambda torch, layer: torch.nn.Linear(
        layer.in_features, layer.out_features, bias="bias" in layer.views
    ),
    ours.BatchNorm2d: lambda torch, layer: _classes()["BatchNorm2d"](
        layer.num_features, layer.eps, layer.momentum
    ),
    ours.MaxPool2d: _pool("MaxPool2d"),
    ours.AvgPool2d: _pool("AvgPool2d"),
    ours.AdaptiveAvgPool2d: lambda torch, layer: torch.nn.AdaptiveAvgPool2d(layer.options["output_size"]),
    ours.Flatten: lambda torch, layer: torch.nn.Flatten(),
    ours.Dropout: lambda torch, layer: torch.nn.Dropout(layer.p),
    ours.ReLU: lambda torch, layer: torch.nn.ReLU(),
    ours.LeakyReLU: lambda torch, layer: torch.nn.LeakyReLU(layer.options["negative_slope"]),
    ours.Sigmoid: lambda torch, layer: torch.nn.Sigmoid(),
    ours.Tanh: lambda torch, layer: torch.nn.Tanh(),
}
