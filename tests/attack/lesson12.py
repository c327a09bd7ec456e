"""Batches and the training of a line, as learners might write them."""

import math

import numpy as np

from cnnlab.nn import CrossEntropyLoss, fit, predict, train_step


def batch_right_1(order, size, number):
    return order[number * size : (number + 1) * size]


def batch_right_2(order, size, number):
    found = []
    for k in range(number * size, number * size + size):
        if k < len(order):
            found.append(order[k])
    return np.array(found)


def batch_right_3(order, size, number):
    return np.split(order, range(size, len(order), size))[number]


def batch_right_4(order, size, number):
    order = np.asarray(order)
    return order[np.arange(len(order)) // size == number]


def batch_right_5(order, size, number):
    rest = list(order)
    for _ in range(number):
        rest = rest[size:]
    return np.array(rest[:size])


def batch_right_6(order, size, number):
    first = size * number
    last = min(first + size, len(order))
    return np.take(order, range(first, last)).copy()


def batch_right_7(order, size, number):
    batches = []
    for start in range(0, len(order), size):
        batches.append([int(k) for k in order[start : start + size]])
    return np.array(batches[number], dtype=int)


def batch_wrong_1(order, size, number):
    """Counts the batches from 1."""
    return order[(number - 1) * size : number * size]


def batch_wrong_2(order, size, number):
    """Returns the places in order, not what stands there."""
    return np.arange(len(order))[number * size : (number + 1) * size]


def batch_wrong_3(order, size, number):
    """Takes the last place in, too: one image too many."""
    return order[number * size : (number + 1) * size + 1]


def batch_wrong_4(order, size, number):
    """Begins at number, not at number times size."""
    return order[number : number + size]


def batch_wrong_5(order, size, number):
    """Fills the last batch up from the beginning."""
    return np.take(order, range(number * size, (number + 1) * size), mode="wrap")


def batch_wrong_6(order, size, number):
    """Cuts into nearly equal pieces, so that the last batch is not the only small one."""
    return np.array_split(order, math.ceil(len(order) / size))[number]


def batch_wrong_7(order, size, number):
    """Makes a table with a row for each batch: no last, smaller batch."""
    return np.reshape(order[: len(order) // size * size], (-1, size))[number]


def batch_wrong_8(order, size, number):
    """The last batch is a full one: its first images belong to the batch before."""
    start = min(number * size, len(order) - size)
    return order[max(start, 0) : max(start, 0) + size]


def batch_wrong_9(order, size, number):
    """The last full batch takes in what is left over."""
    last = max(len(order) // size - 1, 0)
    return order[number * size :] if number == last else order[number * size : (number + 1) * size]


def batch_wrong_10(order, size, number):
    """Takes each of so many, like dealing cards."""
    return order[number :: math.ceil(len(order) / size)]


def batch_wrong_11(order, size, number):
    """Sorts the images of the batch."""
    return np.sort(order[number * size : (number + 1) * size])


def batch_wrong_12(order, size, number):
    """Sorts all images first."""
    return np.sort(order)[number * size : (number + 1) * size]


def batch_wrong_13(order, size, number):
    """Takes size for the number of batches."""
    length = math.ceil(len(order) / size)
    return order[number * length : (number + 1) * length]


def batch_wrong_14(order, size, number):
    """Leaves out the last image of each batch."""
    return order[number * size : (number + 1) * size - 1]


def batch_wrong_15(order, size, number):
    """One image is returned as a number and not as an array."""
    found = order[number * size : (number + 1) * size]
    return found[0] if len(found) == 1 else found


def batch_wrong_16(order, size, number):
    """Shuffles once more."""
    again = np.random.default_rng(0).permutation(order)
    return again[number * size : (number + 1) * size]


def batch_wrong_17(order, size, number):
    """Cuts positions to 8 bits: wrong from 128 on."""
    return order[number * size : (number + 1) * size].astype(np.int8)


def batch_wrong_18(order, size, number):
    """Returns true and false for all images."""
    return np.arange(len(order)) // size == number


def batch_wrong_19(order, size, number):
    """Counts the batches from the end."""
    stop = len(order) - number * size
    return order[max(stop - size, 0) : stop]


def batch_wrong_20(order, size, number):
    """Fills the last batch up with -1."""
    found = np.full(size, -1)
    part = order[number * size : (number + 1) * size]
    found[: len(part)] = part
    return found


def batch_wrong_21(order, size, number):
    """Returns all images up to the end of the batch."""
    return order[: (number + 1) * size]


def batch_wrong_22(order, size, number):
    """Returns all images from the beginning of the batch."""
    return order[number * size :]


def batch_wrong_23(order, size, number):
    """Looks up where the images stand in order: the inverse of it."""
    return np.argsort(order)[number * size : (number + 1) * size]


def batch_wrong_24(order, size, number):
    """Sorts the array order itself after the batch has been taken."""
    found = np.array(order[number * size : (number + 1) * size])
    order.sort()
    return found


def batch_wrong_25(order, size, number):
    """Never reaches the last image: stops at len(order) - 1."""
    return order[number * size : min((number + 1) * size, len(order) - 1)]


def batch_wrong_26(order, size, number):
    """Looks up the first image twice: takes the place for one to be looked up in order."""
    return order[order[number * size : (number + 1) * size]]


def batch_wrong_27(order, size, number):
    """Returns the batch as a table of one row."""
    return np.array([order[number * size : (number + 1) * size]])


def fit_line_right_1(x, y, rate, size, epochs):
    w = b = 0.0
    for _ in range(epochs):
        for start in range(0, len(x), size):
            xs, ys = x[start : start + size], y[start : start + size]
            error = w * xs + b - ys
            w, b = w - rate * (error * xs).mean(), b - rate * error.mean()
    return np.array([w, b])


def fit_line_right_2(x, y, rate, size, epochs):
    w, b, count = 0, 0, len(x)
    for _ in range(epochs):
        at = 0
        while at < count:
            stop = min(at + size, count)
            sum_w = sum_b = 0.0
            for k in range(at, stop):
                error = w * x[k] + b - y[k]
                sum_w += error * x[k]
                sum_b += error
            w -= rate * sum_w / (stop - at)
            b -= rate * sum_b / (stop - at)
            at = stop
    return np.array([w, b])


def fit_line_right_3(x, y, rate, size, epochs):
    design = np.column_stack([x, np.ones(len(x))])
    line = np.zeros(2)
    for _ in range(epochs):
        for start in range(0, len(x), size):
            rows = design[start : start + size]
            error = rows @ line - y[start : start + size]
            line -= rate * rows.T @ error / len(rows)
    return line


def fit_line_right_4(x, y, rate, size, epochs):
    cuts = range(size, len(x), size)
    sums = []
    for xs, ys in zip(np.split(x, cuts), np.split(y, cuts), strict=True):
        sums.append((np.mean(xs * xs), np.mean(xs), np.mean(xs * ys), np.mean(ys)))
    w = b = 0.0
    for _ in range(epochs):
        for xx, mx, xy, my in sums:
            slope_w, slope_b = w * xx + b * mx - xy, w * mx + b - my
            w -= rate * slope_w
            b -= rate * slope_b
    return np.array([w, b])


def fit_line_right_5(x, y, rate, size, epochs):
    number = math.ceil(len(x) / size)
    line = np.zeros(2)
    for k in range(epochs * number):
        part = slice(k % number * size, (k % number + 1) * size)
        error = line[0] * x[part] + line[1] - y[part]
        line = line - rate * np.array([np.mean(error * x[part]), np.mean(error)])
    return line


def fit_line_wrong_1(x, y, rate, size, epochs):
    """Moves b with the error of the new w."""
    w = b = 0.0
    for _ in range(epochs):
        for start in range(0, len(x), size):
            xs, ys = x[start : start + size], y[start : start + size]
            w -= rate * ((w * xs + b - ys) * xs).mean()
            b -= rate * (w * xs + b - ys).mean()
    return np.array([w, b])


def fit_line_wrong_2(x, y, rate, size, epochs):
    """Sums instead of means."""
    w = b = 0.0
    for _ in range(epochs):
        for start in range(0, len(x), size):
            xs, ys = x[start : start + size], y[start : start + size]
            error = w * xs + b - ys
            w, b = w - rate * (error * xs).sum(), b - rate * error.sum()
    return np.array([w, b])


def fit_line_wrong_3(x, y, rate, size, epochs):
    """Divides by size in the last, smaller batch, too."""
    w = b = 0.0
    for _ in range(epochs):
        for start in range(0, len(x), size):
            xs, ys = x[start : start + size], y[start : start + size]
            error = w * xs + b - ys
            w, b = w - rate * (error * xs).sum() / size, b - rate * error.sum() / size
    return np.array([w, b])


def fit_line_wrong_4(x, y, rate, size, epochs):
    """Leaves out the last, smaller batch."""
    w = b = 0.0
    for _ in range(epochs):
        for k in range(len(x) // size):
            xs, ys = x[k * size : (k + 1) * size], y[k * size : (k + 1) * size]
            error = w * xs + b - ys
            w, b = w - rate * (error * xs).mean(), b - rate * error.mean()
    return np.array([w, b])


def fit_line_wrong_5(x, y, rate, size, epochs):
    """Takes all points in each step."""
    w = b = 0.0
    for _ in range(epochs):
        error = w * x + b - y
        w, b = w - rate * (error * x).mean(), b - rate * error.mean()
    return np.array([w, b])


def fit_line_wrong_6(x, y, rate, size, epochs):
    """Steps after each point."""
    w = b = 0.0
    for _ in range(epochs):
        for p, q in zip(x, y, strict=True):
            error = w * p + b - q
            w, b = w - rate * error * p, b - rate * error
    return np.array([w, b])


def fit_line_wrong_7(x, y, rate, size, epochs):
    """Takes the derivatives twice as large, as if there were no half."""
    w = b = 0.0
    for _ in range(epochs):
        for start in range(0, len(x), size):
            xs, ys = x[start : start + size], y[start : start + size]
            error = w * xs + b - ys
            w, b = w - rate * 2 * (error * xs).mean(), b - rate * 2 * error.mean()
    return np.array([w, b])


def fit_line_wrong_8(x, y, rate, size, epochs):
    """Takes half the derivatives: the half of the loss counted once more."""
    w = b = 0.0
    for _ in range(epochs):
        for start in range(0, len(x), size):
            xs, ys = x[start : start + size], y[start : start + size]
            error = w * xs + b - ys
            w, b = w - rate * (error * xs).mean() / 2, b - rate * error.mean() / 2
    return np.array([w, b])


def fit_line_wrong_9(x, y, rate, size, epochs):
    """Shuffles the points in each epoch."""
    w = b = 0.0
    rng = np.random.default_rng(0)
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), size):
            part = order[start : start + size]
            error = w * x[part] + b - y[part]
            w, b = w - rate * (error * x[part]).mean(), b - rate * error.mean()
    return np.array([w, b])


def fit_line_wrong_10(x, y, rate, size, epochs):
    """Goes through the points once only."""
    w = b = 0.0
    for start in range(0, len(x), size):
        xs, ys = x[start : start + size], y[start : start + size]
        error = w * xs + b - ys
        w, b = w - rate * (error * xs).mean(), b - rate * error.mean()
    return np.array([w, b])


def fit_line_wrong_11(x, y, rate, size, epochs):
    """Begins at 0 again in each epoch."""
    w = b = 0.0
    for _ in range(epochs):
        w = b = 0.0
        for start in range(0, len(x), size):
            xs, ys = x[start : start + size], y[start : start + size]
            error = w * xs + b - ys
            w, b = w - rate * (error * xs).mean(), b - rate * error.mean()
    return np.array([w, b])


def fit_line_wrong_12(x, y, rate, size, epochs):
    """Multiplies the error by x in the derivative for b, too."""
    w = b = 0.0
    for _ in range(epochs):
        for start in range(0, len(x), size):
            xs, ys = x[start : start + size], y[start : start + size]
            slope = ((w * xs + b - ys) * xs).mean()
            w, b = w - rate * slope, b - rate * slope
    return np.array([w, b])


def fit_line_wrong_13(x, y, rate, size, epochs):
    """Climbs: moves along the derivatives."""
    w = b = 0.0
    for _ in range(epochs):
        for start in range(0, len(x), size):
            xs, ys = x[start : start + size], y[start : start + size]
            error = w * xs + b - ys
            w, b = w + rate * (error * xs).mean(), b + rate * error.mean()
    return np.array([w, b])


def fit_line_wrong_14(x, y, rate, size, epochs):
    """Returns b first."""
    w = b = 0.0
    for _ in range(epochs):
        for start in range(0, len(x), size):
            xs, ys = x[start : start + size], y[start : start + size]
            error = w * xs + b - ys
            w, b = w - rate * (error * xs).mean(), b - rate * error.mean()
    return np.array([b, w])


def fit_line_wrong_15(x, y, rate, size, epochs):
    """The best line of all, and not the one that the training has reached."""
    return np.polyfit(x, y, 1)


def fit_line_wrong_16(x, y, rate, size, epochs):
    """No b."""
    w = 0.0
    for _ in range(epochs):
        for start in range(0, len(x), size):
            xs, ys = x[start : start + size], y[start : start + size]
            w -= rate * ((w * xs - ys) * xs).mean()
    return np.array([w, 0.0])


def fit_line_wrong_17(x, y, rate, size, epochs):
    """Takes the product of the means for the mean of the products."""
    w = b = 0.0
    for _ in range(epochs):
        for start in range(0, len(x), size):
            xs, ys = x[start : start + size], y[start : start + size]
            error = w * xs + b - ys
            w, b = w - rate * error.mean() * xs.mean(), b - rate * error.mean()
    return np.array([w, b])


def fit_line_wrong_18(x, y, rate, size, epochs):
    """One epoch too few."""
    w = b = 0.0
    for _ in range(1, epochs):
        for start in range(0, len(x), size):
            xs, ys = x[start : start + size], y[start : start + size]
            error = w * xs + b - ys
            w, b = w - rate * (error * xs).mean(), b - rate * error.mean()
    return np.array([w, b])


def fit_line_wrong_19(x, y, rate, size, epochs):
    """Takes the size of the error and forgets its sign."""
    w = b = 0.0
    for _ in range(epochs):
        for start in range(0, len(x), size):
            xs, ys = x[start : start + size], y[start : start + size]
            error = abs(w * xs + b - ys)
            w, b = w - rate * (error * xs).mean(), b - rate * error.mean()
    return np.array([w, b])


def fit_line_wrong_20(x, y, rate, size, epochs):
    """Adds the derivatives of all batches up and moves once in an epoch."""
    w = b = 0.0
    for _ in range(epochs):
        slope_w = slope_b = 0.0
        for start in range(0, len(x), size):
            xs, ys = x[start : start + size], y[start : start + size]
            error = w * xs + b - ys
            slope_w += (error * xs).mean()
            slope_b += error.mean()
        w, b = w - rate * slope_w, b - rate * slope_b
    return np.array([w, b])


def fit_line_wrong_21(x, y, rate, size, epochs):
    """Divides by the number of all points."""
    w = b = 0.0
    for _ in range(epochs):
        for start in range(0, len(x), size):
            xs, ys = x[start : start + size], y[start : start + size]
            error = w * xs + b - ys
            w, b = w - rate * (error * xs).sum() / len(x), b - rate * error.sum() / len(x)
    return np.array([w, b])


def fit_line_wrong_22(x, y, rate, size, epochs):
    """Keeps the derivatives of the batches before and adds to them."""
    w = b = slope_w = slope_b = 0.0
    for _ in range(epochs):
        for start in range(0, len(x), size):
            xs, ys = x[start : start + size], y[start : start + size]
            error = w * xs + b - ys
            slope_w += (error * xs).mean()
            slope_b += error.mean()
            w, b = w - rate * slope_w, b - rate * slope_b
    return np.array([w, b])


def fit_line_wrong_23(x, y, rate, size, epochs):
    """Fills the last batch up with the first points."""
    w = b = 0.0
    for _ in range(epochs):
        for start in range(0, len(x), size):
            part = np.arange(start, start + size) % len(x)
            error = w * x[part] + b - y[part]
            w, b = w - rate * (error * x[part]).mean(), b - rate * error.mean()
    return np.array([w, b])


def fit_line_wrong_24(x, y, rate, size, epochs):
    """Whole points make whole steps: w and b are kept in an array of the points' kind."""
    line = np.zeros(2, dtype=np.asarray(x).dtype)
    for _ in range(epochs):
        for start in range(0, len(x), size):
            xs, ys = x[start : start + size], y[start : start + size]
            error = line[0] * xs + line[1] - ys
            line[:] = line - rate * np.array([(error * xs).mean(), error.mean()])
    return line


def fit_line_wrong_25(x, y, rate, size, epochs):
    """Learning rate 0.1, whatever rate says."""
    w = b = 0.0
    for _ in range(epochs):
        for start in range(0, len(x), size):
            xs, ys = x[start : start + size], y[start : start + size]
            error = w * xs + b - ys
            w, b = w - 0.1 * (error * xs).mean(), b - 0.1 * error.mean()
    return np.array([w, b])


def fit_line_wrong_26(x, y, rate, size, epochs):
    """Takes size for the number of batches."""
    w = b = 0.0
    length = math.ceil(len(x) / size)
    for _ in range(epochs):
        for start in range(0, len(x), length):
            xs, ys = x[start : start + length], y[start : start + length]
            error = w * xs + b - ys
            w, b = w - rate * (error * xs).mean(), b - rate * error.mean()
    return np.array([w, b])


def fit_line_wrong_27(x, y, rate, size, epochs):
    """Begins at w = 1."""
    w, b = 1.0, 0.0
    for _ in range(epochs):
        for start in range(0, len(x), size):
            xs, ys = x[start : start + size], y[start : start + size]
            error = w * xs + b - ys
            w, b = w - rate * (error * xs).mean(), b - rate * error.mean()
    return np.array([w, b])


def fit_line_wrong_28(x, y, rate, size, epochs):
    """Nearly equal batches, so that the last is not the only small one."""
    w = b = 0.0
    count = math.ceil(len(x) / size)
    for _ in range(epochs):
        for xs, ys in zip(np.array_split(x, count), np.array_split(y, count), strict=True):
            error = w * xs + b - ys
            w, b = w - rate * (error * xs).mean(), b - rate * error.mean()
    return np.array([w, b])


def fit_line_wrong_29(x, y, rate, size, epochs):
    """Sorts the points by x first."""
    order = np.argsort(x)
    x, y = x[order], y[order]
    w = b = 0.0
    for _ in range(epochs):
        for start in range(0, len(x), size):
            xs, ys = x[start : start + size], y[start : start + size]
            error = w * xs + b - ys
            w, b = w - rate * (error * xs).mean(), b - rate * error.mean()
    return np.array([w, b])


def fit_line_wrong_30(x, y, rate, size, epochs):
    """Stops as soon as an epoch has hardly moved w, though b moves on."""
    w = b = 0.0
    for _ in range(epochs):
        before = w
        for start in range(0, len(x), size):
            xs, ys = x[start : start + size], y[start : start + size]
            error = w * xs + b - ys
            w, b = w - rate * (error * xs).mean(), b - rate * error.mean()
        if abs(w - before) < 1e-3:
            break
    return np.array([w, b])


def fit_line_wrong_31(x, y, rate, size, epochs):
    """Returns w and b after each epoch."""
    w = b = 0.0
    way = []
    for _ in range(epochs):
        for start in range(0, len(x), size):
            xs, ys = x[start : start + size], y[start : start + size]
            error = w * xs + b - ys
            w, b = w - rate * (error * xs).mean(), b - rate * error.mean()
        way.append([w, b])
    return np.array(way)


def fit_line_wrong_32(x, y, rate, size, epochs):
    """A learning rate that shrinks with the epochs."""
    w = b = 0.0
    for epoch in range(epochs):
        for start in range(0, len(x), size):
            xs, ys = x[start : start + size], y[start : start + size]
            error = w * xs + b - ys
            w -= rate / (epoch + 1) * (error * xs).mean()
            b -= rate / (epoch + 1) * error.mean()
    return np.array([w, b])


# --- train_by_hand ------------------------------------------------------------------------------------------


def train_by_hand_right_1(network, optimizer, x, y, held, epochs, size, rng):
    loss = CrossEntropyLoss()
    losses = []
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), size):
            chosen = order[start : start + size]
            scores = network.forward(x[chosen], training=True)
            loss.forward(scores, y[chosen])
            network.backward(loss.backward())
            optimizer.step(network.parameters, network.gradients)
        losses.append(loss.forward(network.forward(held[0]), held[1]))
    return losses


def train_by_hand_right_2(network, optimizer, x, y, held, epochs, size, rng):
    """Splits the order into batches; shuffles copies of images and labels."""
    x_held, y_held = held
    losses = np.zeros(epochs)
    for epoch in range(epochs):
        order = rng.permutation(len(x))
        images, labels = x[order], y[order]
        cuts = range(size, len(x), size)
        for some, right in zip(np.split(images, cuts), np.split(labels, cuts), strict=True):
            criterion = CrossEntropyLoss()
            criterion.forward(network.forward(some), right)
            network.backward(criterion.backward())
            optimizer.step(network.parameters, network.gradients)
        losses[epoch] = CrossEntropyLoss().forward(predict(network, x_held), y_held)
    return losses


def train_by_hand_right_3(network, optimizer, x, y, held, epochs, size, rng):
    """Takes one batch after the other from a list that gets shorter; its own cross-entropy."""

    def shares(scores):
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    found = []
    while len(found) < epochs:
        left = list(rng.permutation(len(x)))
        while left:
            chosen, left = left[:size], left[size:]
            grad = shares(network.forward(x[chosen]))
            for row, k in enumerate(chosen):
                grad[row, y[k]] -= 1
            network.backward(grad / len(chosen))
            optimizer.step(network.parameters, network.gradients)
        p = shares(network.forward(held[0]))
        found.append(-np.mean([np.log(p[k, label]) for k, label in enumerate(held[1])]))
    return np.array(found)


def train_by_hand_right_4(network, optimizer, x, y, held, epochs, size, rng):
    """Layer by layer, forward and back; batches counted."""
    loss = CrossEntropyLoss()

    def forward(some):
        for layer in network.layers:
            some = layer.forward(some, training=True)
        return some

    def one_batch(chosen):
        loss.forward(forward(x[chosen]), y[chosen])
        grad = loss.backward()
        for layer in reversed(network.layers):
            grad = layer.backward(grad)
        optimizer.step(network.parameters, network.gradients)

    result = []
    for _ in range(epochs):
        order = rng.permutation(np.arange(len(x)))
        for number in range(math.ceil(len(x) / size)):
            one_batch(order[number * size : (number + 1) * size])
        result.append(loss.forward(forward(held[0]), held[1]))
    return result


def train_by_hand_right_5(network, optimizer, x, y, held, epochs, size, rng):
    """Shuffles the places themselves; the generator draws the same."""
    loss = CrossEntropyLoss()
    result = []
    for _ in range(epochs):
        order = np.arange(len(x))
        rng.shuffle(order)
        at = 0
        while at < len(order):
            some = order[at : at + size]
            loss.forward(network.forward(x[some]), y[some])
            network.backward(loss.backward())
            optimizer.step(network.parameters, network.gradients)
            at += size
        result += [loss.forward(network.forward(held[0]), held[1])]
    return result


def _loop_with(wrong):
    """Return a loop whose body is ``wrong(network, optimizer, loss, x, y, chosen)``."""

    def loop(network, optimizer, x, y, held, epochs, size, rng):
        loss, losses = CrossEntropyLoss(), []
        for _ in range(epochs):
            order = rng.permutation(len(x))
            for start in range(0, len(x), size):
                wrong(network, optimizer, loss, x, y, order[start : start + size])
            losses.append(loss.forward(network.forward(held[0]), held[1]))
        return losses

    return loop


def train_by_hand_wrong_1(network, optimizer, x, y, held, epochs, size, rng):
    """Never shuffles."""
    loss, losses = CrossEntropyLoss(), []
    for _ in range(epochs):
        for start in range(0, len(x), size):
            loss.forward(network.forward(x[start : start + size]), y[start : start + size])
            network.backward(loss.backward())
            optimizer.step(network.parameters, network.gradients)
        losses.append(loss.forward(network.forward(held[0]), held[1]))
    return losses


def train_by_hand_wrong_2(network, optimizer, x, y, held, epochs, size, rng):
    """Shuffles once, before the loops."""
    loss, losses = CrossEntropyLoss(), []
    order = rng.permutation(len(x))
    x, y = x[order], y[order]
    for _ in range(epochs):
        for start in range(0, len(x), size):
            loss.forward(network.forward(x[start : start + size]), y[start : start + size])
            network.backward(loss.backward())
            optimizer.step(network.parameters, network.gradients)
        losses.append(loss.forward(network.forward(held[0]), held[1]))
    return losses


def train_by_hand_wrong_3(network, optimizer, x, y, held, epochs, size, rng):
    """Leaves the last, smaller batch out."""
    loss, losses = CrossEntropyLoss(), []
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for number in range(len(x) // size):
            chosen = order[number * size : (number + 1) * size]
            loss.forward(network.forward(x[chosen]), y[chosen])
            network.backward(loss.backward())
            optimizer.step(network.parameters, network.gradients)
        losses.append(loss.forward(network.forward(held[0]), held[1]))
    return losses


def train_by_hand_wrong_4(network, optimizer, x, y, held, epochs, size, rng):
    """Steps before it has gone back."""

    def body(network, optimizer, loss, x, y, chosen):
        loss.forward(network.forward(x[chosen]), y[chosen])
        optimizer.step(network.parameters, network.gradients)
        network.backward(loss.backward())

    return _loop_with(body)(network, optimizer, x, y, held, epochs, size, rng)


def train_by_hand_wrong_5(network, optimizer, x, y, held, epochs, size, rng):
    """Forgets the step."""

    def body(network, optimizer, loss, x, y, chosen):
        loss.forward(network.forward(x[chosen]), y[chosen])
        network.backward(loss.backward())

    return _loop_with(body)(network, optimizer, x, y, held, epochs, size, rng)


def train_by_hand_wrong_6(network, optimizer, x, y, held, epochs, size, rng):
    """Measures on the images that it has learned from."""
    loss, losses = CrossEntropyLoss(), []
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), size):
            chosen = order[start : start + size]
            loss.forward(network.forward(x[chosen]), y[chosen])
            network.backward(loss.backward())
            optimizer.step(network.parameters, network.gradients)
        losses.append(loss.forward(network.forward(x), y))
    return losses


