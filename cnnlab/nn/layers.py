"""Layers: an operation of ``cnnlab.ops``, its parameters, and what its backward pass must remember.

``forward(x, training=False)`` applies the operation to a batch; ``backward(grad_out)`` takes the gradient
with respect to that result, keeps the gradients of the parameters in ``gradients``, and returns the gradient
with respect to ``x``. Only ``Dropout`` and ``BatchNorm2d`` care whether they are ``training``.
"""

import inspect
import math

import numpy as np

from cnnlab import ops
from cnnlab.checks import check_shape, float_array, generator, integer, number, pair
from cnnlab.ops.geometry import transposed_windows, windows
from cnnlab.ops.pooling import pooling_windows


class Layer:
    """What all layers and networks have in common.

    Attributes
    ----------
    trainable : bool
        Whether optimizers move this layer's parameters: ``False`` freezes it.
    views, gradient_views : dict of str to numpy.ndarray
        The parts of ``parameters`` and ``gradients`` by name, in their shapes: for those who write layers.
    """

    buffers = ()  # names of arrays that are saved with the parameters, but not learned

    def __init__(self, **parameters):
        self.trainable = True
        self._memory = None
        arrays = {name: array for name, array in parameters.items() if array is not None}
        self._shapes = {name: array.shape for name, array in arrays.items()}
        numbers = np.concatenate([array.ravel() for array in arrays.values()]) if arrays else np.empty(0)
        self.keep_in(numbers, np.zeros_like(numbers))

    def forward(self, x, training=False):
        """Return the layer's result for the batch ``x``."""
        raise NotImplementedError

    def backward(self, grad_out):
        """Return the gradient with respect to ``x``, and keep those of the parameters in ``gradients``."""
        raise NotImplementedError

    # --- Geometry -------------------------------------------------------------------------------------------

    def output_shape(self, input_shape):
        """Return the shape of the result for one image (C, H, W) or one vector (in,): here the same shape.

        Raises ``ValueError`` for what the layer does not take.
        """
        return tuple(input_shape)

    def seen(self, input_shape):
        """Return for each row of a map of the result which rows of its input it sees; the same for columns.

        Two tuples of tuples, in order; a cell sees where its rows and columns cross. ``None`` if the result
        is no maps. Here a cell sees the one at its own place.
        """
        if len(self.output_shape(input_shape)) < 3:
            return None
        return tuple(tuple((at,) for at in range(size)) for size in input_shape[1:])

    # --- Parameters -----------------------------------------------------------------------------------------

    @property
    def leaves(self):
        """The layers that hold no layers, by where they stand, such as "2.0"; here the layer itself."""
        return {"": self}

    @property
    def parameters(self):
        """All numbers to be learned, in one vector.

        These are the numbers themselves: an optimizer that changes them in place changes the layer.
        """
        return self._vectors[0]

    @property
    def gradients(self):
        """The gradients of ``parameters`` as of the last ``backward``, which the next one writes over."""
        return self._vectors[1]

    def named_parameters(self):
        """Return the parameters by name, "weight" or in a network "0.weight", as read-only copies."""
        return {name: _read_only(array) for name, array in self._by_name(lambda leaf: leaf.views).items()}

    def named_gradients(self):
        """Return the gradients by the names of their parameters, as read-only copies."""
        found = self._by_name(lambda leaf: leaf.gradient_views)
        return {name: _read_only(array) for name, array in found.items()}

    def state_dict(self):
        """Return by name all that is to be saved, parameters and ``buffers``: the arrays themselves."""
        return self._by_name(lambda leaf: leaf.views | {name: getattr(leaf, name) for name in leaf.buffers})

    def _by_name(self, arrays):
        """Return what ``arrays(leaf)`` has by name for each leaf, in one dict."""
        return {
            f"{where}.{name}".removeprefix("."): array
            for where, leaf in self.leaves.items()
            for name, array in arrays(leaf).items()
        }

    def keep_in(self, parameters, gradients):
        """Let these vectors be the layer's ``parameters`` and ``gradients``: parts of a network's, say."""
        self._vectors = parameters, gradients
        ends = np.cumsum([0, *map(np.prod, self._shapes.values())], dtype=int)
        self.views, self.gradient_views = (
            {
                name: vector[start:stop].reshape(shape)
                for (name, shape), start, stop in zip(self._shapes.items(), ends[:-1], ends[1:], strict=True)
            }
            for vector in self._vectors
        )

    def double(self):
        """Keep all numbers in float64 from now on, as PyTorch's ``double``; return the layer itself."""
        for leaf in self.leaves.values():
            leaf.keep_in(leaf.parameters.astype(float), leaf.gradients.astype(float))
            for name in leaf.buffers:
                setattr(leaf, name, getattr(leaf, name).astype(float))
        return self

    def __setstate__(self, state):  # of a copy, whose views must be parts of its own vectors
        self.__dict__.update(state)
        self.keep_in(*self._vectors)

    # --- For those who write layers -------------------------------------------------------------------------

    def _options(self):
        """Return what the layer was made with, as written between its brackets."""
        return ""

    def __repr__(self):
        return f"{type(self).__name__}({self._options()})"

    def _remember(self, *memory):
        self._memory = memory

    def _recall(self):
        if self._memory is None:
            raise RuntimeError(f"{type(self).__name__}: backward(grad_out) needs a forward(x) before it")
        return self._memory

    def _cast(self, x):
        """Return ``x`` in the dtype of the layer's parameters, if there are any."""
        x = float_array(type(self).__name__, "x", x)
        return x.astype(self.parameters.dtype, copy=False) if self.views else x

    def _keep(self, grad_x, *gradients):
        """Keep the gradients of the parameters, in order, and return that of ``x``."""
        for view, gradient in zip(self.gradient_views.values(), gradients, strict=False):  # None for no bias
            view[...] = gradient
        return grad_x


