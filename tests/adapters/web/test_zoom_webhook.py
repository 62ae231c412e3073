"""Which secret tokens count when an event arrives, while they are being replaced."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from tests.builders import NOW
from tests.visits import Page, a_visit
from zoom_migrator.adapters.memory.events import InMemoryProbeQueue, InMemoryReplayGuard
from zoom_migrator.adapters.memory.grants import InMemoryGrantRepository
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.web.machine_entrance import answer_machine
from zoom_migrator.adapters.web.zoom_webhook import ZoomWebhook
from zoom_migrator.adapters.zoom.webhook_secrets import StoredWebhookSecrets
from zoom_migrator.domain.signed_request import signature_of
from zoom_migrator.use_cases.take_zoom_event import EventPorts

ROUTE = "/webhooks/zoom"
OLD, NEW = "old-token-canary", "new-token-canary"
EVENT = b'{"event":"endpoint.url_validation","payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"}}'


@dataclass
class Desk:
    """The webhook, and the secret that an operator stores for it."""

    clock: SettableClock
    secret: str = json.dumps({"current": OLD, "previous": ""})
    reads: int = 0
    webhook: ZoomWebhook = field(init=False)

    def __post_init__(self) -> None:
        ports = EventPorts(
            InMemoryGrantRepository(), InMemoryReplayGuard(), InMemoryProbeQueue(), self.clock
        )
        self.webhook = ZoomWebhook(StoredWebhookSecrets(self._read, self.clock), ports)

    def store(self, current: str, previous: str = "") -> None:
        self.secret = json.dumps({"current": current, "previous": previous})

    def challenge(self, secret: str, *, age: timedelta = timedelta()) -> Page:
        """Challenge it as Zoom does that signs with this secret."""
        timestamp = str(int((self.clock.now() - age).timestamp()))
        headers = {
            "x-zm-request-timestamp": timestamp,
            "x-zm-signature": signature_of(EVENT, timestamp, secret),
        }
        event = a_visit("", method="POST", resource=ROUTE, headers=headers, body=EVENT.decode())
        routes = {ROUTE: {"POST": self.webhook.take}}
        return Page.of(answer_machine(event, routes=routes, reference="req-4711"))

    def _read(self) -> str:
        self.reads += 1
        return self.secret


@pytest.fixture
def desk() -> Desk:
    return Desk(SettableClock(NOW))


def test_a_token_counts_as_soon_as_it_is_stored_though_another_is_remembered(desk: Desk) -> None:
    assert desk.challenge(OLD).status == 200
    desk.store(NEW, OLD)
    desk.clock.advance(timedelta(seconds=21))

    assert desk.challenge(NEW).status == 200
    assert desk.challenge(OLD).status == 200
    assert desk.reads == 2


def test_a_token_that_was_replaced_for_good_counts_for_five_minutes_at_most(desk: Desk) -> None:
    assert desk.challenge(OLD).status == 200
    desk.store(NEW)
    desk.clock.advance(timedelta(minutes=5, seconds=1))

    assert desk.challenge(OLD).status == 401


def test_a_stack_without_a_token_is_ready_soon_after_one_is_stored(desk: Desk) -> None:
    desk.store("")
    assert desk.challenge(NEW).status == 401
    desk.store(NEW)
    desk.clock.advance(timedelta(seconds=21))

    assert desk.challenge(NEW).status == 200


def test_a_token_that_is_damaged_is_a_fault_of_the_stack(desk: Desk) -> None:
    desk.store("", OLD)

    assert desk.challenge(OLD).status == 503


def test_forgers_have_the_secret_read_no_more_than_three_times_a_minute(desk: Desk) -> None:
    for _ in range(60):
        assert desk.challenge("forged").status == 401
        desk.clock.advance(timedelta(seconds=1))

    assert desk.reads <= 3


def test_an_event_that_is_too_old_has_nothing_read_again(desk: Desk) -> None:
    desk.challenge(OLD)
    desk.clock.advance(timedelta(minutes=1))

    assert desk.challenge("forged", age=timedelta(minutes=10)).status == 401
    assert desk.reads == 1
