"""Right and wrong answers to the exercises of lesson 20."""

import numpy as np

from cnnlab import ops

# --- auc


def auc_right_1(cats, others):
    total = 0.0
    for cat in cats:
        for other in others:
            if cat > other:
                total += 1
            elif cat == other:
                total += 0.5
    return total / (len(cats) * len(others))


def auc_right_2(cats, others):
    more = cats[:, None] > others
    same = cats[:, None] == others
    return (more + 0.5 * same).mean()


def auc_right_3(cats, others):
    others = np.sort(others)
    below = np.searchsorted(others, cats, side="left")
    up_to = np.searchsorted(others, cats, side="right")
    return float((below + up_to).sum() / (2 * len(cats) * len(others)))


def auc_right_4(cats, others):
    everything = list(cats) + list(others)
    ranks = [sum(v < one for v in everything) + (sum(v == one for v in everything) + 1) / 2 for one in cats]
    n = len(cats)
    return (sum(ranks) - n * (n + 1) / 2) / (n * len(others))


def auc_right_5(cats, others):
    cats, others = np.meshgrid(np.asarray(cats, float), np.asarray(others, float))
    return np.float32((1 + np.sign(cats - others)).mean() / 2)


def auc_right_6(cats, others):
    # the area under the ROC curve, by trapezoids, from the highest threshold to the lowest
    x = y = area = 0.0
    for threshold in sorted({*np.asarray(cats).tolist(), *np.asarray(others).tolist()}, reverse=True):
        next_x = np.mean(np.asarray(others) >= threshold)
        next_y = np.mean(np.asarray(cats) >= threshold)
        area += (next_x - x) * (y + next_y) / 2
        x, y = next_x, next_y
    return area


def auc_wrong_1(cats, others):
    """Counts equal pairs as nothing."""
    return np.mean(np.asarray(cats)[:, None] > others)


def auc_wrong_2(cats, others):
    """Counts equal pairs in full."""
    return np.mean(np.asarray(cats)[:, None] >= others)


def auc_wrong_3(cats, others):
    """Asks in how many pairs the other gets more."""
    return auc_right_1(others, cats)


def auc_wrong_4(cats, others):
    """Pairs only the first with the first, the second with the second."""
    n = min(len(cats), len(others))
    a, b = np.asarray(cats)[:n], np.asarray(others)[:n]
    return np.mean((a > b) + 0.5 * (a == b))


def auc_wrong_5(cats, others):
    """Compares each cat with the mean of the others."""
    middle = np.mean(others)
    return np.mean((cats > middle) + 0.5 * (cats == middle))


def auc_wrong_6(cats, others):
    """Divides by the number of cats only."""
    return auc_right_1(cats, others) * len(others)


def auc_wrong_7(cats, others):
    """Gives percent."""
    return 100 * auc_right_1(cats, others)


def auc_wrong_8(cats, others):
    """Gives the better of both directions, never below a half."""
    share = auc_right_1(cats, others)
    return max(share, 1 - share)


def auc_wrong_9(cats, others):
    """Ranks all numbers and gives equal ones different ranks."""
    both = np.concatenate([others, cats])
    ranks = np.argsort(np.argsort(both, kind="stable"), kind="stable")[len(others) :] + 1
    n = len(cats)
    return (ranks.sum() - n * (n + 1) / 2) / (n * len(others))


def auc_wrong_10(cats, others):
    """Counts ranks from 0, but subtracts what belongs to ranks from 1."""
    both = np.concatenate([cats, others])
    ranks = np.array([(both < one).sum() + ((both == one).sum() - 1) / 2 for one in cats])
    n = len(cats)
    return (ranks.sum() - n * (n + 1) / 2) / (n * len(others))


def auc_wrong_11(cats, others):
    """Takes repeated numbers only once."""
    return auc_right_1(np.unique(cats), np.unique(others))


