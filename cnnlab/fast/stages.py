"""Stages: the work of each layer on arrays ``(H, C, W, N)``, or ``(K, N)`` after flattening.

A stage reads ``x`` and writes ``out``; backward it reads ``grad_out`` and writes ``grad_x``, unless that is
``None``. ``x`` and ``grad_out`` belong to the stage, laid out as it likes to read them; ``out`` and ``grad_x``
are the ``x`` of the next stage and the ``grad_out`` of the one before. Parameters stay with the layer.
"""

import copy
import itertools

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnnlab.layers import Conv2D, Dense, Flatten, GlobalAvgPool2D, MaxPool2D, ReLU
from cnnlab.network import Residual
from cnnlab.ops.geometry import windows

# Working memory of a convolution beyond its input and its result, as far as one row of the result allows.
BLOCK_BYTES = 1 << 20


class Stage:
    """What all stages have in common: ``x`` and ``grad_out`` are plain arrays unless a stage says otherwise."""

    def __init__(self, layer, shape, out_shape, dtype):
        self.layer = layer
        self.x, self.grad_out = np.zeros(shape, dtype), np.zeros(out_shape, dtype)
        self.out = self.grad_x = None

    @staticmethod
    def suits(layer, shape):
        """Whether this stage can do the layer's work."""
        return True

    def forward(self, training):
        """Read ``x``, write ``out``."""
        raise NotImplementedError

    def backward(self):
        """Read ``grad_out``, write ``grad_x`` and the layer's gradients."""
        raise NotImplementedError


class PlainStage(Stage):
    """Any layer as it is, between two changes of layout: for what has no stage of its own."""

    def forward(self, training):
        """Hand ``x`` to the layer."""
        self.out[...] = batch_last(self.layer.forward(batch_first(self.x), training))

    def backward(self):
        """Hand ``grad_out`` to the layer."""
        grad_x = self.layer.backward(batch_first(self.grad_out))
        if self.grad_x is not None:
            self.grad_x[...] = batch_last(grad_x)


def batch_last(x):
    """Return a view of ``(N, C, H, W)`` as ``(H, C, W, N)``, or of ``(N, K)`` as ``(K, N)``."""
    return x.transpose(2, 1, 3, 0) if x.ndim == 4 else x.T


def batch_first(x):
    """Return a copy of ``(H, C, W, N)`` as ``(N, C, H, W)``, or of ``(K, N)`` as ``(N, K)``."""
    return np.array(x.transpose(3, 1, 0, 2) if x.ndim == 4 else x.T, order="C")


