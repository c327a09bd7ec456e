"""What was planned, what was tried, what came of it: a record that a checklist and a report are made from.

The record holds what is done through it, in order, while the kernel runs. It knows nothing of what happened
before, or beside it: it helps somebody who wants to work cleanly, and cannot police anybody.
"""

import hashlib
import itertools
from dataclasses import dataclass, field

import numpy as np

from cnnlab.checks import integer, number
from cnnlab.nn import Sequential, predict
from cnnlab.project.leaks import KINDS, find_leaks
from cnnlab.project.parts import NAMES

# What no program can find out. `Project.say` writes down what you say about it.
TO_SAY = {
    "rights": "where the pictures come from, and why you may use them",
    "labels": "who has looked at the labels, and how many were wrong",
    "groups": "why no person, place or photograph is on both sides of the split",
    "alike": "why pictures that look nearly the same are not the same",
    "outside": "that nothing was chosen by test pictures outside of this record",
    "errors": "what the pictures that went wrong have in common",
    "limits": "for which pictures your claim does not hold, or has not been tried",
}


class Told(str):
    """A text that a notebook shows as it is."""

    __slots__ = ()

    def __repr__(self):
        return str(self)


@dataclass(frozen=True)
class Part:
    """Train, validation or test: pictures, labels, and perhaps the group that each picture belongs to."""

    x: np.ndarray
    y: np.ndarray
    groups: tuple | None = None


@dataclass(frozen=True)
class Event:
    """One thing that was done: ``kind`` is "data", "tune", "test", "errors" or "claim"."""

    kind: str
    name: str = ""
    facts: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Try:
    """One setting of a method: how right it was on validation pictures, by seed."""

    function: object  # the method as its code was then
    settings: dict
    scores: tuple
    labels: np.ndarray  # what the first seed made of the validation pictures

    @property
    def score(self):
        """The mean over the seeds."""
        return float(np.mean(self.scores))


@dataclass
class Method:
    """A way to learn from pictures, and all that was tried, by code, setting and number of seeds."""

    tries: dict = field(default_factory=dict)

    @property
    def seeds(self):
        """The most seeds that a setting was tried with."""
        return max(len(each.scores) for each in self.tries.values())

    @property
    def best(self):
        """The best try of those with the most seeds; of equally good ones, the first.

        One lucky seed would beat the mean of six.
        """
        return max(
            (each for each in self.tries.values() if len(each.scores) == self.seeds),
            key=lambda each: each.score,
        )

    @property
    def count(self):
        """How many settings were tried: the same one with more seeds is no other."""
        return len({(code, settings) for code, settings, _ in self.tries})


