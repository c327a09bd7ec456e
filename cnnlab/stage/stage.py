"""The widget. It holds what the browser shows and passes on what the learner does; it computes nothing.

The browser works out by itself what follows from an edit, shows it, and asks Python. Python is the judge: it
confirms with a digest of its own numbers, or corrects by sending its picture.
"""

import base64
import pathlib
import re
from textwrap import shorten

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
        ``step`` (int), ``speed`` (steps per second are 1.6 times it), ``decimals``, ``quiz`` (bool). All
        of them are ordinary traits: observe them, or ``jslink`` them to other widgets.
    """

    _esm = HERE / "stage.js"
    _css = HERE / "stage.css"

    step = traitlets.Int(0).tag(sync=True)
    speed = traitlets.Float(1.0, min=0.1, max=16.0).tag(sync=True)
    decimals = traitlets.Bool(False).tag(sync=True)
    quiz = traitlets.Bool(False).tag(sync=True)
    _picture = traitlets.Instance(Picture).tag(sync=True, to_json=lambda picture, _: picture.to_json())
    _answered = traitlets.Unicode("").tag(sync=True)  # the last message that this picture takes into account
    _palettes = traitlets.Dict(PALETTES).tag(sync=True)
    _lines = traitlets.Dict(LINES).tag(sync=True)

    def __init__(self, picture, *, still_step=None, **traits):
        _check_picture(picture)
        self._asked = None  # what the browser has asked for, while it is being answered
        self._is_known = False  # whether the browser can have worked out the picture by itself
        self.picture = picture
        self.still_step = integer(
            "Stage", "still_step", picture.steps // 2 if still_step is None else still_step, 0
        )
        super().__init__(_picture=picture, **traits)
        self.on_msg(self._receive)

    def show(self, picture):
        """Replace the picture; the view changes in one go, and ``step`` moves only if it must."""
        _check_picture(picture)
        self._is_known = bool(self._asked) and picture.follows_from(self.picture)
        with self.hold_sync():
            self.picture = self._picture = picture
            if self._asked:
                self._answered = self._asked["message"]
            self.step = min(self.step, picture.steps - 1)

    def answer(self, message):
        """Do what the learner asked for in the browser; they see the text of a ``ValueError``.

        What is returned, a dictionary or nothing, goes into the reply.
        """
        raise ValueError("This picture cannot be changed.")

    @traitlets.validate("step")
    def _within_steps(self, proposal):
        return min(max(proposal.value, 0), self.picture.steps - 1)

    def _should_send_property(self, key, value):
        """Leave out the picture that the browser has already worked out: it is confirmed instead."""
        is_news = not (self._is_known and key in ("_picture", "_answered"))
        return is_news and super()._should_send_property(key, value)

    def _receive(self, _, message, buffers):
        before = self.picture
        reply = {"type": "done"}
        try:
            reply |= {"answers": message.get("message", ""), "step": message.get("step", 0)}
            if message.get("type") == "show":
                self._send_picture(message)
            elif message.get("type") == "say":
                reply["sentence"] = self.picture.sentence(min(message["step"], self.picture.steps - 1))
            elif message.get("type") != "hello":
                self._asked = message if "work" in message else None
                said = self.answer(message | {"data": bytes(buffers[0])} if buffers else message)
                reply |= said or {}
        except (ValueError, TypeError) as error:
            reply |= {"type": "refused", "text": str(error)}
        except Exception as error:
            # An exception in a message handler would vanish in the server's log: show it where it happened.
            self.send(reply | {"type": "refused", "text": f"{type(error).__name__}: {error}"})
            raise
        finally:
            asked, self._asked = self._asked, None
            known, self._is_known = self._is_known, False
        if asked and reply["type"] == "refused":
            self._send_picture(message)  # the browser may have shown already what it must not
        elif asked and (known or self.picture is before):
            reply |= self._confirmation(message["step"], before)
        self.send(reply)

    def _send_picture(self, message):
        self.set_trait("_answered", message["message"])
        self.send_state(["_picture", "_answered"])

    def _confirmation(self, step, before):
        """Return what lets the browser compare its numbers with Python's, and what it cannot work out."""
        picture = self.picture
        step = min(step, picture.steps - 1)
        old = {control.id: control for control in before.controls}
        return {
            "digest": picture.digest(step),
            "sentence": "" if picture.walk else picture.sentence(step),
            "controls": {
                control.id: [control.value, control.enabled]
                for control in picture.controls
                if control != old.get(control.id)
            },
            "feedback": [picture.feedback, picture.outcome],
            "boxes": picture.boxes_to_json(),
        }

    def __repr__(self):
        """State the still picture's numbers in words, so that a comparison of outputs compares them."""
        picture, step = self.picture, self._shown_still_step()
        lines = [f"{type(self).__name__}: {picture.title}, step {step + 1} of {picture.steps}"]
        if self.quiz:
            return f"{lines[0]}, numbers hidden"
        lines.append(picture.sentence(step))
        for panel in picture.shown:
            if not panel.edit or (picture.links and not picture.walk and panel.numbers):
                lines.append(f"{panel.title}: {panel.words(picture.grid(panel.id, step))}")
        return "\n".join(line for line in lines if line)

    def _repr_mimebundle_(self, **kwargs):
        """Offer the live view, and beside it a still picture and words for wherever widgets do not run."""
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        data["text/plain"] = repr(self)  # some versions of anywidget cut it short
        if not self.picture.panels:  # words alone need no picture
            return data, metadata
        from cnnlab.figures import png_of
        from cnnlab.stage.still import stage_still  # Matplotlib is loaded only where a still is wanted

        figure = stage_still(self.picture, self._shown_still_step(), quiz=self.quiz, decimals=self.decimals)
        data["image/png"] = base64.b64encode(png_of(figure)).decode()
        return data, {**metadata, "image/png": {"alt": self._alternative()}}

    def _alternative(self):
        """Return one sentence that stands in for the still picture."""
        said = "" if self.quiz else self.picture.sentence(self._shown_still_step())
        first = re.split(r"(?<=[.?!]) (?=[A-Z])", said, maxsplit=1)[0]
        return shorten(
            f"{self.picture.title}: {first}" if first else f"{self.picture.title}.", 250, placeholder=" …"
        )

    def _shown_still_step(self):
        return min(self.still_step, self.picture.steps - 1)


def _check_picture(picture):
    if not isinstance(picture, Picture):
        raise TypeError(f"Stage: picture must be a cnnlab.stage.Picture, got {type(picture).__name__}")
