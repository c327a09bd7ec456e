"""Learners' answers to lesson 15, right and wrong: an image moved, and weights for shuffled pixels."""

import contextlib

import numpy as np


def move_right_1(image, down, right):
    h, w = image.shape
    out = np.zeros((h, w))
    for r in range(h):
        for c in range(w):
            if 0 <= r - down < h and 0 <= c - right < w:
                out[r, c] = image[r - down, c - right]
    return out


def move_right_2(image, down, right):
    h, w = image.shape
    out = np.zeros_like(image)
    if abs(down) >= h or abs(right) >= w:
        return out
    out[max(down, 0) : h + min(down, 0), max(right, 0) : w + min(right, 0)] = image[
        max(-down, 0) : h + min(-down, 0), max(-right, 0) : w + min(-right, 0)
    ]
    return out


def move_right_3(image, down, right):
    h, w = image.shape
    y, x = abs(down), abs(right)
    wide = np.pad(image, ((y, y), (x, x)))
    return wide[y - down : y - down + h, x - right : x - right + w]


def move_right_4(image, down, right):
    out = np.roll(image, (down, right), axis=(0, 1))
    if down > 0:
        out[:down] = 0
    elif down < 0:
        out[down:] = 0
    if right > 0:
        out[:, :right] = 0
    elif right < 0:
        out[:, right:] = 0
    return out


def move_right_5(image, down, right):
    h, w = image.shape
    return np.eye(h, k=-down) @ image @ np.eye(w, k=right)


def move_right_6(image, down, right):
    def along(rows, by):
        n = len(rows)
        empty = [0] * len(rows[0])
        return [rows[i - by] if 0 <= i - by < n else empty for i in range(n)]

    rows = along(image.tolist(), down)
    columns = along([list(column) for column in zip(*rows, strict=False)], right)
    return np.array(list(zip(*columns, strict=False)))


def move_right_7(image, down, right):
    if down == 0 and right == 0:
        return image
    step_down, step_right = int(np.sign(down)), int(np.sign(right))
    out = np.pad(image, 1)
    out = out[1 - step_down :, 1 - step_right :][: image.shape[0], : image.shape[1]]
    return move_right_7(out, down - step_down, right - step_right)


def move_right_8(image, down, right):
    h, w = image.shape
    rows, columns = np.arange(h) - down, np.arange(w) - right
    fits = ((rows >= 0) & (rows < h))[:, None] & ((columns >= 0) & (columns < w))
    taken = image[rows.clip(0, h - 1)][:, columns.clip(0, w - 1)]
    return np.where(fits, taken, 0).astype(np.float32)


def move_right_9(image, down, right):
    out = image * 0.0
    for (r, c), value in np.ndenumerate(image):
        if r + down in range(image.shape[0]) and c + right in range(image.shape[1]):
            out[r + down][c + right] = value
    return out


def move_right_10(image, down, right):
    h, w = len(image), len(image[0])
    sheet = [[0.0 for _ in range(w)] for _ in range(h)]
    for r in range(max(0, down), min(h, h + down)):
        for c in range(max(0, right), min(w, w + right)):
            sheet[r][c] = float(image[r][c - right] if down == 0 else image[r - down][c - right])
    return sheet


def move_right_11(image, down, right):
    pixels = {(r + down, c + right): value for (r, c), value in np.ndenumerate(image)}
    h, w = image.shape
    return np.array([[pixels.get((r, c), 0) for c in range(w)] for r in range(h)])


def move_wrong_1(image, down, right):
    """What leaves on one side comes in on the other."""
    return np.roll(image, (down, right), axis=(0, 1))


def move_wrong_2(image, down, right):
    """Moves up and to the left."""
    return move_right_1(image, -down, -right)


def move_wrong_3(image, down, right):
    """Confuses down and right."""
    return move_right_1(image, right, down)


def move_wrong_4(image, down, right):
    """Takes the size of a move, not its sign."""
    return move_right_1(image, abs(down), abs(right))


def move_wrong_5(image, down, right):
    """Does nothing for negative moves."""
    return move_right_1(image, max(down, 0), max(right, 0))


def move_wrong_6(image, down, right):
    """Repeats the edge where nothing moves in."""
    h, w = image.shape
    rows = (np.arange(h) - down).clip(0, h - 1)
    columns = (np.arange(w) - right).clip(0, w - 1)
    return image[rows][:, columns]


