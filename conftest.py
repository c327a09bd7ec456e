"""What pytest needs to know of lessons, wherever it is told to look: in tests, or in notebooks alone.

How the suite is spread over workers stands in `tests/conftest.py`.
"""

import importlib.util

from tests.helpers import without

# What nbgrader calls stands on nbgrader, which is a server's business (deploy/one-machine/requirements.txt).
collect_ignore = [] if importlib.util.find_spec("nbgrader") else ["cnnlab/grading/preprocessor.py"]


def pytest_collection_modifyitems(items):
    """Let cells whose library is not installed be compared with the line that says so."""
    for item in items:
        if hasattr(item, "cell"):  # of a notebook
            without.expect_the_plain_line(item.cell)
