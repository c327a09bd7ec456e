"""Blueprints: networks that are described, not built, and what can be counted on them: ``summary``.

A blueprint has the name and the arguments of a layer of ``cnnlab.nn``, but no weights: those of VGG-16 fill
550 MB, its blueprint a few kB. ``build`` makes layers of a blueprint that is small enough.

Counted are the parameters that are learned (the running statistics of batch normalization are not), and the
*multiply-adds* for one image: a product and its addition are one, of convolutions and dense layers alone,
without biases. So does torchvision; some papers count each as two operations.
"""

import math
from dataclasses import MISSING, dataclass, fields, replace

import numpy as np

from cnnlab.checks import integer, pair
from cnnlab.nn import layers as built
from cnnlab.nn import network as networks
from cnnlab.ops.geometry import transposed_windows, windows
from cnnlab.ops.pooling import pooling_windows

LARGEST = 10_000_000  # parameters of a blueprint that is built without a word


class Blueprint:
    """What all blueprints have in common; this one is of a layer that changes no shape and learns nothing."""

    sees = True  # whether it can be told, by step and window, what a cell of the result sees

    @property
    def parameters(self):
        """How many numbers the layer learns."""
        return 0

    def output_shape(self, input_shape):
        """Return the shape of the result for one image (C, H, W) or one vector (in,)."""
        return input_shape

    def multiplications(self, input_shape):
        """Return the number of multiply-adds for one image."""
        return 0

    def window(self, input_shape):
        """Return kernel size, stride and dilation, each (rows, columns), of a window that slides; or None."""
        return None

    def build(self, rng=None, *, largest=LARGEST):
        """Return a layer of ``cnnlab.nn`` with weights to start from.

        Parameters
        ----------
        rng : numpy.random.Generator
            Where weights are drawn from; not needed by layers that have none.
        largest : int
            How many parameters are too many.

        Raises
        ------
        ValueError
            If there are more; or if ``cnnlab.nn`` has no such layer.
        """
        if self.parameters > largest:
            raise ValueError(
                f"build: {type(self).__name__} must have at most {largest:,} parameters, "
                f"got {self.parameters:,}; largest=… allows more"
            )
        return self._built(rng)

    def _built(self, rng):
        maker = getattr(built, type(self).__name__, None)
        if maker is None:
            raise ValueError(f"build: cnnlab.nn has no layer {type(self).__name__}")
        options = {field.name: getattr(self, field.name) for field in fields(self)}
        return maker(**options, **({"rng": rng} if self.parameters or isinstance(self, Dropout) else {}))

    def __repr__(self):
        shown = [
            repr(getattr(self, each.name))
            if each.default is MISSING
            else f"{each.name}={getattr(self, each.name)!r}"
            for each in fields(self)
            if getattr(self, each.name) != each.default
        ]
        return f"{type(self).__name__}({', '.join(shown)})"


def blueprint(cls):
    """Make a frozen dataclass of a class, written as layers are: ``Conv2d(3, 64, 3, padding=1)``."""
    return dataclass(frozen=True, repr=False)(cls)


@blueprint
class Conv2d(Blueprint):
    """A bank of filters, as ``nn.Conv2d``."""

    in_channels: int
    out_channels: int
    kernel_size: int | tuple
    stride: int | tuple = 1
    padding: int | tuple | str = 0
    dilation: int | tuple = 1
    groups: int = 1
    bias: bool = True

    def __post_init__(self):
        for name in ("in_channels", "out_channels", "groups"):
            integer("Conv2d", name, getattr(self, name), 1)
        pair("Conv2d", "kernel_size", self.kernel_size, 1)
        built.check_groups("Conv2d", self.groups, self.in_channels, self.out_channels)

    @property
    def connections(self):
        """How many maps the filters look at, all filters together."""
        return self.out_channels * self.in_channels // self.groups

    @property
    def parameters(self):
        """A kernel for each connection, and a bias for each filter."""
        return self.connections * math.prod(self._kernel) + self.bias * self.out_channels

    @property
    def _kernel(self):
        return pair("Conv2d", "kernel_size", self.kernel_size, 1)

    def output_shape(self, input_shape):
        """Return (out_channels, OH, OW)."""
        built.check_image("Conv2d", input_shape, self.in_channels)
        options = {"stride": self.stride, "padding": self.padding, "dilation": self.dilation}
        return (self.out_channels, *windows("Conv2d", "x", input_shape[1:], self._kernel, **options).output)

    def multiplications(self, input_shape):
        """Return one for each weight at each place."""
        _, height, width = self.output_shape(input_shape)
        return self.connections * math.prod(self._kernel) * height * width

    def window(self, input_shape):
        """Return kernel size, stride and dilation."""
        return (
            self._kernel,
            pair("Conv2d", "stride", self.stride, 1),
            pair("Conv2d", "dilation", self.dilation, 1),
        )


