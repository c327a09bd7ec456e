"""Predictions and exercises of lesson 02, Slide a filter."""

import numpy as np

from cnnlab.exercises.engine import exercise, quarters, sides
from cnnlab.exercises.predict import Predict

predict_bend = Predict(
    "What do the four steps give on this patch? Write it as a fraction, such as 3/9.",
    answer=1 / 9,
    unit=9,
    because="Five products are 1 and four are −1: their sum is 1, divided by 9 is 1/9.",
    slips={
        1: "That is the sum of the products. One step is left: divide by 9.",
        5 / 9: "Five products are 1, but the other four are −1 and count against them.",
        -1
        / 9: "Count again: the center agrees, and so do the four cells beside it. Only the corners do not.",
        -1: "Not everything disagrees: the center, for one, is ink in both.",
        0: "Nearly as many agree as disagree, but nine products cannot split evenly.",
    },
)

predict_places = Predict(
    "A filter 5 wide slides over an image 28 wide. How many places are there in a row?",
    answer=24,
    because="28 − 5 + 1 = 24.",
    slips={
        5: "The places overlap: the filter moves on by one pixel, not by its own width.",
        23: "28 − 5 counts the moves. The place it starts from is one more.",
        28: "At the last pixels the filter would hang over the edge.",
        26: "That would be a filter 3 wide.",
        5.6: "The places overlap: the filter moves on by one pixel, not by its own width.",
    },
)

predict_largest = Predict(
    "What would nine products have to add up to, so that dividing by nine gives 1.77? "
    "Round to a whole number.",
    answer=16,
    because="1.77 · 9 is nearly 16. But nine products of 1 or −1 add up to at most 9: 1.77 cannot be.",
    slips={
        0.2: "Go backwards: what was divided by nine has to be multiplied by it again.",
        9: "9 divided by nine is 1. Go backwards: multiply 1.77 by nine.",
        15.93: "Right so far. Sums of nine whole numbers are whole: round it.",
    },
)

predict_ramp = Predict(
    "What is the sum of all nine products at the first place?",
    answer=6,
    because="Each of the three rows gives 4 − 2 = 2, so the sum is 6. The blog post states 10.",
    slips={
        10: "You get 10 if you subtract only one 2. But there is a 2 in each of the three rows.",
        2: "That is one row. The filter has three.",
        6 / 9: "The sum is right; here nothing is divided.",
        12: "Those are the three 4s. The pixels under the weights −1 still have to be subtracted.",
        18: "The right column has the weight −1: subtract there.",
    },
)

predict_dice = Predict(
    "Two dice are thrown. In how many of the 36 possible throws do they add up to 10?",
    answer=3,
    because="4 + 6, 5 + 5 and 6 + 4: three pairs. While the first number rises, the second has to fall.",
    slips={
        2: "The order counts: the first die may show 4 and the second 6, or the other way round.",
        4: "5 + 5 is one throw, not two.",
        7: "A die shows at most 6: neither of the two can be less than 4.",
        9: "A die shows at most 6: neither of the two can be less than 4.",
        3 / 36: "That is the probability. Here the throws are counted.",
    },
)

predict_turned = Predict(
    "Turn the vertical-edge filter by 180° and lay it on the first patch of the ramp. What is the sum now?",
    answer=-6,
    because="The weights 1 now stand on the right: each row gives 2 − 4 = −2, and three rows give −6.",
    slips={
        6: "Turned by 180°, left and right change places: the weights 1 now stand on the right.",
        0: "Nothing cancels: in each row 2 is added and 4 subtracted.",
        -2: "That is one row. The filter has three.",
        2: "That is one row of the filter before it is turned.",
        -6 / 9: "The sum is right; here nothing is divided.",
    },
)


def _two_grids(rng):
    shape = sides(rng, 1, 5)
    return quarters(rng, *shape), quarters(rng, *shape)


