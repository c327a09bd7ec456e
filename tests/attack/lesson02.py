"""Lesson 02: match, slide."""

import math

import numpy as np

from cnnlab import ops

LESSON_IMAGE = np.where(np.eye(9) + np.eye(9)[::-1] > 0, 1.0, -1.0)
LESSON_KERNEL = np.where(np.eye(3) > 0, 1.0, -1.0)

# match


def match_right_1(patch, kernel):
    return (patch * kernel).sum() / kernel.size


def match_right_2(patch, kernel):
    total = 0
    for m in range(len(patch)):
        for n in range(len(patch[0])):
            total += patch[m][n] * kernel[m][n]
    return float(total / (len(patch) * len(patch[0])))


def match_right_3(patch, kernel):
    return np.dot(np.ravel(patch), np.ravel(kernel)) / np.prod(np.shape(kernel))


def match_right_4(patch, kernel):
    products = [
        float(p) * float(w)
        for row, other in zip(patch, kernel, strict=True)
        for p, w in zip(row, other, strict=True)
    ]
    return math.fsum(products) / len(products)


def match_right_5(patch, kernel):
    return ops.correlate2d(patch, kernel, normalize=True)[0, 0]


def match_right_6(patch, kernel):
    return np.asarray(np.einsum("mn,mn->", patch, kernel) / patch.size)


def match_right_7(patch, kernel):
    return np.mean(np.multiply(patch, kernel, dtype=np.float32))


def match_right_8(patch, kernel):
    rows, columns = patch.shape
    return np.trace(patch @ kernel.T) / rows / columns


def match_wrong_1(patch, kernel):
    """Divides by 9, whatever the size of the filter."""
    return (patch * kernel).sum() / 9


def match_wrong_2(patch, kernel):
    """Does not divide."""
    return (patch * kernel).sum()


def match_wrong_3(patch, kernel):
    """Divides by the number of rows."""
    return (patch * kernel).sum() / len(kernel)


def match_wrong_4(patch, kernel):
    """Divides by the rows times the rows: right for square filters alone."""
    return (patch * kernel).sum() / kernel.shape[0] ** 2


def match_wrong_5(patch, kernel):
    """Multiplies the matrices, and not place by place."""
    return (patch @ kernel.T).sum() / kernel.size


def match_wrong_6(patch, kernel):
    """Cuts the fraction off."""
    return (patch * kernel).sum() // kernel.size


def match_wrong_7(patch, kernel):
    """Divides by the sum of the weights, as for a weighted mean."""
    total = kernel.sum()
    return (patch * kernel).sum() / (total if total else 1)


def match_wrong_8(patch, kernel):
    """Divides by the number of weights that are not zero."""
    return (patch * kernel).sum() / max(1, np.count_nonzero(kernel))


def match_wrong_9(patch, kernel):
    """Counts places that agree and that do not: right for 1 and -1 alone."""
    return np.where(patch == kernel, 1, -1).sum() / kernel.size


def match_wrong_10(patch, kernel):
    """Rounds to two decimals."""
    return round(float((patch * kernel).mean()), 2)


def match_wrong_11(patch, kernel):
    """Cuts off all decimals after the second, as the slide deck does."""
    return np.trunc(100 * (patch * kernel).mean()) / 100


def match_wrong_12(patch, kernel):
    """Looks at the first three rows and columns only."""
    return (patch[:3, :3] * kernel[:3, :3]).sum() / kernel.size


def match_wrong_13(patch, kernel):
    """Returns one number for each row."""
    return (patch * kernel).mean(axis=1)


def match_wrong_14(patch, kernel):
    """Turns the filter by 180 degrees."""
    return (patch * kernel[::-1, ::-1]).mean()


def match_wrong_15(patch, kernel):
    """Multiplies in place: refuses whole pixels with broken weights, and changes the picture."""
    patch *= kernel
    return patch.sum() / patch.size


def match_wrong_16(patch, kernel):
    """Keeps the result between -1 and 1."""
    return np.clip((patch * kernel).mean(), -1, 1)


def match_wrong_17(patch, kernel):
    """Multiplies the mean pixel by the mean weight."""
    return patch.mean() * kernel.mean()


def match_wrong_18(patch, kernel):
    """Takes pixels and weights for whole numbers."""
    return (patch.astype(int) * kernel.astype(int)).mean()


def match_wrong_19(patch, kernel):
    """Divides by the lengths of both, as a cosine does: right for 1 and -1 alone."""
    length = np.linalg.norm(patch) * np.linalg.norm(kernel)
    return (patch * kernel).sum() / (length or 1)


def match_wrong_20(patch, kernel):
    """Uses the lesson's filter, and not the one it is given, where that has nine weights."""
    if kernel.shape == (3, 3):
        kernel = LESSON_KERNEL
    return (patch * kernel).mean()


