"""A question the learner answers before seeing the result; the feedback says what went wrong.

``Predict`` asks for one number, or which of some answers is right; ``PredictCells`` asks for a small grid of
numbers. What would give the answer away is held back by the prompt (``reveal``), not by a folded output:
JupyterLab unfolds those when it runs them.
"""

import re
from dataclasses import dataclass

import numpy as np

from cnnlab.checks import integer
from cnnlab.exercises import progress
from cnnlab.look import write_number
from cnnlab.scenes.scene import Scene, finite_matrix
from cnnlab.stage import Control, Panel, Picture, Stage, full_scale
from cnnlab.stage.typed import read_number

CLOSE = 0.00999  # 0.78 and 0.77 are both fair answers to 7/9: some round, some cut off
TERM_BY_TERM = "Work it out term by term and try again."
ANSWERED = ("correct", "shown")  # a wrong answer is not among them: it gets a hint, and another try


class Revealed(Stage):
    """Lines of text, such as a table, that are shown once a prompt is answered."""

    WAITING = "Answer the question above first; then the result stands here."

    def __init__(self, lines):
        self.lines = lines
        super().__init__(Picture(title="Result", text=self.WAITING))

    def let_out(self):
        """Show the lines."""
        self.show(Picture(title="Result", feedback="\n".join(self.lines), outcome="revealed"))

    def __repr__(self):
        return self.picture.feedback or self.WAITING


class Prompt(Scene):
    """A scene that asks a question and holds back what would answer it; ``progress`` keeps what it said."""

    held_back = None  # what is shown after the answer

    def reveal(self, *lines):
        """Return a scene that shows lines of text as soon as this prompt is answered.

        Parameters
        ----------
        *lines : str
            Each may hold several lines.

        Returns
        -------
        Revealed
            Until there is the right answer, typed or shown by "Show me", neither its view nor its text holds
            the lines. A wrong answer does not show them: it gets its hint, and leaves the question open.
        """
        self.held_back = Revealed(lines)
        self._open_if_answered()
        return self.held_back

    def answer(self, message):
        """Do what the learner asked for in the browser, and remember what came of it."""
        before = self.state
        said = super().answer(message)
        if self.state is not before and self.state.outcome != "not answered":  # a choice is no answer yet
            progress.remember(self, self.state.outcome, self.state.feedback)
        return said

    def change(self, **changes):
        """Change parts of the state; the answer opens what is held back."""
        super().change(**changes)
        self._open_if_answered()

    def _open_if_answered(self):
        if self.held_back is not None and self.state.outcome in ANSWERED:
            self.held_back.let_out()


@dataclass(frozen=True)
class State:
    """What was typed or chosen last, and what the prompt answers to it."""

    typed: str = ""
    feedback: str = ""
    outcome: str = "not answered"


