from __future__ import annotations

from typing import cast

import pytest

from zoom_migrator.domain.errors import IllegalTransition, InvariantViolation
from zoom_migrator.domain.status import (
    CHECK_EVENTS,
    REASONS_ABOUT_THE_AUTHORIZATION,
    REASONS_ABOUT_THE_UPGRADE,
    REASONS_FOUND_BY_A_CHECK,
    TRANSITIONS,
    BlockedReason,
    OrgEvent,
    OrgStatus,
    advance,
)

S = OrgStatus
E = OrgEvent

FOUND = {
    E.PACKAGE_MISSING: S.NOT_INSTALLED,
    E.VERSION_BEHIND: S.UPGRADE_REQUIRED,
    E.VERSION_SUFFICIENT: S.AUTHORIZATION_PENDING,
}
FAILED = (E.CHECK_REFUSED, E.CHECK_INCONCLUSIVE)
CHECKS = [event for event in E if event in CHECK_EVENTS]
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
# What a migration that upgrades may find its org as, whatever scans see meanwhile.
WITHIN_THE_UPGRADE = (
    S.REGISTERED,
    S.NOT_INSTALLED,
    S.UPGRADE_REQUIRED,
    S.UPGRADE_APPROVAL_PENDING,
    S.UPGRADING,
    S.AUTHORIZATION_PENDING,
    S.BLOCKED,
)
# Such an org may have to be upgraded again before it can be authorized again.
AUTHORIZED_NO_MORE = (S.FALLBACK_JWT, S.DISCONNECTED)
CONNECTED = (S.AUTHORIZED, S.CLEANUP_APPROVAL_PENDING, S.MIGRATED, S.MIGRATED_KEYS_KEPT)
BEYOND_THE_UPGRADE = tuple(
    status for status in S if status not in (*WITHIN_THE_UPGRADE, *AUTHORIZED_NO_MORE)
)
# Sorted: every process that runs a part of the tests has to count them in the same order.
KNOWN = sorted((status, event) for status, row in TRANSITIONS.items() for event in row)


class TestTheTable:
    def test_it_has_a_row_for_every_status_and_leads_nowhere_else(self) -> None:
        assert set(TRANSITIONS) == set(S)
        assert {advance(status, event) for status, event in KNOWN} <= set(S)

    @pytest.mark.parametrize("event", E)
    def test_it_knows_every_event_in_some_status(self, event: OrgEvent) -> None:
        assert any(event in row for row in TRANSITIONS.values())

    @pytest.mark.parametrize(("status", "event"), KNOWN)
    def test_the_same_event_again_changes_nothing_more(
        self, status: OrgStatus, event: OrgEvent
    ) -> None:
        once = advance(status, event)

        assert TRANSITIONS[once].get(event, once) is once

    def test_an_org_that_something_is_known_of_is_never_a_newly_registered_one_again(self) -> None:
        assert {status for status, event in KNOWN if advance(status, event) is S.REGISTERED} == {
            S.REGISTERED
        }

    def test_only_a_check_that_saw_no_package_makes_an_org_not_installed(self) -> None:
        made_so = [
            event
            for status, event in KNOWN
            if status is not S.NOT_INSTALLED and advance(status, event) is S.NOT_INSTALLED
        ]

        assert set(made_so) == {E.PACKAGE_MISSING, E.PACKAGE_REMOVED}

    def test_an_event_it_does_not_know_is_a_bug(self) -> None:
        with pytest.raises(IllegalTransition, match="registered cannot take authorized_by_magic"):
            advance(S.REGISTERED, cast(OrgEvent, "authorized_by_magic"))
        with pytest.raises(InvariantViolation):
            advance(cast(OrgStatus, "lost"), E.PACKAGE_MISSING)

    def test_nobody_can_add_to_it(self) -> None:
        with pytest.raises(TypeError):
            TRANSITIONS[S.REGISTERED] = {}  # type: ignore[index]


