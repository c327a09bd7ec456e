"""A class on one machine, tried out: `python -m tests.load`, as root, in the environment of a hub."""
