"""The same network as a graph of ONNX, which ONNX Runtime and many others run on all kinds of machines.

The size of the maps is fixed, only that of the batch is free. So all that depends on sizes is worked out
here: windows that would reach beyond the padding (``ceil_mode``) get what they lack as padding, and ONNX's
own rules for them, which have changed from version to version, are never asked.

Source: https://onnx.ai/onnx/operators (version 15 of the operators, which all runtimes of today know).
"""

import math

import numpy as np

from cnnlab.checks import integer, pair
from cnnlab.nn import layers as ours
from cnnlab.nn.exchange.state import check_network
from cnnlab.nn.files import replacing
from cnnlab.nn.network import Residual, Sequential
from cnnlab.ops.pooling import cells_counted

OPSET, FORMAT = 15, 8


def save_onnx(network, path, input_shape):
    """Write a network as an ONNX model that takes "x", shape (N, …), and gives "out".

    Its results are those of ``network.forward(x)``, in float32 whatever the network's dtype. N is free. The
    numbers keep the names they have in ``network.state_dict()``. The same network gives the same bytes.

    Parameters
    ----------
    network : Layer
        Made of the layers of ``cnnlab.nn``.
    path : str or Path
        An existing file is replaced; an interruption leaves the old one whole.
    input_shape : tuple of int
        The shape of one image, (C, H, W), or of one vector, (in,).

    Raises
    ------
    ImportError
        Without the package ``onnx``; it says what to install.
    TypeError, ValueError
        For layers of one's own, for a shape that the network does not take, and for a pooling whose window
        meets padding only: the largest of nothing is −∞ here, and not in all runtimes.

    Examples
    --------
    >>> from cnnlab.nn import Dense, Sequential
    >>> network = Sequential(Dense(2, 1, weight=[[3, 4]]))
    >>> save_onnx(network, "network.onnx", (2,))  # doctest: +SKIP
    >>> session = onnxruntime.InferenceSession("network.onnx")  # doctest: +SKIP
    >>> session.run(None, {"x": np.array([[1, 10]], np.float32)})  # doctest: +SKIP
    [array([[43.]], dtype=float32)]
    """
    check_network("save_onnx", network)
    try:
        shape = tuple(integer("save_onnx", "input_shape", size, 1) for size in input_shape)
    except TypeError:
        raise TypeError(
            f"save_onnx: input_shape must be a tuple of integers, such as (1, 8, 8), got {input_shape!r}"
        ) from None
    network.output_shape(shape)  # refuses what does not fit, and says in which layer
    try:
        import onnx
    except ImportError:
        raise ImportError('save_onnx needs the package onnx: pip install "cnnlab[exchange]"') from None
    graph = Graph(onnx)
    out, out_shape = graph.add(network, "", "x", shape)
    graph.node("Identity", "", [out], to="out")
    data = graph.model(shape, out_shape).SerializeToString(deterministic=True)
    with replacing(path) as file:
        file.write(data)


