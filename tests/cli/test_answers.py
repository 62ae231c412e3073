"""``zoom-migrator approve upgrade`` and ``decline upgrade``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.builders import a_finding, org_id_of
from tests.cli.conftest import ACTOR, MACHINE, NOW, Terminal
from tests.cli.situations import (
    APPROVAL_ID,
    HOSTILE,
    TASK_TOKEN,
    a_waiting_migration,
    an_ended_migration,
    an_org_behind,
    ask_for_consent,
    stored_migration,
    take_in_hand,
)
from zoom_migrator.adapters.memory.migrations import InMemoryMigrationRepository
from zoom_migrator.domain.approval import Answer, AnswerChannel, Approval, ApprovalStatus
from zoom_migrator.domain.audit import AuditAction
from zoom_migrator.domain.migration import Migration
from zoom_migrator.domain.upgrade import SecurityType
from zoom_migrator_cli.main import app

APPROVE = ("approve", "upgrade", org_id_of(1), "--name", "Ada Lovelace")
DECLINE = ("decline", "upgrade", org_id_of(1), "--name", "Ada Lovelace")
REGISTERED = "salesforce.admin@acme.example"


class BusyMigrations(InMemoryMigrationRepository):
    """Changes a migration just before somebody else stores it."""

    def __init__(self, terminal: Terminal, *changes: Migration) -> None:
        super().__init__(terminal.orgs)
        self._changes = list(changes)

    def save(self, migration: Migration, **along: Any) -> Migration:
        """Let the other one be faster, then store."""
        if self._changes and along:
            faster, stored = self._changes.pop(0), self.get(migration.org_id, migration.attempt)
            super().save(replace(faster, revision=stored.revision if stored else 0))
        return super().save(migration, **along)


def _approval(terminal: Terminal) -> Approval:
    approval = stored_migration(terminal).approval
    assert approval is not None
    return approval


def _answer(terminal: Terminal) -> Answer:
    answer = _approval(terminal).answer
    assert answer is not None
    return answer


def test_consent_is_recorded_with_who_gave_it_and_who_recorded_it(terminal: Terminal) -> None:
    ask_for_consent(terminal)

    result = terminal.types(*APPROVE, "--accept-terms", "--yes")

    assert result.exit_code == 0, result.output
    assert _answer(terminal) == Answer(
        accepted=True,
        at=NOW,
        name="Ada Lovelace",
        email=REGISTERED,
        channel=AnswerChannel.COMMAND_LINE,
        source=MACHINE,
        terms_version="2024-05",
        security=SecurityType.ALL_USERS,
        recorded_by=ACTOR,
    )


def test_the_state_machine_is_woken(terminal: Terminal) -> None:
    ask_for_consent(terminal)

    terminal.types(*APPROVE, "--accept-terms", "--yes")

    assert terminal.callback.completed == [TASK_TOKEN]


def test_the_audit_trail_says_who_consented_to_what(terminal: Terminal) -> None:
    ask_for_consent(terminal)

    terminal.types(*APPROVE, "--accept-terms", "--yes")

    entry = terminal.orgs.audit_trail(org_id_of(1), limit=1)[0]
    assert (entry.action, entry.actor) == (AuditAction.APPROVAL_ANSWERED, ACTOR)
    assert f"Ada Lovelace <{REGISTERED}>" in entry.detail
    assert MACHINE in entry.detail


def test_what_is_consented_to_is_shown_first(terminal: Terminal) -> None:
    ask_for_consent(terminal, a_waiting_migration(findings=(a_finding(),)))

    result = terminal.types(*APPROVE, "--accept-terms", answers="n\n")

    assert result.exit_code == 1
    for part in (
        f"Acme 1 ({org_id_of(1)}, production)",
        "3.23.0.4",
        "3.28",
        "everybody who uses Zoom in this production org",
        "version 2024-05, https://zoom.example/terms",
        "2026-12-08 08:00 UTC",
        f"Ada Lovelace <{REGISTERED}>",
        "all users",
        "Whether the org has Platform Cache could not be found out.",
        "Record this consent?",
    ):
        assert part in result.stdout
    assert _approval(terminal).status is ApprovalStatus.PENDING


def test_it_is_asked_whether_the_terms_were_accepted(terminal: Terminal) -> None:
    ask_for_consent(terminal)

    result = terminal.types(*APPROVE, answers="y\ny\n")

    assert "Has Ada Lovelace accepted the package's terms, version 2024-05?" in result.stdout
    assert _approval(terminal).status is ApprovalStatus.ACCEPTED


def test_without_the_terms_nothing_is_recorded(terminal: Terminal) -> None:
    ask_for_consent(terminal)

    result = terminal.types(*APPROVE, answers="n\n")

    assert result.exit_code == 1
    assert "Nothing was recorded" in result.stdout
    assert _approval(terminal).status is ApprovalStatus.PENDING


@pytest.mark.parametrize("option", ["--yes", "--json"])
def test_scripts_must_say_that_the_terms_were_accepted(terminal: Terminal, option: str) -> None:
    ask_for_consent(terminal)

    result = terminal.types(*APPROVE, option)

    assert result.exit_code == 2
    assert "--accept-terms" in result.stderr
    assert _approval(terminal).status is ApprovalStatus.PENDING


def test_admins_only_comes_with_the_articles_warning(terminal: Terminal) -> None:
    ask_for_consent(terminal)

    result = terminal.types(*APPROVE, "--accept-terms", "--yes", "--admins-only")

    assert "may limit access to the Zoom app for standard users" in result.stdout
    assert _answer(terminal).security is SecurityType.ADMINS_ONLY


def test_another_address_than_the_registered_one_is_recorded_with_a_warning(
    terminal: Terminal,
) -> None:
    ask_for_consent(terminal)

    result = terminal.types(*APPROVE, "--accept-terms", "--yes", "--email", "cio@acme.example")

    assert "cio@acme.example is not the registered Salesforce admin" in result.stdout
    assert _answer(terminal).email == "cio@acme.example"


def test_the_registered_address_is_recognised_in_any_case(terminal: Terminal) -> None:
    ask_for_consent(terminal)

    result = terminal.types(*APPROVE, "--accept-terms", "--yes", "--email", REGISTERED.upper())

    assert "not the registered" not in result.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("--name", " "),
        ("--name", "a" * 101),
        ("--name", "Ada\x1b[2J"),
        ("--name", "Ada", "--email", "nobody"),
        ("--name", "Ada", "--email", "ada@acme.example\x1b[2J"),
    ],
    ids=["blank", "too long", "control", "no address", "address with control"],
)
def test_names_and_addresses_that_cannot_be_are_a_wrong_command_line(
    terminal: Terminal, words: Sequence[str]
) -> None:
    ask_for_consent(terminal)

    result = terminal.types("approve", "upgrade", org_id_of(1), "--accept-terms", "--yes", *words)

    assert result.exit_code == 2
    assert _approval(terminal).status is ApprovalStatus.PENDING


def test_a_name_is_recorded_in_one_form(terminal: Terminal) -> None:
    ask_for_consent(terminal)

    terminal.types(
        *("approve", "upgrade", org_id_of(1), "--name", "  Zoe\u0308   Quinn "),
        *("--accept-terms", "--yes"),
    )

    assert _answer(terminal).name == "Zo\u00eb Quinn"


def test_scripts_get_the_migration_with_its_answer(terminal: Terminal) -> None:
    ask_for_consent(terminal)

    document = terminal.reads_json(*APPROVE, "--accept-terms")

    assert document["approval"]["status"] == "accepted"
    assert document["approval"]["answer"]["recorded_by"] == ACTOR


@pytest.mark.parametrize("command", [APPROVE, DECLINE], ids=["approve", "decline"])
def test_an_org_that_waits_for_no_answer_has_nothing_to_answer(
    terminal: Terminal, command: tuple[str, ...]
) -> None:
    take_in_hand(terminal, an_ended_migration())

    result = terminal.types(*command, "--yes")

    assert result.exit_code == 8
    assert "waits for no approval" in result.stderr


def test_an_answer_is_recorded_once(terminal: Terminal) -> None:
    ask_for_consent(terminal)
    terminal.types(*APPROVE, "--accept-terms", "--yes")

    assert terminal.types(*DECLINE, "--yes").exit_code == 8
    assert _approval(terminal).status is ApprovalStatus.ACCEPTED


def test_a_request_out_of_date_is_refused_before_anything_is_asked(terminal: Terminal) -> None:
    ask_for_consent(terminal)
    terminal.clock.advance(timedelta(days=14))

    result = terminal.types(*APPROVE)

    assert result.exit_code == 8
    assert "out of date" in result.stderr
    assert "accepted" not in result.stdout


def test_an_org_that_is_not_registered_is_not_found(terminal: Terminal) -> None:
    assert terminal.types(*APPROVE, "--accept-terms", "--yes").exit_code == 4


def test_a_change_by_the_state_machine_in_between_does_no_harm(terminal: Terminal) -> None:
    reminded = a_waiting_migration()
    assert reminded.approval is not None
    reminded = replace(reminded, approval=replace(reminded.approval, reminders=1))
    busy = BusyMigrations(terminal, reminded)
    terminal.migrations = terminal.connection.__dict__["migrations"] = busy
    ask_for_consent(terminal)

    result = terminal.types(*APPROVE, "--accept-terms", "--yes")

    assert result.exit_code == 0, result.output
    assert (_approval(terminal).status, _approval(terminal).reminders) == (
        ApprovalStatus.ACCEPTED,
        1,
    )


def test_an_answer_does_not_go_to_a_request_that_was_not_shown(terminal: Terminal) -> None:
    other = a_waiting_migration()
    assert other.approval is not None
    other = replace(other, approval=replace(other.approval, approval_id=APPROVAL_ID[::-1]))
    busy = BusyMigrations(terminal, other)
    terminal.migrations = terminal.connection.__dict__["migrations"] = busy
    ask_for_consent(terminal)

    result = terminal.types(*APPROVE, "--accept-terms", "--yes")

    assert result.exit_code == 8
    assert "replaced by another one" in result.stderr
    assert _approval(terminal).status is ApprovalStatus.PENDING


def test_a_migration_that_never_stops_changing_asks_to_try_again(terminal: Terminal) -> None:
    busy = BusyMigrations(terminal, *[a_waiting_migration()] * 9)
    terminal.migrations = terminal.connection.__dict__["migrations"] = busy
    ask_for_consent(terminal)

    assert terminal.types(*APPROVE, "--accept-terms", "--yes").exit_code == 5


def test_declining_is_recorded_and_needs_no_terms(terminal: Terminal) -> None:
    ask_for_consent(terminal)

    result = terminal.types(*DECLINE, "--yes")

    assert result.exit_code == 0, result.output
    assert _approval(terminal).status is ApprovalStatus.DECLINED
    assert (_answer(terminal).accepted, _answer(terminal).recorded_by) == (False, ACTOR)
    assert terminal.callback.completed == [TASK_TOKEN]


def test_declining_is_asked_about(terminal: Terminal) -> None:
    ask_for_consent(terminal)

    result = terminal.types(*DECLINE, answers="n\n")

    assert result.exit_code == 1
    assert "3.28" in result.stdout
    assert _approval(terminal).status is ApprovalStatus.PENDING


def test_names_full_of_markup_are_shown_as_they_are(terminal: Terminal) -> None:
    ask_for_consent(terminal, org=an_org_behind(name=HOSTILE))

    result = terminal.types(
        *("approve", "upgrade", org_id_of(1), "--name", "[red]Ada[/red]"),
        *("--accept-terms", "--yes", "--email", "ada@acme.example"),
    )

    assert f"{HOSTILE} (" in result.stdout
    assert f"{HOSTILE}: Recorded." in result.stdout
    assert "[red]Ada[/red] <ada@acme.example>" in result.stdout


def test_neither_the_token_nor_the_requests_id_is_printed(terminal: Terminal) -> None:
    ask_for_consent(terminal)

    printed = terminal.types(*APPROVE, "--accept-terms", "--yes").output

    assert TASK_TOKEN not in printed
    assert APPROVAL_ID not in printed


def test_the_name_of_whoever_answered_is_required() -> None:
    assert CliRunner().invoke(app, ["approve", "upgrade", org_id_of(1)]).exit_code == 2
