"""Every operation of the course as a pure function on NumPy arrays.

Read the modules in this order: ``geometry`` (where windows may stand), ``convolution``, ``pooling``,
``activations``, ``dense``, ``normalization``. ``arguments`` checks what callers pass in.

Shapes and options are PyTorch's: images ``(N, C, H, W)``, weights ``(F, C // groups, KH, KW)``, dense weights
``(out, in)``. An array of a floating dtype gives a result of the same dtype; integers become float64. No
function keeps state or changes its arguments.
"""

from cnnlab.ops.activations import leaky_relu, log_softmax, relu, sigmoid, softmax, tanh
from cnnlab.ops.convolution import conv2d, conv2d_as_matrix, conv2d_loops, convolve2d, correlate2d
from cnnlab.ops.dense import dense, flatten
from cnnlab.ops.geometry import conv_output_size
from cnnlab.ops.normalization import batch_norm
from cnnlab.ops.pooling import avg_pool2d, global_avg_pool2d, max_pool2d

__all__ = [
    "avg_pool2d",
    "batch_norm",
    "conv2d",
    "conv2d_as_matrix",
    "conv2d_loops",
    "conv_output_size",
    "convolve2d",
    "correlate2d",
    "dense",
    "flatten",
    "global_avg_pool2d",
    "leaky_relu",
    "log_softmax",
    "max_pool2d",
    "relu",
    "sigmoid",
    "softmax",
    "tanh",
]