class Project:
    """A project of your own, from its question to a claim.

    The plan is written first, and stays: whoever wants another one begins another ``Project``.

    Parameters
    ----------
    name : str
        A short title.
    question : str
        What you want to know, as a question that numbers can answer.
    classes : sequence of str
        Their names, in the order of the labels 0, 1, ….
    success : float
        By how many percentage points the favorite must be ahead of its control, on average over the seeds,
        before you call it better. It is written down before anything is trained.
    budget : str
        What it may cost: pictures, hours, tries.

    Attributes
    ----------
    name, question, classes, success, budget
        As above; they cannot be changed.
    parts : dict of str to Part
        "train", "validation" and "test", once ``use`` was called.
    methods : dict of str to Method
        What was tuned, by name.
    results : dict of str to numpy.ndarray of bool, shape (seeds, pictures)
        Which test pictures each method got right, once ``test`` was called; ``answers`` holds its labels.
    log : tuple of Event
        What was done, in order.

    Raises
    ------
    TypeError, ValueError
        For texts that are empty, fewer than two classes, a ``success`` that is no number of points from 0 to
        100.

    Examples
    --------
    >>> project = Project("Dots", "Is it bright?", classes=("dark", "bright"), success=1, budget="an hour")
    >>> rng = np.random.default_rng(0)
    >>> x = rng.random((30, 1, 4, 4))
    >>> x[15:] += 1
    >>> y = np.arange(30) // 15
    >>> from cnnlab.project import nearest_neighbor, split
    >>> project.use(*split(x, y, rng=rng))
    train: 18 pictures; dark 9, bright 9
    validation: 6 pictures; dark 3, bright 3
    test: 6 pictures; dark 3, bright 3
    No picture was found on two sides.
    >>> project.tune("nearest neighbor", nearest_neighbor, {"k": [1, 3]})
    nearest neighbor, share of 6 validation pictures right, 1 seed:
      k=1  1.00  <- chosen
      k=3  1.00
    """

    def __init__(self, name, question, *, classes, success, budget):
        for what, text in (("name", name), ("question", question), ("budget", budget)):
            if not isinstance(text, str):
                raise TypeError(f"Project: {what} must be a text, got {type(text).__name__}")
            if not text.strip():
                raise ValueError(f"Project: {what} must not be empty")
        if isinstance(classes, str) or not all(isinstance(each, str) for each in classes):
            raise TypeError(f"Project: classes must be a sequence of texts, got {classes!r}")
        if len(set(classes)) < 2 or len(set(classes)) < len(classes):
            raise ValueError(f"Project: classes must be two or more different names, got {classes!r}")
        success = number("Project", "success", success, 0)
        if success > 100:
            raise ValueError(f"Project: success must be at most 100 percentage points, got {success}")
        plan = {"name": name, "question": question, "classes": tuple(classes), "success": success}
        self._plan = plan | {"budget": budget}
        self._log = []
        self._leaks = {}
        self._data = None
        self.parts, self.methods, self.results, self.answers, self.said = {}, {}, {}, {}, {}

    name = property(lambda self: self._plan["name"], doc="A short title.")
    question = property(lambda self: self._plan["question"], doc="What you want to know.")
    classes = property(lambda self: self._plan["classes"], doc="The names of the classes.")
    success = property(lambda self: self._plan["success"], doc="How many points ahead counts as better.")
    budget = property(lambda self: self._plan["budget"], doc="What it may cost.")
    log = property(lambda self: tuple(self._log), doc="What was done, in order.")
    leaks = property(lambda self: dict(self._leaks), doc="For each two parts, the leaks between them.")

    def __repr__(self):
        done = [kind for kind in ("data", "tune", "test", "claim") if self.events(kind)]
        return f"Project({self.name!r}: {', '.join(done) or 'a plan'})"

    def events(self, kind):
        """Return what of one kind was done, in order."""
        return [event for event in self._log if event.kind == kind]

    # --- Data -----------------------------------------------------------------------------------------------

    def use(self, train, validation, test, *, classes=None):
        """Take the three parts, and look for pictures that are on two sides.

        Other data than before means to begin anew: what was tuned is forgotten, and the record notes it.

        Parameters
        ----------
        train, validation, test : (x, y) or (x, y, groups)
            Pictures of shape (N, C, H, W), labels of shape (N,); groups name for each picture what it
            belongs to: a person, a photograph, a day. ``split`` returns such parts.
        classes : sequence of str, optional
            What the labels 0, 1, … mean, as the source says: compared with the classes of the plan.

        Returns
        -------
        Told
            How many pictures there are of each class, and what was found.

        Raises
        ------
        TypeError, ValueError
            For shapes that do not fit each other, labels that name no class, and classes that are not those
            of the plan, in the same order.
        """
        if classes is not None and tuple(classes) != self.classes:
            raise ValueError(
                f"use: classes must be those of the plan, in the same order, {self.classes}, "
                f"got {tuple(classes)}"
            )
        parts = {
            name: self._part(name, given)
            for name, given in zip(NAMES, (train, validation, test), strict=True)
        }
        shapes = {name: part.x.shape[1:] for name, part in parts.items()}
        if len(set(shapes.values())) > 1:
            raise ValueError(f"use: all pictures must have one shape, got {shapes}")
        if len({part.groups is None for part in parts.values()}) > 1:
            raise ValueError("use: groups must be given for all three parts, or for none")
        digest = hashlib.sha256()
        for part in parts.values():
            digest.update(repr((part.x.shape, part.x.dtype.str, part.groups)).encode())
            digest.update(np.ascontiguousarray(part.x).tobytes() + part.y.tobytes())
        if digest.digest() != self._data:
            pairs = list(itertools.combinations(NAMES, 2))
            leaks = {(a, b): find_leaks(parts[a].x, parts[b].x) for a, b in pairs}
            self.parts, self._leaks, self._data = parts, leaks, digest.digest()
            self.methods, self.results, self.answers = {}, {}, {}
            self._log.append(Event("data"))
        lines = []
        for name, part in self.parts.items():
            counts = np.bincount(part.y, minlength=len(self.classes))
            told = ", ".join(f"{each} {count}" for each, count in zip(self.classes, counts, strict=True))
            lines.append(f"{name}: {len(part.y)} pictures; {told}")
        found = [f"LEAK: {told}" for told in (*self.leaks_in_words(*KINDS), *self.shared_groups())]
        return Told("\n".join([*lines, *(found or ["No picture was found on two sides."])]))

    def _part(self, name, given):
        if not isinstance(given, tuple | list) or len(given) not in (2, 3):
            raise TypeError(f"use: {name} must be (x, y) or (x, y, groups), got {type(given).__name__}")
        x, y = np.asarray(given[0]), np.asarray(given[1])
        if x.ndim != 4 or not len(x) or x.dtype.kind not in "buif" or not np.isfinite(x).all():
            raise ValueError(
                f"use: x of {name} must be finite numbers of shape (N, C, H, W), "
                f"got shape {x.shape}, {x.dtype}"
            )
        if y.shape != (len(x),) or y.dtype.kind not in "iu":
            raise ValueError(
                f"use: y of {name} must be {len(x)} whole numbers, one for each picture, "
                f"got shape {y.shape}, {y.dtype}"
            )
        if y.min() < 0 or y.max() >= len(self.classes):
            raise ValueError(
                f"use: y of {name} must be from 0 to {len(self.classes) - 1}, a place in classes, "
                f"got {y.min()} to {y.max()}"
            )
        groups = None if len(given) == 2 else tuple(np.asarray(given[2]).tolist())
        if groups is not None and len(groups) != len(x):
            raise ValueError(f"use: groups of {name} must name one for each picture, got {len(groups)}")
        x, y = x.copy(), y.astype(int)  # what is changed outside later must not change the record
        x.flags.writeable = y.flags.writeable = False
        return Part(x, y, groups)

    def leaks_in_words(self, *kinds):
        """Return a sentence for each of these kinds of leak that was found between two parts."""
        lines = []
        for (a, b), leaks in self._leaks.items():
            for how in kinds:
                found = [leak for leak in leaks if leak.how == how]
                if found:
                    lines.append(
                        f"{len(found)} of {len(self.parts[b].y)} {b} pictures {how} with one of {a}, "
                        f"such as {b} {found[0].second} with {a} {found[0].first}."
                    )
        return lines

    def shared_groups(self):
        """Return a sentence for each two parts that have groups in common."""
        lines = []
        for a, b in itertools.combinations(self.parts, 2):
            one, other = self.parts[a].groups, self.parts[b].groups
            both = sorted(set(one or ()) & set(other or ()), key=str)
            if both:
                lines.append(f"{a} and {b} share {len(both)} of their groups, such as {both[0]!r}.")
        return lines

    # --- Trainings ------------------------------------------------------------------------------------------

    def tune(self, name, method, grid, *, seeds=1):
        """Try all settings of a grid: learn from the train part, measure on the validation part.

        What was tried before under this name counts, too, unless the data has changed since. The same
        method with the same setting is tried once: to run a cell again costs nothing and adds nothing.

        Parameters
        ----------
        name : str
            Of the method.
        method : function
            ``method(x, y, seed, **settings)`` learns and returns a network, or a function from pictures to
            labels.
        grid : dict of str to list
            For each setting the values to try; all combinations are.
        seeds : int
            How many trainings for each setting.

        Returns
        -------
        Told
            All that was tried, and what was chosen: the best mean of those with the most seeds.

        Raises
        ------
        TypeError, ValueError
            For no data yet, and for a grid or a method of another form.
        """
        self._needs_data("tune")
        if not isinstance(name, str) or not name.strip():
            raise TypeError(f"tune: name must be a text, got {name!r}")
        if not callable(method):
            raise TypeError(
                f"tune: method must be a function of (x, y, seed, …), got {type(method).__name__}"
            )
        if not isinstance(grid, dict) or not all(
            isinstance(each, list | tuple) and each for each in grid.values()
        ):
            raise TypeError(
                f"tune: grid must be a dict of lists, such as {{'rate': [0.01, 0.1]}}, got {grid!r}"
            )
        seeds = integer("tune", "seeds", seeds, 1)
        validation = self.parts["validation"]
        code = code_of(method)
        new = {}
        old = self.methods[name].tries if name in self.methods else {}
        for values in itertools.product(*grid.values()):
            settings = dict(zip(grid, values, strict=True))
            key = (code, repr(sorted(settings.items())), seeds)
            if key in old or key in new:
                continue
            labels = [self._learned(method, settings, seed, validation.x) for seed in range(seeds)]
            scores = tuple(float((each == validation.y).mean()) for each in labels)
            new[key] = Try(method, settings, scores, labels[0])
        # Only now, when nothing has failed, is anything written down.
        self.methods.setdefault(name, Method()).tries.update(new)
        for each in new.values():
            self._log.append(Event("tune", name, {"settings": each.settings, "score": each.score}))
        return self._tried(name, code)

    def _tried(self, name, code):
        here = self.methods[name]
        width = max(len(in_words(each.settings)) for each in here.tries.values())
        lines = []
        for (its_code, _, seeds), each in here.tries.items():
            line = f"  {in_words(each.settings):{width}}  {each.score:.2f}"
            line += "  <- chosen" if each is here.best else ""
            line += "  (with other code)" if its_code != code else ""
            line += f"  ({_seeds_in_words(seeds)}: not compared)" if seeds < here.seeds else ""
            lines.append(line)
        what = f"share of {len(self.parts['validation'].y)} validation pictures right"
        return Told("\n".join([f"{name}, {what}, {_seeds_in_words(here.seeds)}:", *lines]))

    def _learned(self, method, settings, seed, images):
        train = self.parts["train"]
        try:
            learned = method(train.x, train.y, seed, **settings)
        except FloatingPointError:  # the training has burst: that is a result, and the worst one
            return np.full(len(images), -1)
        if isinstance(learned, Sequential):
            return predict(learned, images).argmax(axis=1)
        who = getattr(method, "__name__", "method")
        if not callable(learned):
            raise TypeError(
                f"{who} must return a network, or a function from pictures to labels, "
                f"got {type(learned).__name__}"
            )
        labels = np.asarray(learned(images))
        if labels.shape != (len(images),):
            raise ValueError(
                f"{who}: what it returns must give {len(images)} labels for as many pictures, "
                f"got shape {labels.shape}"
            )
        return labels

    def test(self, *, seeds=6):
        """Open the test: train each method as it was in its best try, from several seeds.

        The networks learn from the train part alone, as they did while they were tuned. Called again with
        nothing changed, it shows the same results; with anything changed, that is noted as opening the test
        once more.

        Parameters
        ----------
        seeds : int
            How many; a claim rests on six or more.

        Returns
        -------
        Told
            Mean and range for each method.

        Raises
        ------
        TypeError, ValueError
            For no data yet, nothing tuned, fewer than one seed.
        """
        self._needs_data("test")
        seeds = integer("test", "seeds", seeds, 1)
        if not self.methods:
            raise ValueError("test: tune a baseline and a network first")
        chosen = {
            name: (code_of(method.best.function), in_words(method.best.settings))
            for name, method in self.methods.items()
        }
        before = self.events("test")
        # The same choice on the same data: nothing new can be learned from it.
        if not (self.results and before and before[-1].facts == {"chosen": chosen, "seeds": seeds}):
            test = self.parts["test"]
            answers = {
                name: np.array([self._learned(best.function, best.settings, s, test.x) for s in range(seeds)])
                for name, best in ((name, method.best) for name, method in self.methods.items())
            }
            self.answers = answers
            self.results = {name: labels == test.y for name, labels in answers.items()}
            self._log.append(Event("test", facts={"chosen": chosen, "seeds": seeds}))
        width = max(map(len, self.results))
        lines = [f"share of {len(self.parts['test'].y)} test pictures right, {seeds} seeds:"]
        for name, right in self.results.items():
            shares = right.mean(axis=1)
            lines.append(f"  {name:{width}}  {shares.mean():.2f} ({shares.min():.2f} to {shares.max():.2f})")
        return Told("\n".join(lines))

    def _needs_data(self, function):
        if not self.parts:
            raise ValueError(f"{function}: there is no data yet; call use(train, validation, test) first")

    # --- What came of it ------------------------------------------------------------------------------------

    def examples(self, each=6):
        """Return a picture of some train pictures of every class.

        Parameters
        ----------
        each : int
            How many of a class.

        Returns
        -------
        cnnlab.figures.Drawing
        """
        from cnnlab.project.pictures import examples

        self._needs_data("examples")
        return examples(self, integer("examples", "each", each, 1))

    def errors(self, name, part="validation", most=24):
        """Return a picture of what a method gets wrong, and note that you have looked.

        Parameters
        ----------
        name : str
            Of a method that was tuned.
        part : str
            "validation", by the first seed of its best setting; or "test", once that is open.
        most : int
            How many to show; if there are more, some that are spread over all of them.

        Returns
        -------
        cnnlab.figures.Drawing

        Raises
        ------
        ValueError
            For a method that was not tuned, and a part that is not open.
        """
        from cnnlab.project.pictures import errors

        self.labels_of("errors", name, part)
        figure = errors(self, name, part, integer("errors", "most", most, 1))
        self._log.append(Event("errors", name, {"part": part}))
        return figure

    def labels_of(self, function, name, part):
        """Return what the first seed of a method made of a part, or say why it cannot be told."""
        if name not in self.methods:
            raise ValueError(f"{function}: name must be one of {tuple(self.methods)}, got {name!r}")
        if part == "test" and name in self.answers:
            return self.answers[name][0]
        if part != "validation":
            raise ValueError(
                f"{function}: part must be 'validation', or 'test' once the test is open, got {part!r}"
            )
        return self.methods[name].best.labels

    def differences(self, favorite, control):
        """Return by how many percentage points the favorite is ahead, seed by seed.

        Raises ``ValueError`` unless both were tested.
        """
        for what, name in (("favorite", favorite), ("control", control)):
            if name not in self.results:
                raise ValueError(
                    f"differences: {what} must be one of those that were tested, {tuple(self.results)}, "
                    f"got {name!r}"
                )
        one, other = (self.results[name].sum(axis=1) for name in (favorite, control))
        return 100 * (one - other) / len(self.parts["test"].y)

    def claim(self, favorite, control, low, high):
        """Claim that the favorite is ahead of the control by ``low`` to ``high`` percentage points.

        Negative points mean behind. The checklist compares the claim with what was measured: it holds if no
        seed lies outside of it. A favorite may have several controls, with a claim for each; another claim
        about the same two takes the place of the one before.

        Parameters
        ----------
        favorite, control : str
            Two methods that were tested.
        low, high : float

        Returns
        -------
        Told
            The claim as a sentence, and what was measured.

        Raises
        ------
        TypeError, ValueError
            For methods that were not tested, numbers that are none, and a range that is turned round.
        """
        low, high = number("claim", "low", low), number("claim", "high", high)
        if low > high:
            raise ValueError(f"claim: low must be at most high, got {low:g} and {high:g}")
        if favorite == control:
            raise ValueError(f"claim: favorite and control must be two methods, got {favorite!r} twice")
        points = self.differences(favorite, control)
        self._log.append(Event("claim", favorite, {"control": control, "low": low, "high": high}))
        count = len(self.parts["test"].y)
        return Told(
            f"{claim_in_words(self._log[-1])}\nMeasured: {range_in_words(points)}.\n{weight_in_words(count)}"
        )

    def claims(self):
        """Return the claims that stand: one for each two methods, made since data or test last changed."""
        found = {}
        for event in self._log:
            if event.kind in ("data", "test"):
                found = {}
            if event.kind == "claim":
                found[event.name, event.facts["control"]] = event
        return list(found.values())

    def say(self, **texts):
        """Write down what no program can find out, and what you alone can know.

        Parameters
        ----------
        **texts : str
            Any of ``TO_SAY``: rights, labels, groups, alike, outside, errors, limits.

        Returns
        -------
        Told
            What is not said yet.

        Raises
        ------
        TypeError, ValueError
            For other names, and texts that are empty.
        """
        for key, text in texts.items():
            if key not in TO_SAY:
                raise ValueError(f"say: there is {', '.join(TO_SAY)}; got {key!r}")
            if not isinstance(text, str):
                raise TypeError(f"say: {key} must be a text, got {type(text).__name__}")
            if not text.strip():
                raise ValueError(f"say: {key} must not be empty")
        self.said |= texts
        open_ = [f"  {key}: {what}" for key, what in TO_SAY.items() if key not in self.said]
        return Told("\n".join(["Not said yet:", *open_] if open_ else ["All is said."]))

    def checklist(self):
        """Return what is done, what is not, and what cannot be known: a ``Checklist``."""
        from cnnlab.project.checklist import checklist

        return checklist(self)

    def report(self, path="report.html"):
        """Write the report: one page that needs nothing else, and can be written at any time.

        Parameters
        ----------
        path : str or path
            The file; one that is there is written over.

        Returns
        -------
        Report
            Where it is, and how the checklist stands.
        """
        from cnnlab.project.report import write

        return write(self, path)


