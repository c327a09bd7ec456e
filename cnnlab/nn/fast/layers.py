"""Fast layers: the work of each layer on arrays ``(H, C, W, N)``, or ``(K, N)`` after flattening.

A fast layer reads ``x`` and writes ``out``; backward it reads ``grad_out`` and writes ``grad_x``, unless that
is ``None``. ``x`` and ``grad_out`` belong to it, laid out as it likes to read them; ``out`` is the ``x`` of
the next one, ``grad_x`` the ``grad_out`` of the one before. Parameters stay with the plain ``layer``.
"""

import itertools

import numpy as np

from cnnlab.nn.fast.correlation import Correlation
from cnnlab.nn.layers import AdaptiveAvgPool2d, Conv2d, Dense, Flatten, MaxPool2d, ReLU
from cnnlab.nn.network import Residual, Sequential


class FastLayer:
    """What all have in common; ``x`` and ``grad_out`` are plain arrays unless one says otherwise."""

    out = grad_x = None

    def __init__(self, layer, image, count, dtype):
        self.layer = layer
        self.x = np.zeros(laid_out(image, count), dtype)
        self.grad_out = np.zeros(laid_out(layer.output_shape(image), count), dtype)

    @staticmethod
    def suits(layer, image):
        """Whether this one can do the layer's work."""
        return True

    def forward(self, training):
        """Read ``x``, write ``out``."""
        raise NotImplementedError

    def backward(self):
        """Read ``grad_out``, write ``grad_x`` and the layer's gradients."""
        raise NotImplementedError


class Unchanged(FastLayer):
    """Any layer as it is, between two changes of layout: for what has no faster way."""

    def forward(self, training):
        """Hand ``x`` to the layer."""
        self.out[...] = batch_last(self.layer.forward(batch_first(self.x), training))

    def backward(self):
        """Hand ``grad_out`` to the layer."""
        grad_x = self.layer.backward(batch_first(self.grad_out))
        if self.grad_x is not None:
            self.grad_x[...] = batch_last(grad_x)


def laid_out(image, count):
    """Return the shape of so many images (C, H, W), or vectors (K,), here: (H, C, W, N), or (K, N)."""
    return (image[1], image[0], image[2], count) if len(image) == 3 else (*image, count)


def batch_last(x):
    """Return a view of ``(N, C, H, W)`` as ``(H, C, W, N)``, or of ``(N, K)`` as ``(K, N)``."""
    return x.transpose(2, 1, 3, 0) if x.ndim == 4 else x.T


def batch_first(x):
    """Return a copy of ``(H, C, W, N)`` as ``(N, C, H, W)``, or of ``(K, N)`` as ``(N, K)``."""
    return np.array(x.transpose(3, 1, 0, 2) if x.ndim == 4 else x.T, order="C")


