"""A lesson's exercises as an nbgrader assignment, graded by the lesson's own checkers.

Read ``assignment`` (makes it), ``worker`` (runs what a learner wrote, in a sandbox of its own), ``judge``
(asks the worker for results, and judges these where no learner's code runs), ``preprocessor`` (what nbgrader
calls).
"""