@blueprint
class ConvTranspose2d(Blueprint):
    """Kernels stamped on larger maps, as ``nn.ConvTranspose2d``; what its cells see is not told."""

    in_channels: int
    out_channels: int
    kernel_size: int | tuple
    stride: int | tuple = 1
    padding: int | tuple = 0
    output_padding: int | tuple = 0
    groups: int = 1
    bias: bool = True
    dilation: int | tuple = 1

    sees = False

    @property
    def parameters(self):
        """A kernel for each pair of maps, and a bias for each map that goes out."""
        return self._weights + self.bias * self.out_channels

    @property
    def _weights(self):
        kernel = pair("ConvTranspose2d", "kernel_size", self.kernel_size, 1)
        return self.in_channels * self.out_channels // self.groups * math.prod(kernel)

    def output_shape(self, input_shape):
        """Return (out_channels, OH, OW)."""
        built.check_image("ConvTranspose2d", input_shape, self.in_channels)
        kernel = pair("ConvTranspose2d", "kernel_size", self.kernel_size, 1)
        names = "stride", "padding", "output_padding", "dilation"
        options = {name: getattr(self, name) for name in names}
        places = transposed_windows("ConvTranspose2d", "x", input_shape[1:], kernel, **options)
        return (self.out_channels, *places.size)

    def multiplications(self, input_shape):
        """Return one for each weight at each place of what comes in."""
        return self._weights * math.prod(input_shape[1:])


@blueprint
class Dense(Blueprint):
    """A layer where every output listens to every input, as ``nn.Dense``; PyTorch's ``Linear``."""

    in_features: int
    out_features: int
    bias: bool = True

    def __post_init__(self):
        for name in ("in_features", "out_features"):
            integer("Dense", name, getattr(self, name), 1)

    @property
    def parameters(self):
        """A weight for each pair, and a bias for each output."""
        return (self.in_features + self.bias) * self.out_features

    def output_shape(self, input_shape):
        """Return (out_features,)."""
        if input_shape != (self.in_features,):
            raise ValueError(f"Dense: each row of x must have shape ({self.in_features},), got {input_shape}")
        return (self.out_features,)

    def multiplications(self, input_shape):
        """Return one for each weight."""
        return self.in_features * self.out_features


@blueprint
class _Pooling(Blueprint):
    kernel_size: int | tuple
    stride: int | tuple | None = None
    padding: int | tuple = 0
    ceil_mode: bool = False

    def output_shape(self, input_shape):
        """Return (C, OH, OW)."""
        built.check_image(type(self).__name__, input_shape)
        options = (self.kernel_size, self.stride, self.padding, getattr(self, "dilation", 1), self.ceil_mode)
        return (input_shape[0], *pooling_windows(type(self).__name__, input_shape[1:], *options).output)

    def window(self, input_shape):
        """Return kernel size, stride and dilation."""
        stride = self.kernel_size if self.stride is None else self.stride
        return (
            pair(type(self).__name__, "kernel_size", self.kernel_size, 1),
            pair(type(self).__name__, "stride", stride, 1),
            pair(type(self).__name__, "dilation", getattr(self, "dilation", 1), 1),
        )


@blueprint
class MaxPool2d(_Pooling):
    """The largest number of each window, as ``nn.MaxPool2d``."""

    dilation: int | tuple = 1


