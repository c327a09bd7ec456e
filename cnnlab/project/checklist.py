"""The checklist of a project: each item is done, not done, or cannot be known.

What can be read off the record is checked. What only a person knows is marked as that, with the person's own
words beside it: a checklist that ticked it off would lie.
"""

import textwrap
from dataclasses import dataclass

import numpy as np

from cnnlab.project.record import TO_SAY, range_in_words, weight_in_words

SEEDS = 6  # the fewest that a claim about trainings rests on
WIDTH = 88  # letters in a line: as many as a notebook shows on a small screen
MARKS = {"done": "✓", "not done": "✗", "cannot be known": "?"}


@dataclass(frozen=True)
class Item:
    """One item: what is asked, its state (a key of ``MARKS``), and why."""

    what: str
    state: str
    why: str


@dataclass(frozen=True)
class Checklist:
    """All items, in the order in which a project meets them."""

    items: tuple

    def __getitem__(self, what):
        """Return the item of that name."""
        for item in self.items:
            if item.what == what:
                return item
        raise KeyError(f"{what!r} is none of {[item.what for item in self.items]}")

    def count(self, state):
        """Return how many items are in a state."""
        return sum(item.state == state for item in self.items)

    def __repr__(self):
        lines = []
        for item in self.items:
            lines.append(f"{MARKS[item.state]} {item.what}")
            lines.append(textwrap.fill(item.why, WIDTH, initial_indent="    ", subsequent_indent="    "))
        counts = ", ".join(f"{self.count(state)} {state}" for state in MARKS)
        return "\n".join([*lines, counts])


def checklist(project):
    """Return the ``Checklist`` of a ``Project`` as it stands.

    Examples
    --------
    >>> from cnnlab.project import Project
    >>> project = Project("Dots", "Is it bright?", classes=("dark", "bright"), success=1, budget="an hour")
    >>> project.checklist()["The plan comes first"].state
    'done'
    >>> project.checklist()["Six seeds or more"].state
    'not done'
    """
    items = []
    for what, check in CHECKS.items():
        state, why = check(project)
        if state in (True, False):
            state = "done" if state else "not done"
        items.append(Item(what, state, why))
    return Checklist(tuple(items))


def _plan(project):
    open_ = [
        what
        for what in ("name", "question", "budget")
        if "…" in getattr(project, what) or "..." in getattr(project, what)
    ]
    if open_:
        return False, f"fill in {' and '.join(open_)}: dots stand where words should."
    return True, f"success was set to {project.success:g} points when the record began."


def _leaks(project):
    if not project.parts:
        return False, "there is no data yet."
    found = project.leaks_in_words("identical", "overlapping")
    if found:
        return False, " ".join(found)
    return True, "no identical, mirrored, turned or overlapping pictures were found between the parts."


def _alike(project):
    if not project.parts:
        return False, "there is no data yet."
    found = project.leaks_in_words("nearly identical")
    if not found:
        return True, "no two pictures on two sides look nearly the same."
    if "alike" in project.said:
        return "cannot be known", f"{' '.join(found)} You say: {project.said['alike']}"
    return False, f"{' '.join(found)} Look at them. If they are not the same, say(alike=…) why."


def _groups(project):
    if not project.parts:
        return False, "there is no data yet."
    if project.parts["train"].groups is not None:
        shared = project.shared_groups()
        if shared:
            return False, " ".join(shared)
        groups = len(set().union(*(part.groups for part in project.parts.values())))
        pictures = sum(len(part.y) for part in project.parts.values())
        if groups == pictures:  # such groups keep nothing together
            state, why = _word(project, "groups")
            return state, f"each picture is a group of its own; {why}"
        return True, f"{pictures} pictures are in {groups} groups, and none of these is on two sides."
    return _word(project, "groups")


def _classes(project):
    if not project.parts:
        return False, "there is no data yet."
    missing = [
        f"{name} lacks {label}"
        for name, part in project.parts.items()
        for label, count in zip(
            project.classes, np.bincount(part.y, minlength=len(project.classes)), strict=True
        )
        if not count
    ]
    return (False, f"{'; '.join(missing)}.") if missing else (True, "each part has pictures of each class.")


NO_CLAIM = "there is no claim, or data or test have changed since it was made."


def _tries(project):
    if not project.claims():
        return False, NO_CLAIM
    fair, told = True, []
    for claim in project.claims():
        control = claim.facts["control"]
        mine, its = (project.methods[name].count for name in (claim.name, control))
        fair &= its >= max(mine, 2)
        told.append(f"{control} had {its}, {claim.name} {mine}.")
    return fair, " ".join(told)


