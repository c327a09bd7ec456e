"""Eight trainings that went wrong: read the loss curves, say what is the matter, see it put right."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from cnnlab.look import DASHES, write_number
from cnnlab.nn.experiments.illnesses import CAUSES, EPOCHS, HEALTHY, curves
from cnnlab.scenes.charts import chart, moving
from cnnlab.scenes.scene import Scene
from cnnlab.stage import Control, Picture

CASES = tuple("12345678")
ORDER = (4, 1, 6, 0, 3, 7, 2, 5)  # which of the causes each case has: not the order in which they are listed
ASKED = "choose one"
DIAGNOSES = (ASKED, *CAUSES)
XLIM, YLIM = (-0.4, EPOCHS + 0.4), (-0.2, 6.2)
LINES = ("training", "validation")


@dataclass(frozen=True)
class State:
    """Which case is shown, and what is said to be the matter with it."""

    case: str = CASES[0]
    diagnosis: str = ASKED

    def __post_init__(self):
        for name, known in (("case", CASES), ("diagnosis", DIAGNOSES)):
            if getattr(self, name) not in known:
                raise ValueError(f"LossDoctor: {name} must be one of {known}, got {getattr(self, name)!r}")


class LossDoctor(Scene):
    """Read the loss curves of a training that went wrong, say why, and see the same training put right.

    Parameters
    ----------
    case : str
        "1" to "8".
    diagnosis : str
        One of ``DIAGNOSES``.
    **options
        Those of ``Stage``: ``step``, ``still_step``, ``speed``.

    Raises
    ------
    ValueError
        For anything but these.
    """

    def __init__(self, *, case=CASES[0], diagnosis=ASKED, **options):
        super().__init__(State(case, diagnosis), **{"step": EPOCHS, "still_step": EPOCHS} | options)

    def draw(self, state):
        """Return the picture of ``state``."""
        cause = tuple(CAUSES)[ORDER[CASES.index(state.case)]]
        ill, well = curves(cause), curves(HEALTHY)
        panels = [_shown("ill", f"Case {state.case}", ill)]
        if state.diagnosis == cause:
            panels.append(_shown("well", "The same, put right", well, column=1))
        verdict = _verdict(state.diagnosis, cause, ill, well)
        return Picture(
            title="What went wrong?",
            panels=tuple(panels),
            text=tuple(
                f"{_when(epoch)}: loss {write_number(learned)} in training, {write_number(checked)} in "
                f"validation. {verdict}"
                for epoch, (learned, checked) in enumerate(zip(ill.train, ill.validation, strict=True))
            ),
            first_step=0,
            controls=(
                Control("case", "choice", "Case", state.case, CASES),
                Control("diagnosis", "choice", "Diagnosis", state.diagnosis, DIAGNOSES),
            ),
        )


def _shown(id, title, told, column=0):
    """Return a chart with both curves; what is higher than the chart stands at its upper edge."""
    epochs = np.arange(EPOCHS + 1)
    tracks = [
        (name, epochs, np.minimum(loss, YLIM[1]))
        for name, loss in zip(LINES, (told.train, told.validation), strict=True)
    ]
    return replace(_axes(id, title, column), tracks=moving(tracks, XLIM, YLIM))


@cache
def _axes(id, title, column):
    """Return the chart without its curves: drawing takes long."""

    def draw(axes, colors, inks):
        for name, color, dash in zip(LINES, colors, DASHES, strict=False):
            axes.plot([], [], dash, color=color, label=name, linewidth=2.4)
        guess = np.log(6)
        axes.axhline(guess, color=inks["quiet"], linewidth=1, linestyle=":")
        axes.set_xticks(range(0, EPOCHS + 1, 4))
        axes.grid(color=inks["faint"], linewidth=0.8)
        axes.legend(loc="upper right")

    return chart(
        id, title, draw, xlim=XLIM, ylim=YLIM, labels=("epoch", ""), width=24,
        says="Loss against epochs, in training and in validation; dotted: 1.79, the loss of guessing",
        caption="loss; dotted: guessing among six, ln 6 = 1.79", column=column,
    )  # fmt: skip


def _verdict(diagnosis, cause, ill, well):
    """Say whether the diagnosis is right, and what shows it."""
    if diagnosis == ASKED:
        return "What is the matter?"
    if diagnosis != cause:
        return f"No: if {diagnosis}, it looks otherwise. {CAUSES[diagnosis]}"
    ends = (
        f"In the end it reads {write_number(ill.right)} of the validation images right; put right, "
        f"{write_number(well.right)}."
    )
    if ill.right > well.right:
        ends = (
            f"It says that {write_number(ill.right)} are right; on regions that share no pixel with the "
            f"training images it is {write_number(well.right)}."
        )
    return f"Yes: {cause}. {CAUSES[cause]} {ends}"


def _when(epoch):
    return f"After epoch {epoch}" if epoch else "Before the first step"
