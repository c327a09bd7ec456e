"""A sheet with several digits, the heat map that one run of a network gives, and the boxes made of it."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from cnnlab.checks import integer
from cnnlab.checks import number as finite_number
from cnnlab.data import digits, sheets
from cnnlab.detection import find, shares_of
from cnnlab.nn import Dense, Flatten
from cnnlab.nn.receptive import fields
from cnnlab.scenes.hidden import softmax_of, told
from cnnlab.scenes.networks import own_copy
from cnnlab.scenes.scene import Scene, true_or_false
from cnnlab.scenes.state_text import short
from cnnlab.stage import Axes, Box, Control, Grip, Hidden, Panel, Picture, field

SIZE = digits.SIZE
ANY, NOTHING = "any digit", "nothing"
THRESHOLDS = ("0.1", "0.3", "0.5", "0.7", "0.9", "0.99")
COUNTS = ("0", "2", "3", "4")
DIGITS = ("first from the top", "second", "third", "fourth")
STAINS = ("0", "0.1", "0.2", "0.4")
MOVES = {"Move ←": (0, -1), "Move ↑": (-1, 0), "Move ↓": (1, 0), "Move →": (0, 1)}
MOST_LABELS = 14  # more boxes than these would hide each other's labels


@dataclass(frozen=True)
class State:
    """Which sheet, what was moved and drawn on it, and how the network's answer becomes boxes.

    ``drawn`` holds (row, column, value) of each pixel that was drawn by hand, from −1 (paper) to 1 (ink).
    """

    seed: int
    network: str
    count: str = "4"
    stains: str = "0.1"
    heat: str = ANY
    threshold: str = "0.5"
    suppress: bool = True
    digit: str = DIGITS[0]
    moves: tuple = ()
    drawn: tuple = ()

    def __post_init__(self):
        object.__setattr__(self, "seed", integer("Detection", "seed", self.seed, 0))
        object.__setattr__(self, "suppress", true_or_false("Detection", "suppress", self.suppress))
        known = {"count": COUNTS, "stains": STAINS, "threshold": THRESHOLDS, "digit": DIGITS}
        for name, options in known.items():
            if getattr(self, name) not in options:
                raise ValueError(f"Detection: {name} must be one of {options}, got {getattr(self, name)!r}")
        object.__setattr__(self, "moves", _rows("moves", self.moves, ("down", "right")))
        if len(self.moves) not in (0, int(self.count)):
            raise ValueError(f"Detection: moves must be of {self.count} digits, got {len(self.moves)}")
        object.__setattr__(self, "drawn", _rows("drawn", self.drawn, ("row", "column", "value")))


class Detection(Scene):
    """Draw on a sheet and move its digits; see where a network finds digits, and as which.

    Parameters
    ----------
    networks : Sequential, or dict of str to Sequential
        Without dense layers: from 8×8 pixels they make 10 scores, one for each digit, or 11, the last one for
        "nothing"; from a larger sheet maps of these scores, place by place or, where strides and poolings
        leave some out, with steps of up to 8 pixels. With several, the learner chooses by name; the last one
        comes first. The scene keeps copies.
    seed : int
        Which sheet to begin with.
    **options
        Those of ``Stage``.

    Raises
    ------
    TypeError, ValueError
        For anything but such networks.
    """

    def __init__(self, networks, seed=0, **options):
        networks = networks if isinstance(networks, dict) else {"your network": networks}
        self.networks, self._strides = {}, {}
        for name, each in networks.items():
            self.networks[name], self._strides[name] = _checked(name, each)
        if not self.networks:
            raise ValueError("Detection: networks must not be empty")
        self._known = {}  # the networks as hidden panels and links
        super().__init__(State(seed, list(self.networks)[-1]), **options)

    @property
    def findings(self):
        """What is found on the sheet as it is now."""
        return self._find(self.state)[2]

    def draw(self, state):
        """Return the picture of ``state``."""
        self._check(state)
        sheet, (seen, shares, found) = sheet_of(state), self._find(state)
        heat = {ANY: shares[:10].max(axis=0), **{name: shares[k] for k, name in enumerate(digits.NAMES)}}
        if len(shares) > 10:
            heat[NOTHING] = shares[10]
        if state.heat not in heat:
            raise ValueError(f"heat must be one of {tuple(heat)}, got {state.heat!r}")
        rows, columns = seen.shape
        layers = self._told(state.network, seen.shape)
        stack = ("all shares", len(shares), shares.shape[1:])
        chosen = range(10) if state.heat == ANY else [list(heat).index(state.heat) - 1]
        return Picture(
            title="Find the digits on a sheet",
            panels=(
                Panel("sheet", "Sheet", seen, f"{rows} × {columns} pixels", palette="ink", edit="toggle",
                      low=-1, high=1, numbers=False),
                Hidden("half", (1, 1), [[0.5]]),
                Hidden("pixels", seen.shape),
                *layers.panels,
                *((Hidden(stack[0], (len(shares) * stack[2][0], stack[2][1])),) if layers.stacks else ()),
                Panel("heat", f"Heat map, {state.heat}", heat[state.heat], "a share at each place",
                      numbers=False, column=1),
            ),
            links=(
                Axes("pixels", ("sheet",), *map(_same, seen.shape), kernels=("half",), bias="half"),
                *layers.links,
                *(
                    (softmax_of(layers.stacks[-1], "all shares"), _heat_of(stack, chosen))
                    if layers.stacks
                    else (field("sheet", "heat", *self._fields(state.network, seen.shape)),)
                ),
            ),
            python_only=not layers.stacks,
            boxes={"sheet": _drawn_boxes(sheet, found)},
            grips=tuple(
                Grip(name, "sheet", top, left, top + SIZE - 1, left + SIZE - 1)
                for name, (top, left) in zip(DIGITS, sheet.places.tolist(), strict=False)
            ),
            text=_words(sheet, found, state),
            python_text=True,
            edit_first=True,
            controls=(
                *(
                    (Control("network", "choice", "Network", state.network, tuple(self.networks)),)
                    if len(self.networks) > 1
                    else ()
                ),
                Control("threshold", "choice", "Threshold", state.threshold, THRESHOLDS),
                Control("suppress", "check", "Non-maximum suppression", state.suppress),
                Control("heat", "choice", "Heat of", state.heat, tuple(heat)),
                Control("count", "choice", "Digits", state.count, COUNTS),
                Control("stains", "choice", "Stains", state.stains, STAINS),
                Control("Another sheet", "button", "Another sheet"),
                Control("digit", "choice", "Digit to move", state.digit, DIGITS),
                *(
                    Control(move, "button", move, enabled=_is_changed(sheet, _moved(sheet, state, way)))
                    for move, way in MOVES.items()
                ),
                *self.undo_and_reset(state),
            ),
        )  # fmt: skip

    def _told(self, name, shape):
        """Return a network as hidden panels and links; they stay the same."""
        if name not in self._known:
            self._known[name] = told(self.networks[name], "pixels", shape)
        return self._known[name]

    def _fields(self, name, shape):
        """Return the rows and the columns of a sheet that the places of the heat map see."""
        return fields(self.networks[name], (1, *shape))[-1]

    def act(self, id, value):
        """Take another sheet, move a digit of this one, or change how boxes are made."""
        if id == "Another sheet":
            self.change(seed=self.state.seed + 1, digit=DIGITS[0], moves=(), drawn=())
        elif id in MOVES:
            self._move(MOVES[id])
        elif id == "count":
            self.change(count=value, digit=DIGITS[0], moves=(), drawn=())
        elif id == "network":  # not every network knows what nothing is
            self.change(network=value, heat=ANY)
        else:
            self.change(**{id: value})

    def put(self, grids):
        """Draw pixels of the sheet, or wipe them."""
        before, after = self.picture.panel("sheet").values, grids["sheet"]
        drawn = {(row, column): value for row, column, value in self.state.drawn}
        for row, column in np.argwhere(before != after).tolist():
            drawn.pop((row, column), None)
            drawn[row, column] = float(after[row, column])
        self.change(drawn=tuple((*at, value) for at, value in drawn.items()))

    def drag(self, id, down, right):
        """Move a digit of the sheet."""
        self._move((down, right), id)

    def _move(self, way, digit=None):
        state = replace(self.state, digit=digit or self.state.digit)
        sheet = _moved(sheet_of(state), state, way)
        moves = tuple(map(tuple, (sheet.places - _original(state).places).tolist()))
        self.change(digit=state.digit, moves=moves)

    def _check(self, state):
        """Refuse what these networks and this sheet do not have."""
        if state.network not in self.networks:
            raise ValueError(f"network must be one of {tuple(self.networks)}, got {state.network!r}")
        rows, columns = _original(state).paper.shape
        for row, column, value in state.drawn:
            if not (0 <= row < rows and 0 <= column < columns and -1 <= value <= 1):
                raise ValueError(
                    f"Detection: drawn must be numbers from −1 to 1 within {rows} × {columns} pixels, "
                    f"got {value} in row {row + 1}, column {column + 1}"
                )

    def _find(self, state):
        """Return the pixels as they are shown, the network's shares, and what is found."""
        sheet = sheet_of(state)
        seen = 2 * sheet.pixels - 1
        for row, column, value in state.drawn:
            seen[row, column] = value
        shares = shares_of(self.networks[state.network], (seen + 1) / 2)
        found = find(
            shares, sheet, float(state.threshold), state.suppress,
            stride=self._strides[state.network], window=(SIZE, SIZE),
        )  # fmt: skip
        return seen, shares, found

    def __repr__(self):
        """Say what is found; the maps are too large for words."""
        return f"Detection: {self.picture.title}\n{self.picture.sentence(0)}"


