"""The whole network of the worked example, from a drawing to the votes, every layer in sight."""

from dataclasses import dataclass

import numpy as np

from cnnlab.data import letters
from cnnlab.scenes.layers import bent, feature_map, pooled
from cnnlab.scenes.scene import Scene, finite_matrix
from cnnlab.stage import Cases, Cells, Control, Panel, Picture

EMPTY = np.full((letters.SIZE, letters.SIZE), -1.0)
HEADS = ("Filters", "Bias", "Maps", "ReLU", "Pooled", "Twice")


@dataclass(frozen=True, eq=False)
class State:
    """The drawing."""

    image: np.ndarray

    def __post_init__(self):
        image = finite_matrix("LetterNetwork", "image", self.image)
        if image.shape != EMPTY.shape or not np.isin(image, (-1, 1)).all():
            raise ValueError(
                "LetterNetwork: image must be 9 × 9 pixels of 1 (ink) and −1 (paper), "
                f"got shape {image.shape} with values {np.unique(image)[:5]}"
            )
        object.__setattr__(self, "image", image)


class LetterNetwork(Scene):
    """Draw on 9×9 pixels and see three filters, ReLU, two poolings and two votes answer.

    Parameters
    ----------
    image : array_like, shape (9, 9)
        The drawing, ink 1 and paper −1; the X of the worked example unless given.
    **options
        Those of ``Stage``: ``decimals``.

    Raises
    ------
    TypeError, ValueError
        For anything but 9×9 pixels of 1 and −1.
    """

    edits = ("image",)
    title = "From a drawing to a vote"
    filter_names = letters.FILTER_NAMES
    unit = 9  # the denominator of what is not whole

    def __init__(self, image=letters.X, **options):
        super().__init__(State(image), **options)

    @property
    def twelve_numbers(self):
        """What is left of the drawing after pooling twice, filter by filter, shape (12,)."""
        return self.picture.panel("list").values[:, 0]

    @property
    def votes(self):
        """The vote for each letter, by name."""
        return dict(zip(letters.HIGH, self.picture.panel("votes").values[:, 0].tolist(), strict=True))

    def draw(self, state):
        """Return the picture of ``state``."""
        image = Panel(
            "image", "Your drawing", state.image, "9 × 9 pixels", palette="ink", edit="toggle",
            only=(1, -1), numbers=False,
        )  # fmt: skip
        panels, links, last = [image], [], []
        for k, name in enumerate(self.filter_names):
            # Only the topmost of each column says what the column is; the others say so to screen readers.
            look = {"numbers": False, "bare": k > 0}
            heads = {head: f"{head}, {name}" if k else head for head in HEADS}
            weights, found, to_found = self._draw_map(image, k, heads, look)
            relu, to_relu = bent(found, f"relu {k}", title=heads["ReLU"], unit=self.unit, column=4, **look)
            once, to_once = pooled(relu, f"once {k}", title=heads["Pooled"], unit=self.unit, column=5, **look)
            twice, to_twice = pooled(
                once, f"twice {k}", title=heads["Twice"], unit=self.unit, column=6, **look
            )
            panels += [*weights, found, relu, once, twice]
            links += [to_found, to_relu, to_once, to_twice]
            last.append(twice)
        answer, to_answer, focus, text = self._draw_answer(last)
        return Picture(
            title=self.title,
            panels=(*panels, *answer),
            links=(*links, *to_answer),
            focus=focus,
            text=text,
            edit_first=True,
            controls=(
                self.choice("drawing", "Drawing", letters.BY_NAME, state, "image"),
                Control(
                    "Clear",
                    "button",
                    "Clear",
                    enabled=bool((state.image == 1).any()),
                    sets={"": {"image": EMPTY}},
                ),
                self.undo_button(),
                *self.moves("image", state.image, -1),
            ),
        )

    def _draw_map(self, image, k, heads, look):
        """Return the panels of filter ``k`` and of what belongs to it, that of its map, and its link."""
        weights = Panel(f"filter {k}", heads["Filters"], letters.FILTERS[k], "3 × 3", column=1, **look)
        found, to_found = feature_map(image, weights, f"map {k}", title=heads["Maps"], column=3, **look)
        return [weights], found, to_found

    def _draw_answer(self, last):
        """Return panels and links of what follows from the last maps, the cell to explain, and a sentence."""
        numbers = np.concatenate([panel.values.ravel() for panel in last])
        votes = np.array([numbers[list(high)].mean() for high in letters.HIGH.values()])
        places = [(panel.id, row, column) for panel in last for row, column in np.ndindex(panel.shape)]
        panels = [
            Panel("list", "List", numbers[:, None], "12 × 1", unit=9, names=tuple(map(str, range(1, 13))),
                  column=7),
            Panel("votes", "Votes", votes[:, None], "2 × 1", names=tuple(letters.HIGH), column=8),
        ]  # fmt: skip
        high = tuple(tuple(("list", at, 0) for at in at_once) for at_once in letters.HIGH.values())
        links = [Cells("list", tuple((place,) for place in places)), Cells("votes", high, reduce="mean")]
        return panels, links, ("votes", "largest"), VERDICT


def _told(winner, other):
    """Return how the vote is told if ``winner`` gets more."""
    where = ", ".join(str(at + 1) for at in letters.HIGH[winner])
    told = f"{winner} gets {{votes|{winner}}}, {other} gets {{votes|{other}}}"
    return f"{told}: it takes this for an {winner}, by the mean of the numbers {where} of the list."


SCORES = "{?votes|largest} gets {votes|largest}, {?votes|second} gets {votes|second}"
VERDICT = Cases(
    (
        ("blank image", f"An empty sheet gets votes too: {SCORES}. Lesson 08 asks what to make of that."),
        ("even votes", f"A tie: {SCORES}."),
        ("first votes", _told(*letters.HIGH)),
    ),
    _told(*reversed(letters.HIGH)),
)
