"""``zoom-migrator migrate start``."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders import a_snapshot, a_standing_acceptance, an_org, org_id_of
from tests.cli.conftest import ACTOR, Terminal
from tests.cli.situations import (
    HOSTILE,
    a_waiting_migration,
    an_ended_migration,
    an_org_behind,
    stored_migration,
    stored_org,
    take_in_hand,
)
from zoom_migrator.adapters.memory.workflow import InMemoryMigrationWorkflow
from zoom_migrator.domain.audit import AuditAction
from zoom_migrator.domain.errors import StoreUnavailable
from zoom_migrator.domain.migration import Migration, MigrationOutcome
from zoom_migrator.domain.org import Environment, UpgradePolicy
from zoom_migrator.domain.status import BlockedReason, OrgStatus


class WorkflowThatRefuses(InMemoryMigrationWorkflow):
    """Starts every run but one org's."""

    def __init__(self, org_id: str) -> None:
        super().__init__()
        self._refused = org_id

    def start(self, migration: Migration) -> None:
        """Start it, or say that there is trouble."""
        if migration.org_id == self._refused:
            raise StoreUnavailable("Step Functions is throttling.", remedy="Try again.")
        super().start(migration)


def test_starting_an_org_starts_its_run_and_says_how_to_follow_it(terminal: Terminal) -> None:
    terminal.orgs.save(an_org_behind())

    result = terminal.types("migrate", "start", org_id_of(1))

    assert result.exit_code == 0, result.output
    assert f"Started migration 1 of Acme 1: `zoom-migrator migrate show {org_id_of(1)}`" in (
        result.stdout
    )
    assert terminal.migration_workflow.running == {f"{org_id_of(1)}-1"}
    assert stored_org(terminal).active_attempt == 1


def test_the_audit_trail_names_who_started_it(terminal: Terminal) -> None:
    terminal.orgs.save(an_org_behind())

    terminal.types("migrate", "start", org_id_of(1))

    entry = terminal.orgs.audit_trail(org_id_of(1), limit=1)[0]
    assert (entry.action, entry.actor) == (AuditAction.MIGRATION_STARTED, ACTOR)
    assert stored_migration(terminal).trigger == "operator"


def test_an_org_is_found_by_its_15_character_id(terminal: Terminal) -> None:
    terminal.orgs.save(an_org_behind())

    started = terminal.reads_json("migrate", "start", org_id_of(1)[:15])

    assert started == {
        "org_id": org_id_of(1),
        "name": "Acme 1",
        "result": "started",
        "attempt": 1,
        "installs": "asks salesforce.admin@acme.example",
        "error": None,
    }


def test_an_org_under_way_is_left_alone(terminal: Terminal) -> None:
    terminal.orgs.save(an_org_behind())
    terminal.types("migrate", "start", org_id_of(1))

    again = terminal.types("migrate", "start", org_id_of(1))

    assert again.exit_code == 0
    assert "Under way already: migration 1 of Acme 1" in again.stdout
    assert terminal.migration_workflow.started == [f"{org_id_of(1)}-1"]


def test_an_org_that_needs_no_migration_has_nothing_to_do(terminal: Terminal) -> None:
    terminal.orgs.save(an_org(1, status=OrgStatus.MIGRATED, snapshot=a_snapshot("3.30.0.1")))

    result = terminal.types("migrate", "start", org_id_of(1))

    assert result.exit_code == 8
    assert "What to do:" in result.stderr
    assert terminal.migration_workflow.started == []


def test_an_org_blocked_by_its_upgrade_wants_to_be_resumed(terminal: Terminal) -> None:
    terminal.orgs.save(
        an_org(1, status=OrgStatus.BLOCKED, blocked_reason=BlockedReason.UPGRADE_DECLINED)
    )

    refused = terminal.reads_json("migrate", "start", org_id_of(1), exit_code=8)

    assert refused["error"]["error"] == "NothingToMigrate"
    assert "resume" in refused["error"]["remedy"]


def test_an_org_that_is_not_registered_is_not_found(terminal: Terminal) -> None:
    assert terminal.types("migrate", "start", org_id_of(1)).exit_code == 4


