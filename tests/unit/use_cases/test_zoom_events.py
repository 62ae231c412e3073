"""What Zoom's webhook leads to: signatures, replays, the challenge, and probes that decide."""

from __future__ import annotations

import json
import logging
from datetime import datetime

import pytest

from tests.authorizations import a_person
from tests.cleanups import CleanupWorld
from zoom_migrator.adapters.memory.zoom import CLIENT_ID, Call
from zoom_migrator.domain.errors import StoreUnavailable
from zoom_migrator.domain.signed_request import SignedRequest, signature_of
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.domain.zoom_event import ProbeOrder
from zoom_migrator.domain.zoom_failure import ZoomFailure, ZoomFailureCode
from zoom_migrator.use_cases.check_health import Health
from zoom_migrator.use_cases.probe_grants import probe_grants
from zoom_migrator.use_cases.prove_org import ProofOutcome
from zoom_migrator.use_cases.take_zoom_event import EventAnswer, EventOutcome, take_zoom_event

SECRET = "webhook-secret-canary"
O = EventOutcome  # noqa: E741 - no number is near


@pytest.fixture
def world() -> CleanupWorld:
    world = CleanupWorld()
    world.migrated()
    world.zoom.forget_calls()
    return world


def an_event(world: CleanupWorld, name: str = "app_deauthorized", **payload: str) -> bytes:
    subject = world.grant_of().subject
    ids = {
        "account_id": subject.account_id,
        "user_id": subject.user_id,
        "client_id": subject.client_id,
    }
    return json.dumps({"event": name, "payload": ids | payload}).encode()


def signed(
    world: CleanupWorld, body: bytes, *, secret: str = SECRET, age: int = 0
) -> SignedRequest:
    timestamp = str(int(world.clock.now().timestamp()) - age)
    return SignedRequest(body, timestamp, signature_of(body, timestamp, secret))


def take(world: CleanupWorld, request: SignedRequest, *secrets: str) -> EventAnswer:
    return take_zoom_event(request, secrets or (SECRET,), ports=world.event_ports)


class TestASignedEvent:
    def test_it_is_put_into_the_queue_and_nothing_is_done_yet(self, world: CleanupWorld) -> None:
        answer = take(world, signed(world, an_event(world)))

        assert (answer.outcome, answer.status) == (O.TAKEN, 200)
        assert [order.is_signed for order in world.queue.orders] == [True]
        assert world.zoom.calls == []
        assert world.org.status is OrgStatus.MIGRATED

    def test_w05_the_same_again_is_taken_once(self, world: CleanupWorld) -> None:
        request = signed(world, an_event(world))
        take(world, request)
        world.later(minutes=4)

        assert take(world, request).outcome is O.REPEATED
        assert len(world.queue.orders) == 1

    def test_one_that_the_queue_did_not_take_may_come_again(self, world: CleanupWorld) -> None:
        request = signed(world, an_event(world))
        world.queue.is_down = True
        with pytest.raises(StoreUnavailable):
            take(world, request)
        world.queue.is_down = False

        assert take(world, request).outcome is O.TAKEN

    def test_while_the_secret_is_replaced_both_count(self, world: CleanupWorld) -> None:
        request = signed(world, an_event(world), secret="the-next-one-canary")

        assert take(world, request, SECRET, "the-next-one-canary").outcome is O.TAKEN

    def test_other_events_are_acknowledged(self, world: CleanupWorld) -> None:
        answer = take(world, signed(world, an_event(world, "meeting.started")))

        assert (answer.outcome, answer.status) == (O.IGNORED, 200)
        assert world.queue.orders == []

    def test_what_is_no_event_is_refused(self, world: CleanupWorld) -> None:
        assert take(world, signed(world, b"{}")).status == 400


class TestTheChallenge:
    BODY = b'{"event":"endpoint.url_validation","payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"}}'

    def test_it_is_answered_with_the_secret_it_was_signed_with(self, world: CleanupWorld) -> None:
        request = signed(world, self.BODY, secret="whsec_lab")

        answer = take(world, request, "another", "whsec_lab")

        assert answer.status == 200
        assert answer.body["encryptedToken"].startswith("343d4b0c54195c32")

    def test_it_may_be_repeated(self, world: CleanupWorld) -> None:
        request = signed(world, self.BODY)

        assert take(world, request) == take(world, request)

    @pytest.mark.parametrize("age", [301, -301])
    def test_w06_unsigned_or_out_of_time_nobody_gets_anything_signed(
        self, age: int, world: CleanupWorld
    ) -> None:
        forged = SignedRequest(self.BODY, str(int(world.clock.now().timestamp())), "v0=" + "a" * 64)
        for request in (forged, signed(world, self.BODY, age=age)):
            answer = take(world, request)
            assert (answer.status, dict(answer.body)) == (401, {})


