"""Right and wrong answers to the exercises of lesson 04: magnitude, gx_of, sharpen."""

# ruff: noqa: B905  (learners write zip as they have met it)

import math

import numpy as np

SOBEL = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])


def magnitude_right_1(gx, gy):
    return np.hypot(gx, gy)


def magnitude_right_2(gx, gy):
    return np.sqrt(gx**2 + gy**2)


def magnitude_right_3(gx, gy):
    return np.abs(gx + 1j * gy)


def magnitude_right_4(gx, gy):
    size = np.zeros(np.shape(gx))
    for place in np.ndindex(size.shape):
        size[place] = math.sqrt(gx[place] ** 2 + gy[place] ** 2)
    return size


def magnitude_right_5(gx, gy):
    if np.ndim(gx) == 0:
        return math.hypot(gx, gy)
    return [magnitude_right_5(p, q) for p, q in zip(gx, gy)]


def magnitude_right_6(gx, gy):
    return np.linalg.norm(np.stack([gx, gy]).astype(np.float32), axis=0)


def magnitude_right_7(gx, gy):
    size = np.array(gx, dtype=float)
    size *= size
    size += np.multiply(gy, gy)
    return size**0.5


def magnitude_wrong_1(gx, gy):
    """The cheap magnitude."""
    return np.abs(gx) + np.abs(gy)


def magnitude_wrong_2(gx, gy):
    """Without the root."""
    return gx**2 + gy**2


def magnitude_wrong_3(gx, gy):
    """The larger of the two."""
    return np.maximum(np.abs(gx), np.abs(gy))


def magnitude_wrong_4(gx, gy):
    """Adds before it squares."""
    return np.sqrt((gx + gy) ** 2)


def magnitude_wrong_5(gx, gy):
    """Takes the squares' mean, not their sum."""
    return np.sqrt((gx**2 + gy**2) / 2)


def magnitude_wrong_6(gx, gy):
    """Subtracts the squares."""
    return np.sqrt(np.abs(gx**2 - gy**2))


def magnitude_wrong_7(gx, gy):
    """Cuts the fractions off."""
    return np.sqrt(gx**2 + gy**2).astype(int)


def magnitude_wrong_8(gx, gy):
    """Collects the results in an array of the type of gx."""
    size = np.zeros_like(gx)
    for place in np.ndindex(size.shape):
        size[place] = np.sqrt(gx[place] ** 2 + gy[place] ** 2)
    return size


def magnitude_wrong_9(gx, gy):
    """One number for the whole array."""
    return np.sqrt((gx**2 + gy**2).sum())


def magnitude_wrong_10(gx, gy):
    """The direction."""
    return np.arctan2(gy, gx)


def magnitude_wrong_11(gx, gy):
    """Cut off at 255."""
    return np.minimum(np.hypot(gx, gy), 255)


def magnitude_wrong_12(gx, gy):
    """Divides by gx, which may be 0."""
    with np.errstate(all="ignore"):
        return np.abs(gx) * np.sqrt(1 + (np.asarray(gy) / gx) ** 2)


def magnitude_wrong_13(gx, gy):
    """Left out where it is 100 or less, as in the scene."""
    size = np.hypot(gx, gy)
    return np.where(size > 100, size, 0)


def magnitude_wrong_14(gx, gy):
    """Squares in 16 bits, which wraps around."""
    gx, gy = np.asarray(gx).astype(np.int16), np.asarray(gy).astype(np.int16)
    return np.sqrt(np.abs(gx * gx + gy * gy).astype(float))


def magnitude_wrong_15(gx, gy):
    """Writes into its argument."""
    gx[...] = np.hypot(gx, gy)
    return gx


def magnitude_wrong_16(gx, gy):
    """Squares gx alone."""
    return np.sqrt(np.abs(gx**2 + gy))


def magnitude_wrong_17(gx, gy):
    """The roots of the two, added."""
    return np.sqrt(np.abs(gx)) + np.sqrt(np.abs(gy))