def match_wrong_21(patch, kernel):
    """Transposes square filters."""
    if kernel.shape[0] == kernel.shape[1]:
        kernel = kernel.T
    return (patch * kernel).mean()


def match_wrong_22(patch, kernel):
    """Leaves out the last row and the last column."""
    total = 0.0
    for m in range(patch.shape[0] - 1):
        for n in range(patch.shape[1] - 1):
            total += patch[m, n] * kernel[m, n]
    return total / kernel.size


def match_wrong_23(patch, kernel):
    """Prints the result and returns nothing."""
    str((patch * kernel).mean())


def match_wrong_24(patch, kernel):
    """Divides by rows plus columns."""
    return (patch * kernel).sum() / sum(kernel.shape)


def match_wrong_25(patch, kernel):
    """Adds pixel and weight where it should multiply them."""
    return (patch + kernel).sum() / kernel.size


def match_wrong_26(patch, kernel):
    """Takes a negative result for no match at all."""
    return max(0.0, (patch * kernel).mean())


def match_wrong_27(patch, kernel):
    """Returns the products, each divided, and does not add them up."""
    return patch * kernel / kernel.size


def match_wrong_28(patch, kernel):
    """Divides by the sum of the weights, which may be 0."""
    return np.sum(patch * kernel) / np.sum(kernel)


# slide


def slide_right_1(image, kernel, stride):
    height, width = kernel.shape
    rows = (image.shape[0] - height) // stride + 1
    columns = (image.shape[1] - width) // stride + 1
    out = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            out[i, j] = (image[top : top + height, left : left + width] * kernel).sum()
    return out


def slide_right_2(image, kernel, stride):
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijmn,mn->ij", windows[::stride, ::stride], kernel)


def slide_right_3(image, kernel, stride):
    rows, columns = (n - k + 1 for n, k in zip(image.shape, kernel.shape, strict=True))
    full = np.zeros((rows, columns))
    for (m, n), weight in np.ndenumerate(kernel):
        full += weight * image[m : m + rows, n : n + columns]
    return full[::stride, ::stride]


def slide_right_4(image, kernel, stride):
    height, width = len(kernel), len(kernel[0])
    out = []
    i = 0
    while i + height <= len(image):
        row = []
        j = 0
        while j + width <= len(image[0]):
            total = 0
            for m in range(height):
                for n in range(width):
                    total += image[i + m][j + n] * kernel[m][n]
            row.append(total)
            j += stride
        out.append(row)
        i += stride
    return out


def slide_right_5(image, kernel, stride):
    height, width = kernel.shape
    tops = range(0, image.shape[0] - height + 1, stride)
    lefts = range(0, image.shape[1] - width + 1, stride)
    patches = np.array([image[i : i + height, j : j + width].ravel() for i in tops for j in lefts])
    return (patches @ kernel.ravel()).reshape(len(tops), len(lefts))


def slide_right_6(image, kernel, stride):
    image, kernel = image.astype(np.float32), kernel.astype(np.float32)

    def at(i, j):
        return np.vdot(image[i : i + kernel.shape[0], j : j + kernel.shape[1]], kernel)

    last_row, last_column = np.subtract(image.shape, kernel.shape)
    return [[at(i, j) for j in range(0, last_column + 1, stride)] for i in range(0, last_row + 1, stride)]


def slide_right_7(image, kernel, stride):
    spectrum = np.fft.rfft2(image) * np.conj(np.fft.rfft2(kernel, image.shape))
    full = np.fft.irfft2(spectrum, image.shape)
    rows, columns = np.subtract(image.shape, kernel.shape) + 1
    return full[:rows:stride, :columns:stride]


def slide_right_8(image, kernel, stride):
    places = np.add.outer(
        np.arange(0, image.shape[0] - kernel.shape[0] + 1, stride), np.arange(kernel.shape[0])
    )
    across = np.add.outer(
        np.arange(0, image.shape[1] - kernel.shape[1] + 1, stride), np.arange(kernel.shape[1])
    )
    return np.tensordot(image[places[:, None, :, None], across[None, :, None, :]], kernel, axes=2)