def _strongest(project):
    if not project.claims():
        return False, NO_CLAIM
    for favorite in {claim.name for claim in project.claims()}:
        others = {name: each.best.score for name, each in project.methods.items() if name != favorite}
        if len(others) < 2:
            return False, "only one baseline was tuned; try two, so that the stronger one can be the control."
        controls = [claim.facts["control"] for claim in project.claims() if claim.name == favorite]
        # A rival that turns out strong on test pictures was not chosen by them: it has to be named.
        tested = {name: project.results[name].mean() for name in others if name in project.results}
        for part, scores in (("validation", others), ("test", tested)):
            strongest = [name for name, score in scores.items() if score == max(scores.values())]
            if strongest and not {*strongest} & {*controls}:
                return (
                    False,
                    f"on {part} pictures {strongest[0]} was the best of the others: claim something "
                    f"about {favorite} and {strongest[0]}, too.",
                )
    return True, f"compared with {' and '.join(controls)}, of {len(others)} others."


def _order(project):
    kinds = [event.kind for event in project.log]
    if "tune" not in kinds:
        return False, "nothing was tuned on validation pictures yet."
    if "test" in kinds:
        since = kinds[kinds.index("test") :]
        if "tune" in since:
            return False, f"{since.count('tune')} settings were tried after the test was opened."
        if "data" in since:
            return False, "the data was changed after the test was opened."
    return True, f"{kinds.count('tune')} settings were tried, none of them after the test was opened."


def _once(project):
    times = len(project.events("test"))
    if times == 1:
        return True, "in this record; what was done before it began, it does not know."
    return False, "it is not open yet." if not times else f"it was opened {times} times."


def _seeds(project):
    tests = project.events("test")
    if not tests or not project.results:
        return False, "the test is not open yet."
    seeds = tests[-1].facts["seeds"]
    return seeds >= SEEDS, f"each method was trained from {seeds} seeds."


def _errors(project):
    favorites = [claim.name for claim in project.claims()]
    looked = [event for event in project.events("errors") if event.name in favorites or not favorites]
    if not looked:
        whose = f" of {favorites[0]}" if favorites else ""
        return False, f"the wrong pictures{whose} were not looked at: errors(…) shows them."
    if "errors" not in project.said:
        return False, "they were shown. What have they in common? say(errors=…)."
    return True, f"shown; you say: {project.said['errors']}"


def covers(claim, points):
    """Return whether no seed lies outside of what a claim says."""
    low, high = claim.facts["low"], claim.facts["high"]
    return bool(low <= points.min() + 1e-9 and points.max() - 1e-9 <= high)


def _claim(project):
    if not project.claims():
        return False, NO_CLAIM
    all_hold, told = True, []
    for claim in project.claims():
        points = project.differences(claim.name, claim.facts["control"])
        low, high = claim.facts["low"], claim.facts["high"]
        all_hold &= covers(claim, points)
        said = f"{claim.facts['control']}: claimed {low:g} to {high:g}".replace("-", "−")
        told.append(f"{said}, measured {range_in_words(points)}.")
        if low <= 0 <= high:
            told.append("That range does not say which of the two is better.")
    told.append(weight_in_words(len(project.parts["test"].y)))
    return all_hold, " ".join(told)


def _limits(project):
    if "limits" in project.said:
        return True, project.said["limits"]
    return False, "say(limits=…): for which pictures does the claim not hold?"


def _word(project, key):
    if key in project.said:
        return "cannot be known", f"you say: {project.said[key]}"
    return "cannot be known", f"nothing said yet: say({key}=…) {TO_SAY[key]}."


CHECKS = {
    "The plan comes first": _plan,
    "You may use the pictures": lambda project: _word(project, "rights"),
    "The labels were looked at": lambda project: _word(project, "labels"),
    "No picture on two sides": _leaks,
    "No look-alikes on two sides": _alike,
    "No group on two sides": _groups,
    "Every class in every part": _classes,
    "The control had as many tries": _tries,
    "The control is the strongest baseline": _strongest,
    "Validation before test": _order,
    "The test was opened once": _once,
    "Nothing was chosen elsewhere by test pictures": lambda project: _word(project, "outside"),
    "Six seeds or more": _seeds,
    "The errors were looked at": _errors,
    "The claim covers what was measured": _claim,
    "Limits are told": _limits,
}
