"""Right and wrong answers to the exercises of lesson 16."""

import math

import numpy as np

# --- he_scale


def he_scale_right_1(shape):
    _, channels, height, width = shape
    return math.sqrt(2 / (channels * height * width))


def he_scale_right_2(shape):
    return np.sqrt(2 / np.prod(shape[1:]))


def he_scale_right_3(shape):
    inputs = 1
    for length in list(shape)[1:]:
        inputs *= length
    return (2 / inputs) ** 0.5


def he_scale_right_4(shape):
    fan_in = np.empty(shape)[0].size
    return np.float32(2**0.5 / np.sqrt(fan_in))


def he_scale_right_5(shape):
    def variance(n):
        return 2.0 / n

    return math.exp(0.5 * math.log(variance(math.prod(shape) // shape[0])))


def he_scale_wrong_1(shape):
    """Gives the variance."""
    return 2 / (shape[1] * shape[2] * shape[3])


def he_scale_wrong_2(shape):
    """Counts the filters, too."""
    return math.sqrt(2 / math.prod(shape))


def he_scale_wrong_3(shape):
    """Counts the channels only, not the pixels of the kernel."""
    return math.sqrt(2 / shape[1])


def he_scale_wrong_4(shape):
    """Counts the kernel's pixels only, not the channels."""
    return math.sqrt(2 / (shape[2] * shape[3]))


def he_scale_wrong_5(shape):
    """Takes the fan-out: filters times the pixels of the kernel."""
    return math.sqrt(2 / (shape[0] * shape[2] * shape[3]))


def he_scale_wrong_6(shape):
    """Takes Xavier's rule."""
    pixels = shape[2] * shape[3]
    return math.sqrt(2 / (shape[0] * pixels + shape[1] * pixels))


def he_scale_wrong_7(shape):
    """Forgets the 2 that makes up for ReLU."""
    return math.sqrt(1 / (shape[1] * shape[2] * shape[3]))


def he_scale_wrong_8(shape):
    """Takes the root of the fan-in only."""
    return 2 / math.sqrt(shape[1] * shape[2] * shape[3])


def he_scale_wrong_9(shape):
    """Takes all kernels to be square."""
    return math.sqrt(2 / (shape[1] * shape[2] ** 2))


def he_scale_wrong_10(shape):
    """Counts the first three lengths, as if the filters came last."""
    return math.sqrt(2 / (shape[0] * shape[1] * shape[2]))


def he_scale_wrong_11(shape):
    """Adds the lengths up instead of multiplying them."""
    return math.sqrt(2 / sum(shape[1:]))


def he_scale_wrong_12(shape):
    """Rounds to three decimals."""
    return round(math.sqrt(2 / math.prod(shape[1:])), 3)


def he_scale_wrong_13(shape):
    """Turns the fraction around."""
    return math.sqrt(math.prod(shape[1:]) / 2)


def he_scale_wrong_14(shape):
    """Divides whole numbers, so nothing is left of most."""
    return math.sqrt(2 // math.prod(shape[1:]))


def he_scale_wrong_15(shape):
    """Counts one more input, for the bias."""
    return math.sqrt(2 / (math.prod(shape[1:]) + 1))


def he_scale_wrong_16(shape):
    """Gives half the width of an even draw with that deviation."""
    return math.sqrt(6 / math.prod(shape[1:]))


def he_scale_wrong_17(shape):
    """Draws weights and measures theirs, which scatters about what is asked."""
    weights = np.random.default_rng(0).normal(0, math.sqrt(2 / math.prod(shape[1:])), size=shape)
    return weights.std()


# --- batch_norm


def batch_norm_right_1(x, weight, bias, eps):
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    variance = x.var(axis=(0, 2, 3), keepdims=True)
    return weight[:, None, None] * (x - mean) / np.sqrt(variance + eps) + bias[:, None, None]


def batch_norm_right_2(x, weight, bias, eps):
    result = np.empty(x.shape, float)
    for c in range(x.shape[1]):
        one = np.asarray(x[:, c], float)
        away = one - one.mean()
        result[:, c] = weight[c] * away / math.sqrt((away**2).mean() + eps) + bias[c]
    return result


def batch_norm_right_3(x, weight, bias, eps):
    n, c, h, w = x.shape
    flat = x.transpose(0, 2, 3, 1).reshape(-1, c)
    z = (flat - flat.mean(axis=0)) / np.sqrt(flat.var(axis=0) + eps)
    return (z * weight + bias).reshape(n, h, w, c).transpose(0, 3, 1, 2)


def batch_norm_right_4(x, weight, bias, eps):
    def normalized(values):
        count, total = 0, 0.0
        for v in values:
            count, total = count + 1, total + float(v)
        mean = total / count
        variance = sum((float(v) - mean) ** 2 for v in values) / count
        return [(float(v) - mean) / (variance + eps) ** 0.5 for v in values]

    n, c, h, w = x.shape
    result = np.zeros((n, c, h, w))
    for k in range(c):
        z = np.array(normalized(x[:, k].ravel().tolist())).reshape(n, h, w)
        result[:, k] = float(weight[k]) * z + float(bias[k])
    return result


def batch_norm_right_5(x, weight, bias, eps):
    channels_first = np.moveaxis(np.array(x, dtype=float), 1, 0)
    rows = channels_first.reshape(len(channels_first), -1)
    rows = rows - rows.mean(axis=1)[:, None]
    rows /= np.sqrt(np.einsum("ij,ij->i", rows, rows) / rows.shape[1] + eps)[:, None]
    rows = rows * np.reshape(weight, (-1, 1)) + np.reshape(bias, (-1, 1))
    return np.moveaxis(rows.reshape(channels_first.shape), 0, 1)


def batch_norm_wrong_1(x, weight, bias, eps):
    """Takes mean and variance over the batch only, for each pixel by itself."""
    z = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps)
    return weight[:, None, None] * z + bias[:, None, None]


def batch_norm_wrong_2(x, weight, bias, eps):
    """Takes mean and variance over each map of each image."""
    mean, variance = x.mean(axis=(2, 3), keepdims=True), x.var(axis=(2, 3), keepdims=True)
    return weight[:, None, None] * (x - mean) / np.sqrt(variance + eps) + bias[:, None, None]


def batch_norm_wrong_3(x, weight, bias, eps):
    """Takes mean and variance over each image: layer normalization."""
    mean, variance = x.mean(axis=(1, 2, 3), keepdims=True), x.var(axis=(1, 2, 3), keepdims=True)
    return weight[:, None, None] * (x - mean) / np.sqrt(variance + eps) + bias[:, None, None]


def batch_norm_wrong_4(x, weight, bias, eps):
    """Takes one mean and one variance over everything."""
    z = (x - x.mean()) / np.sqrt(x.var() + eps)
    return weight[:, None, None] * z + bias[:, None, None]


def batch_norm_wrong_5(x, weight, bias, eps):
    """Forgets the root."""
    mean, variance = x.mean(axis=(0, 2, 3), keepdims=True), x.var(axis=(0, 2, 3), keepdims=True)
    return weight[:, None, None] * (x - mean) / (variance + eps) + bias[:, None, None]


def batch_norm_wrong_6(x, weight, bias, eps):
    """Adds eps behind the root."""
    mean, deviation = x.mean(axis=(0, 2, 3), keepdims=True), x.std(axis=(0, 2, 3), keepdims=True)
    return weight[:, None, None] * (x - mean) / (deviation + eps) + bias[:, None, None]


def batch_norm_wrong_7(x, weight, bias, eps):
    """Forgets eps."""
    mean, variance = x.mean(axis=(0, 2, 3), keepdims=True), x.var(axis=(0, 2, 3), keepdims=True)
    with np.errstate(all="ignore"):
        return weight[:, None, None] * (x - mean) / np.sqrt(variance) + bias[:, None, None]


def batch_norm_wrong_8(x, weight, bias, eps):
    """Divides by one less than the count in the variance."""
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    variance = x.var(axis=(0, 2, 3), keepdims=True, ddof=1)
    return weight[:, None, None] * (x - mean) / np.sqrt(variance + eps) + bias[:, None, None]


def batch_norm_wrong_9(x, weight, bias, eps):
    """Forgets scale and shift."""
    mean, variance = x.mean(axis=(0, 2, 3), keepdims=True), x.var(axis=(0, 2, 3), keepdims=True)
    return (x - mean) / np.sqrt(variance + eps)


def batch_norm_wrong_10(x, weight, bias, eps):
    """Forgets the shift."""
    mean, variance = x.mean(axis=(0, 2, 3), keepdims=True), x.var(axis=(0, 2, 3), keepdims=True)
    return weight[:, None, None] * (x - mean) / np.sqrt(variance + eps)


def batch_norm_wrong_11(x, weight, bias, eps):
    """Forgets the scale."""
    mean, variance = x.mean(axis=(0, 2, 3), keepdims=True), x.var(axis=(0, 2, 3), keepdims=True)
    return (x - mean) / np.sqrt(variance + eps) + bias[:, None, None]


def batch_norm_wrong_12(x, weight, bias, eps):
    """Lays scale and shift along the columns instead of the channels."""
    mean, variance = x.mean(axis=(0, 2, 3), keepdims=True), x.var(axis=(0, 2, 3), keepdims=True)
    z = (x - mean) / np.sqrt(variance + eps)
    return z * np.resize(weight, x.shape[3]) + np.resize(bias, x.shape[3])


def batch_norm_wrong_13(x, weight, bias, eps):
    """Swaps scale and shift."""
    return batch_norm_right_1(x, bias, weight, eps)


def batch_norm_wrong_14(x, weight, bias, eps):
    """Adds the shift before it scales."""
    mean, variance = x.mean(axis=(0, 2, 3), keepdims=True), x.var(axis=(0, 2, 3), keepdims=True)
    return weight[:, None, None] * ((x - mean) / np.sqrt(variance + eps) + bias[:, None, None])


def batch_norm_wrong_15(x, weight, bias, eps):
    """Does not subtract the mean."""
    variance = x.var(axis=(0, 2, 3), keepdims=True)
    return weight[:, None, None] * x / np.sqrt(variance + eps) + bias[:, None, None]


def batch_norm_wrong_16(x, weight, bias, eps):
    """Uses an eps of 0.00001 whatever is given."""
    return batch_norm_right_1(x, weight, bias, 1e-5)


def batch_norm_wrong_17(x, weight, bias, eps):
    """Takes evaluation mode with fresh running statistics: mean 0 and variance 1."""
    return weight[:, None, None] * x / np.sqrt(1 + eps) + bias[:, None, None]


def batch_norm_wrong_18(x, weight, bias, eps):
    """Takes the mean of the squares instead of the variance."""
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    variance = (np.asarray(x, float) ** 2).mean(axis=(0, 2, 3), keepdims=True)
    return weight[:, None, None] * (x - mean) / np.sqrt(variance + eps) + bias[:, None, None]


def batch_norm_wrong_19(x, weight, bias, eps):
    """Averages the variances of the single images."""
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    variance = x.var(axis=(2, 3), keepdims=True).mean(axis=0, keepdims=True)
    return weight[:, None, None] * (x - mean) / np.sqrt(variance + eps) + bias[:, None, None]


def batch_norm_wrong_20(x, weight, bias, eps):
    """Normalizes over the channels at each pixel."""
    mean, variance = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
    return weight[:, None, None] * (x - mean) / np.sqrt(variance + eps) + bias[:, None, None]


def batch_norm_wrong_21(x, weight, bias, eps):
    """Uses eps as the least variance instead of adding it."""
    mean, variance = x.mean(axis=(0, 2, 3), keepdims=True), x.var(axis=(0, 2, 3), keepdims=True)
    return weight[:, None, None] * (x - mean) / np.sqrt(np.maximum(variance, eps)) + bias[:, None, None]


def batch_norm_wrong_22(x, weight, bias, eps):
    """Bends with ReLU at the end."""
    return np.maximum(batch_norm_right_1(x, weight, bias, eps), 0)


def batch_norm_wrong_23(x, weight, bias, eps):
    """Divides by the largest distance from the mean."""
    away = x - x.mean(axis=(0, 2, 3), keepdims=True)
    z = away / (np.abs(away).max(axis=(0, 2, 3), keepdims=True) + eps)
    return weight[:, None, None] * z + bias[:, None, None]


def batch_norm_wrong_24(x, weight, bias, eps):
    """Uses the first channel's scale and shift for all."""
    mean, variance = x.mean(axis=(0, 2, 3), keepdims=True), x.var(axis=(0, 2, 3), keepdims=True)
    return weight[0] * (x - mean) / np.sqrt(variance + eps) + bias[0]
