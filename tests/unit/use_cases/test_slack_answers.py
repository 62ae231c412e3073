"""Buttons in Slack: taken at once where they are signed, and acted on afterwards."""

from __future__ import annotations

import json
from collections.abc import Sequence
from urllib.parse import urlencode

import pytest

from tests.builders import NOW, after
from tests.cleanups import CleanupWorld
from tests.notices import NoticeWorld
from tests.unit.domain.test_slack_press import CLAIMS, REPLY, a_payload
from tests.unit.use_cases.upgrade_world import UpgradeWorld
from zoom_migrator.adapters.memory.messengers import InMemorySlackChannel
from zoom_migrator.domain.approval import AnswerChannel, ApprovalStatus
from zoom_migrator.domain.cleanup import CleanupStatus
from zoom_migrator.domain.delivery import FailureKind, SendFailure, SendResult
from zoom_migrator.domain.errors import ConcurrentModification, StoreUnavailable
from zoom_migrator.domain.migration import Next
from zoom_migrator.domain.notice_message import ChoiceAnswer
from zoom_migrator.domain.notice_order import Presser, PressOrder
from zoom_migrator.domain.signed_request import SignedRequest, signature_of
from zoom_migrator.use_cases.answer_approval import approval_link, open_request
from zoom_migrator.use_cases.answer_cleanup import cleanup_link
from zoom_migrator.use_cases.answer_press import PressPorts, answer_press
from zoom_migrator.use_cases.authorization_link import authorization_link
from zoom_migrator.use_cases.take_slack_action import (
    PressAnswer,
    PressOutcome,
    take_slack_action,
)

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
ADA = Presser("U012AB3CD", "T012AB3CD", "Ada Lovelace")
GRACE = Presser("U0GRACE", "T012AB3CD", "Grace Hopper")


class TestTaking:
    @pytest.fixture
    def world(self) -> NoticeWorld:
        return NoticeWorld()

    def take(
        self,
        world: NoticeWorld,
        body: bytes,
        *,
        secret: str = SECRET,
        timestamp: str = str(int(NOW.timestamp())),
        secrets: Sequence[str] = (SECRET,),
    ) -> PressAnswer:
        signature = signature_of(body, timestamp, secret)
        request = SignedRequest(body, timestamp, signature)
        return take_slack_action(request, secrets, queue=world.queue, clock=world.clock)

    def body(self, **changes: object) -> bytes:
        return urlencode({"payload": json.dumps(a_payload(**changes))}).encode()

    def test_a_signed_press_goes_into_the_queue(self, world: NoticeWorld) -> None:
        answer = self.take(world, self.body())

        assert answer == PressAnswer(PressOutcome.TAKEN, 200)
        assert world.queue.orders == [
            PressOrder(
                CLAIMS,
                ChoiceAnswer.APPROVE,
                Presser("U012AB3CD", "T012AB3CD", "Ada"),
                NOW,
                REPLY,
            )
        ]

    @pytest.mark.parametrize("w01", ["", "v0=", "v1=" + "0" * 64, "v0=" + "0" * 64, "v0=zz"])
    def test_w01_any_other_signature_is_refused(self, w01: str, world: NoticeWorld) -> None:
        request = SignedRequest(self.body(), str(int(NOW.timestamp())), w01)

        answer = take_slack_action(request, [SECRET], queue=world.queue, clock=world.clock)

        assert (answer.status, world.queue.orders) == (401, [])

    @pytest.mark.parametrize("seconds", [-301, 301])
    def test_w02_one_that_is_too_old_or_from_the_future_is_refused(
        self, seconds: int, world: NoticeWorld
    ) -> None:
        timestamp = str(int(after(seconds=seconds).timestamp()))

        assert self.take(world, self.body(), timestamp=timestamp).status == 401

    @pytest.mark.parametrize("timestamp", ["", "yesterday", "-1", "1e9", "9" * 30])
    def test_a_timestamp_that_is_none_is_refused(self, timestamp: str, world: NoticeWorld) -> None:
        assert self.take(world, self.body(), timestamp=timestamp).status == 401

    def test_w03_the_raw_bytes_are_what_is_signed(self, world: NoticeWorld) -> None:
        body, timestamp = self.body(), str(int(NOW.timestamp()))
        signature = signature_of(body, timestamp, SECRET)
        request = SignedRequest(body + b"&", timestamp, signature)

        answer = take_slack_action(request, [SECRET], queue=world.queue, clock=world.clock)

        assert answer.status == 401

    def test_two_secrets_count_while_one_is_replaced(self, world: NoticeWorld) -> None:
        assert self.take(world, self.body(), secrets=["new", SECRET]).status == 200

    @pytest.mark.parametrize("secrets", [[], [""], ["another"]])
    def test_without_the_secret_nothing_is_genuine(
        self, secrets: list[str], world: NoticeWorld
    ) -> None:
        assert self.take(world, self.body(), secret="", secrets=secrets).status == 401

    def test_a_link_that_was_opened_is_answered_and_ignored(self, world: NoticeWorld) -> None:
        body = self.body(actions=[{"type": "button", "action_id": "open", "value": CLAIMS}])

        assert self.take(world, body) == PressAnswer(PressOutcome.IGNORED, 200)
        assert world.queue.orders == []

    def test_w10_a_reply_to_anybody_else_is_ignored(self, world: NoticeWorld) -> None:
        body = self.body(response_url="https://evil.example/x")

        assert self.take(world, body) == PressAnswer(PressOutcome.IGNORED, 200)

    def test_where_the_queue_is_out_of_reach_slack_is_told(self, world: NoticeWorld) -> None:
        world.queue.is_down = True

        with pytest.raises(StoreUnavailable):
            self.take(world, self.body())


