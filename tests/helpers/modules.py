"""Files of Python that belong to no package, such as those of deploy/, as modules."""

import importlib.util


def module_from(path):
    """Return the module that a file holds, run anew; no name is taken for it."""
    specification = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module
