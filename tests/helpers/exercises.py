"""Every exercise of the course, by lesson and name: ``lesson02-slide``."""

import importlib
import pkgutil

import cnnlab.exercises
from cnnlab.exercises.engine import Exercise

LESSONS = [
    module.name
    for module in pkgutil.iter_modules(cnnlab.exercises.__path__)
    if module.name.startswith("lesson")
]
EXERCISES = {
    f"{lesson}-{name}": value
    for lesson in LESSONS
    for name, value in vars(importlib.import_module(f"cnnlab.exercises.{lesson}")).items()
    if isinstance(value, Exercise)
}
