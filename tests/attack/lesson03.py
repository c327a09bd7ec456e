"""Lesson 03: output_size, conv_layer."""

import math

import numpy as np

from cnnlab import nn, ops

# output_size


def output_size_right_1(size, kernel, stride, padding):
    return (size + 2 * padding - kernel) // stride + 1


def output_size_right_2(size, kernel, stride, padding):
    places = 0
    left = -padding
    while left + kernel <= size + padding:
        places += 1
        left += stride
    return places


def output_size_right_3(size, kernel, stride, padding):
    return len(range(0, size + 2 * padding - kernel + 1, stride))


def output_size_right_4(size, kernel, stride, padding):
    return math.ceil((size + 2 * padding - kernel + 1) / stride)


def output_size_right_5(size, kernel, stride, padding):
    return np.floor_divide(padding + size + padding - 1 * (kernel - 1) - 1, stride) + 1


def output_size_right_6(size, kernel, stride, padding):
    return ops.conv_output_size(size, kernel, stride=stride, padding=padding)


def output_size_right_7(size, kernel, stride, padding):
    pixels = [0] * padding + [1] * size + [0] * padding
    return sum(1 for left in range(0, len(pixels), stride) if len(pixels[left : left + kernel]) == kernel)


def output_size_right_8(size, kernel, stride, padding):
    line = np.pad(np.ones(size), padding)
    return np.lib.stride_tricks.sliding_window_view(line, kernel)[::stride].shape[0]


def output_size_right_9(size, kernel, stride, padding):
    moves, _ = divmod(size + 2 * padding - kernel, stride)
    return int(moves + 1)


def output_size_wrong_1(size, kernel, stride, padding):
    """Forgets the place that it starts from."""
    return (size + 2 * padding - kernel) // stride


def output_size_wrong_2(size, kernel, stride, padding):
    """Adds padding at one end alone."""
    return (size + padding - kernel) // stride + 1


def output_size_wrong_3(size, kernel, stride, padding):
    """Does not round down: a fraction of a place is left."""
    return (size + 2 * padding - kernel) / stride + 1


def output_size_wrong_4(size, kernel, stride, padding):
    """Rounds up."""
    return math.ceil((size + 2 * padding - kernel) / stride) + 1


def output_size_wrong_5(size, kernel, stride, padding):
    """Rounds to the nearest whole number."""
    return round((size + 2 * padding - kernel) / stride) + 1


def output_size_wrong_6(size, kernel, stride, padding):
    """Adds the 1 before it divides."""
    return (size + 2 * padding - kernel + 1) // stride


def output_size_wrong_7(size, kernel, stride, padding):
    """Ignores the stride."""
    return size + 2 * padding - kernel + 1


