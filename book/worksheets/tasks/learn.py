"""Tasks of part II, lessons 09 to 13: losses, gradients, steps downhill, and what keeps a network honest."""

import numpy as np

from book.worksheets.model import (
    Question,
    boxes,
    empty,
    flat,
    fraction,
    grids,
    rows,
    signed,
    task,
    text,
    written,
)
from book.worksheets.tasks.see import is_dull, signs, sum_of, whole
from cnnlab import nn, ops

HALF = 1 / 2


def table(caption, *lines):
    """Return a block with a single grid."""
    return {"grids": [{"caption": caption, "rows": [list(line) for line in lines]}]}


# --- 09 Measure the error


@task(9, 1, "Squared error and its derivative", space=8)
def squared_error(rng):
    """Work out ½ (p − y)² and its derivative in p."""
    prediction, target = whole(rng, -6, 6, 4), whole(rng, -6, 6, 4)
    apart = np.abs(prediction - target)
    if (
        apart.max() > 8
        or len(np.unique(apart)) < 3
        or (prediction > target).all()
        or (prediction < target).all()
    ):
        return None
    losses, slopes = [], []
    for p, y in zip(prediction, target, strict=True):
        loss = nn.MSELoss()  # without the ½
        losses.append(loss.forward([[p]], [[y]]) / 2)
        slopes.append(loss.backward()[0, 0] / 2)
    return Question(
        [
            text("Work out ½ (p − y)² for each answer p and its target y, and its derivative in p."),
            table(
                "answers",
                ["p", *flat(prediction)],
                ["y", *flat(target)],
                ["½ (p − y)²", *[None] * 4],
                ["derivative", *[None] * 4],
            ),
        ],
        [*flat(losses), *flat(slopes)],
    )


THREE = [
    (2, 4, 4),
    (2, 3, 6),
    (4, 2, 4),
    (3, 2, 6),
    (6, 3, 2),
    (4, 4, 2),
    (3, 6, 2),
    (6, 2, 3),
    (3, 3, 3),
    (2, 6, 3),
]


@task(9, 2, "Cross-entropy")
def cross_entropy(rng):
    """Find minus the logarithm of the share of the right answer."""
    below = [THREE[at] for at in rng.integers(len(THREE), size=2)]
    right = rng.integers(3, size=2)
    shares = 1 / np.array(below)
    losses = [
        nn.CrossEntropyLoss().forward(np.log(row)[None], [at]) for row, at in zip(shares, right, strict=True)
    ]
    likelihood = np.exp(-sum(losses))
    if below[0] == below[1]:
        return None
    return Question(
        [
            text(
                "A network gives the classes A, B and C of two pictures these shares. What does "
                "cross-entropy say to each? Write it as ln of a whole number. And what is the likelihood "
                "of the two right answers together?"
            ),
            table(
                "shares",
                ["", "A", "B", "C", "right answer"],
                *[
                    [f"picture {k}", *flat(row), "ABC"[at]]
                    for k, (row, at) in enumerate(zip(shares, right, strict=True), 1)
                ],
            ),
            boxes("picture 1", "picture 2", "likelihood"),
        ],
        [*(f"ln {written(np.exp(loss))}" for loss in losses), written(likelihood)],
        "−ln (1/n) = ln n; the likelihood is the product of both shares",
    )


@task(9, 3, "The derivative in the score", space=8)
def derivative_in_score(rng):
    """Take the target from the share."""
    below = rng.integers(2, 10, 4)
    above = np.array([rng.integers(1, one) for one in below])
    target = rng.integers(2, size=4)
    shares = above / below
    if len(np.unique(shares)) < 4 or len(np.unique(target)) < 2:
        return None
    # A unit with the score z is a choice between the scores 0 and z.
    found = []
    for share, y in zip(shares, target, strict=True):
        loss = nn.CrossEntropyLoss()
        loss.forward([[0, np.log(share / (1 - share))]], [y])
        found.append(loss.backward()[0, 1])
    return Question(
        [
            text(
                "Four units say the share p, and the target is y. Work out the derivative of cross-entropy "
                "in the score. Write fractions in lowest terms. Then: should the score grow or fall?"
            ),
            table(
                "units",
                ["p", *flat(shares)],
                ["y", *flat(target)],
                ["derivative", *[None] * 4],
                ["grow or fall", *[None] * 4],
            ),
        ],
        [*flat(found), *("fall" if one > 0 else "grow" for one in found)],
        "p − y; against the derivative the loss falls",
    )


