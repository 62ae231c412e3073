"""What every ring of tests shares."""

from __future__ import annotations

import os

from hypothesis import settings

# The width of whoever runs the tests is none of their business; tests of output set their own.
os.environ.pop("COLUMNS", None)

# A busy machine is no reason to fail, and a failing example is printed with how to repeat it.
settings.register_profile("suite", deadline=None, database=None, print_blob=True)
settings.load_profile("suite")