def auc_wrong_12(cats, others):
    """Leaves pairs with equal numbers out, of the count as well."""
    more = int((np.asarray(cats)[:, None] > others).sum())
    less = int((np.asarray(cats)[:, None] < others).sum())
    return more / (more + less) if more + less else 0.5


def auc_wrong_13(cats, others):
    """Cuts the numbers to whole ones before comparing."""
    return auc_right_1(np.asarray(cats).astype(int), np.asarray(others).astype(int))


def auc_wrong_14(cats, others):
    """Asks only whether the mean cat gets more than the mean other."""
    a, b = np.mean(cats), np.mean(others)
    return 1.0 if a > b else 0.5 if a == b else 0.0


def auc_wrong_15(cats, others):
    """Divides by all pairs of pictures, two cats or two others among them."""
    n = len(cats) + len(others)
    return auc_right_1(cats, others) * len(cats) * len(others) / (n * (n - 1) / 2)


def auc_wrong_16(cats, others):
    """Gives the difference between pairs won and pairs lost."""
    return 2 * auc_right_1(cats, others) - 1


def auc_wrong_17(cats, others):
    """Counts right answers at a threshold of 0.5."""
    right = (np.asarray(cats) > 0.5).sum() + (np.asarray(others) <= 0.5).sum()
    return right / (len(cats) + len(others))


def auc_wrong_18(cats, others):
    """Averages by how much cats get more."""
    return np.maximum(np.asarray(cats)[:, None] - others, 0).mean()


def auc_wrong_19(cats, others):
    """Counts the pairs and does not divide."""
    return auc_right_1(cats, others) * len(cats) * len(others)


def auc_wrong_20(cats, others):
    """Sets negative numbers to 0 first."""
    return auc_right_1(np.maximum(cats, 0), np.maximum(others, 0))


def auc_wrong_21(cats, others):
    """Draws the ROC curve with steps that go across first, so that ties count as nothing."""
    x = y = area = 0.0
    for threshold in sorted({*np.asarray(cats).tolist(), *np.asarray(others).tolist()}, reverse=True):
        next_x = np.mean(np.asarray(others) >= threshold)
        area += (next_x - x) * y
        x, y = next_x, np.mean(np.asarray(cats) >= threshold)
    return area


def auc_wrong_22(cats, others):
    """Takes numbers that are nearly equal for equal."""
    near = np.isclose(np.asarray(cats)[:, None], others, atol=0.1)
    more = (np.asarray(cats)[:, None] > others) & ~near
    return (more + 0.5 * near).mean()


# --- occlusion


def _score(image, weights):
    return (np.asarray(image, float) * weights).sum()


def occlusion_right_1(image, weights, size, cover):
    rows, columns = image.shape
    result = np.zeros((rows - size + 1, columns - size + 1))
    for i in range(rows - size + 1):
        for j in range(columns - size + 1):
            covered = image.astype(float)
            covered[i : i + size, j : j + size] = cover
            result[i, j] = (image * weights).sum() - (covered * weights).sum()
    return result


def occlusion_right_2(image, weights, size, cover):
    change = (np.asarray(image, float) - cover) * weights
    return np.lib.stride_tricks.sliding_window_view(change, (size, size)).sum(axis=(2, 3))


def occlusion_right_3(image, weights, size, cover):
    return ops.correlate2d((np.asarray(image, float) - cover) * weights, np.ones((size, size)))


def occlusion_right_4(image, weights, size, cover):
    rows, columns = len(image), len(image[0])
    return [
        [
            sum(
                (float(image[i + a][j + b]) - cover) * float(weights[i + a][j + b])
                for a in range(size)
                for b in range(size)
            )
            for j in range(columns - size + 1)
        ]
        for i in range(rows - size + 1)
    ]


