"""The film of a training: filters, maps, weights, scores and loss after every epoch, to be scrubbed."""

from dataclasses import dataclass, replace

import numpy as np

from cnnlab import ops
from cnnlab.checks import integer
from cnnlab.data import letters
from cnnlab.look import DASHES
from cnnlab.scenes.charts import chart, moving
from cnnlab.scenes.learned_network import (
    NAMES,
    SHARES,
    SHARES_IN_WORDS,
    SHARES_LINK,
    Parameters,
    head_link,
    parameters_of,
)
from cnnlab.scenes.letter_network import State
from cnnlab.scenes.scene import Scene
from cnnlab.stage import Panel, Picture, Scale, full_scale, slide

HIGHEST_LOSS = 0.8  # a little above that of a coin, log 2 ≈ 0.69
NOT_YET = float("nan")


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What a network was after an epoch, and how well it did."""

    numbers: Parameters
    loss: float = NOT_YET
    validation_loss: float = NOT_YET
    validation_accuracy: float = NOT_YET


class Recorder:
    """Keep a snapshot of a network after each epoch: ``fit(…, callbacks=[recorder])``.

    Parameters
    ----------
    network : Sequential
        Of the shape that ``LearnedNetwork`` shows; its numbers as they are now make the first snapshot.
    """

    def __init__(self, network):
        self.snapshots = [Snapshot(parameters_of("Recorder", network))]

    def __call__(self, network, history):
        """Add a snapshot."""
        losses = (
            getattr(history, name)[-1] if getattr(history, name) else NOT_YET
            for name in ("loss", "validation_loss", "validation_accuracy")
        )
        self.snapshots.append(Snapshot(parameters_of("Recorder", network), *losses))


class TrainingFilm(Scene):
    """Watch a network learn, then scrub through its epochs.

    Show the film, then train with ``fit(…, callbacks=[film.record])``: it grows by one step with each epoch.

    Parameters
    ----------
    network : Sequential
        Of the shape that ``LearnedNetwork`` shows, before its training.
    epochs : int
        How many the loss chart has room for.
    image : array_like, shape (9, 9)
        The letter whose maps and scores are shown, ink 1 and paper −1. It can be drawn on.
    **options
        Those of ``Stage``: ``still_step``, ``decimals``, ``speed``.

    Raises
    ------
    TypeError, ValueError
        For a network of another shape, and for anything but 9×9 pixels of 1 and −1.
    """

    def __init__(self, network, epochs, image=letters.X, **options):
        self.recorder = Recorder(network)
        self.epochs = integer("TrainingFilm", "epochs", epochs, 1)
        self._chart = self._draw_chart()
        super().__init__(State(image), **options)

    @property
    def snapshots(self):
        """What was recorded: before the training, and after each epoch."""
        return self.recorder.snapshots

    def record(self, network, history):
        """Add what an epoch has made of ``network``, and show it: a callback of ``fit``."""
        self.recorder(network, history)
        self.show(self.draw(self.state))
        self.step = self.picture.steps - 1

    edits = ("image",)

    def draw(self, state):
        """Return the picture of ``state``."""
        filters, bias, head, head_bias = (
            np.array([getattr(each.numbers, name) for each in self.snapshots])
            for name in ("filters", "bias", "head", "head_bias")
        )
        steps, in_maps = len(self.snapshots), Scale(tuple(f"map {k}" for k in range(3)))
        sums = ops.conv2d(state.image[None, None], filters.reshape(-1, 1, 3, 3))[0]
        maps = ops.relu(sums.reshape(steps, 3, 7, 7) + bias[:, :, None, None])
        kept = ops.max_pool2d(maps, 4, ceil_mode=True)  # two poolings of 2 × 2 at once
        scores = (head @ kept.reshape(steps, 12, 1))[..., 0] + head_bias
        image = Panel(
            "image", "Letter", state.image, "9 × 9 pixels", palette="ink", edit="toggle", only=(1, -1),
            numbers=False,
        )  # fmt: skip
        panels, links = [image, replace(self._chart, tracks=self._tracks())], []
        for k in range(3):
            look = {"bare": k > 0}
            small = look | {"numbers": False}
            heads = [
                f"{title}, filter {k + 1}" if k else title for title in ("Filters", "Bias", "Maps", "Kept")
            ]
            panels += [
                Panel(
                    f"filter {k}",
                    heads[0],
                    filters[:, k],
                    "3 × 3",
                    scale=full_scale(filters),
                    column=1,
                    **look,
                ),
                Panel(
                    f"bias {k}",
                    heads[1],
                    bias[:, k, None, None],
                    "1 × 1",
                    scale=full_scale(bias),
                    column=2,
                    **look,
                ),
                found := Panel(
                    f"map {k}", heads[2], maps[:, k], "with ReLU", scale=in_maps, column=3, **small
                ),
                pooled := Panel(f"kept {k}", heads[3], kept[:, k], "2 × 2", scale=in_maps, column=4, **small),
            ]
            links += [
                slide(image, found, (3, 3), kernel=f"filter {k}", bias=f"bias {k}", reduce="bent sum"),
                slide(found, pooled, (4, 4), stride=(4, 4), reduce="max"),
            ]
            panels += [
                Panel(
                    f"for {name} {k}",
                    f"For {name}" + (f", filter {k + 1}" if k else ""),
                    head[:, row, 4 * k : 4 * k + 4].reshape(-1, 2, 2),
                    "2 × 2",
                    scale=full_scale(head),
                    column=5 + row,
                    **small,
                )
                for row, name in enumerate(NAMES)
            ]
        panels += [
            Panel("score bias", "Bias", head_bias[..., None], names=NAMES, column=7),
            Panel("scores", "Scores", scores[..., None], scale=Scale(("scores",)), names=NAMES, column=8),
            SHARES,
        ]
        return Picture(
            title="A network learns X and O",
            panels=tuple(panels),
            links=(*links, head_link([f"kept {k}" for k in range(3)]), SHARES_LINK),
            focus=("scores", "largest"),
            text=tuple(_sentence(epoch, snapshot) for epoch, snapshot in enumerate(self.snapshots)),
            step_name="epoch",
            first_step=0,
            controls=(
                self.choice("image", "Letter", letters.BY_NAME, state, "image", name="drawing"),
                *self.undo_and_reset(state),
            ),
        )

    def _draw_chart(self):
        """Return the axes of the loss, with the lines that the two points will draw explained."""

        def draw(axes, colors, inks):
            coin, (left, right) = np.log(2), (0.45 * self.epochs, 0.58 * self.epochs)
            axes.axhline(coin, color=inks["faint"], linewidth=1.5)
            words = {"color": inks["text"], "fontsize": 17, "va": "center"}
            axes.text(right + 0.02 * self.epochs, coin + 0.05, "a coin: log 2", **words)
            named = {"trained on": 0.57, "held back": 0.47}
            for (name, y), color, dash in zip(named.items(), colors, DASHES, strict=False):
                axes.plot([left, right], [y, y], dash, color=color, linewidth=2.5)
                axes.text(right + 0.02 * self.epochs, y, name, **words)

        return chart(
            "loss",
            "Loss",
            draw,
            xlim=(0, self.epochs),
            ylim=(0, HIGHEST_LOSS),
            says="Loss against epochs, for the letters trained on and for those held back.",
            labels=("epoch", ""),
            width=21.0,
            aspect=0.52,
            column=0,
        )

    def _tracks(self):
        epochs = np.arange(len(self.snapshots))
        losses = {
            "training": [each.loss for each in self.snapshots],
            "validation": [each.validation_loss for each in self.snapshots],
        }
        return moving(
            [(name, epochs, loss) for name, loss in losses.items()],
            xlim=(0, self.epochs),
            ylim=(0, HIGHEST_LOSS),
        )


def _sentence(epoch, snapshot):
    """Say how far the training is, how well the network does, and what it makes of the letter."""
    shares = f"{SHARES_IN_WORDS.replace('gives', 'gives this letter')}."
    if not epoch:
        return f"Before training: all weights are drawn by chance. {shares}"
    parts = [f"Epoch {epoch}: loss {snapshot.loss:.3f}"]
    if not np.isnan(snapshot.validation_loss):
        parts.append(f"on the letters held back {snapshot.validation_loss:.3f}")
    if not np.isnan(snapshot.validation_accuracy):
        parts.append(f"{100 * snapshot.validation_accuracy:.1f} % of those right")
    return f"{', '.join(parts)}. {shares}"