class FastConv2d(FastLayer):
    """Convolution; backward, the same with the turned kernels.

    ``grad_x`` at a pixel sums over the kernels that saw it: that is the correlation of ``grad_out``, in as
    many zeros as a kernel reaches (and as far apart as the stride was), with each kernel turned by 180°.
    """

    def __init__(self, layer, image, count, dtype):
        self.layer, places = layer, layer.places(image)
        (top, bottom), (left, right) = places.padding
        channels, height, width = image
        padded = np.zeros((top + height + bottom, channels, left + width + right, count), dtype)
        self.x = padded[top : top + height, :, left : left + width]
        filters = layer.out_channels
        self.correlation = Correlation(padded, places.kernel, places.stride, places.output, filters)

        (rows, columns), (down, across) = places.kernel, places.stride
        spaced = np.zeros((height + rows - 1, filters, width + columns - 1, count), dtype)
        self.spaced = spaced[rows - 1 - top :: down, :, columns - 1 - left :: across]
        self.spaced = self.spaced[: places.output[0], :, : places.output[1]]
        self.turned = Correlation(spaced, places.kernel, (1, 1), (height, width), channels)
        # If the zeros leave rows whole, the one after this writes between them.
        self.grad_out = self.spaced if across == 1 else np.zeros(self.spaced.shape, dtype)

    @staticmethod
    def suits(layer, image):
        """Whether kernels have no holes, see all channels, and always see some of ``x``."""
        places = layer.places(image)
        sees = [max(ends) < size for ends, size in zip(places.padding, places.kernel, strict=True)]
        return layer.options["groups"] == 1 and places.dilation == (1, 1) and all(sees)

    def forward(self, training):
        """Correlate ``x`` with the weights and add the bias."""
        values = self.layer.views
        self.correlation.forward(values["weight"], values.get("bias"), rows_of(self.out))

    def backward(self):
        """Correlate ``grad_out`` with ``x``, and with the turned weights."""
        gradients, grad_rows = self.layer.gradient_views, rows_of(self.grad_out)
        self.correlation.backward(grad_rows, gradients["weight"])
        if "bias" in gradients:
            np.einsum("hfw->f", grad_rows, out=gradients["bias"])
        if self.grad_x is not None:
            if self.grad_out is not self.spaced:
                self.spaced[...] = self.grad_out
            turned = self.layer.views["weight"][:, :, ::-1, ::-1].swapaxes(0, 1)
            self.turned.forward(turned, None, rows_of(self.grad_x))


def rows_of(x):
    """Return ``(H, C, W, N)`` as ``(H, C, W·N)``, a view: a row of all images is one run, padded or not."""
    return x.reshape(*x.shape[:2], -1, copy=False)


class FastReLU(FastLayer):
    """ReLU, and a mask of what is positive.

    ``np.maximum`` of two arrays is several times faster than that of an array and a number.
    """

    def __init__(self, layer, image, count, dtype):
        super().__init__(layer, image, count, dtype)
        self.zeros, self.positive = np.zeros(self.x.shape[1:], dtype), np.empty(self.x.shape, bool)

    def forward(self, training):
        """Keep what is positive."""
        np.maximum(self.x, self.zeros, out=self.out)

    def backward(self):
        """Let through what was positive."""
        if self.grad_x is not None:
            np.greater(self.x, self.zeros, out=self.positive)
            np.multiply(self.grad_out, self.positive, out=self.grad_x)


