"""Exercises, one module for each lesson: ``from cnnlab.exercises import lesson02``.

Each exercise has ``check(your_function)``, ``hint()`` and ``solution()``. ``engine`` does the checking.
"""