def magnitude_wrong_18(gx, gy):
    """Rounded to whole numbers."""
    return np.round(np.hypot(gx, gy))


def magnitude_wrong_19(gx, gy):
    """The sum of the two, with their signs."""
    return np.asarray(gx) + np.asarray(gy)


def magnitude_wrong_20(gx, gy):
    """Keeps the sign of gx."""
    return np.where(np.asarray(gx) < 0, -1, 1) * np.hypot(gx, gy)


def magnitude_wrong_21(gx, gy):
    """The larger and half of the smaller, which is close only."""
    gx, gy = np.abs(gx), np.abs(gy)
    return np.maximum(gx, gy) + np.minimum(gx, gy) / 2


def magnitude_wrong_22(gx, gy):
    """Scaled so that the largest is 255."""
    size = np.hypot(gx, gy)
    return size / max(size.max(), 1e-9) * 255


def gx_of_right_1(image):
    left = image[:-2, :-2] + 2 * image[1:-1, :-2] + image[2:, :-2]
    right = image[:-2, 2:] + 2 * image[1:-1, 2:] + image[2:, 2:]
    return right - left


def gx_of_right_2(image):
    height, width = image.shape
    out = np.zeros((height - 2, width - 2))
    for i in range(height - 2):
        for j in range(width - 2):
            for k in range(3):
                for m in range(3):
                    out[i, j] += SOBEL[k, m] * image[i + k, j + m]
    return out


def gx_of_right_3(image):
    change = image[:, 2:] - image[:, :-2]
    return change[:-2] + 2 * change[1:-1] + change[2:]


def gx_of_right_4(image):
    windows = np.lib.stride_tricks.sliding_window_view(np.asarray(image, dtype=float), (3, 3))
    return (windows * SOBEL).sum(axis=(2, 3))


def gx_of_right_5(image):
    rows = [list(map(float, row)) for row in image]
    sums = []
    for above, here, below in zip(rows, rows[1:], rows[2:]):
        mean = [a + 2 * h + b for a, h, b in zip(above, here, below)]
        sums.append([right - left for left, right in zip(mean, mean[2:])])
    return sums


def gx_of_right_6(image):
    image = np.array(image, dtype=np.float32)
    total = 0
    for (k, m), weight in np.ndenumerate(SOBEL):
        total = total + weight * image[k : image.shape[0] - 2 + k, m : image.shape[1] - 2 + m]
    return total


def gx_of_wrong_1(image):
    """Left minus right: the filter is turned around, as in a convolution."""
    change = image[:, :-2] - image[:, 2:]
    return change[:-2] + 2 * change[1:-1] + change[2:]


def gx_of_wrong_2(image):
    """The other filter, Gy."""
    change = image[:-2] - image[2:]
    return change[:, :-2] + 2 * change[:, 1:-1] + change[:, 2:]


def gx_of_wrong_3(image):
    """All three rows count once, as in Prewitt."""
    change = image[:, 2:] - image[:, :-2]
    return change[:-2] + change[1:-1] + change[2:]


def gx_of_wrong_4(image):
    """One row instead of three."""
    return image[1:-1, 2:] - image[1:-1, :-2]


def gx_of_wrong_5(image):
    """The size of the picture, with zeros at the rim."""
    change = image[:, 2:] - image[:, :-2]
    out = np.zeros(image.shape)
    out[1:-1, 1:-1] = change[:-2] + 2 * change[1:-1] + change[2:]
    return out


def gx_of_wrong_6(image):
    """The last row and the last column of places are missing."""
    height, width = image.shape
    out = np.zeros((height - 3, width - 3))
    for i in range(height - 3):
        for j in range(width - 3):
            out[i, j] = (image[i : i + 3, j : j + 3] * SOBEL).sum()
    return out


def gx_of_wrong_7(image):
    """Without the sign."""
    change = image[:, 2:] - image[:, :-2]
    return np.abs(change[:-2] + 2 * change[1:-1] + change[2:])


