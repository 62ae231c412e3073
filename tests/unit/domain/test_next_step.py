from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders import MINIMUM, a_failure, a_snapshot, an_org, some_keys
from zoom_migrator.domain.check import KeyPresence
from zoom_migrator.domain.failure import FailureCode, FailureKind, meaning_of
from zoom_migrator.domain.next_step import next_step
from zoom_migrator.domain.status import (
    REASONS_ABOUT_THE_UPGRADE,
    BlockedReason,
    KeysKeptReason,
    OrgStatus,
)
from zoom_migrator.domain.version import PackageVersion

passing = [code for code in FailureCode if meaning_of(code).kind is FailureKind.TRANSIENT]
lasting = [code for code in FailureCode if meaning_of(code).kind is not FailureKind.TRANSIENT]
for_a_person = [code for code in FailureCode if meaning_of(code).blocked_reason is not None]


UPGRADE = (
    "Upgrade the Zoom package to 3.27 or higher. Start with `zoom-migrator migrate start ORG`."
)


def is_sentence(text: str) -> bool:
    return text == text.strip() and text[:1].isupper() and text[-1:] in (".", ")")


@pytest.mark.parametrize("status", OrgStatus)
def test_every_status_has_a_next_step(status: OrgStatus) -> None:
    assert is_sentence(next_step(an_org(status=status), MINIMUM))


@pytest.mark.parametrize("reason", BlockedReason)
def test_every_reason_for_being_blocked_has_its_own_next_step(reason: BlockedReason) -> None:
    step = next_step(an_org(status=OrgStatus.BLOCKED, blocked_reason=reason), MINIMUM)

    assert is_sentence(step)
    assert step != next_step(an_org(status=OrgStatus.BLOCKED), MINIMUM)


@pytest.mark.parametrize("code", FailureCode)
def test_every_failure_in_every_status_is_told_in_whole_sentences(code: FailureCode) -> None:
    for status in OrgStatus:
        reason = meaning_of(code).blocked_reason if status is OrgStatus.BLOCKED else None
        org = an_org(status=status, blocked_reason=reason, failure=a_failure(code))

        step = next_step(org, MINIMUM)

        assert is_sentence(step)
        assert meaning_of(code).summary in step


def test_an_org_of_which_nothing_is_known_wants_a_scan() -> None:
    assert next_step(an_org(), MINIMUM).startswith("Run a scan")


def test_an_org_that_is_behind_is_told_the_version_it_needs() -> None:
    org = an_org(status=OrgStatus.UPGRADE_REQUIRED, snapshot=a_snapshot("3.23.0.4"))

    assert next_step(org, PackageVersion(3, 27)) == UPGRADE


def test_an_org_that_is_behind_and_in_hand_is_not_told_to_start_a_second_migration() -> None:
    step = next_step(an_org(status=OrgStatus.UPGRADE_REQUIRED, active_attempt=3), MINIMUM)

    assert step == (
        "Upgrade the Zoom package to 3.27 or higher. "
        "Migration 3 is under way: `zoom-migrator migrate show ORG`."
    )


def test_an_operator_can_record_the_answer_that_an_org_waits_for() -> None:
    step = next_step(an_org(status=OrgStatus.UPGRADE_APPROVAL_PENDING), MINIMUM)

    assert "`zoom-migrator approve upgrade ORG`" in step


@pytest.mark.parametrize("reason", sorted(REASONS_ABOUT_THE_UPGRADE))
def test_an_org_that_its_upgrade_blocked_is_told_to_resume_in_the_end(
    reason: BlockedReason,
) -> None:
    step = next_step(an_org(status=OrgStatus.BLOCKED, blocked_reason=reason), MINIMUM)

    assert step.endswith(". Then: `zoom-migrator migrate resume ORG`.")


def test_an_org_with_the_version_wants_authorization() -> None:
    org = an_org(status=OrgStatus.AUTHORIZATION_PENDING, snapshot=a_snapshot())

    assert next_step(org, MINIMUM) == (
        "Authorize Zoom with OAuth. Start with `zoom-migrator migrate start ORG`."
    )


@pytest.mark.parametrize(
    "status",
    [OrgStatus.AUTHORIZATION_PENDING, OrgStatus.FALLBACK_JWT, OrgStatus.DISCONNECTED],
)
def test_an_org_whose_authorization_is_awaited_is_told_where_the_link_is(
    status: OrgStatus,
) -> None:
    step = next_step(an_org(status=status, active_attempt=2), MINIMUM)

    assert "Migration 2 is under way" in step
    assert "`zoom-migrator migrate link ORG`" in step


