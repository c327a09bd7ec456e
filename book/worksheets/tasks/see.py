"""Tasks of part I, lessons 00 to 08: from a filter on a patch to two votes."""

import numpy as np

from book.worksheets.model import Question, boxes, empty, flat, grids, rows, signed, task, text, written
from cnnlab import nn, ops
from cnnlab.nn import receptive

FALLING = np.array([[1, -1, -1], [-1, 1, -1], [-1, -1, 1]])
CROSSING = np.array([[1, -1, 1], [-1, 1, -1], [1, -1, 1]])
RISING = FALLING[:, ::-1]
# Where the list of twelve numbers is 1 in the course's X and in its O, counted from 1.
HIGH_IN_X, HIGH_IN_O = (1, 4, 5, 10, 11), (2, 3, 9, 12)
SOBEL_X = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
SOBEL_Y = np.array([[1, 2, 1], [0, 0, 0], [-1, -2, -1]])


def signs(rng, *shape):
    """Return an array of 1 and −1."""
    return rng.choice([-1, 1], shape)


def whole(rng, low, high, *shape):
    """Return an array of whole numbers from ``low`` to ``high``."""
    return rng.integers(low, high + 1, shape)


def sum_of(left, right):
    """Return a sum of products, written out."""
    terms = [f"{signed(a)} · {signed(b)}" for a, b in zip(np.ravel(left), np.ravel(right), strict=True)]
    return " + ".join(terms)


def is_dull(*maps):
    """Say whether one of some maps holds the same number everywhere, or next to nothing but zeros."""
    return any(len(np.unique(one)) == 1 or np.count_nonzero(one) < np.size(one) / 2 for one in maps)


# --- 00 Start here


@task(0, 1, "Which filter fits?")
def which_filter(rng):
    """Find the filter that a patch looks like."""
    patch = signs(rng, 3, 3)
    filters = np.array([FALLING, CROSSING, RISING])
    sums = ops.conv2d(patch[None, None], filters[:, None])[0, :, 0, 0]
    if (sums == sums.max()).sum() > 1 or sums.max() < 3:
        return None
    return Question(
        [
            text(
                "Ink is 1, paper is −1. Lay each filter on the patch, multiply each weight by the pixel "
                "beneath it, and add the nine products. Which filter fits best?"
            ),
            grids(patch=rows(patch), filter_1=rows(FALLING), filter_2=rows(CROSSING), filter_3=rows(RISING)),
            boxes("sum with filter 1", "with filter 2", "with filter 3"),
            boxes("number of the filter that fits best"),
        ],
        [*flat(sums), str(int(sums.argmax()) + 1)],
    )


@task(0, 2, "A sum of four products")
def four_products(rng):
    """Multiply what stands at the same place, and add."""
    left, right = whole(rng, -4, 5, 2, 2), whole(rng, -4, 5, 2, 2)
    if np.count_nonzero(left) < 4 or np.count_nonzero(right) < 3:
        return None
    return Question(
        [
            text("Multiply the numbers that stand at the same place, and add the four products."),
            grids(pixels=rows(left), weights=rows(right)),
            boxes("sum"),
        ],
        flat(ops.correlate2d(left, right)),
        f"{sum_of(left, right)}",
    )


@task(0, 3, "ReLU, then pooling")
def relu_then_pooling(rng):
    """Make negative numbers 0, keep the largest of each window."""
    numbers = whole(rng, -9, 9, 2, 4)
    bent = ops.relu(numbers)
    if not 2 <= (numbers < 0).sum() <= 5 or (numbers == 0).any():
        return None
    pooled = ops.max_pool2d(bent, 2)
    if pooled[0, 0] == pooled[0, 1] or (pooled == 0).any():
        return None
    return Question(
        [
            text(
                "ReLU makes negative numbers 0. Pooling then keeps the largest number of each 2 × 2 window; "
                "two windows lie side by side."
            ),
            {
                "grids": [
                    {"caption": "map", "rows": rows(numbers)},
                    {"caption": "after ReLU", "rows": empty((2, 4))},
                    {"caption": "after pooling", "rows": empty((1, 2))},
                ]
            },
        ],
        [*flat(bent), *flat(pooled)],
    )


def votes_of(numbers):
    """Return the votes for X and for O of a list of twelve numbers."""
    weight = np.zeros((2, 12))
    weight[0, np.array(HIGH_IN_X) - 1] = 1 / 5
    weight[1, np.array(HIGH_IN_O) - 1] = 1 / 4
    return ops.dense(numbers, weight)


