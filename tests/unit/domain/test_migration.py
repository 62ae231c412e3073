from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders import (
    NOW,
    a_finding,
    a_migration,
    a_target,
    after,
    an_accepted_approval,
    an_approval,
    an_install,
    org_id_of,
)
from zoom_migrator.domain.approval import ApprovalStatus
from zoom_migrator.domain.errors import IllegalTransition
from zoom_migrator.domain.migration import (
    Ending,
    MigrationOutcome,
    MigrationStep,
    Next,
    Verdict,
    migration_id,
)
from zoom_migrator.domain.status import BlockedReason

CACHE = Ending(
    MigrationOutcome.BLOCKED,
    detail="The org lacks Platform Cache.",
    remedy="Open a case.",
    said="Missing Organization Feature: PlatformCache null",
    failure_code="platform_cache_missing",
    blocked_reason=BlockedReason.CONTACT_SALESFORCE_SUPPORT,
)
EXPIRED = {MigrationOutcome.EXPIRED}
SUPERSEDED = {MigrationOutcome.UPGRADED, MigrationOutcome.NOT_INSTALLED}


def test_its_id_names_its_org_and_its_attempt() -> None:
    assert a_migration(1, attempt=12).migration_id == f"{org_id_of(1)}-12"
    assert migration_id("00D5g0000000001EAA", 3) == "00D5g0000000001EAA-3"


@pytest.mark.parametrize("step", MigrationStep)
def test_it_is_over_when_it_has_ended_and_not_before(step: MigrationStep) -> None:
    assert a_migration(step=step).is_over is (step is MigrationStep.ENDED)


class TestTheEnd:
    @pytest.mark.parametrize(
        "step", [step for step in MigrationStep if step is not MigrationStep.ENDED]
    )
    @pytest.mark.parametrize("outcome", MigrationOutcome)
    def test_it_can_end_at_any_step_in_any_way(
        self, step: MigrationStep, outcome: MigrationOutcome
    ) -> None:
        ended = a_migration(step=step).ended(Ending(outcome), NOW)

        assert ended.is_over
        assert (ended.outcome, ended.ended_at) == (outcome, NOW)

    def test_why_it_ended_is_kept_with_what_to_do_and_what_was_said(self) -> None:
        ended = a_migration().ended(CACHE, NOW)

        assert (ended.detail, ended.remedy, ended.said) == (CACHE.detail, CACHE.remedy, CACHE.said)
        assert ended.failure_code == "platform_cache_missing"
        assert ended.blocked_reason is BlockedReason.CONTACT_SALESFORCE_SUPPORT

    def test_what_it_did_until_then_is_kept(self) -> None:
        migration = a_migration(
            version_before="3.23.0.4",
            target=a_target(),
            findings=(a_finding(),),
            approval=an_accepted_approval(),
            install=an_install(tries=1),
            revision=7,
        )

        ended = migration.ended(CACHE, NOW)

        assert (ended.version_before, ended.target) == ("3.23.0.4", a_target())
        assert (ended.findings, ended.install) == (migration.findings, migration.install)
        assert (ended.approval, ended.revision) == (migration.approval, 7)

    def test_it_waits_for_nothing_any_more(self) -> None:
        assert a_migration(waiting_since=NOW).ended(CACHE, after(days=1)).waiting_since is None

    def test_it_ends_only_once(self) -> None:
        ended = a_migration().ended(CACHE, NOW)

        with pytest.raises(IllegalTransition, match=f"{org_id_of(1)}-1 has ended before"):
            ended.ended(Ending(MigrationOutcome.UPGRADED), NOW)

    @pytest.mark.parametrize("outcome", MigrationOutcome)
    def test_a_request_for_consent_that_is_still_open_is_closed_with_it(
        self, outcome: MigrationOutcome
    ) -> None:
        asking = a_migration(
            step=MigrationStep.AWAITING_APPROVAL, approval=an_approval(task_token="sealed")
        )

        approval = asking.ended(Ending(outcome), NOW).approval

        assert approval is not None
        assert approval.task_token == ""
        assert (approval.status is ApprovalStatus.SUPERSEDED) == (outcome in SUPERSEDED)
        assert (approval.status is ApprovalStatus.EXPIRED) == (outcome in EXPIRED)
        assert approval.status is not ApprovalStatus.PENDING

    @pytest.mark.parametrize("outcome", MigrationOutcome)
    def test_consent_that_was_given_stays_given(self, outcome: MigrationOutcome) -> None:
        consented = a_migration(approval=an_accepted_approval())

        assert consented.ended(Ending(outcome), NOW).approval == an_accepted_approval()


class TestTheVerdict:
    def test_at_the_end_the_machine_is_told_how_it_ended(self) -> None:
        ended = a_migration().ended(CACHE, NOW)

        assert ended.verdict_at_end() == Verdict(Next.END, outcome=MigrationOutcome.BLOCKED)

    def test_a_verdict_waits_for_nothing_and_ends_nothing_unless_it_says_so(self) -> None:
        assert Verdict(Next.PREPARE) == Verdict(Next.PREPARE, wait_seconds=0, outcome=None)


def test_no_task_token_is_shown_with_a_migration() -> None:
    migration = a_migration(approval=an_approval(task_token="sealed-canary"))

    assert "sealed-canary" not in repr(migration)
    assert "sealed-canary" not in repr(replace(migration, step=MigrationStep.AWAITING_APPROVAL))