@exercise(
    cases=[
        (np.array([[1.0, -1.0], [1.0, 1.0]]), np.array([[1.0, 1.0], [-1.0, 1.0]])),
        (np.array([[1.0, -1.0, 1.0, 1.0]]), np.array([[1.0, -1.0, -1.0, 1.0]])),
        (np.array([[2.0, 0.0, -1.0], [0.5, 3.0, 4.0]]), np.array([[1.0, 2.0, 3.0], [-1.0, 0.0, 0.5]])),
        (np.array([[-3.0]]), np.array([[0.5]])),
        (np.ones((4, 3)), -np.ones((4, 3))),
        (np.array([[2000.0, -0.25], [7.0, 0.0]]), np.array([[0.0, 8.0], [1.0, -5.0]])),
        (
            np.array([[1, -1, 2], [0, 3, 1], [-2, 1, -4]]),
            np.array([[0.5, 2.0, -1.0], [3.0, 1.0, -0.25], [1.0, 0.0, 4.0]]),
        ),
    ],
    draw=_two_grids,
    hints=[
        "Multiply the two arrays: NumPy does that place by place. What is left to do?",
        "Add the products up, then divide by how many there are.",
        "kernel.size is the number of weights, whatever the shape.",
    ],
)
def match(patch, kernel):
    return (patch * kernel).sum() / kernel.size


match.mistake("The sum is divided by nine. How many weights are there here?")(lambda p, k: (p * k).sum() / 9)
match.mistake("One step is missing: divide the sum by the number of weights.")(lambda p, k: (p * k).sum())
match.mistake("The sum is divided by the number of rows; every weight counts, not every row.")(
    lambda p, k: (p * k).sum() / len(k)
)
match.mistake("The sum is divided by the number of columns; every weight counts.")(
    lambda p, k: (p * k).sum() / k.shape[1]
)
match.mistake("That is the share of places where both are equal. Multiply them instead.")(
    lambda p, k: (p == k).mean()
)
match.mistake("Pixels and weights are added; they should be multiplied.")(lambda p, k: (p + k).mean())
match.mistake("Multiply place by place first, then add. You add first, and multiply the two sums.")(
    lambda p, k: p.sum() * k.sum() / k.size
)
match.mistake("The kernel is turned by 180°: lay it on as it is.")(lambda p, k: (p * k[::-1, ::-1]).mean())
match.mistake("Products below zero are left out; they count against the match.")(
    lambda p, k: np.maximum(p * k, 0).mean()
)
match.mistake("The sign of the products is lost: disagreements have to count against the match.")(
    lambda p, k: np.abs(p * k).mean()
)
match.mistake("That is the largest product. All of them count.")(lambda p, k: (p * k).max())
match.mistake("Only the first row is looked at.")(lambda p, k: (p[0] * k[0]).mean())
match.mistake("That is a matrix product, in which rows meet rows. Multiply place by place, with *.")(
    lambda p, k: (p @ k.T).sum() / k.size
)
match.mistake("The sum is divided by the sum of the weights; divide it by how many there are.")(
    lambda p, k: (p * k).sum() / k.sum()
)
match.mistake("Weights that are 0 count too: divide by how many there are.")(
    lambda p, k: (p * k).sum() / max(1, np.count_nonzero(k))
)
match.mistake("The sum is divided by rows plus columns; there are rows times columns.")(
    lambda p, k: (p * k).sum() / sum(k.shape)
)
match.mistake("The sum is divided by the lengths of both, as for a cosine; divide by the number of weights.")(
    lambda p, k: (p * k).sum() / (np.linalg.norm(p) * np.linalg.norm(k) or 1)
)
match.mistake(
    "Everything after the second decimal is cut off; the printed map is, your result should not be."
)(lambda p, k: np.trunc(100 * (p * k).mean()) / 100)
match.mistake("Only the first three rows and columns are added up; a patch may be larger.")(
    lambda p, k: (p[:3, :3] * k[:3, :3]).sum() / k.size
)
match.mistake("The last row and the last column are left out: range(n) ends at n - 1 by itself.")(
    lambda p, k: (p[:-1, :-1] * k[:-1, :-1]).sum() / k.size
)
match.mistake("That is one number for each row. Add them all into one, and divide by the number of weights.")(
    lambda p, k: (p * k).mean(axis=1)
)
match.mistake(
    "That is one number for each column. Add them all into one, and divide by the number of weights."
)(lambda p, k: (p * k).mean(axis=0))
match.mistake(
    "Python's sum adds whole rows to each other, so that one number for each column is left: use .sum()."
)(lambda p, k: sum(p * k) / k.size)
match.mistake("The products are divided, but not added up.")(lambda p, k: p * k / k.size)
match.mistake("Those are the products. They are to be added up, and divided.")(lambda p, k: p * k)
match.mistake("That is the mean pixel times the mean weight. Multiply place by place first.")(
    lambda p, k: p.mean() * k.mean()
)
match.mistake("The fractions of pixels and weights are cut off before they are multiplied.")(
    lambda p, k: (p.astype(int) * k.astype(int)).mean()
)