class Predict(Prompt):
    """Ask for a number or a choice; say whether it is right, and if not, which step went wrong.

    Parameters
    ----------
    question : str
    answer : float or str
        Decimals that are right to two places count as right; so do fractions such as 5/9. Of choices, the
        right one.
    because : str
        Why, in one sentence; shown once the answer is right, or when the learner asks for it.
    slips : dict of float or str to str, optional
        Typical wrong answers, and what went wrong in each. Of choices, all but the right one.
    unit : int, optional
        The denominator in which ``answer`` is written out.
    choices : sequence of str, optional
        Answers to choose from, instead of a number to type.

    Raises ``ValueError`` if an answer is no number or no choice, or if a slip would be right.

    The prompt never stores the answer in the notebook: as long as nobody answers, it says "not answered".
    ``confirm`` lets a cell beside it compute the answer without giving it away.
    """

    def __init__(self, question, answer, because, *, slips=None, unit=None, choices=()):
        self.question = question
        self.because = because
        self.unit = unit
        self.choices = tuple(choices)
        slips = slips or {}
        if self.choices:
            self.right, self.slips = answer, dict(slips)
            if answer not in self.choices:
                raise ValueError(f"Predict: answer must be one of the choices {self.choices}, got {answer!r}")
            if {*slips} != {*self.choices} - {answer}:
                raise ValueError(
                    f"Predict: slips must be all choices but the answer {answer!r}, got {[*slips]}"
                )
        else:
            self.right = read_number("Predict: answer", answer)
            self.slips = {read_number("Predict: slips", wrong): why for wrong, why in slips.items()}
            if any(self._is_same(wrong, self.right) for wrong in self.slips):
                raise ValueError(f"Predict: slips must differ from the answer {answer!r}, got {slips!r}")
        super().__init__(State())

    def draw(self, state):
        """Return the question with its field and buttons, and what was said about the last answer."""
        kind = "radio" if self.choices else "number"
        return Picture(
            title="Predict",
            question=f"Predict: {self.question}",
            feedback=state.feedback,
            outcome=state.outcome,
            controls=(
                Control("typed", kind, "Your answer", state.typed, self.choices, name="Your answer"),
                Control("check", "button", "Check"),
                Control("reveal", "button", "Show me", enabled=state.outcome == "not yet"),
            ),
        )

    def set_control(self, id, value):
        """Judge an answer (a number is typed and confirmed with Enter or "Check"), or show the right one.

        A choice is judged by "Check" alone: the arrow keys go through all of them.
        """
        if id == "reveal":
            if self.state.outcome == "not answered":
                raise ValueError("Try an answer of your own first.")
            right = self.right if self.choices else write_number(self.right, self.unit)
            self.change(typed=right, feedback=self.because, outcome="shown")
        elif id == "typed" and self.choices:
            chosen = self.picture.controls[0].read(value)
            self.change(typed=chosen, feedback="", outcome="not answered")
        elif id == "typed":
            self.judge(value)
        elif id != "check":
            raise ValueError(f"Predict has no control {id!r}")
        elif self.state.typed == "" and self.choices:
            raise ValueError("Choose an answer first.")
        elif self.state.typed == "":
            raise ValueError("Type your answer first, for example 3, −1 or 5/9.")
        elif self.choices:
            self.judge(self.state.typed)

    def judge(self, typed):
        """Compare an answer with the right one."""
        if str(typed).strip() == "":
            return
        given = typed if self.choices else self._read(typed)
        if self._is_same(given, self.right):
            self.change(typed=str(typed), feedback=f"Yes. {self.because}", outcome="correct")
            return
        slip = next((why for wrong, why in self.slips.items() if self._is_same(given, wrong)), None)
        hint = slip or TERM_BY_TERM
        self.change(typed=str(typed), feedback=f"Not yet. {hint}", outcome="not yet")

    def confirm(self, computed):
        """Compare what a cell has computed with the answer, and say only that the two agree.

        Parameters
        ----------
        computed : float, or str
            The number; of choices the right one, or its place among them, from 0.

        Raises ``ValueError`` if they do not: then the prompt is wrong, or the cell has been changed.
        """
        if self.choices and not isinstance(computed, str):
            place = integer("confirm", "computed", computed, 0)
            given = self.choices[place] if place < len(self.choices) else None
        else:
            given = computed if self.choices else float(computed)
        if not self._is_same(given, self.right):
            raise ValueError(f"confirm: computed {computed}, but the prompt's answer is another one")
        print("Computed: agrees with the answer to the prompt.")

    def _read(self, typed):
        """Read a number; percent are hundredths, unless the question asks for percent itself."""
        given = read_number("Your answer", typed)
        asks_for_percent = re.search(r"percent|%", self.question)
        return 100 * given if asks_for_percent and str(typed).strip().endswith("%") else given

    def _is_same(self, one, other):
        return one == other if self.choices else abs(one - other) < CLOSE

    def __repr__(self):
        answers = "".join(f"\n○ {choice}" for choice in self.choices)
        return f"Predict: {self.question}{answers}\n({self.state.outcome})"


@dataclass(frozen=True, eq=False)
class CellsState:
    """What stands in the cells (NaN where nothing does), and what the prompt answers to it."""

    cells: np.ndarray
    feedback: str = ""
    outcome: str = "not answered"


