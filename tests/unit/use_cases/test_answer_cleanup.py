"""The request to remove the old keys: its link, its answers, its reminders and its end."""

from __future__ import annotations

import logging

import pytest

from tests.authorizations import AuthorizationWorld
from tests.builders import ADA
from tests.cleanups import CleanupWorld, a_cleanup_answer
from zoom_migrator.adapters.memory.workflow import InMemoryTaskCallback
from zoom_migrator.domain.cleanup import CleanupStatus
from zoom_migrator.domain.errors import (
    ConcurrentModification,
    ConfirmationMissing,
    LinkRefused,
    NothingToApprove,
    OrgNotFound,
    StoreUnavailable,
)
from zoom_migrator.domain.migration import MigrationOutcome, MigrationStep, Next, Verdict
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.status import KeysKeptReason, OrgStatus
from zoom_migrator.use_cases.answer_cleanup import (
    answer_cleanup,
    cleanup_behind_link,
    cleanup_link,
    open_cleanup,
)
from zoom_migrator.use_cases.authorization_link import authorization_link
from zoom_migrator.use_cases.start_migration import start_migration

THREE_DAYS = 3 * 24 * 3600


@pytest.fixture
def world() -> CleanupWorld:
    return CleanupWorld()


class Unreachable(InMemoryTaskCallback):
    def complete(self, task_token: str) -> bool:
        raise StoreUnavailable("Step Functions cannot be reached.")


class TestTheLink:
    def test_it_leads_to_its_request(self, world: CleanupWorld) -> None:
        world.asking()
        link = cleanup_link(world.cleanup_offer, signer=world.signer)

        offer = cleanup_behind_link(
            link, orgs=world.orgs, migrations=world.migrations, signer=world.signer
        )

        assert offer.request == world.request
        assert offer.is_open

    def test_one_for_another_purpose_leads_nowhere(self, world: CleanupWorld) -> None:
        other = AuthorizationWorld()
        other.asked()
        link = authorization_link(other.offer_of(), signer=world.signer)

        with pytest.raises(LinkRefused, match="another purpose"):
            cleanup_behind_link(
                link, orgs=world.orgs, migrations=world.migrations, signer=world.signer
            )

    def test_a_forged_one_leads_nowhere(self, world: CleanupWorld) -> None:
        world.asking()
        link = cleanup_link(world.cleanup_offer, signer=AuthorizationWorld().signer)

        with pytest.raises(LinkRefused, match="not made by the product"):
            cleanup_behind_link(
                link, orgs=world.orgs, migrations=world.migrations, signer=world.signer
            )

    def test_one_to_a_request_that_has_been_replaced_leads_nowhere(
        self, world: CleanupWorld
    ) -> None:
        world.asking()
        link = cleanup_link(world.cleanup_offer, signer=world.signer)
        world.zoom.deauthorize(world.grant_of().subject.user_id)
        world.lose()
        world.ask()
        world.authorize()
        world.verify()
        world.later(days=1)
        world.verify()

        with pytest.raises(LinkRefused, match="replaced"):
            cleanup_behind_link(
                link, orgs=world.orgs, migrations=world.migrations, signer=world.signer
            )

    def test_one_to_an_org_that_is_not_known_leads_nowhere(self, world: CleanupWorld) -> None:
        world.asking()
        link = cleanup_link(world.cleanup_offer, signer=world.signer)
        empty = CleanupWorld(signer=world.signer)

        with pytest.raises(LinkRefused, match="no longer known"):
            cleanup_behind_link(
                link, orgs=empty.orgs, migrations=empty.migrations, signer=world.signer
            )


class TestAnAnswer:
    def test_it_is_recorded_with_who_gave_it_and_wakes_the_machine(
        self, world: CleanupWorld
    ) -> None:
        token = world.asking()
        world.answer_cleanup()

        assert world.request.is_approved
        assert world.callback.completed[-1] == token
        assert any("cleanup_answered: approved by Grace Hopper" in line for line in world.history())
        assert any("has seen the connection" in line for line in world.history())

    def test_the_token_is_stored_encrypted_and_gone_afterwards(self, world: CleanupWorld) -> None:
        token = world.asking()
        assert world.request.task_token not in ("", token)

        world.answer_cleanup()

        assert world.request.task_token == ""

    def test_nothing_is_removed_by_it(self, world: CleanupWorld) -> None:
        world.asking()
        world.answer_cleanup()

        assert not world.keys.held(world.org_id)[0].is_empty
        assert world.follow_up_cleanup() == Verdict(Next.REMOVE_KEYS)
        assert world.migration.step is MigrationStep.REMOVING_KEYS

    def test_an_approval_without_a_look_at_the_package_is_refused(
        self, world: CleanupWorld
    ) -> None:
        world.asking()

        with pytest.raises(ConfirmationMissing):
            world.answer_cleanup(connection_seen=False)
        assert world.request.status is CleanupStatus.PENDING

    def test_of_two_at_once_one_is_recorded(self, world: CleanupWorld) -> None:
        world.asking()
        stale = world.cleanup_offer
        world.answer_cleanup(approved=False)

        with pytest.raises(ConcurrentModification):
            answer_cleanup(
                stale,
                a_cleanup_answer(at=world.clock.now()),
                migrations=world.migrations,
                vault=world.task_vault,
                callback=world.callback,
            )

    def test_a_second_one_finds_nothing_to_answer(self, world: CleanupWorld) -> None:
        world.asking()
        world.answer_cleanup()

        with pytest.raises(NothingToApprove):
            world.answer_cleanup()

    def test_a_machine_that_cannot_be_woken_finds_it_by_itself(
        self, world: CleanupWorld, caplog: pytest.LogCaptureFixture
    ) -> None:
        world.asking()
        world.callback = Unreachable()
        with caplog.at_level(logging.WARNING):
            world.answer_cleanup()

        assert "state_machine_not_woken" in caplog.text
        assert world.follow_up_cleanup() == Verdict(Next.REMOVE_KEYS)

    def test_an_answer_to_a_machine_that_does_not_wait_counts(self, world: CleanupWorld) -> None:
        token = world.asking()
        world.callback.time_out(token)

        assert world.answer_cleanup().cleanup is not None
        assert world.request.is_approved