def occlusion_right_5(image, weights, size, cover):
    def sums(values):
        total = np.zeros((values.shape[0] + 1, values.shape[1] + 1))
        total[1:, 1:] = values.cumsum(axis=0).cumsum(axis=1)
        return total[size:, size:] - total[:-size, size:] - total[size:, :-size] + total[:-size, :-size]

    return sums(image * weights) - cover * sums(weights)


def occlusion_right_6(image, weights, size, cover):
    height, width = np.array(image.shape) - size + 1
    result = np.zeros((height, width))
    for a in range(size):
        for b in range(size):
            part = image[a : a + height, b : b + width] - float(cover)
            result += part * weights[a : a + height, b : b + width]
    return result


def occlusion_right_7(image, weights, size, cover):
    falls = []
    for i in range(image.shape[0] - size + 1):
        for j in range(image.shape[1] - size + 1):
            mask = np.zeros(image.shape, bool)
            mask[i : i + size, j : j + size] = True
            falls.append(_score(image, weights) - _score(np.where(mask, cover, image), weights))
    return np.reshape(falls, (-1, image.shape[1] - size + 1))


def occlusion_wrong_1(image, weights, size, cover):
    """Covers with 0 whatever the cover."""
    return occlusion_right_2(image, weights, size, 0)


def occlusion_wrong_2(image, weights, size, cover):
    """Gives by how much the score rises."""
    return -occlusion_right_2(image, weights, size, cover)


def occlusion_wrong_3(image, weights, size, cover):
    """Covers in a copy that keeps whole numbers, and so cuts the cover."""
    result = np.zeros((image.shape[0] - size + 1, image.shape[1] - size + 1))
    for i in range(result.shape[0]):
        for j in range(result.shape[1]):
            covered = image.copy()
            covered[i : i + size, j : j + size] = np.array(cover).astype(int)
            result[i, j] = (image * weights).sum() - (covered * weights).sum()
    return result


def occlusion_wrong_4(image, weights, size, cover):
    """Never takes the cover off again, so all patches so far stay covered."""
    covered = image.astype(float)
    result = np.zeros((image.shape[0] - size + 1, image.shape[1] - size + 1))
    for i in range(result.shape[0]):
        for j in range(result.shape[1]):
            covered[i : i + size, j : j + size] = cover
            result[i, j] = (image * weights).sum() - (covered * weights).sum()
    return result


def occlusion_wrong_5(image, weights, size, cover):
    """Gives the map transposed."""
    return occlusion_right_2(image, weights, size, cover).T


def occlusion_wrong_6(image, weights, size, cover):
    """Leaves the last row and the last column of places out."""
    return occlusion_right_2(image, weights, size, cover)[:-1, :-1]


def occlusion_wrong_7(image, weights, size, cover):
    """Moves the patch on by its own size."""
    return occlusion_right_2(image, weights, size, cover)[::size, ::size]


def occlusion_wrong_8(image, weights, size, cover):
    """Takes the weights of the top left corner at every place."""
    return ops.correlate2d(np.asarray(image, float) - cover, weights[:size, :size])


def occlusion_wrong_9(image, weights, size, cover):
    """Gives the score that is left instead of the fall."""
    return _score(image, weights) - occlusion_right_2(image, weights, size, cover)


def occlusion_wrong_10(image, weights, size, cover):
    """Drops the sign of the fall."""
    return np.abs(occlusion_right_2(image, weights, size, cover))


def occlusion_wrong_11(image, weights, size, cover):
    """Sets negative falls to 0."""
    return np.maximum(occlusion_right_2(image, weights, size, cover), 0)


def occlusion_wrong_12(image, weights, size, cover):
    """Takes the mean over the patch instead of the sum."""
    return occlusion_right_2(image, weights, size, cover) / size**2


def occlusion_wrong_13(image, weights, size, cover):
    """Subtracts the cover without its weights."""
    there = ops.correlate2d(np.asarray(image, float) * weights, np.ones((size, size)))
    return there - cover * size**2