def _image_and_kernel(rng):
    return quarters(rng, *sides(rng, 4, 9)), quarters(rng, *sides(rng, 1, 4)), int(rng.integers(1, 4))


@exercise(
    cases=[
        (np.array([[2.0, 1.0]]), np.array([[3.0]]), 1),
        (np.array([[1.0, 2.0, 4.0]]), np.array([[1.0, 0.0]]), 1),
        (np.array([[1.0, 2.5], [3.0, 5.0]]), np.array([[1, -1], [2, 0]]), 1),
        (np.array([[1.0, 2.0, 0.0, -1.0, 3.0]]), np.array([[2.0, -1.0]]), 2),
        (np.array([[1.5, -2.0], [0.0, 4.0], [3.0, 1.0]]), np.array([[2.0, -1.0], [0.0, 0.5], [1.0, 1.0]]), 3),
        (np.arange(24.0).reshape(4, 6) ** 2 - 1000, np.array([[0.5], [-2.0]]), 5),
        (
            np.array([[3, -1, 4, 1, -5], [9, 2, -6, 5, 3], [5, -8, 9, 7, 0], [2, 3, 8, -4, 6]]),
            np.array([[0.25, -1.0, 2.0], [0.5, 3.0, 0.0], [-0.75, 1.0, -2.5]]),
            1,
        ),
    ],
    draw=_image_and_kernel,
    hints=[
        "How many places are there? The last one still has to fit whole: (size − kernel) // stride + 1.",
        "Make an array of zeros of that size; then fill one place at a time in two loops over i and j.",
        "The patch at place (i, j) starts at row i * stride, column j * stride: multiply by the kernel, sum.",
    ],
    without=("cnnlab.ops", "scipy"),
)
def slide(image, kernel, stride):
    height, width = kernel.shape
    rows = (image.shape[0] - height) // stride + 1
    columns = (image.shape[1] - width) // stride + 1
    out = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            out[i, j] = (image[top : top + height, left : left + width] * kernel).sum()
    return out


def _visited(image, kernel, stride, visit):
    """Fill a map as the solution does, but with ``visit(patch, i, j)`` at each place."""
    out = slide.solve(image, kernel, stride)
    height, width = kernel.shape
    for i, j in np.ndindex(out.shape):
        out[i, j] = visit(image[i * stride :, j * stride :][:height, :width], i, j)
    return out


