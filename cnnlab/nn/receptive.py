"""What each cell of a layer's maps sees of the image, through all layers before it: its receptive field.

Source of the arithmetic: A. Araujo, W. Norris and J. Sim, "Computing receptive fields of convolutional neural
networks", Distill (2019).
"""

import numpy as np

from cnnlab.nn.layers import ConvTranspose2d


def fields(layers, input_shape):
    """Return, for each layer, the rows and the columns of the image that the cells of its maps see.

    Parameters
    ----------
    layers : Sequential or iterable of Layer
        In order. The first one whose result is no maps, such as ``Flatten``, ends the list.
    input_shape : (C, H, W)
        The shape of one image.

    Returns
    -------
    list of (rows, columns)
        ``rows[i]`` is a tuple of the rows of the image that row ``i`` of a map sees, each once, in order;
        ``columns`` the same for columns. A cell sees all pixels where its rows and columns cross. Padding is
        not seen.

    Raises
    ------
    ValueError
        For a shape that a layer does not take.

    Examples
    --------
    >>> from cnnlab.nn.layers import MaxPool2d
    >>> rows, columns = fields([MaxPool2d(2), MaxPool2d(2)], (1, 8, 4))[1]
    >>> rows
    ((0, 1, 2, 3), (4, 5, 6, 7))
    """
    found, shape = [], tuple(input_shape)
    before = tuple(tuple((at,) for at in range(size)) for size in shape[1:])
    for layer in layers:
        seen = layer.seen(shape)
        if seen is None:
            break
        before = tuple(_through(now, then) for now, then in zip(seen, before, strict=True))
        found.append(before)
        shape = layer.output_shape(shape)
    return found


def _through(seen, before):
    """Return what cells see of the image along one axis that see ``seen`` of what sees ``before`` of it."""
    return tuple(tuple(sorted({pixel for at in cell for pixel in before[at]})) for cell in seen)


def receptive_field(network):
    """Return how wide the patch is that a cell of a network's maps sees, and how far apart two patches are.

    Layer by layer, ``size ← size + dilation·(kernel_size − 1) · step`` and then ``step ← step · stride``,
    beginning with 1 and 1. At the edges a cell sees less: ``fields`` tells all. Of a ``Residual``, its layers
    count, not its shortcut, which sees less.

    Parameters
    ----------
    network : Layer
        Its convolutions and poolings count, in order.

    Returns
    -------
    size, step : (rows, columns)

    Raises
    ------
    ValueError
        For a network with a ``ConvTranspose2d``: patches of its cells are of several sizes.

    Examples
    --------
    >>> from cnnlab.nn import Conv2d, MaxPool2d, ReLU, Sequential
    >>> conv = Conv2d(1, 1, 3, weight=[[[[1] * 3] * 3]])
    >>> receptive_field(Sequential(conv, ReLU(), MaxPool2d(2), MaxPool2d(2)))
    ((6, 6), (4, 4))
    """
    size = step = np.array([1, 1])
    for layer in _in_line(network):
        if isinstance(layer, ConvTranspose2d):
            raise ValueError(
                f"receptive_field: network must have layers whose cells all see as much, got {layer!r}; "
                "fields tells what each cell sees"
            )
        if hasattr(layer, "kernel_size"):
            stride, dilation = layer.options["stride"], layer.options.get("dilation", 1)
            size = size + np.multiply(dilation, np.subtract(layer.kernel_size, 1)) * step
            step = step * (layer.kernel_size if stride is None else stride)
    return tuple(size.tolist()), tuple(step.tolist())


def _in_line(layer):
    """Return the layers that stand one after the other, of networks inside networks, too."""
    inside = getattr(layer, "layers", None)
    return [layer] if inside is None else [leaf for each in inside for leaf in _in_line(each)]