def places(numbers):
    """Return places as a list in words: "1, 4 and 5"."""
    return f"{', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"


@task(0, 4, "Two votes")
def two_votes(rng):
    """Take the means of a list at the places of X and of O."""
    numbers = whole(rng, 0, 9, 12)
    votes = votes_of(numbers)
    if abs(votes[0] - votes[1]) < 0.5:
        return None
    return Question(
        [
            text(
                f"The vote for X is the mean of numbers {places(HIGH_IN_X)} of the list, the vote for O the "
                f"mean of numbers {places(HIGH_IN_O)}, counted from 1. The larger vote wins. Write the "
                "votes as whole numbers or fractions."
            ),
            grids(list=rows(numbers)),
            boxes("vote for X", "vote for O", "winner"),
        ],
        [*flat(votes), "XO"[votes.argmax()]],
    )


# --- 01 Images are numbers


@task(1, 1, "A layer: W x + b")
def layer(rng):
    """Multiply a matrix by a vector, and add a bias."""
    weight, x, bias = whole(rng, -3, 4, 2, 3), whole(rng, -4, 5, 3), whole(rng, -5, 5, 2)
    if np.count_nonzero(weight) < 5 or np.count_nonzero(x) < 3 or np.count_nonzero(bias) < 2:
        return None
    return Question(
        [
            text("Two neurons look at three numbers. Work out z = W x + b."),
            grids(W=rows(weight), x=rows(x[:, None]), b=rows(bias[:, None]), z=empty((2, 1))),
        ],
        flat(ops.dense(x, weight, bias)),
        "; ".join(f"{sum_of(row, x)} + {signed(b)}" for row, b in zip(weight, bias, strict=True)),
    )


@task(1, 2, "Matrix times matrix")
def matrix_product(rng):
    """Let two neurons look at two pictures."""
    weight, pictures = whole(rng, -3, 3, 2, 3), whole(rng, -3, 5, 3, 2)
    if np.count_nonzero(weight) < 5 or np.count_nonzero(pictures) < 5:
        return None
    product = ops.dense(pictures.T, weight).T
    if is_dull(product):
        return None
    return Question(
        [
            text("Each row of W is a neuron, each column of X a picture. Work out the matrix product W X."),
            grids(W=rows(weight), X=rows(pictures), W_X=empty((2, 2))),
        ],
        flat(product),
    )


@task(1, 3, "What a dense layer has to learn", space=10)
def dense_parameters(rng):
    """Count weights and biases."""
    height, width, channels, neurons = (
        int(one) for one in (*whole(rng, 2, 6, 2), rng.choice([1, 3]), rng.integers(2, 6))
    )
    weights = ops.flatten(np.zeros((1, channels, height, width))).shape[1] * neurons
    return Question(
        [
            text(
                f"A picture of {height} × {width} pixels with {channels} channel{'s' * (channels > 1)} goes "
                f"into a dense layer of {neurons} neurons, each with a bias. How many weights does the "
                "layer have, how many biases, and how many parameters altogether?"
            ),
            boxes("weights", "biases", "parameters"),
        ],
        flat([weights, neurons, weights + neurons]),
        f"{height} · {width} · {channels} · {neurons} weights, and one bias for each neuron",
    )


@task(1, 4, "Compare pixel by pixel", space=8)
def compare(rng):
    """Count the pixels in which two pictures agree."""
    left = signs(rng, 4, 4)
    right = np.where(rng.random((4, 4)) < 0.3, -left, left)
    agree = int((left == right).sum())
    if not 8 <= agree <= 14:
        return None
    return Question(
        [
            text(
                "Ink is 1, paper is −1. In how many pixels do the two pictures agree, and in how many do "
                "they differ? What does a neuron say to picture B whose weights are picture A, with bias 0?"
            ),
            grids(A=rows(left), B=rows(right)),
            boxes("agree", "differ", "the neuron's sum"),
        ],
        flat([agree, 16 - agree, ops.dense(right.ravel(), left.reshape(1, -1))[0]]),
        f"each pixel that agrees adds 1, every other takes 1 away: {agree} − {16 - agree}",
    )


# --- 02 Slide a filter


