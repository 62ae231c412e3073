"""From a fleet file to a stored result for every org, typed as an operator would."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.operator import Operator

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("embedded_aws")]

# name: outcome, status, reason, version, failure, old keys
EXPECTED = {
    "Aster Foods": ("behind", "upgrade_required", None, "3.12", None, "present"),
    "Birch Logistics, Inc.": ("behind", "upgrade_required", None, "3.9", None, "present"),
    "Cedar Health": ("behind", "upgrade_required", None, "3.27 (Beta 3)", None, "present"),
    "Cedar Health UAT": ("sufficient", "authorization_pending", None, "3.30", None, "no_record"),
    "Elm Insurance": ("sufficient", "authorization_pending", None, "3.27", None, "present"),
    "Fern Robotics": ("sufficient", "authorization_pending", None, "3.28", None, "present"),
    "Ginkgo Energy": ("not_installed", "not_installed", None, None, None, "not_visible"),
    "Hazel Retail": (
        *("refused", "blocked", "insufficient_privileges"),
        *(None, "packages_not_visible", None),
    ),
    "Iris Telecom": (
        *("refused", "blocked", "login_not_approved"),
        *(None, "login_not_approved", None),
    ),
    "Juniper Law": ("unreachable", "registered", None, None, "service_unavailable", None),
    "Kale Travel": ("sufficient", "authorization_pending", None, "3.100.2", None, "absent"),
    "Larch Systems": ("behind", "upgrade_required", None, "3.26.5", None, "present"),
    "Maple University": ("unreachable", "registered", None, None, "daily_limit_exceeded", None),
    "Nettle Labs Dev": ("refused", "blocked", "wrong_org", None, "wrong_org", None),
    "Olive Games": ("refused", "blocked", "login_refused", None, "user_inactive", None),
    "Poplar Bank": ("sufficient", "authorization_pending", None, "3.28", None, "not_visible"),
    "Quince Media": ("behind", "upgrade_required", None, "3.23", None, "present"),
}
COUNTS = {"behind": 5, "sufficient": 5, "not_installed": 1, "refused": 4, "unreachable": 2}


def test_every_org_of_the_fleet_gets_what_its_situation_deserves(
    operator: Operator, first_scan: dict[str, Any]
) -> None:
    assert found_by(operator, first_scan["scan_id"]) == EXPECTED


def test_the_scan_says_what_it_found(operator: Operator, first_scan: dict[str, Any]) -> None:
    assert (first_scan["status"], first_scan["failure"]) == ("completed", None)
    assert (first_scan["org_count"], first_scan["batch_count"]) == (17, 3)
    assert first_scan["counts"] == COUNTS
    assert first_scan["trigger"] == "operator"
    assert first_scan["requested_by"].startswith("arn:aws:iam::")


def test_people_see_a_table_with_every_org_and_what_to_do(
    operator: Operator, first_scan: dict[str, Any]
) -> None:
    table = operator.types("orgs", "list").stdout

    for name in EXPECTED:
        assert name in table
    assert "Upgrade the Zoom package to 3.27 or higher." in table


def test_the_trail_of_an_org_tells_who_moved_it(
    operator: Operator, first_scan: dict[str, Any]
) -> None:
    trail = operator.reads("orgs", "show", "00Dda00000w6ktuEAA")["audit"]

    assert (trail[-1]["action"], trail[-2]["action"]) == ("registered", "status_changed")
    assert trail[-2]["detail"] == "registered -> upgrade_required"
    assert trail[-2]["actor"].startswith("scan:")


def test_importing_the_same_file_again_changes_nothing(
    operator: Operator, fleet_file: Path, first_scan: dict[str, Any]
) -> None:
    before = operator.reads("orgs", "list")

    again = operator.reads("orgs", "import", str(fleet_file))

    assert (again["created"], again["updated"], len(again["unchanged"])) == ([], [], 17)
    assert operator.reads("orgs", "list") == before


def test_a_second_scan_finds_the_same_and_the_first_stays_in_the_history(
    operator: Operator, first_scan: dict[str, Any]
) -> None:
    second = operator.reads("scan", "start", "--wait")

    assert (second["counts"], second["status_changes"]) == (COUNTS, 0)
    assert found_by(operator, second["scan_id"]) == EXPECTED
    history = {scan["scan_id"]: scan for scan in operator.reads("scan", "list")}
    assert history[second["scan_id"]]["status"] == "completed"
    assert history[first_scan["scan_id"]] == first_scan


def test_two_scans_at_once_both_complete_and_agree(
    operator: Operator, first_scan: dict[str, Any]
) -> None:
    trails = {name: len(trail) for name, trail in trails_of(operator).items()}
    both = [operator.begins("scan", "start", "--wait", "--json") for _ in range(2)]

    scans = [json.loads(each.communicate(timeout=120)[0]) for each in both]

    assert [each.returncode for each in both] == [0, 0]
    assert scans[0]["scan_id"] != scans[1]["scan_id"]
    for scan in scans:
        assert (scan["status"], scan["counts"]) == ("completed", COUNTS)
        assert found_by(operator, scan["scan_id"]) == EXPECTED
    assert {name: len(trail) for name, trail in trails_of(operator).items()} == trails


@pytest.mark.parametrize(
    ("words", "exit_code"),
    [
        ("orgs frobnicate", 2),
        ("orgs import no-such-file.csv", 3),
        ("orgs show 00D000000000000EAA", 4),
        ("scan show no-such-scan", 4),
        ("--stack no-such-stack orgs list", 7),
    ],
)
def test_the_exit_code_says_what_went_wrong(operator: Operator, words: str, exit_code: int) -> None:
    assert operator.types(*words.split()).returncode == exit_code


def found_by(operator: Operator, scan_id: str) -> dict[str, tuple[str | None, ...]]:
    """What a scan found, and where each org stands now, by the org's name."""
    results = {result["org_id"]: result for result in results_of(operator, scan_id)}
    return {
        org["name"]: (
            results[org["org_id"]]["outcome"],
            org["status"],
            org["blocked_reason"],
            org["version"],
            results[org["org_id"]]["failure_code"],
            org["snapshot"] and org["snapshot"]["keys"]["presence"],
        )
        for org in operator.reads("orgs", "list")
    }


def results_of(operator: Operator, scan_id: str) -> list[dict[str, Any]]:
    return list(operator.reads("scan", "show", scan_id)["results"])


def trails_of(operator: Operator) -> dict[str, list[object]]:
    """The audit trails of the orgs that two scans could fight over."""
    return {
        org_id: operator.reads("orgs", "show", org_id)["audit"]
        for org_id in ("00Dda00000w6ktuEAA", "00D5j00000txmdIEAQ")
    }
