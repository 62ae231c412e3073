"""``zoom-migrator orgs``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import (
    ADA,
    NOW,
    SCAN_ID,
    a_failure,
    a_full_snapshot,
    a_registration,
    a_snapshot,
    a_standing_acceptance,
    an_org,
    fleet_cells,
    fleet_csv,
    org_id_of,
)
from tests.cli.conftest import ACTOR, Terminal
from tests.cli.situations import ask_for_consent
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.org import Environment, StartPolicy, UpgradePolicy
from zoom_migrator.domain.status import BlockedReason, OrgStatus
from zoom_migrator.domain.version import PackageVersion


@pytest.fixture
def fleet_file(tmp_path: Path) -> Path:
    file = tmp_path / "fleet.csv"
    file.write_text(fleet_csv(fleet_cells(1), fleet_cells(2)), encoding="utf-8")
    return file


def test_importing_a_good_file_registers_every_org_and_says_so(
    terminal: Terminal, fleet_file: Path
) -> None:
    result = terminal.types("orgs", "import", str(fleet_file))

    assert result.exit_code == 0
    assert "2 orgs read: 2 created, 0 updated, 0 unchanged." in result.stdout
    assert list(terminal.orgs.list_ids()) == [org_id_of(1), org_id_of(2)]


def test_importing_records_who_did_it(terminal: Terminal, fleet_file: Path) -> None:
    terminal.types("orgs", "import", str(fleet_file))

    assert [entry.actor for entry in terminal.orgs.audit_trail(org_id_of(1), limit=5)] == [ACTOR]


def test_importing_the_same_file_again_changes_nothing(
    terminal: Terminal, fleet_file: Path
) -> None:
    terminal.types("orgs", "import", str(fleet_file))

    again = terminal.reads_json("orgs", "import", str(fleet_file))

    assert again["unchanged"] == [org_id_of(1), org_id_of(2)]
    assert again["created"] == again["updated"] == []


def test_a_dry_run_writes_nothing(terminal: Terminal, fleet_file: Path) -> None:
    result = terminal.types("orgs", "import", str(fleet_file), "--dry-run")

    assert "2 would be created" in result.stdout
    assert list(terminal.orgs.list_ids()) == []


def test_orgs_that_left_the_file_are_named_and_kept(terminal: Terminal, fleet_file: Path) -> None:
    terminal.orgs.save(an_org(9))

    result = terminal.types("orgs", "import", str(fleet_file))

    assert org_id_of(9) in result.stdout
    assert terminal.orgs.get(org_id_of(9)) is not None


def test_a_bad_file_is_refused_with_every_line_and_column(
    terminal: Terminal, tmp_path: Path
) -> None:
    file = tmp_path / "fleet.csv"
    file.write_text(
        fleet_csv(
            fleet_cells(1, environment="staging"), fleet_cells(2), fleet_cells(3, org_key="x")
        ),
        encoding="utf-8",
    )

    result = terminal.types("orgs", "import", str(file))

    assert result.exit_code == 3
    assert "line 2, column environment" in result.stderr
    assert "line 4, column org_key" in result.stderr
    assert list(terminal.orgs.list_ids()) == []


def test_a_bad_file_gives_scripts_its_problems_as_json(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "fleet.csv"
    file.write_text(fleet_csv(fleet_cells(1, environment="staging")), encoding="utf-8")

    document = terminal.reads_json("orgs", "import", str(file), exit_code=3)

    assert document["error"]["error"] == "InvalidFleetFile"
    assert document["error"]["problems"][0]["line"] == 2
    assert document["error"]["problems"][0]["column"] == "environment"


def test_a_file_that_is_not_there_is_named(terminal: Terminal, tmp_path: Path) -> None:
    result = terminal.types("orgs", "import", str(tmp_path / "nowhere.csv"))

    assert result.exit_code == 3
    assert "nowhere.csv cannot be read" in result.stderr.replace("\n", "")


def test_the_list_shows_name_kind_version_status_and_what_to_do_next(terminal: Terminal) -> None:
    terminal.orgs.save(
        an_org(
            1,
            registration=a_registration(1, display_name="Aster [bold]Foods"),
            status=OrgStatus.UPGRADE_REQUIRED,
            snapshot=a_snapshot("3.12.0.1"),
        )
    )

    table = terminal.types("orgs", "list").stdout

    for part in (
        org_id_of(1),
        "Aster [bold]Foods",
        "production",
        "3.12",
        "upgrade_required",
        "Upgrade the Zoom package to 3.27 or higher.",
        "1 overdue",
    ):
        assert part in table


def test_the_list_can_be_narrowed_by_status_kind_and_tag(terminal: Terminal) -> None:
    sandbox = a_registration(1, environment=Environment.SANDBOX, tags=("emea",))
    terminal.orgs.save(an_org(1, registration=sandbox, status=OrgStatus.UPGRADE_REQUIRED))
    terminal.orgs.save(an_org(2))

    for narrowing in (
        ("--status", "upgrade_required"),
        ("--kind", "sandbox"),
        ("--tag", "EMEA"),
    ):
        listed = terminal.reads_json("orgs", "list", *narrowing)
        assert [org["org_id"] for org in listed] == [org_id_of(1)]


def test_an_empty_fleet_is_an_empty_list(terminal: Terminal) -> None:
    assert terminal.reads_json("orgs", "list") == []
    assert "0 orgs" in terminal.types("orgs", "list").stdout


def test_an_org_is_shown_by_its_15_character_id_with_all_that_is_known(terminal: Terminal) -> None:
    terminal.orgs.save(an_org(1, snapshot=a_full_snapshot("3.30.0.2")))

    shown = terminal.reads_json("orgs", "show", org_id_of(1)[:15])

    assert shown["org_id"] == org_id_of(1)
    assert shown["version"] == "3.30"
    assert shown["snapshot"]["keys"]["presence"] == "present"
    assert shown["snapshot"]["permissions"]["install_packages"] is True
    assert shown["risk"] == "overdue"


def test_times_are_shown_to_people_in_utc_and_to_the_second(terminal: Terminal) -> None:
    terminal.orgs.save(an_org(1, checked_at=NOW.replace(microsecond=602939)))

    text = terminal.types("orgs", "show", org_id_of(1)).stdout

    assert f"{NOW:%Y-%m-%d %H:%M:%S} UTC" in text
    assert "602939" not in text


def test_an_org_that_could_not_be_read_is_shown_with_what_salesforce_said(
    terminal: Terminal,
) -> None:
    failure = a_failure(
        FailureCode.LOGIN_NOT_APPROVED, detail="user hasn't approved", http_status=400
    )
    terminal.orgs.save(
        an_org(
            1,
            status=OrgStatus.BLOCKED,
            blocked_reason=BlockedReason.LOGIN_NOT_APPROVED,
            failure=failure,
        )
    )

    text = terminal.types("orgs", "show", org_id_of(1)).stdout

    assert "user hasn't approved" in text
    assert "pre-authorise" in text


def test_the_audit_trail_is_part_of_what_is_shown(terminal: Terminal, fleet_file: Path) -> None:
    terminal.types("orgs", "import", str(fleet_file))
    org = terminal.orgs.get(org_id_of(1))
    assert org is not None
    moved = org.observe(a_snapshot("3.9.0.1"), scan_id=SCAN_ID, minimum=PackageVersion(3, 27))
    terminal.orgs.save(moved)

    text = terminal.types("orgs", "show", org_id_of(1)).stdout

    assert "Audit trail" in text
    assert ACTOR in text


def test_the_migration_that_has_an_org_in_hand_is_shown(terminal: Terminal) -> None:
    ask_for_consent(terminal)

    text = terminal.types("orgs", "list").stdout
    shown = terminal.reads_json("orgs", "show", org_id_of(1))

    assert "upgrade_approval_pending" in text
    assert "migration 1" in text
    assert (shown["attempts"], shown["active_attempt"]) == (1, 1)
    assert shown["standing_acceptance"] is None


def test_how_an_org_is_upgraded_and_by_whose_consent_is_shown(terminal: Terminal) -> None:
    registration = a_registration(
        1,
        upgrade_policy=UpgradePolicy.AUTO,
        start_policy=StartPolicy.SCAN,
        zoom_account_id="q6gBJVO5TzexKYTb_I2rpg",
    )
    terminal.orgs.save(
        an_org(1, registration=registration, standing_acceptance=a_standing_acceptance())
    )

    shown = terminal.reads_json("orgs", "show", org_id_of(1))
    text = terminal.types("orgs", "show", org_id_of(1)).stdout

    assert (shown["upgrade_policy"], shown["start_policy"]) == ("auto", "scan")
    assert shown["zoom_account_id"] == "q6gBJVO5TzexKYTb_I2rpg"
    assert shown["standing_acceptance"] == {
        "name": "Grace Hopper",
        "email": "grace@acme.example",
        "terms_version": "1",
        "security": "all_users",
        "recorded_by": ADA,
        "recorded_at": "2026-06-01T02:00:00+00:00",
        "reference": "ticket 42",
    }
    assert "Grace Hopper" in text


@pytest.mark.parametrize("reason", BlockedReason)
def test_an_org_that_is_blocked_is_listed_whatever_the_reason(
    terminal: Terminal, reason: BlockedReason
) -> None:
    terminal.orgs.save(an_org(1, status=OrgStatus.BLOCKED, blocked_reason=reason))

    result = terminal.types("orgs", "list", "--status", "blocked")

    assert result.exit_code == 0
    assert org_id_of(1) in result.stdout


@pytest.mark.parametrize("name", ["00D5g0000099999", "not-an-id", "", "001000000000001"])
def test_an_org_that_is_not_registered_is_not_found(terminal: Terminal, name: str) -> None:
    result = terminal.types("orgs", "show", name)

    assert result.exit_code == 4
    assert "What to do:" in result.stderr
