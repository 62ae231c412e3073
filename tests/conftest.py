"""What every ring of tests shares."""

from __future__ import annotations

from hypothesis import settings

# A busy machine is no reason to fail, and a failing example is printed with how to repeat it.
settings.register_profile("suite", deadline=None, database=None, print_blob=True)
settings.load_profile("suite")