slide.mistake("The kernel is turned by 180°: that is convolution. Lay it on as it is.")(
    lambda image, kernel, stride: slide.solve(image, kernel[::-1, ::-1], stride)
)
slide.mistake("The sum is divided by the number of weights; here it should not be.")(
    lambda image, kernel, stride: slide.solve(image, kernel, stride) / kernel.size
)
slide.mistake("The sum is divided by nine; here it should not be divided at all.")(
    lambda image, kernel, stride: slide.solve(image, kernel, stride) / 9
)
slide.mistake("The stride is left out: the kernel always moves on by one pixel.")(
    lambda image, kernel, stride: slide.solve(image, kernel, 1)
)
slide.mistake("The kernel moves on by its own width; it should move on by stride pixels.")(
    lambda image, kernel, stride: slide.solve(image, kernel, 1)[:: kernel.shape[0], :: kernel.shape[1]]
)
slide.mistake(
    "The map has the right size, but the patches are taken one pixel apart: multiply i and j by the stride."
)(
    lambda image, kernel, stride: slide.solve(image, kernel, 1)[
        tuple(slice(size) for size in slide.solve(image, kernel, stride).shape)
    ]
)
slide.mistake("The kernel is mirrored left to right.")(
    lambda image, kernel, stride: slide.solve(image, kernel[:, ::-1], stride)
)
slide.mistake("The kernel is mirrored top to bottom.")(
    lambda image, kernel, stride: slide.solve(image, kernel[::-1], stride)
)
slide.mistake("The last row and the last column of places are missing: one more fits.")(
    lambda image, kernel, stride: slide.solve(image, kernel, stride)[:-1, :-1]
)
slide.mistake("The loops end one place early: the last row and column of the map stay 0.")(
    lambda image, kernel, stride: np.pad(slide.solve(image, kernel, stride)[:-1, :-1], ((0, 1), (0, 1)))
)
slide.mistake("Only the last product of each patch is kept: add to what is there, with +=.")(
    lambda image, kernel, stride: _visited(
        image, kernel, stride, lambda patch, i, j: patch[-1, -1] * kernel[-1, -1]
    )
)
slide.mistake(
    "The same patch, the one at the top left, is used at every place: the pixel depends on i and j."
)(
    lambda image, kernel, stride: np.full_like(
        slide.solve(image, kernel, stride), slide.solve(image, kernel, stride)[0, 0]
    )
)
slide.mistake("Rows and columns of the map are swapped.")(
    lambda image, kernel, stride: slide.solve(image, kernel, stride).T
)
slide.mistake("Pixels and weights are added; they should be multiplied.")(
    lambda image, kernel, stride: _visited(image, kernel, stride, lambda patch, i, j: (patch + kernel).sum())
)
slide.mistake("The kernel moves on by stride pixels to the right, but by one pixel down.")(
    lambda image, kernel, stride: slide.solve(image, kernel, 1)[:, ::stride]
)
slide.mistake("The kernel moves on by stride pixels down, but by one pixel to the right.")(
    lambda image, kernel, stride: slide.solve(image, kernel, 1)[::stride]
)
slide.mistake("The kernel always moves on by two pixels; it should move on by stride pixels.")(
    lambda image, kernel, stride: slide.solve(image, kernel, 2)
)
slide.mistake("The first place is row 0, column 0. Yours begins at stride - 1.")(
    lambda image, kernel, stride: slide.solve(image, kernel, 1)[stride - 1 :: stride, stride - 1 :: stride]
)


@slide.mistake("Divide the moves by the stride, not the places: (size - kernel) // stride + 1.")
def _(image, kernel, stride):
    rows, columns = (np.subtract(image.shape, kernel.shape) + 1) // stride
    return slide.solve(image, kernel, stride)[:rows, :columns]


@slide.mistake("The places that are left out stay in your map, as zeros: it should be smaller.")
def _(image, kernel, stride):
    full = slide.solve(image, kernel, 1)
    out = np.zeros_like(full)
    out[::stride, ::stride] = full[::stride, ::stride]
    return out


@slide.mistake("The kernel also stands where it hangs over the edge; it has to fit whole.")
def _(image, kernel, stride):
    wider = np.pad(image, [(0, size - 1) for size in kernel.shape])
    return slide.solve(wider, kernel, stride)


@slide.mistake(
    "Zeros are added so that the kernel reaches the last pixels; it stands only where it fits whole."
)
def _(image, kernel, stride):
    left = np.subtract(image.shape, kernel.shape) % stride
    return slide.solve(np.pad(image, [(0, (stride - each) % stride) for each in left]), kernel, stride)