@task(2, 1, "One place", space=8)
def one_place(rng):
    """Line up, multiply, add, divide."""
    patch, kernel = signs(rng, 3, 3), signs(rng, 3, 3)
    total = int(ops.correlate2d(patch, kernel)[0, 0])
    if abs(total) == 9 or abs(kernel.sum()) == 9:
        return None
    agree = (9 + total) // 2
    return Question(
        [
            text(
                "Line up the filter with the patch, multiply, add the nine products, and divide by nine. "
                "Write the result as a fraction in lowest terms."
            ),
            grids(patch=rows(patch), filter=rows(kernel)),
            boxes("sum of the products", "result"),
        ],
        [written(total), *flat(ops.correlate2d(patch, kernel, normalize=True))],
        f"{agree} agree and {9 - agree} do not: {agree} − {9 - agree} = {written(total)}",
    )


@task(2, 2, "A feature map")
def feature_map(rng):
    """Slide a small filter over a small image."""
    image, kernel = whole(rng, 0, 4, 4, 4), whole(rng, -2, 2, 2, 2)
    result = ops.correlate2d(image, kernel)
    if np.count_nonzero(kernel) < 3 or is_dull(result) or len(np.unique(result)) < 4:
        return None
    return Question(
        [
            text("Slide the filter over the image and write down the whole feature map. Do not divide."),
            grids(image=rows(image), filter=rows(kernel), map=empty(result.shape)),
        ],
        flat(result),
        f"row 1, column 1: {sum_of(image[:2, :2], kernel)} = {written(result[0, 0])}",
    )


@task(2, 3, "A map in ninths", space=8)
def map_in_ninths(rng):
    """Slide a filter of ink and paper over a small drawing."""
    image = signs(rng, 5, 5)
    kernel = [FALLING, CROSSING, RISING][rng.integers(3)]
    result = ops.correlate2d(image, kernel)
    if len(np.unique(result)) < 4:
        return None
    return Question(
        [
            text(
                "Slide the filter over the drawing. Write each result in ninths: the sum of the nine "
                "products alone (7 for 7/9). At which row and column of the map, counted from 1, does the "
                "filter fit best? If there are several, write the first, row by row."
            ),
            grids(drawing=rows(image), filter=rows(kernel), map_in_ninths=empty(result.shape)),
            boxes("row", "column"),
        ],
        [*flat(result), *flat(np.array(np.unravel_index(result.argmax(), result.shape)) + 1)],
    )


@task(2, 4, "Find the misprint", space=10)
def misprint(rng):
    """Find the number of a printed map that is wrong."""
    image, kernel = whole(rng, 0, 5, 4, 4), whole(rng, -1, 2, 2, 2)
    result = ops.correlate2d(image, kernel)
    if np.count_nonzero(kernel) < 3 or is_dull(result):
        return None
    row, column = (int(one) for one in rng.integers(3, size=2))
    printed = result.copy()
    printed[row, column] += rng.choice([-3, -2, 2, 3])
    return Question(
        [
            text(
                "One number of the printed map is wrong. In which row and which column does it stand, "
                "counted from 1, and which number is right? (Nothing was divided.)"
            ),
            grids(image=rows(image), filter=rows(kernel), printed_map=rows(printed)),
            boxes("row", "column", "right number"),
        ],
        flat([row + 1, column + 1, result[row, column]]),
        f"{sum_of(image[row : row + 2, column : column + 2], kernel)} = {written(result[row, column])}",
    )


@task(2, 5, "Turn the filter")
def turn_the_filter(rng):
    """Compare cross-correlation and convolution at a single place."""
    patch, kernel = whole(rng, 0, 5, 2, 2), whole(rng, -3, 3, 2, 2)
    along, turned = ops.correlate2d(patch, kernel)[0, 0], ops.convolve2d(patch, kernel)[0, 0]
    if along == turned or np.count_nonzero(kernel) < 3 or np.count_nonzero(patch) < 4:
        return None
    return Question(
        [
            text(
                "Lay the filter on the patch as it is: that is cross-correlation. Then turn the filter by "
                "180° first: that is convolution. Do not divide."
            ),
            grids(patch=rows(patch), filter=rows(kernel), filter_turned=empty((2, 2))),
            boxes("cross-correlation", "convolution"),
        ],
        flat([*kernel[::-1, ::-1].ravel(), along, turned]),
        f"{sum_of(patch, kernel)}; {sum_of(patch, kernel[::-1, ::-1])}",
    )


# --- 03 Stride, pad and stack channels


