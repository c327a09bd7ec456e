"""Functions for the exercises of lesson 06: max-pooling by hand, and windows that hang over the edge."""

import math

import numpy as np

from cnnlab import ops

# max_pool(x, size)


def max_pool_right_1(x, size):
    rows, columns = x.shape[0] // size, x.shape[1] // size
    out = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            out[i, j] = x[i * size : (i + 1) * size, j * size : (j + 1) * size].max()
    return out


def max_pool_right_2(x, size):
    rows, columns = x.shape[0] // size, x.shape[1] // size
    whole = x[: rows * size, : columns * size]
    return whole.reshape(rows, size, columns, size).max(axis=(1, 3))


def max_pool_right_3(x, size):
    height, width = x.shape
    return np.array(
        [
            [np.max(x[i : i + size, j : j + size]) for j in range(0, width - size + 1, size)]
            for i in range(0, height - size + 1, size)
        ]
    )


def max_pool_right_4(x, size):
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size))
    return windows[::size, ::size].max(axis=(-2, -1))


def max_pool_right_5(x, size):
    rows, columns = x.shape[0] // size * size, x.shape[1] // size * size
    out = x[:rows:size, :columns:size].copy()
    for i in range(size):
        for j in range(size):
            np.maximum(out, x[i:rows:size, j:columns:size], out=out)
    return out