def gx_of_wrong_8(image):
    """Cut off below 0 and above 255."""
    change = image[:, 2:] - image[:, :-2]
    return np.clip(change[:-2] + 2 * change[1:-1] + change[2:], 0, 255)


def gx_of_wrong_9(image):
    """Collects the sums in whole numbers."""
    out = np.zeros((image.shape[0] - 2, image.shape[1] - 2), dtype=int)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (image[i : i + 3, j : j + 3] * SOBEL).sum()
    return out


def gx_of_wrong_10(image):
    """Divided by eight."""
    change = image[:, 2:] - image[:, :-2]
    return (change[:-2] + 2 * change[1:-1] + change[2:]) / 8


def gx_of_wrong_11(image):
    """The transposed filter, brighter downwards."""
    change = image[2:] - image[:-2]
    return change[:, :-2] + 2 * change[:, 1:-1] + change[:, 2:]


def gx_of_wrong_12(image):
    """Neighbors one apart instead of two."""
    change = image[:, 1:-1] - image[:, :-2]
    return change[:-2] + 2 * change[1:-1] + change[2:]


def gx_of_wrong_13(image):
    """The upper row counts twice, not the middle one."""
    change = image[:, 2:] - image[:, :-2]
    return 2 * change[:-2] + change[1:-1] + change[2:]


def gx_of_wrong_14(image):
    """Goes as far down as across, which is right for square pictures alone."""
    places = min(image.shape) - 2
    out = np.zeros((places, places))
    for i in range(places):
        for j in range(places):
            out[i, j] = (image[i : i + 3, j : j + 3] * SOBEL).sum()
    return out


def gx_of_wrong_15(image):
    """The first place alone, as one number."""
    return (image[:3, :3] * SOBEL).sum()


def gx_of_wrong_16(image):
    """Subtracts in eight bits, which wraps around."""
    image = np.asarray(image).astype(np.int64).astype(np.uint8)
    change = image[:, 2:] - image[:, :-2]
    return change[:-2] + 2 * change[1:-1] + change[2:]


def gx_of_wrong_17(image):
    """The results transposed."""
    change = image[:, 2:] - image[:, :-2]
    return (change[:-2] + 2 * change[1:-1] + change[2:]).T


def gx_of_wrong_18(image):
    """The middle row three times."""
    change = image[:, 2:] - image[:, :-2]
    return change[:-2] + 3 * change[1:-1] + change[2:]


def gx_of_wrong_19(image):
    """The magnitude of both filters."""
    across = image[:, 2:] - image[:, :-2]
    down = image[:-2] - image[2:]
    return np.hypot(
        across[:-2] + 2 * across[1:-1] + across[2:], down[:, :-2] + 2 * down[:, 1:-1] + down[:, 2:]
    )


def gx_of_wrong_20(image):
    """Writes into its argument."""
    image[:, :-2] = image[:, 2:] - image[:, :-2]
    change = image[:, :-2]
    return change[:-2] + 2 * change[1:-1] + change[2:]


def gx_of_wrong_21(image):
    """Moves on by three, so that the windows do not overlap."""
    rows = []
    for i in range(0, image.shape[0] - 2, 3):
        rows.append([(image[i : i + 3, j : j + 3] * SOBEL).sum() for j in range(0, image.shape[1] - 2, 3)])
    return np.array(rows)


def gx_of_wrong_22(image):
    """One of the minus signs is missing."""
    right = image[:-2, 2:] + 2 * image[1:-1, 2:] + image[2:, 2:]
    return right - image[:-2, :-2] - 2 * image[1:-1, :-2] + image[2:, :-2]


def sharpen_right_1(image, amount):
    height, width = image.shape
    out = np.zeros((height - 2, width - 2))
    for i in range(1, height - 1):
        for j in range(1, width - 1):
            mean = image[i - 1 : i + 2, j - 1 : j + 2].mean()
            out[i - 1, j - 1] = image[i, j] + amount * (image[i, j] - mean)
    return out


