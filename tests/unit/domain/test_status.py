from __future__ import annotations

from typing import cast

import pytest

from zoom_migrator.domain.errors import IllegalTransition, InvariantViolation
from zoom_migrator.domain.status import TRANSITIONS, OrgEvent, OrgStatus, advance

S = OrgStatus
E = OrgEvent

FOUND = {
    E.PACKAGE_MISSING: S.NOT_INSTALLED,
    E.VERSION_BEHIND: S.UPGRADE_REQUIRED,
    E.VERSION_SUFFICIENT: S.AUTHORIZATION_PENDING,
}
FAILED = (E.CHECK_REFUSED, E.CHECK_INCONCLUSIVE)
# A migration, or the person it waits for, moves these on; a scan does not.
UNDER_WAY = (
    S.UPGRADE_APPROVAL_PENDING,
    S.UPGRADING,
    S.AUTHORIZED,
    S.CLEANUP_APPROVAL_PENDING,
    S.MIGRATED,
    S.MIGRATED_KEYS_KEPT,
    S.FALLBACK_JWT,
    S.DISCONNECTED,
)
MOVED_BY_A_SCAN = tuple(status for status in S if status not in UNDER_WAY)


@pytest.mark.parametrize("status", S)
@pytest.mark.parametrize("event", E)
def test_every_event_is_defined_in_every_status(status: OrgStatus, event: OrgEvent) -> None:
    assert advance(status, event) in S


@pytest.mark.parametrize("status", MOVED_BY_A_SCAN)
@pytest.mark.parametrize(("event", "expected"), FOUND.items())
def test_what_a_check_found_decides_where_the_org_stands(
    status: OrgStatus, event: OrgEvent, expected: OrgStatus
) -> None:
    assert advance(status, event) is expected


@pytest.mark.parametrize("status", UNDER_WAY)
@pytest.mark.parametrize("event", E)
def test_a_scan_does_not_move_an_org_whose_migration_is_under_way(
    status: OrgStatus, event: OrgEvent
) -> None:
    assert advance(status, event) is status


@pytest.mark.parametrize("status", [status for status in S if status is not S.REGISTERED])
@pytest.mark.parametrize("event", FAILED)
def test_a_failed_check_never_erases_what_was_known(status: OrgStatus, event: OrgEvent) -> None:
    assert advance(status, event) is status


def test_a_refused_first_check_blocks_the_org() -> None:
    assert advance(S.REGISTERED, E.CHECK_REFUSED) is S.BLOCKED


def test_an_inconclusive_first_check_leaves_the_org_registered() -> None:
    assert advance(S.REGISTERED, E.CHECK_INCONCLUSIVE) is S.REGISTERED


@pytest.mark.parametrize("status", [status for status in S if status is not S.NOT_INSTALLED])
@pytest.mark.parametrize("event", [event for event in E if event is not E.PACKAGE_MISSING])
def test_only_a_check_that_saw_no_package_makes_an_org_not_installed(
    status: OrgStatus, event: OrgEvent
) -> None:
    assert advance(status, event) is not S.NOT_INSTALLED


@pytest.mark.parametrize("status", S)
@pytest.mark.parametrize("event", E)
def test_the_same_event_again_changes_nothing_more(status: OrgStatus, event: OrgEvent) -> None:
    once = advance(status, event)

    assert advance(once, event) is once


def test_an_event_the_table_does_not_know_is_a_bug() -> None:
    with pytest.raises(IllegalTransition, match="registered cannot take authorized_by_magic"):
        advance(S.REGISTERED, cast(OrgEvent, "authorized_by_magic"))
    with pytest.raises(InvariantViolation):
        advance(cast(OrgStatus, "lost"), E.PACKAGE_MISSING)


def test_nobody_can_add_to_the_table() -> None:
    with pytest.raises(TypeError):
        TRANSITIONS[S.REGISTERED] = {}  # type: ignore[index]