def press(
    world: UpgradeWorld | CleanupWorld,
    claims: str,
    answer: ChoiceAnswer = ChoiceAnswer.APPROVE,
    *,
    by: Presser = ADA,
    slack: InMemorySlackChannel | None = None,
) -> tuple[str, InMemorySlackChannel]:
    slack = slack or InMemorySlackChannel()
    vault = world.vault if isinstance(world, UpgradeWorld) else world.task_vault
    ports = PressPorts(world.orgs, world.migrations, vault, world.callback, slack)
    order = PressOrder(claims, answer, by, world.clock.now(), REPLY)
    return answer_press(order, ports=ports), slack


class TestAnUpgrade:
    @pytest.fixture
    def world(self) -> UpgradeWorld:
        world = UpgradeWorld()
        world.begin()
        world.prepare()
        self.token = world.ask()
        return world

    def claims(self, world: UpgradeWorld) -> str:
        request = open_request(world.org_id, orgs=world.orgs, migrations=world.migrations)
        link = approval_link(request, signer=NoticeWorld().signer)
        return link.rpartition(".")[0]

    def test_a_press_approves_it_with_the_name_of_who_pressed(self, world: UpgradeWorld) -> None:
        said, slack = press(world, self.claims(world))

        answer = world.approval.answer
        assert answer is not None
        assert answer.accepted
        assert (answer.name, answer.channel) == ("Ada Lovelace", AnswerChannel.SLACK)
        assert answer.actor == "slack:T012AB3CD:U012AB3CD"
        assert answer.source == "Slack workspace T012AB3CD, user U012AB3CD"
        assert answer.terms_version == world.settings.terms.version
        assert slack.replies == [(REPLY, said)]
        assert any("accepted by Ada Lovelace; from" in entry for entry in world.history)
        assert said.startswith("Ada Lovelace approved the upgrade of Acme 1 to version 3.28")

    def test_and_wakes_the_machine_which_goes_on(self, world: UpgradeWorld) -> None:
        press(world, self.claims(world))

        assert self.token in world.callback.completed
        assert world.follow_up().next is Next.INSTALL

    def test_or_declines_it(self, world: UpgradeWorld) -> None:
        said, _ = press(world, self.claims(world), ChoiceAnswer.DECLINE)

        assert world.approval.status is ApprovalStatus.DECLINED
        assert said == "Ada Lovelace declined the upgrade of Acme 1; nothing is installed."

    def test_delivered_twice_it_says_the_same(self, world: UpgradeWorld) -> None:
        claims = self.claims(world)
        first, _ = press(world, claims)
        revision = world.migration.revision

        second, _ = press(world, claims)

        assert (second, world.migration.revision) == (first, revision)

    def test_after_somebody_elses_answer_it_comes_to_nothing(self, world: UpgradeWorld) -> None:
        claims = self.claims(world)
        answered, _ = press(world, claims, ChoiceAnswer.DECLINE, by=GRACE)
        revision = world.migration.revision

        said, _ = press(world, claims)

        # Whoever reads the channel still sees what was answered, and by whom.
        assert said == (
            f"{answered} Ada Lovelace pressed a button after that; nothing was changed by it."
        )
        assert world.migration.revision == revision
        assert world.approval.status is ApprovalStatus.DECLINED

    def test_who_changes_their_mind_is_told_that_it_is_too_late(self, world: UpgradeWorld) -> None:
        claims = self.claims(world)
        press(world, claims)

        said, _ = press(world, claims, ChoiceAnswer.DECLINE)

        assert "nothing was changed" in said
        assert world.approval.status is ApprovalStatus.ACCEPTED

    def test_out_of_date_or_withdrawn_it_comes_to_nothing(self, world: UpgradeWorld) -> None:
        claims = self.claims(world)
        world.stop()

        assert "nothing was changed" in press(world, claims)[0]

    @pytest.mark.parametrize(
        "claims", ["", "x", "upgrade.00D5g0000000001EAA.1.approval-approval-0001.1784000000"]
    )
    def test_about_nothing_that_is_known_it_comes_to_nothing(
        self, claims: str, world: UpgradeWorld
    ) -> None:
        assert "nothing was changed" in press(world, claims)[0]

    @pytest.mark.parametrize(
        "result",
        [
            SendFailure(FailureKind.ADDRESS, "expired_url"),
            SendFailure(FailureKind.UNKNOWN, "no answer"),
            None,
        ],
    )
    def test_that_the_message_cannot_be_changed_takes_nothing_back(
        self, result: SendResult | None, world: UpgradeWorld, caplog: pytest.LogCaptureFixture
    ) -> None:
        class Silent(InMemorySlackChannel):
            def reply(self, reply_url: str, text: str) -> SendResult:
                if result is None:
                    raise StoreUnavailable("The secret cannot be read.")
                return result

        press(world, self.claims(world), slack=Silent())

        assert world.approval.status is ApprovalStatus.ACCEPTED
        assert "press_not_replied_to" in caplog.messages
        assert all(REPLY not in str(vars(record)) for record in caplog.records)

    def test_a_key_that_is_out_of_reach_has_it_repeated(self, world: UpgradeWorld) -> None:
        class Locked:
            def open(self, *_: object, **__: object) -> str:
                raise StoreUnavailable("The key is out of reach.")

        claims, vault = self.claims(world), world.vault
        world.vault = Locked()  # type: ignore[assignment]

        with pytest.raises(StoreUnavailable):
            press(world, claims)
        world.vault = vault
        assert press(world, claims)[0].startswith("Ada Lovelace approved")

    def test_somebody_who_changes_the_migration_at_the_same_time_has_it_repeated(
        self, world: UpgradeWorld
    ) -> None:
        claims, migrations = self.claims(world), world.migrations

        class Busy:
            get = migrations.get

            def save(self, *_: object, **__: object) -> object:
                raise ConcurrentModification("changed by somebody else")

        world.migrations = Busy()  # type: ignore[assignment]

        with pytest.raises(ConcurrentModification):
            press(world, claims)


