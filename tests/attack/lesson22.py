"""Right and wrong answers to the exercises of lesson 22."""

import numpy as np

# --- separable_cost


def separable_cost_right_1(in_channels, out_channels, kernel_size, height, width):
    depthwise = in_channels * kernel_size * kernel_size
    pointwise = in_channels * out_channels
    return depthwise + pointwise, (depthwise + pointwise) * height * width


def separable_cost_right_2(in_channels, out_channels, kernel_size, height, width):
    weights = in_channels * (kernel_size**2 + out_channels)
    return [weights, weights * height * width]


def separable_cost_right_3(in_channels, out_channels, kernel_size, height, width):
    parameters = multiplications = 0
    for _ in range(in_channels):
        parameters += kernel_size**2 + out_channels
        multiplications += height * width * (kernel_size**2 + out_channels)
    return np.array([parameters, multiplications])


def separable_cost_wrong_1(in_channels, out_channels, kernel_size, height, width):
    """Counts the full convolution."""
    weights = out_channels * in_channels * kernel_size**2
    return weights, weights * height * width


def separable_cost_wrong_2(in_channels, out_channels, kernel_size, height, width):
    """Forgets the mixing."""
    weights = in_channels * kernel_size**2
    return weights, weights * height * width


def separable_cost_wrong_3(in_channels, out_channels, kernel_size, height, width):
    """Adds biases."""
    weights = in_channels * kernel_size**2 + in_channels + in_channels * out_channels + out_channels
    return weights, weights * height * width


def separable_cost_wrong_4(in_channels, out_channels, kernel_size, height, width):
    """Counts a kernel for each map that goes out."""
    weights = out_channels * kernel_size**2 + in_channels * out_channels
    return weights, weights * height * width


def separable_cost_wrong_5(in_channels, out_channels, kernel_size, height, width):
    """Counts FLOPs, two for each multiply-add."""
    weights = in_channels * (kernel_size**2 + out_channels)
    return weights, 2 * weights * height * width


def separable_cost_wrong_6(in_channels, out_channels, kernel_size, height, width):
    """Lets maps shrink."""
    weights = in_channels * (kernel_size**2 + out_channels)
    return weights, weights * (height - kernel_size + 1) * (width - kernel_size + 1)


def separable_cost_wrong_7(in_channels, out_channels, kernel_size, height, width):
    """Returns them the other way around."""
    weights = in_channels * (kernel_size**2 + out_channels)
    return weights * height * width, weights


# --- from_columns


def from_columns_right_1(columns, height, width, size, stride):
    image, p = np.zeros((height, width)), 0
    for top in range(0, height - size + 1, stride):
        for left in range(0, width - size + 1, stride):
            for m in range(size):
                for n in range(size):
                    image[top + m, left + n] += columns[m * size + n, p]
            p += 1
    return image


def from_columns_right_2(columns, height, width, size, stride):
    numbers = np.arange(height * width).reshape(height, width)
    seen = np.lib.stride_tricks.sliding_window_view(numbers, (size, size))[::stride, ::stride]
    flat = np.zeros(height * width)
    np.add.at(flat, seen.reshape(-1, size * size).T, columns)
    return flat.reshape(height, width)


def from_columns_right_3(columns, height, width, size, stride):
    down, across = (height - size) // stride + 1, (width - size) // stride + 1
    image = np.zeros((height, width))
    for k, row in enumerate(columns):
        m, n = k // size, k % size
        rows = slice(m, m + stride * (down - 1) + 1, stride)
        image[rows, n : n + stride * (across - 1) + 1 : stride] += row.reshape(down, across)
    return image


def _put(columns, height, width, size, stride, step=None, change=lambda patch: patch, add=True):
    image, p = np.zeros((height, width)), 0
    for i in range((height - size) // stride + 1):
        for j in range((width - size) // stride + 1):
            top, left = i * (step or stride), j * (step or stride)
            patch = change(columns[:, p].reshape(size, size))
            if add:
                image[top : top + size, left : left + size] += patch
            else:
                image[top : top + size, left : left + size] = patch
            p += 1
    return image


def from_columns_wrong_1(columns, height, width, size, stride):
    """Writes over what is there."""
    return _put(columns, height, width, size, stride, add=False)


def from_columns_wrong_2(columns, height, width, size, stride):
    """Forgets the stride."""
    return _put(columns, height, width, size, stride, step=1)


def from_columns_wrong_3(columns, height, width, size, stride):
    """Reads patches column by column."""
    return _put(columns, height, width, size, stride, change=lambda patch: patch.T)


def from_columns_wrong_4(columns, height, width, size, stride):
    """Takes the mean where patches overlap."""
    total = _put(columns, height, width, size, stride)
    count = _put(np.ones_like(columns), height, width, size, stride)
    return total / np.maximum(count, 1)


def from_columns_wrong_5(columns, height, width, size, stride):
    """Turns the patches, as if the kernel's turn came in here."""
    return _put(columns, height, width, size, stride, change=lambda patch: patch[::-1, ::-1])


def from_columns_wrong_6(columns, height, width, size, stride):
    """Goes down first."""
    image, p = np.zeros((height, width)), 0
    for left in range(0, width - size + 1, stride):
        for top in range(0, height - size + 1, stride):
            image[top : top + size, left : left + size] += columns[:, p].reshape(size, size)
            p += 1
    return image


def from_columns_wrong_7(columns, height, width, size, stride):
    """Takes rows for patches."""
    return _put(columns.reshape(-1, size * size).T, height, width, size, stride)
