"""The tasks: one module for each part of the course; importing them declares all."""

from book.worksheets.tasks import learn, see

__all__ = ["learn", "see"]
