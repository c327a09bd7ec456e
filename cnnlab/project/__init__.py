"""A project of your own: its plan, its data, what was tried, and a checklist that checks what it can.

``Project`` keeps a record of what is done through it. ``split`` deals pictures out, ``only`` keeps some
of the classes, ``find_leaks`` finds pictures that are on both sides of a split, ``nearest_neighbor`` and
``logistic_layer`` are baselines to beat.
Read the modules in this order: ``leaks``, ``parts``, ``baselines``, ``record``, ``checklist``, ``report``.
"""

from cnnlab.project.baselines import logistic_layer, nearest_neighbor
from cnnlab.project.leaks import Leak, find_leaks
from cnnlab.project.parts import only, split
from cnnlab.project.record import Project

__all__ = ["Leak", "Project", "find_leaks", "logistic_layer", "nearest_neighbor", "only", "split"]
