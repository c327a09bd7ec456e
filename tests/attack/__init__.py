"""Functions as learners might write them, against the checkers: written from the lessons' texts alone.

One module for each lesson, ``lessonNN.py``. A function's name says what it is: ``slide_right_2`` is a right
answer to the exercise ``slide``, ``slide_wrong_5`` a wrong one, and its docstring says what is wrong with it.
Whoever writes them has seen the text of the exercise and nothing of ``cnnlab/exercises``: only then do they
tell whether the checkers can be fooled. ``test_attack.py`` runs them all.
"""
