"""The stage: one browser view for everything that is a grid of numbers.

``Stage`` is the widget; ``Picture`` says what it shows: ``Panel`` (a grid), ``Window`` (how grids hang
together) and ``Control`` (what the learner can change). The view itself is ``stage.js``.
"""

from cnnlab.stage.picture import Control, Panel, Picture, Window
from cnnlab.stage.stage import Stage

__all__ = ["Control", "Panel", "Picture", "Stage", "Window"]