def train_by_hand_wrong_7(network, optimizer, x, y, held, epochs, size, rng):
    """Learns from the held-back images at the end of each epoch."""
    loss, losses = CrossEntropyLoss(), []
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), size):
            chosen = order[start : start + size]
            loss.forward(network.forward(x[chosen]), y[chosen])
            network.backward(loss.backward())
            optimizer.step(network.parameters, network.gradients)
        losses.append(loss.forward(network.forward(held[0]), held[1]))
        network.backward(loss.backward())
        optimizer.step(network.parameters, network.gradients)
    return losses


def train_by_hand_wrong_8(network, optimizer, x, y, held, epochs, size, rng):
    """Shuffles the images, and not their labels."""
    loss, losses = CrossEntropyLoss(), []
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), size):
            chosen = order[start : start + size]
            loss.forward(network.forward(x[chosen]), y[start : start + size])
            network.backward(loss.backward())
            optimizer.step(network.parameters, network.gradients)
        losses.append(loss.forward(network.forward(held[0]), held[1]))
    return losses


def train_by_hand_wrong_9(network, optimizer, x, y, held, epochs, size, rng):
    """Never sets the sum of gradients to zero within an epoch."""
    loss, losses = CrossEntropyLoss(), []
    for _ in range(epochs):
        order, total = rng.permutation(len(x)), 0
        for start in range(0, len(x), size):
            chosen = order[start : start + size]
            loss.forward(network.forward(x[chosen]), y[chosen])
            network.backward(loss.backward())
            total = total + network.gradients.copy()
            optimizer.step(network.parameters, total)
        losses.append(loss.forward(network.forward(held[0]), held[1]))
    return losses