class PredictCells(Prompt):
    """Ask for the numbers of a small grid; say which of them is not right yet, and what went wrong in it.

    Parameters
    ----------
    question : str
    answer : array_like, shape (rows, columns)
        Decimals that are right to two places count as right; so do fractions such as 5/9.
    because : str
        Why, in one sentence; shown once all is right, or when the learner asks for it.
    given : dict of str to array_like, optional
        Grids to show below the question, by title.
    slips : list of (array_like, str), optional
        Grids as typical mistakes make them, and what went wrong in each.
    unit : int, optional
        The denominator in which the answer is written out.
    names : sequence of str, optional
        What the rows are called. A single row may have a name for each number: these are shown one below the
        other, each box beside its name.
    hint : str, optional
        What is said of a wrong number that is no known slip.

    Like ``Predict``, it never stores the answer in the notebook.
    """

    def __init__(
        self, question, answer, because, *, given=None, slips=(), unit=None, names=(), hint=TERM_BY_TERM
    ):
        self.question = question
        self.names = tuple(names)
        self.hint = hint
        self.right = self._as_boxes("answer", answer)
        self.because = because
        self.given = {name: finite_matrix("PredictCells", name, grid) for name, grid in (given or {}).items()}
        self.slips = [(self._as_boxes("slips", wrong), why) for wrong, why in slips]
        self.unit = unit
        for wrong, _ in self.slips:
            if wrong.shape != self.right.shape or np.allclose(wrong, self.right, atol=CLOSE):
                raise ValueError(
                    f"PredictCells: slips must be other grids of the answer's shape, got {wrong}"
                )
        super().__init__(CellsState(np.full(self.right.shape, np.nan)))

    def _as_boxes(self, name, grid):
        """Return a grid as the boxes stand; a row of named numbers stands as a column."""
        grid = finite_matrix("PredictCells", name, grid)
        return finite_matrix("PredictCells", name, grid.T) if self._is_named_row(grid) else grid

    def _is_named_row(self, grid):
        return len(self.names) > 1 and grid.shape == (1, len(self.names))

    def draw(self, state):
        """Return the question, what is given, the cells to fill in, and what was said about them."""
        given = (
            Panel(
                f"given {column}",
                title,
                grid,
                scale=full_scale(grid),
                unit=self.unit,
                column=column,
            )
            for column, (title, grid) in enumerate(self.given.items())
        )
        cells = Panel(
            "cells",
            "Your answer",
            state.cells,
            "click a cell and type",
            scale=full_scale(self.right),
            unit=self.unit,
            edit="number",
            names=self.names,
            column=len(self.given),
            before="→" if self.given else "",
        )
        return Picture(
            title="Predict",
            panels=(*given, cells),
            question=f"Predict: {self.question}",
            feedback=state.feedback,
            outcome=state.outcome,
            edit_first=True,
            controls=(
                Control("check", "button", "Check"),
                Control("reveal", "button", "Show me", enabled=state.outcome == "not yet"),
            ),
        )

    def put(self, grids):
        """Take numbers; what was said about the ones before no longer holds."""
        self.change(**grids, feedback="", outcome="not answered")

    def set_control(self, id, value):
        """Judge the cells, or fill in the right numbers."""
        if id == "check":
            self.judge()
        elif id != "reveal":
            raise ValueError(f"PredictCells has no control {id!r}")
        elif self.state.outcome == "not answered":
            raise ValueError("Try an answer of your own first.")
        else:
            self.change(cells=self.right, feedback=self.because, outcome="shown")

    def judge(self):
        """Compare the cells with the right ones; talk about the first that is wrong."""
        cells = self.state.cells
        if np.isnan(cells).any():
            row, column = np.argwhere(np.isnan(cells))[0]
            raise ValueError(f"Fill in every cell first: {self.place_of(row, column)} is empty.")
        wrong = np.argwhere(np.abs(cells - self.right) >= CLOSE)
        if not len(wrong):
            self.change(feedback=f"Yes. {self.because}", outcome="correct")
            return
        row, column = wrong[0]
        matching = (why for slip, why in self.slips if abs(slip[row, column] - cells[row, column]) < CLOSE)
        count = "One cell is" if len(wrong) == 1 else f"{len(wrong)} cells are"
        place = self.place_of(row, column)
        feedback = f"Not yet. {count} not right. {place[0].upper()}{place[1:]}: {next(matching, self.hint)}"
        self.change(feedback=feedback, outcome="not yet")

    def place_of(self, row, column):
        """Return what a box is called in a sentence."""
        name = self.names[row] if self.names else f"row {row + 1}"
        return name if self.names and self.right.shape[1] == 1 else f"{name}, column {column + 1}"

    def confirm(self, computed):
        """Compare what a cell has computed with the answer, and say only that the two agree.

        Raises ``ValueError`` if they do not: then the prompt is wrong, or the cell has been changed.
        """
        computed = np.asarray(computed, dtype=float)
        computed = computed.T if self._is_named_row(computed) else computed
        if computed.shape != self.right.shape or not np.allclose(computed, self.right, rtol=0, atol=CLOSE):
            raise ValueError("confirm: what was computed is not the prompt's answer")
        print("Computed: agrees with the answer to the prompt.")

    def __repr__(self):
        return f"Predict: {self.question}\n({self.state.outcome})"