class ConvStage(Stage):
    """Convolution as products of matrices that are already in memory.

    For the row ``i`` of the result, and for each kernel column ``n``, the kernel's ``KH`` rows with all their
    channels meet ``KH`` neighbouring rows of ``x``, shifted by ``n`` pixels: a matrix ``(KH·C, OW·N)`` without
    any copying. The products of all ``n`` are added up.

    A stride along the row, and few channels (short matrices are slow), are better served by copying the
    ``KW`` shifts side by side first, as if they were channels of a kernel one pixel wide: see ``Spread``.

    Backward, ``grad_x`` is the same correlation of the padded ``grad_out`` with the turned kernel, and
    ``grad_weight`` the product of ``grad_out`` with those same matrices of ``x``.
    """

    FEW = 16  # rows of a matrix

    def __init__(self, layer, shape, out_shape, dtype):
        super().__init__(layer, (0,), (0,), dtype)
        height, channels, width, count = shape
        self.places = places = places_of(layer, shape)
        (kernel_height, kernel_width), (down, right) = places.kernel, places.stride
        (top, bottom), (left, right_pad) = places.padding
        padded = np.zeros((top + height + bottom, channels, left + width + right_pad, count), dtype)
        self.x = padded[top : top + height, :, left : left + width]
        spread = right > 1 or channels * kernel_height <= self.FEW
        self.correlation = Correlation(
            padded, places.kernel, places.output, (down, right), out_shape[1], spread
        )
        # grad_out stands in zeros, as far as the kernel reaches, and as far apart as its places were.
        before = kernel_height - 1 - top, kernel_width - 1 - left
        self.spaced = np.zeros(
            (height + kernel_height - 1, out_shape[1], width + kernel_width - 1, count), dtype
        )
        rows = slice(before[0], before[0] + (out_shape[0] - 1) * down + 1, down)
        columns = slice(before[1], before[1] + (out_shape[2] - 1) * right + 1, right)
        self.stamped = self.spaced[rows, :, columns]
        # One that stands close together can be read there; otherwise it is copied there.
        self.grad_out = self.stamped if right == 1 else np.zeros(out_shape, dtype)
        few = out_shape[1] * kernel_height <= self.FEW
        self.backward_correlation = Correlation(
            self.spaced, places.kernel, (height, width), (1, 1), channels, few
        )
        self.grad_rows = rows_of(self.grad_out)

    @staticmethod
    def suits(layer, shape):
        """Whether kernels are dense and see all channels, and no window stands in padding only."""
        places = places_of(layer, shape)
        reach = (max(ends) < size for ends, size in zip(places.padding, places.kernel, strict=True))
        return layer.options["groups"] == 1 and places.dilation == (1, 1) and all(reach)

    def forward(self, training):
        """Correlate ``x`` with the weights and add the bias."""
        values = self.layer._values
        self.correlation(values["weight"], self.out, values.get("bias"))

    def backward(self):
        """Correlate ``grad_out`` with ``x``, and with the turned weights."""
        values, gradients = self.layer._values, self.layer._gradients
        self.correlation.products_with(self.grad_rows, gradients["weight"])
        if "bias" in gradients:
            np.einsum("hfw->f", self.grad_rows, out=gradients["bias"])
        if self.grad_x is not None:
            if self.grad_out is not self.stamped:
                self.stamped[...] = self.grad_out
            self.backward_correlation(values["weight"][:, :, ::-1, ::-1].swapaxes(0, 1), self.grad_x)