@slide.mistake(
    "The last place is missing where the kernel just fits: range leaves its end out, so add 1 to it."
)
def _(image, kernel, stride):
    rows, columns = (len(range(0, each, stride)) for each in np.subtract(image.shape, kernel.shape))
    return np.array([list(row[:columns]) for row in slide.solve(image, kernel, stride)[:rows]])


slide.mistake("The sum is never set back to 0: each place begins anew.")(
    lambda image, kernel, stride: _running(slide.solve(image, kernel, stride), None)
)
slide.mistake("The sum is set back to 0 only where a row begins: each place begins anew.")(
    lambda image, kernel, stride: _running(slide.solve(image, kernel, stride), 1)
)
slide.mistake("That is the largest number of the map. Return all of it.")(
    lambda image, kernel, stride: slide.solve(image, kernel, stride).max()
)


def _running(right, axis):
    return np.cumsum(right, axis).reshape(right.shape)


@slide.mistake("Places should be left out, not pixels: image[::stride, ::stride] is another image.")
def _(image, kernel, stride):
    small = image[::stride, ::stride]
    fits = np.all(np.subtract(small.shape, kernel.shape) >= 0)
    return slide.solve(small, kernel, 1) if fits else np.zeros((1, 1))


@slide.mistake(
    "The weights are laid stride pixels apart (dilation). They lie side by side; the places are apart."
)
def _(image, kernel, stride):
    wider = np.pad(image, [(0, stride * size) for size in kernel.shape])
    out = np.zeros_like(slide.solve(image, kernel, stride))
    for (m, n), weight in np.ndenumerate(kernel):
        part = wider[m * stride :: stride, n * stride :: stride]
        out += weight * part[: out.shape[0], : out.shape[1]]
    return out


@slide.mistake("The last row and the last column of weights are left out: range(n) ends at n - 1 by itself.")
def _(image, kernel, stride):
    fewer = np.zeros_like(kernel)
    fewer[:-1, :-1] = kernel[:-1, :-1]
    return slide.solve(image, fewer, stride)


@slide.mistake("Rows and columns are begun at the same number, i * stride: the column depends on j.")
def _(image, kernel, stride):
    wider = np.pad(image, [(0, stride * sum(image.shape))] * 2)
    height, width = kernel.shape
    return _visited(
        image,
        kernel,
        stride,
        lambda patch, i, j: (wider[i * stride :, i * stride :][:height, :width] * kernel).sum(),
    )


@slide.mistake(
    "An array of the image's whole numbers drops the fractions put into it: np.zeros(shape) keeps them."
)
def _(image, kernel, stride):
    return slide.solve(image, kernel, stride).astype(image.dtype)


@slide.mistake("Each patch is as wide as it is high: the kernel's columns are kernel.shape[1].")
def _(image, kernel, stride):
    size = len(kernel)
    rows, columns = ((each - size) // stride + 1 for each in image.shape)
    out = np.zeros((max(rows, 0), max(columns, 0)))
    for i, j in np.ndindex(out.shape):
        patch = image[i * stride :, j * stride :][:size, :size]
        fits = kernel.shape[1] in (1, patch.shape[1]) or patch.shape[1] == 1
        out[i, j] = (patch * kernel).sum() if fits else 0
    return out


@slide.mistake("The map is as wide as it is high: the image's columns are image.shape[1].")
def _(image, kernel, stride):
    height, width = kernel.shape
    rows, columns = ((len(image) - size) // stride + 1 for size in kernel.shape)
    out = np.zeros((rows, max(columns, 0)))
    for i, j in np.ndindex(out.shape):
        patch = image[i * stride :, j * stride :][:height, :width]
        out[i, j] = (patch * kernel).sum() if width in (1, patch.shape[1]) or patch.shape[1] == 1 else 0
    return out


slide.mistake("Yours have three digits only: a float16 holds no more.")(
    lambda image, kernel, stride: slide.solve(image, kernel, stride).astype(np.float16)
)
slide.mistake(
    "An array of the kernel's whole numbers drops the fractions put into it: np.zeros(shape) keeps them."
)(lambda image, kernel, stride: slide.solve(image, kernel, stride).astype(kernel.dtype))