class TestChecks:
    @pytest.mark.parametrize("status", S)
    @pytest.mark.parametrize("event", CHECKS)
    def test_one_can_meet_an_org_in_any_status(self, status: OrgStatus, event: OrgEvent) -> None:
        assert advance(status, event) in S

    @pytest.mark.parametrize("status", MOVED_BY_A_SCAN)
    @pytest.mark.parametrize(("event", "expected"), FOUND.items())
    def test_what_one_found_decides_where_the_org_stands(
        self, status: OrgStatus, event: OrgEvent, expected: OrgStatus
    ) -> None:
        assert advance(status, event) is expected

    @pytest.mark.parametrize("status", UNDER_WAY)
    @pytest.mark.parametrize("event", CHECKS)
    def test_one_does_not_move_an_org_whose_migration_is_under_way(
        self, status: OrgStatus, event: OrgEvent
    ) -> None:
        assert advance(status, event) is status

    @pytest.mark.parametrize("status", [status for status in S if status is not S.REGISTERED])
    @pytest.mark.parametrize("event", FAILED)
    def test_a_failed_one_never_erases_what_was_known(
        self, status: OrgStatus, event: OrgEvent
    ) -> None:
        assert advance(status, event) is status

    def test_a_refused_first_one_blocks_the_org(self) -> None:
        assert advance(S.REGISTERED, E.CHECK_REFUSED) is S.BLOCKED

    def test_an_inconclusive_first_one_leaves_the_org_registered(self) -> None:
        assert advance(S.REGISTERED, E.CHECK_INCONCLUSIVE) is S.REGISTERED


class TestUpgrades:
    def test_consent_and_install_lead_an_org_that_is_behind_to_its_authorization(self) -> None:
        way = [S.UPGRADE_REQUIRED]
        for event in (E.APPROVAL_REQUESTED, E.UPGRADE_STARTED, E.UPGRADE_CONFIRMED):
            way.append(advance(way[-1], event))

        assert way == [
            S.UPGRADE_REQUIRED,
            S.UPGRADE_APPROVAL_PENDING,
            S.UPGRADING,
            S.AUTHORIZATION_PENDING,
        ]

    @pytest.mark.parametrize("status", WITHIN_THE_UPGRADE)
    @pytest.mark.parametrize("event", [E.UPGRADE_STARTED, E.UPGRADE_CONFIRMED])
    def test_none_breaks_on_what_a_scan_saw_meanwhile(
        self, status: OrgStatus, event: OrgEvent
    ) -> None:
        assert advance(status, event) in (S.UPGRADING, S.AUTHORIZATION_PENDING, status)

    @pytest.mark.parametrize("status", WITHIN_THE_UPGRADE)
    def test_consent_is_asked_for_whatever_a_scan_saw_meanwhile(self, status: OrgStatus) -> None:
        assert advance(status, E.APPROVAL_REQUESTED) in (S.UPGRADE_APPROVAL_PENDING, status)

    @pytest.mark.parametrize(
        "event", [E.APPROVAL_REQUESTED, E.UPGRADE_STARTED, E.UPGRADE_CONFIRMED, E.UPGRADE_ABANDONED]
    )
    def test_an_org_that_somebody_else_upgraded_meanwhile_stays_upgraded(
        self, event: OrgEvent
    ) -> None:
        assert advance(S.AUTHORIZATION_PENDING, event) is S.AUTHORIZATION_PENDING

    def test_consent_is_asked_for_after_somebody_elses_install_failed(self) -> None:
        assert advance(S.UPGRADING, E.APPROVAL_REQUESTED) is S.UPGRADE_APPROVAL_PENDING

    @pytest.mark.parametrize("status", BEYOND_THE_UPGRADE)
    @pytest.mark.parametrize(
        "event", [E.UPGRADE_RESUMED, E.APPROVAL_REQUESTED, E.UPGRADE_STARTED, E.UPGRADE_CONFIRMED]
    )
    def test_none_can_happen_to_an_org_that_is_beyond_it(
        self, status: OrgStatus, event: OrgEvent
    ) -> None:
        with pytest.raises(IllegalTransition):
            advance(status, event)

    @pytest.mark.parametrize("status", AUTHORIZED_NO_MORE)
    @pytest.mark.parametrize(
        "event", [E.APPROVAL_REQUESTED, E.UPGRADE_STARTED, E.UPGRADE_CONFIRMED]
    )
    def test_an_org_that_lost_its_authorization_stays_so_until_it_has_another(
        self, status: OrgStatus, event: OrgEvent
    ) -> None:
        assert advance(status, event) is status

    @pytest.mark.parametrize("status", WITHIN_THE_UPGRADE)
    def test_one_that_cannot_go_on_blocks_its_org_wherever_that_stands(
        self, status: OrgStatus
    ) -> None:
        assert advance(status, E.UPGRADE_BLOCKED) is S.BLOCKED

    @pytest.mark.parametrize("status", WITHIN_THE_UPGRADE)
    def test_one_that_is_given_up_leaves_its_org_where_it_was_before(
        self, status: OrgStatus
    ) -> None:
        begun = (S.UPGRADE_APPROVAL_PENDING, S.UPGRADING)
        before = S.UPGRADE_REQUIRED if status in begun else status

        assert advance(status, E.UPGRADE_ABANDONED) is before

    def test_a_blocked_one_is_resumed_and_no_other(self) -> None:
        assert advance(S.BLOCKED, E.UPGRADE_RESUMED) is S.UPGRADE_REQUIRED
        for status in S:
            assert (E.UPGRADE_RESUMED in TRANSITIONS[status]) == (status is S.BLOCKED)