def move_wrong_7(image, down, right):
    """Writes with indices that are negative above and left: they count from the end."""
    out = np.zeros(image.shape)
    for r in range(image.shape[0]):
        for c in range(image.shape[1]):
            with contextlib.suppress(IndexError):
                out[r + down, c + right] = image[r, c]
    return out


def move_wrong_8(image, down, right):
    """Reads with indices that are negative above and left: they count from the end."""
    out = np.zeros(image.shape)
    for r in range(image.shape[0]):
        for c in range(image.shape[1]):
            if r - down < image.shape[0] and c - right < image.shape[1]:
                try:
                    out[r, c] = image[r - down, c - right]
                except IndexError:
                    out[r, c] = 0
    return out


def move_wrong_9(image, down, right):
    """For a move farther than the sheet, h - down is below 0 and counts from the end."""
    h, w = image.shape
    out = np.zeros((h, w))
    for r, row in enumerate(image[: h - down] if down >= 0 else image[-down:]):
        for c, value in enumerate(row[: w - right] if right >= 0 else row[-right:]):
            out[max(down, 0) + r, max(right, 0) + c] = value
    return out


def move_wrong_10(image, down, right):
    """Moves farther than the sheet are taken modulo its size."""
    h, w = image.shape
    return move_right_1(image, int(np.fmod(down, h)), int(np.fmod(right, w)))


def move_wrong_11(image, down, right):
    """Takes the number of rows for both sides."""
    h, w = image.shape
    out = np.zeros((h, w))
    for r in range(h):
        for c in range(min(h, w)):
            if 0 <= r - down < h and 0 <= c - right < min(h, w):
                out[r, c] = image[r - down, c - right]
    return out


def move_wrong_12(image, down, right):
    """Always makes a sheet of 8 by 8."""
    out = np.zeros((8, 8))
    for r in range(8):
        for c in range(8):
            if 0 <= r - down < image.shape[0] and 0 <= c - right < image.shape[1]:
                out[r, c] = image[r - down, c - right]
    return out


def move_wrong_13(image, down, right):
    """An array of whole numbers collects the grays and cuts them."""
    out = np.zeros(image.shape, dtype=int)
    moved = move_right_1(image, down, right)
    out[:] = moved
    return out


def move_wrong_14(image, down, right):
    """The sheet grows, so that nothing is lost."""
    vertical = (max(down, 0), max(-down, 0))
    horizontal = (max(right, 0), max(-right, 0))
    return np.pad(image, (vertical, horizontal))


def move_wrong_15(image, down, right):
    """The old ink stays where nothing moves in."""
    h, w = image.shape
    out = image.copy()
    for r in range(h):
        for c in range(w):
            if 0 <= r - down < h and 0 <= c - right < w:
                out[r, c] = image[r - down, c - right]
    return out


def move_wrong_16(image, down, right):
    """Reads from the image it is writing to: ink smears over the sheet."""
    h, w = image.shape
    out = image.copy()
    for r in range(h):
        for c in range(w):
            inside = 0 <= r - down < h and 0 <= c - right < w
            out[r, c] = out[r - down, c - right] if inside else 0
    return out


def move_wrong_17(image, down, right):
    """Moves less rather than let ink leave the sheet."""
    rows, columns = np.nonzero(image)
    if len(rows):
        h, w = image.shape
        down = int(np.clip(down, -rows.min(), h - 1 - rows.max()))
        right = int(np.clip(right, -columns.min(), w - 1 - columns.max()))
    return move_right_1(image, down, right)


def move_wrong_18(image, down, right):
    """Moves one pixel too far."""
    return move_right_1(image, down + int(np.sign(down)), right + int(np.sign(right)))


def move_wrong_19(image, down, right):
    """Moves by one pixel, however far it should be."""
    return move_right_1(image, int(np.sign(down)), int(np.sign(right)))


def move_wrong_20(image, down, right):
    """Moves only up and down."""
    return move_right_1(image, down, 0)


def move_wrong_21(image, down, right):
    """Moves only to the sides."""
    return move_right_1(image, 0, right)


def move_wrong_22(image, down, right):
    """Moves only if both moves differ from 0."""
    return move_right_1(image, down, right) if down and right else image


def move_wrong_23(image, down, right):
    """Fills with 1 where nothing moves in."""
    ones = move_right_1(np.ones(image.shape), down, right)
    return np.where(ones > 0, move_right_1(image, down, right), 1)


def move_wrong_24(image, down, right):
    """Fills with the first pixel of the image."""
    ones = move_right_1(np.ones(image.shape), down, right)
    return np.where(ones > 0, move_right_1(image, down, right), image[0, 0])


