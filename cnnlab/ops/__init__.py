"""Every operation of the course as a pure function on NumPy arrays, forward and backward.

Read the modules in this order: ``geometry`` (where windows may stand), ``convolution``, ``transposed``,
``pooling``, ``activations``, ``dense``, ``normalization``, ``dropout``.

Shapes and options are PyTorch's: images ``(N, C, H, W)``, weights ``(F, C // groups, KH, KW)``, those of
transposed convolutions ``(C, F // groups, KH, KW)``, dense weights ``(out, in)``. An array of a floating
dtype gives a result of the same dtype; integers become float64. No function keeps state or changes its
arguments.

``name_backward(grad_out, …)`` takes the gradient of a loss with respect to what ``name(…)`` returned, and
``name``'s own arguments; it returns the gradient with respect to each array among these, in order.
"""

from cnnlab.ops.activations import (
    leaky_relu,
    leaky_relu_backward,
    log_softmax,
    relu,
    relu_backward,
    sigmoid,
    sigmoid_backward,
    softmax,
    softmax_backward,
    tanh,
    tanh_backward,
)
from cnnlab.ops.convolution import (
    conv2d,
    conv2d_as_matrix,
    conv2d_backward,
    conv2d_loops,
    convolve2d,
    correlate2d,
    correlate2d_backward,
)
from cnnlab.ops.dense import dense, dense_backward, flatten, flatten_backward
from cnnlab.ops.dropout import dropout, dropout_backward
from cnnlab.ops.geometry import conv_output_size
from cnnlab.ops.normalization import (
    batch_norm,
    batch_norm_backward,
    batch_norm_training,
    batch_norm_training_backward,
)
from cnnlab.ops.pooling import (
    adaptive_avg_pool2d,
    adaptive_avg_pool2d_backward,
    avg_pool2d,
    avg_pool2d_backward,
    max_pool2d,
    max_pool2d_backward,
)
from cnnlab.ops.transposed import conv_transpose2d, conv_transpose2d_backward

__all__ = [
    "adaptive_avg_pool2d",
    "adaptive_avg_pool2d_backward",
    "avg_pool2d",
    "avg_pool2d_backward",
    "batch_norm",
    "batch_norm_backward",
    "batch_norm_training",
    "batch_norm_training_backward",
    "conv2d",
    "conv2d_as_matrix",
    "conv2d_backward",
    "conv2d_loops",
    "conv_output_size",
    "conv_transpose2d",
    "conv_transpose2d_backward",
    "convolve2d",
    "correlate2d",
    "correlate2d_backward",
    "dense",
    "dense_backward",
    "dropout",
    "dropout_backward",
    "flatten",
    "flatten_backward",
    "leaky_relu",
    "leaky_relu_backward",
    "log_softmax",
    "max_pool2d",
    "max_pool2d_backward",
    "relu",
    "relu_backward",
    "sigmoid",
    "sigmoid_backward",
    "softmax",
    "softmax_backward",
    "tanh",
    "tanh_backward",
]
