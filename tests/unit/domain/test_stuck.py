from __future__ import annotations

import pytest

from tests.builders import a_migration, an_org
from zoom_migrator.domain.migration import MigrationOutcome, MigrationStep
from zoom_migrator.domain.status import BlockedReason, OrgStatus
from zoom_migrator.domain.stuck import StuckKind, stuck_claim, stuck_without_migration

S = OrgStatus
LEFT_BY_MIGRATIONS_ONLY = (
    S.UPGRADE_APPROVAL_PENDING,
    S.UPGRADING,
    S.AUTHORIZED,
    S.CLEANUP_APPROVAL_PENDING,
    S.FALLBACK_JWT,
    S.DISCONNECTED,
)


@pytest.mark.parametrize("status", LEFT_BY_MIGRATIONS_ONLY)
def test_an_org_that_only_a_migration_moves_and_that_has_none_is_stuck(status: OrgStatus) -> None:
    stuck = stuck_without_migration(an_org(status=status), None)

    assert stuck is not None
    assert stuck.kind is StuckKind.NOBODY_IN_CHARGE
    assert stuck_without_migration(an_org(status=status, active_attempt=1), None) is None


@pytest.mark.parametrize(
    "status", [each for each in S if each not in (*LEFT_BY_MIGRATIONS_ONLY, S.BLOCKED)]
)
def test_any_other_org_has_a_next_step_without_one(status: OrgStatus) -> None:
    assert stuck_without_migration(an_org(status=status), None) is None


@pytest.mark.parametrize(
    ("outcome", "is_for_a_person"),
    [
        (MigrationOutcome.STOPPED, True),
        (MigrationOutcome.AUTHORIZATION_EXPIRED, True),
        (MigrationOutcome.AUTHORIZATION_DECLINED, True),
        (MigrationOutcome.UNVERIFIED, True),
        (MigrationOutcome.BROKE, False),
        (MigrationOutcome.MIGRATED, False),
        (MigrationOutcome.AUTHORIZED, False),
    ],
)
def test_after_an_end_that_a_person_was_told_of_it_is_theirs_to_go_on(
    outcome: MigrationOutcome, is_for_a_person: bool
) -> None:
    org = an_org(status=S.DISCONNECTED, attempts=1)
    last = a_migration(step=MigrationStep.ENDED, outcome=outcome)

    assert (stuck_without_migration(org, last) is None) is is_for_a_person


def test_an_org_that_is_blocked_by_nothing_known_has_no_reason() -> None:
    stuck = stuck_without_migration(an_org(status=S.BLOCKED), None)

    assert stuck is not None
    assert stuck.kind is StuckKind.NO_REASON
    named = an_org(status=S.BLOCKED, blocked_reason=BlockedReason.LOGIN_REFUSED)
    assert stuck_without_migration(named, None) is None


def test_a_claim_on_a_migration_that_is_over_or_unknown_is_stale() -> None:
    org = an_org(status=S.UPGRADING, attempts=1, active_attempt=1)
    over = a_migration(step=MigrationStep.ENDED, outcome=MigrationOutcome.BROKE)

    for migration, word in ((over, "has ended"), (None, "does not exist")):
        stuck = stuck_claim(org, migration)
        assert stuck is not None
        assert stuck.kind is StuckKind.CLAIM_STALE
        assert word in stuck.detail
    assert stuck_claim(org, a_migration()) is None
    assert stuck_claim(an_org(), None) is None