@pytest.mark.parametrize(
    "reason",
    [
        BlockedReason.EMAIL_MISMATCH,
        BlockedReason.ACCOUNT_MISMATCH,
        BlockedReason.PRODUCT_NOT_ON_ACCOUNT,
        BlockedReason.SCOPES_MISSING,
    ],
)
def test_an_org_that_its_authorization_blocked_is_told_to_resume_in_the_end(
    reason: BlockedReason,
) -> None:
    step = next_step(an_org(status=OrgStatus.BLOCKED, blocked_reason=reason), MINIMUM)

    assert step.endswith("Then: `zoom-migrator migrate resume ORG`.")


def test_it_is_told_where_the_old_keys_cannot_be_seen() -> None:
    snapshot = a_snapshot(keys=some_keys(KeyPresence.NOT_VISIBLE))
    org = an_org(status=OrgStatus.AUTHORIZATION_PENDING, snapshot=snapshot)

    assert "old keys are not visible" in next_step(org, MINIMUM)


@pytest.mark.parametrize(
    "status", [OrgStatus.MIGRATED, OrgStatus.MIGRATED_KEYS_KEPT, OrgStatus.NOT_INSTALLED]
)
def test_nothing_is_to_be_done_where_an_org_is_done(status: OrgStatus) -> None:
    assert next_step(an_org(status=status), MINIMUM).startswith("Nothing")


@pytest.mark.parametrize("code", for_a_person)
def test_an_org_blocked_by_a_failed_check_is_told_its_remedy(code: FailureCode) -> None:
    meaning = meaning_of(code)
    org = an_org(
        status=OrgStatus.BLOCKED, blocked_reason=meaning.blocked_reason, failure=a_failure(code)
    )

    assert next_step(org, MINIMUM) == f"{meaning.summary} {meaning.remedy}"


@pytest.mark.parametrize("code", FailureCode)
def test_a_first_check_that_failed_is_told_with_its_remedy(code: FailureCode) -> None:
    org = an_org(status=OrgStatus.REGISTERED, failure=a_failure(code))

    assert next_step(org, MINIMUM) == f"{meaning_of(code).summary} {meaning_of(code).remedy}"


@pytest.mark.parametrize("reason", BlockedReason)
@pytest.mark.parametrize("code", passing)
def test_a_passing_failure_does_not_hide_why_an_org_is_blocked(
    reason: BlockedReason, code: FailureCode
) -> None:
    blocked = an_org(status=OrgStatus.BLOCKED, blocked_reason=reason)
    with_failure = an_org(status=OrgStatus.BLOCKED, blocked_reason=reason, failure=a_failure(code))

    step = next_step(with_failure, MINIMUM)

    assert step.startswith(next_step(blocked, MINIMUM))
    assert "Nothing to do" not in step


def test_a_refused_check_does_not_hide_that_the_upgrade_failed() -> None:
    org = an_org(
        status=OrgStatus.BLOCKED,
        blocked_reason=BlockedReason.UPGRADE_FAILED,
        failure=a_failure(FailureCode.IP_RESTRICTED),
    )

    step = next_step(org, MINIMUM)

    assert meaning_of(FailureCode.IP_RESTRICTED).remedy in step
    assert "Then: Read why the upgrade failed: `zoom-migrator migrate show ORG`." in step


@pytest.mark.parametrize("code", passing)
def test_a_passing_failure_leaves_the_step_as_it_was(code: FailureCode) -> None:
    org = an_org(status=OrgStatus.UPGRADE_REQUIRED, failure=a_failure(code))

    summary = meaning_of(code).summary
    assert next_step(org, MINIMUM) == f"{UPGRADE} (Last check failed: {summary})"


@pytest.mark.parametrize("code", lasting)
def test_a_lasting_failure_comes_before_the_step_of_a_known_org(code: FailureCode) -> None:
    org = an_org(status=OrgStatus.UPGRADE_REQUIRED, failure=a_failure(code))

    assert next_step(org, MINIMUM) == (
        f"{meaning_of(code).summary} {meaning_of(code).remedy} Then: {UPGRADE}"
    )


@pytest.mark.parametrize("reason", KeysKeptReason)
def test_every_reason_for_keeping_the_keys_has_its_own_next_step(reason: KeysKeptReason) -> None:
    org = replace(an_org(status=OrgStatus.MIGRATED_KEYS_KEPT), keys_kept=reason)

    step = next_step(org, MINIMUM)

    assert is_sentence(step)
    others = [replace(org, keys_kept=other) for other in KeysKeptReason if other is not reason]
    assert step not in [next_step(other, MINIMUM) for other in others]


def test_an_authorized_org_that_no_migration_proves_is_to_be_started() -> None:
    assert "migrate start" in next_step(an_org(status=OrgStatus.AUTHORIZED), MINIMUM)
    proving = an_org(status=OrgStatus.AUTHORIZED, active_attempt=1)
    assert next_step(proving, MINIMUM).startswith("Wait")
