from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import (
    MINIMUM,
    NOW,
    SCAN_ID,
    a_failure,
    a_full_snapshot,
    a_snapshot,
    after,
    an_identity,
    an_org,
    some_keys,
    some_org_facts,
    some_permissions,
)
from zoom_migrator.domain.check import CheckResult, KeyPresence, PlatformCache, Section
from zoom_migrator.domain.errors import IllegalTransition
from zoom_migrator.domain.failure import FailureCode, FailureKind, meaning_of
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.status import (
    REASONS_ABOUT_THE_UPGRADE,
    REASONS_FOUND_BY_A_CHECK,
    TRANSITIONS,
    BlockedReason,
    KeysKeptReason,
    OrgEvent,
    OrgStatus,
)
from zoom_migrator.domain.verification import Verification

for_a_person = [c for c in FailureCode if meaning_of(c).kind is FailureKind.OPERATOR_ACTION]
not_for_a_person = [c for c in FailureCode if c not in for_a_person]
beyond_a_check = [reason for reason in BlockedReason if reason not in REASONS_FOUND_BY_A_CHECK]
beyond_the_upgrade = [
    reason for reason in beyond_a_check if reason not in REASONS_ABOUT_THE_UPGRADE
]


def observe(org: Org, *results: CheckResult) -> Org:
    for result in results:
        org = org.observe(result, scan_id=SCAN_ID, minimum=MINIMUM)
    return org


class TestASuccessfulCheck:
    @pytest.mark.parametrize(
        ("version", "status"),
        [
            (None, OrgStatus.NOT_INSTALLED),
            ("3.9", OrgStatus.UPGRADE_REQUIRED),
            ("3.23.0.4", OrgStatus.UPGRADE_REQUIRED),
            ("3.27b3", OrgStatus.UPGRADE_REQUIRED),
            ("3.27", OrgStatus.AUTHORIZATION_PENDING),
            ("3.27.0.1", OrgStatus.AUTHORIZATION_PENDING),
            ("3.100", OrgStatus.AUTHORIZATION_PENDING),
        ],
    )
    def test_the_version_decides_where_the_org_stands(
        self, version: str | None, status: OrgStatus
    ) -> None:
        snapshot = a_snapshot(version)

        org = observe(an_org(), snapshot)

        assert org.status is status
        assert org.snapshot == snapshot
        assert (org.failure, org.blocked_reason) == (None, None)
        assert (org.checked_at, org.last_scan_id) == (NOW, SCAN_ID)

    def test_it_clears_an_earlier_failure(self) -> None:
        org = observe(
            an_org(),
            a_failure(FailureCode.LOGIN_NOT_APPROVED),
            a_snapshot("3.23", checked_at=after(minutes=1)),
        )

        assert org.status is OrgStatus.UPGRADE_REQUIRED
        assert (org.failure, org.blocked_reason) == (None, None)

    def test_it_follows_an_upgrade_and_an_uninstallation_seen_by_later_scans(self) -> None:
        org = observe(an_org(), a_snapshot("3.23"))
        upgraded = observe(org, a_snapshot("3.28", checked_at=after(days=1)))
        gone = observe(upgraded, a_snapshot(None, checked_at=after(days=2)))

        assert upgraded.status is OrgStatus.AUTHORIZATION_PENDING
        assert gone.status is OrgStatus.NOT_INSTALLED

    def test_the_registration_and_the_revision_are_left_alone(self) -> None:
        org = an_org(revision=7)

        seen = observe(org, a_snapshot())

        assert seen.org_id == org.registration.org_id
        assert (seen.registration, seen.registered_at, seen.revision) == (
            org.registration,
            org.registered_at,
            7,
        )