class _Operation(Layer):
    """A function of ``ops`` and its backward function; ``options`` are those of both."""

    function = backward_function = None

    def __init__(self, options=None, **parameters):
        super().__init__(**parameters)
        self.options = options or {}

    def forward(self, x, training=False):
        """Return the operation's result for the batch ``x``."""
        x = self._cast(x)
        out = type(self).function(x, **self.views, **self.options)
        self._remember(x)
        return out

    def backward(self, grad_out):
        """Return the gradient with respect to ``x``, and keep those of the parameters."""
        (x,) = self._recall()
        grad_out = np.asarray(grad_out, x.dtype)
        found = type(self).backward_function(grad_out, x, **self.views, **self.options)
        return self._keep(*found) if isinstance(found, tuple) else found

    def _options(self):
        defaults = inspect.signature(type(self)).parameters
        unusual = (name for name, value in self.options.items() if value != defaults[name].default)
        return ", ".join(f"{name}={self.options[name]!r}" for name in unusual if name != "kernel_size")


class _Sliding(_Operation):
    """A window that moves over maps."""

    def places(self, input_shape):
        """Return where the window stands over maps (C, H, W): ``ops.geometry.Windows``."""
        raise NotImplementedError

    def output_shape(self, input_shape):
        """Return the number of maps, and of places from top to bottom and from left to right."""
        places = self.places(input_shape)
        return (getattr(self, "out_channels", input_shape[0]), *places.output)

    def seen(self, input_shape):
        """Return the rows and the columns that the window sees at its places."""
        return self.places(input_shape).seen

    def _options(self):
        rows, columns = self.kernel_size
        size = repr(rows if rows == columns else self.kernel_size)
        return ", ".join(filter(None, [size, super()._options()]))


def check_image(where, input_shape, channels=None):
    """Raise ``ValueError`` unless a shape is (C, H, W), with the right number of channels."""
    if len(input_shape) != 3 or channels not in (None, input_shape[0]):
        wanted = "(C, H, W)" if channels is None else f"({channels}, H, W)"
        raise ValueError(f"{where}: each image of x must have shape {wanted}, got {tuple(input_shape)}")


def _parameter(name):
    """Return a property for a layer's parameter: reading copies, so that what one holds never moves."""

    def read(layer):
        return _read_only(layer.views[name]) if name in layer.views else None

    def write(layer, value):
        where = type(layer).__name__
        if name not in layer.views:
            raise ValueError(f"{where}: {name} cannot be set, the layer was made without one")
        array = float_array(where, name, value)
        check_shape(where, name, array, layer.views[name].shape, "as the layer was made")
        layer.views[name][...] = array

    return property(read, write, doc=f"The {name}: a read-only copy; assigning an array sets it.")