@blueprint
class AvgPool2d(_Pooling):
    """The mean of each window, as ``nn.AvgPool2d``."""

    count_include_pad: bool = True


@blueprint
class AdaptiveAvgPool2d(Blueprint):
    """The mean of each map, as ``nn.AdaptiveAvgPool2d``; ``output_size`` is 1."""

    output_size: int

    def output_shape(self, input_shape):
        """Return (C, 1, 1)."""
        built.check_image("AdaptiveAvgPool2d", input_shape)
        return (input_shape[0], 1, 1)

    def window(self, input_shape):
        """Return a window as large as the maps."""
        return tuple(input_shape[1:]), tuple(input_shape[1:]), (1, 1)


@blueprint
class BatchNorm2d(Blueprint):
    """Batch normalization, as ``nn.BatchNorm2d``."""

    num_features: int

    @property
    def parameters(self):
        """A scale and a shift for each map."""
        return 2 * self.num_features

    def output_shape(self, input_shape):
        """Return the same shape."""
        built.check_image("BatchNorm2d", input_shape, self.num_features)
        return input_shape

    def _built(self, rng):
        return built.BatchNorm2d(self.num_features)


@blueprint
class Flatten(Blueprint):
    """All maps of an image in one row, as ``nn.Flatten``."""

    def output_shape(self, input_shape):
        """Return (C·H·W,)."""
        return (math.prod(input_shape),)


@blueprint
class Dropout(Blueprint):
    """As ``nn.Dropout``."""

    p: float = 0.5


@blueprint
class ReLU(Blueprint):
    """As ``nn.ReLU``."""


@blueprint
class ReLU6(Blueprint):
    """ReLU that ends at 6: what MobileNet uses. ``cnnlab.nn`` has none."""


@blueprint
class LeakyReLU(Blueprint):
    """As ``nn.LeakyReLU``."""

    negative_slope: float = 0.01


@blueprint
class Sigmoid(Blueprint):
    """As ``nn.Sigmoid``."""


@blueprint
class Tanh(Blueprint):
    """As ``nn.Tanh``."""


class Sequential(Blueprint):
    """Layers one after the other, as ``nn.Sequential``; ``name`` is what a summary calls them."""

    def __init__(self, *layers, name=""):
        where = type(self).__name__
        for layer in layers:
            if not isinstance(layer, Blueprint):
                raise TypeError(f"{where}: layers must be blueprints, got {type(layer).__name__}")
        if not layers:
            raise ValueError(f"{where}: layers must not be empty")
        self.layers, self.name = layers, name

    @property
    def parts(self):
        """Return (name, blueprint) of all that stands in it."""
        return [(str(number), layer) for number, layer in enumerate(self.layers)]

    @property
    def parameters(self):
        """Those of all layers."""
        return sum(layer.parameters for _, layer in self.parts)

    def output_shape(self, input_shape):
        """Return the shape of the last layer's result."""
        return summary(self, input_shape).rows[-1].output_shape

    def multiplications(self, input_shape):
        """Return those of all layers."""
        return summary(self, input_shape).multiplications

    def _built(self, rng):
        return networks.Sequential(*(layer._built(rng) for layer in self.layers))

    def __repr__(self):
        return self.name or f"{type(self).__name__} of {len(self.layers)}"


class Residual(Sequential):
    """Layers with a way around them, ``f(x) + x``, or ``f(x) + shortcut(x)`` if a shortcut is given."""

    def __init__(self, *layers, shortcut=None, name=""):
        super().__init__(*layers, name=name)
        if shortcut is not None and not isinstance(shortcut, Blueprint):
            raise TypeError(f"Residual: shortcut must be a blueprint, got {type(shortcut).__name__}")
        self.shortcut = shortcut

    @property
    def parts(self):
        """Return (name, blueprint) of all that stands in it, and of what stands on the way around."""
        return super().parts + ([] if self.shortcut is None else [("shortcut", self.shortcut)])

    def _built(self, rng):
        around = {} if self.shortcut is None else {"shortcut": self.shortcut._built(rng)}
        return networks.Residual(*(layer._built(rng) for layer in self.layers), **around)