class TestAFailedCheck:
    @pytest.mark.parametrize("code", FailureCode)
    def test_what_was_known_stays(self, code: FailureCode) -> None:
        known = observe(an_org(), a_full_snapshot("3.23"))
        failure = a_failure(code, checked_at=after(minutes=1))

        org = observe(known, failure)

        assert org.snapshot == known.snapshot
        assert org.status is OrgStatus.UPGRADE_REQUIRED
        assert org.blocked_reason is None
        assert org.failure == failure
        assert org.checked_at == after(minutes=1)

    @pytest.mark.parametrize("code", for_a_person)
    def test_the_first_blocks_an_org_with_its_reason_if_a_person_must_act(
        self, code: FailureCode
    ) -> None:
        org = observe(an_org(), a_failure(code))

        assert org.status is OrgStatus.BLOCKED
        assert org.blocked_reason is meaning_of(code).blocked_reason
        assert org.blocked_reason is not None

    @pytest.mark.parametrize("code", not_for_a_person)
    def test_the_first_leaves_an_org_registered_if_it_passes_by_itself(
        self, code: FailureCode
    ) -> None:
        org = observe(an_org(), a_failure(code))

        assert org.status is OrgStatus.REGISTERED
        assert org.blocked_reason is None

    @pytest.mark.parametrize("code", FailureCode)
    def test_it_never_means_not_installed(self, code: FailureCode) -> None:
        assert observe(an_org(), a_failure(code)).status is not OrgStatus.NOT_INSTALLED

    def test_another_reason_takes_the_place_of_the_first(self) -> None:
        org = observe(
            an_org(),
            a_failure(FailureCode.LOGIN_NOT_APPROVED),
            a_failure(FailureCode.PACKAGES_NOT_VISIBLE, checked_at=after(minutes=1)),
        )

        assert org.blocked_reason is BlockedReason.INSUFFICIENT_PRIVILEGES

    @pytest.mark.parametrize("code", not_for_a_person)
    def test_a_passing_one_keeps_the_reason_of_a_blocked_org(self, code: FailureCode) -> None:
        org = observe(
            an_org(),
            a_failure(FailureCode.LOGIN_NOT_APPROVED),
            a_failure(code, checked_at=after(minutes=1)),
        )

        assert org.status is OrgStatus.BLOCKED
        assert org.blocked_reason is BlockedReason.LOGIN_NOT_APPROVED


class TestAPartOfASnapshotThatCouldNotBeRead:
    every_gap = dict.fromkeys(Section, "service_unavailable: HTTP 503")

    def test_it_stays_as_an_earlier_check_saw_it_and_is_marked_as_unknown(self) -> None:
        known = observe(an_org(), a_full_snapshot("3.23"))
        partial = a_snapshot(
            "3.28",
            checked_at=after(days=1),
            keys=some_keys(KeyPresence.UNKNOWN),
            unknown=self.every_gap,
        )

        seen = observe(known, partial).snapshot

        assert seen is not None
        assert seen.package == partial.package
        assert seen.keys == some_keys(KeyPresence.PRESENT)
        assert seen.identity == an_identity()
        assert seen.org == some_org_facts()
        assert seen.permissions == some_permissions()
        assert seen.platform_cache is PlatformCache.PARTITION_PRESENT
        assert seen.unknown == self.every_gap
        assert seen.checked_at == after(days=1)

    def test_it_stays_over_several_such_checks(self) -> None:
        gaps = [
            a_snapshot(
                "3.28",
                checked_at=after(days=day),
                keys=some_keys(KeyPresence.UNKNOWN),
                unknown=self.every_gap,
            )
            for day in (1, 2, 3)
        ]

        seen = observe(an_org(), a_full_snapshot(), *gaps).snapshot

        assert seen is not None
        assert seen.identity == an_identity()

    def test_what_was_read_takes_the_place_of_what_was_known(self) -> None:
        renewed = a_snapshot(
            "3.28",
            checked_at=after(days=1),
            keys=some_keys(KeyPresence.ABSENT),
            identity=an_identity("other@acme.example"),
            org=some_org_facts(is_sandbox=True),
            permissions=some_permissions(install_packages=False),
            platform_cache=PlatformCache.FEATURE_SEEN,
        )

        assert observe(an_org(), a_full_snapshot(), renewed).snapshot == renewed

    def test_an_answer_that_is_empty_without_an_error_is_an_answer(self) -> None:
        empty = a_snapshot(
            "3.28", checked_at=after(days=1), keys=some_keys(KeyPresence.UNKNOWN), unknown={}
        )

        assert observe(an_org(), a_full_snapshot(), empty).snapshot == empty

    def test_keys_that_turned_invisible_are_not_shown_as_they_were(self) -> None:
        hidden = a_snapshot(
            "3.28",
            checked_at=after(days=1),
            keys=some_keys(KeyPresence.NOT_VISIBLE),
            unknown={Section.KEYS: "insufficient_access: INVALID_FIELD"},
        )

        seen = observe(an_org(), a_full_snapshot(), hidden).snapshot

        assert seen is not None
        assert seen.keys.presence is KeyPresence.NOT_VISIBLE

    @pytest.mark.parametrize(("before", "now"), [("3.28", None), (None, "3.28")])
    def test_keys_are_not_taken_over_where_the_package_came_or_went(
        self, before: str | None, now: str | None
    ) -> None:
        org = observe(an_org(), a_snapshot(before))
        unread = a_snapshot(
            now,
            checked_at=after(days=1),
            keys=some_keys(KeyPresence.UNKNOWN),
            unknown=self.every_gap,
        )

        seen = observe(org, unread).snapshot

        assert seen is not None
        assert seen.keys.presence is KeyPresence.UNKNOWN

    def test_the_first_check_has_nothing_to_fall_back_on(self) -> None:
        partial = a_snapshot(keys=some_keys(KeyPresence.UNKNOWN), unknown=self.every_gap)

        assert observe(an_org(), partial).snapshot == partial


