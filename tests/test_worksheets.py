"""Worksheets: every answer worked out again from what is printed; the deal; files that give nothing away."""

import base64
import doctest
import gzip
import io
import json
import math
import re
import zipfile
from fractions import Fraction
from itertools import product

import pytest

pytest.importorskip("typst", reason="worksheets need requirements-dev.txt")
pytest.importorskip("pypdf", reason="worksheets need requirements-dev.txt")
pytest.importorskip("docx", reason="worksheets need requirements-dev.txt")

import docx
import pypdf

from book.worksheets import __main__ as command
from book.worksheets import document as editable
from book.worksheets import make, model, page, tasks, typeset
from book.worksheets.model import POOL, TASKS, WorksheetError, deal, filled, instance

assert tasks
ALL = sorted(TASKS, key=lambda one: (one.lesson, one.number))
NAMES = [f"{one.lesson:02}-{one.number}" for one in ALL]


# --- the answers, worked out anew from the printed question, by plain loops over fractions


def number(text):
    return Fraction(text.replace("−", "-"))


class Printed:
    """A question as a learner reads it: its grids of fractions, and the numbers of its sentences."""

    def __init__(self, question):
        self.sentence = " ".join(block["text"] for block in question.blocks if "text" in block)
        self.cells = {}
        for block in question.blocks:
            for one in block.get("grids", ()):
                self.cells[one["caption"]] = one["rows"]

    def __getitem__(self, caption):
        return [[number(cell) for cell in row] for row in self.cells[caption]]

    def row(self, caption, name):
        (found,) = [row[1:] for row in self.cells[caption] if row[0] == name]
        return [number(cell) for cell in found]

    def told(self, pattern):
        """The numbers that a pattern catches, with N for a number."""
        found = re.search(re.sub(r"\bN\b", r"([−\\d/.]+)", pattern), self.sentence)
        assert found, f"{pattern!r} is not in {self.sentence!r}"
        caught = [number(one.strip(".")) for one in found.groups()]
        return caught if len(caught) > 1 else caught[0]


def slide(image, kernel, stride=1, padding=0):
    height, width = len(image) + 2 * padding, len(image[0]) + 2 * padding
    wide = [[0] * width for _ in range(height)]
    for i, row in enumerate(image):
        for j, one in enumerate(row):
            wide[i + padding][j + padding] = one
    high, broad = len(kernel), len(kernel[0])
    return [
        [
            sum(wide[i + m][j + n] * kernel[m][n] for m in range(high) for n in range(broad))
            for j in range(0, width - broad + 1, stride)
        ]
        for i in range(0, height - high + 1, stride)
    ]


def pool(matrix, keep, size=2):
    return [
        [
            keep([one for row in matrix[i : i + size] for one in row[j : j + size]])
            for j in range(0, len(matrix[0]), size)
        ]
        for i in range(0, len(matrix), size)
    ]


def mean(numbers):
    return Fraction(sum(numbers), 1) / len(numbers)


def flat(matrix):
    return [one for row in matrix for one in row]


def dot(left, right):
    return sum(a * b for a, b in zip(left, right, strict=True))


def turned(matrix):
    return [row[::-1] for row in matrix[::-1]]


def bend(matrix):
    return [[max(one, 0) for one in row] for row in matrix]


def windows(size, window, stride, ragged=False):
    """How many windows start inside and, unless ragged, end inside; none after one at the end."""
    count, start = 0, 0
    while start < size and (start + window <= size or ragged):
        count += 1
        if start + window >= size:
            break
        start += stride
    return count


def columns(matrix):
    return [list(one) for one in zip(*matrix, strict=True)]


def votes(numbers):
    x = mean([numbers[at - 1] for at in (1, 4, 5, 10, 11)])
    o = mean([numbers[at - 1] for at in (2, 3, 9, 12)])
    return [x, o, "X" if x > o else "O"]


ORACLES = {}


def oracle(name):
    def keep(function):
        ORACLES[name] = function
        return function

    return keep


@oracle("00-1")
def _(q):
    sums = [dot(flat(q["patch"]), flat(q[f"filter {k}"])) for k in (1, 2, 3)]
    (best,) = [k for k, one in enumerate(sums, 1) if one == max(sums)]
    return [*sums, best]


@oracle("00-2")
def _(q):
    return [dot(flat(q["pixels"]), flat(q["weights"]))]