class Correlation:
    """``out[i] = Σₙ weights[n] @ (KH rows of source from i·stride on, n pixels further)``, block by block."""

    def __init__(self, source, kernel, output, stride, filters, spread):
        (height, width), self.filters, channels, count = output, filters, source.shape[1], source.shape[3]
        kernel_height, kernel_width = kernel
        self.spread = spread
        # Weights stand in the order of the rows they meet: (n, f, m, c), or (f, m, n, c) if spread.
        self.axes = (0, 2, 3, 1) if spread else (3, 0, 2, 1)
        ordered = (
            (filters, kernel_height, kernel_width, channels)
            if spread
            else (kernel_width, filters, kernel_height, channels)
        )
        self.ordered = np.empty(ordered, source.dtype)
        self.weights = self.ordered.reshape(
            -1, filters, self.ordered.size // filters // (1 if spread else kernel_width)
        )
        row_bytes = (kernel_width * channels if spread else filters) * width * count * source.itemsize
        block = max(1, min(height, BLOCK_BYTES // row_bytes - (kernel_height - stride[0] if spread else 0)))
        if spread:
            rows = (block - 1) * stride[0] + kernel_height
            self.copied = np.empty((rows, kernel_width, channels, width, count), source.dtype)
        else:
            self.product = np.empty((block, filters, width * count), source.dtype)
        self.gradients = np.empty((min(block, height), *self.weights.shape[1:]), source.dtype)
        self.blocks = []
        for top in range(0, height, block):
            stop = min(top + block, height)
            first, size = top * stride[0], (stop - top - 1) * stride[0] + kernel_height
            step, channel, pixel, item = source.strides
            if spread:
                shifts = as_strided(
                    source[first:],
                    (size, kernel_width, channels, width, count),
                    (step, pixel, channel, pixel * stride[1], item),
                )
                matrices = [
                    self._matrices(
                        self.copied.reshape(rows, -1, width, count),
                        stop - top,
                        kernel_height,
                        width,
                        stride[0],
                    )
                ]
            else:
                shifts = None
                matrices = [
                    self._matrices(source[first:, :, n:], stop - top, kernel_height, width, stride[0])
                    for n in range(kernel_width)
                ]
            self.blocks.append((slice(top, stop), shifts, matrices))

    @staticmethod
    def _matrices(source, rows, kernel_height, width, stride):
        """Return the ``kernel_height`` rows under each place as one matrix; all share the memory of ``source``."""
        (_, channels, _, count), (step, channel, _, item) = source.shape, source.strides
        return as_strided(
            source, (rows, kernel_height * channels, width * count), (stride * step, channel, item)
        )

    def __call__(self, weight, out, bias=None):
        """Write the correlation with ``weight`` (F, C, KH, KW) into ``out`` (OH, F, OW, N)."""
        np.copyto(self.ordered, weight.transpose(self.axes))
        out = rows_of(out)
        for rows, shifts, matrices in self.blocks:
            if shifts is not None:
                np.copyto(self.copied[: len(shifts)], shifts)
            target = out[rows]
            np.matmul(self.weights[0], matrices[0], out=target)
            for weights, columns in zip(self.weights[1:], matrices[1:], strict=True):
                target += np.matmul(weights, columns, out=self.product[: len(target)])
            if bias is not None:
                target += bias[:, None]

    def products_with(self, grad_rows, grad_weight):
        """Write into ``grad_weight`` (F, C, KH, KW) what each weight met, times ``grad_rows`` (OH, F, OW·N)."""
        for number, (rows, shifts, matrices) in enumerate(self.blocks):
            if shifts is not None and len(self.blocks) > 1:  # a single block is still there
                np.copyto(self.copied[: len(shifts)], shifts)
            grad = grad_rows[rows]
            for total, columns in zip(
                self.weights, matrices, strict=True
            ):  # the weights are no longer needed
                products = np.matmul(grad, columns.swapaxes(1, 2), out=self.gradients[: len(grad)])
                if number == 0:
                    np.add.reduce(products, axis=0, out=total)
                else:
                    total += products.sum(axis=0)
        np.copyto(grad_weight.transpose(self.axes), self.ordered)


def places_of(layer, shape):
    """Return where the kernels of a convolution, or the windows of a pooling, may stand."""
    height, _, width, _ = shape
    options = {name: value for name, value in layer.options.items() if name not in ("groups", "window")}
    window = layer.options["window"] if "window" in layer.options else layer.kernel
    if "window" in layer.options:
        options = {"stride": None, "padding": 0, "dilation": 1, **options}
        options["stride"] = window if options["stride"] is None else options["stride"]
    return windows(type(layer).__name__, "x", (height, width), window, **options)


def rows_of(x):
    """Return ``(H, C, W, N)`` as ``(H, C, W·N)``, a view: rows of all images are one run even inside padding."""
    rows = x.view()
    rows.shape = (*x.shape[:2], -1)  # fails where reshape would copy
    return rows


class ReLUStage(Stage):
    """ReLU, and a mask of what is positive.

    ``np.maximum`` of two arrays is several times faster than that of an array and a number.
    """

    def __init__(self, layer, shape, out_shape, dtype):
        super().__init__(layer, shape, out_shape, dtype)
        self.zeros, self.positive = np.zeros(shape[1:], dtype), np.empty(shape, bool)

    def forward(self, training):
        """Keep what is positive."""
        np.maximum(self.x, self.zeros, out=self.out)

    def backward(self):
        """Let through what was positive."""
        if self.grad_x is not None:
            np.greater(self.x, self.zeros, out=self.positive)
            np.multiply(self.grad_out, self.positive, out=self.grad_x)


class MaxPoolStage(Stage):
    """Max-pooling side by side: the largest of each row's neighbours, then of the rows.

    Of equal numbers the first one wins in both, and so the first of the window, row by row. At a ragged edge
    the last windows are shorter; ``parts`` treats them on their own.
    """

    def __init__(self, layer, shape, out_shape, dtype):
        super().__init__(layer, shape, out_shape, dtype)
        height, channels, width, count = shape
        rows, columns = places_of(layer, shape).kernel
        self.across = np.empty((height, channels, out_shape[2], count), dtype)
        self.grad_across = np.zeros_like(self.across)
        self.row_parts = parts(height, rows, out_shape[0])
        self.column_parts = parts(width, columns, out_shape[2])
        self.won, self.rest = np.empty(self.across.shape, bool), np.empty_like(self.across)

    @staticmethod
    def suits(layer, shape):
        """Whether windows stand side by side, without padding."""
        places = places_of(layer, shape)
        return (
            places.stride == places.kernel and places.dilation == (1, 1) and not any(map(any, places.padding))
        )

    def forward(self, training):
        """Keep the largest of each window."""
        for to, cells in self.column_parts:
            _largest([self.x[:, :, cell] for cell in cells], self.across[:, :, to])
        for to, cells in self.row_parts:
            _largest([self.across[cell] for cell in cells], self.out[to])

    def backward(self):
        """Send the gradient to the first largest."""
        if self.grad_x is None:
            return
        for to, cells in self.row_parts:
            self._route(
                [self.across[cell] for cell in cells],
                self.out[to],
                self.grad_out[to],
                [self.grad_across[cell] for cell in cells],
            )
        for to, cells in self.column_parts:
            self._route(
                [self.x[:, :, cell] for cell in cells],
                self.across[:, :, to],
                self.grad_across[:, :, to],
                [self.grad_x[:, :, cell] for cell in cells],
            )

    def _route(self, cells, largest, grad, to):
        height, _, width, _ = largest.shape
        won, rest = self.won[:height, :, :width], self.rest[:height, :, :width]
        for cell, grad_cell in zip(cells[:-1], to[:-1], strict=True):
            np.equal(cell, largest, out=won)
            np.multiply(grad, won, out=grad_cell)
            grad = np.subtract(grad, grad_cell, out=rest)  # what no cell has taken yet
        to[-1][...] = grad


def parts(size, window, places):
    """Return, for whole windows and for a ragged last one, their places and the cells of each, as slices."""
    whole = min(size // window, places)
    found = []
    if whole:
        cells = [slice(start, (whole - 1) * window + start + 1, window) for start in range(window)]
        found.append((slice(0, whole), cells))
    if places > whole:
        found.append(
            (slice(whole, places), [slice(start, start + 1) for start in range(whole * window, size)])
        )
    return found


def _largest(cells, out):
    if len(cells) == 1:
        out[...] = cells[0]
        return
    np.maximum(cells[0], cells[1], out=out)
    for cell in cells[2:]:
        np.maximum(out, cell, out=out)


class GlobalAvgPoolStage(Stage):
    """The mean of each map."""

    def forward(self, training):
        """Take the means."""
        np.einsum("hcwn->cn", self.x, out=self.out)
        self.out /= self.x.shape[0] * self.x.shape[2]

    def backward(self):
        """Share the gradient."""
        if self.grad_x is not None:
            self.grad_x[...] = (self.grad_out / (self.x.shape[0] * self.x.shape[2]))[:, None]


class FlattenStage(Stage):
    """All channels of an image, then rows, then columns: the order of dense weights."""

    def forward(self, training):
        """Put the channels first again."""
        height, channels, width, count = self.x.shape
        self.out.reshape(channels, height, width, count)[...] = self.x.swapaxes(0, 1)

    def backward(self):
        """Put the rows first."""
        if self.grad_x is not None:
            height, channels, width, count = self.x.shape
            self.grad_x[...] = self.grad_out.reshape(channels, height, width, count).swapaxes(0, 1)

    @staticmethod
    def suits(layer, shape):
        """Whether there are maps to flatten."""
        return len(shape) == 4 and layer.options.get("start_dim", 1) == 1


class DenseStage(Stage):
    """One product of matrices each for the result and the two gradients."""

    def forward(self, training):
        """Multiply, and add the bias."""
        values = self.layer._values
        np.matmul(values["weight"], self.x, out=self.out)
        if "bias" in values:
            np.add(self.out, values["bias"][:, None], out=self.out)

    def backward(self):
        """Multiply with what came in, and with the weights."""
        gradients = self.layer._gradients
        np.matmul(self.grad_out, self.x.T, out=gradients["weight"])
        if "bias" in gradients:
            np.add.reduce(self.grad_out, axis=1, out=gradients["bias"])
        if self.grad_x is not None:
            np.matmul(self.layer._values["weight"].T, self.grad_out, out=self.grad_x)


class ResidualStage(Stage):
    """Stages with a way around them; the first reads, and the last gets back, what this one does."""

    def __init__(self, layer, shape, out_shape, dtype):
        super().__init__(layer, (0,), (0,), dtype)
        self.stages = chain(layer.layers, shape, dtype)
        self.x, self.grad_out = self.stages[0].x, self.stages[-1].grad_out
        self.stages[-1].out = np.empty(out_shape, dtype)
        self.through = np.empty(shape, dtype)

    def forward(self, training):
        """Add what came in to what the stages make of it."""
        for stage in self.stages:
            stage.forward(training)
        np.add(self.x, self.stages[-1].out, out=self.out)

    def backward(self):
        """Add the gradients around the stages and through them."""
        self.stages[0].grad_x = None if self.grad_x is None else self.through
        for stage in reversed(self.stages):
            stage.backward()
        if self.grad_x is not None:
            np.add(self.through, self.grad_out, out=self.grad_x)


STAGES = {
    Conv2D: ConvStage,
    Dense: DenseStage,
    Flatten: FlattenStage,
    GlobalAvgPool2D: GlobalAvgPoolStage,
    MaxPool2D: MaxPoolStage,
    ReLU: ReLUStage,
    Residual: ResidualStage,
}


def chain(layers, shape, dtype):
    """Return the stages of layers in order, each wired to the next; the ends are left open.

    Parameters
    ----------
    layers : iterable of Layer
        Networks inside are taken apart, except ``Residual``.
    shape : tuple
        (H, C, W, N) or (K, N) of what the first one gets.
    dtype : dtype
        Of all arrays.
    """
    layers, stages = in_order_of_work(taken_apart(layers)), []
    for layer in layers:
        out_shape = shape_after(layer, shape, dtype)
        kind = STAGES.get(type(layer), PlainStage)
        stage = (kind if kind.suits(layer, shape) else PlainStage)(layer, shape, out_shape, dtype)
        if stages:
            stages[-1].out, stage.grad_x = stage.x, stages[-1].grad_out
        stages.append(stage)
        shape = out_shape
    return stages


def taken_apart(layers):
    """Return the layers of networks inside networks in one list; ``Residual`` stays whole."""
    flat = []
    for layer in layers:
        inside = hasattr(layer, "layers") and not isinstance(layer, Residual)
        flat += taken_apart(layer.layers) if inside else [layer]
    return flat


def in_order_of_work(layers):
    """Put ReLU after a max-pooling that follows it: the largest number is the same, and so is its place.

    Only without padding, since a window that meets padding only has no largest number.
    """
    layers = list(layers)
    for i, (one, two) in enumerate(itertools.pairwise(layers)):
        if type(one) is ReLU and type(two) is MaxPool2D and not two.options.get("padding"):
            layers[i : i + 2] = two, one
    return layers


def shape_after(layer, shape, dtype):
    """Return the shape of a layer's result; a copy of it tries a single image."""
    one = np.zeros((*shape[:-1], 1), dtype)
    return (*batch_last(copy.deepcopy(layer).forward(batch_first(one))).shape[:-1], shape[-1])