@task(9, 4, "Count the mistakes")
def mistakes(rng):
    """Count on which answers a unit is wrong, for two biases."""
    x, right = np.sort(whole(rng, -9, 9, 8)), rng.integers(2, size=8)
    weight = int(rng.choice([-3, -2, -1, 1, 2, 3]))
    biases = [int(one) for one in whole(rng, -9, 9, 2)]
    scores = [ops.dense(x[:, None], [[weight]], [bias])[:, 0] for bias in biases]
    counts = [int(((score > 0) != right).sum()) for score in scores]
    if len(np.unique(x)) < 8 or counts[0] == counts[1] or any((score == 0).any() for score in scores):
        return None
    return Question(
        [
            text(
                f"A unit answers 1 where w x + b is above 0, and 0 elsewhere. Let w = {written(weight)}. "
                f"How many mistakes does it make with b = {written(biases[0])}, and how many with b = "
                f"{written(biases[1])}?"
            ),
            table("right answers", ["x", *flat(x)], ["right", *flat(right)]),
            boxes("first b", "second b"),
        ],
        flat(counts),
    )


@task(9, 5, "A derivative by rule")
def derivative(rng):
    """Take the derivative of a sum, term by term."""
    a, b, u = (
        int(rng.integers(1, 9)),
        int(rng.choice([-7, -5, -4, -3, -2, 2, 3, 4, 5, 7])),
        int(rng.integers(-5, 6)),
    )
    # The slope of a parabola is that of a nudge to either side, exactly.
    value, slope = a * u * u / 2 + b * u, ((a * (u + 1) ** 2 - a * (u - 1) ** 2) / 2 + 2 * b) / 2
    if u == 0 or slope == 0:
        return None
    factor = "½" if a == 1 else written(a / 2)
    factor = "" if a == 2 else f"{factor} "
    return Question(
        [
            text(
                f"Take f(u) = {factor}u² {'+' if b > 0 else '−'} {abs(b)} u. What is f({written(u)}), and "
                f"what is the derivative of f at u = {written(u)}? Should u grow or fall to make f smaller?"
            ),
            boxes("f", "derivative", "grow or fall"),
        ],
        [*flat([value, slope]), "fall" if slope > 0 else "grow"],
        f"the derivative is {'' if a == 1 else a}{' ' * (a > 1)}u {'+' if b > 0 else '−'} {abs(b)}",
    )


# --- 10 Push the error back


@task(10, 1, "One neuron, forward and back")
def one_neuron(rng):
    """Go through a computation graph and back."""
    x, w, b, y = (int(one) for one in whole(rng, -5, 5, 4))
    z = ops.dense([x], [[w]], [b])[0]
    if not x * w * b * y or z == 0 or (z < 0 and rng.random() < 0.8):
        return None
    a = ops.relu(np.array([z]))
    if a[0] == y:
        return None
    loss = nn.MSELoss()
    half = loss.forward([a], [[y]]) / 2
    grad_a = loss.backward()[0] / 2
    grad_z = ops.relu_backward(grad_a, np.array([z]))
    grad_x, grad_w, grad_b = ops.dense_backward(grad_z[None], [[x]], [[w]], [b])
    return Question(
        [
            text(
                f"Take z = w x + b, a = ReLU(z) and L = ½ (a − y)², with x = {written(x)}, w = "
                f"{written(w)}, b = {written(b)} and y = {written(y)}. Go forward, then back."
            ),
            boxes("z", "a", "L"),
            boxes("∂L/∂a", "∂L/∂z", "∂L/∂b"),
            boxes("∂L/∂w", "∂L/∂x"),
        ],
        flat([z, a[0], half, grad_a[0], grad_z[0], grad_b[0], grad_w[0, 0], grad_x[0, 0]]),
    )


