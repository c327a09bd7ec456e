"""What pytest needs to know of lessons, wherever it is told to look: in tests, or in notebooks alone.

How the suite is spread over workers stands in `tests/conftest.py`.
"""

from tests.helpers import without


def pytest_collection_modifyitems(items):
    """Let cells whose library is not installed be compared with the line that says so."""
    for item in items:
        if hasattr(item, "cell"):  # of a notebook
            without.expect_the_plain_line(item.cell)