# --- From layers to their blueprints ------------------------------------------------------------------------


def describe(layer):
    """Return the blueprint of a layer or a network of ``cnnlab.nn``; a blueprint is returned as it is.

    Raises
    ------
    TypeError
        For a layer that has no blueprint.

    Examples
    --------
    >>> from cnnlab import nn
    >>> describe(nn.MaxPool2d(2))
    MaxPool2d(2)
    """
    if isinstance(layer, Blueprint):
        return layer
    kind = type(layer).__name__
    if isinstance(layer, networks.Sequential) and kind in ("Sequential", "Residual"):
        around = getattr(layer, "shortcut", None)
        options = {} if around is None else {"shortcut": describe(around)}
        return globals()[kind](*map(describe, layer), **options)
    found = globals().get(kind)
    if not (
        isinstance(layer, built.Layer) and isinstance(found, type) and type(layer) is getattr(built, kind)
    ):
        raise TypeError(f"summary: description must be blueprints or layers that have one, got {kind}")
    given = vars(layer) | getattr(layer, "options", {}) | {"bias": "bias" in layer.views}
    return found(**{each.name: _short(given[each.name]) for each in fields(found)})


def _short(value):
    """Return a pair of equal numbers, which layers keep, as the one number that people write."""
    return value[0] if type(value) is tuple and len(value) == 2 and value[0] == value[1] else value