@task(10, 2, "Back through a dense layer")
def dense_back(rng):
    """Work out the derivatives in the weights and in the input."""
    grad, x, weight = whole(rng, -4, 4, 2), whole(rng, -4, 5, 2), whole(rng, -3, 5, 2, 2)
    if np.count_nonzero(grad) < 2 or np.count_nonzero(x) < 2 or np.count_nonzero(weight) < 3:
        return None
    grad_x, grad_weight = ops.dense_backward(grad[None], x[None], weight)[:2]
    return Question(
        [
            text(
                "A dense layer z = W x + b has got the derivatives g = ∂L/∂z. Work out those in the "
                "weights and in x."
            ),
            {
                "grids": [
                    {"caption": "g", "rows": rows(grad[:, None])},
                    {"caption": "x", "rows": rows(x[:, None])},
                    {"caption": "W", "rows": rows(weight)},
                    {"caption": "∂L/∂W", "rows": empty((2, 2))},
                    {"caption": "∂L/∂x", "rows": empty((2, 1))},
                ]
            },
        ],
        [*flat(grad_weight), *flat(grad_x)],
        f"∂L/∂x: {sum_of(grad, weight[:, 0])}; {sum_of(grad, weight[:, 1])}",
    )


@task(10, 3, "Back through a convolution")
def conv_back(rng):
    """Stamp a gradient into weights and image."""
    x, weight, grad = whole(rng, 0, 4, 3, 3), whole(rng, -2, 3, 2, 2), whole(rng, -2, 2, 2, 2)
    if np.count_nonzero(grad) != 3 or np.count_nonzero(weight) < 3:
        return None
    grad_x, grad_weight = ops.correlate2d_backward(grad, x, weight)
    if is_dull(grad_weight) or len(np.unique(grad_x)) < 4:
        return None
    return Question(
        [
            text(
                "The filter has walked over x, and grad_out has come back. At every place, add grad_out "
                "times the patch to grad_weight, and grad_out times the filter to grad_x. (Nothing was "
                "divided.)"
            ),
            grids(x=rows(x), filter=rows(weight)),
            {
                "grids": [
                    {"caption": "grad_out", "rows": rows(grad)},
                    {"caption": "grad_weight", "rows": empty((2, 2))},
                    {"caption": "grad_x", "rows": empty((3, 3))},
                ]
            },
        ],
        [*flat(grad_weight), *flat(grad_x)],
        f"grad_weight, row 1, column 1: {sum_of(grad, x[:2, :2])}",
    )


@task(10, 4, "Gates: back through ReLU", space=6)
def gates(rng):
    """Let a gradient pass where the input was positive."""
    x, grad = whole(rng, -5, 5, 2, 4), whole(rng, -9, 9, 2, 4)
    if (grad == 0).any() or not 2 <= (x > 0).sum() <= 5 or (x == 0).sum() > 1:
        return None
    return Question(
        [
            text("Which gradients come back through ReLU?"),
            {
                "grids": [
                    {"caption": "x", "rows": rows(x)},
                    {"caption": "grad_out", "rows": rows(grad)},
                    {"caption": "grad_x", "rows": empty((2, 4))},
                ]
            },
        ],
        flat(ops.relu_backward(grad, x)),
        "unchanged where x is above 0, and 0 elsewhere",
    )


@task(10, 5, "Winners: back through max-pooling", space=6)
def winners(rng):
    """Send each gradient to the winner of its window."""
    x, grad = whole(rng, -9, 9, 4, 4), whole(rng, -9, 9, 2, 2)
    windows = x.reshape(2, 2, 2, 2).transpose(0, 2, 1, 3).reshape(4, 4)
    if any((one == one.max()).sum() > 1 for one in windows) or (grad == 0).any() or len(np.unique(grad)) < 3:
        return None
    return Question(
        [
            text(
                "The map x was pooled by the largest number (window 2 × 2, stride 2). Send grad_out back "
                "to x."
            ),
            {
                "grids": [
                    {"caption": "x", "rows": rows(x)},
                    {"caption": "grad_out", "rows": rows(grad)},
                    {"caption": "grad_x", "rows": empty((4, 4))},
                ]
            },
        ],
        flat(ops.max_pool2d_backward(grad, x, 2)),
        "each window's winner gets all of it",
    )


# --- 11 Walk downhill


def walk(w, lr, slopes, **options):
    """Return the places of a weight, step by step; ``slopes`` are gradients, or a curvature and a count."""
    place, optimizer, found = np.array([float(w)]), nn.SGD(lr, **options), []
    curvature, count = slopes if isinstance(slopes, tuple) else (None, len(slopes))
    for step in range(count):
        slope = slopes[step] if curvature is None else curvature * place
        optimizer.step(place, np.full(1, slope, float))
        found.append(float(place[0]))
    return found