def occlusion_wrong_14(image, weights, size, cover):
    """Subtracts the cover once from each patch."""
    return ops.correlate2d(np.asarray(image, float) * weights, np.ones((size, size))) - cover


def occlusion_wrong_15(image, weights, size, cover):
    """Multiplies the sum of the pixels by the sum of the weights."""
    ones = np.ones((size, size))
    pixels = ops.correlate2d(np.asarray(image, float) - cover, ones)
    return pixels * ops.correlate2d(np.asarray(weights, float), ones)


def occlusion_wrong_16(image, weights, size, cover):
    """Covers everything but the patch."""
    everything = ((image - float(cover)) * weights).sum()
    return everything - occlusion_right_2(image, weights, size, cover)


def occlusion_wrong_17(image, weights, size, cover):
    """Lays the patch around each pixel, over the edge, in a map as large as the image."""
    change = (np.asarray(image, float) - cover) * weights
    before = size // 2
    padded = np.pad(change, ((before, size - 1 - before), (before, size - 1 - before)))
    return np.lib.stride_tricks.sliding_window_view(padded, (size, size)).sum(axis=(2, 3))


def occlusion_wrong_18(image, weights, size, cover):
    """Collects the falls in an array of whole numbers."""
    falls = occlusion_right_2(image, weights, size, cover)
    result = np.zeros(falls.shape, dtype=int)
    result[:] = falls
    return result


def occlusion_wrong_19(image, weights, size, cover):
    """Makes the patch one pixel too small."""
    rows, columns = image.shape
    result = np.zeros((rows - size + 1, columns - size + 1))
    for i in range(rows - size + 1):
        for j in range(columns - size + 1):
            covered = image.astype(float)
            covered[i : i + size - 1, j : j + size - 1] = cover
            result[i, j] = (image * weights).sum() - (covered * weights).sum()
    return result


def occlusion_wrong_20(image, weights, size, cover):
    """Adds the cover to the pixels instead of replacing them."""
    ones = np.ones((size, size))
    return ops.correlate2d(-cover * np.asarray(weights, float), ones)


def occlusion_wrong_21(image, weights, size, cover):
    """Covers with a gray of 0.5 whatever the cover."""
    return occlusion_right_2(image, weights, size, 0.5)


def occlusion_wrong_22(image, weights, size, cover):
    """Covers only one pixel at each place."""
    change = (np.asarray(image, float) - cover) * weights
    return change[: image.shape[0] - size + 1, : image.shape[1] - size + 1]


def occlusion_wrong_23(image, weights, size, cover):
    """Swaps rows and columns in the loops, so that a sheet that is not square goes wrong."""
    rows, columns = image.shape
    result = np.zeros((rows - size + 1, columns - size + 1))
    for i in range(min(rows, columns) - size + 1):
        for j in range(min(rows, columns) - size + 1):
            covered = image.astype(float)
            covered[i : i + size, j : j + size] = cover
            result[i, j] = (image * weights).sum() - (covered * weights).sum()
    return result


def occlusion_wrong_24(image, weights, size, cover):
    """Gives the fall as a share of the score."""
    score = _score(image, weights)
    return occlusion_right_2(image, weights, size, cover) / (score if score else 1.0)


def occlusion_wrong_25(image, weights, size, cover):
    """Forgets the weights."""
    return ops.correlate2d(np.asarray(image, float) - cover, np.ones((size, size)))


def occlusion_wrong_26(image, weights, size, cover):
    """Gives the largest fall only."""
    return occlusion_right_2(image, weights, size, cover).max()


# --- grad_cam


def grad_cam_right_1(maps, weight, label):
    channels, rows, columns = maps.shape
    result = np.zeros((rows, columns))
    for r in range(rows):
        for c in range(columns):
            total = 0.0
            for k in range(channels):
                total += weight[label][k] / (rows * columns) * maps[k][r][c]
            result[r, c] = total if total > 0 else 0
    return result