class TestOldKeys:
    @pytest.fixture
    def world(self) -> CleanupWorld:
        world = CleanupWorld()
        self.token = world.asking()
        return world

    def claims(self, world: CleanupWorld) -> str:
        return cleanup_link(world.cleanup_offer, signer=world.signer).rpartition(".")[0]

    def test_a_press_agrees_to_their_removal_and_confirms_what_the_question_asked(
        self, world: CleanupWorld
    ) -> None:
        said, _ = press(world, self.claims(world))

        answer = world.request.answer
        assert answer is not None
        assert (answer.approved, answer.connection_seen) == (True, True)
        assert answer.actor == "slack:T012AB3CD:U012AB3CD"
        assert said == "Acme 1: Ada Lovelace agreed to remove the old key and secret."
        assert world.follow_up_cleanup().next is Next.REMOVE_KEYS

    def test_or_keeps_them(self, world: CleanupWorld) -> None:
        said, _ = press(world, self.claims(world), ChoiceAnswer.DECLINE)

        assert world.request.status is CleanupStatus.DECLINED
        assert said == "Acme 1: Ada Lovelace decided to keep the old key and secret."

    def test_delivered_twice_it_says_the_same(self, world: CleanupWorld) -> None:
        claims = self.claims(world)

        assert press(world, claims)[0] == press(world, claims)[0]

    def test_after_somebody_elses_answer_it_comes_to_nothing(self, world: CleanupWorld) -> None:
        claims = self.claims(world)
        press(world, claims, ChoiceAnswer.DECLINE, by=GRACE)

        assert press(world, claims)[0] == (
            "Acme 1: Grace Hopper decided to keep the old key and secret."
            " Ada Lovelace pressed a button after that; nothing was changed by it."
        )


def test_a_consent_at_zoom_cannot_be_given_by_a_button() -> None:
    world = CleanupWorld()
    world.asked()
    link = authorization_link(world.offer_of(), signer=world.signer)

    said, _ = press(world, link.rpartition(".")[0])

    assert "nothing was changed" in said