@pytest.mark.parametrize(
    "words",
    [
        (),
        (org_id_of(1), "--all-behind"),
        (org_id_of(1), "--tag", "emea"),
        (org_id_of(1), "--dry-run"),
        ("--all-behind", "--wait"),
    ],
    ids=" ".join,
)
def test_options_that_do_not_fit_together_are_a_wrong_command_line(
    terminal: Terminal, words: tuple[str, ...]
) -> None:
    terminal.orgs.save(an_org_behind())

    assert terminal.types("migrate", "start", *words).exit_code == 2
    assert terminal.migration_workflow.started == []


def test_waiting_for_it_ends_where_a_person_is_needed(terminal: Terminal) -> None:
    terminal.orgs.save(an_org_behind())

    def somebody_is_asked(_seconds: float) -> None:
        begun = stored_migration(terminal)
        terminal.migrations.save(replace(a_waiting_migration(), revision=begun.revision))

    terminal.connection.pause = somebody_is_asked

    result = terminal.types("migrate", "start", org_id_of(1), "--wait")

    assert result.exit_code == 0, result.output
    assert "salesforce.admin@acme.example to approve" in result.stdout


def test_all_that_are_behind_are_listed_and_asked_about_first(terminal: Terminal) -> None:
    terminal.orgs.save(an_org_behind(1))
    terminal.orgs.save(an_org_behind(2))

    refused = terminal.types("migrate", "start", "--all-behind", answers="n\n")

    assert refused.exit_code == 1
    assert "Start 2 migrations?" in refused.stdout
    for part in ("Acme 1", "Acme 2", "3.23", "asks salesforce.admin@acme.example"):
        assert part in refused.stdout
    assert terminal.migration_workflow.started == []


def test_all_that_are_behind_are_started_after_a_yes(terminal: Terminal) -> None:
    terminal.orgs.save(an_org_behind(1))
    terminal.orgs.save(an_org_behind(2))

    result = terminal.types("migrate", "start", "--all-behind", answers="y\n")

    assert result.exit_code == 0
    assert "2 started." in result.stdout
    assert len(terminal.migration_workflow.running) == 2


@pytest.mark.parametrize("option", ["--yes", "--json"])
def test_a_script_is_not_asked(terminal: Terminal, option: str) -> None:
    terminal.orgs.save(an_org_behind(1))

    result = terminal.types("migrate", "start", "--all-behind", option)

    assert result.exit_code == 0
    assert "Start 1" not in result.stdout
    assert len(terminal.migration_workflow.running) == 1


def test_orgs_that_are_in_hand_or_not_behind_are_not_among_them(terminal: Terminal) -> None:
    take_in_hand(terminal, a_waiting_migration(1))
    terminal.orgs.save(an_org(2, status=OrgStatus.BLOCKED, blocked_reason=None))
    terminal.orgs.save(an_org(3, status=OrgStatus.MIGRATED_KEYS_KEPT))
    take_in_hand(terminal, an_ended_migration(MigrationOutcome.EXPIRED, 4))

    begun = terminal.reads_json("migrate", "start", "--all-behind")

    assert [(each["org_id"], each["attempt"]) for each in begun] == [(org_id_of(4), 2)]


@pytest.mark.parametrize(
    "status",
    [OrgStatus.AUTHORIZATION_PENDING, OrgStatus.FALLBACK_JWT, OrgStatus.DISCONNECTED],
)
def test_orgs_that_only_have_to_be_authorized_are_among_them(
    terminal: Terminal, status: OrgStatus
) -> None:
    terminal.orgs.save(an_org(1, status=status, snapshot=a_snapshot("3.30.0.1")))

    text = terminal.types("migrate", "start", "--all-behind", "--dry-run").stdout
    (begun,) = terminal.reads_json("migrate", "start", "--all-behind")

    assert "nothing: asks zoom.admin@acme.example to authorize" in text
    assert begun["result"] == "started"


@pytest.mark.parametrize(
    "narrowing", [("--tag", "EMEA"), ("--kind", "sandbox")], ids=lambda words: words[0]
)
def test_they_can_be_narrowed_by_tag_and_kind(
    terminal: Terminal, narrowing: tuple[str, str]
) -> None:
    terminal.orgs.save(an_org_behind(1, kind=Environment.SANDBOX, tags=("emea",)))
    terminal.orgs.save(an_org_behind(2))

    begun = terminal.reads_json("migrate", "start", "--all-behind", *narrowing)

    assert [each["org_id"] for each in begun] == [org_id_of(1)]


