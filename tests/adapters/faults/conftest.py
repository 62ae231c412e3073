from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.adapters.faults.lab import FaultLab, fault_lab


@pytest.fixture(scope="module")
def lab() -> Iterator[FaultLab]:
    with fault_lab() as lab:
        yield lab