class Graph:
    """Nodes and numbers of a model in the making; a result is known by its name."""

    def __init__(self, onnx):
        self.onnx = onnx
        self.nodes, self.numbers = [], []

    def add(self, layer, where, x, shape):
        """Add a layer that stands at ``where`` and takes ``x``; return its result and its shape."""
        write = WRITERS.get(type(layer))
        if write is None:
            place = f" (layer {where})" if where else ""
            raise TypeError(
                f"save_onnx: layers must be those of cnnlab.nn, got {type(layer).__name__}{place}"
            )
        out_shape = layer.output_shape(shape)
        return write(self, layer, where, x, shape), out_shape

    def sequence(self, layers, where, x, shape):
        """Add layers one after the other; return the last result."""
        for number, layer in enumerate(layers):
            x, shape = self.add(layer, joined(where, number), x, shape)
        return x

    def node(self, operator, where, inputs, to=None, **attributes):
        """Add one operation; return the name of its result."""
        name = joined(where, operator)
        to = to or f"{name}.out"
        made = self.onnx.helper.make_node(operator, inputs, [to], name=name, **attributes)
        self.nodes.append(made)
        return to

    def pad(self, where, x, ends, fill):
        """Add numbers around the maps ``x``, ((top, bottom), (left, right)); return the result."""
        (top, bottom), (left, right) = ends
        widths = self.number(where, "widths", np.array([0, 0, top, left, 0, 0, bottom, right], np.int64))
        fill = self.number(where, "fill", np.float32(fill))
        return self.node("Pad", where, [x, widths, fill], mode="constant")

    def number(self, where, name, array):
        """Add numbers that are part of the model; return their name."""
        name = joined(where, name)
        self.numbers.append(self.onnx.numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def parameters(self, layer, where):
        """Add a layer's parameters; return their names."""
        return [self.number(where, name, array.astype(np.float32)) for name, array in layer.views.items()]

    def model(self, shape, out_shape):
        """Return the whole model."""
        helper, float32 = self.onnx.helper, self.onnx.TensorProto.FLOAT
        graph = helper.make_graph(
            self.nodes,
            "network",
            [helper.make_tensor_value_info("x", float32, ["N", *shape])],
            [helper.make_tensor_value_info("out", float32, ["N", *out_shape])],
            self.numbers,
        )
        opset = helper.make_opsetid("", OPSET)
        return helper.make_model(graph, opset_imports=[opset], ir_version=FORMAT, producer_name="cnnlab")


def joined(where, name):
    """Return the name of something in what stands at ``where``."""
    return f"{where}.{name}".removeprefix(".")


def _sequential(graph, layer, where, x, shape):
    return graph.sequence(layer.layers, where, x, shape)


def _residual(graph, layer, where, x, shape):
    through = graph.sequence(layer.layers, where, x, shape)
    if layer.shortcut is not None:
        x, _ = graph.add(layer.shortcut, joined(where, "shortcut"), x, shape)
    return graph.node("Add", where, [x, through])


def _conv2d(graph, layer, where, x, shape):
    places = layer.places(shape)
    return graph.node(
        "Conv",
        where,
        [x, *graph.parameters(layer, where)],
        kernel_shape=places.kernel,
        strides=places.stride,
        dilations=places.dilation,
        group=layer.options["groups"],
        pads=_pads(places.padding),
    )


def _conv_transpose2d(graph, layer, where, x, shape):
    places = layer.places(shape)  # over what comes out
    # Output padding is padding taken back: what ONNX Runtime calls so must be smaller than the stride.
    back = pair("ConvTranspose2d", "output_padding", layer.options["output_padding"], 0)
    ends = [(before, after - more) for (before, after), more in zip(places.padding, back, strict=True)]
    beyond = [max(0, -after) for _, after in ends]  # rows and columns that no kernel reaches
    arrays = {name: array.astype(np.float32) for name, array in layer.views.items()}
    if any(beyond) and "bias" in arrays:  # added after all
        arrays["bias"] = arrays["bias"][:, None, None]
    weight, *bias = (graph.number(where, name, array) for name, array in arrays.items())
    out = graph.node(
        "ConvTranspose",
        where,
        [x, weight, *([] if any(beyond) else bias)],
        kernel_shape=places.kernel,
        strides=places.stride,
        dilations=places.dilation,
        group=layer.options["groups"],
        pads=_pads([(before, max(0, after)) for before, after in ends]),
    )
    if not any(beyond):
        return out
    out = graph.pad(where, out, [(0, more) for more in beyond], 0)
    return graph.node("Add", where, [out, *bias]) if bias else out


def _dense(graph, layer, where, x, shape):
    return graph.node("Gemm", where, [x, *graph.parameters(layer, where)], transB=1)


def _batch_norm(graph, layer, where, x, shape):
    statistics = [
        graph.number(where, name, getattr(layer, name).astype(np.float32)) for name in layer.buffers
    ]
    return graph.node(
        "BatchNormalization", where, [x, *graph.parameters(layer, where), *statistics], epsilon=layer.eps
    )


def _max_pool(graph, layer, where, x, shape):
    places = layer.places(shape)
    if not all(all(cells) for cells in places.seen):
        raise ValueError(
            f"save_onnx: each window must meet a number, not padding only, in {layer!r} ({where})"
        )
    x = _padded(graph, where, x, places, -np.inf)
    window = {"kernel_shape": places.kernel, "strides": places.stride, "dilations": places.dilation}
    return graph.node("MaxPool", where, [x], **window)


def _avg_pool(graph, layer, where, x, shape):
    places = layer.places(shape)
    x = _padded(graph, where, x, places, 0)
    # It must count here, too: ONNX Runtime 1.20 makes one operation of the padding and the pooling.
    window = {"kernel_shape": places.kernel, "strides": places.stride, "count_include_pad": 1}
    x = graph.node("AveragePool", where, [x], **window)
    counted = cells_counted(places, layer.options["count_include_pad"])
    all_cells = math.prod(places.kernel)
    if (counted == all_cells).all():
        return x
    share = graph.number(where, "share", (all_cells / counted).astype(np.float32))
    return graph.node("Mul", where, [x, share])


def _padded(graph, where, x, places, fill):
    """Return ``x`` with just so much padding that all windows fit, also in ceil mode."""
    ends = []
    for axis in (0, 1):
        before, _ = places.padding[axis]
        reach = (places.output[axis] - 1) * places.stride[axis] + places.extent[axis]
        ends.append((before, max(0, reach - before - places.size[axis])))
    return graph.pad(where, x, ends, fill) if any(map(any, ends)) else x


def _pads(padding):
    """Return a padding as ONNX takes it: all that is before, then all that is after."""
    return [width for ends in zip(*padding, strict=True) for width in ends]


def _one(operator, **options):
    """Return what writes a layer that is one operation; ``options`` tell ONNX's names for the layer's."""

    def write(graph, layer, where, x, shape):
        attributes = {name: layer.options[option] for name, option in options.items()}
        return graph.node(operator, where, [x], **attributes)

    return write


WRITERS = {
    Sequential: _sequential,
    Residual: _residual,
    ours.Conv2d: _conv2d,
    ours.ConvTranspose2d: _conv_transpose2d,
    ours.Dense: _dense,
    ours.BatchNorm2d: _batch_norm,
    ours.MaxPool2d: _max_pool,
    ours.AvgPool2d: _avg_pool,
    ours.AdaptiveAvgPool2d: _one("GlobalAveragePool"),
    ours.Flatten: _one("Flatten"),
    ours.Dropout: lambda graph, layer, where, x, shape: x,  # nothing, once trained
    ours.ReLU: _one("Relu"),
    ours.LeakyReLU: _one("LeakyRelu", alpha="negative_slope"),
    ours.Sigmoid: _one("Sigmoid"),
    ours.Tanh: _one("Tanh"),
}
