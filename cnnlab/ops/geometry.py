"""Where windows may stand: output sizes, padding, and the strided slices that line windows up.

Source of the formulas: V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning"
(2016), and the reference of ``torch.nn.Conv2d`` and ``torch.nn.MaxPool2d``.
"""

from dataclasses import dataclass

import numpy as np

from cnnlab.checks import integer, pair


def conv_output_size(size, kernel_size, *, stride=1, padding=0, dilation=1, ceil_mode=False):
    """Return how many places a window has along one axis.

    ``floor((size + before + after − dilation·(kernel_size − 1) − 1) / stride) + 1``; with ``ceil_mode`` the
    division rounds up, so that a partial window at the end counts too, but never one that would start in the
    padding after the data.

    Parameters
    ----------
    size : int
        Number of pixels along the axis.
    kernel_size : int
        Number of weights along the axis.
    stride, dilation : int
        Distance between two places of the window; distance between two neighboring weights.
    padding : int, (before, after), "same" or "valid"
        Pixels added at the two ends. "same" keeps the size and needs stride 1; "valid" adds none.
    ceil_mode : bool
        Whether to count the partial window at the end.

    Returns
    -------
    int
        The number of places, at least 1.

    Raises
    ------
    TypeError, ValueError
        For anything but integers in range, and for a kernel that does not fit.

    Examples
    --------
    >>> conv_output_size(9, 3), conv_output_size(9, 3, padding=1), conv_output_size(9, 3, stride=2)
    (7, 9, 4)
    >>> conv_output_size(7, 2, stride=2), conv_output_size(7, 2, stride=2, ceil_mode=True)
    (3, 4)
    """
    where = "conv_output_size"
    size = integer(where, "size", size, 1)
    kernel_size = integer(where, "kernel_size", kernel_size, 1)
    stride = integer(where, "stride", stride, 1)
    dilation = integer(where, "dilation", dilation, 1)
    if isinstance(padding, str):
        before, after = _named_padding(where, padding, kernel_size, stride, dilation)
    else:
        before, after = pair(where, "padding", padding, 0)
    return _places(where, "size", size, kernel_size, stride, before, after, dilation, ceil_mode)


@dataclass(frozen=True)
class Windows:
    """The places of a two-dimensional window over an image, each attribute as ``(rows, columns)``."""

    size: tuple  # of the image
    kernel: tuple
    stride: tuple
    dilation: tuple
    padding: tuple  # ((top, bottom), (left, right))
    output: tuple

    def pad(self, x, fill):
        """Return ``x`` with ``fill`` around its last two axes, as far as any window reaches."""
        widths = []
        for axis in (0, 1):
            before, after = self.padding[axis]
            # In ceil mode the last window may reach beyond the padding.
            reach = (self.output[axis] - 1) * self.stride[axis] + self.extent[axis]
            widths.append((before, max(after, reach - before - self.size[axis])))
        if not any(map(any, widths)):
            return x
        return np.pad(x, [(0, 0)] * (x.ndim - 2) + widths, constant_values=fill)

    def crop(self, padded):
        """Return the part of ``padded`` that is no padding: what ``pad`` was given."""
        (top, _), (left, _) = self.padding
        return padded[..., top : top + self.size[0], left : left + self.size[1]]

    def tap(self, padded, m, n, rows=slice(None)):
        """Return what kernel position ``(m, n)`` sees from every place (or from some ``rows`` of places)."""
        first, stop, _ = rows.indices(self.output[0])
        (sh, sw), (dh, dw) = self.stride, self.dilation
        top, left = m * dh + first * sh, n * dw
        height, width = (stop - first - 1) * sh + 1, (self.output[1] - 1) * sw + 1
        return padded[..., top : top + height : sh, left : left + width : sw]

    @property
    def seen(self):
        """For each row of places, the rows of the image that the window sees there; the same for columns.

        Two tuples of tuples, in order, without padding. A place sees the pixels where its rows and columns
        cross.
        """
        found = []
        for axis in (0, 1):
            starts = (at * self.stride[axis] - self.padding[axis][0] for at in range(self.output[axis]))
            taps = (range(start, start + self.extent[axis], self.dilation[axis]) for start in starts)
            found.append(tuple(tuple(tap for tap in each if 0 <= tap < self.size[axis]) for each in taps))
        return tuple(found)

    @property
    def seen_by(self):
        """For each row of the image, the rows of places whose window sees it; the same for columns.

        ``seen``, turned around: two tuples of tuples, in order. What no window sees has an empty one.
        """
        return tuple(
            tuple(tuple(at for at, taps in enumerate(axis) if pixel in taps) for pixel in range(size))
            for axis, size in zip(self.seen, self.size, strict=True)
        )

    @property
    def extent(self):
        """Rows and columns from a window's first pixel to its last, dilation included."""
        return tuple(d * (k - 1) + 1 for k, d in zip(self.kernel, self.dilation, strict=True))