def _read_only(array):
    """Return a copy that nobody takes for the numbers themselves."""
    array = array.copy()
    array.flags.writeable = False
    return array


def initial_weight(where, weight, shape, fan_in, fan_out, rng, dtype):
    """Return the weight to start from.

    Parameters
    ----------
    weight : "he", "xavier" or array_like
        "he" draws from a normal distribution of variance ``2 / fan_in``, which keeps the size of numbers
        from layer to layer if ReLU silences half (K. He et al., "Delving deep into rectifiers", 2015);
        "xavier" draws evenly from ``±√(6 / (fan_in + fan_out))``, for tanh and sigmoid (X. Glorot and
        Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010). An
        array is taken as it is.
    fan_in, fan_out : int
        How many numbers each result listens to; how many results each number speaks to.

    Raises
    ------
    TypeError, ValueError
        For another name, an array of another shape, and an ``rng`` that is missing.
    """
    if isinstance(weight, str):
        if weight not in ("he", "xavier"):
            raise ValueError(f'{where}: weight must be "he", "xavier" or an array, got {weight!r}')
        rng = generator(where, rng)
        if weight == "he":
            return rng.normal(0, np.sqrt(2 / fan_in), shape).astype(dtype)
        limit = np.sqrt(6 / (fan_in + fan_out))
        return rng.uniform(-limit, limit, shape).astype(dtype)
    weight = float_array(where, "weight", weight)
    check_shape(where, "weight", weight, shape, "as its other arguments say")
    return weight.astype(dtype)


def initial_bias(where, bias, size, dtype):
    """Return the bias to start from: zeros for ``True``, none for ``False`` and ``None``, or an array."""
    if bias is None or bias is False:
        return None
    if bias is True:
        return np.zeros(size, dtype)
    bias = float_array(where, "bias", bias)
    check_shape(where, "bias", bias, (size,), "one for each output")
    return bias.astype(dtype)


def check_groups(where, groups, in_channels, out_channels):
    """Raise ``ValueError`` unless groups divide the maps coming in and those going out."""
    if in_channels % groups or out_channels % groups:
        raise ValueError(
            f"{where}: groups must divide in_channels and out_channels, "
            f"got groups {groups} for {in_channels} and {out_channels}"
        )


class _Kernels(_Sliding):
    """What both convolutions have in common: kernels for pairs of maps, in groups."""

    weight, bias = _parameter("weight"), _parameter("bias")

    def _take(self, where, in_channels, out_channels, kernel_size, groups):
        """Keep the sizes, once they are checked; return the number of groups."""
        self.in_channels = integer(where, "in_channels", in_channels, 1)
        self.out_channels = integer(where, "out_channels", out_channels, 1)
        self.kernel_size = pair(where, "kernel_size", kernel_size, 1)
        groups = integer(where, "groups", groups, 1)
        check_groups(where, groups, self.in_channels, self.out_channels)
        return groups

    @property
    def _grid(self):
        """The options that say where kernels stand: all but the groups."""
        return {name: value for name, value in self.options.items() if name != "groups"}

    def _options(self):
        sizes = f"{self.in_channels}, {self.out_channels}, {super()._options()}"
        return sizes if "bias" in self.views else f"{sizes}, bias=False"


