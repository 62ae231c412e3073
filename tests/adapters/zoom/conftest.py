from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.zoom import ZoomSimulator
from tests.adapters.salesforce.scripted import ScriptedServer
from tests.adapters.zoom.lab import ZoomLab, an_account, an_app, gateway_to
from tests.builders import NOW
from zoom_migrator.adapters.memory.system import SettableClock


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(NOW)


@pytest.fixture
def lab(clock: SettableClock) -> Iterator[ZoomLab]:
    with ZoomSimulator(clock=lambda: clock.now().timestamp()) as simulator:
        simulator.add(an_account())
        app = simulator.register(an_app())
        yield ZoomLab(simulator, app, gateway_to(simulator.base_url, clock), clock)


@pytest.fixture
def scripted() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server
