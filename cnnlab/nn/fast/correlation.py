"""Correlation as products of matrices that already are in memory.

For the row ``i`` of the result and the kernel column ``n``, the kernel's ``KH`` rows with all their channels
meet ``KH`` neighboring rows of the source, ``n`` pixels further. In the layout ``(H, C, W, N)`` these are a
matrix ``(KH·C, OW·N)`` as they are: one row of it for each image row and channel. The products of the ``KW``
columns are added up.

Few channels make flat matrices, which are slow, and a stride along the row leaves gaps; and fewer channels
than filters are copied faster than the products are added up. In these cases the ``KW`` shifts of a block of
rows are copied side by side first, as if they were more channels under a kernel one pixel wide. That, or the
product to be added, is all the memory needed: about ``BLOCK_BYTES``, or one row.
"""

import numpy as np
from numpy.lib.stride_tricks import as_strided

BLOCK_BYTES = 1 << 20
FEW = 16  # matrices of at most so many rows are flat


class Correlation:
    """The correlation of one array with kernels that may change, planned once.

    Parameters
    ----------
    source : numpy.ndarray, shape (H, C, W, N)
        Contiguous, padding included; it is read anew by every call.
    kernel, stride, output : (rows, columns)
        Sizes of the kernel, distance of its places, number of its places.
    filters : int
        Maps of the result.
    """

    def __init__(self, source, kernel, stride, output, filters):
        (rows, columns), (down, right), (height, width) = kernel, stride, output
        _, channels, _, count = source.shape
        step, channel, pixel, item = source.strides
        dtype = source.dtype
        self.spread = right > 1 or rows * channels <= FEW or channels < filters
        # weight[f, c, m, n] in the order of the rows it meets, and its gradient the other way round.
        parts, depth = (1, columns * channels) if self.spread else (columns, channels)
        self.weights = np.empty((parts, filters, rows * depth), dtype)
        self.gradients = np.empty((parts, rows * depth, filters), dtype)
        axes = (0, 2, 3, 1) if self.spread else (3, 0, 2, 1)
        shape = filters, channels, rows, columns
        self.ordered = self.weights.reshape([shape[axis] for axis in axes]).transpose(np.argsort(axes))
        axes = (2, 3, 1, 0) if self.spread else (3, 2, 1, 0)
        self.ordered_gradients = self.gradients.reshape([shape[axis] for axis in axes]).transpose(
            np.argsort(axes)
        )

        row_bytes = (columns * channels if self.spread else filters) * width * count * item
        block = BLOCK_BYTES // row_bytes
        block = (block - rows) // down + 1 if self.spread else block  # rows of the result
        block = min(max(block, 1), height)
        if self.spread:
            self.copy = np.empty(((block - 1) * down + rows, columns, channels, width, count), dtype)
        else:
            self.product = np.empty((block, filters, width * count), dtype)
        self.products = np.empty((block, rows * depth, filters), dtype)
        self.bias = np.empty((filters, width * count), dtype)

        # Each block: its rows of the result, what to copy first, and the matrices to multiply with.
        self.blocks = []
        for top in range(0, height, block):
            size = min(block, height - top)
            below = source[top * down :]
            shifts, shape = None, (size, rows * depth, width * count)
            if self.spread:
                shifts = as_strided(
                    below,
                    ((size - 1) * down + rows, columns, channels, width, count),
                    (step, pixel, channel, right * pixel, item),
                )
                run = width * count * item
                matrices = [as_strided(self.copy, shape, (down * depth * run, run, item))]
            else:
                matrices = [
                    as_strided(below[:, :, n:], shape, (down * step, channel, item)) for n in range(columns)
                ]
            self.blocks.append((slice(top, top + size), shifts, matrices))

    def forward(self, weight, bias, out):
        """Correlate with ``weight`` (F, C, KH, KW), add ``bias`` (F,) if there is one, write ``out``.

        ``out`` has shape (OH, F, OW·N).
        """
        self.ordered[...] = weight
        if bias is not None:
            self.bias[...] = bias[:, None]  # adding whole rows is twice as fast as adding one number to each
        for rows, shifts, matrices in self.blocks:
            self._copy(shifts)
            target = out[rows]
            np.matmul(self.weights[0], matrices[0], out=target)
            for weights, matrix in zip(self.weights[1:], matrices[1:], strict=True):
                target += np.matmul(weights, matrix, out=self.product[: len(target)])
            if bias is not None:
                target += self.bias

    def backward(self, grad_out, grad_weight):
        """Write to ``grad_weight`` what each weight met in ``forward``, times ``grad_out`` (OH, F, OW·N)."""
        for rows, shifts, matrices in self.blocks:
            if len(self.blocks) > 1:  # a single block still is where forward copied it
                self._copy(shifts)
            grad = grad_out[rows].swapaxes(1, 2)
            for total, matrix in zip(self.gradients, matrices, strict=True):
                products = np.matmul(matrix, grad, out=self.products[: len(grad)])
                if rows.start == 0:
                    np.add.reduce(products, axis=0, out=total)
                else:
                    total += products.sum(axis=0)
        grad_weight[...] = self.ordered_gradients

    def _copy(self, shifts):
        if shifts is not None:
            self.copy[: len(shifts)] = shifts