class TestAnOrgBlockedByMoreThanACheck:
    @pytest.mark.parametrize("reason", beyond_a_check)
    @pytest.mark.parametrize(
        "result", [a_snapshot("3.23"), *(a_failure(code) for code in FailureCode)]
    )
    def test_no_check_unblocks_it_or_changes_the_reason(
        self, reason: BlockedReason, result: CheckResult
    ) -> None:
        org = observe(an_org(status=OrgStatus.BLOCKED, blocked_reason=reason), result)

        assert org.status is OrgStatus.BLOCKED
        assert org.blocked_reason is reason

    @pytest.mark.parametrize("reason", beyond_the_upgrade)
    @pytest.mark.parametrize("version", ["3.28", None])
    def test_an_upgrade_or_a_removal_does_not_unblock_what_is_not_about_the_upgrade(
        self, reason: BlockedReason, version: str | None
    ) -> None:
        org = observe(an_org(status=OrgStatus.BLOCKED, blocked_reason=reason), a_snapshot(version))

        assert (org.status, org.blocked_reason) == (OrgStatus.BLOCKED, reason)

    @pytest.mark.parametrize("reason", sorted(REASONS_ABOUT_THE_UPGRADE))
    @pytest.mark.parametrize(
        ("version", "status"),
        [("3.27", OrgStatus.AUTHORIZATION_PENDING), (None, OrgStatus.NOT_INSTALLED)],
    )
    def test_what_was_wrong_with_the_upgrade_is_beside_the_point_once_the_package_is_there_or_gone(
        self, reason: BlockedReason, version: str | None, status: OrgStatus
    ) -> None:
        org = observe(an_org(status=OrgStatus.BLOCKED, blocked_reason=reason), a_snapshot(version))

        assert (org.status, org.blocked_reason) == (status, None)

    def test_what_a_check_saw_is_kept_nevertheless(self) -> None:
        blocked = an_org(status=OrgStatus.BLOCKED, blocked_reason=BlockedReason.UPGRADE_FAILED)

        assert observe(blocked, a_snapshot("3.23")).snapshot == a_snapshot("3.23")

    @pytest.mark.parametrize("reason", [*sorted(REASONS_FOUND_BY_A_CHECK), None])
    def test_any_other_blocked_org_is_unblocked_by_a_good_check(
        self, reason: BlockedReason | None
    ) -> None:
        org = observe(an_org(status=OrgStatus.BLOCKED, blocked_reason=reason), a_snapshot("3.28"))

        assert org.status is OrgStatus.AUTHORIZATION_PENDING
        assert org.blocked_reason is None