def grad_cam_right_2(maps, weight, label):
    return ops.relu((weight[label][:, None, None] * maps).sum(0)) / maps[0].size


def grad_cam_right_3(maps, weight, label):
    # the derivatives, nudged: the score is linear in every cell
    def score(maps):
        return weight[label] @ maps.mean(axis=(1, 2))

    derivatives = np.zeros(maps.shape)
    for place in np.ndindex(maps.shape):
        nudged = maps.astype(float)
        nudged[place] += 1
        derivatives[place] = score(nudged) - score(maps)
    summed = sum(d.mean() * m for d, m in zip(derivatives, maps, strict=True))
    return np.where(summed > 0, summed, 0)


def grad_cam_right_4(maps, weight, label):
    flat = maps.reshape(len(maps), -1)
    return np.clip(weight[label] @ flat / flat.shape[1], 0, None).reshape(maps.shape[1:])


def grad_cam_right_5(maps, weight, label):
    return np.maximum(np.einsum("c,chw->hw", weight[label], maps), 0) / np.prod(maps.shape[1:])


def grad_cam_wrong_1(maps, weight, label):
    """Keeps what is below 0."""
    return np.einsum("c,chw->hw", weight[label], maps) / maps[0].size


def grad_cam_wrong_2(maps, weight, label):
    """Takes the weights for the derivatives."""
    return ops.relu(np.einsum("c,chw->hw", weight[label], maps))


def grad_cam_wrong_3(maps, weight, label):
    """Bends each channel before they are added up."""
    return np.maximum(weight[label][:, None, None] * maps, 0).sum(0) / maps[0].size


def grad_cam_wrong_4(maps, weight, label):
    """Divides by all cells of all maps."""
    return ops.relu(np.einsum("c,chw->hw", weight[label], maps)) / maps.size


def grad_cam_wrong_5(maps, weight, label):
    """Gives the signless size of the sum."""
    return abs(np.einsum("c,chw->hw", weight[label], maps)) / maps[0].size


def grad_cam_wrong_6(maps, weight, label):
    """Weights a channel by the mean of its map."""
    return ops.relu((maps.mean(axis=(1, 2), keepdims=True) * maps).sum(0))


def grad_cam_wrong_7(maps, weight, label):
    """Takes the class with the highest score."""
    best = np.argmax(weight @ maps.mean(axis=(1, 2)))
    return ops.relu(np.einsum("c,chw->hw", weight[best], maps)) / maps[0].size


def grad_cam_wrong_8(maps, weight, label):
    """Scales the result to at most 1."""
    found = ops.relu(np.einsum("c,chw->hw", weight[label], maps))
    return found / (found.max() or 1)


def grad_cam_wrong_9(maps, weight, label):
    """Averages over the channels in place of adding them up."""
    return ops.relu((weight[label][:, None, None] * maps).mean(0)) / maps[0].size


def grad_cam_wrong_10(maps, weight, label):
    """Returns one number: the score, above 0."""
    return max(0.0, weight[label] @ maps.mean(axis=(1, 2)))


def grad_cam_wrong_11(maps, weight, label):
    """Leaves negative weights out."""
    return np.einsum("c,chw->hw", np.maximum(weight[label], 0), maps) / maps[0].size


def grad_cam_wrong_12(maps, weight, label):
    """Adds up the maps of all classes."""
    return ops.relu(np.einsum("kc,chw->hw", weight, maps)) / maps[0].size


def grad_cam_wrong_13(maps, weight, label):
    """Multiplies by the weight twice: once as derivative, once as weight."""
    return ops.relu(np.einsum("c,chw->hw", weight[label] ** 2, maps)) / maps[0].size


def grad_cam_wrong_14(maps, weight, label):
    """Divides by the number of rows."""
    return ops.relu(np.einsum("c,chw->hw", weight[label], maps)) / len(maps[0])
