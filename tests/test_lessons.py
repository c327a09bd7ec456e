"""The lessons as texts: how long they are, what stands in sight, their words, what their claims rest on."""

import re
from collections import Counter

import pytest

from tests.canonical import NOTEBOOKS
from tests.contents import INDEX, README, index, stated_minutes, with_table
from tests.helpers import reading
from tests.helpers.exercises import EXERCISES
from tests.helpers.reading import EXERCISE, FENCE, LESSONS, LONGEST, cells

TAUGHT = LESSONS[1:]
SOLUTIONS = sorted((NOTEBOOKS / "solutions").glob("*.ipynb"))
SEEDS = 6  # the fewest that a claim about trainings may rest on
# Words of the field that a reader will need outside; each is taught in bold, once. The index holds them all.
WORDS = """
    accuracy, activation function, Adam, average pooling, backpropagation, batch normalization, bias,
    channel, chain rule, computation graph, condition number, confusion matrix, convolution,
    cross-correlation, cross-entropy, data augmentation, dense layer, derivative, dilation, dot product,
    dropout, early stopping, epoch, feature map, fine-tuning, generalization, gradient, gradient
    descent, hyperparameter, im2col, inference, initialization, kernel, learning rate, logit, loss,
    matrix product, max-pooling, mini-batch, momentum, non-maximum suppression, one-hot, optimizer,
    overfitting, padding, parameter, partial derivative, pixel, pooling, precision, recall, receptive
    field, regularization, ReLU, residual block, saliency map, segmentation, SGD, sigmoid, skip
    connection, softmax, stride, tanh, transfer learning, vanishing gradient, weight, weight decay
"""
WORDS = [" ".join(word.split()) for word in WORDS.split(",")]


def lesson_cells(kind=None):
    found = [cell for path in TAUGHT for cell in cells(path)]
    return [cell for cell in found if kind in (None, cell.kind)]


def named(found):
    return [f"{cell.lesson}: {cell.id}" for cell in found]


# --- In sight -----------------------------------------------------------------------------------------------


def in_sight():
    return [cell for path in LESSONS for cell in cells(path) if cell.kind == "code" and not cell.is_folded]


def test_cells_in_sight_are_short():
    assert named(cell for cell in in_sight() if len(cell.lines) > LONGEST) == []


def test_no_assertion_is_in_sight():
    assert named(cell for cell in in_sight() if re.search(r"^\s*assert\b", cell.source, re.MULTILINE)) == []


def test_what_is_folded_says_why():
    """A folded cell is a preparation, a check or an experiment; a sentence stands before it."""
    kinds = {"check", "setup"}
    for path in TAUGHT:
        before = None
        for cell in cells(path):
            if cell.is_folded:
                assert cell.kind == "code", (cell.lesson, cell.id)
                assert kinds & {*cell.tags} or _states_seeds(cell), (cell.lesson, cell.id)
                assert before is not None, (cell.lesson, cell.id)
                assert before.kind == "markdown" or before.is_folded or "check" in cell.tags, (
                    cell.lesson,
                    cell.id,
                )
            before = cell


def test_no_picture_is_printed_in_characters():
    drawn = re.compile(r"^[#.█▓▒░ ]*[#█▓▒░]{2}[#.█▓▒░ ]*$", re.MULTILINE)
    assert named(cell for cell in lesson_cells("code") if len(drawn.findall(cell.printed)) > 2) == []


# --- Length -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", TAUGHT, ids=lambda path: path.stem)
def test_a_lesson_takes_an_hour_at_most_and_says_so(path):
    counted = reading.minutes(path)
    assert counted <= 60.5, reading.parts(path)
    assert stated_minutes(path) == pytest.approx(counted, rel=0.15), reading.parts(path)


def test_the_count_counts(tmp_path):
    """Each kind of thing adds what it should."""
    kinds = Counter()
    for path in TAUGHT:
        kinds += Counter({part: minutes > 0 for part, minutes in reading.parts(path).items()})
    assert set(kinds) == {"words", "code", "prompts", "scenes", "exercises"}
    assert min(kinds.values()) >= 15


# --- Exercises ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", TAUGHT, ids=lambda path: path.stem)
def test_exercises_climb(path):
    kinds = [tag for cell in cells(path) if cell.kind == "code" for tag in cell.tags if tag in EXERCISE]
    assert kinds, "no exercises"
    assert set(kinds) == set(EXERCISE), kinds
    assert kinds == sorted(kinds, key=list(EXERCISE).index), "from the easiest to the open one"


def test_every_exercise_of_the_package_stands_in_its_lesson():
    for name in EXERCISES:
        lesson, function = name.split("-", 1)
        (path,) = [path for path in TAUGHT if path.name.startswith(f"{lesson.removeprefix('lesson')}_")]
        holders = [cell for cell in cells(path) if f"exercises.{function}.check(" in cell.source]
        assert len(holders) == 1, name
        assert len(set(holders[0].tags) & set(EXERCISE)) == 1, name


def test_open_exercises_have_a_rubric():
    for path in SOLUTIONS:
        text = "\n".join(cell.source for cell in cells(path) if cell.kind == "markdown")
        assert "rubric" in text.lower(), path.name


# --- Words --------------------------------------------------------------------------------------------------


def test_a_word_is_in_bold_once_in_the_whole_course():
    found = Counter(term.lower() for path in TAUGHT for term, _ in reading.terms(path))
    assert [term for term, count in found.items() if count > 1] == []
    assert reading.terms(LESSONS[0]) == []