@cache
def _drawn(seed, count, stains):
    return sheets.draw(
        np.random.default_rng(seed), *digits.split()[2:], count=int(count), noise=float(stains)
    )


def _original(state):
    return _drawn(state.seed, state.count, state.stains)


def sheet_of(state):
    """Return the sheet of a state, with its digits where they were moved to."""
    sheet = _original(state)
    for number, (down, right) in enumerate(state.moves):
        sheet = sheet.moved(number, down, right)
    return sheet


def _moved(sheet, state, way):
    """Return the sheet with the chosen digit a pixel farther; the same one if there is no such digit."""
    number = DIGITS.index(state.digit)
    return sheet.moved(number, *way) if number < len(sheet.labels) else sheet


def _same(size):
    """Return for each row (or column) itself."""
    return tuple((at,) for at in range(size))


def _heat_of(stack, chosen):
    """Return the link of the heat map: the largest of the chosen shares at each place."""
    id, _, (rows, columns) = stack
    seen = tuple(tuple(number * rows + row for number in chosen) for row in range(rows))
    return Axes("heat", (id,), seen, _same(columns), reduce="max")


def _is_changed(sheet, other):
    return not np.array_equal(sheet.places, other.places)


def _rows(name, rows, layout):
    """Return a tuple of tuples of numbers, none of them beyond any sheet: all are whole but a ``value``."""
    found = []
    for row in rows:
        if not isinstance(row, tuple) or len(row) != len(layout):
            raise ValueError(f"Detection: {name} must hold ({', '.join(layout)}), got {short(row)}")
        of = {part: f"{part} of {name}" for part in layout}
        whole = [integer("Detection", of[part], one, -99) for part, one in zip(layout, row[:2], strict=False)]
        if max(whole) > 99:
            raise ValueError(f"Detection: {name} must hold whole numbers of at most 99, got {short(row)}")
        found.append((*whole, *(finite_number("Detection", of["value"], one) for one in row[2:])))
    return tuple(found)