def sharpen_right_2(image, amount):
    image = np.asarray(image, dtype=float)
    across = image[:, :-2] + image[:, 1:-1] + image[:, 2:]
    mean = (across[:-2] + across[1:-1] + across[2:]) / 9
    inside = image[1:-1, 1:-1]
    return inside + amount * (inside - mean)


def sharpen_right_3(image, amount):
    kernel = np.full((3, 3), -amount / 9)
    kernel[1, 1] += 1 + amount
    windows = np.lib.stride_tricks.sliding_window_view(image, (3, 3))
    return np.einsum("ijkm,km->ij", windows, kernel)


def sharpen_right_4(image, amount):
    result = []
    for i in range(len(image) - 2):
        row = []
        for j in range(len(image[0]) - 2):
            window = [float(image[i + k][j + m]) for k in range(3) for m in range(3)]
            row.append(window[4] + amount * (window[4] - sum(window) / 9))
        result.append(row)
    return result


def sharpen_right_5(image, amount):
    def blurred(image):
        return sum(
            image[k : len(image) - 2 + k, m : image.shape[1] - 2 + m] / 9 for k in range(3) for m in range(3)
        )

    return (1 + amount) * image[1:-1, 1:-1] - amount * blurred(image)


def sharpen_right_6(image, amount):
    image = image.astype(np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(image, (3, 3))
    return image[1:-1, 1:-1] + np.float32(amount) * (image[1:-1, 1:-1] - windows.mean(axis=(-1, -2)))


def mean_of_nine(image):
    """Return the mean of each 3 × 3 window: a helper for the wrong ones."""
    return np.lib.stride_tricks.sliding_window_view(image, (3, 3)).mean(axis=(2, 3))


def sharpen_wrong_1(image, amount):
    """The mean of the eight neighbors, without the pixel."""
    inside = image[1:-1, 1:-1]
    return inside + amount * (inside - (9 * mean_of_nine(image) - inside) / 8)


def sharpen_wrong_2(image, amount):
    """The mean less the pixel: blurs."""
    inside = image[1:-1, 1:-1]
    return inside + amount * (mean_of_nine(image) - inside)


def sharpen_wrong_3(image, amount):
    """The difference alone is returned."""
    return amount * (image[1:-1, 1:-1] - mean_of_nine(image))


def sharpen_wrong_4(image, amount):
    """Cut off at 0 and 255."""
    inside = image[1:-1, 1:-1]
    return np.clip(inside + amount * (inside - mean_of_nine(image)), 0, 255)


def sharpen_wrong_5(image, amount):
    """Whole numbers."""
    inside = image[1:-1, 1:-1]
    return (inside + amount * (inside - mean_of_nine(image))).astype(int)


def sharpen_wrong_6(image, amount):
    """Rounds the mean before it is used."""
    inside = image[1:-1, 1:-1]
    return inside + amount * (inside - np.round(mean_of_nine(image)))


def sharpen_wrong_7(image, amount):
    """The amount is ignored."""
    inside = image[1:-1, 1:-1]
    return inside + (inside - mean_of_nine(image))


def sharpen_wrong_8(image, amount):
    """The sum of the nine instead of their mean."""
    inside = image[1:-1, 1:-1]
    return inside + amount * (inside - 9 * mean_of_nine(image))


def sharpen_wrong_9(image, amount):
    """The mean is taken of the whole picture."""
    inside = image[1:-1, 1:-1]
    return inside + amount * (inside - image.mean())


def sharpen_wrong_10(image, amount):
    """The size of the picture, with its rim unchanged."""
    out = np.array(image, dtype=float)
    inside = image[1:-1, 1:-1]
    out[1:-1, 1:-1] = inside + amount * (inside - mean_of_nine(image))
    return out


def sharpen_wrong_11(image, amount):
    """Takes the mean of pixels that have been sharpened already."""
    out = np.array(image, dtype=float)
    for i in range(1, len(out) - 1):
        for j in range(1, out.shape[1] - 1):
            out[i, j] += amount * (out[i, j] - out[i - 1 : i + 2, j - 1 : j + 2].mean())
    return out[1:-1, 1:-1]


def sharpen_wrong_12(image, amount):
    """The four nearest neighbors, as in the lesson's filter."""
    inside = image[1:-1, 1:-1]
    four = image[:-2, 1:-1] + image[2:, 1:-1] + image[1:-1, :-2] + image[1:-1, 2:]
    return inside + amount * (inside - four / 4)


def sharpen_wrong_13(image, amount):
    """The difference without its sign."""
    inside = image[1:-1, 1:-1]
    return inside + amount * np.abs(inside - mean_of_nine(image))


def sharpen_wrong_14(image, amount):
    """The upper left pixel of the window instead of the middle one."""
    corner = image[:-2, :-2]
    return corner + amount * (corner - mean_of_nine(image))


def sharpen_wrong_15(image, amount):
    """The median instead of the mean."""
    windows = np.lib.stride_tricks.sliding_window_view(image, (3, 3))
    inside = image[1:-1, 1:-1]
    return inside + amount * (inside - np.median(windows, axis=(2, 3)))


def sharpen_wrong_16(image, amount):
    """Added to the mean instead of the pixel."""
    mean = mean_of_nine(image)
    return mean + amount * (image[1:-1, 1:-1] - mean)


def sharpen_wrong_17(image, amount):
    """Divides by eight."""
    inside = image[1:-1, 1:-1]
    return inside + amount * (inside - 9 * mean_of_nine(image) / 8)


def sharpen_wrong_18(image, amount):
    """The lesson's filter, times the amount."""
    inside = image[1:-1, 1:-1]
    four = image[:-2, 1:-1] + image[2:, 1:-1] + image[1:-1, :-2] + image[1:-1, 2:]
    return amount * (5 * inside - four)


def sharpen_wrong_19(image, amount):
    """Negative amounts count as 0."""
    inside = image[1:-1, 1:-1]
    return inside + max(amount, 0) * (inside - mean_of_nine(image))


def sharpen_wrong_20(image, amount):
    """Writes into its argument."""
    inside = image[1:-1, 1:-1]
    result = inside + amount * (inside - mean_of_nine(image))
    image[1:-1, 1:-1] = result
    return result


def sharpen_wrong_21(image, amount):
    """The last row and the last column are missing."""
    out = np.zeros((image.shape[0] - 3, image.shape[1] - 3))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            pixel = image[i + 1, j + 1]
            out[i, j] = pixel + amount * (pixel - image[i : i + 3, j : j + 3].mean())
    return out


def sharpen_wrong_22(image, amount):
    """The amount's fraction is cut off."""
    inside = image[1:-1, 1:-1]
    return inside + int(amount) * (inside - mean_of_nine(image))


def sharpen_wrong_23(image, amount):
    """The amount's brackets are missing: only the pixel is multiplied."""
    inside = image[1:-1, 1:-1]
    return inside + amount * inside - mean_of_nine(image)


def sharpen_wrong_24(image, amount):
    """Only pixels brighter than their surroundings are changed."""
    inside = image[1:-1, 1:-1]
    return inside + amount * np.maximum(inside - mean_of_nine(image), 0)


def sharpen_wrong_25(image, amount):
    """A mean of means that leaves out the pixel's own row."""
    inside = image[1:-1, 1:-1]
    mean = (
        sum(image[k : len(image) - 2 + k, m : image.shape[1] - 2 + m] for k in (0, 2) for m in range(3)) / 6
    )
    return inside + amount * (inside - mean)


def sharpen_wrong_26(image, amount):
    """Collects the results in an array of the type of image."""
    out = image[1:-1, 1:-1].copy()
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            pixel = image[i + 1, j + 1]
            out[i, j] = pixel + amount * (pixel - image[i : i + 3, j : j + 3].mean())
    return out