def move_wrong_25(image, down, right):
    """Keeps only values above 0."""
    return np.maximum(move_right_1(image, down, right), 0)


def move_wrong_26(image, down, right):
    """Loses the first row and the first column: asks for an index above 0."""
    h, w = image.shape
    out = np.zeros((h, w))
    for r in range(h):
        for c in range(w):
            if 0 < r - down < h and 0 < c - right < w:
                out[r, c] = image[r - down, c - right]
    return out


def move_wrong_27(image, down, right):
    """Loses the last row and the last column."""
    h, w = image.shape
    out = np.zeros((h, w))
    for r in range(h - 1):
        for c in range(w - 1):
            if 0 <= r + down < h and 0 <= c + right < w:
                out[r + down, c + right] = image[r, c]
    return out


def move_wrong_28(image, down, right):
    """Changes its argument."""
    image[:] = move_right_1(image, down, right)
    return image


def move_wrong_29(image, down, right):
    """Every ink becomes full ink."""
    return (move_right_1(image, down, right) != 0).astype(float)


def move_wrong_30(image, down, right):
    """Slices with minus the move: empty for a move of 0."""
    out = np.zeros(image.shape)
    if down >= 0 and right >= 0:
        out[down:, right:] = image[:-down, :-right]
    elif down < 0 and right < 0:
        out[:down, :right] = image[-down:, -right:]
    elif down >= 0:
        out[down:, :right] = image[:-down, -right:]
    else:
        out[:down, right:] = image[-down:, :-right]
    return out


def move_wrong_31(image, down, right):
    """Reflects what leaves back into the sheet."""
    h, w = image.shape
    rows = np.pad(np.arange(h), abs(down), mode="symmetric")
    columns = np.pad(np.arange(w), abs(right), mode="symmetric")
    rows = rows[abs(down) - down : abs(down) - down + h]
    columns = columns[abs(right) - right : abs(right) - right + w]
    return image[rows][:, columns]


def move_wrong_32(image, down, right):
    """Moves each row and column along the flat list of pixels, into the next row."""
    flat = image.ravel()
    by = down * image.shape[1] + right
    out = np.zeros(flat.size)
    for i in range(flat.size):
        if 0 <= i - by < flat.size:
            out[i] = flat[i - by]
    return out.reshape(image.shape)


def move_wrong_33(image, down, right):
    """Takes down for up: the rows were to be counted from the bottom."""
    return move_right_1(image, -down, right)


def move_wrong_34(image, down, right):
    """Returns a transposed image."""
    return move_right_1(image, down, right).T


def move_wrong_35(image, down, right):
    """Moves farther than the sheet stop at its edge, with one row or column left."""
    h, w = image.shape
    return move_right_1(image, int(np.clip(down, 1 - h, h - 1)), int(np.clip(right, 1 - w, w - 1)))


def move_wrong_36(image, down, right):
    """Cuts out the part that stays and does not put it on a sheet."""
    h, w = image.shape
    return image[max(-down, 0) : max(h - down, 0), max(-right, 0) : max(w - right, 0)]


def move_wrong_37(image, down, right):
    """Rounds the grays to two digits."""
    return np.round(move_right_1(image, down, right), 2)


def reorder_right_1(weight, order):
    return weight[:, order]


def reorder_right_2(weight, order):
    out = np.zeros(weight.shape)
    for neuron in range(weight.shape[0]):
        for place in range(len(order)):
            out[neuron, place] = weight[neuron, order[place]]
    return out


def reorder_right_3(weight, order):
    shuffle = np.eye(len(order))[order]  # shuffle @ x is x[order]
    return weight @ shuffle.T


def reorder_right_4(weight, order):
    out = np.empty_like(weight)
    out[:, np.argsort(order)] = weight
    return out


def reorder_right_5(weight, order):
    return np.take(weight, order, axis=1).astype(np.float32)


def reorder_right_6(weight, order):
    return np.array([[row[k] for k in order] for row in weight.tolist()])


def reorder_right_7(weight, order):
    return weight.T[order].T


def reorder_right_8(weight, order):
    shuffle = np.zeros((len(order), len(order)))
    for place, pixel in enumerate(order):
        shuffle[place, pixel] = 1
    return np.linalg.solve(shuffle.T, weight.T).T


def reorder_right_9(weight, order):
    where = {int(pixel): place for place, pixel in enumerate(order)}
    columns = [None] * len(order)
    for pixel in range(len(order)):
        columns[where[pixel]] = weight[:, pixel]
    return np.stack(columns, axis=1)