class TestAsking:
    def test_a_machine_that_asks_again_waits_with_its_new_token(self, world: CleanupWorld) -> None:
        world.asking()
        second = world.ask_cleanup()
        world.answer_cleanup()

        assert world.callback.completed[-1] == second

    def test_where_it_is_answered_the_machine_is_woken_at_once(self, world: CleanupWorld) -> None:
        world.asking()
        world.answer_cleanup()
        token = world.ask_cleanup()

        assert world.callback.completed[-1] == token

    def test_an_org_that_waits_for_nothing_has_nothing_to_answer(self, world: CleanupWorld) -> None:
        world.soaked()

        with pytest.raises(NothingToApprove, match="waits for no answer"):
            _ = world.cleanup_offer
        with pytest.raises(OrgNotFound):
            open_cleanup("00D000000000062EAA", orgs=world.orgs, migrations=world.migrations)


class TestFollowingUp:
    def test_declined_keys_are_kept(self, world: CleanupWorld) -> None:
        world.asking()
        world.answer_cleanup(approved=False)

        assert world.follow_up_cleanup().outcome is MigrationOutcome.MIGRATED_KEYS_KEPT
        assert world.org.status is OrgStatus.MIGRATED_KEYS_KEPT
        assert world.org.keys_kept is KeysKeptReason.DECLINED
        assert world.told()[-1] is NoticeKind.KEYS_KEPT

    def test_whoever_owes_an_answer_is_reminded_once_for_each_interval(
        self, world: CleanupWorld
    ) -> None:
        world.asking()
        assert world.follow_up_cleanup() == Verdict(Next.ASK_CLEANUP, THREE_DAYS)
        world.later(days=3)
        assert world.follow_up_cleanup() == Verdict(Next.ASK_CLEANUP, THREE_DAYS)
        world.follow_up_cleanup()

        assert world.told().count(NoticeKind.CLEANUP_APPROVAL_REMINDER) == 1
        assert world.request.reminders == 1

    def test_without_an_answer_the_keys_are_kept_in_the_end(self, world: CleanupWorld) -> None:
        world.asking()
        world.later(days=14)

        assert world.follow_up_cleanup().outcome is MigrationOutcome.MIGRATED_KEYS_KEPT
        assert world.org.keys_kept is KeysKeptReason.UNANSWERED
        assert world.request.status is CleanupStatus.EXPIRED

    def test_an_org_that_kept_its_keys_can_be_asked_again(self, world: CleanupWorld) -> None:
        world.asking()
        world.answer_cleanup(approved=False)
        world.follow_up_cleanup()
        world.attempt = start_migration(
            world.org_id,
            trigger="operator",
            requested_by=ADA,
            orgs=world.orgs,
            migrations=world.migrations,
            workflow=world.workflow,
            clock=world.clock,
        ).migration.attempt

        assert world.verify().next is Next.VERIFY
        world.later(days=1)
        assert world.verify().next is Next.ASK_CLEANUP
        assert world.org.status is OrgStatus.CLEANUP_APPROVAL_PENDING

    def test_a_loss_withdraws_the_request_and_wakes_the_machine(self, world: CleanupWorld) -> None:
        token = world.asking()
        world.zoom.deauthorize(world.grant_of().subject.user_id)
        world.lose()

        assert world.request.status is CleanupStatus.REVOKED
        assert world.callback.completed[-1] == token
        assert world.follow_up_cleanup().next is Next.AUTHORIZE

    def test_an_org_that_went_another_way_is_left_alone(self, world: CleanupWorld) -> None:
        world.asking()
        world.orgs.save(world.org.released())

        assert world.follow_up_cleanup().outcome is MigrationOutcome.STOPPED