class TestAnUnsignedEvent:
    def forged(self, world: CleanupWorld, body: bytes) -> SignedRequest:
        return SignedRequest(body, str(int(world.clock.now().timestamp())), "v0=" + "a" * 64)

    def test_it_only_has_the_grant_looked_at_that_it_names(self, world: CleanupWorld) -> None:
        answer = take(world, self.forged(world, an_event(world)))

        assert (answer.outcome, answer.status) == (O.SUSPECTED, 401)
        assert [order.is_signed for order in world.queue.orders] == [False]

    def test_w02_one_that_is_too_old_is_treated_alike(self, world: CleanupWorld) -> None:
        answer = take(world, signed(world, an_event(world), age=301))

        assert (answer.outcome, answer.status) == (O.SUSPECTED, 401)

    def test_it_does_so_once_an_hour_whoever_sends_how_many(self, world: CleanupWorld) -> None:
        for _ in range(5):
            take(world, self.forged(world, an_event(world)))
            world.later(minutes=10)
        assert len(world.queue.orders) == 1
        world.later(minutes=10)

        assert take(world, self.forged(world, an_event(world))).outcome is O.SUSPECTED

    @pytest.mark.parametrize("named", ["client_id", "account_id", "user_id"])
    def test_one_about_a_grant_that_is_not_known_does_nothing(
        self, named: str, world: CleanupWorld
    ) -> None:
        answer = take(world, self.forged(world, an_event(world, **{named: "somebody-else"})))

        assert (answer.outcome, answer.status) == (O.REFUSED, 401)
        assert world.queue.orders == []

    def test_its_content_is_not_logged(
        self, world: CleanupWorld, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.INFO):
            take(world, self.forged(world, b'{"event":"<script>","payload":{}}'))

        assert "script" not in caplog.text
        assert caplog.records[0].outcome is O.REFUSED  # type: ignore[attr-defined]


