"""How what a migration comes upon ends it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders import a_failure, a_finding, a_snapshot
from zoom_migrator.domain.endings import (
    blocked,
    ending_after_waiting,
    ending_by,
    ending_by_finding,
)
from zoom_migrator.domain.failure import FailureCode, FailureKind, meaning_of
from zoom_migrator.domain.finding import FindingCode, Severity
from zoom_migrator.domain.migration import MigrationOutcome
from zoom_migrator.domain.status import BlockedReason

for_a_person = [c for c in FailureCode if meaning_of(c).kind is FailureKind.OPERATOR_ACTION]
passing = [c for c in FailureCode if meaning_of(c).kind is not FailureKind.OPERATOR_ACTION]


class TestACheck:
    @pytest.mark.parametrize("version", ["3.9", "3.26.9", "3.27b1", "3.27", "3.27.0.1", "3.100"])
    def test_a_package_that_is_there_ends_nothing_whatever_its_version(self, version: str) -> None:
        assert ending_by(a_snapshot(version)) is None

    def test_a_package_that_is_gone_ends_it(self) -> None:
        ending = ending_by(a_snapshot(None))

        assert ending is not None
        assert ending.outcome is MigrationOutcome.NOT_INSTALLED

    @pytest.mark.parametrize("code", passing)
    def test_a_failure_that_passes_by_itself_ends_nothing(self, code: FailureCode) -> None:
        assert ending_by(a_failure(code)) is None

    @pytest.mark.parametrize("code", for_a_person)
    def test_a_failure_that_needs_a_person_blocks_with_what_the_org_said(
        self, code: FailureCode
    ) -> None:
        ending = ending_by(a_failure(code, detail="it said"))

        assert ending is not None
        assert ending.outcome is MigrationOutcome.BLOCKED
        assert ending.blocked_reason is meaning_of(code).blocked_reason
        assert (ending.failure_code, ending.said) == (code, "it said")
        assert ending.detail == meaning_of(code).summary
        assert ending.remedy.startswith(meaning_of(code).remedy)
        assert ending.remedy.endswith("`zoom-migrator migrate resume`.")


class TestAFinding:
    def test_its_words_its_reason_and_what_was_said_are_kept(self) -> None:
        finding = a_finding(
            FindingCode.ORG_READ_ONLY,
            Severity.BLOCKING,
            blocked_reason=BlockedReason.ORG_NOT_UPGRADABLE,
            raw="said",
        )

        ending = ending_by_finding(finding)

        assert ending.outcome is MigrationOutcome.BLOCKED
        assert ending.blocked_reason is BlockedReason.ORG_NOT_UPGRADABLE
        assert (ending.detail, ending.remedy) == (finding.message, finding.remedy)
        assert (ending.failure_code, ending.said) == ("org_read_only", "said")

    def test_one_that_should_have_passed_and_did_not_has_a_reason_too(self) -> None:
        ending = ending_by_finding(a_finding(FindingCode.OTHER_INSTALL_RUNNING, Severity.WAIT))

        assert ending.blocked_reason is BlockedReason.ORG_NOT_UPGRADABLE


@pytest.mark.parametrize("code", FailureCode)
def test_an_org_that_could_not_be_reached_for_too_long_is_blocked_with_why(
    code: FailureCode,
) -> None:
    ending = ending_after_waiting(replace(a_failure(code), detail="HTTP 503"))

    assert ending.outcome is MigrationOutcome.BLOCKED
    assert ending.blocked_reason is BlockedReason.UPGRADE_FAILED
    assert meaning_of(code).summary in ending.detail
    assert (ending.failure_code, ending.said) == (code, "HTTP 503")


def test_whatever_blocks_has_a_reason() -> None:
    assert blocked("It broke.", "Mend it.", code="x").blocked_reason is BlockedReason.UPGRADE_FAILED