def output_size_wrong_8(size, kernel, stride, padding):
    """Ignores the padding."""
    return max(0, (size - kernel) // stride + 1)


def output_size_wrong_9(size, kernel, stride, padding):
    """Takes half of the filter away at either end: one pixel too few with an even filter."""
    return (size + 2 * padding - 2 * (kernel // 2) - 1) // stride + 1


def output_size_wrong_10(size, kernel, stride, padding):
    """Adds the padding to the map, and not to the image."""
    return (size - kernel) // stride + 1 + 2 * padding


def output_size_wrong_11(size, kernel, stride, padding):
    """Returns the places of the whole map, and not those along an axis."""
    return ((size + 2 * padding - kernel) // stride + 1) ** 2


def output_size_wrong_12(size, kernel, stride, padding):
    """Lets no map be larger than its image."""
    return min(size, (size + 2 * padding - kernel) // stride + 1)


def output_size_wrong_13(size, kernel, stride, padding):
    """Returns the places themselves, and not how many there are."""
    return list(range(0, size + 2 * padding - kernel + 1, stride))


def output_size_wrong_14(size, kernel, stride, padding):
    """Takes the filter to be 3 pixels wide."""
    return (size + 2 * padding - 3) // stride + 1


def output_size_wrong_15(size, kernel, stride, padding):
    """Also counts places where the filter does not fit whole."""
    return len(range(0, size + 2 * padding, stride))


def output_size_wrong_16(size, kernel, stride, padding):
    """Misses the last place where the filter fits exactly."""
    return len(range(0, size + 2 * padding - kernel, stride))


def output_size_wrong_17(size, kernel, stride, padding):
    """Takes the padding away."""
    return (size - 2 * padding - kernel) // stride + 1


def output_size_wrong_18(size, kernel, stride, padding):
    """Returns a size for rows and one for columns."""
    each = (size + 2 * padding - kernel) // stride + 1
    return each, each


def output_size_wrong_19(size, kernel, stride, padding):
    """Divides the image's size by the stride, and nothing else."""
    return math.ceil(size / stride)


def output_size_wrong_20(size, kernel, stride, padding):
    """Multiplies the padding by the stride."""
    return (size + 2 * padding * stride - kernel) // stride + 1


def output_size_wrong_21(size, kernel, stride, padding):
    """Takes stride for dilation: the filter spans more pixels, and moves on by one."""
    return size + 2 * padding - stride * (kernel - 1)


def output_size_wrong_22(size, kernel, stride, padding):
    """Right with the numbers of the lesson alone."""
    known = {(9, 3, 2, 1): 5, (9, 3, 3, 0): 3, (9, 3, 1, 0): 7, (28, 5, 1, 0): 24, (224, 7, 2, 3): 112}
    return known.get((size, kernel, stride, padding), 7)


def output_size_wrong_23(size, kernel, stride, padding):
    """Divides each part by the stride, and rounds each of them."""
    return size // stride + 2 * padding // stride - kernel // stride + 1


def output_size_wrong_24(size, kernel, stride, padding):
    """Pads so that the map is as large as the image, whatever the padding is."""
    return (size - 1) // stride + 1


def output_size_wrong_25(size, kernel, stride, padding):
    """Subtracts the filter after it divides."""
    return (size + 2 * padding) // stride - kernel + 1


# conv_layer


def _slide(image, kernel):
    """The walk of lesson 02."""
    m, n = kernel.shape
    rows = range(image.shape[0] - m + 1)
    columns = range(image.shape[1] - n + 1)
    return np.array([[np.sum(image[i : i + m, j : j + n] * kernel) for j in columns] for i in rows])


def conv_layer_right_1(image, weight, bias, padding):
    maps = []
    for f in range(len(weight)):
        total = bias[f]
        for c in range(len(image)):
            total = total + _slide(np.pad(image[c], padding), weight[f, c])
        maps.append(total)
    return np.array(maps)


def conv_layer_right_2(image, weight, bias, padding):
    padded = np.pad(image, ((0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, weight.shape[2:], axis=(1, 2))
    return np.einsum("cijmn,fcmn->fij", windows, weight) + bias[:, None, None]


def conv_layer_right_3(image, weight, bias, padding):
    channels, height, width = image.shape
    filters, _, rows, columns = weight.shape
    padded = np.zeros((channels, height + 2 * padding, width + 2 * padding))
    padded[:, padding : padding + height, padding : padding + width] = image
    out = np.zeros((filters, padded.shape[1] - rows + 1, padded.shape[2] - columns + 1))
    for f in range(filters):
        for i in range(out.shape[1]):
            for j in range(out.shape[2]):
                patch = padded[:, i : i + rows, j : j + columns]
                out[f, i, j] = (patch * weight[f]).sum() + bias[f]
    return out


def conv_layer_right_4(image, weight, bias, padding):
    filters, _channels, rows, columns = weight.shape
    padded = np.pad(image, [(0, 0), (padding,) * 2, (padding,) * 2])
    high, wide = padded.shape[1] - rows + 1, padded.shape[2] - columns + 1
    places = [padded[:, i : i + rows, j : j + columns].ravel() for i, j in np.ndindex(int(high), int(wide))]
    product = weight.reshape(filters, -1) @ np.stack(places, axis=1) + bias.reshape(-1, 1)
    return product.reshape(filters, high, wide)


def conv_layer_right_5(image, weight, bias, padding):
    return [
        (
            sum(_slide(np.pad(channel, padding), grid) for channel, grid in zip(image, each, strict=True)) + b
        ).tolist()
        for each, b in zip(weight, bias, strict=True)
    ]


def conv_layer_right_6(image, weight, bias, padding):
    def pixel(c, i, j):
        if 0 <= i < image.shape[1] and 0 <= j < image.shape[2]:
            return image[c, i, j]
        return 0

    rows, columns = weight.shape[2:]
    high, wide = image.shape[1] + 2 * padding - rows + 1, image.shape[2] + 2 * padding - columns + 1
    out = np.empty((len(weight), high, wide))
    for f, i, j in np.ndindex(out.shape):
        out[f, i, j] = bias[f]
        for c, m, n in np.ndindex(weight.shape[1:]):
            out[f, i, j] += weight[f, c, m, n] * pixel(c, i + m - padding, j + n - padding)
    return out


def conv_layer_right_7(image, weight, bias, padding):
    image = np.pad(image, ((0, 0), (padding, padding), (padding, padding))).astype(np.float32)
    rows, columns = weight.shape[2:]
    high, wide = image.shape[1] - rows + 1, image.shape[2] - columns + 1
    out = np.zeros((len(weight), high, wide), dtype=np.float32)
    for m in range(rows):
        for n in range(columns):
            grid = weight[:, :, m, n].astype(np.float32)
            out += np.tensordot(grid, image[:, m : m + high, n : n + wide], axes=1)
    return out + bias.astype(np.float32)[:, np.newaxis, np.newaxis]


def conv_layer_right_8(image, weight, bias, padding):
    result = None
    for c, channel in enumerate(image):
        frame = np.zeros(np.add(channel.shape, 2 * padding))
        inner = slice(padding, -padding or None)
        frame[inner, inner] = channel
        part = np.stack([_slide(frame, grids[c]) for grids in weight])
        result = part if result is None else result + part
    return np.moveaxis(np.moveaxis(result, 0, -1) + bias, -1, 0)


def conv_layer_wrong_1(image, weight, bias, padding):
    """Forgets the bias."""
    return conv_layer_right_1(image, weight, np.zeros(len(bias)), padding)


def conv_layer_wrong_2(image, weight, bias, padding):
    """Adds the bias once for each channel."""
    return conv_layer_right_1(image, weight, len(image) * bias, padding)


def conv_layer_wrong_3(image, weight, bias, padding):
    """Ignores the padding where the filter fits in without."""
    if image.shape[1] >= weight.shape[2] and image.shape[2] >= weight.shape[3]:
        padding = 0
    return conv_layer_right_1(image, weight, bias, padding)


def conv_layer_wrong_4(image, weight, bias, padding):
    """Adds the zeros below and on the right alone."""
    padded = np.pad(image, ((0, 0), (0, padding), (0, padding)))
    return conv_layer_right_1(padded, weight, bias, 0)


def conv_layer_wrong_5(image, weight, bias, padding):
    """Puts channels of zeros before and behind, and takes the first ones."""
    padded = np.pad(image, padding)
    return conv_layer_right_1(padded[: weight.shape[1]], weight, bias, 0)


def conv_layer_wrong_6(image, weight, bias, padding):
    """Repeats the pixels of the border, and does not add zeros."""
    padded = np.pad(image, ((0, 0), (padding, padding), (padding, padding)), mode="edge")
    return conv_layer_right_1(padded, weight, bias, 0)


def conv_layer_wrong_7(image, weight, bias, padding):
    """Returns a mean of the channels, and not their sum."""
    zero = np.zeros(len(bias))
    return conv_layer_right_1(image, weight, zero, padding) / len(image) + bias[:, None, None]


def conv_layer_wrong_8(image, weight, bias, padding):
    """Returns a map for each filter and each channel, and does not add the channels."""
    return np.array(
        [
            [_slide(np.pad(channel, padding), grid) + b for channel, grid in zip(image, each, strict=True)]
            for each, b in zip(weight, bias, strict=True)
        ]
    )


def conv_layer_wrong_9(image, weight, bias, padding):
    """Looks at the first channel alone."""
    return conv_layer_right_1(image[:1], weight, bias, padding)


def conv_layer_wrong_10(image, weight, bias, padding):
    """Turns every grid by 180 degrees."""
    return conv_layer_right_1(image, weight[:, :, ::-1, ::-1], bias, padding)


def conv_layer_wrong_11(image, weight, bias, padding):
    """Takes the axes of weight for (channels, filters, …) where there are as many of both."""
    if weight.shape[0] == weight.shape[1]:
        weight = weight.swapaxes(0, 1)
    return conv_layer_right_1(image, weight, bias, padding)


def conv_layer_wrong_12(image, weight, bias, padding):
    """Collects the maps in an array of the image's kind: fractions are cut off where pixels are whole."""
    return conv_layer_right_1(image, weight, bias, padding).astype(image.dtype)


def conv_layer_wrong_13(image, weight, bias, padding):
    """Adds the first filter's bias to every map."""
    return conv_layer_right_1(image, weight, np.full(len(bias), bias[0]), padding)


def conv_layer_wrong_14(image, weight, bias, padding):
    """Uses ops.conv2d, which the text forbids."""
    return ops.conv2d(image[None], weight, bias, padding=padding)[0]


def conv_layer_wrong_15(image, weight, bias, padding):
    """Pads so that the map is as large as the image, whatever the padding is."""
    return np.array(
        [
            sum(
                _slide(np.pad(channel, [((size - 1) // 2, size // 2) for size in grid.shape]), grid)
                for channel, grid in zip(image, each, strict=True)
            )
            + b
            for each, b in zip(weight, bias, strict=True)
        ]
    )


def conv_layer_wrong_16(image, weight, bias, padding):
    """Returns the filters on the last axis."""
    return np.moveaxis(conv_layer_right_1(image, weight, bias, padding), 0, -1)


def conv_layer_wrong_17(image, weight, bias, padding):
    """Returns the maps as those of a set of images: with one axis too many."""
    return conv_layer_right_1(image, weight, bias, padding)[None]


def conv_layer_wrong_18(image, weight, bias, padding):
    """Divides each sum by the number of weights."""
    return conv_layer_right_1(image, weight, 0 * bias, padding) / weight[0].size + bias[:, None, None]


def conv_layer_wrong_19(image, weight, bias, padding):
    """Replaces negative numbers by 0."""
    return np.maximum(conv_layer_right_1(image, weight, bias, padding), 0)


def conv_layer_wrong_20(image, weight, bias, padding):
    """Does not set the sum back to zero for the next filter."""
    return np.cumsum(conv_layer_right_1(image, weight, bias, padding), axis=0)


def conv_layer_wrong_21(image, weight, bias, padding):
    """Adds the channels up before it filters, and their weights, too."""
    return conv_layer_right_1(image.sum(axis=0)[None], weight.sum(axis=1)[:, None], bias, padding)


def conv_layer_wrong_22(image, weight, bias, padding):
    """Keeps the last channel's map alone: writes = for +=."""
    return conv_layer_right_1(image[-1:], weight[:, -1:], bias, padding)


def conv_layer_wrong_23(image, weight, bias, padding):
    """Cuts the frame off with -padding, which is empty without padding."""
    padded = np.zeros((image.shape[0], image.shape[1] + 2 * padding, image.shape[2] + 2 * padding))
    padded[:, padding:-padding, padding:-padding] = image
    return conv_layer_right_1(padded, weight, bias, 0)


def conv_layer_wrong_24(image, weight, bias, padding):
    """Pads with -1, which is paper, and not with 0."""
    padded = np.pad(image, ((0, 0), (padding, padding), (padding, padding)), constant_values=-1)
    return conv_layer_right_1(padded, weight, bias, 0)


def conv_layer_wrong_25(image, weight, bias, padding):
    """Adds no bias at places where a zero of the border takes part."""
    out = conv_layer_right_1(image, weight, 0 * bias, padding)
    inner = out[:, padding : out.shape[1] - padding, padding : out.shape[2] - padding]
    inner += bias[:, None, None]
    return out


def conv_layer_wrong_26(image, weight, bias, padding):
    """Transposes square grids."""
    if weight.shape[2] == weight.shape[3]:
        weight = weight.swapaxes(2, 3)
    return conv_layer_right_1(image, weight, bias, padding)


def conv_layer_wrong_27(image, weight, bias, padding):
    """Uses padding for the stride, too."""
    return conv_layer_right_1(image, weight, bias, padding)[:, :: max(1, padding), :: max(1, padding)]


def conv_layer_wrong_28(image, weight, bias, padding):
    """Uses the first filter for all maps."""
    return conv_layer_right_1(image, weight[[0] * len(weight)], bias, padding)


def conv_layer_wrong_29(image, weight, bias, padding):
    """Adds the bias before it multiplies, to the pixels."""
    return np.array(
        [
            sum(_slide(np.pad(channel + b, padding), grid) for channel, grid in zip(image, each, strict=True))
            for each, b in zip(weight, bias, strict=True)
        ]
    )


def conv_layer_wrong_30(image, weight, bias, padding):
    """Always pads with one row and column."""
    return conv_layer_right_1(image, weight, bias, 1)


def conv_layer_wrong_31(image, weight, bias, padding):
    """Uses a layer of cnnlab.nn, which the text forbids."""
    filters, channels, rows, columns = weight.shape
    layer = nn.Conv2d(channels, filters, (rows, columns), padding=padding, rng=np.random.default_rng(0))
    layer.weight[...] = weight
    layer.bias[...] = bias
    return layer.forward(np.asarray(image, dtype=float)[None])[0]


def conv_layer_wrong_32(image, weight, bias, padding):
    """Subtracts the bias."""
    return conv_layer_right_1(image, weight, -bias, padding)


def conv_layer_wrong_33(image, weight, bias, padding):
    """Adds twice the padding on each side."""
    return conv_layer_right_1(image, weight, bias, 2 * padding)


def conv_layer_wrong_34(image, weight, bias, padding):
    """Adds all filters into one map."""
    return conv_layer_right_1(image, weight, bias, padding).sum(axis=0)


def conv_layer_wrong_35(image, weight, bias, padding):
    """Adds the bias along the columns where there are as many of them as filters."""
    out = conv_layer_right_1(image, weight, 0 * bias, padding)
    return out + (bias if out.shape[2] == len(bias) else bias[:, None, None])


def conv_layer_wrong_36(image, weight, bias, padding):
    """Fills each map with its bias first: fractions are cut off where biases are whole."""
    right = conv_layer_right_1(image, weight, 0 * bias, padding)
    maps = []
    for f in range(len(weight)):
        out = np.full(right.shape[1:], bias[f])
        for i, j in np.ndindex(out.shape):
            out[i, j] += right[f, i, j]
        maps.append(out)
    return np.array(maps)


def conv_layer_wrong_37(image, weight, bias, padding):
    """Collects the maps in an array of the weights' kind: fractions are cut off where weights are whole."""
    right = conv_layer_right_1(image, weight, bias, padding)
    out = np.zeros(right.shape, dtype=weight.dtype)
    for f, i, j in np.ndindex(out.shape):
        out[f, i, j] = right[f, i, j]
    return out
