"""Predictions and exercises, one module for each lesson: ``from cnnlab.exercises import lesson02``.

A prediction is a question to answer before the result is seen (``predict``); it lives here and not in the
notebook, so that nobody reads the answer beside the question. An exercise has ``check(your_function)``,
``hint()`` and ``solution()`` (``engine``). What came of both is remembered: ``progress.map()`` shows it.
"""