class Conv2d(_Kernels):
    """A bank of filters: ``ops.conv2d``.

    Parameters
    ----------
    in_channels, out_channels : int
        Maps coming in, maps going out.
    kernel_size : int or (rows, columns)
        The kernels' size.
    stride, padding, dilation, groups
        As in ``ops.conv2d``.
    bias : bool or array_like of shape (out_channels,)
        Whether there is one, starting at 0; or the numbers to start from.
    weight : "he", "xavier" or array_like of shape (out_channels, in_channels // groups, KH, KW)
        The weights to start from; see ``initial_weight``.
    rng : numpy.random.Generator
        Where drawn weights come from; not needed for given ones.
    dtype : dtype
        Of the parameters, and so of the result.

    Examples
    --------
    >>> edges = Conv2d(1, 1, (1, 3), weight=[[[[1, 0, -1]]]], bias=False)
    >>> edges.forward([[[[4, 3, 2, 0]]]])
    array([[[[2., 3.]]]], dtype=float32)
    """

    function, backward_function = ops.conv2d, ops.conv2d_backward

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        dilation=1,
        groups=1,
        bias=True,
        *,
        weight="he",
        rng=None,
        dtype=np.float32,
    ):
        where = "Conv2d"
        groups = self._take(where, in_channels, out_channels, kernel_size, groups)
        shape = (self.out_channels, self.in_channels // groups, *self.kernel_size)
        fan_in, fan_out = np.prod(shape[1:]), np.prod(shape[2:]) * self.out_channels // groups
        super().__init__(
            {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups},
            weight=initial_weight(where, weight, shape, fan_in, fan_out, rng, dtype),
            bias=initial_bias(where, bias, self.out_channels, dtype),
        )

    def places(self, input_shape):
        """Return where the kernels stand over maps (C, H, W): ``ops.geometry.Windows``."""
        check_image("Conv2d", input_shape, self.in_channels)
        return windows("Conv2d", "x", input_shape[1:], self.kernel_size, **self._grid)


class ConvTranspose2d(_Kernels):
    """A layer that makes maps larger: each number stamps its kernels, ``ops.conv_transpose2d``.

    Parameters
    ----------
    in_channels, out_channels : int
        Maps coming in, maps going out.
    kernel_size : int or (rows, columns)
        The kernels' size.
    stride, padding, output_padding, groups, dilation
        As in ``ops.conv_transpose2d``.
    bias : bool or array_like of shape (out_channels,)
        Whether there is one, starting at 0; or the numbers to start from.
    weight : "he", "xavier" or array_like of shape (in_channels, out_channels // groups, KH, KW)
        The weights to start from; see ``initial_weight``. Of a kernel, ``1 / (stride of rows · of columns)``
        falls on a pixel on average: so many weights each result listens to. (PyTorch's own draw takes
        ``out_channels`` for ``in_channels`` and leaves strides out.)
    rng : numpy.random.Generator
        Where drawn weights come from; not needed for given ones.
    dtype : dtype
        Of the parameters, and so of the result.

    Examples
    --------
    >>> double = ConvTranspose2d(1, 1, (1, 2), stride=(1, 2), weight=[[[[1, 1]]]], bias=False)
    >>> double.forward([[[[4, 3, 2]]]])
    array([[[[4., 4., 3., 3., 2., 2.]]]], dtype=float32)
    """

    function, backward_function = ops.conv_transpose2d, ops.conv_transpose2d_backward

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        output_padding=0,
        groups=1,
        bias=True,
        dilation=1,
        *,
        weight="he",
        rng=None,
        dtype=np.float32,
    ):
        where = "ConvTranspose2d"
        groups = self._take(where, in_channels, out_channels, kernel_size, groups)
        shape = (self.in_channels, self.out_channels // groups, *self.kernel_size)
        overlap = np.prod(self.kernel_size) / np.prod(pair(where, "stride", stride, 1))
        fan_in, fan_out = self.in_channels // groups * overlap, np.prod(shape[1:])
        super().__init__(
            {
                "stride": stride,
                "padding": padding,
                "output_padding": output_padding,
                "groups": groups,
                "dilation": dilation,
            },
            weight=initial_weight(where, weight, shape, fan_in, fan_out, rng, dtype),
            bias=initial_bias(where, bias, self.out_channels, dtype),
        )

    def places(self, input_shape):
        """Return where the kernels are stamped on the larger maps: ``ops.geometry.Windows`` over these.

        Its places are the pixels of maps (C, H, W), its image is what comes out.
        """
        check_image("ConvTranspose2d", input_shape, self.in_channels)
        return transposed_windows("ConvTranspose2d", "x", input_shape[1:], self.kernel_size, **self._grid)

    def output_shape(self, input_shape):
        """Return the number of maps that are made, and their size."""
        return (self.out_channels, *self.places(input_shape).size)

    def seen(self, input_shape):
        """Return the rows and the columns whose kernels are stamped on each row and column of the result."""
        return self.places(input_shape).seen_by


class Dense(_Operation):
    """A layer where every output listens to every input: ``ops.dense``.

    PyTorch calls it ``Linear``: the one class here that is named otherwise there.

    Parameters
    ----------
    in_features, out_features : int
        Numbers coming in, numbers going out.
    weight : "he", "xavier" or array_like of shape (out_features, in_features)
        The weights to start from; see ``initial_weight``.
    bias, rng, dtype
        As in ``Conv2d``.

    Examples
    --------
    >>> vote = Dense(3, 1, weight=[[1, 1, -1]], bias=[0.5])
    >>> vote.forward([[1, 2, 3]])
    array([[0.5]], dtype=float32)
    >>> vote.backward([[2]])
    array([[ 2.,  2., -2.]], dtype=float32)
    >>> vote.named_gradients()["weight"]
    array([[2., 4., 6.]], dtype=float32)
    """

    function, backward_function = ops.dense, ops.dense_backward

    def __init__(self, in_features, out_features, bias=True, *, weight="he", rng=None, dtype=np.float32):
        where = "Dense"
        self.in_features = integer(where, "in_features", in_features, 1)
        self.out_features = integer(where, "out_features", out_features, 1)
        shape = (self.out_features, self.in_features)
        super().__init__(
            weight=initial_weight(where, weight, shape, self.in_features, self.out_features, rng, dtype),
            bias=initial_bias(where, bias, self.out_features, dtype),
        )

    weight, bias = _parameter("weight"), _parameter("bias")

    def output_shape(self, input_shape):
        """Return (out_features,)."""
        if tuple(input_shape) != (self.in_features,):
            raise ValueError(
                f"Dense: each row of x must have shape ({self.in_features},), got {tuple(input_shape)}"
            )
        return (self.out_features,)

    def _options(self):
        return f"{self.in_features}, {self.out_features}" + ("" if "bias" in self.views else ", bias=False")


class ReLU(_Operation):
    """``ops.relu``: what is negative becomes 0."""

    function, backward_function = ops.relu, ops.relu_backward


class LeakyReLU(_Operation):
    """``ops.leaky_relu``: what is negative shrinks."""

    function, backward_function = ops.leaky_relu, ops.leaky_relu_backward

    def __init__(self, negative_slope=0.01):
        super().__init__({"negative_slope": number("LeakyReLU", "negative_slope", negative_slope)})


class Sigmoid(_Operation):
    """``ops.sigmoid``: everything is squashed to (0, 1)."""

    function, backward_function = ops.sigmoid, ops.sigmoid_backward


class Tanh(_Operation):
    """``ops.tanh``: everything is squashed to (−1, 1)."""

    function, backward_function = ops.tanh, ops.tanh_backward


class _Pooling(_Sliding):
    """The options are those of the operation."""

    def __init__(self, kernel_size, **options):
        self.kernel_size = pair(type(self).__name__, "kernel_size", kernel_size, 1)
        super().__init__({"kernel_size": self.kernel_size} | options)

    def places(self, input_shape):
        """Return where the window stands over maps (C, H, W): ``ops.geometry.Windows``."""
        check_image(type(self).__name__, input_shape)
        options = {name: value for name, value in self.options.items() if name != "count_include_pad"}
        return pooling_windows(type(self).__name__, input_shape[1:], **options)


class MaxPool2d(_Pooling):
    """``ops.max_pool2d``: the largest number of each window. The options are those of the operation."""

    function, backward_function = ops.max_pool2d, ops.max_pool2d_backward

    def __init__(self, kernel_size, stride=None, padding=0, dilation=1, *, ceil_mode=False):
        super().__init__(kernel_size, stride=stride, padding=padding, dilation=dilation, ceil_mode=ceil_mode)


class AvgPool2d(_Pooling):
    """``ops.avg_pool2d``: the mean of each window. The options are those of the operation."""

    function, backward_function = ops.avg_pool2d, ops.avg_pool2d_backward

    def __init__(self, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
        options = {"ceil_mode": ceil_mode, "count_include_pad": count_include_pad}
        super().__init__(kernel_size, stride=stride, padding=padding, **options)


class AdaptiveAvgPool2d(_Operation):
    """``ops.adaptive_avg_pool2d``: the mean of each map, shape (N, C, 1, 1); ``output_size`` is 1."""

    function, backward_function = ops.adaptive_avg_pool2d, ops.adaptive_avg_pool2d_backward

    def __init__(self, output_size):
        super().__init__({"output_size": output_size})

    def output_shape(self, input_shape):
        """Return (C, 1, 1)."""
        check_image("AdaptiveAvgPool2d", input_shape)
        return (input_shape[0], 1, 1)

    def seen(self, input_shape):
        """Return all rows and all columns."""
        return tuple((tuple(range(size)),) for size in input_shape[1:])

    def _options(self):
        return repr(self.options["output_size"])


class Flatten(_Operation):
    """``ops.flatten``: all maps of an image in one row."""

    function, backward_function = ops.flatten, ops.flatten_backward

    def output_shape(self, input_shape):
        """Return (C·H·W,)."""
        return (math.prod(input_shape),)


class Dropout(Layer):
    """``ops.dropout`` while training, nothing at all afterwards.

    Parameters
    ----------
    p : float
        Probability that a number is silenced: at least 0, below 1.
    rng : numpy.random.Generator
        Where chance comes from.
    """

    def __init__(self, p, rng):
        super().__init__()
        self.p = number("Dropout", "p", p, 0, below=1)
        self.rng = generator("Dropout", rng)

    def forward(self, x, training=False):
        """Return ``x``, or what chance leaves of it while training."""
        if not training:
            self._remember(None)
            return float_array("Dropout", "x", x)
        out, mask = ops.dropout(x, self.p, self.rng)
        self._remember(mask)
        return out

    def backward(self, grad_out):
        """Return the gradient with respect to ``x``."""
        (mask,) = self._recall()
        return grad_out if mask is None else ops.dropout_backward(grad_out, mask, self.p)

    def _options(self):
        return f"{self.p:g}"


class BatchNorm2d(Layer):
    """``ops.batch_norm_training`` while training, ``ops.batch_norm`` by the running statistics afterwards.

    Parameters
    ----------
    num_features : int
        Maps coming in and going out.
    eps, momentum : float
        As in ``ops.batch_norm_training``.
    dtype : dtype
        Of the parameters, and so of the result.
    """

    buffers = ("running_mean", "running_var")

    def __init__(self, num_features, eps=1e-5, momentum=0.1, *, dtype=np.float32):
        self.num_features = integer("BatchNorm2d", "num_features", num_features, 1)
        self.momentum = number("BatchNorm2d", "momentum", momentum, 0)
        self.eps = number("BatchNorm2d", "eps", eps, 0)
        super().__init__(weight=np.ones(num_features, dtype), bias=np.zeros(num_features, dtype))
        self.running_mean, self.running_var = np.zeros(num_features, dtype), np.ones(num_features, dtype)

    weight, bias = _parameter("weight"), _parameter("bias")

    def output_shape(self, input_shape):
        """Return the same shape."""
        if tuple(input_shape) != (self.num_features,):  # ops.batch_norm takes vectors, too
            check_image("BatchNorm2d", input_shape, self.num_features)
        return tuple(input_shape)

    def forward(self, x, training=False):
        """Return ``x``, shifted and scaled; while training, move the running statistics too."""
        x = self._cast(x)
        if training:
            out, self.running_mean, self.running_var = ops.batch_norm_training(
                x,
                **self.views,
                running_mean=self.running_mean,
                running_var=self.running_var,
                momentum=self.momentum,
                eps=self.eps,
            )
            self._remember(x, None)
            return out
        statistics = {"mean": self.running_mean, "var": self.running_var}
        self._remember(x, statistics)
        return ops.batch_norm(x, **self.views, **statistics, eps=self.eps)

    def backward(self, grad_out):
        """Return the gradient with respect to ``x``."""
        x, statistics = self._recall()
        if statistics is None:
            gradients = ops.batch_norm_training_backward(grad_out, x, **self.views, eps=self.eps)
        else:
            gradients = ops.batch_norm_backward(grad_out, x, **self.views, **statistics, eps=self.eps)
        return self._keep(*gradients)

    def _options(self):
        return repr(self.num_features)