def train_by_hand_wrong_10(network, optimizer, x, y, held, epochs, size, rng):
    """Has the four moves outside the inner loop."""
    loss, losses = CrossEntropyLoss(), []
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), size):
            chosen = order[start : start + size]
        loss.forward(network.forward(x[chosen]), y[chosen])
        network.backward(loss.backward())
        optimizer.step(network.parameters, network.gradients)
        losses.append(loss.forward(network.forward(held[0]), held[1]))
    return losses


def train_by_hand_wrong_11(network, optimizer, x, y, held, epochs, size, rng):
    """Measures inside the loop over batches."""
    loss, losses = CrossEntropyLoss(), []
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), size):
            chosen = order[start : start + size]
            loss.forward(network.forward(x[chosen]), y[chosen])
            network.backward(loss.backward())
            optimizer.step(network.parameters, network.gradients)
            losses.append(loss.forward(network.forward(held[0]), held[1]))
    return losses


def train_by_hand_wrong_12(network, optimizer, x, y, held, epochs, size, rng):
    """Draws a batch at random, as often as there are batches: some images twice, others never."""
    loss, losses = CrossEntropyLoss(), []
    for _ in range(epochs):
        for _ in range(math.ceil(len(x) / size)):
            chosen = rng.choice(len(x), size)
            loss.forward(network.forward(x[chosen]), y[chosen])
            network.backward(loss.backward())
            optimizer.step(network.parameters, network.gradients)
        losses.append(loss.forward(network.forward(held[0]), held[1]))
    return losses