def test_a_dry_run_starts_none(terminal: Terminal) -> None:
    terminal.orgs.save(an_org_behind(1))

    result = terminal.types("migrate", "start", "--all-behind", "--dry-run")
    document = terminal.reads_json("migrate", "start", "--all-behind", "--dry-run")

    assert "1 would be started." in result.stdout
    assert [each["result"] for each in document] == ["would_start"]
    assert terminal.migration_workflow.started == []


def test_where_none_is_behind_that_is_said(terminal: Terminal) -> None:
    result = terminal.types("migrate", "start", "--all-behind")

    assert result.exit_code == 0
    assert "No org is behind" in result.stdout
    assert terminal.reads_json("migrate", "start", "--all-behind") == []


def test_one_orgs_failure_does_not_stop_the_others(terminal: Terminal) -> None:
    for number in (1, 2, 3):
        terminal.orgs.save(an_org_behind(number))
    workflow = WorkflowThatRefuses(org_id_of(2))
    terminal.connection.__dict__["migration_workflow"] = workflow

    result = terminal.types("migrate", "start", "--all-behind", "--yes")

    assert result.exit_code == 1
    assert "Not started: Acme 2" in result.stderr
    assert "Step Functions is throttling. Try again." in result.stderr
    assert "2 started, 1 not started." in result.stdout
    assert workflow.running == {f"{org_id_of(1)}-1", f"{org_id_of(3)}-1"}


def test_scripts_get_each_orgs_failure(terminal: Terminal) -> None:
    for number in (1, 2):
        terminal.orgs.save(an_org_behind(number))
    terminal.connection.__dict__["migration_workflow"] = WorkflowThatRefuses(org_id_of(1))

    failed, started = terminal.reads_json("migrate", "start", "--all-behind", exit_code=1)

    assert (failed["result"], failed["error"]["error"]) == ("failed", "StoreUnavailable")
    assert started["result"] == "started"


def test_what_is_wrong_with_the_stack_is_said_once(terminal: Terminal) -> None:
    for number in (1, 2):
        terminal.orgs.save(an_org_behind(number))
    del terminal.connection.__dict__["migration_workflow"]
    terminal.connection.__dict__["client"] = lambda _service: None

    result = terminal.types("migrate", "start", "--all-behind", "--yes")

    assert result.exit_code == 7
    assert result.stderr.count("no output MigrationStateMachineArn") == 1


def test_the_list_says_who_decides_about_each_install(terminal: Terminal) -> None:
    acceptance = replace(a_standing_acceptance(terms_version="2024-05"), name="Grace Hopper")
    auto = an_org_behind(1, policy=UpgradePolicy.AUTO)
    terminal.orgs.save(replace(auto, standing_acceptance=acceptance))
    outdated = an_org_behind(2, policy=UpgradePolicy.AUTO)
    terminal.orgs.save(replace(outdated, standing_acceptance=a_standing_acceptance()))
    terminal.orgs.save(an_org_behind(3, policy=UpgradePolicy.AUTO))
    terminal.orgs.save(an_org_behind(4, policy=UpgradePolicy.MANUAL))

    listed = terminal.reads_json("migrate", "start", "--all-behind", "--dry-run")

    assert [each["installs"] for each in listed] == [
        "without asking: accepted by Grace Hopper",
        "asks salesforce.admin@acme.example: the standing acceptance is of terms 1",
        "asks salesforce.admin@acme.example: no standing acceptance",
        "by hand",
    ]


def test_without_a_configured_version_every_install_is_by_hand(terminal: Terminal) -> None:
    terminal.connection.__dict__["_outputs"]["PackageVersionId"] = ""
    terminal.orgs.save(an_org_behind(1))

    listed = terminal.reads_json("migrate", "start", "--all-behind", "--dry-run")

    assert listed[0]["installs"] == "by hand"


def test_a_name_full_of_markup_is_shown_as_it_is(terminal: Terminal) -> None:
    terminal.orgs.save(an_org_behind(1, name=HOSTILE))
    terminal.orgs.save(an_org_behind(2, name=HOSTILE))
    terminal.connection.__dict__["migration_workflow"] = WorkflowThatRefuses(org_id_of(2))

    result = terminal.types("migrate", "start", "--all-behind", "--yes")
    one = terminal.types("migrate", "start", org_id_of(1))

    assert HOSTILE in result.stderr
    assert "[red]Evil[/red]" in result.stdout
    assert HOSTILE in one.stdout