class TestProbing:
    def probe(
        self, world: CleanupWorld, *, is_signed: bool = True, since: datetime | None = None
    ) -> dict[ProofOutcome, int]:
        subject = world.grant_of().subject
        order = ProbeOrder(subject.client_id, subject.account_id, subject.user_id, is_signed)
        return dict(
            probe_grants(order, ports=world.health_ports, settings=world.cleanup, since=since)
        )

    def test_w09_a_grant_that_is_gone_is_dead_and_its_org_told(self, world: CleanupWorld) -> None:
        world.zoom.deauthorize(world.grant_of().subject.user_id)

        assert self.probe(world) == {ProofOutcome.LOST: 1}
        assert world.org.status is OrgStatus.DISCONNECTED
        assert world.grant_of().sealed == ""
        notice = world.migrations.notices(world.org_id, limit=1)[0]
        assert notice.facts["cause"] == "deauthorized"

    def test_of_an_unsigned_event_only_what_zoom_says_is_told(self, world: CleanupWorld) -> None:
        world.zoom.deauthorize(world.grant_of().subject.user_id)
        self.probe(world, is_signed=False)

        notice = world.migrations.notices(world.org_id, limit=1)[0]
        assert notice.facts["cause"] == "refused"

    @pytest.mark.parametrize("is_signed", [True, False])
    def test_an_event_about_a_grant_that_works_changes_nothing(
        self, is_signed: bool, world: CleanupWorld
    ) -> None:
        assert self.probe(world, is_signed=is_signed) == {ProofOutcome.PROVEN: 1}
        assert world.org.status is OrgStatus.MIGRATED

    def test_where_zoom_cannot_be_asked_nothing_changes(self, world: CleanupWorld) -> None:
        world.zoom.will_fail(Call.USER, ZoomFailure(ZoomFailureCode.NOT_CONNECTED))

        assert self.probe(world) == {ProofOutcome.UNPROVEN: 1}
        assert world.org.status is OrgStatus.MIGRATED

    def test_a_signed_one_has_the_whole_account_looked_at(self, world: CleanupWorld) -> None:
        world.asked(2)
        colleague = a_person(user_id="a-colleague-of-the-admin")
        world.authorize(colleague, 2)
        assert world.grant_of(2).grant_id != world.grant_of(1).grant_id

        assert self.probe(world, is_signed=False) == {ProofOutcome.PROVEN: 1}
        assert self.probe(world) == {ProofOutcome.PROVEN: 2}

    def test_every_org_that_shares_the_grant_is_told(self, world: CleanupWorld) -> None:
        world.asked(2)
        world.authorize(number=2)
        world.zoom.deauthorize(world.grant_of().subject.user_id)

        assert self.probe(world) == {ProofOutcome.LOST: 2}
        assert world.org_of(2).status is OrgStatus.FALLBACK_JWT

    def test_an_account_without_a_grant_has_nothing_to_look_at(self, world: CleanupWorld) -> None:
        order = ProbeOrder(CLIENT_ID, "another-account", "nobody", is_signed=True)

        assert not probe_grants(order, ports=world.health_ports, settings=world.cleanup)
        assert world.zoom.calls == []

    def test_what_was_proven_after_the_event_is_not_asked_about_again(
        self, world: CleanupWorld
    ) -> None:
        told_at = world.clock.now()
        world.later(seconds=1)
        self.probe(world)
        world.zoom.forget_calls()

        assert self.probe(world, since=told_at) == {ProofOutcome.PROVEN: 1}
        assert world.zoom.calls == []

    def test_what_was_proven_before_the_event_proves_nothing(self, world: CleanupWorld) -> None:
        self.probe(world)
        world.later(seconds=1)
        world.zoom.deauthorize(world.grant_of().subject.user_id)

        assert self.probe(world, since=world.clock.now()) == {ProofOutcome.LOST: 1}

    def test_a_grant_that_died_since_its_proof_is_looked_at(self, world: CleanupWorld) -> None:
        told_at = world.clock.now()
        world.asked(2)
        world.authorize(number=2)
        world.later(seconds=1)
        self.probe(world)
        world.zoom.deauthorize(world.grant_of().subject.user_id)
        world.later(days=8)
        # Somebody else finds it dead, by one of the orgs that share it.
        assert world.health() is Health.LOST

        assert self.probe(world, since=told_at)[ProofOutcome.LOST] == 2
        assert world.org_of(2).status is OrgStatus.FALLBACK_JWT

    def two_people_of_one_account(self, world: CleanupWorld) -> ProbeOrder:
        """Each of two orgs was authorized by another of them, and both are gone at Zoom."""
        world.asked(2)
        colleague = a_person(user_id="a-colleague-of-the-admin")
        world.authorize(colleague, 2)
        for number in (1, 2):
            world.zoom.deauthorize(world.grant_of(number).subject.user_id)
        subject = world.grant_of(1).subject
        return ProbeOrder(subject.client_id, subject.account_id, "somebody-else", is_signed=True)

    def test_nobody_is_asked_about_for_whom_there_is_no_time(self, world: CleanupWorld) -> None:
        order = self.two_people_of_one_account(world)
        seconds = iter([60.0])

        found = probe_grants(
            order,
            ports=world.health_ports,
            settings=world.cleanup,
            seconds_left=lambda: next(seconds, 59.9),
        )

        assert found == {ProofOutcome.LOST: 1, ProofOutcome.UNPROVEN: 1}

    def test_a_repetition_comes_to_those_for_whom_there_was_none(self, world: CleanupWorld) -> None:
        order = self.two_people_of_one_account(world)
        for _ in range(2):
            seconds = iter([60.0])
            probe_grants(
                order,
                ports=world.health_ports,
                settings=world.cleanup,
                seconds_left=lambda: next(seconds, 59.9),  # noqa: B023 - used at once
            )

        assert OrgStatus.MIGRATED not in (world.org_of(1).status, world.org_of(2).status)
        assert OrgStatus.AUTHORIZED not in (world.org_of(1).status, world.org_of(2).status)

    def test_every_org_of_a_dead_grant_is_told_though_another_is_named(
        self, world: CleanupWorld
    ) -> None:
        world.asked(2)
        world.authorize(number=2)
        subject = world.grant_of().subject
        world.zoom.deauthorize(subject.user_id)
        world.later(days=8)
        # Somebody found it dead by one of the orgs that share it, and died before the other.
        assert world.health() is Health.LOST
        order = ProbeOrder(subject.client_id, subject.account_id, "somebody-else", is_signed=True)

        probe_grants(order, ports=world.health_ports, settings=world.cleanup)

        assert world.org_of(2).status is OrgStatus.FALLBACK_JWT

    def test_a_dead_grant_whose_orgs_were_told_is_left_alone(self, world: CleanupWorld) -> None:
        subject = world.grant_of().subject
        world.zoom.deauthorize(subject.user_id)
        self.probe(world)
        order = ProbeOrder(subject.client_id, subject.account_id, "somebody-else", is_signed=True)

        assert not probe_grants(order, ports=world.health_ports, settings=world.cleanup)
