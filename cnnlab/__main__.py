"""``python -m cnnlab`` is the command ``cnnlab``."""

import sys

from cnnlab.course.command import main

sys.exit(main())