def max_pool_right_6(x, size):
    rows, columns = x.shape[0] // size, x.shape[1] // size
    out = np.full((rows, columns), -np.inf, dtype=np.float32)
    for i in range(rows * size):
        for j in range(columns * size):
            out[i // size, j // size] = max(out[i // size, j // size], x[i, j])
    return out


def max_pool_right_7(x, size):
    def halve(matrix):
        count = len(matrix) // size
        return np.array([matrix[k * size : (k + 1) * size].max(axis=0) for k in range(count)])

    return halve(halve(x).T).T


def max_pool_right_8(x, size):
    numbers = x.tolist()
    result = []
    for top in range(0, len(numbers), size):
        band = numbers[top : top + size]
        if len(band) < size:
            break
        columns = [max(column) for column in zip(*band, strict=True)]
        result.append([max(columns[k : k + size]) for k in range(0, len(columns) - size + 1, size)])
    return np.array(result)


def max_pool_right_9(x, size):
    out = np.maximum.reduceat(x[: len(x) // size * size], range(0, len(x) // size * size, size), axis=0)
    width = x.shape[1] // size * size
    return np.maximum.reduceat(out[:, :width], range(0, width, size), axis=1)


def max_pool_right_10(x, size):
    # With windows of one number nothing is to be done.
    return x if size == 1 else max_pool_right_2(x, size)


def max_pool_wrong_1(x, size):
    """Takes the mean, not the largest."""
    rows, columns = x.shape[0] // size, x.shape[1] // size
    return x[: rows * size, : columns * size].reshape(rows, size, columns, size).mean(axis=(1, 3))


def max_pool_wrong_2(x, size):
    """Takes the smallest."""
    rows, columns = x.shape[0] // size, x.shape[1] // size
    return x[: rows * size, : columns * size].reshape(rows, size, columns, size).min(axis=(1, 3))


def max_pool_wrong_3(x, size):
    """Counts partial windows too."""
    height, width = x.shape
    return np.array(
        [[x[i : i + size, j : j + size].max() for j in range(0, width, size)] for i in range(0, height, size)]
    )


def max_pool_wrong_4(x, size):
    """Starts each window with 0, which beats negative numbers."""
    rows, columns = x.shape[0] // size, x.shape[1] // size
    out = np.zeros((rows, columns))
    for i in range(rows * size):
        for j in range(columns * size):
            out[i // size, j // size] = max(out[i // size, j // size], x[i, j])
    return out


def max_pool_wrong_5(x, size):
    """An integer array collects the numbers and cuts their fractions off."""
    rows, columns = x.shape[0] // size, x.shape[1] // size
    out = np.zeros((rows, columns), dtype=int)
    for i in range(rows):
        for j in range(columns):
            out[i, j] = x[i * size : (i + 1) * size, j * size : (j + 1) * size].max()
    return out


def max_pool_wrong_6(x, size):
    """Windows of 2, whatever the size."""
    return max_pool_right_2(x, 2)


def max_pool_wrong_7(x, size):
    """Transposed: columns where rows should be."""
    return max_pool_right_2(x, size).T


def max_pool_wrong_8(x, size):
    """Windows overlap: each starts one number after the one before."""
    return np.lib.stride_tricks.sliding_window_view(x, (size, size)).max(axis=(-2, -1))


def max_pool_wrong_9(x, size):
    """Windows of the right size, but always two numbers apart."""
    return np.lib.stride_tricks.sliding_window_view(x, (size, size))[::2, ::2].max(axis=(-2, -1))


def max_pool_wrong_10(x, size):
    """Takes the largest in size, without its sign."""
    return max_pool_right_2(np.abs(x), size)


def max_pool_wrong_11(x, size):
    """Uses ops."""
    return ops.max_pool2d(x, size)


def max_pool_wrong_12(x, size):
    """Cuts the numbers into windows in reading order, so the windows are no squares."""
    rows, columns = x.shape[0] // size, x.shape[1] // size
    return x[: rows * size, : columns * size].reshape(rows, columns, size, size).max(axis=(2, 3))


def max_pool_wrong_13(x, size):
    """Writes the results into the matrix that it was given."""
    rows, columns = x.shape[0] // size, x.shape[1] // size
    for i in range(rows):
        for j in range(columns):
            x[i, j] = x[i * size : (i + 1) * size, j * size : (j + 1) * size].max()
    return x[:rows, :columns].copy()


def max_pool_wrong_14(x, size):
    """Misses the last window where the windows fit exactly."""
    height, width = x.shape
    rows, columns = range(0, height - size, size), range(0, width - size, size)
    return np.array([[x[i : i + size, j : j + size].max() for j in columns] for i in rows])


def max_pool_wrong_15(x, size):
    """Windows too small by one row and one column: the slice ends too early."""
    rows, columns = x.shape[0] // size, x.shape[1] // size
    out = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            window = x[i * size : (i + 1) * size - 1, j * size : (j + 1) * size - 1]
            out[i, j] = window.max() if window.size else x[i * size, j * size]
    return out


def max_pool_wrong_16(x, size):
    """Pools the rows only, not the columns."""
    rows = x.shape[0] // size
    return x[: rows * size].reshape(rows, size, -1).max(axis=1)


def max_pool_wrong_18(x, size):
    """Takes every matrix for a square."""
    count = x.shape[0] // size
    out = np.zeros((count, count))
    for i in range(count):
        for j in range(count):
            window = x[i * size : (i + 1) * size, j * size : (j + 1) * size]
            out[i, j] = window.max() if window.size else 0
    return out


def max_pool_wrong_19(x, size):
    """The windows lie at the bottom right corner, not at the top left."""
    return max_pool_right_2(x[::-1, ::-1], size)[::-1, ::-1]


def max_pool_wrong_20(x, size):
    """Takes the top left number of each window."""
    rows, columns = x.shape[0] // size, x.shape[1] // size
    return x[::size, ::size][:rows, :columns].copy()


def max_pool_wrong_21(x, size):
    """Returns the largest number of the whole matrix."""
    return x.max()


def max_pool_wrong_22(x, size):
    """Returns one row of all results."""
    return max_pool_right_2(x, size).ravel()


def max_pool_wrong_23(x, size):
    """Starts each window with -99, which beats numbers below it."""
    return np.maximum(max_pool_right_2(x, size), -99)


def max_pool_wrong_24(x, size):
    """Bends the result by ReLU as well."""
    return np.maximum(max_pool_right_2(x, size), 0)


def max_pool_wrong_25(x, size):
    """Writes the largest number to every place of its window: the matrix does not shrink."""
    small = max_pool_right_2(x, size)
    return small.repeat(size, axis=0).repeat(size, axis=1)


def max_pool_wrong_26(x, size):
    """Adds up each window."""
    rows, columns = x.shape[0] // size, x.shape[1] // size
    return x[: rows * size, : columns * size].reshape(rows, size, columns, size).sum(axis=(1, 3))


def max_pool_wrong_27(x, size):
    """Windows one row high: the largest of each run of numbers, in the first row of each window."""
    rows, columns = x.shape[0] // size, x.shape[1] // size
    return x[: rows * size : size, : columns * size].reshape(rows, columns, size).max(axis=2)


def max_pool_wrong_28(x, size):
    """Makes `size` windows along each axis, not windows of `size` numbers."""
    rows, columns = np.array_split(range(len(x)), size), np.array_split(range(len(x[0])), size)
    return np.array([[x[np.ix_(r, c)].max() if r.size and c.size else 0.0 for c in columns] for r in rows])


def max_pool_wrong_17(x, size):
    """Returns where in its window the largest number stands, not the number."""
    rows, columns = x.shape[0] // size, x.shape[1] // size
    out = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            out[i, j] = x[i * size : (i + 1) * size, j * size : (j + 1) * size].argmax()
    return out


# ragged_size(size, window, stride)


def ragged_size_right_1(size, window, stride):
    count, start = 1, 0
    while start + window < size and start + stride < size:
        start += stride
        count += 1
    return count


def ragged_size_right_2(size, window, stride):
    return min(max(0, math.ceil((size - window) / stride)) + 1, math.ceil(size / stride))


def ragged_size_right_3(size, window, stride):
    if window >= size:
        return 1
    count = (size - window + stride - 1) // stride + 1
    if (count - 1) * stride >= size:
        count -= 1
    return count


def ragged_size_right_4(size, window, stride):
    starts = range(0, size, stride)
    return sum(1 for start in starts if start == 0 or start - stride + window < size)


def ragged_size_right_5(size, window, stride):
    count = np.ceil(max(size - window, 0) / stride) + 1
    return count - 1 if (count - 1) * stride > size - 1 else count


def ragged_size_right_6(size, window, stride):
    if window >= size or stride >= size:
        return 1
    return 1 + ragged_size_right_6(size - stride, window, stride)


def ragged_size_right_7(size, window, stride):
    if stride >= window:
        return -(-size // stride)
    return 1 + max(0, -((window - size) // stride))


def ragged_size_right_8(size, window, stride):
    return 1 if window >= size else ops.conv_output_size(size, window, stride=stride, ceil_mode=True)


def ragged_size_right_9(size, window, stride):
    starts = [0]
    while True:
        seen = range(starts[-1], starts[-1] + window)
        following = starts[-1] + stride
        if size - 1 in seen or following not in range(size):
            return len(starts)
        starts.append(following)


def ragged_size_wrong_1(size, window, stride):
    """Counts whole windows only."""
    return max((size - window) // stride + 1, 1)


def ragged_size_wrong_2(size, window, stride):
    """Counts a window that would start beyond the last number."""
    return max(math.ceil((size - window) / stride), 0) + 1


def ragged_size_wrong_3(size, window, stride):
    """No window where it is wider than the axis."""
    return 0 if window > size else ragged_size_right_1(size, window, stride)


def ragged_size_wrong_4(size, window, stride):
    """Goes on after a window has reached the last number, until no start is left."""
    return math.ceil(size / stride)


def ragged_size_wrong_5(size, window, stride):
    """Forgets the first window."""
    return ragged_size_right_1(size, window, stride) - 1


def ragged_size_wrong_6(size, window, stride):
    """Adds a partial window always, even where the whole ones end at the last number."""
    return max((size - window) // stride + 1, 0) + 1


def ragged_size_wrong_7(size, window, stride):
    """Windows side by side: forgets the stride."""
    return math.ceil(size / window)


def ragged_size_wrong_8(size, window, stride):
    """Rounds to the nearest instead of up."""
    return min(max(round((size - window) / stride), 0) + 1, math.ceil(size / stride))


def ragged_size_wrong_9(size, window, stride):
    """Takes window and stride for each other."""
    return ragged_size_right_1(size, stride, window)


def ragged_size_wrong_10(size, window, stride):
    """Goes on when a window just reaches the last number."""
    count, start = 1, 0
    while start + window <= size and start + stride < size:
        start += stride
        count += 1
    return count


def ragged_size_wrong_11(size, window, stride):
    """Lets a window start one number beyond the last."""
    count, start = 1, 0
    while start + window < size and start + stride <= size:
        start += stride
        count += 1
    return count


def ragged_size_wrong_12(size, window, stride):
    """Does not round the division."""
    return min(max((size - window) / stride, 0) + 1, math.ceil(size / stride))


def ragged_size_wrong_13(size, window, stride):
    """Returns where the windows start, not how many there are."""
    return list(range(0, ragged_size_right_1(size, window, stride) * stride, stride))


def ragged_size_wrong_14(size, window, stride):
    """Looks for a rest by the size alone, without taking the window off."""
    return max((size - window) // stride, 0) + 1 + (1 if size > window and size % stride else 0)


def ragged_size_wrong_15(size, window, stride):
    """Negative or 0 where the window is much wider than the axis."""
    count = math.ceil((size - window) / stride) + 1
    return count - 1 if (count - 1) * stride >= size else count


def ragged_size_wrong_16(size, window, stride):
    """Always 4, as for the maps of the lesson."""
    return 4


def ragged_size_wrong_17(size, window, stride):
    """Counts the windows that hang over and not those that fit."""
    return ragged_size_right_1(size, window, stride) - max((size - window) // stride + 1, 0)


def ragged_size_wrong_18(size, window, stride):
    """Takes a stride above the window for a stride of the window: leaves no gaps."""
    return ragged_size_right_1(size, window, min(stride, window))


def ragged_size_wrong_19(size, window, stride):
    """Takes a stride off the size first, and loses the last window."""
    return ragged_size_right_1(size - stride + 1, window, stride)


def ragged_size_wrong_20(size, window, stride):
    """Stops after a hundred windows."""
    return min(ragged_size_right_2(size, window, stride), 100)


def ragged_size_wrong_21(size, window, stride):
    """Two windows where one covers the axis exactly."""
    return ragged_size_right_1(size, window, stride) + (1 if size == window else 0)


def ragged_size_wrong_22(size, window, stride):
    """Works only where the stride is the window, and else takes whole windows."""
    return math.ceil(size / window) if window == stride else max((size - window) // stride + 1, 1)