class TestAnOrgInTheHandsOfMigrations:
    def test_the_first_migration_is_attempt_one(self) -> None:
        org = an_org(status=OrgStatus.UPGRADE_REQUIRED).begin_attempt()

        assert (org.attempts, org.active_attempt) == (1, 1)
        assert org.status is OrgStatus.UPGRADE_REQUIRED

    def test_each_further_one_counts_on_once_the_last_has_let_go(self) -> None:
        org = an_org(attempts=4).begin_attempt()

        assert (org.attempts, org.active_attempt) == (5, 5)
        assert (org.released().attempts, org.released().active_attempt) == (5, None)
        assert org.released().begin_attempt().active_attempt == 6

    def test_there_is_never_a_second_one(self) -> None:
        org = an_org().begin_attempt()

        with pytest.raises(IllegalTransition, match=f"org {org.org_id} is in the hands of"):
            org.begin_attempt()

    @pytest.mark.parametrize("reason", sorted(REASONS_ABOUT_THE_UPGRADE))
    def test_an_org_that_its_upgrade_blocked_is_resumed_by_the_next(
        self, reason: BlockedReason
    ) -> None:
        org = an_org(status=OrgStatus.BLOCKED, blocked_reason=reason, attempts=1).begin_attempt()

        assert (org.status, org.blocked_reason) == (OrgStatus.UPGRADE_REQUIRED, None)

    @pytest.mark.parametrize("reason", [*sorted(REASONS_FOUND_BY_A_CHECK), *beyond_the_upgrade])
    def test_an_org_that_something_else_blocked_stays_blocked_until_that_is_settled(
        self, reason: BlockedReason
    ) -> None:
        org = an_org(status=OrgStatus.BLOCKED, blocked_reason=reason).begin_attempt()

        assert (org.status, org.blocked_reason) == (OrgStatus.BLOCKED, reason)

    def test_what_blocks_the_upgrade_is_named(self) -> None:
        org = an_org(status=OrgStatus.UPGRADING).after(
            OrgEvent.UPGRADE_BLOCKED, BlockedReason.CONTACT_SALESFORCE_SUPPORT
        )

        assert org.status is OrgStatus.BLOCKED
        assert org.blocked_reason is BlockedReason.CONTACT_SALESFORCE_SUPPORT
        assert org.standing == "blocked (contact_salesforce_support)"

    def test_a_blocked_org_keeps_its_reason_where_no_other_is_named(self) -> None:
        blocked = an_org(status=OrgStatus.BLOCKED, blocked_reason=BlockedReason.UPGRADE_FAILED)

        assert blocked.after(OrgEvent.UPGRADE_ABANDONED) == blocked

    def test_going_on_takes_the_reason_away(self) -> None:
        blocked = an_org(status=OrgStatus.BLOCKED, blocked_reason=BlockedReason.UPGRADE_FAILED)

        resumed = blocked.after(OrgEvent.UPGRADE_RESUMED)

        assert (resumed.status, resumed.blocked_reason) == (OrgStatus.UPGRADE_REQUIRED, None)
        assert resumed.standing == "upgrade_required"

    def test_what_cannot_happen_to_it_is_refused(self) -> None:
        with pytest.raises(IllegalTransition):
            an_org(status=OrgStatus.MIGRATED).after(OrgEvent.UPGRADE_STARTED)

    def test_a_check_of_its_migration_leaves_the_last_scan_what_it_was(self) -> None:
        org = observe(an_org(), a_snapshot("3.23"))

        looked = org.observe(
            a_snapshot("3.23", checked_at=after(days=1)), scan_id=None, minimum=MINIMUM
        )

        assert looked.last_scan_id == SCAN_ID
        assert looked.checked_at == after(days=1)

    def test_a_check_does_not_let_go_of_it(self) -> None:
        org = an_org(status=OrgStatus.UPGRADE_REQUIRED).begin_attempt()

        assert observe(org, a_snapshot("3.28")).active_attempt == 1

    events = st.sampled_from(OrgEvent)
    reasons = st.sampled_from(sorted(REASONS_ABOUT_THE_UPGRADE))

    @given(st.lists(st.tuples(events, reasons), max_size=10))
    def test_whatever_happens_to_it_it_has_a_reason_exactly_while_it_is_blocked(
        self, happenings: list[tuple[OrgEvent, BlockedReason]]
    ) -> None:
        org = an_org(status=OrgStatus.UPGRADE_REQUIRED)
        for event, reason in happenings:
            if event in TRANSITIONS[org.status]:
                org = org.after(event, reason)

            assert (org.blocked_reason is not None) == (org.status is OrgStatus.BLOCKED)


class TestAnOrgWhoseMigrationIsUnderWay:
    @pytest.mark.parametrize(
        "status",
        [OrgStatus.UPGRADE_APPROVAL_PENDING, OrgStatus.UPGRADING, OrgStatus.MIGRATED],
    )
    @pytest.mark.parametrize(
        "result", [a_snapshot("3.23"), a_snapshot(None), a_failure(FailureCode.WRONG_ORG)]
    )
    def test_a_check_is_recorded_and_moves_nothing(
        self, status: OrgStatus, result: CheckResult
    ) -> None:
        org = observe(an_org(status=status), result)

        assert org.status is status
        assert org.blocked_reason is None
        assert org.checked_at == NOW