class TestEndsOfMigrations:
    @pytest.mark.parametrize("status", [S.AUTHORIZED, S.FALLBACK_JWT, S.DISCONNECTED])
    @pytest.mark.parametrize("event", [E.UPGRADE_ABANDONED, E.UPGRADE_BLOCKED])
    def test_an_org_beyond_the_upgrade_keeps_its_status_and_is_let_go(
        self, status: OrgStatus, event: OrgEvent
    ) -> None:
        assert advance(status, event) is status

    def test_an_org_that_a_migration_can_move_can_always_be_let_go(self) -> None:
        in_hand = [status for status, row in TRANSITIONS.items() if row.keys() - CHECK_EVENTS]

        assert all(E.UPGRADE_ABANDONED in TRANSITIONS[status] for status in in_hand)
        assert all(E.UPGRADE_BLOCKED in TRANSITIONS[status] for status in in_hand)


def test_every_reason_is_of_one_kind() -> None:
    kinds = (REASONS_FOUND_BY_A_CHECK, REASONS_ABOUT_THE_UPGRADE, REASONS_ABOUT_THE_AUTHORIZATION)

    assert sorted(reason for kind in kinds for reason in kind) == sorted(BlockedReason)


class TestConnectedOrgs:
    @pytest.mark.parametrize("status", CONNECTED)
    @pytest.mark.parametrize(
        ("event", "expected"),
        [
            (E.CLEANUP_REQUESTED, S.CLEANUP_APPROVAL_PENDING),
            (E.MIGRATED, S.MIGRATED),
            (E.KEYS_KEPT, S.MIGRATED_KEYS_KEPT),
            (E.FELL_BACK, S.FALLBACK_JWT),
            (E.DISCONNECTED, S.DISCONNECTED),
            (E.VERSION_WENT_DOWN, S.UPGRADE_REQUIRED),
            (E.PACKAGE_REMOVED, S.NOT_INSTALLED),
        ],
    )
    def test_proof_cleanup_loss_and_package_move_one_wherever_it_stands(
        self, status: OrgStatus, event: OrgEvent, expected: OrgStatus
    ) -> None:
        assert advance(status, event) is expected

    @pytest.mark.parametrize("status", AUTHORIZED_NO_MORE)
    def test_one_that_lost_its_authorization_is_never_called_migrated(
        self, status: OrgStatus
    ) -> None:
        for event in (E.MIGRATED, E.KEYS_KEPT, E.CLEANUP_REQUESTED):
            with pytest.raises(IllegalTransition):
                advance(status, event)

    def test_one_whose_cleanup_breaks_off_has_to_be_proven_anew(self) -> None:
        for event in (E.UPGRADE_ABANDONED, E.UPGRADE_BLOCKED):
            assert advance(S.CLEANUP_APPROVAL_PENDING, event) is S.AUTHORIZED

    def test_a_declined_authorization_leaves_jwt_or_nothing(self) -> None:
        assert advance(S.AUTHORIZATION_PENDING, E.FELL_BACK) is S.FALLBACK_JWT
        assert advance(S.AUTHORIZATION_PENDING, E.DISCONNECTED) is S.DISCONNECTED