@task(11, 1, "Two steps downhill")
def two_steps(rng):
    """Walk down a bowl by gradient descent."""
    curvature, below, w = (
        int(rng.integers(1, 9)),
        int(rng.choice([2, 3, 4, 5, 6, 8, 10])),
        int(rng.choice([-9, -8, -6, -5, -4, -3, 3, 4, 5, 6, 8, 9])),
    )
    factor = 1 - curvature / below
    if factor in (0, 1) or abs(factor) > 2:
        return None
    first, second = walk(w, 1 / below, (curvature, 2))
    return Question(
        [
            text(
                f"A bowl has the height ½ · {curvature} · w², with the derivative {curvature} w. Start from "
                f"w = {written(w)} and take two steps of gradient descent with the learning rate 1/{below}. "
                "By which number does each step multiply w?"
            ),
            boxes("w after one step", "after two steps", "multiplied by"),
        ],
        flat([first, second, factor]),
        f"{written(w)} − 1/{below} · {curvature} · {signed(w)} = {written(first)}",
    )


@task(11, 2, "Too large a step?", space=10)
def too_large(rng):
    """Find the limit, and who goes beyond it."""
    curvature = int(rng.choice([2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32]))
    rates = np.array([int(rng.integers(1, 12)) for _ in range(3)]) / int(
        rng.choice([2, 3, 4, 5, 6, 8, 10, 12, 16])
    )
    factors = 1 - rates * curvature
    diverges = [abs(walk(1, rate, (curvature, 1))[0]) > 1 + 1e-9 for rate in rates]
    if (
        len(np.unique(rates)) < 3
        or np.isclose(np.abs(factors), 1).any()
        or len(set(diverges)) < 2
        or rates.max() > 4 / curvature * 2
    ):
        return None
    return Question(
        [
            text(
                f"In the bowl ½ · {curvature} · w², above which learning rate does gradient descent "
                "diverge? Which of these three rates do (yes or no)?"
            ),
            boxes("limit"),
            table("learning rates", ["rate", *flat(rates)], ["diverges", *[None] * 3]),
        ],
        [written(2 / curvature), *("yes" if one else "no" for one in diverges)],
        f"each step multiplies w by 1 − rate · {curvature}, and that must not be below −1: 2/{curvature}",
    )


@task(11, 3, "Momentum")
def momentum(rng):
    """Add up gradients with a velocity."""
    slopes, w = whole(rng, -8, 8, 3), int(rng.integers(-9, 10))
    if (slopes == 0).any() or slopes[0] % 2 or len(np.unique(slopes)) < 3:
        return None
    places = walk(w, 1, [float(one) for one in slopes], momentum=HALF)
    velocities = -np.diff([w, *places])
    return Question(
        [
            text(
                "Here half of the velocity is left at each step: velocity ← ½ · velocity + gradient, then "
                f"w ← w − velocity (the learning rate is 1). The velocity begins at 0, w at {written(w)}. "
                "Follow three steps."
            ),
            table(
                "three steps",
                ["step", "1", "2", "3"],
                ["gradient", *flat(slopes)],
                ["velocity", *[None] * 3],
                ["w", *[None] * 3],
            ),
        ],
        [*flat(velocities), *flat(places)],
    )


@task(11, 4, "Two directions")
def two_directions(rng):
    """Take a step in a stretched bowl."""
    kappa, below = int(rng.choice([2, 3, 4, 5, 6, 8, 9, 10, 12])), int(rng.choice([2, 3, 4, 5, 6, 8, 10]))
    u, v = (int(one) for one in whole(rng, -6, 6, 2))
    if not u * v or abs(1 - kappa / below) > 2:
        return None
    after = [walk(u, 1 / below, (1, 1))[0], walk(v, 1 / below, (kappa, 1))[0]]
    return Question(
        [
            text(
                f"The bowl ½ (u² + {kappa} v²) is stretched. Work out its gradient at u = {written(u)}, v = "
                f"{written(v)}, take one step of gradient descent with the learning rate 1/{below}, and "
                "name the condition number."
            ),
            boxes("gradient in u", "gradient in v"),
            boxes("u after the step", "v after the step"),
            boxes("condition number"),
        ],
        flat([u, kappa * v, *after, kappa]),
        f"the gradient is (u, {kappa} v)",
    )


