"""A gradient beside the one that was measured: number by number, and for smaller and smaller nudges."""

from dataclasses import dataclass

import numpy as np

from cnnlab.checks import check_shape, float_array
from cnnlab.scenes.charts import chart
from cnnlab.scenes.scene import Scene, finite_matrix
from cnnlab.stage import Panel, Picture, cell_by_cell, full_scale

WHERE = "GradientDashboard"
SMALLEST = 1e-12  # an error that small is drawn as this
GOOD = 1e-8  # what is smaller is chance, and differs from computer to computer


@dataclass(frozen=True, eq=False)
class State:
    """The two gradients, and how far off the measured one is for each nudge."""

    analytic: np.ndarray
    numeric: np.ndarray
    relative_error: np.ndarray
    epsilons: np.ndarray
    errors: np.ndarray

    def __post_init__(self):
        for name in ("analytic", "numeric", "relative_error"):
            matrix = finite_matrix(WHERE, name, np.atleast_2d(getattr(self, name)))
            object.__setattr__(self, name, matrix)
            check_shape(WHERE, name, matrix, self.analytic.shape, "that of analytic")
        for name in ("epsilons", "errors"):
            numbers = float_array(WHERE, name, getattr(self, name)).astype(float)
            check_shape(WHERE, name, numbers, (np.size(self.epsilons),), "a number for each nudge")
            numbers.flags.writeable = False
            object.__setattr__(self, name, numbers)
        if not (np.isfinite(self.epsilons) & (self.epsilons > 0)).all() or np.isnan(self.errors).any():
            raise ValueError(
                f"{WHERE}: epsilons must be finite numbers above 0, and errors numbers, "
                f"got {self.epsilons} and {self.errors}"
            )


class GradientDashboard(Scene):
    """Show what ``gradcheck`` and ``epsilon_sweep`` found, for a gradient that is a matrix.

    Parameters
    ----------
    check : cnnlab.gradcheck.GradientCheck
    sweep : cnnlab.gradcheck.EpsilonSweep
    **options
        Those of ``Stage``: ``step``, ``still_step``.

    Raises
    ------
    ValueError
        For gradients that are no matrices of finite numbers.
    """

    def __init__(self, check, sweep, **options):
        state = State(check.analytic, check.numeric, check.relative_error, sweep.epsilons, sweep.errors)
        super().__init__(state, **options)

    def draw(self, state):
        """Return the picture of ``state``."""
        scale = full_scale(state.numeric)
        digits = np.round(np.log10(np.maximum(state.relative_error, GOOD)))
        worst = tuple(int(at) for at in np.unravel_index(state.relative_error.argmax(), digits.shape))
        errors = np.clip(state.errors, SMALLEST, 10)
        powers = np.log10(state.epsilons)

        def draw(axes, colors, inks):
            axes.plot(powers, errors, "-o", color=colors[0], linewidth=2)
            axes.axhline(1e-5, color=inks["quiet"], linewidth=1, linestyle="--")

        error = Panel("digits", "Error", digits, "power of 10", scale=8.0, column=2)
        return Picture(
            title="Is the gradient right?",
            panels=(
                Panel("analytic", "Yours", state.analytic, "derived", scale=scale),
                Panel("numeric", "Measured", state.numeric, "by nudging", scale=scale, column=1),
                error,
                chart(
                    "sweep",
                    "How far to nudge",
                    draw,
                    xlim=(float(powers.max()), float(powers.min())),
                    ylim=(SMALLEST, 10),
                    yscale="log",
                    labels=("nudge: power of 10", "largest error"),
                    says="The error falls while the nudge gets smaller, and rises again when it is tiny.",
                    tracks=[("nudge", powers, errors, False)],
                    column=3,
                    width=17,
                ),
            ),
            links=(cell_by_cell(("analytic", "numeric"), error, "beside"),),
            focus=("digits", *worst),
            text=tuple(
                f"The right gradient, with a nudge of 1e{power:.0f}: largest relative error {error:.0e}."
                for power, error in zip(powers, state.errors, strict=True)
            ),
        )
