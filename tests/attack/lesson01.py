"""Right and wrong answers to the exercises of lesson 01: parameters, agreement, dense."""

# ruff: noqa: B905  (learners write zip as they have met it)

import math

import numpy as np


def parameters_right_1(height, width, channels, neurons):
    return neurons * (height * width * channels + 1)


def parameters_right_2(height, width, channels, neurons):
    weights = math.prod((height, width, channels, neurons))
    biases = neurons
    return weights + biases


def parameters_right_3(height, width, channels, neurons):
    total = 0
    for _ in range(neurons):
        total += height * width * channels
        total += 1
    return total


def parameters_right_4(height, width, channels, neurons):
    return float(height) * width * channels * neurons + neurons


def parameters_right_5(height, width, channels, neurons):
    def inputs():
        return np.prod([height, width, channels])

    return np.array([inputs(), 1]).sum() * neurons


def parameters_right_6(height, width, channels, neurons):
    count = 0
    for _ in range(neurons):
        for _ in range(height):
            for _ in range(width):
                for _ in range(channels):
                    count += 1
        count += 1
    return count


def parameters_wrong_1(height, width, channels, neurons):
    """The biases are missing."""
    return height * width * channels * neurons


def parameters_wrong_2(height, width, channels, neurons):
    """One bias for the whole layer."""
    return height * width * channels * neurons + 1


def parameters_wrong_3(height, width, channels, neurons):
    """The channels are forgotten."""
    return neurons * (height * width + 1)


def parameters_wrong_4(height, width, channels, neurons):
    """Three channels, always."""
    return neurons * (height * width * 3 + 1)


def parameters_wrong_5(height, width, channels, neurons):
    """Only one neuron."""
    return height * width * channels + 1


def parameters_wrong_6(height, width, channels, neurons):
    """Takes every picture for a square one."""
    return neurons * (height**2 * channels + 1)


def parameters_wrong_7(height, width, channels, neurons):
    """Height and width are added."""
    return neurons * ((height + width) * channels + 1)


def parameters_wrong_8(height, width, channels, neurons):
    """A bias for each channel of each neuron."""
    return neurons * channels * (height * width + 1)


def parameters_wrong_9(height, width, channels, neurons):
    """The neurons count for the biases alone."""
    return height * width * channels + neurons


def parameters_wrong_10(height, width, channels, neurons):
    """A bias for each channel instead of each neuron."""
    return height * width * channels * neurons + channels


def parameters_wrong_11(height, width, channels, neurons):
    """Counts in 16 bits, which wraps around for large layers."""
    return (
        int(np.prod(np.array([height, width, channels, neurons], dtype=np.int16), dtype=np.int16)) + neurons
    )


def parameters_wrong_12(height, width, channels, neurons):
    """Bytes, not numbers."""
    return 4 * neurons * (height * width * channels + 1)


def parameters_wrong_13(height, width, channels, neurons):
    """The bias only counts where there is more than one neuron."""
    return height * width * channels * neurons + (neurons if neurons > 1 else 0)


def parameters_wrong_14(height, width, channels, neurons):
    """Weights and biases as two numbers instead of their sum."""
    return height * width * channels * neurons, neurons


def parameters_wrong_15(height, width, channels, neurons):
    """The channels are added to the pixels."""
    return neurons * (height * width + channels + 1)


def parameters_wrong_16(height, width, channels, neurons):
    """Takes a bias off instead of adding it."""
    return neurons * (height * width * channels - 1)


def parameters_wrong_17(height, width, channels, neurons):
    """Counts in half precision, which cannot hold every number above 2048."""
    return np.float16(height * width * channels * neurons + neurons)


def parameters_wrong_18(height, width, channels, neurons):
    """Right for the numbers of the lesson alone."""
    return 120_001_000 if height == 200 else 235_300


def agreement_right_1(a, b):
    return (a == b).mean()


def agreement_right_2(a, b):
    same = 0
    for p, q in zip(a.ravel(), b.ravel()):
        if p == q:
            same += 1
    return same / a.size


def agreement_right_3(a, b):
    return 1 - np.count_nonzero(a != b) / np.size(a)


def agreement_right_4(a, b):
    a, b = np.array(a).flatten().tolist(), np.array(b).flatten().tolist()
    hits = [p == q for p, q in zip(a, b)]
    return sum(hits) / len(hits)


def agreement_right_5(a, b):
    def share(p, q):
        if np.ndim(p) == 0:
            return float(p == q)
        return sum(share(r, s) for r, s in zip(p, q)) / len(p)

    return share(a, b)


def agreement_right_6(a, b):
    return np.equal(a, b).astype(np.float32).mean()


def agreement_wrong_1(a, b):
    """The number of pixels, not their share."""
    return (a == b).sum()


