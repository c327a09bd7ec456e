"""A question the learner answers before seeing the result; the feedback says what went wrong."""

from dataclasses import dataclass

from cnnlab.look import write_number
from cnnlab.scenes.scene import Scene, read_number
from cnnlab.stage import Control, Picture

CLOSE = 0.006  # 0.56 and 0.55 are both fair answers to 5/9


@dataclass(frozen=True)
class State:
    """What was typed last, and what the prompt answers to it."""

    typed: str = ""
    feedback: str = ""
    outcome: str = "not answered"


class Predict(Scene):
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
