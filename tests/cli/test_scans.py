"""``zoom-migrator scan``."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders import NOW, SCAN_ID, a_result, a_scan, after, an_org, org_id_of
from tests.cli.conftest import ACTOR, FIRST_SCAN_ID, Terminal
from zoom_migrator.domain.errors import StoreUnavailable
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.scan import Scan, ScanOutcome
from zoom_migrator.domain.status import OrgStatus


def _ended(scan: Scan, *, failure: str = "") -> Scan:
    return scan.ended([a_result()], at=after(seconds=75), failure=failure)


def test_starting_a_scan_names_it_and_who_asked(terminal: Terminal) -> None:
    scan_id = terminal.reads_json("scan", "start")["scan_id"]

    assert terminal.workflow.started == {scan_id: ACTOR}


def test_waiting_for_a_scan_reports_what_it_found(terminal: Terminal) -> None:
    terminal.scans.save(_ended(a_scan(FIRST_SCAN_ID, org_count=1)))

    result = terminal.types("scan", "start", "--wait")

    assert result.exit_code == 0, result.output
    assert "took 1m 15s: 1 sufficient; 0 orgs changed status." in result.stdout


def test_a_scan_that_failed_ends_with_its_own_exit_code(terminal: Terminal) -> None:
    terminal.scans.save(_ended(a_scan(FIRST_SCAN_ID, org_count=1), failure="States.Timeout"))

    result = terminal.types("scan", "start", "--wait")

    assert result.exit_code == 6
    assert "States.Timeout" in result.stderr


def test_waiting_ends_when_the_machinery_broke_down(terminal: Terminal) -> None:
    terminal.workflow.start(FIRST_SCAN_ID, requested_by=ACTOR)
    terminal.workflow.fail(FIRST_SCAN_ID, "ABORTED by an operator")

    result = terminal.types("scan", "start", "--wait")

    assert result.exit_code == 6
    assert "ABORTED by an operator" in result.stderr


def test_waiting_has_an_end_of_its_own_and_says_how_to_look_later(terminal: Terminal) -> None:
    terminal.scans.save(a_scan(FIRST_SCAN_ID, org_count=1))

    result = terminal.types("scan", "start", "--wait", "--timeout", "5")

    assert result.exit_code == 5
    assert f"scan show {FIRST_SCAN_ID}" in result.stderr


def test_scans_are_listed_newest_first(terminal: Terminal) -> None:
    terminal.scans.save(_ended(a_scan("scan-1", started_at=NOW)))
    terminal.scans.save(a_scan("scan-2", started_at=after(days=1)))

    listed = terminal.reads_json("scan", "list")

    assert [scan["scan_id"] for scan in listed] == ["scan-2", "scan-1"]
    assert [scan["status"] for scan in listed] == ["running", "completed"]


def test_the_list_of_no_scans_says_how_to_start_one(terminal: Terminal) -> None:
    assert "scan start" in terminal.types("scan", "list").stdout


def test_a_scan_is_shown_with_problems_first_and_names(terminal: Terminal) -> None:
    terminal.orgs.save(an_org(1))
    terminal.orgs.save(an_org(2))
    terminal.scans.save(_ended(a_scan(org_count=2)))
    terminal.scans.put_results(
        [
            a_result(org_id_of(1), version="3.30.0.1"),
            a_result(
                org_id_of(2),
                outcome=ScanOutcome.REFUSED,
                status_before=OrgStatus.REGISTERED,
                status_after=OrgStatus.BLOCKED,
                failure_code=FailureCode.IP_RESTRICTED,
                detail="ip restricted",
            ),
        ]
    )

    text = terminal.types("scan", "show", SCAN_ID).stdout

    assert text.index("Acme 2") < text.index("Acme 1")
    assert "registered → blocked" in text
    assert "ip_restricted" in text


def test_results_can_be_narrowed_by_outcome(terminal: Terminal) -> None:
    terminal.scans.save(a_scan(org_count=2))
    terminal.scans.put_results(
        [a_result(org_id_of(1)), a_result(org_id_of(2), outcome=ScanOutcome.NO_RESULT)]
    )

    shown = terminal.reads_json("scan", "show", SCAN_ID, "--outcome", "no_result")

    assert [result["org_id"] for result in shown["results"]] == [org_id_of(2)]


def test_more_results_than_the_limit_are_counted(terminal: Terminal) -> None:
    terminal.scans.save(a_scan(org_count=3))
    terminal.scans.put_results([a_result(org_id_of(number)) for number in (1, 2, 3)])

    assert "2 more" in terminal.types("scan", "show", SCAN_ID, "--limit", "1").stdout


def test_an_unknown_scan_is_not_found(terminal: Terminal) -> None:
    result = terminal.types("scan", "show", "scan-nowhere")

    assert result.exit_code == 4
    assert "scan list" in result.stderr


def test_a_store_that_cannot_be_reached_asks_to_try_again(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Unreachable:
        def list_recent(self, *, limit: int) -> list[Scan]:
            raise StoreUnavailable(f"Table t is throttling ({limit}).")

    terminal.connection.__dict__["scans"] = Unreachable()

    assert terminal.types("scan", "list").exit_code == 5


def test_a_running_scan_is_shown_as_such(terminal: Terminal) -> None:
    terminal.scans.save(replace(a_scan(), org_count=1))

    assert "still running" in terminal.types("scan", "show", SCAN_ID).stdout