class FastMaxPool2d(FastLayer):
    """Max-pooling side by side: the largest of each row's neighbors, then of the rows.

    Of equal numbers the first one wins in both, and so the first of the window, row by row. At a ragged edge
    the last windows are shorter, and treated on their own. Both steps are done for a few rows of windows at a
    time, which stay in the processor's cache in between.
    """

    BLOCK_BYTES = 1 << 18

    def __init__(self, layer, image, count, dtype):
        super().__init__(layer, image, count, dtype)
        channels, height, width = image
        rows, columns = layer.kernel_size
        places = layer.places(image).output
        block = max(1, self.BLOCK_BYTES // (rows * self.x[0].nbytes))
        self.columns = side_by_side(width, columns, places[1], places[1])
        self.rows = side_by_side(height, rows, places[0], block)
        # The largest of each row's neighbors: needed again to see who won.
        self.across = np.empty((height, channels, places[1], count), dtype)
        most = min(block * rows, height)
        self.grad_across, self.rest = (np.empty((most, *self.across.shape[1:]), dtype) for _ in range(2))
        self.won = np.empty(self.rest.shape, bool)

    @staticmethod
    def suits(layer, image):
        """Whether windows stand side by side, without padding."""
        places = layer.places(image)
        beside = places.stride == places.kernel and places.dilation == (1, 1)
        return beside and not any(map(any, places.padding))

    def forward(self, training):
        """Keep the largest of each window."""
        for to, rows, row_cells in self.rows:
            x, across = self.x[rows], self.across[rows]
            for windows_to, columns, cells in self.columns:
                cells = [x[:, :, columns][:, :, cell] for cell in cells]
                largest_of(cells, across[:, :, windows_to])
            largest_of([across[cell] for cell in row_cells], self.out[to])

    def backward(self):
        """Send the gradient to the first largest."""
        if self.grad_x is None:
            return
        for to, rows, row_cells in self.rows:
            x, across, grad_x = self.x[rows], self.across[rows], self.grad_x[rows]
            grad_across = self.grad_across[: len(x)]
            gradients = [grad_across[cell] for cell in row_cells]
            self._route([across[cell] for cell in row_cells], self.out[to], self.grad_out[to], gradients)
            for windows_to, columns, cells in self.columns:
                gradients = [grad_x[:, :, columns][:, :, cell] for cell in cells]
                cells = [x[:, :, columns][:, :, cell] for cell in cells]
                self._route(cells, across[:, :, windows_to], grad_across[:, :, windows_to], gradients)

    def _route(self, cells, largest, grad, to):
        """Give the gradient ``grad`` of ``largest`` to the first of ``cells`` that is as large."""
        if len(cells) == 1:
            to[0][...] = grad
        height, _, width, _ = largest.shape
        won, rest = self.won[:height, :, :width], self.rest[:height, :, :width]
        for i, (cell, grad_cell) in enumerate(zip(cells[:-1], to[:-1], strict=True)):
            np.equal(cell, largest, out=won)
            np.multiply(grad, won, out=grad_cell)
            # What none has taken goes on to the next, and in the end to the last.
            grad = np.subtract(grad, grad_cell, out=to[-1] if i == len(cells) - 2 else rest)


def side_by_side(size, window, places, block):
    """Return how to treat windows that stand side by side, up to ``block`` of them at a time.

    Each entry is a slice of windows, the slice of cells under them, and, counted from there, the slices of
    the windows' first cells, of their second, …. A ragged last window is an entry of its own.
    """
    entries = []
    whole = size // window
    for first in range(0, min(whole, places), block):
        stop = min(first + block, whole, places)
        cells = [slice(start, None, window) for start in range(window)]
        entries.append((slice(first, stop), slice(first * window, stop * window), cells))
    if places > whole:
        cells = [slice(start, start + 1) for start in range(size - whole * window)]
        entries.append((slice(whole, places), slice(whole * window, size), cells))
    return entries


def largest_of(cells, out):
    """Write the largest of some arrays, number by number, to ``out``."""
    if len(cells) == 1:
        out[...] = cells[0]
        return
    np.maximum(cells[0], cells[1], out=out)
    for cell in cells[2:]:
        np.maximum(out, cell, out=out)


class FastAdaptiveAvgPool2d(FastLayer):
    """The mean of each map."""

    def forward(self, training):
        """Take the means."""
        np.einsum("hcwn->cn", self.x, out=self.out[0, :, 0])
        self.out /= self.x.shape[0] * self.x.shape[2]

    def backward(self):
        """Share the gradient."""
        if self.grad_x is not None:
            self.grad_x[...] = self.grad_out / (self.x.shape[0] * self.x.shape[2])


class FastFlatten(FastLayer):
    """All channels of an image, then rows, then columns: the order of dense weights."""

    def forward(self, training):
        """Put the channels first again."""
        height, channels, width, count = self.x.shape
        self.out.reshape(channels, height, width, count, copy=False)[...] = self.x.swapaxes(0, 1)

    def backward(self):
        """Put the rows first."""
        if self.grad_x is not None:
            height, channels, width, count = self.x.shape
            self.grad_x[...] = self.grad_out.reshape(channels, height, width, count).swapaxes(0, 1)

    @staticmethod
    def suits(layer, image):
        """Whether there are maps to flatten."""
        return len(image) == 3


class FastDense(FastLayer):
    """One product of matrices each for the result and the two gradients."""

    def forward(self, training):
        """Multiply, and add the bias."""
        values = self.layer.views
        np.matmul(values["weight"], self.x, out=self.out)
        if "bias" in values:
            np.add(self.out, values["bias"][:, None], out=self.out)

    def backward(self):
        """Multiply with what came in, and with the weights."""
        gradients = self.layer.gradient_views
        np.matmul(self.grad_out, self.x.T, out=gradients["weight"])
        if "bias" in gradients:
            np.add.reduce(self.grad_out, axis=1, out=gradients["bias"])
        if self.grad_x is not None:
            np.matmul(self.layer.views["weight"].T, self.grad_out, out=self.grad_x)


class FastResidual(FastLayer):
    """Fast layers with a way around them; the first reads, and the last gets back, what this one does.

    Layers on the way around get copies of both: they may like their memory laid out in another way.
    """

    def __init__(self, layer, image, count, dtype):
        self.inside = chain(layer.layers, image, count, dtype)
        self.x, self.grad_out = self.inside[0].x, self.inside[-1].grad_out
        self.inside[-1].out = np.zeros(laid_out(layer.output_shape(image), count), dtype)
        self.around = [] if layer.shortcut is None else chain([layer.shortcut], image, count, dtype)
        if self.around:
            self.around[-1].out = np.zeros_like(self.inside[-1].out)
        self.through, self.past = (np.zeros(laid_out(image, count), dtype) for _ in range(2))

    def forward(self, training):
        """Add what comes around them to what they make of it."""
        if self.around:
            self.around[0].x[...] = self.x
        for each in self.inside + self.around:
            each.forward(training)
        np.add(self.around[-1].out if self.around else self.x, self.inside[-1].out, out=self.out)

    def backward(self):
        """Add the gradients around them and through them."""
        wanted = self.grad_x is not None
        self.inside[0].grad_x = self.through if wanted else None
        if self.around:
            self.around[-1].grad_out[...] = self.grad_out
            self.around[0].grad_x = self.past if wanted else None
        for each in reversed(self.inside + self.around):
            each.backward()
        if wanted:
            np.add(self.through, self.past if self.around else self.grad_out, out=self.grad_x)


FAST = {
    Conv2d: FastConv2d,
    Dense: FastDense,
    Flatten: FastFlatten,
    AdaptiveAvgPool2d: FastAdaptiveAvgPool2d,
    MaxPool2d: FastMaxPool2d,
    ReLU: FastReLU,
    Residual: FastResidual,
}


def chain(layers, image, count, dtype):
    """Return the fast layers of layers in order, each wired to the next; the ends are left open.

    Parameters
    ----------
    layers : iterable of Layer
        Networks inside are taken apart, except ``Residual``.
    image : (C, H, W) or (K,)
        The shape of one image, or vector, that the first one gets.
    count : int
        How many of them.
    dtype : dtype
        Of all arrays.
    """
    chained = []
    for layer in in_order_of_work(taken_apart(layers)):
        kind = FAST.get(type(layer), Unchanged)
        fast = (kind if kind.suits(layer, image) else Unchanged)(layer, image, count, dtype)
        if chained:
            chained[-1].out, fast.grad_x = fast.x, chained[-1].grad_out
        chained.append(fast)
        image = layer.output_shape(image)
    return chained


def taken_apart(layers):
    """Return the layers of networks inside networks in one list; ``Residual`` stays whole."""
    flat = []
    for layer in layers:
        inside = isinstance(layer, Sequential) and not isinstance(layer, Residual)
        flat += taken_apart(layer.layers) if inside else [layer]
    return flat


def in_order_of_work(layers):
    """Put ReLU after a max-pooling that follows it: the largest number is the same, and so is its place.

    Only without padding, since a window that meets padding only has no largest number.
    """
    layers = list(layers)
    for i, (one, two) in enumerate(itertools.pairwise(layers)):
        if type(one) is ReLU and type(two) is MaxPool2d and not two.options.get("padding"):
            layers[i : i + 2] = two, one
    return layers
