from __future__ import annotations

import pytest

from tests.adapters.web.desk import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk.asking()