# --- 12 Train a CNN


@task(12, 1, "A whole network, forward")
def forward(rng):
    """Go from a drawing to two scores."""
    image, kernel = signs(rng, 4, 4), signs(rng, 3, 3)
    bias, weight, biases = int(rng.integers(-2, 3)), whole(rng, -1, 2, 2, 4), whole(rng, -3, 3, 2)
    network = nn.Sequential(
        nn.Conv2d(1, 1, 3, weight=kernel[None, None].astype(float), bias=np.array([float(bias)])),
        nn.ReLU(),
        nn.Flatten(),
        nn.Dense(4, 2, weight=weight.astype(float), bias=biases.astype(float)),
    )
    filtered = ops.correlate2d(image, kernel) + bias
    bent = ops.relu(filtered)
    scores = network.forward(image[None, None].astype(float))[0]
    if (
        not 1 <= (bent == 0).sum() <= 2
        or scores[0] == scores[1]
        or np.count_nonzero(weight) < 5
        or (filtered == 0).any()
    ):
        return None
    return Question(
        [
            text(
                f"A tiny network: a filter with the bias {written(bias)} (nothing is divided), ReLU, all "
                "four numbers in one list, row by row, and a dense layer W x + b. Which letter wins, X "
                "(first score) or O (second)?"
            ),
            grids(drawing=rows(image), filter=rows(kernel), map=empty((2, 2)), after_ReLU=empty((2, 2))),
            grids(W=rows(weight), b=rows(biases[:, None]), scores=empty((2, 1))),
            boxes("winner"),
        ],
        [*flat(filtered), *flat(bent), *flat(scores), "XO"[scores.argmax()]],
    )


@task(12, 2, "A filter learns")
def filter_learns(rng):
    """Work out a filter's gradient and take one step."""
    x, weight, grad = whole(rng, 0, 3, 3, 3), whole(rng, -2, 2, 2, 2), whole(rng, -2, 2, 2, 2)
    if np.count_nonzero(grad) < 2 or np.count_nonzero(grad) > 3:
        return None
    grad_weight = ops.correlate2d_backward(grad, x, weight)[1]
    below = int(rng.choice([2, 4]))
    if np.count_nonzero(grad_weight) < 3:
        return None
    return Question(
        [
            text(
                "grad_out has come back to a convolution with this filter (nothing was divided). Work out "
                "grad_weight, and the filter after one step of gradient descent with the learning rate "
                f"1/{below}."
            ),
            grids(x=rows(x), filter=rows(weight)),
            {
                "grids": [
                    {"caption": "grad_out", "rows": rows(grad)},
                    {"caption": "grad_weight", "rows": empty((2, 2))},
                    {"caption": "new filter", "rows": empty((2, 2))},
                ]
            },
        ],
        [
            *flat(grad_weight),
            *flat(
                [walk(w, 1 / below, [g])[0] for w, g in zip(weight.ravel(), grad_weight.ravel(), strict=True)]
            ),
        ],
        f"row 1, column 1: {written(weight[0, 0])} − 1/{below} · {signed(grad_weight[0, 0])}",
    )