@task(3, 1, "The size of a map")
def map_size(rng):
    """Use the formula with stride, padding and dilation."""
    size, kernel = int(rng.integers(7, 41)), int(rng.integers(2, 6))
    stride, padding, dilation = (
        int(one) for one in (rng.integers(1, 5), rng.integers(0, 4), rng.integers(1, 4))
    )
    if (
        padding >= kernel
        or (stride, padding, dilation).count(1) > 1
        or size + 2 * padding <= dilation * (kernel - 1) + 3
    ):
        return None
    result = ops.conv_output_size(size, kernel, stride=stride, padding=padding, dilation=dilation)
    span = dilation * (kernel - 1) + 1
    return Question(
        [
            text(
                f"An image of {size} × {size} pixels meets a filter of {kernel} × {kernel} weights with "
                f"stride {stride}, padding {padding} and dilation {dilation}. How many pixels do the "
                "weights span along an axis, and how many rows and columns does the map have?"
            ),
            boxes("span", "rows and columns of the map"),
        ],
        flat([span, result]),
        f"⌊({size} + 2 · {padding} − {span}) / {stride}⌋ + 1",
    )


@task(3, 2, "Parameters of a convolution", space=10)
def conv_parameters(rng):
    """Count what a layer has to learn."""
    filters, channels, kernel = (
        int(rng.integers(1, 9)),
        int(rng.integers(1, 7)),
        int(rng.choice([1, 2, 3, 4, 5])),
    )
    height, width = (int(one) for one in rng.integers(6, 13, 2))
    one = channels * kernel * kernel + 1
    weight = np.zeros((filters, channels, kernel, kernel))
    maps = ops.conv2d(np.zeros((1, channels, height, width)), weight).shape[1]
    return Question(
        [
            text(
                f"A layer lays {filters} filter{'s' * (filters > 1)} of {kernel} × {kernel} on a picture of "
                f"{height} × {width} pixels with {channels} channel{'s' * (channels > 1)}; each filter has "
                "a bias. How many parameters does one filter have, how many has the layer, and how many "
                "maps does it give?"
            ),
            boxes("of one filter", "of the layer", "maps"),
        ],
        flat([one, weight.size + filters, maps]),
        f"{filters} · ({channels} · {kernel} · {kernel} + 1); the picture's size plays no part",
    )


@task(3, 3, "Stride and padding by hand")
def stride_and_padding(rng):
    """Lay a filter over the border of a small image."""
    image, kernel = whole(rng, 1, 6, 3, 3), whole(rng, -2, 3, 2, 2)
    result = ops.correlate2d(image, kernel, stride=2, padding=1)
    if np.count_nonzero(kernel) < 4 or len(np.unique(result)) < 3:
        return None
    return Question(
        [
            text(
                "Put one row or column of zeros on each side of the image (padding 1), and let the filter "
                "move on by two pixels in each direction (stride 2). Write down the map. Do not divide."
            ),
            grids(image=rows(image), filter=rows(kernel), map=empty(result.shape)),
        ],
        flat(result),
        f"row 1, column 1: three zeros and one pixel, {written(image[0, 0])} · {signed(kernel[1, 1])}",
    )


@task(3, 4, "Two channels, one map")
def two_channels(rng):
    """Add the products of all channels, and the bias."""
    image, kernel, bias = whole(rng, 0, 4, 2, 3, 3), whole(rng, -2, 2, 2, 2, 2), int(rng.integers(-3, 4))
    result = ops.conv2d(image[None], kernel[None], np.array([bias]))[0, 0]
    if min(np.count_nonzero(one) for one in kernel) < 3 or not bias or len(np.unique(result)) < 3:
        return None
    return Question(
        [
            text(
                f"The picture has two channels, and so has the filter. Its bias is {written(bias)}. Write "
                "down its map: all products of both channels go into one number, and then the bias."
            ),
            grids(channel_1=rows(image[0]), channel_2=rows(image[1])),
            grids(filter_for_1=rows(kernel[0]), filter_for_2=rows(kernel[1]), map=empty(result.shape)),
        ],
        flat(result),
        f"row 1, column 1: {sum_of(image[0, :2, :2], kernel[0])} + {sum_of(image[1, :2, :2], kernel[1])}"
        f" + {signed(bias)}",
    )


# --- 04 Find edges with Sobel


@task(4, 1, "Sobel at one place")
def sobel(rng):
    """Lay both of Sobel's filters on a patch."""
    patch = whole(rng, 0, 9, 3, 3)
    x, y = ops.correlate2d(patch, SOBEL_X)[0, 0], ops.correlate2d(patch, SOBEL_Y)[0, 0]
    if not x or not y or abs(x) == abs(y):
        return None
    return Question(
        [
            text(
                "Lay Sobel's two filters on the patch. Is it brighter on the right or on the left? At the "
                "top or below?"
            ),
            {
                "grids": [
                    {"caption": "patch", "rows": rows(patch)},
                    {"caption": "Gx", "rows": rows(SOBEL_X)},
                    {"caption": "Gy", "rows": rows(SOBEL_Y)},
                ]
            },
            boxes("Gx", "Gy", "right or left", "top or below"),
        ],
        [*flat([x, y]), "right" if x > 0 else "left", "top" if y > 0 else "below"],
    )