def agreement_wrong_2(a, b):
    """The share in which they differ."""
    return (a != b).mean()


def agreement_wrong_3(a, b):
    """A percentage."""
    return 100 * (a == b).mean()


def agreement_wrong_4(a, b):
    """From the dot product, which is right for 1 and −1 alone."""
    return ((a * b).sum() + a.size) / (2 * a.size)


def agreement_wrong_5(a, b):
    """Compares the signs."""
    return (np.sign(a) == np.sign(b)).mean()


def agreement_wrong_6(a, b):
    """Nearly equal counts as equal."""
    return (np.abs(a - b) < 0.01).mean()


def agreement_wrong_7(a, b):
    """Cuts the fractions off before it compares."""
    return (np.asarray(a).astype(int) == np.asarray(b).astype(int)).mean()


def agreement_wrong_8(a, b):
    """Divides by the number of rows."""
    return (a == b).sum() / len(a)


def agreement_wrong_9(a, b):
    """One share for each column."""
    return (a == b).mean(axis=0)


def agreement_wrong_10(a, b):
    """Whole division."""
    return (a == b).sum() // a.size


def agreement_wrong_11(a, b):
    """Always divides by the 81 pixels of a letter."""
    return (a == b).sum() / 81


def agreement_wrong_12(a, b):
    """Counts the ink alone."""
    return ((a == 1) & (b == 1)).mean()


def agreement_wrong_13(a, b):
    """One less the mean difference."""
    return 1 - np.abs(a - b).mean()


def agreement_wrong_14(a, b):
    """Counts the rows that agree altogether."""
    return np.mean([np.array_equal(p, q) for p, q in zip(a, b)])


def agreement_wrong_15(a, b):
    """Rounds the share to two places."""
    return round(float((a == b).mean()), 2)


def agreement_wrong_16(a, b):
    """Compares what the pictures hold, not where."""
    return (np.sort(a, axis=None) == np.sort(b, axis=None)).mean()


def agreement_wrong_17(a, b):
    """Counts by multiplication and misses pixels that are both 0."""
    return np.count_nonzero(a * (a == b)) / a.size


def agreement_wrong_18(a, b):
    """Divides by a square of the height."""
    return (a == b).sum() / len(a) ** 2


def agreement_wrong_19(a, b):
    """Whether all pixels agree."""
    return float(np.array_equal(a, b))


def agreement_wrong_20(a, b):
    """Writes into its argument."""
    a -= b
    return (a == 0).mean()


def agreement_wrong_21(a, b):
    """Agreements less differences."""
    same = (a == b).sum()
    return (same - (a.size - same)) / a.size


def dense_right_1(weight, images, bias):
    return images.reshape(len(images), -1) @ weight.T + bias


def dense_right_2(weight, images, bias):
    pictures, rows, columns = images.shape
    out = np.zeros((pictures, len(weight)))
    for n in range(pictures):
        for k in range(len(weight)):
            z = bias[k]
            for i in range(rows):
                for j in range(columns):
                    z = z + weight[k, i * columns + j] * images[n, i, j]
            out[n, k] = z
    return out


def dense_right_3(weight, images, bias):
    flat = np.array([picture.ravel() for picture in images])
    return (np.dot(weight, flat.T) + np.reshape(bias, (-1, 1))).T


def dense_right_4(weight, images, bias):
    neurons = weight.reshape(len(weight), *images.shape[1:])
    return np.einsum("nij,kij->nk", images, neurons) + bias


def dense_right_5(weight, images, bias):
    def neuron(w, picture, b):
        return sum(p * q for p, q in zip(w, [pixel for row in picture for pixel in row])) + b

    return np.array([[neuron(w, picture, b) for w, b in zip(weight, bias)] for picture in images])


def dense_right_6(weight, images, bias):
    images, weight, bias = (np.asarray(each, dtype=np.float64) for each in (images, weight, bias))
    with_one = np.hstack([images.reshape(images.shape[0], -1), np.ones((len(images), 1))])
    return with_one @ np.column_stack([weight, bias]).T


def dense_wrong_1(weight, images, bias):
    """Without the bias."""
    return images.reshape(len(images), -1) @ weight.T


def dense_wrong_2(weight, images, bias):
    """Transposed: a row for each neuron."""
    return (images.reshape(len(images), -1) @ weight.T + bias).T


def dense_wrong_3(weight, images, bias):
    """Reads the pictures column by column."""
    return images.transpose(0, 2, 1).reshape(len(images), -1) @ weight.T + bias


def dense_wrong_4(weight, images, bias):
    """Takes the bias away."""
    return images.reshape(len(images), -1) @ weight.T - bias


