"""The mathematics of convolutional neural networks, number by number.

``cnnlab.ops`` holds every operation as a pure NumPy function. ``import cnnlab`` loads NumPy and nothing
else; the parts that draw (``cnnlab.figures``) or move (``cnnlab.stage``, ``cnnlab.scenes``) are imported
by the lesson that uses them.
"""

from cnnlab import ops

__version__ = "0.2.0"
__all__ = ["__version__", "ops"]