@task(4, 2, "How strong is the edge?")
def magnitude(rng):
    """Take the long side of a right-angled triangle."""
    a, b, c = [(3, 4, 5), (5, 12, 13), (8, 15, 17), (7, 24, 25), (20, 21, 29)][rng.integers(5)]
    scale = int(rng.integers(1, 99 // c + 1))
    pair = np.array([a, b] if rng.random() < 0.5 else [b, a]) * scale * signs(rng, 2)
    x, y = (int(one) for one in pair)
    return Question(
        [
            text(
                f"At one place of a photograph Gx = {written(x)} and Gy = {written(y)}. What is the "
                "magnitude of the image gradient? Does it get brighter to the right or to the left, "
                "upwards or downwards?"
            ),
            boxes("magnitude", "right or left", "up or down"),
        ],
        [written(np.hypot(x, y)), "right" if x > 0 else "left", "up" if y > 0 else "down"],
        f"√({x * x} + {y * y}) = √{x * x + y * y}",
    )


@task(4, 3, "The sum of the weights", space=10)
def sum_of_weights(rng):
    """Say what a filter makes of an even wall."""
    kernel = whole(rng, -3, 5, 3, 3)
    wall = int(rng.integers(5, 31))
    total = int(kernel.sum())
    if abs(total) > 3 or np.count_nonzero(kernel) < 7:
        return None
    return Question(
        [
            text(
                f"On an even wall every pixel is {wall}. What does this filter make of it, and does it find "
                "differences only (yes or no)?"
            ),
            grids(filter=rows(kernel)),
            boxes("sum of the weights", "on the wall", "differences only"),
        ],
        [
            *flat([total, ops.correlate2d(np.full((3, 3), wall), kernel)[0, 0]]),
            "no" if total else "yes",
        ],
        f"{wall} · {signed(total)}",
    )


@task(4, 4, "Compare the two neighbors")
def neighbors(rng):
    """Walk along a row with the weights −1, 0, 1."""
    row = np.sort(whole(rng, 1, 9, 7)) if rng.random() < 0.2 else np.repeat(whole(rng, 1, 20, 4), 2)[:7]
    row = row + rng.integers(0, 2, 7)
    result = ops.correlate2d(row[None], [[-1, 0, 1]])
    sizes = np.abs(result[0])
    if (sizes == sizes.max()).sum() > 1 or sizes.max() < 4:
        return None
    return Question(
        [
            text(
                "Walk along the row with the weights −1, 0, 1: the neighbor to the right minus the "
                "neighbor to the left. Which is the largest number in size, whatever its sign?"
            ),
            {
                "grids": [
                    {"caption": "row of pixels", "rows": rows(row)},
                    {"caption": "differences", "rows": empty((1, 5))},
                ]
            },
            boxes("largest in size"),
        ],
        [*flat(result), *flat(result[0, sizes.argmax()])],
    )


# --- 05 Bend the line with ReLU


@task(5, 1, "Bend a map", space=6)
def bend(rng):
    """Apply ReLU to a map."""
    numbers = whole(rng, -9, 9, 3, 4) / 9
    if not 4 <= (numbers < 0).sum() <= 8 or (numbers == 0).any():
        return None
    return Question(
        [
            text("Apply ReLU to the map. How many numbers does it set to 0?"),
            grids(map=rows(numbers), after_ReLU=empty((3, 4))),
            boxes("set to 0"),
        ],
        [*flat(ops.relu(numbers)), str(int((ops.relu(numbers) == 0).sum()))],
    )


@task(5, 2, "Values and slopes", space=6)
def slopes(rng):
    """Compare ReLU and leaky ReLU, and their slopes."""
    x = whole(rng, -9, 9, 5)
    if not 2 <= (x < 0).sum() <= 3 or (x == 0).any() or len(np.unique(x)) < 5:
        return None
    leak = 0.1
    ones = np.ones(5)
    table = [
        ["x", *flat(x)],
        ["ReLU(x)", *[None] * 5],
        ["its slope", *[None] * 5],
        ["leaky ReLU(x)", *[None] * 5],
        ["its slope", *[None] * 5],
    ]
    return Question(
        [
            text(
                "Fill in the values and the slopes. This leaky ReLU multiplies negative numbers by 1/10. "
                "Write fractions in lowest terms."
            ),
            {"grids": [{"caption": "values and slopes", "rows": table}]},
        ],
        [
            *flat(ops.relu(x)),
            *flat(ops.relu_backward(ones, x)),
            *flat(ops.leaky_relu(x, leak)),
            *flat(ops.leaky_relu_backward(ones, x, leak)),
        ],
    )


@task(5, 3, "Two filters into one")
def two_into_one(rng):
    """Find the one filter that does what two do."""
    first, second = whole(rng, -4, 5, 2), whole(rng, -4, 5, 2)
    if (first == 0).any() or (second == 0).any():
        return None
    both = ops.correlate2d(first[None], second[None, ::-1], padding=(0, 1))[0]
    if np.count_nonzero(both) < 2:
        return None
    (a, b), (c, d) = first, second
    return Question(
        [
            text(
                "Without a bend between them, two filters are one. Slide the first filter along three "
                "pixels, then the second along its two results. Which three weights do the same at once?"
            ),
            grids(first_filter=rows(first), second_filter=rows(second), one_filter=empty((1, 3))),
        ],
        flat(both),
        f"{sum_of([a], [c])}; {sum_of([b, a], [c, d])}; {sum_of([b], [d])}",
    )


@task(5, 4, "The same sign?")
def same_sign(rng):
    """Work out the network that no straight line can replace."""
    x, y = (int(one) for one in whole(rng, -9, 9, 2))
    if not x * y or abs(x) == abs(y):
        return None
    bent = ops.relu(np.array([[1, 1], [-1, -1], [1, -1], [-1, 1]]) @ [x, y])
    answer = ops.dense(bent, np.array([[1, 1, -1, -1]]))[0]
    return Question(
        [
            text(
                f"Let x = {written(x)} and y = {written(y)}. Work out the four ReLUs, and the first plus "
                "the second minus the third minus the fourth. Do x and y have the same sign, says the "
                "network (yes or no)?"
            ),
            boxes("ReLU(x + y)", "ReLU(−x − y)"),
            boxes("ReLU(x − y)", "ReLU(y − x)"),
            boxes("result", "same sign"),
        ],
        [*flat(bent), written(answer), "yes" if answer > 0 else "no"],
    )


# --- 06 Shrink with pooling


@task(6, 1, "Largest and mean")
def largest_and_mean(rng):
    """Pool a map in both ways."""
    numbers = whole(rng, -6, 9, 4, 4)
    largest, mean = ops.max_pool2d(numbers, 2), ops.avg_pool2d(numbers, 2)
    if len(np.unique(largest)) < 3 or len(np.unique(mean)) < 3:
        return None
    return Question(
        [
            text(
                "Pool the map with a window of 2 × 2 and stride 2, once by the largest number and once by "
                "the mean. Write means as whole numbers or fractions in lowest terms."
            ),
            grids(map=rows(numbers), largest=empty((2, 2)), mean=empty((2, 2))),
        ],
        [*flat(largest), *flat(mean)],
    )


@task(6, 2, "How many windows?", space=10)
def windows(rng):
    """Count windows with and without ragged edges."""
    size, window, stride = int(rng.integers(7, 60)), int(rng.integers(2, 6)), int(rng.integers(2, 6))
    if stride > window:
        return None
    whole_ones = ops.max_pool2d(np.zeros((size, size)), window, stride).shape[0]
    ragged = ops.max_pool2d(np.zeros((size, size)), window, stride, ceil_mode=True).shape[0]
    if size % 2 and whole_ones == ragged:
        return None
    return Question(
        [
            text(
                f"A map of {size} × {size} numbers is pooled with a window of {window} and stride {stride}. "
                "How many windows are there along an axis if only whole ones count, and how many in ceil "
                "mode, where ragged edges count?"
            ),
            boxes("whole windows", "in ceil mode"),
        ],
        flat([whole_ones, ragged]),
        f"({size} − {window}) / {stride}, rounded down or up, + 1",
    )


@task(6, 3, "Ragged edges")
def ragged_edges(rng):
    """Pool a map whose last windows hang over."""
    numbers = whole(rng, -9, 9, 5, 5)
    result = ops.max_pool2d(numbers, 2, ceil_mode=True)
    if len(np.unique(result)) < 5 or not (result[2] < 0).any():
        return None
    return Question(
        [
            text(
                "Pool the map by the largest number with a window of 2 × 2 and stride 2 in ceil mode: the "
                "last windows hang over the ragged edge, and look at what is there."
            ),
            grids(map=rows(numbers), largest=empty((3, 3))),
        ],
        flat(result),
        f"the corner's window sees one number, {written(numbers[4, 4])}",
    )


@task(6, 4, "What pooling forgets")
def forgets(rng):
    """Move a map by one column and pool both."""
    numbers = whole(rng, 0, 9, 4, 4)
    moved = np.concatenate([np.zeros((4, 1)), numbers[:, :-1]], axis=1)
    before, after = ops.max_pool2d(numbers, 2), ops.max_pool2d(moved, 2)
    if (before == after).all() or len(np.unique(before)) < 3:
        return None
    return Question(
        [
            text(
                "Move the map one column to the right; zeros come in at the left, and the last column is "
                "lost. Pool the map and the moved map by the largest number (window 2 × 2, stride 2). How "
                "many of the four pooled numbers are the same, each at its place, and which is the largest "
                "number of the whole moved map?"
            ),
            grids(map=rows(numbers), pooled=empty((2, 2)), moved_and_pooled=empty((2, 2))),
            boxes("the same", "largest of the moved map"),
        ],
        flat([*before.ravel(), *after.ravel(), (before == after).sum(), moved.max()]),
    )


# --- 07 Stack the layers


def a_stack(rng):
    """Return the layers of a stack: name, window, stride, and whether ragged edges count."""
    found = []
    for _ in range(2):
        found.append(("convolution", int(rng.choice([2, 3, 5], p=[0.25, 0.5, 0.25])), 1, False))
        if rng.random() < 0.8:
            found.append(("ReLU", 1, 1, False))
        if rng.random() < 0.8:
            ragged = bool(rng.random() < 0.5)
            window = int(rng.choice([2, 3]))
            found.append(("pooling, ceil mode" if ragged else "pooling", window, window, ragged))
    return found


@task(7, 1, "Sizes go through")
def sizes_go_through(rng):
    """Follow the size of a map through a stack."""
    size, stack = int(rng.integers(12, 33)), a_stack(rng)
    if len(stack) < 4:
        return None
    sizes, numbers = [], np.zeros((size, size))
    for _, window, stride, ragged in stack:
        if numbers.shape[0] < window:
            return None
        numbers = ops.max_pool2d(numbers, window, stride, ceil_mode=ragged)
        sizes.append(numbers.shape[0])
    table = [["layer", "window", "stride", "size"], ["image", "", "", str(size)]]
    table += [[name, str(window), str(stride), None] for name, window, stride, _ in stack]
    return Question(
        [
            text(
                f"An image of {size} × {size} pixels goes through these layers. How many rows and columns "
                "has each result?"
            ),
            {"grids": [{"caption": "the stack", "rows": table}]},
        ],
        flat(sizes),
    )


@task(7, 2, "What can a number see?")
def receptive_field(rng):
    """Work out field and step, layer by layer."""
    stack = []
    for _ in range(3):
        is_pooling = len(stack) > 0 and stack[-1][0] == "convolution" and rng.random() < 0.6
        window = int(rng.choice([2, 3] if is_pooling else [2, 3, 5]))
        stack.append(
            ("pooling", window, window) if is_pooling else ("convolution", window, int(rng.choice([1, 1, 2])))
        )
    layers = [
        nn.MaxPool2d(window)
        if name == "pooling"
        else nn.Conv2d(1, 1, window, stride=stride, weight=np.zeros((1, 1, window, window)))
        for name, window, stride in stack
    ]
    seen = [receptive.receptive_field(nn.Sequential(*layers[: count + 1])) for count in range(len(layers))]
    answers = [one for (size, _), (step, _) in seen for one in (size, step)]
    table = [["layer", "window", "stride", "field", "step"], ["pixel", "", "", "1", "1"]]
    table += [[name, str(window), str(stride), None, None] for name, window, stride in stack]
    return Question(
        [
            text(
                "How wide is the receptive field of a number after each layer, and how many pixels is its "
                "step?"
            ),
            {"grids": [{"caption": "field and step", "rows": table}]},
        ],
        flat(answers),
        "field += (window − 1) · step, then step ×= stride",
    )


@task(7, 3, "What a stack learns")
def stack_parameters(rng):
    """Count the parameters of a small network."""
    filters, kernel, numbers = int(rng.integers(2, 6)), int(rng.integers(2, 5)), int(rng.integers(1, 4))
    channels, scores = int(rng.integers(1, 4)), int(rng.integers(2, 5))
    conv = filters * (channels * kernel * kernel + 1)
    listed = ops.flatten(np.zeros((1, filters, numbers, numbers))).shape[1]
    dense = (listed + 1) * scores
    return Question(
        [
            text(
                f"A convolution lays {filters} filters of {kernel} × {kernel} on {channels} "
                f"channel{'s' * (channels > 1)}. ReLU and pooling leave {numbers} × {numbers} numbers of "
                f"each map. They go into one list, and the list into a dense layer with {scores} scores. "
                "Filters and scores have biases. How many parameters?"
            ),
            boxes("of the convolution", "numbers in the list"),
            boxes("of the dense layer", "altogether"),
        ],
        flat([conv, listed, dense, conv + dense]),
        f"{filters} · ({channels} · {kernel} · {kernel} + 1) and {scores} · ({listed} + 1); ReLU and "
        "pooling learn nothing",
    )


# --- 08 Vote with a dense layer


@task(8, 1, "One list", space=4)
def one_list(rng):
    """Flatten two maps."""
    maps = whole(rng, 0, 9, 2, 2, 3)
    flattened = ops.flatten(maps[None])[0]
    which, row, column = (int(rng.integers(most)) for most in (2, 2, 3))
    return Question(
        [
            text(
                "Flatten the two maps: filter by filter, each map row by row. Where in the list does the "
                f"number in row {row + 1}, column {column + 1} of map {which + 1} stand, counted from 1?"
            ),
            grids(map_1=rows(maps[0]), map_2=rows(maps[1])),
            grids(list=empty((1, 12))),
            boxes("place in the list"),
        ],
        [*flat(flattened), str(int(np.ravel_multi_index((which, row, column), maps.shape)) + 1)],
    )


@task(8, 2, "Votes are means")
def votes_are_means(rng):
    """Take the means of a list of ninths."""
    numbers = whole(rng, 0, 9, 12)
    votes = votes_of(numbers / 9)
    if abs(votes[0] - votes[1]) < 1e-9 or any(
        (one * 9) % 1 > 1e-9 and (one * 9) % 1 < 1 - 1e-9 for one in votes
    ):
        return None
    return Question(
        [
            text(
                "The list is written in ninths: 7 stands for 7/9. The vote for X is the mean of numbers "
                f"{places(HIGH_IN_X)}, the vote for O the mean of numbers {places(HIGH_IN_O)}. Write the "
                "votes as fractions in lowest terms."
            ),
            grids(list_in_ninths=rows(numbers)),
            boxes("vote for X", "vote for O", "winner"),
        ],
        [*flat(votes), "XO"[votes.argmax()]],
    )


@task(8, 3, "A dense layer decides")
def dense_decides(rng):
    """Work out three scores and name the class."""
    weight, x, bias = whole(rng, -2, 3, 3, 4), whole(rng, 0, 5, 4), whole(rng, -3, 3, 3)
    scores = ops.dense(x, weight, bias)
    if len(np.unique(scores)) < 3 or np.count_nonzero(x) < 3 or np.count_nonzero(weight) < 9:
        return None
    return Question(
        [
            text(
                "Rows 1, 2 and 3 of W belong to the classes A, B and C. Work out the scores W x + b. Which "
                "class wins, and by how much does it lead over the second?"
            ),
            grids(W=rows(weight), x=rows(x[:, None]), b=rows(bias[:, None]), scores=empty((3, 1))),
            boxes("class", "lead"),
        ],
        [*flat(scores), "ABC"[scores.argmax()], written(np.sort(scores)[-1] - np.sort(scores)[-2])],
    )


@task(8, 4, "Votes become shares")
def shares(rng):
    """Finish a softmax whose powers are known."""
    powers = whole(rng, 1, 9, 4)
    if powers.sum() > 16 or len(np.unique(powers)) < 2:
        return None
    found = ops.softmax(np.log(powers))
    return Question(
        [
            text(
                "Softmax raises e to the power of each vote; here that is done. Which shares do the four "
                "classes get? Write fractions in lowest terms."
            ),
            {
                "grids": [
                    {"caption": "powers of e", "rows": rows(powers)},
                    {"caption": "shares", "rows": empty((1, 4))},
                ]
            },
        ],
        flat(found),
        f"each divided by their sum, {powers.sum()}",
    )
