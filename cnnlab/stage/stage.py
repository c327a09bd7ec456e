"""The widget. It holds what the browser shows and passes on what the learner does; it computes nothing."""

import base64
import io
import pathlib

import anywidget
import traitlets

from cnnlab.checks import integer
from cnnlab.look import LINES, PALETTES
from cnnlab.stage.picture import Picture

HERE = pathlib.Path(__file__).parent


class Stage(anywidget.AnyWidget):
    """Show a ``Picture`` in the browser, step by step.

    Parameters
    ----------
    picture : Picture
        What to show; replace it at any time with ``show``.
    still_step : int, optional
        The step of the still picture that stands in for the view on GitHub, in print, or before the notebook
        is run. The middle one unless given.
    **traits
        ``step`` (int), ``speed`` (steps per second are 1.6 times it), ``decimals``, ``quiz``, ``projector``
        (bool). All of them are ordinary traits: observe them, or ``jslink`` them to other widgets.
    """

    _esm = HERE / "stage.js"
    _css = HERE / "stage.css"

    step = traitlets.Int(0).tag(sync=True)
    speed = traitlets.Float(1.0, min=0.1, max=10.0).tag(sync=True)
    decimals = traitlets.Bool(False).tag(sync=True)
    quiz = traitlets.Bool(False).tag(sync=True)
    projector = traitlets.Bool(False).tag(sync=True)
    _picture = traitlets.Dict().tag(sync=True)
    _palettes = traitlets.Dict(PALETTES).tag(sync=True)
    _lines = traitlets.Dict(LINES).tag(sync=True)

    def __init__(self, picture, *, still_step=None, **traits):
        _check_picture(picture)
        self.picture = picture
        self.still_step = integer(
            "Stage", "still_step", picture.steps // 2 if still_step is None else still_step, 0
        )
        super().__init__(_picture=picture.to_json(), **traits)
        self.on_msg(self._receive)

    def show(self, picture):
        """Replace the picture; the view changes in one go, and ``step`` moves only if it must."""
        _check_picture(picture)
        data = picture.to_json()
        with self.hold_sync():
            self.picture = picture
            self._picture = data
            self.step = min(self.step, picture.steps - 1)

    def answer(self, message):
        """Do what the learner asked for in the browser; they see the text of a ``ValueError``."""
        raise ValueError("This picture cannot be changed.")

    @traitlets.validate("step")
    def _within_steps(self, proposal):
        return min(max(proposal.value, 0), self.picture.steps - 1)

    def _receive(self, _, message, buffers):
        reply = {"type": "done"}
        try:
            if message.get("type") != "hello":
                self.answer(message | {"data": bytes(buffers[0])} if buffers else message)
        except (ValueError, TypeError) as error:
            reply = {"type": "refused", "text": str(error)}
        except Exception as error:
            # An exception in a message handler would vanish in the server's log: show it where it happened.
            self.send({"type": "refused", "text": f"{type(error).__name__}: {error}"})
            raise
        self.send(reply)

    def __repr__(self):
        """State the still picture's numbers in words, so that a comparison of outputs compares them."""
        picture, step = self.picture, self._shown_still_step()
        lines = [f"{type(self).__name__}: {picture.title}, step {step + 1} of {picture.steps}"]
        if self.quiz:
            return f"{lines[0]}, numbers hidden"
        lines.append(picture.sentence(step))
        for panel in picture.panels:
            if not panel.edit or (picture.links and panel.numbers):
                lines.append(f"{panel.title}: {panel.words(step)}")
        return "\n".join(line for line in lines if line)

    def _repr_mimebundle_(self, **kwargs):
        """Offer the live view, and beside it a still picture and words for wherever widgets do not run."""
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        if not self.picture.panels:  # words alone need no picture
            return data, metadata
        from cnnlab import figures  # Matplotlib is loaded only where a still picture is wanted

        figure = figures.stage_still(
            self.picture, self._shown_still_step(), quiz=self.quiz, decimals=self.decimals
        )
        png = io.BytesIO()
        figure.savefig(png, format="png", metadata={"Software": None})
        data["image/png"] = base64.b64encode(png.getvalue()).decode()
        return data, {**metadata, "image/png": {"alt": data["text/plain"]}}

    def _shown_still_step(self):
        return min(self.still_step, self.picture.steps - 1)


def _check_picture(picture):
    if not isinstance(picture, Picture):
        raise TypeError(f"Stage: picture must be a cnnlab.stage.Picture, got {type(picture).__name__}")