def train_by_hand_wrong_13(network, optimizer, x, y, held, epochs, size, rng):
    """Returns after the first epoch: a return too far to the right."""
    loss, losses = CrossEntropyLoss(), []
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), size):
            chosen = order[start : start + size]
            loss.forward(network.forward(x[chosen]), y[chosen])
            network.backward(loss.backward())
            optimizer.step(network.parameters, network.gradients)
        losses.append(loss.forward(network.forward(held[0]), held[1]))
        return losses


def train_by_hand_wrong_14(network, optimizer, x, y, held, epochs, size, rng):
    """Hands the loss itself back, and not its gradient."""

    def body(network, optimizer, loss, x, y, chosen):
        value = loss.forward(network.forward(x[chosen]), y[chosen])
        network.backward(np.full((len(chosen), 3), value))
        optimizer.step(network.parameters, network.gradients)

    return _loop_with(body)(network, optimizer, x, y, held, epochs, size, rng)


def train_by_hand_wrong_15(network, optimizer, x, y, held, epochs, size, rng):
    """Leaves it to fit."""
    history = fit(
        network,
        x,
        y,
        loss=CrossEntropyLoss(),
        optimizer=optimizer,
        epochs=epochs,
        batch_size=size,
        rng=rng,
        validation=held,
    )
    return history.validation_loss


