"""``zoom-migrator migrate watch``, ``stop`` and ``resume``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.builders import a_migration, an_install, org_id_of
from tests.cli.conftest import ACTOR, NOW, Terminal
from tests.cli.situations import (
    HOSTILE,
    TASK_TOKEN,
    a_waiting_migration,
    an_ended_migration,
    an_org_behind,
    ask_for_consent,
    stored_migration,
    stored_org,
    take_in_hand,
)
from zoom_migrator.domain.approval import ApprovalStatus
from zoom_migrator.domain.audit import AuditAction
from zoom_migrator.domain.migration import (
    Ending,
    Install,
    Migration,
    MigrationOutcome,
    MigrationStep,
)
from zoom_migrator.domain.status import BlockedReason, OrgStatus

ID = f"{org_id_of(1)}-1"


def _an_installing_migration() -> Migration:
    return a_migration(
        step=MigrationStep.INSTALLING,
        started_at=NOW,
        install=an_install(began_at=NOW, request_id="0Hf5g000000CaqpCAC", tries=1),
    )


def _meanwhile(
    terminal: Terminal, *changes: Callable[[Migration], Migration]
) -> Callable[[float], None]:
    """A pause in which the migration goes on: by one change at each."""
    left = list(changes)

    def pause(_seconds: float) -> None:
        terminal.migrations.save(left.pop(0)(stored_migration(terminal)))

    return pause


def _ends(outcome: MigrationOutcome, **why: Any) -> Callable[[Migration], Migration]:
    return lambda migration: migration.ended(Ending(outcome, **why), NOW)


def test_watching_follows_an_upgrade_to_its_end(terminal: Terminal) -> None:
    take_in_hand(terminal, a_migration(started_at=NOW))
    terminal.connection.pause = _meanwhile(
        terminal,
        lambda migration: replace(migration, step=MigrationStep.INSTALLING),
        _ends(MigrationOutcome.UPGRADED, detail="The org has version 3.28."),
    )

    result = terminal.types("migrate", "watch", org_id_of(1))

    assert result.exit_code == 0, result.output
    assert "Acme 1, migration 1: upgraded." in result.stdout
    assert "The org has version 3.28." in result.stdout


def test_watching_ends_where_a_person_is_needed(terminal: Terminal) -> None:
    ask_for_consent(terminal)

    result = terminal.types("migrate", "watch", org_id_of(1))

    assert result.exit_code == 0
    assert "waits for salesforce.admin@acme.example to approve" in result.stdout


@pytest.mark.parametrize(
    "outcome", [MigrationOutcome.BLOCKED, MigrationOutcome.DECLINED, MigrationOutcome.BROKE]
)
def test_another_end_than_an_upgrade_has_an_exit_code_of_its_own(
    terminal: Terminal, outcome: MigrationOutcome
) -> None:
    take_in_hand(terminal, a_migration(started_at=NOW))
    terminal.connection.pause = _meanwhile(terminal, _ends(outcome, remedy="Do [b]this[/b]."))

    result = terminal.types("migrate", "watch", org_id_of(1))

    assert result.exit_code == 6
    assert "Do [b]this[/b]." in result.stdout


def test_a_run_that_died_ends_the_watching(terminal: Terminal) -> None:
    take_in_hand(terminal, a_migration(started_at=NOW))
    terminal.migration_workflow.fail(ID, "the run timed out")

    result = terminal.types("migrate", "watch", org_id_of(1))
    document = terminal.reads_json("migrate", "watch", org_id_of(1), exit_code=6)

    assert result.exit_code == 6
    assert "does not go on: the run timed out" in result.stderr
    assert document["run_failure"] == "the run timed out"


def test_watching_has_an_end_of_its_own(terminal: Terminal) -> None:
    take_in_hand(terminal, _an_installing_migration())

    result = terminal.types("migrate", "watch", org_id_of(1), "--timeout", "5")

    assert result.exit_code == 5
    assert "Salesforce to finish install 0Hf5g000000CaqpCAC" in result.stdout
    assert "It goes on" in result.stderr


def test_ctrl_c_ends_the_watching_and_not_the_migration(terminal: Terminal) -> None:
    take_in_hand(terminal, _an_installing_migration())

    def ctrl_c(_seconds: float) -> None:
        raise KeyboardInterrupt

    terminal.connection.pause = ctrl_c

    result = terminal.types("migrate", "watch", org_id_of(1))

    assert result.exit_code == 130
    assert "The migration goes on" in result.stderr
    assert terminal.migration_workflow.running == {ID}


def test_scripts_get_the_migration_that_was_watched(terminal: Terminal) -> None:
    take_in_hand(terminal, a_migration(started_at=NOW))
    terminal.connection.pause = _meanwhile(terminal, _ends(MigrationOutcome.UPGRADED))

    assert terminal.reads_json("migrate", "watch", org_id_of(1))["outcome"] == "upgraded"


def test_stopping_ends_the_run_and_revokes_the_request(terminal: Terminal) -> None:
    ask_for_consent(terminal)

    result = terminal.types("migrate", "stop", org_id_of(1), "--reason", "change freeze")

    assert result.exit_code == 0, result.output
    assert "Stopped migration 1 of Acme 1." in result.stdout
    assert "goes on" not in result.stdout
    assert terminal.migration_workflow.running == set()
    stopped = stored_migration(terminal)
    assert stopped.detail == "Stopped: change freeze"
    assert stopped.approval is not None
    assert stopped.approval.status is ApprovalStatus.REVOKED
    assert stored_org(terminal).active_attempt is None
    assert TASK_TOKEN not in terminal.callback.completed


def test_who_stopped_it_is_in_the_audit_trail(terminal: Terminal) -> None:
    take_in_hand(terminal, a_migration(started_at=NOW))

    terminal.types("migrate", "stop", org_id_of(1))

    entries = terminal.orgs.audit_trail(org_id_of(1), limit=5)
    assert (AuditAction.MIGRATION_ENDED, ACTOR) in [
        (entry.action, entry.actor) for entry in entries
    ]


@pytest.mark.parametrize(
    "install",
    [
        an_install(request_id="0Hf5g000000CaqpCAC", tries=1),
        an_install(intended_at=NOW, tries=1),
    ],
    ids=["accepted", "sent without an answer"],
)
def test_stopping_says_plainly_that_an_install_goes_on(
    terminal: Terminal, install: Install
) -> None:
    take_in_hand(terminal, replace(_an_installing_migration(), install=install))

    result = terminal.types("migrate", "stop", org_id_of(1))

    assert "cannot be told to stop it: what it began goes on." in result.stdout


def test_scripts_are_told_that_an_install_goes_on(terminal: Terminal) -> None:
    take_in_hand(terminal, _an_installing_migration())

    stopped = terminal.reads_json("migrate", "stop", org_id_of(1))

    assert (stopped["outcome"], stopped["install_may_go_on"]) == ("stopped", True)


def test_where_nothing_is_under_way_nothing_is_stopped(terminal: Terminal) -> None:
    take_in_hand(terminal, an_ended_migration())

    assert terminal.types("migrate", "stop", org_id_of(1)).exit_code == 8


def test_resuming_begins_another_attempt(terminal: Terminal) -> None:
    blocked = an_ended_migration(
        MigrationOutcome.BLOCKED, blocked_reason=BlockedReason.CONTACT_SALESFORCE_SUPPORT
    )
    org = replace(
        an_org_behind(name=HOSTILE),
        status=OrgStatus.BLOCKED,
        blocked_reason=BlockedReason.CONTACT_SALESFORCE_SUPPORT,
    )
    take_in_hand(terminal, blocked, org)

    result = terminal.types("migrate", "resume", org_id_of(1))

    assert result.exit_code == 0, result.output
    assert f"Resumed {HOSTILE} as migration 2" in result.stdout
    assert terminal.migration_workflow.running == {f"{org_id_of(1)}-2"}
    assert stored_migration(terminal, attempt=2).requested_by == ACTOR


def test_resuming_can_be_followed(terminal: Terminal) -> None:
    take_in_hand(terminal, an_ended_migration(MigrationOutcome.EXPIRED))

    def somebody_is_asked(_seconds: float) -> None:
        begun = stored_migration(terminal, attempt=2)
        terminal.migrations.save(a_waiting_migration(attempt=2, revision=begun.revision))

    terminal.connection.pause = somebody_is_asked

    document = terminal.reads_json("migrate", "resume", org_id_of(1), "--wait")

    assert (document["attempt"], document["step"]) == (2, "awaiting_approval")


def test_what_is_under_way_is_not_resumed(terminal: Terminal) -> None:
    ask_for_consent(terminal)

    result = terminal.types("migrate", "resume", org_id_of(1))

    assert result.exit_code == 8
    assert "under way" in result.stderr