@task(12, 3, "Epochs and accuracy", space=10)
def epochs(rng):
    """Count steps, and the share of right answers."""
    batch, steps, count = (
        int(rng.choice([5, 10, 20, 25, 50])),
        int(rng.integers(2, 13)),
        int(rng.integers(2, 9)),
    )
    tested = int(rng.choice([8, 12, 15, 16, 30, 32, 40, 45, 48, 50, 60]))
    right = int(rng.integers(tested // 2, tested))
    return Question(
        [
            text(
                f"A network learns from {batch * steps} letters, in mini-batches of {batch}. How many steps "
                f"has an epoch, and how many steps are {count} epochs? Of {tested} test letters it then "
                f"reads {right}. What is its accuracy, as a fraction in lowest terms?"
            ),
            boxes("steps of an epoch", "altogether", "accuracy"),
        ],
        flat([steps, steps * count, fraction(right / tested)]),
    )


# --- 13 Resist overfitting


@task(13, 1, "Weight decay")
def weight_decay(rng):
    """Work out the penalty and one step."""
    weights, slopes = whole(rng, -6, 6, 3), whole(rng, -4, 4, 3)
    strength = 1 / int(rng.choice([2, 4]))
    if (weights == 0).any() or len(np.unique(weights)) < 3 or np.count_nonzero(slopes) < 2:
        return None
    after = weights.astype(float)
    nn.SGD(HALF, weight_decay=strength).step(after, slopes.astype(float))
    return Question(
        [
            text(
                f"Put a price on the weights: half of λ = {written(strength)} times the sum of their "
                "squares. What is the penalty? Then take one step of gradient descent with the learning "
                "rate 1/2, by the gradient of loss and penalty together."
            ),
            table(
                "weights",
                ["w", *flat(weights)],
                ["∂loss/∂w", *flat(slopes)],
                ["w after the step", *[None] * 3],
            ),
            boxes("penalty"),
        ],
        [*flat(after), written(strength / 2 * (weights**2).sum())],
        f"{written(weights[0])} − 1/2 · ({written(slopes[0])} + {written(strength)} · {signed(weights[0])}) "
        f"= {written(after[0])}",
    )


@task(13, 2, "Dropout", space=8)
def dropout(rng):
    """Silence by a mask, and divide by what is kept."""
    top, below = [(1, 2), (1, 3), (1, 4), (3, 4), (1, 5), (2, 3), (3, 5)][rng.integers(7)]
    x, mask = whole(rng, -9, 9, 6), rng.integers(2, size=6)
    if (x == 0).any() or not 2 <= mask.sum() <= 4 or len(np.unique(x)) < 5:
        return None
    return Question(
        [
            text(
                f"Dropout silences numbers with the probability p = {top}/{below}. Here is a mask. What "
                "goes on?"
            ),
            table("a layer", ["x", *flat(x)], ["mask", *flat(mask)], ["out", *[None] * 6]),
            text("What is handed on after the training, when nothing is silenced?"),
            boxes("for the first x"),
        ],
        [*flat(ops.dropout_backward(x, mask, top / below)), written(x[0])],
        f"what is kept is divided by 1 − {top}/{below} = {below - top}/{below}",
    )


@task(13, 3, "What does the validation set choose?", space=8)
def choose(rng):
    """Choose by the validation set, report the test set."""
    training = np.sort(rng.integers(70, 100, 5))[::-1]
    validation, test = rng.integers(40, 80, 5), rng.integers(40, 80, 5)
    best = int(validation.argmax())
    if (
        (validation == validation.max()).sum() > 1
        or best in (0, int(test.argmax()))
        or len(np.unique(training)) < 5
    ):
        return None
    strengths = ["0", "0.001", "0.01", "0.1", "1"]
    return Question(
        [
            text(
                "A network was trained with five strengths of weight decay. The table tells how many of "
                "100 digits of each set it reads. Which strength do you choose? Which test result do you "
                "report? And how far are training and validation apart there?"
            ),
            table(
                "digits read",
                ["strength", *strengths],
                ["training", *flat(training)],
                ["validation", *flat(validation)],
                ["test", *flat(test)],
            ),
            boxes("strength", "test result", "apart"),
        ],
        [strengths[best], *flat([test[best], training[best] - validation[best]])],
        "the validation set chooses; the test set is for the end",
    )


@task(13, 4, "Stop early", space=8)
def stop_early(rng):
    """Find the epoch to stop at."""
    low = int(rng.integers(2, 6))
    training = np.sort(rng.integers(5, 80, 8))[::-1]
    validation = training + rng.integers(2, 8, 8) + np.maximum(0, np.arange(8) - low) * rng.integers(5, 12)
    if len(np.unique(training)) < 8 or (validation == validation.min()).sum() > 1 or validation.max() > 99:
        return None
    best = int(validation.argmin())
    if best in (0, 7):
        return None
    return Question(
        [
            text(
                "The table tells the losses after each epoch, in hundredths. After which epoch would you "
                "have stopped? How far are the two losses apart there, and how far after the last epoch?"
            ),
            table(
                "losses",
                ["epoch", *map(str, range(1, 9))],
                ["training", *flat(training)],
                ["validation", *flat(validation)],
            ),
            boxes("epoch", "apart there", "apart at the end"),
        ],
        flat([best + 1, validation[best] - training[best], validation[-1] - training[-1]]),
    )
