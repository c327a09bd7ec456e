"""The lessons as files: working copies of one's own, and the command ``cnnlab`` that makes them."""

from cnnlab.course.copies import CourseError, News, place, reset, update

__all__ = ["CourseError", "News", "place", "reset", "update"]