def _checked(name, network):
    """Return a copy of ``network`` and its step in pixels, if it makes maps of scores, or refuse it.

    What it makes of one window must be one place, and of each step more another one.
    """
    where = f"Detection: network {name!r}"
    expected = f"{where} must make 10 or 11 maps of scores of a sheet, one place for 8 × 8 pixels"
    network = own_copy(where, network)
    if any(type(leaf) in (Dense, Flatten) for leaf in network.leaves.values()):
        raise ValueError(
            f"{expected}: a dense layer takes one size only; as a convolution of the same numbers, whose "
            "kernel is as large as the maps before it, it takes any"
        )
    try:
        shapes = [network.output_shape((1, SIZE + more, SIZE + more)) for more in range(2 * SIZE + 1)]
    except (TypeError, ValueError) as error:
        why = " ".join([str(error), *getattr(error, "__notes__", ())])
        raise ValueError(f"{expected}: {why}") from None
    for classes in (10, 11):
        for stride in range(1, SIZE + 1):
            if shapes == [(classes, 1 + more // stride, 1 + more // stride) for more in range(len(shapes))]:
                return network, stride
    came = ", ".join("×".join(map(str, shapes[more])) for more in (0, 1, 2, SIZE))
    raise ValueError(f"{expected}, got {came} for 8, 9, 10 and {2 * SIZE} rows and columns")


def _drawn_boxes(sheet, found):
    """Return what is drawn on the sheet: boxes that are right, boxes too many, digits that were missed."""
    labeled = len(found.boxes) <= MOST_LABELS
    drawn = []
    for (top, left, bottom, right), label, truth in zip(found.boxes, found.labels, found.truth, strict=True):
        said = f"{label} {'✓' if truth >= 0 else '✗'}" if labeled else ""
        line = "solid" if truth >= 0 else "dashed"
        drawn.append(Box(int(top), int(left), int(bottom) - 1, int(right) - 1, said, line))
    for number in set(range(len(sheet.labels))) - set(found.truth.tolist()):
        top, left, bottom, right = map(int, sheet.boxes[number])
        said = f"{sheet.labels[number]} missed" if labeled else ""
        drawn.append(Box(top, left, bottom - 1, right - 1, said, "dotted"))
    return tuple(drawn)


def _words(sheet, found, state):
    """Say how many boxes there are, how many are right, and what they are."""
    count, there = len(found.boxes), len(sheet.labels)
    boxes = f"{count} box{'' if count == 1 else 'es'} of a share of at least {state.threshold}"
    wrong, missed = count - found.right, there - found.right
    told = f"{boxes}: {found.right} right, {wrong} too many; {missed} of {there} digits missed."
    rates = {"precision": found.precision, "recall": found.recall}
    told += "".join(f" {name.capitalize()} {rate:.2f}." for name, rate in rates.items() if rate == rate)
    if not 0 < count <= MOST_LABELS:
        return told
    each = [
        f"{label} at row {top + 1}, column {left + 1} ({_share(share)}{'' if truth >= 0 else ', wrong'})"
        for label, (top, left, *_), share, truth in zip(
            found.labels, found.boxes, found.shares, found.truth, strict=True
        )
    ]
    return f"{told} Found: {'; '.join(each)}."


def _share(share):
    return "over 0.99" if share > 0.99 else f"{share:.2f}"