def windows(function, x_name, shape, kernel, *, stride, padding, dilation, ceil_mode=False):
    """Check the options and return the ``Windows`` of a ``kernel`` over an image of ``shape`` (H, W)."""
    stride = pair(function, "stride", stride, 1)
    dilation = pair(function, "dilation", dilation, 1)
    padding = _padding(function, padding, kernel, stride, dilation)
    output = tuple(
        _places(
            function,
            f"{x_name}'s {('height', 'width')[axis]}",
            shape[axis],
            kernel[axis],
            stride[axis],
            *padding[axis],
            dilation[axis],
            ceil_mode,
        )
        for axis in (0, 1)
    )
    return Windows(tuple(shape), tuple(kernel), stride, dilation, padding, output)


def transposed_windows(function, x_name, shape, kernel, *, stride, padding, output_padding, dilation):
    """Check the options and return the ``Windows`` whose places are the pixels of ``shape`` (H, W).

    ``windows`` asks how many places fit an image; here the places are given, and the image follows: along
    each axis ``(size − 1)·stride − 2·padding + dilation·(kernel_size − 1) + output_padding + 1`` pixels.
    """
    stride = pair(function, "stride", stride, 1)
    dilation = pair(function, "dilation", dilation, 1)
    padding = pair(function, "padding", padding, 0)
    output_padding = pair(function, "output_padding", output_padding, 0)
    result = []
    for axis, side in enumerate(("height", "width")):
        s, d, p, more = stride[axis], dilation[axis], padding[axis], output_padding[axis]
        if more >= max(s, d):
            raise ValueError(
                f"{function}: output_padding must be smaller than stride or dilation, "
                f"got {more} for stride {s} and dilation {d}"
            )
        full = (shape[axis] - 1) * s + d * (kernel[axis] - 1) + 1
        if full + more - 2 * p < 1:
            raise ValueError(
                f"{function}: padding takes away all that a kernel of {kernel[axis]} makes of {x_name}'s "
                f"{side}, which is {shape[axis]}: {full + more} pixels, less padding {p} + {p}"
            )
        result.append(full + more - 2 * p)
    ends = tuple((p, p) for p in padding)
    return Windows(tuple(result), tuple(kernel), stride, dilation, ends, tuple(shape))


def _padding(function, padding, kernel, stride, dilation):
    """Return ``padding``, in any of its spellings, as ((top, bottom), (left, right))."""
    if isinstance(padding, str):
        return tuple(
            _named_padding(function, padding, *axis) for axis in zip(kernel, stride, dilation, strict=True)
        )
    if isinstance(padding, np.ndarray):
        padding = padding.tolist()
    if isinstance(padding, (tuple, list)) and len(padding) == 2:
        nested = [isinstance(ends, (tuple, list, np.ndarray)) for ends in padding]
        if all(nested):
            return tuple(pair(function, "padding", ends, 0) for ends in padding)
        if any(nested):
            raise ValueError(
                f"{function}: padding must be an integer, a pair (rows, columns), "
                f'((top, bottom), (left, right)), "same" or "valid", got {padding!r}'
            )
    return tuple((ends, ends) for ends in pair(function, "padding", padding, 0))


def _named_padding(function, padding, kernel, stride, dilation):
    if padding == "valid":
        return 0, 0
    if padding != "same":
        raise ValueError(f'{function}: padding must be "same", "valid" or integers, got {padding!r}')
    if stride != 1:
        raise ValueError(f'{function}: padding="same" needs stride 1, got stride {stride}')
    total = dilation * (kernel - 1)
    return total // 2, total - total // 2  # an odd one goes after the data, as in PyTorch


def _places(function, name, size, kernel, stride, before, after, dilation, ceil_mode):
    span = size + before + after - dilation * (kernel - 1) - 1
    places = (span + (stride - 1 if ceil_mode else 0)) // stride + 1
    if ceil_mode and (places - 1) * stride >= size + before:
        places -= 1
    if places < 1:
        spread = (
            f" (dilation {dilation} spreads it over {dilation * (kernel - 1) + 1})" if dilation > 1 else ""
        )
        padded = f" + padding {before} + {after}" if before or after else ""
        raise ValueError(
            f"{function}: a kernel of {kernel}{spread} does not fit {name}, which is {size}{padded}"
        )
    return places
