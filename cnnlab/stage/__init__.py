"""The stage: one browser view for everything that is a grid of numbers.

``Stage`` is the widget; ``Picture`` says what it shows: ``Panel`` (a grid), ``Raster`` (a photograph),
``Chart`` (a drawing with axes) and ``Hidden`` (numbers that others follow from); ``Axes`` and ``Cells`` (how
they hang together; ``slide``, ``slide_stack``, ``cell_by_cell`` and ``field`` make them); ``Control`` (what
the learner can change); ``Box`` (what is drawn around cells); ``Grip`` (what can be dragged); ``Cases`` (a
text that depends on numbers).
The view itself is ``stage.js``; ``still`` draws it for paper.
"""

from cnnlab.stage.controls import YOURS, Control, moved
from cnnlab.stage.links import Axes, Cells, cell_by_cell, field, slide, slide_stack
from cnnlab.stage.panels import Chart, Hidden, Panel, Raster, Scale, Track, full_scale
from cnnlab.stage.picture import Box, Cases, Grip, Picture
from cnnlab.stage.stage import Stage

__all__ = [
    "YOURS",
    "Axes",
    "Box",
    "Cases",
    "Cells",
    "Chart",
    "Control",
    "Grip",
    "Hidden",
    "Panel",
    "Picture",
    "Raster",
    "Scale",
    "Stage",
    "Track",
    "cell_by_cell",
    "field",
    "full_scale",
    "moved",
    "slide",
    "slide_stack",
]
