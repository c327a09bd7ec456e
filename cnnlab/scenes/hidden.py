"""A network behind a scene, told as hidden panels and links, so that the browser can work it out by itself.

Shared by the scenes that show what comes out of a network but not all that lies in between. The maps of a
layer stand in one stack, channel below channel.
"""

import numpy as np

from cnnlab.nn import (
    AdaptiveAvgPool2d,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    MaxPool2d,
    ReLU,
    Residual,
    Sequential,
    Sigmoid,
    Tanh,
)
from cnnlab.ops.pooling import cells_counted
from cnnlab.stage import Axes, Hidden, cell_by_cell, slide_stack

BEND = {ReLU: "relu", Sigmoid: "sigmoid", Tanh: "tanh"}
MOST_NUMBERS = 200_000  # of a network that a page is given, in eight bytes each


class Told:
    """A network as hidden panels and links.

    Parameters
    ----------
    network : Sequential
    source : str
        The id of the panel with the network's input, one map.
    shape : (rows, columns)
        That of the input.

    Attributes
    ----------
    panels, links : list
    stacks : list of (str, int, (rows, columns))
        For each layer the id of the stack that it gives, how many maps are in it, and how large each is.

    Raises
    ------
    NotImplementedError
        For layers that cannot be told this way, and for networks with too many numbers.
    """

    def __init__(self, network, source, shape):
        self.panels, self.links, self.stacks = [], [], []
        self._last, self._count = (source, 1, tuple(shape)), 0
        for number, layer in enumerate(network):
            self._tell(layer, f"layer {number}")
            self.stacks.append(self._last)

    def _tell(self, layer, id):
        kind, (_, maps, size) = type(layer), self._last  # a class of one's own may do anything else
        if kind is Residual:
            self._residual(layer, id)
        elif kind is Sequential:
            for number, inner in enumerate(layer):
                self._tell(inner, f"{id}.{number}")
        elif kind is Conv2d:
            self._convolution(layer, id)
        elif kind in (MaxPool2d, AvgPool2d):
            self._pooling(layer, id)
        elif kind is AdaptiveAvgPool2d:
            self._window(id, maps, (1, 1), size, reduce="mean")
        elif kind is BatchNorm2d:
            self._normalization(layer, id)
        elif kind is Dense:
            self._dense(layer, id)
        elif kind in BEND:
            source, *_ = self._last
            self._add(id, maps, size, lambda target: cell_by_cell((source,), target, BEND[kind]))
        elif kind not in (Dropout, Flatten):  # these change nothing: a stack is read row by row
            raise NotImplementedError(f"{kind.__name__} cannot be told")

    def _residual(self, layer, id):
        before = self._last
        for number, inner in enumerate(layer):
            self._tell(inner, f"{id}.{number}")
        through, self._last = self._last, before
        if layer.shortcut is not None:
            self._tell(layer.shortcut, f"{id}.shortcut")
        around = self._last
        if through[1:] != around[1:] or through[0] == around[0]:  # of one row each, or nothing inside
            raise NotImplementedError("a sum of stacks of several forms cannot be told")
        _, maps, size = around
        self._add(id, maps, size, lambda target: cell_by_cell((around[0], through[0]), target, "sum"))

    def _add(self, id, maps, size, link):
        self._inner, count, (rows, columns) = self._last
        self._source, target = (
            Hidden(self._inner, (count * rows, columns)),
            Hidden(id, (maps * size[0], size[1])),
        )
        self.panels.append(target)
        self.links.append(link(target))
        self._last = id, maps, size

    def _numbers(self, id, values):
        values = np.asarray(values, dtype=float)
        self._count += values.size
        if self._count > MOST_NUMBERS:
            raise NotImplementedError(f"more than {MOST_NUMBERS} numbers are not sent to a page")
        self.panels.append(Hidden(id, values.shape, values))
        return id

    def _convolution(self, layer, id):
        if layer.options["groups"] != 1:
            raise NotImplementedError("a convolution in groups cannot be told")
        _, maps, size = self._last
        places = layer.places((maps, *size))
        kernel = self._numbers(f"{id} weight", layer.weight.reshape(-1, layer.kernel_size[1]))
        bias = "" if layer.bias is None else self._numbers(f"{id} bias", layer.bias[:, None])
        channels = maps, layer.out_channels
        self._add(
            id, layer.out_channels, places.output,
            lambda target: slide_stack(
                self._source, target, channels, layer.kernel_size, kernel=kernel, bias=bias,
                stride=places.stride, dilation=places.dilation, padding=places.padding,
            ),
        )  # fmt: skip

    def _pooling(self, layer, id):
        _, maps, size = self._last
        places = layer.places((maps, *size))
        if isinstance(layer, AvgPool2d):
            counted = cells_counted(places, layer.options["count_include_pad"])
            if (counted != np.prod(layer.kernel_size)).any():
                raise NotImplementedError("a mean of windows of several sizes cannot be told")
        self._window(
            id, maps, places.output, layer.kernel_size, stride=places.stride, dilation=places.dilation,
            padding=places.padding, reduce="max" if isinstance(layer, MaxPool2d) else "mean",
        )  # fmt: skip

    def _window(self, id, maps, size, kernel_size, **options):
        self._add(
            id, maps, size,
            lambda target: slide_stack(self._source, target, (maps, maps), kernel_size, **options),
        )  # fmt: skip

    def _normalization(self, layer, id):
        source, maps, size = self._last
        if layer.num_features != maps:  # behind Flatten
            raise NotImplementedError("a normalization of the numbers of a vector cannot be told")
        scale = layer.weight.astype(float) / np.sqrt(layer.running_var.astype(float) + layer.eps)
        kernel = self._numbers(f"{id} scale", scale[:, None])
        bias = self._numbers(f"{id} shift", (layer.bias - layer.running_mean * scale)[:, None])
        by_row = tuple(number for number in range(maps) for _ in range(size[0]))
        same = (tuple((at,) for at in range(length)) for length in (maps * size[0], size[1]))
        self._add(
            id, maps, size,
            lambda target: Axes(id, (source,), *same, (kernel,), by_row, bias, by_row),
        )  # fmt: skip

    def _dense(self, layer, id):
        source, maps, size = self._last
        rows, columns = maps * size[0], size[1]
        kernel = self._numbers(f"{id} weight", layer.weight.reshape(-1, columns))
        bias = "" if layer.bias is None else self._numbers(f"{id} bias", layer.bias[:, None])
        count = layer.out_features
        self._add(
            id, count, (1, 1),
            lambda target: Axes(
                id, (source,), (tuple(range(rows)),) * count, (tuple(range(columns)),), (kernel,),
                tuple(range(0, rows * count, rows)), bias, tuple(range(count)) if bias else (),
            ),
        )  # fmt: skip


class Untold:
    """A network that cannot be told: nothing of it is in the picture, and its results are left to Python."""

    panels, links, stacks = (), (), None


def told(network, source, shape):
    """Return a network as hidden panels and links, or ``Untold``; arguments as of ``Told``."""
    try:
        return Told(network, source, shape)
    except NotImplementedError:
        return Untold()


def map_of(stack, channel, target):
    """Return the link of a shown panel that is one map of a stack."""
    id, _, (rows, columns) = stack
    return Axes(
        target, (id,), tuple((channel * rows + row,) for row in range(rows)),
        tuple((column,) for column in range(columns)), reduce="copy",
    )  # fmt: skip


def softmax_of(stack, target):
    """Return the link of the shares that softmax makes of a stack's maps, place by place."""
    id, maps, (rows, columns) = stack
    return Axes(
        target, (id,),
        tuple(
            (number * rows + row, *range(row, maps * rows, rows))
            for number in range(maps)
            for row in range(rows)
        ),
        tuple((column,) for column in range(columns)), reduce="softmax",
    )  # fmt: skip