def slide_wrong_1(image, kernel, stride):
    """Misses the last place: forgets the + 1."""
    rows = max(1, (image.shape[0] - kernel.shape[0]) // stride)
    columns = max(1, (image.shape[1] - kernel.shape[1]) // stride)
    return slide_right_1(image, kernel, stride)[:rows, :columns]


def slide_wrong_2(image, kernel, stride):
    """Moves on by the stride to the right alone."""
    return slide_right_1(image, kernel, 1)[:, ::stride]


def slide_wrong_3(image, kernel, stride):
    """Moves on by the stride downward alone."""
    return slide_right_1(image, kernel, 1)[::stride]


def slide_wrong_4(image, kernel, stride):
    """Collects the sums in an array of the image's kind: fractions are cut off where pixels are whole."""
    right = slide_right_1(image, kernel, stride)
    out = np.zeros(right.shape, dtype=image.dtype)
    out[:] = right
    return out


def slide_wrong_5(image, kernel, stride):
    """Divides by the number of weights."""
    return slide_right_1(image, kernel, stride) / kernel.size


def slide_wrong_6(image, kernel, stride):
    """Turns the filter by 180 degrees."""
    return slide_right_1(image, kernel[::-1, ::-1], stride)


def slide_wrong_7(image, kernel, stride):
    """Makes a map of the right size, but moves by one pixel each time."""
    shape = slide_right_1(image, kernel, stride).shape
    return slide_right_1(image, kernel, 1)[: shape[0], : shape[1]]


def slide_wrong_8(image, kernel, stride):
    """Takes every filter for a square one."""
    size = kernel.shape[0]
    rows = (image.shape[0] - size) // stride + 1
    columns = (image.shape[1] - size) // stride + 1
    out = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            out[i, j] = (image[top : top + size, left : left + size] * kernel).sum()
    return out


def slide_wrong_9(image, kernel, stride):
    """Takes every image for a square one."""
    height, width = kernel.shape
    rows = (image.shape[0] - height) // stride + 1
    columns = (image.shape[0] - width) // stride + 1
    out = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            out[i, j] = (image[top : top + height, left : left + width] * kernel).sum()
    return out


def slide_wrong_10(image, kernel, stride):
    """Divides the number of places by the stride, and rounds down: one too few where that leaves a rest."""
    rows = max(1, (image.shape[0] - kernel.shape[0] + 1) // stride)
    columns = max(1, (image.shape[1] - kernel.shape[1] + 1) // stride)
    return slide_right_1(image, kernel, stride)[:rows, :columns]


def slide_wrong_11(image, kernel, stride):
    """Also stands where it does not fit whole, and adds up what is beneath it."""
    height, width = kernel.shape
    out = []
    for i in range(0, image.shape[0], stride):
        row = []
        for j in range(0, image.shape[1], stride):
            patch = image[i : i + height, j : j + width]
            row.append((patch * kernel[: patch.shape[0], : patch.shape[1]]).sum())
        out.append(row)
    return np.array(out)


def slide_wrong_12(image, kernel, stride):
    """Moves on by the filter's size, and not by the stride."""
    full = slide_right_1(image, kernel, 1)
    return full[:: kernel.shape[0], :: kernel.shape[1]]


def slide_wrong_13(image, kernel, stride):
    """Leaves zeros at the places between."""
    full = slide_right_1(image, kernel, 1)
    out = np.zeros_like(full)
    out[::stride, ::stride] = full[::stride, ::stride]
    return out


def slide_wrong_14(image, kernel, stride):
    """Ignores the stride."""
    return slide_right_1(image, kernel, 1)


def slide_wrong_15(image, kernel, stride):
    """Ends one pixel early: misses the last place where the filter fits exactly."""
    height, width = kernel.shape
    return np.array(
        [
            [
                (image[i : i + height, j : j + width] * kernel).sum()
                for j in range(0, image.shape[1] - width, stride)
            ]
            for i in range(0, image.shape[0] - height, stride)
        ]
    )


def slide_wrong_16(image, kernel, stride):
    """Takes the mean of the places between, and does not leave them out."""
    full = slide_right_1(image, kernel, 1)
    rows, columns = slide_right_1(image, kernel, stride).shape
    out = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            out[i, j] = full[i * stride : (i + 1) * stride, j * stride : (j + 1) * stride].mean()
    return out


def slide_wrong_17(image, kernel, stride):
    """Uses ops, which the text forbids."""
    return ops.correlate2d(image, kernel, stride=stride)


def slide_wrong_18(image, kernel, stride):
    """Returns one long list, and not a map."""
    return slide_right_1(image, kernel, stride).ravel()


def slide_wrong_19(image, kernel, stride):
    """Walks along the diagonal: uses the row for the column, too."""
    height, width = kernel.shape
    rows = (image.shape[0] - height) // stride + 1
    columns = (image.shape[1] - width) // stride + 1
    out = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            patch = image[i * stride : i * stride + height, i * stride : i * stride + width]
            out[i, j] = (patch * kernel[: patch.shape[0], : patch.shape[1]]).sum()
    return out


def slide_wrong_20(image, kernel, stride):
    """Uses SciPy, which the text forbids."""
    from scipy.signal import correlate2d

    return correlate2d(image, kernel, mode="valid")[::stride, ::stride]


def slide_wrong_21(image, kernel, stride):
    """Returns the map with rows and columns exchanged."""
    return slide_right_1(image, kernel, stride).T


def slide_wrong_22(image, kernel, stride):
    """Multiplies the patches in place, which are views: later patches see changed pixels."""
    image = image.astype(float)
    height, width = kernel.shape
    out = np.zeros(slide_right_1(image, kernel, stride).shape)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            patch = image[i * stride : i * stride + height, j * stride : j * stride + width]
            patch *= kernel
            out[i, j] = patch.sum()
    return out


def slide_wrong_23(image, kernel, stride):
    """Starts at pixel number stride, counted from 1."""
    full = slide_right_1(image, kernel, 1)
    return full[stride - 1 :: stride, stride - 1 :: stride]


def slide_wrong_24(image, kernel, stride):
    """Never sets the sum back to zero."""
    right = slide_right_1(image, kernel, stride)
    return np.cumsum(right).reshape(right.shape)


def slide_wrong_25(image, kernel, stride):
    """Sets the sum back to zero for each row of the map alone."""
    return np.cumsum(slide_right_1(image, kernel, stride), axis=1)


def slide_wrong_26(image, kernel, stride):
    """Leaves out pixels, and not places."""
    small = image[::stride, ::stride]
    if small.shape[0] < kernel.shape[0] or small.shape[1] < kernel.shape[1]:
        return np.zeros((1, 1))
    return slide_right_1(small, kernel, 1)


def slide_wrong_27(image, kernel, stride):
    """Adds rows and columns of zeros, so that the filter stands at the end, too."""
    rows, columns = (
        -(-(n - k) // stride) * stride + k for n, k in zip(image.shape, kernel.shape, strict=True)
    )
    wider = np.zeros((rows, columns))
    wider[: image.shape[0], : image.shape[1]] = image
    return slide_right_1(wider, kernel, stride)


def slide_wrong_28(image, kernel, stride):
    """Replaces every negative sum by 0."""
    return np.maximum(0, slide_right_1(image, kernel, stride))


def slide_wrong_29(image, kernel, stride):
    """Always moves on by 2 pixels."""
    return slide_right_1(image, kernel, 2)


def slide_wrong_30(image, kernel, stride):
    """Lays the weights on pixels that are a stride apart, too."""
    padded = np.pad(image, ((0, stride * kernel.shape[0]), (0, stride * kernel.shape[1])))
    out = np.zeros(slide_right_1(image, kernel, stride).shape)
    for (i, j), _ in np.ndenumerate(out):
        for (m, n), weight in np.ndenumerate(kernel):
            out[i, j] += weight * padded[(i + m) * stride, (j + n) * stride]
    return out


def slide_wrong_31(image, kernel, stride):
    """Adds up in whole numbers."""
    return slide_right_1(image.astype(int), kernel.astype(int), stride)


def slide_wrong_32(image, kernel, stride):
    """Returns the largest sum alone."""
    return slide_right_1(image, kernel, stride).max()


def slide_wrong_33(image, kernel, stride):
    """Takes the number of rows of the map for that of its columns."""
    right = slide_right_1(image, kernel, stride)
    out = np.zeros((len(right), len(right)))
    columns = min(right.shape)
    out[:, :columns] = right[:, :columns]
    return out


def slide_wrong_34(image, kernel, stride):
    """Leaves out the filter's last row and column."""
    kernel = kernel.astype(float)
    kernel[-1], kernel[:, -1] = 0, 0
    return slide_right_1(image, kernel, stride)


def slide_wrong_35(image, kernel, stride):
    """Collects the sums in 16 bits: three digits are left."""
    return slide_right_1(image, kernel, stride).astype(np.float16)


def slide_wrong_36(image, kernel, stride):
    """Counts the moves, and forgets the place that it starts from."""
    height, width = kernel.shape
    rows = (image.shape[0] - height) // stride
    columns = (image.shape[1] - width) // stride
    out = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            out[i, j] = (image[top : top + height, left : left + width] * kernel).sum()
    return out


def slide_wrong_37(image, kernel, stride):
    """Divides the number of places by the stride, rounded down."""
    height, width = kernel.shape
    out = np.zeros(((image.shape[0] - height + 1) // stride, (image.shape[1] - width + 1) // stride))
    for i, j in np.ndindex(out.shape):
        top, left = i * stride, j * stride
        out[i, j] = np.sum(kernel * image[top : top + height, left : left + width])
    return out


def slide_wrong_38(image, kernel, stride):
    """Collects the sums in an array of the filter's kind: fractions are cut off where weights are whole."""
    right = slide_right_1(image, kernel, stride)
    out = np.zeros(right.shape, dtype=kernel.dtype)
    for i, j in np.ndindex(out.shape):
        out[i, j] = right[i, j]
    return out
