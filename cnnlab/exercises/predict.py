"""A question the learner answers before seeing the result; the feedback says what went wrong.

``Predict`` asks for one number, ``PredictCells`` for a small grid of them.
"""

from dataclasses import dataclass

import numpy as np

from cnnlab.exercises import progress
from cnnlab.look import write_number
from cnnlab.scenes.scene import Scene, finite_matrix
from cnnlab.stage import Control, Panel, Picture, full_scale
from cnnlab.stage.typed import read_number

CLOSE = 0.00999  # 0.78 and 0.77 are both fair answers to 7/9: some round, some cut off


class Prompt(Scene):
    """A scene that asks a question; the learner's progress remembers what it said (``progress``)."""

    def answer(self, message):
        """Do what the learner asked for in the browser, and remember what came of it."""
        before = self.state
        super().answer(message)
        if self.state is not before:
            progress.remember(self, self.state.outcome, self.state.feedback)


@dataclass(frozen=True)
class State:
    """What was typed last, and what the prompt answers to it."""

    typed: str = ""
    feedback: str = ""
    outcome: str = "not answered"


class Predict(Prompt):
    """Ask for a number; say whether it is right, and if not, which step went wrong.

    Parameters
    ----------
    question : str
    answer : float
        Decimals that are right to two places count as right; so do fractions such as 5/9.
    because : str
        Why, in one sentence; shown once the answer is right, or when the learner asks for it.
    slips : dict of float to str, optional
        Typical wrong answers, and what went wrong in each.
    unit : int, optional
        The denominator in which ``answer`` is written out.

    The prompt never stores the answer in the notebook: as long as nobody answers, it says "not answered".
    ``confirm`` lets a cell beside it compute the answer without giving it away.
    """

    def __init__(self, question, answer, because, *, slips=None, unit=None):
        self.question = question
        self.right = read_number("Predict: answer", answer)
        self.because = because
        self.unit = unit
        self.slips = {read_number("Predict: slips", wrong): why for wrong, why in (slips or {}).items()}
        if any(abs(wrong - self.right) < CLOSE for wrong in self.slips):
            raise ValueError(f"Predict: slips must differ from the answer {answer!r}, got {slips!r}")
        super().__init__(State())

    def draw(self, state):
        """Return the question with its field and buttons, and what was said about the last answer."""
        return Picture(
            title="Predict",
            text=f"Predict: {self.question}",
            feedback=state.feedback,
            outcome=state.outcome,
            controls=(
                Control("typed", "number", "Your answer", state.typed),
                Control("check", "button", "Check"),
                Control("reveal", "button", "Show me", enabled=state.outcome == "not yet"),
            ),
        )

    def set_control(self, id, value):
        """Judge an answer (typed and confirmed with Enter or "Check"), or show the right one."""
        if id == "reveal":
            if self.state.outcome == "not answered":
                raise ValueError("Try an answer of your own first.")
            self.change(typed=write_number(self.right, self.unit), feedback=self.because, outcome="shown")
        elif id == "typed":
            self.judge(value)
        elif id != "check":
            raise ValueError(f"Predict has no control {id!r}")
        elif self.state.typed == "":
            raise ValueError("Type your answer first, for example 3, −1 or 5/9.")

    def judge(self, typed):
        """Compare an answer with the right one."""
        if str(typed).strip() == "":
            return
        given = read_number("Your answer", typed)
        if abs(given - self.right) < CLOSE:
            self.change(typed=str(typed), feedback=f"Yes. {self.because}", outcome="correct")
            return
        slip = next((why for wrong, why in self.slips.items() if abs(given - wrong) < CLOSE), None)
        hint = slip or "Work it out term by term and try again."
        self.change(typed=str(typed), feedback=f"Not yet. {hint}", outcome="not yet")

    def confirm(self, computed):
        """Compare what a cell has computed with the answer, and say only that the two agree.

        Raises ``ValueError`` if they do not: then the prompt is wrong, or the cell has been changed.
        """
        if not abs(float(computed) - self.right) < CLOSE:
            raise ValueError(f"confirm: computed {computed}, but the prompt's answer is another number")
        print("Computed: agrees with the answer to the prompt.")

    def __repr__(self):
        return f"Predict: {self.question}\n({self.state.outcome})"


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
        Grids to show beside the question, by title.
    slips : list of (array_like, str), optional
        Grids as typical mistakes make them, and what went wrong in each.
    unit : int, optional
        The denominator in which the answer is written out.

    Like ``Predict``, it never stores the answer in the notebook.
    """

    def __init__(self, question, answer, because, *, given=None, slips=(), unit=None):
        self.question = question
        self.right = finite_matrix("PredictCells", "answer", answer)
        self.because = because
        self.given = {name: finite_matrix("PredictCells", name, grid) for name, grid in (given or {}).items()}
        self.slips = [(finite_matrix("PredictCells", "slips", wrong), why) for wrong, why in slips]
        self.unit = unit
        for wrong, _ in self.slips:
            if wrong.shape != self.right.shape or np.allclose(wrong, self.right, atol=CLOSE):
                raise ValueError(
                    f"PredictCells: slips must be other grids of the answer's shape, got {wrong}"
                )
        super().__init__(CellsState(np.full(self.right.shape, np.nan)))

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
            column=len(self.given),
            before="→" if self.given else "",
        )
        return Picture(
            title="Predict",
            panels=(*given, cells),
            text=f"Predict: {self.question}",
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
            raise ValueError(f"Fill in every cell first: row {row + 1}, column {column + 1} is empty.")
        wrong = np.argwhere(np.abs(cells - self.right) >= CLOSE)
        if not len(wrong):
            self.change(feedback=f"Yes. {self.because}", outcome="correct")
            return
        row, column = wrong[0]
        matching = (why for slip, why in self.slips if abs(slip[row, column] - cells[row, column]) < CLOSE)
        hint = next(matching, "Work it out term by term and try again.")
        count = "One cell is" if len(wrong) == 1 else f"{len(wrong)} cells are"
        feedback = f"Not yet. {count} not right. Row {row + 1}, column {column + 1}: {hint}"
        self.change(feedback=feedback, outcome="not yet")

    def confirm(self, computed):
        """Compare what a cell has computed with the answer, and say only that the two agree.

        Raises ``ValueError`` if they do not: then the prompt is wrong, or the cell has been changed.
        """
        computed = np.asarray(computed, dtype=float)
        if computed.shape != self.right.shape or not np.allclose(computed, self.right, rtol=0, atol=CLOSE):
            raise ValueError("confirm: what was computed is not the prompt's answer")
        print("Computed: agrees with the answer to the prompt.")

    def __repr__(self):
        return f"Predict: {self.question}\n({self.state.outcome})"