# --- What can be counted ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One layer of a summary.

    Attributes
    ----------
    where : str
        Where it stands, as in a ``state_dict``: "2.0".
    layer : Blueprint
    input_shape, output_shape : tuple of int
        Of one image, (C, H, W), or one vector, (in,).
    parameters, multiplications : int
        How many numbers are learned; how many multiply-adds one image takes.
    receptive_field, step : (rows, columns) or None
        How much of the image a cell of the result sees, and how far apart two of them look; of maps alone.
    """

    where: str
    layer: Blueprint
    input_shape: tuple
    output_shape: tuple
    parameters: int
    multiplications: int
    receptive_field: tuple | None
    step: tuple | None


@dataclass(frozen=True)
class Summary:
    """The rows of ``summary`` and their sums; printed it is a table."""

    rows: tuple

    @property
    def parameters(self):
        """How many numbers are learned, in all rows."""
        return sum(row.parameters for row in self.rows)

    @property
    def multiplications(self):
        """How many multiply-adds one image takes, in all rows."""
        return sum(row.multiplications for row in self.rows)

    def __str__(self):
        table = [("", "layer", "result", "parameters", "multiply-adds", "sees", "step")]
        for row in self.rows:
            counts = f"{row.parameters:,}", f"{row.multiplications:,}"
            sees = _written(row.receptive_field), _written(row.step)
            table.append((row.where, repr(row.layer), "×".join(map(str, row.output_shape)), *counts, *sees))
        table.append(("", "", "", f"{self.parameters:,}", f"{self.multiplications:,}", "", ""))
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        ways = "<<<>>>>"
        lines = [
            "   ".join(f"{text:{way}{width}}" for text, way, width in zip(row, ways, widths, strict=True))
            for row in table
        ]
        rule = "─" * len(lines[0])
        return "\n".join(line.rstrip() for line in [lines[0], rule, *lines[1:-1], rule, lines[-1]])

    __repr__ = __str__


def summary(description, input_shape, depth=None):
    """Count, layer by layer: shapes, parameters, multiply-adds, receptive fields.

    Parameters
    ----------
    description : Blueprint or Layer
        A network that is described or built.
    input_shape : tuple of int
        The shape of one image, (C, H, W), or of one vector, (in,).
    depth : int, optional
        How deep to look: at 1 every block of the network is one row; all layers are told unless it is given.

    Returns
    -------
    Summary
        Its ``rows``, and their sums ``parameters`` and ``multiplications``. Printed it is a table.

    Raises
    ------
    TypeError
        For a layer that has no blueprint.
    ValueError
        For shapes that do not fit; it names the layer.

    Notes
    -----
    The receptive field grows by ``dilation·(kernel_size − 1) · step`` in each window that slides; after it,
    ``step`` is multiplied by its stride (A. Araujo, W. Norris and J. Sim, "Computing receptive fields of
    convolutional neural networks", Distill, 2019). Where two ways meet, the larger one counts.

    Examples
    --------
    >>> from cnnlab.nn import blueprint as bp
    >>> print(summary(bp.Sequential(bp.Conv2d(1, 2, 3), bp.ReLU(), bp.Flatten(), bp.Dense(12, 2)), (1, 5, 4)))
        layer             result   parameters   multiply-adds   sees   step
    ───────────────────────────────────────────────────────────────────────
    0   Conv2d(1, 2, 3)   2×3×2            20             108      3      1
    1   ReLU()            2×3×2             0               0      3      1
    2   Flatten()         12                0               0
    3   Dense(12, 2)      2                26              24
    ───────────────────────────────────────────────────────────────────────
                                           46             132
    """
    plan = describe(description)
    if not isinstance(input_shape, (tuple, list)) or len(input_shape) not in (1, 3):
        raise ValueError(f"summary: input_shape must be (C, H, W) or (in,), got {input_shape!r}")
    shape = tuple(integer("summary", "input_shape", size, 1) for size in input_shape)
    if depth is not None:
        depth = integer("summary", "depth", depth, 1)
    sight = (np.array([1, 1]), np.array([1, 1])) if len(shape) == 3 else None
    return Summary(tuple(_rows("", plan, shape, sight, depth)))


def _rows(where, plan, shape, sight, depth):
    """Return the rows of a blueprint; ``sight`` is size and step of what came in, or None."""
    if not isinstance(plan, Sequential):
        return [_row(where, plan, shape, sight)]
    below = None if depth is None else depth - 1
    rows, around = _inside(where, plan, shape, sight, None if depth == 0 else below)
    last = rows[-1]
    if isinstance(plan, Residual):
        out, seen = (around[-1].output_shape, _sight(around[-1])) if around else (shape, sight)
        if out != last.output_shape:
            named = "layers" if plan.shortcut is None else "shortcut"
            raise ValueError(
                f"summary: layer {where or 'Residual'}: {named} must keep the shape that is added, "
                f"got {last.output_shape} and {out}"
            )
        if seen is not None and last.receptive_field is not None:
            size = np.maximum(last.receptive_field, seen[0])
            last = replace(last, receptive_field=tuple(size.tolist()))
    every = [*around, *rows[:-1], last]  # the last row is that of the result
    if depth == 0:
        sums = {name: sum(getattr(row, name) for row in every) for name in ("parameters", "multiplications")}
        return [replace(last, where=where, layer=plan, input_shape=shape, **sums)]
    return every


def _inside(where, plan, shape, sight, depth):
    """Return the rows of the layers in a blueprint, and those of its shortcut."""
    before, rows, around = (shape, sight), [], []
    for name, layer in plan.parts:
        at = f"{where}.{name}".removeprefix(".")
        if name == "shortcut":
            around = _rows(at, layer, *before, depth)
            continue
        rows += _rows(at, layer, shape, sight, depth)
        shape, sight = rows[-1].output_shape, _sight(rows[-1])
    return rows, around


def _row(where, layer, shape, sight):
    try:
        out = tuple(layer.output_shape(shape))
    except ValueError as error:
        raise ValueError(f"summary: layer {where or 'alone'}, {layer!r}: {error}") from None
    window = layer.window(shape)
    if len(out) != 3 or sight is None or not layer.sees:
        sight = None
    elif window is not None:
        kernel, stride, dilation = map(np.array, window)
        size, step = sight
        sight = size + dilation * (kernel - 1) * step, step * stride
    seen = (None, None) if sight is None else tuple(tuple(each.tolist()) for each in sight)
    return Row(where, layer, shape, out, layer.parameters, layer.multiplications(shape), *seen)


def _sight(row):
    return None if row.step is None else (np.array(row.receptive_field), np.array(row.step))


def _written(size):
    if size is None:
        return ""
    rows, columns = size
    return f"{rows:,}" if rows == columns else f"{rows:,}×{columns:,}"