def code_of(method):
    """Return what tells one version of a method from another: a digest of what it does.

    It sees the function itself, those within it, and plain values around it; not what it calls.
    """
    code = getattr(method, "__code__", None)
    if code is None:
        return repr(method)
    digest = hashlib.sha256()

    def add(code):
        digest.update(code.co_code + repr(code.co_names).encode())
        for constant in code.co_consts:
            if hasattr(constant, "co_code"):
                add(constant)
            else:
                digest.update(repr(constant).encode())

    add(code)
    around = [cell.cell_contents for cell in method.__closure__ or ()]
    plain = [each for each in around if isinstance(each, int | float | str | tuple)]
    digest.update(repr((method.__defaults__, method.__kwdefaults__, plain)).encode())
    return digest.hexdigest()


def claim_in_words(claim):
    """Return a claim as a sentence."""
    favorite, control, low, high = claim.name, *(claim.facts[key] for key in ("control", "low", "high"))
    if low > 0:
        told = f"ahead of {control} by {low:g} to {high:g} percentage points"
    elif high < 0:
        told = f"behind {control} by {-high:g} to {-low:g} percentage points"
    else:
        told = f"neither clearly ahead of nor behind {control}: by {low:g} to {high:g} percentage points"
    return f"On pictures like these, {favorite} is {told}.".replace(" -", " −")


def _seeds_in_words(seeds):
    return f"{seeds} seed{'s' if seeds > 1 else ''}"


def in_words(settings):
    """Return settings as a short text."""
    return ", ".join(f"{key}={value}" for key, value in settings.items()) or "as it is"


def weight_in_words(count):
    """Return what one of ``count`` test pictures weighs, in percentage points."""
    points = f"{100 / count:.2g}"
    return f"One of {count} test pictures is {points} point{'s' if points != '1' else ''}."


def range_in_words(points):
    """Return mean and range of differences, in percentage points: as many digits as the range is worth."""
    digits = 0 if np.ptp(points) >= 5 else 1
    ends = (np.round(each, digits) + 0.0 for each in (np.mean(points), np.min(points), np.max(points)))
    mean, low, high = (f"{each:+.{digits}f}" for each in ends)  # 0.0 was added so that there is no −0
    return f"{mean} points on average ({low} to {high}, {len(points)} seeds)".replace("-", "−")
