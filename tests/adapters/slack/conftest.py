from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.slack import SimulatedChannel, SimulatedSlack, SlackSimulator
from tests.adapters.salesforce.scripted import ScriptedServer
from tests.adapters.slack.lab import SlackLab


@pytest.fixture
def lab() -> Iterator[SlackLab]:
    document = SimulatedSlack(
        channels=[SimulatedChannel(name="zoom-migration"), SimulatedChannel(name="webhooks-own")]
    )
    document.app.webhook_channel = "webhooks-own"
    with SlackSimulator(document) as simulator:
        yield SlackLab(simulator)


@pytest.fixture
def scripted() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server