def train_by_hand_wrong_16(network, optimizer, x, y, held, epochs, size, rng):
    """Uses train_step for the four moves."""
    losses = []
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), size):
            chosen = order[start : start + size]
            train_step(network, CrossEntropyLoss(), optimizer, x[chosen], y[chosen])
        losses.append(CrossEntropyLoss().forward(network.forward(held[0]), held[1]))
    return losses


def train_by_hand_wrong_17(network, optimizer, x, y, held, epochs, size, rng):
    """Shuffles the images in place."""
    loss, losses = CrossEntropyLoss(), []
    for _ in range(epochs):
        rng.shuffle(x)
        for start in range(0, len(x), size):
            loss.forward(network.forward(x[start : start + size]), y[start : start + size])
            network.backward(loss.backward())
            optimizer.step(network.parameters, network.gradients)
        losses.append(loss.forward(network.forward(held[0]), held[1]))
    return losses


def train_by_hand_wrong_18(network, optimizer, x, y, held, epochs, size, rng):
    """Leaves the loop over batches after the second one."""
    loss, losses = CrossEntropyLoss(), []
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), size):
            chosen = order[start : start + size]
            loss.forward(network.forward(x[chosen]), y[chosen])
            network.backward(loss.backward())
            optimizer.step(network.parameters, network.gradients)
            if start >= size:
                break
        losses.append(loss.forward(network.forward(held[0]), held[1]))
    return losses
