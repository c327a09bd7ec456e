"""The stage: one browser view for everything that is a grid of numbers.

``Stage`` is the widget; ``Picture`` says what it shows: ``Panel`` (a grid), ``Raster`` (a photograph) and
``Chart`` (a drawing with axes); ``Window``, ``CellByCell``, ``Gather`` and ``Field`` (how they hang
together); ``Control`` (what the learner can change).
The view itself is ``stage.js``.
"""

from cnnlab.stage.links import CellByCell, Field, Gather, Window
from cnnlab.stage.panels import Chart, Panel, Raster, Track, full_scale
from cnnlab.stage.picture import Control, Picture
from cnnlab.stage.stage import Stage

__all__ = [
    "CellByCell",
    "Chart",
    "Control",
    "Field",
    "Gather",
    "Panel",
    "Picture",
    "Raster",
    "Stage",
    "Track",
    "Window",
    "full_scale",
]