class TestSeveralScans:
    @pytest.mark.parametrize(
        "late",
        [a_snapshot(None, checked_at=after(seconds=-1)), a_failure(checked_at=after(seconds=-1))],
    )
    def test_a_result_older_than_what_is_known_is_ignored(self, late: CheckResult) -> None:
        org = observe(an_org(), a_snapshot("3.28"))

        assert observe(org, late) is org

    def test_a_result_of_the_same_moment_counts(self) -> None:
        org = observe(an_org(), a_failure(FailureCode.TIMED_OUT), a_snapshot("3.28"))

        assert org.status is OrgStatus.AUTHORIZATION_PENDING
        assert org.failure is None

    def test_the_same_result_again_changes_nothing(self) -> None:
        org = observe(an_org(), a_snapshot("3.28"))

        assert observe(org, a_snapshot("3.28")) == org

    moments = st.integers(0, 5).map(lambda minutes: after(minutes=minutes))

    @given(
        st.lists(
            st.tuples(st.sampled_from([None, "3.23", "3.28", *FailureCode]), moments), max_size=12
        )
    )
    def test_in_whatever_order_results_come_the_newest_wins_and_nothing_known_is_lost(
        self, findings: list[tuple[str | FailureCode | None, datetime]]
    ) -> None:
        org = an_org()
        for finding, at in findings:
            before = org
            if isinstance(finding, FailureCode):
                org = observe(org, a_failure(finding, checked_at=at))
            else:
                org = observe(org, a_snapshot(finding, checked_at=at))

            assert org.snapshot is not None or before.snapshot is None
            assert org.checked_at == max(at, before.checked_at or at)
            assert (org.status is OrgStatus.BLOCKED) == (org.blocked_reason is not None)
            if org.status is OrgStatus.NOT_INSTALLED:
                assert org.snapshot is not None
                assert org.snapshot.package is None


class TestSinceWhen:
    def test_a_new_status_begins_when_it_was_given(self) -> None:
        org = an_org(status=OrgStatus.AUTHORIZED).after(OrgEvent.MIGRATED, at=NOW)

        assert org.status_since == NOW
        assert org.after(OrgEvent.MIGRATED, at=after(days=1)).status_since == NOW

    def test_a_status_whose_begin_nobody_told_has_none(self) -> None:
        org = replace(an_org(status=OrgStatus.AUTHORIZED), status_since=NOW)

        assert org.after(OrgEvent.MIGRATED).status_since is None

    def test_a_check_that_moves_an_org_begins_its_status(self) -> None:
        org = observe(an_org(), a_snapshot("3.23"))

        assert org.status_since == NOW
        assert observe(org, a_snapshot("3.23", checked_at=after(days=1))).status_since == NOW


class TestProofs:
    PROOF = Verification(NOW, "grant", 1, "account", "zoom.admin@acme.example")

    def test_one_counts_only_for_the_status_that_it_was_made_in(self) -> None:
        org = replace(an_org(status=OrgStatus.AUTHORIZED), status_since=NOW).proven(self.PROOF)

        assert org.is_proven
        assert not org.after(OrgEvent.CLEANUP_REQUESTED, at=after(seconds=1)).is_proven
        assert not org.after(OrgEvent.CLEANUP_REQUESTED).is_proven
        assert not org.unproven().is_proven

    def test_an_org_of_which_nobody_knows_since_when_is_not_proven(self) -> None:
        assert not an_org(status=OrgStatus.AUTHORIZED).proven(self.PROOF).is_proven


class TestKeysThatAreKept:
    def test_the_reason_is_part_of_where_an_org_stands(self) -> None:
        org = an_org(status=OrgStatus.AUTHORIZED).after(
            OrgEvent.KEYS_KEPT, at=NOW, kept=KeysKeptReason.DECLINED
        )

        assert org.standing == "migrated_keys_kept (declined)"
        assert org.after(OrgEvent.MIGRATED, at=NOW).keys_kept is None

    def test_keys_that_were_seen_take_the_place_of_those_a_check_saw(self) -> None:
        org = an_org(snapshot=a_snapshot(keys=some_keys(KeyPresence.PRESENT)))

        seen = org.with_keys(some_keys(KeyPresence.ABSENT))

        assert seen.snapshot is not None
        assert seen.snapshot.keys.presence is KeyPresence.ABSENT
        assert an_org().with_keys(some_keys()).snapshot is None