def test_the_words_of_the_field_are_taught():
    found = {term.lower() for path in TAUGHT for term, _ in reading.terms(path)}
    missing = [word for word in WORDS if not {word.lower(), f"{word.lower()}s"} & found]
    assert missing == []


def test_the_index_lists_every_word():
    (cell,) = [cell for cell in cells(LESSONS[0]) if cell.id == INDEX]
    assert cell.source == index(), "python -m tests.contents writes it"


def test_the_readme_has_the_table_of_lesson_00_with_the_minutes():
    text = README.read_text(encoding="utf-8")
    assert text == with_table(text), "python -m tests.contents writes it"


BRITISH = re.compile(
    r"\b(colou?r(?<=colour)\w*|gr[e]y\w*|cent(re[sd]?|ring)\b|neighbour\w*|favour\w*|behaviour\w*|honour\w*|"
    r"(optim|regular|normal|recogn|initial|general|real|memor|summar|vector|emphas|categor|visual|minim|maxim|"
    r"standard|stabil|local|organ|special|character|penal|final|util|analog)is(e[sdr]?|ing|ation)s?\b|"
    r"analys(e[sd]?|ing)\b|label+(?<=labell)(ed|ing)\b|modell(ed|ing)\b|travell\w+|catalogue\w*|defence|licence|"
    r"practise\w*|artefact\w*|learnt|spelt|whilst|metre\w*|grey)\b",
    re.IGNORECASE,
)
# Sentences that are translated rather than written.
STILTED = re.compile(
    r"How many \w+ has (the|a|each)\b|Which \w+ in \w+ has\b|takes the power of e\b|Two \w+ are about\b|"
    r"say to the turn|by a lucky swing|trembled upwards|moves no valley|\b8 right digits|\bWho forgets\b|"
    r"where is the \w+ gone|from behind\b|widely shared|well-known|many courses|without doubt|of course\b",
    re.IGNORECASE,
)


def prose():
    """Return all that a learner reads: texts of lessons and solutions, and what the package says."""
    for path in [*LESSONS, *SOLUTIONS]:
        for cell in cells(path):
            text = cell.source if cell.kind == "code" else FENCE.sub("", cell.source)
            yield f"{path.name}: {cell.id}", text


@pytest.mark.parametrize("pattern", [BRITISH, STILTED], ids=["American spelling", "natural English"])
def test_how_it_is_written(pattern):
    found = [(place, match[0]) for place, text in prose() for match in pattern.finditer(text)]
    assert found == []


def test_how_the_package_is_written():
    import cnnlab

    files = sorted(NOTEBOOKS.parent.glob(f"{cnnlab.__name__}/**/*.py"))
    found = []
    for path in files:
        text = path.read_text(encoding="utf-8")
        found += [(path.name, m[0]) for pattern in (BRITISH, STILTED) for m in pattern.finditer(text)]
    assert found == []


def test_spelling_can_be_wrong():
    for word in (
        "colour",
        "Greyscale",
        "centre",
        "neighbours",
        "optimiser",
        "normalisation",
        "labelled",
        "analyse",
    ):
        assert BRITISH.search(word), word
    for word in (
        "color",
        "gray",
        "center",
        "neighbor",
        "optimizer",
        "raised",
        "promise",
        "surprise",
        "labeled",
    ):
        assert not BRITISH.search(word), word


# --- What claims rest on ------------------------------------------------------------------------------------


def _states_seeds(cell):
    return [int(tag.removeprefix("seeds-")) for tag in cell.tags if re.fullmatch(r"seeds-\d+", tag)]


def sections(path):
    """Return the cells of a lesson in pieces, each from a heading to the next."""
    found = [[]]
    for cell in cells(path):
        if cell.kind == "markdown" and re.search(r"^#+ ", cell.source, re.MULTILINE):
            found.append([])
        found[-1].append(cell)
    return found


@pytest.mark.parametrize("path", TAUGHT, ids=lambda path: path.stem)
def test_every_training_says_what_its_claim_rests_on(path):
    """Six seeds or more, told in an output; or one training, called one; or a preparation without a claim."""
    training = {cell.id for cell in reading.cells_that_train(path)}
    exercise = {cell.id for cell in cells(path) if {*cell.tags} & {*EXERCISE}}
    for section in sections(path):
        printed = "\n".join(cell.printed for cell in section)
        told = "\n".join(cell.source for cell in section if cell.kind == "markdown")
        for cell in section:
            if cell.id not in training - exercise:
                continue
            seeds = _states_seeds(cell)
            assert len(seeds) + ("story" in cell.tags) == 1, f"{cell.id} must say seeds-N or story"
            if seeds:
                assert seeds[0] >= SEEDS, cell.id
                assert re.search(rf"\b{seeds[0]} seeds\b", printed + told), cell.id
            else:
                assert re.search(r"\b(one|single)\b.{0,30}\b(training|run|network)|\bstory\b", told, re.I), (
                    cell.id
                )


def test_trainings_are_found():
    found = {path.stem[:2]: len(reading.cells_that_train(path)) for path in TAUGHT}
    assert sum(found.values()) >= 20
    assert {number for number, count in found.items() if count} >= {"12", "13", "14", "15", "17", "18"}
    assert not {number for number, count in found.items() if count} & {f"0{n}" for n in range(10)}