def reorder_wrong_1(weight, order):
    """Reorders the wrong way around: by the inverse."""
    return weight[:, np.argsort(order)]


def reorder_wrong_2(weight, order):
    """Puts column i to the place order[i]: the inverse again."""
    out = np.zeros(weight.shape)
    for i in range(len(order)):
        out[:, order[i]] = weight[:, i]
    return out


def reorder_wrong_3(weight, order):
    """Reorders the rows."""
    return weight[order % len(weight)][: len(weight)]


def reorder_wrong_4(weight, order):
    """Reorders the rows as given, which fails for fewer neurons than pixels."""
    return weight[order]


def reorder_wrong_5(weight, order):
    """Leaves the weights as they are."""
    return weight


def reorder_wrong_6(weight, order):
    """Turns the columns around."""
    return weight[:, ::-1]


def reorder_wrong_7(weight, order):
    """Transposed."""
    return weight[:, order].T


def reorder_wrong_8(weight, order):
    """Reads from the columns it has already written."""
    out = weight.copy()
    for place in range(len(order)):
        out[:, place] = out[:, order[place]]
    return out


def reorder_wrong_9(weight, order):
    """Swaps pairs of columns one after the other."""
    out = weight.copy()
    for a, b in enumerate(order):
        out[:, [a, b]] = out[:, [b, a]]
    return out


def reorder_wrong_10(weight, order):
    """An array of whole numbers cuts the weights."""
    out = np.zeros(weight.shape, dtype=int)
    for place in range(len(order)):
        out[:, place] = weight[:, order[place]]
    return out


def reorder_wrong_11(weight, order):
    """Only the first neuron."""
    return weight[0][order]


def reorder_wrong_12(weight, order):
    """Reorders the first neuron and leaves the others."""
    out = weight.copy()
    out[0] = out[0][order]
    return out


def reorder_wrong_13(weight, order):
    """Reorders twice."""
    return weight[:, order][:, order]


def reorder_wrong_14(weight, order):
    """Takes the order from back to front."""
    return weight[:, order[::-1]]


def reorder_wrong_15(weight, order):
    """Takes the pixels to be counted from 1."""
    return weight[:, np.asarray(order) - 1]


def reorder_wrong_16(weight, order):
    """Reorders the flat list of weights, so only the first row."""
    flat = weight.ravel().copy()
    flat[: len(order)] = flat[order]
    return flat.reshape(weight.shape)[:, ::1] if len(weight) > 1 else weight


def reorder_wrong_17(weight, order):
    """Always 64 pixels."""
    out = np.zeros((len(weight), 64))
    out[:, : len(order)] = weight[:, order]
    return out


def reorder_wrong_18(weight, order):
    """Returns the order that undoes the shuffle."""
    return np.argsort(order)


def reorder_wrong_19(weight, order):
    """Changes its argument."""
    weight[:] = weight[:, order]
    return weight


def reorder_wrong_20(weight, order):
    """Sorts the weights of each neuron."""
    return np.sort(weight, axis=1)


def reorder_wrong_21(weight, order):
    """Reorders rows and columns."""
    rows = np.argsort(np.asarray(order)[: len(weight)])
    return weight[rows][:, order]


def reorder_wrong_22(weight, order):
    """Multiplies with the order."""
    return weight * np.asarray(order)


def reorder_wrong_23(weight, order):
    """Multiplies with the shuffle from the wrong side, transposed: the inverse."""
    return weight @ np.eye(len(order))[order]


def reorder_wrong_24(weight, order):
    """Rounds the weights to two digits."""
    return np.round(weight[:, order], 2)


def reorder_wrong_25(weight, order):
    """Leaves the last pixel where it was."""
    out = weight.copy()
    for place in range(len(order) - 1):
        out[:, place] = weight[:, order[place]]
    return out


def reorder_wrong_26(weight, order):
    """Returns what the layer would compute for an image of ones."""
    return weight[:, order] @ np.ones(len(order))


def reorder_wrong_27(weight, order):
    """Takes as many columns as there are neurons."""
    return weight[:, order[: len(weight)]]


def reorder_wrong_28(weight, order):
    """Moves all columns by the first number of the order."""
    return np.roll(weight, -int(order[0]), axis=1)


def reorder_wrong_29(weight, order):
    """Takes the size of each weight, not its sign."""
    return np.abs(weight)[:, order]