def dense_wrong_5(weight, images, bias):
    """The mean of the products instead of their sum."""
    return images.reshape(len(images), -1) @ weight.T / weight.shape[1] + bias


def dense_wrong_6(weight, images, bias):
    """The first picture alone."""
    return weight @ images[0].ravel() + bias


def dense_wrong_7(weight, images, bias):
    """Collects the sums in an array of whole numbers."""
    out = np.zeros((len(images), len(weight)), dtype=int)
    for n, picture in enumerate(images):
        for k, w in enumerate(weight):
            out[n, k] = w @ picture.ravel() + bias[k]
    return out


def dense_wrong_8(weight, images, bias):
    """Mixes the pictures: puts them into columns by a reshape."""
    return (weight @ images.reshape(-1, len(images))).T + bias


def dense_wrong_9(weight, images, bias):
    """Cuts negative sums off."""
    return np.maximum(images.reshape(len(images), -1) @ weight.T + bias, 0)


def dense_wrong_10(weight, images, bias):
    """Adds the bias once for every pixel."""
    return images.reshape(len(images), -1) @ weight.T + weight.shape[1] * np.asarray(bias)


def dense_wrong_11(weight, images, bias):
    """The first bias for all neurons."""
    return images.reshape(len(images), -1) @ weight.T + bias[0]


def dense_wrong_12(weight, images, bias):
    """Adds the sum of all biases to each neuron."""
    return images.reshape(len(images), -1) @ weight.T + np.sum(bias)


def dense_wrong_13(weight, images, bias):
    """Weights turned around, as in a convolution."""
    return images.reshape(len(images), -1) @ weight[:, ::-1].T + bias


def dense_wrong_14(weight, images, bias):
    """Leaves out the last pixel."""
    flat = images.reshape(len(images), -1)
    out = np.zeros((len(images), len(weight)))
    for n in range(len(images)):
        for k in range(len(weight)):
            out[n, k] = sum(weight[k, p] * flat[n, p] for p in range(flat.shape[1] - 1)) + bias[k]
    return out


def dense_wrong_15(weight, images, bias):
    """Drops the axis of pictures when there is one picture."""
    return np.squeeze(images.reshape(len(images), -1) @ weight.T + bias)


def dense_wrong_16(weight, images, bias):
    """Multiplies the bias instead of adding it."""
    return images.reshape(len(images), -1) @ weight.T * bias


def dense_wrong_17(weight, images, bias):
    """Right for square pictures alone: counts a row's start by the number of rows."""
    pictures, rows, columns = images.shape
    out = np.zeros((pictures, len(weight)))
    for n in range(pictures):
        for k in range(len(weight)):
            out[n, k] = bias[k]
            for i in range(rows):
                for j in range(columns):
                    out[n, k] += weight[k, (i * rows + j) % (rows * columns)] * images[n, i, j]
    return out


def dense_wrong_18(weight, images, bias):
    """Adds the bias into the images, that is to its argument."""
    images *= 1
    images += 1
    flat = images.reshape(len(images), -1) - 1
    return flat @ weight.T + bias


def dense_wrong_19(weight, images, bias):
    """Rounds the results."""
    return np.round(images.reshape(len(images), -1) @ weight.T + bias)


def dense_wrong_20(weight, images, bias):
    """All pictures added up, one row."""
    return images.sum(axis=0).reshape(1, -1) @ weight.T + bias


def dense_wrong_21(weight, images, bias):
    """Divides the pixels by 255 first."""
    return images.reshape(len(images), -1) / 255 @ weight.T + bias


def dense_wrong_22(weight, images, bias):
    """Adds the bias to every picture in turn, not to every neuron."""
    out = images.reshape(len(images), -1) @ weight.T
    for n in range(len(out)):
        out[n] = out[n] + bias[n % len(bias)]
    return out


def dense_wrong_23(weight, images, bias):
    """Which neuron answers most, not what each answers."""
    return (images.reshape(len(images), -1) @ weight.T + bias).argmax(axis=1)


def dense_wrong_24(weight, images, bias):
    """The weights change from picture to picture: they are taken row by row in turn."""
    out = np.zeros((len(images), len(weight)))
    for n, picture in enumerate(images):
        for k in range(len(weight)):
            out[n, k] = weight[(n + k) % len(weight)] @ picture.ravel() + bias[k]
    return out


def dense_wrong_25(weight, images, bias):
    """Only the first row of each picture."""
    columns = images.shape[2]
    return images[:, 0] @ weight[:, :columns].T + bias


def dense_wrong_26(weight, images, bias):
    """Collects the sums in an array of the type of images."""
    out = np.zeros((len(images), len(weight)), dtype=images.dtype)
    for n, picture in enumerate(images):
        for k, w in enumerate(weight):
            out[n, k] = w @ picture.ravel() + bias[k]
    return out