@oracle("00-3")
def _(q):
    bent = bend(q["map"])
    return [*flat(bent), *flat(pool(bent, max))]


@oracle("00-4")
def _(q):
    assert "1, 4, 5, 10 and 11" in q.sentence
    assert "2, 3, 9 and 12" in q.sentence
    return votes(q["list"][0])


@oracle("01-1")
def _(q):
    x, b = flat(q["x"]), flat(q["b"])
    return [dot(row, x) + one for row, one in zip(q["W"], b, strict=True)]


@oracle("01-2")
def _(q):
    return [dot(row, column) for row in q["W"] for column in columns(q["X"])]


@oracle("01-3")
def _(q):
    height, width, channels, neurons = q.told("N × N pixels with N channels? goes into a dense layer of N ")
    weights = height * width * channels * neurons
    return [weights, neurons, weights + neurons]


@oracle("01-4")
def _(q):
    a, b = flat(q["A"]), flat(q["B"])
    agree = sum(left == right for left, right in zip(a, b, strict=True))
    return [agree, 16 - agree, dot(a, b)]


@oracle("02-1")
def _(q):
    total = dot(flat(q["patch"]), flat(q["filter"]))
    return [total, total / 9]


@oracle("02-2")
def _(q):
    return flat(slide(q["image"], q["filter"]))


@oracle("02-3")
def _(q):
    found = slide(q["drawing"], q["filter"])
    best = max(flat(found))
    row, column = next((i, j) for i in range(3) for j in range(3) if found[i][j] == best)
    return [*flat(found), row + 1, column + 1]


@oracle("02-4")
def _(q):
    found, printed = slide(q["image"], q["filter"]), q["printed map"]
    ((i, j),) = [(i, j) for i in range(3) for j in range(3) if found[i][j] != printed[i][j]]
    return [i + 1, j + 1, found[i][j]]


@oracle("02-5")
def _(q):
    kernel, patch = q["filter"], flat(q["patch"])
    return [*flat(turned(kernel)), dot(patch, flat(kernel)), dot(patch, flat(turned(kernel)))]


@oracle("03-1")
def _(q):
    size, again, kernel, _, stride, padding, dilation = q.told(
        "of N × N pixels meets a filter of N × N weights with stride N, padding N and dilation N"
    )
    assert size == again
    span = 1 + dilation * (kernel - 1)
    return [span, windows(size + 2 * padding, span, stride)]


@oracle("03-2")
def _(q):
    filters, kernel, _, channels = q.told("lays N filters? of N × N on a picture of .* with N channel")
    one = channels * kernel**2 + 1
    return [one, filters * one, filters]


@oracle("03-3")
def _(q):
    return flat(slide(q["image"], q["filter"], stride=2, padding=1))


@oracle("03-4")
def _(q):
    bias = q.told("Its bias is N")
    maps = [flat(slide(q[f"channel {k}"], q[f"filter for {k}"])) for k in (1, 2)]
    return [a + b + bias for a, b in zip(*maps, strict=True)]


@oracle("04-1")
def _(q):
    (a, b, c), (d, _, f), (g, h, i) = q["patch"]
    assert q["Gx"] == [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
    assert q["Gy"] == [[1, 2, 1], [0, 0, 0], [-1, -2, -1]]
    x, y = (c + 2 * f + i) - (a + 2 * d + g), (a + 2 * b + c) - (g + 2 * h + i)
    return [x, y, "right" if x > 0 else "left", "top" if y > 0 else "below"]


@oracle("04-2")
def _(q):
    x, y = (int(one) for one in q.told("Gx = N and Gy = N"))
    long = math.isqrt(x * x + y * y)
    assert long * long == x * x + y * y
    return [long, "right" if x > 0 else "left", "up" if y > 0 else "down"]


@oracle("04-3")
def _(q):
    wall, total = q.told("every pixel is N"), sum(flat(q["filter"]))
    return [total, wall * total, "yes" if total == 0 else "no"]


@oracle("04-4")
def _(q):
    (row,) = q["row of pixels"]
    found = [row[at + 2] - row[at] for at in range(5)]
    (largest,) = [one for one in found if abs(one) == max(map(abs, found))]
    return [*found, largest]


@oracle("05-1")
def _(q):
    return [*flat(bend(q["map"])), sum(one <= 0 for one in flat(q["map"]))]


@oracle("05-2")
def _(q):
    x = q.row("values and slopes", "x")
    tenth = Fraction(1, 10)
    return [
        *(max(one, 0) for one in x),
        *(int(one > 0) for one in x),
        *(one if one > 0 else one * tenth for one in x),
        *(1 if one > 0 else tenth for one in x),
    ]


@oracle("05-3")
def _(q):
    ((a, b),), ((c, d),) = q["first filter"], q["second filter"]
    return [a * c, b * c + a * d, b * d]


@oracle("05-4")
def _(q):
    x, y = q.told("x = N and y = N")
    bent = [max(one, 0) for one in (x + y, -x - y, x - y, y - x)]
    return [*bent, bent[0] + bent[1] - bent[2] - bent[3], "yes" if x * y > 0 else "no"]


@oracle("06-1")
def _(q):
    return [*flat(pool(q["map"], max)), *flat(pool(q["map"], mean))]


@oracle("06-2")
def _(q):
    size, _, window, stride = q.told("map of N × N numbers is pooled with a window of N and stride N")
    return [windows(size, window, stride), windows(size, window, stride, ragged=True)]


@oracle("06-3")
def _(q):
    return flat(pool(q["map"], max))


@oracle("06-4")
def _(q):
    moved = [[0, *row[:-1]] for row in q["map"]]
    before, after = flat(pool(q["map"], max)), flat(pool(moved, max))
    return [*before, *after, sum(a == b for a, b in zip(before, after, strict=True)), max(flat(moved))]


@oracle("07-1")
def _(q):
    _, image, *stack = q.cells["the stack"]
    size, found = int(image[-1]), []
    for name, window, stride, _ in stack:
        size = windows(size, int(window), int(stride), ragged="ceil" in name)
        found.append(size)
    return found


@oracle("07-2")
def _(q):
    # The pixels that the first and the second number of a long row see, by following them back.
    _, _, *stack = q.cells["field and step"]
    found, seen = [], [{at} for at in range(400)]
    for _, window, stride, *_ in stack:
        starts = range(0, len(seen) - int(window) + 1, int(stride))
        seen = [set().union(*seen[start : start + int(window)]) for start in starts]
        found += [len(seen[0]), min(seen[1]) - min(seen[0])]
    return found


@oracle("07-3")
def _(q):
    filters, kernel, _, channels = q.told("lays N filters of N × N on N channel")
    side, _ = q.told("leave N × N numbers")
    scores = q.told("with N scores")
    conv = filters * (channels * kernel**2 + 1)
    numbers = filters * side * side
    return [conv, numbers, scores * (numbers + 1), conv + scores * (numbers + 1)]


@oracle("08-1")
def _(q):
    maps = {1: q["map 1"], 2: q["map 2"]}
    row, column, which = (int(one) for one in q.told("in row N, column N of map N stand"))
    order = [(k, i, j) for k in (1, 2) for i in (1, 2) for j in (1, 2, 3)]
    return [*(maps[k][i - 1][j - 1] for k, i, j in order), order.index((which, row, column)) + 1]


@oracle("08-2")
def _(q):
    return votes([one / 9 for one in q["list in ninths"][0]])


@oracle("08-3")
def _(q):
    x, b = flat(q["x"]), flat(q["b"])
    scores = [dot(row, x) + one for row, one in zip(q["W"], b, strict=True)]
    best, second, _ = sorted(scores, reverse=True)
    assert best > second
    return [*scores, "ABC"[scores.index(best)], best - second]


@oracle("08-4")
def _(q):
    powers = q["powers of e"][0]
    return [one / sum(powers) for one in powers]


@oracle("09-1")
def _(q):
    pairs = list(zip(q.row("answers", "p"), q.row("answers", "y"), strict=True))
    return [*((p - y) ** 2 / 2 for p, y in pairs), *(p - y for p, y in pairs)]


@oracle("09-2")
def _(q):
    right = []
    for name, *shares, letter in q.cells["shares"][1:]:
        assert sum(map(number, shares)) == 1, name
        right.append(number(shares["ABC".index(letter)]))
    return [*(f"ln {1 / one}" for one in right), right[0] * right[1]]


@oracle("09-3")
def _(q):
    found = [p - y for p, y in zip(q.row("units", "p"), q.row("units", "y"), strict=True)]
    return [*found, *("grow" if one < 0 else "fall" for one in found)]


@oracle("09-4")
def _(q):
    w, *biases = q.told("w = N. How .* b = N, and how many with b = N")
    pairs = list(zip(q.row("right answers", "x"), q.row("right answers", "right"), strict=True))
    return [sum((w * x + b > 0) != (right == 1) for x, right in pairs) for b in biases]


@oracle("09-5")
def _(q):
    factor, sign, b, u = re.search(
        r"f\(u\) = (\S*?) ?u² ([+−]) (\d+) u\. What is f\((\S+)\)", q.sentence
    ).groups()
    a = Fraction(1, 2) if factor == "½" else number(factor or "1")
    b, u = number(b) * (1 if sign == "+" else -1), number(u)
    slope = 2 * a * u + b
    return [a * u * u + b * u, slope, "grow" if slope < 0 else "fall"]


@oracle("10-1")
def _(q):
    x, w, b, y = q.told("x = N, w = N, b = N and y = N")
    z = w * x + b
    a = max(z, 0)
    back = a - y if z > 0 else 0
    return [z, a, (a - y) ** 2 / 2, a - y, back, back, back * x, back * w]


@oracle("10-2")
def _(q):
    g, x = flat(q["g"]), flat(q["x"])
    return [*(one * other for one in g for other in x), *(dot(g, column) for column in columns(q["W"]))]


def stamps(q):
    x, kernel, grad = q["x"], q["filter"], q["grad_out"]
    of_x, of_weight = [[0] * 3 for _ in range(3)], [[0] * 2 for _ in range(2)]
    for i, j, m, n in product(range(2), repeat=4):
        of_weight[m][n] += grad[i][j] * x[i + m][j + n]
        of_x[i + m][j + n] += grad[i][j] * kernel[m][n]
    return flat(of_weight), flat(of_x)


@oracle("10-3")
def _(q):
    of_weight, of_x = stamps(q)
    return [*of_weight, *of_x]


@oracle("10-4")
def _(q):
    return [g if x > 0 else 0 for x, g in zip(flat(q["x"]), flat(q["grad_out"]), strict=True)]


@oracle("10-5")
def _(q):
    x, found = q["x"], []
    for i, j in product(range(4), repeat=2):
        top, left = i - i % 2, j - j % 2
        window = [one for row in x[top : top + 2] for one in row[left : left + 2]]
        assert window.count(max(window)) == 1
        found.append(q["grad_out"][i // 2][j // 2] if x[i][j] == max(window) else 0)
    return found


@oracle("11-1")
def _(q):
    curvature, start, rate = q.told("· N · w², .* w = N and take .* rate N\\.")
    first = start - rate * curvature * start
    return [first, first - rate * curvature * first, 1 - rate * curvature]


@oracle("11-2")
def _(q):
    curvature = q.told("½ · N · w²")
    found = []
    for rate in q.row("learning rates", "rate"):
        place = Fraction(1)
        for _ in range(20):
            place -= rate * curvature * place
        assert abs(place) != 1
        found.append("yes" if abs(place) > 1 else "no")
    return [2 / curvature, *found]


@oracle("11-3")
def _(q):
    place, velocity, velocities, places = q.told("w at N\\."), Fraction(0), [], []
    for slope in q.row("three steps", "gradient"):
        velocity = velocity / 2 + slope
        place -= velocity
        velocities.append(velocity)
        places.append(place)
    return [*velocities, *places]


@oracle("11-4")
def _(q):
    kappa, u, v, rate = q.told("u² \\+ N v²\\).* u = N, v = N, take .* rate N,")
    return [u, kappa * v, u - rate * u, v - rate * kappa * v, kappa]


@oracle("12-1")
def _(q):
    bias = q.told("with the bias N ")
    made = [[one + bias for one in row] for row in slide(q["drawing"], q["filter"])]
    bent = bend(made)
    scores = [dot(row, flat(bent)) + b for row, b in zip(q["W"], flat(q["b"]), strict=True)]
    assert scores[0] != scores[1]
    return [*flat(made), *flat(bent), *scores, "X" if scores[0] > scores[1] else "O"]


@oracle("12-2")
def _(q):
    rate, (of_weight, _) = q.told("rate N\\."), stamps(q)
    return [*of_weight, *(w - rate * g for w, g in zip(flat(q["filter"]), of_weight, strict=True))]


@oracle("12-3")
def _(q):
    letters, batch = q.told("from N letters, in mini-batches of N")
    count, tested, right = q.told("are N epochs\\? Of N test letters it then reads N")
    return [letters / batch, letters / batch * count, right / tested]


@oracle("13-1")
def _(q):
    strength, rate = q.told("λ = N times .* rate N,")
    weights, slopes = q.row("weights", "w"), q.row("weights", "∂loss/∂w")
    after = [w - rate * (g + strength * w) for w, g in zip(weights, slopes, strict=True)]
    return [*after, strength / 2 * sum(w * w for w in weights)]


@oracle("13-2")
def _(q):
    p, x = q.told("p = N\\."), q.row("a layer", "x")
    mask = q.row("a layer", "mask")
    return [*(one * kept / (1 - p) for one, kept in zip(x, mask, strict=True)), x[0]]


@oracle("13-3")
def _(q):
    told = {name: q.row("digits read", name) for name in ("training", "validation", "test")}
    (best,) = [at for at, one in enumerate(told["validation"]) if one == max(told["validation"])]
    strength = q.cells["digits read"][0][best + 1]
    return [strength, told["test"][best], told["training"][best] - told["validation"][best]]


@oracle("13-4")
def _(q):
    training, validation = q.row("losses", "training"), q.row("losses", "validation")
    (best,) = [at for at, one in enumerate(validation) if one == min(validation)]
    return [best + 1, validation[best] - training[best], validation[-1] - training[-1]]


def boxes_of(question):
    cells = [
        cell
        for block in question.blocks
        for one in block.get("grids", ())
        for row in one["rows"]
        for cell in row
    ]
    return cells.count(None) + sum(len(block.get("boxes", ())) for block in question.blocks)


def test_there_are_three_tasks_or_more_for_each_lesson_of_parts_one_and_two():
    assert model.lessons() == list(range(14))
    assert all(3 <= len(model.tasks_of(lesson)) <= 5 for lesson in model.lessons())
    assert sorted(ORACLES) == NAMES


@pytest.mark.parametrize("task", ALL, ids=NAMES)
def test_every_answer_is_right_and_can_be_done_by_hand(task):
    oracle = ORACLES[f"{task.lesson:02}-{task.number}"]
    assert len(task.pool) == POOL == len({question.text for question in task.pool})
    for question in task.pool:
        expected = [str(one).replace("-", "−") for one in oracle(Printed(question))]
        assert question.answers == expected, question.text
        assert len(question.answers) == boxes_of(question)
        for answer in question.answers:
            if re.match(r"[−\d]", answer) and "." not in answer:
                assert abs(number(answer).numerator) < 100
                assert number(answer).denominator <= 16


@pytest.mark.parametrize("task", ALL, ids=NAMES)
def test_neighbors_seldom_have_the_same_answers(task):
    """Sums of a few ±1 have few values; elsewhere nearly all answers of a pool differ."""
    assert len({tuple(question.answers) for question in task.pool}) >= 7


# --- the deal


@pytest.mark.parametrize("seed", [0, 7, 2**31 - 1])
def test_all_variants_of_a_seed_differ_in_every_task(seed):
    for task in ALL:
        dealt = [instance(task.lesson, task.number, seed, variant) for variant in range(1, POOL + 1)]
        assert sorted(dealt) == list(range(POOL))


def test_seeds_deal_different_sheets():
    sheets = {tuple(instance(2, k, seed, 1) for k in range(1, 6)) for seed in range(300)}
    assert len(sheets) > 295


def test_the_deal_stays_what_it_is():
    """A sheet that was printed can be dealt again in a year: whatever changes these numbers breaks that."""
    assert [instance(2, 1, 7, variant) for variant in (1, 2, 97)] == [0, 51, 46]
    assert deal("02", 7, 1)[0][1].answers == ["−1", "−1/9"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("21", 1, 1), "lesson: must be one that has tasks (00, 01, "),
        (("two", 1, 1), "lesson: must be one"),
        (("02", -1, 1), "seed: must be a whole number from 0 to 2147483647, got -1"),
        (("02", 2**31, 1), "seed: must be"),
        (("02", 1.5, 1), "seed: must be"),
        (("02", 1, 0), "variant: must be a whole number from 1 to 97, got 0"),
        (("02", 1, 98), "variant: must be"),
    ],
)
def test_what_cannot_be_dealt_is_one_clear_error(arguments, complaint):
    with pytest.raises(WorksheetError, match=re.escape(complaint)):
        deal(*arguments)


def test_boxes_are_filled_in_order_and_must_be_as_many_as_answers():
    blocks = [
        model.text("?"),
        model.grids(a=[["1", None]], b=[["2"]]),
        model.boxes("x", "y"),
    ]
    assert filled(blocks, ["7", "8", "9"]) == [
        {"grids": [{"caption": "a", "rows": [["1", {"answer": "7"}]]}]},
        {"boxes": [{"label": "x", "answer": "8"}, {"label": "y", "answer": "9"}]},
    ]
    with pytest.raises(ValueError, match="more boxes"):
        filled(blocks, ["7", "8"])
    with pytest.raises(ValueError, match="no boxes for"):
        filled(blocks, ["7", "8", "9", "10"])


def test_the_examples_are_right():
    assert doctest.testmod(model).failed == 0
    assert doctest.testmod(model).attempted >= 3


# --- the files


def words(document):
    """What can be read on a document: its texts in order, without spaces."""
    found = []
    for sheet in document["sheets"]:
        found.append(sheet["heading"])
        for question in sheet["questions"]:
            found.append(question["heading"])
            for block in question["blocks"]:
                found.append(block.get("text", ""))
                for one in block.get("grids", ()):
                    found.append(one["caption"])
                    found += [shown(cell) for row in one["rows"] for cell in row]
                for one in block.get("boxes", ()):
                    found += [one] if isinstance(one, str) else [one["label"], one["answer"]]
            found.append(question.get("working", ""))
    return "".join("".join(found).split())


def shown(cell):
    return "" if cell is None else cell["answer"] if isinstance(cell, dict) else cell


def read(pdf):
    """All that can be read in a PDF, without spaces, page numbers, footers and what is to be filled in."""
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    text = re.sub(r"lesson \d\d · seed \d+( · variant \d+)?|key · |page\s*\d+|Name|Class|Date", "", text)
    return "".join(text.split())


@pytest.mark.parametrize("lesson", model.lessons())
def test_a_student_sheet_says_what_the_question_says_and_nothing_else(lesson):
    document = make.sheets(lesson, 7, 2)
    assert sorted(read(typeset.pdf(document))) == sorted(words(document))
    assert not re.search(r'"(answers?|working)":', json.dumps(document))


def test_the_key_says_every_answer():
    document = make.key(2, 7, 2)
    text = document["title"] + words(document)
    assert sorted(read(typeset.pdf(document))) == sorted("".join(text.split()))


@pytest.mark.parametrize("made", [make.sheets, make.key])
@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_a_pdf_can_be_used_by_everybody_and_is_the_same_each_time(made, paper):
    pdf = typeset.pdf(made(2, 7, 2), paper)
    assert pdf == typeset.pdf(made(2, 7, 2), paper)
    assert pdf != typeset.pdf(made(2, 8, 2), paper)
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert "/StructTreeRoot" in root
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title.startswith("Lesson 02: Slide a filter")
    assert "/CreationDate" not in reader.metadata or "1970" in reader.metadata["/CreationDate"]
    width, height = (round(float(one)) for one in reader.pages[0].mediabox[2:])
    assert (width, height) == {"a4": (595, 842), "letter": (612, 792)}[paper]


def cells_of(element):
    """Yield the kinds of a PDF's table cells, TH or TD, in order, from its tree of elements."""
    if isinstance(element, list):
        for one in element:
            yield from cells_of(one.get_object())
    elif isinstance(element, dict):
        if element.get("/S") in ("/TH", "/TD"):
            yield element["/S"]
        yield from cells_of(element.get("/K", pypdf.generic.NullObject()).get_object())


def test_the_row_on_top_of_a_table_with_names_is_its_header():
    """Lesson 13: tables of 4, 7, 6 and 9 columns, whose first cells are words; lesson 03 has numbers."""
    for lesson, count in ((13, 4 + 7 + 6 + 9), (3, 0)):
        root = pypdf.PdfReader(io.BytesIO(typeset.pdf(make.sheets(lesson, 7, 1)))).trailer["/Root"]
        kinds = [*cells_of(root["/StructTreeRoot"])]
        assert kinds.count("/TH") == count
        assert kinds.count("/TD") > count


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("lesson", model.lessons())
def test_a_sheet_has_two_pages_at_most(lesson, paper):
    pages = pypdf.PdfReader(io.BytesIO(typeset.pdf(make.sheets(lesson, 3, 1), paper))).pages
    assert len(pages) <= 2


def read_docx(made):
    """All that stands in the body of a document, without spaces and what is to be filled in."""
    body = docx.Document(io.BytesIO(made)).element.body
    text = "".join(one.text or "" for one in body.iter() if one.tag.endswith("}t"))
    return "".join(re.sub(r"Name _+ +Class _+ +Date _+", "", text).split())


@pytest.mark.parametrize("lesson", model.lessons())
def test_an_editable_sheet_says_what_the_question_says_and_nothing_else(lesson):
    document = make.sheets(lesson, 7, 2)
    assert read_docx(editable.docx(document)) == words(document)


@pytest.mark.parametrize("lesson", model.lessons())
def test_an_editable_key_says_every_answer(lesson):
    document = make.key(lesson, 7, 2)
    assert read_docx(editable.docx(document)) == "".join(document["title"].split()) + words(document)


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_an_editable_document_is_the_same_each_time(paper):
    made = editable.docx(make.sheets(2, 7, 2), paper)
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        assert {part.date_time[:3] for part in parts.infolist()} == {(2026, 1, 1)}
    assert made == editable.docx(make.sheets(2, 7, 2), paper)
    assert made != editable.docx(make.sheets(2, 8, 2), paper)
    read = docx.Document(io.BytesIO(made))
    assert read.core_properties.title.startswith("Lesson 02: Slide a filter")
    assert round(read.sections[-1].page_width.mm) == {"a4": 210, "letter": 216}[paper]
    assert [one.footer.paragraphs[0].text for one in read.sections] == [
        "lesson 02 · seed 7 · variant 1",
        "lesson 02 · seed 7 · variant 2",
    ]


def test_sheets_of_two_pages_begin_on_fronts():
    """Lesson 07 has sheets of one page and of two: each begins on an odd page."""
    reader = pypdf.PdfReader(io.BytesIO(typeset.pdf(make.sheets(7, 7, 4))))
    begins = [at for at, page in enumerate(reader.pages) if "Name" in page.extract_text()]
    assert begins == [0, 2, 4, 6]


# --- the book's page: that it deals the same is shown in tests/browser/test_worksheets.py


def test_the_page_gets_every_question_of_every_task_and_shows_no_answer_in_its_source():
    told = page.pools()
    assert [one["number"] for one in told] == [f"{lesson:02}" for lesson in model.lessons()]
    assert told == page.pools()
    source = json.dumps(told, ensure_ascii=False)
    assert len(source) < 300_000
    for lesson in told:
        tasks_told = json.loads(gzip.decompress(base64.b64decode(lesson["tasks"])))
        expected = model.tasks_of(int(lesson["number"]))
        assert [(one["number"], one["title"], one["space"]) for one in tasks_told] == [
            (one.number, one.title, one.space) for one in expected
        ]
        for one, task in zip(tasks_told, expected, strict=True):
            assert [model.Question(**question) for question in one["pool"]] == list(task.pool)
            assert all(question.working not in source for question in task.pool if question.working)


# --- the command


def test_the_command_writes_sheets_and_a_key(tmp_path, capsys):
    to = tmp_path / "new" / "folder"
    told = ["--lesson", "6", "--seed", "7", "--variants", "2", "--paper", "letter", "--to", str(to)]
    assert command.main(told) == 0
    names = sorted(path.name for path in to.iterdir())
    assert names == sorted(
        f"06-seed-7-{name}" for name in ("key.docx", "key.pdf", "sheets.docx", "sheets.pdf")
    )
    said = capsys.readouterr().out
    assert all(name in said for name in names)


@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        (["--lesson", "99"], "lesson: must be"),
        (["--lesson", "02", "--variants", "98"], "variants: must be a whole number from 1 to 97, got '98'"),
        (["--lesson", "02", "--seed", "-5"], "seed: must be"),
        (["--lesson", "02", "--paper", "a5"], "paper: must be a4 or letter, got 'a5'"),
    ],
)
def test_bad_input_is_one_clear_error_and_writes_nothing(tmp_path, capsys, told, complaint):
    assert command.main([*told, "--to", str(tmp_path / "w")]) == 1
    said = capsys.readouterr()
    assert complaint in said.err
    assert said.out == ""
    assert not (tmp_path / "w").exists()


def test_a_folder_that_cannot_be_written_is_one_clear_error(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert command.main(["--lesson", "02", "--to", str(tmp_path / "file")]) == 1
    assert "to: cannot write there" in capsys.readouterr().err
