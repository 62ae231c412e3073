"""``zoom-migrator migrate list``, ``show`` and ``link``."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import TARGET_ID, a_finding, a_migration, an_answer, an_install, org_id_of
from tests.cli.conftest import NOW, Terminal
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
from zoom_migrator.domain.migration import MigrationOutcome, MigrationStep
from zoom_migrator.domain.org import Environment
from zoom_migrator.domain.status import BlockedReason
from zoom_migrator.use_cases.answer_approval import request_behind_link


def _blocked() -> dict[str, Any]:
    return {
        "detail": "The org lacks Platform Cache, which the Zoom package needs.",
        "remedy": "Open a case with Salesforce Support.",
        "said": "This app can't be upgraded: Platform Cache Partitions Missing feature [red]",
        "failure_code": "platform_cache_missing",
        "blocked_reason": BlockedReason.CONTACT_SALESFORCE_SUPPORT,
    }


def test_the_list_says_what_each_org_waits_for_and_what_comes_next(terminal: Terminal) -> None:
    ask_for_consent(terminal)

    text = terminal.types("migrate", "list").stdout

    for part in (
        "Acme 1",
        org_id_of(1),
        "awaiting approval",
        "attempt 1",
        "2026-11-24 08:00 UTC",
        "Waits for salesforce.admin@acme.example to approve, until 2026-12-08 08:00 UTC",
        "Then: Installs version 3.28",
    ):
        assert part in text


def test_migrations_in_hand_come_first_and_ended_ones_can_be_left_out(terminal: Terminal) -> None:
    take_in_hand(terminal, an_ended_migration(MigrationOutcome.BLOCKED, 1, **_blocked()))
    ask_for_consent(terminal, a_waiting_migration(2))
    terminal.orgs.save(an_org_behind(3))

    every = terminal.reads_json("migrate", "list")
    active = terminal.reads_json("migrate", "list", "--active")

    assert [each["org_id"] for each in every] == [org_id_of(2), org_id_of(1)]
    assert [each["org_id"] for each in active] == [org_id_of(2)]
    assert every[1]["outcome"] == "blocked"
    assert every[1]["next_step"] == "Open a case with Salesforce Support."


def test_a_list_of_nothing_says_how_to_begin(terminal: Terminal) -> None:
    terminal.orgs.save(an_org_behind())

    assert "migrate start --all-behind --dry-run" in terminal.types("migrate", "list").stdout
    assert terminal.reads_json("migrate", "list") == []


def test_only_the_newest_attempt_of_an_org_is_listed(terminal: Terminal) -> None:
    take_in_hand(terminal, an_ended_migration(MigrationOutcome.EXPIRED))
    ask_for_consent(terminal, a_waiting_migration(attempt=2))

    assert [each["attempt"] for each in terminal.reads_json("migrate", "list")] == [2]


def test_everything_about_a_blocked_attempt_is_shown_with_the_raw_text(terminal: Terminal) -> None:
    finding = a_finding(raw="INSTALL_VALIDATION: [bold]?")
    install = an_install(tries=2, request_id="0Hf5g000000CaqpCAC", last_error="row locked")
    ended = an_ended_migration(MigrationOutcome.BLOCKED, **_blocked())
    take_in_hand(terminal, replace(ended, findings=(finding,), install=install))

    text = terminal.types("migrate", "show", org_id_of(1)).stdout

    for part in (
        "Acme 1, migration 1: blocked",
        "contact_salesforce_support",
        "Platform Cache Partitions Missing feature [red]",
        "Open a case with Salesforce Support.",
        "3.23.0.4",
        "3.28",
        "0Hf5g000000CaqpCAC",
        "row locked",
        "warning",
        "platform_cache_unknown",
        "Contact Salesforce Support if the upgrade fails.",
        "INSTALL_VALIDATION: [bold]?",
    ):
        assert part in text


def test_who_answered_when_and_from_where_is_shown(terminal: Terminal) -> None:
    waiting = a_waiting_migration()
    assert waiting.approval is not None
    answered = waiting.approval.answered(replace(an_answer(at=NOW), source="192.0.2.7 Firefox"))
    installing = replace(waiting, step=MigrationStep.INSTALLING, approval=answered)
    take_in_hand(terminal, installing)

    shown = terminal.reads_json("migrate", "show", org_id_of(1))

    assert shown["approval"]["status"] == "accepted"
    assert shown["approval"]["answer"] == {
        "accepted": True,
        "at": NOW.isoformat(),
        "name": "Grace Hopper",
        "email": "grace@acme.example",
        "channel": "page",
        "source": "192.0.2.7 Firefox",
        "recorded_by": None,
        "terms_version": "1",
        "security": "all_users",
    }


def test_an_earlier_attempt_can_be_shown(terminal: Terminal) -> None:
    take_in_hand(terminal, an_ended_migration(MigrationOutcome.EXPIRED))
    ask_for_consent(terminal, a_waiting_migration(attempt=2))

    shown = terminal.reads_json("migrate", "show", org_id_of(1), "--attempt", "1")

    assert (shown["attempt"], shown["outcome"]) == (1, "expired")


@pytest.mark.parametrize("words", [(), ("--attempt", "7")], ids=["none yet", "no such attempt"])
def test_a_migration_that_never_was_is_not_found(
    terminal: Terminal, words: tuple[str, ...]
) -> None:
    terminal.orgs.save(an_org_behind())

    result = terminal.types("migrate", "show", org_id_of(1), *words)

    assert result.exit_code == 4
    assert "has had no migration" in result.stderr


def test_a_run_that_died_is_told_with_what_to_do(terminal: Terminal) -> None:
    ask_for_consent(terminal)
    terminal.migration_workflow.fail(f"{org_id_of(1)}-1", "the run aborted: [red]by somebody")

    result = terminal.types("migrate", "show", org_id_of(1))

    assert result.exit_code == 0
    assert "does not go on: the run aborted: [red]by somebody" in result.stderr
    assert f"migrate start {org_id_of(1)}" in result.stderr
    shown = terminal.reads_json("migrate", "show", org_id_of(1))
    assert shown["run_failure"] == "the run aborted: [red]by somebody"


def test_a_run_that_is_over_as_its_migration_is_alarms_nobody(terminal: Terminal) -> None:
    take_in_hand(terminal, an_ended_migration())
    terminal.migration_workflow.forget(f"{org_id_of(1)}-1")

    shown = terminal.reads_json("migrate", "show", org_id_of(1))

    assert shown["run_failure"] is None


def test_the_link_is_shown_only_when_asked_for(terminal: Terminal) -> None:
    ask_for_consent(terminal)

    for words in (("list",), ("show", org_id_of(1))):
        printed = terminal.types("migrate", *words).output
        assert "/approve/" not in printed
        assert "/approve/" not in terminal.types("migrate", *words, "--json").output
    assert f"migrate link {org_id_of(1)}" in printed


@pytest.mark.parametrize("words", [("link",), ("show", "--link")], ids=" ".join)
def test_the_link_that_is_asked_for_opens_the_request(
    terminal: Terminal, words: tuple[str, ...]
) -> None:
    ask_for_consent(terminal)

    printed = terminal.types("migrate", *words, org_id_of(1)).stdout

    found = re.search(r"^https://zoom\.acme\.example/approve/(\S+)$", printed, re.MULTILINE)
    assert found is not None, printed
    request = request_behind_link(
        found[1], orgs=terminal.orgs, migrations=terminal.migrations, signer=terminal.signer
    )
    assert request.org.org_id == org_id_of(1)


def test_the_bare_link_can_be_piped_on(terminal: Terminal) -> None:
    ask_for_consent(terminal)

    assert terminal.types("migrate", "link", org_id_of(1)).stdout.count("\n") == 1


def test_scripts_get_the_link_when_they_ask_for_it(terminal: Terminal) -> None:
    ask_for_consent(terminal)

    by_command = terminal.reads_json("migrate", "link", org_id_of(1))
    by_option = terminal.reads_json("migrate", "show", org_id_of(1), "--link")

    assert by_command["link"] == by_option["link"]
    assert by_command["expires_at"] == (NOW + timedelta(days=14)).isoformat()


def test_no_link_leads_to_what_waits_for_no_answer(terminal: Terminal) -> None:
    take_in_hand(terminal, an_ended_migration())

    assert terminal.types("migrate", "link", org_id_of(1)).exit_code == 8
    shown = terminal.types("migrate", "show", org_id_of(1), "--link")
    assert "No answer is awaited" in shown.stdout
    assert terminal.reads_json("migrate", "show", org_id_of(1), "--link")["link"] is None


def test_a_request_that_is_not_made_yet_has_no_link(terminal: Terminal) -> None:
    take_in_hand(terminal, a_waiting_migration(approval=None))

    assert terminal.reads_json("migrate", "show", org_id_of(1), "--link")["link"] is None
    assert terminal.types("migrate", "link", org_id_of(1)).exit_code == 8


def test_neither_token_nor_request_id_is_printed(terminal: Terminal) -> None:
    ask_for_consent(terminal)
    migration = stored_migration(terminal)
    assert migration.approval is not None

    for words in (("list",), ("show", org_id_of(1)), ("list", "--json")):
        printed = terminal.types("migrate", *words).output
        for secret in (TASK_TOKEN, APPROVAL_ID, migration.approval.task_token):
            assert secret not in printed


@pytest.mark.parametrize(
    ("kind", "host"),
    [(Environment.PRODUCTION, "login"), (Environment.SANDBOX, "test")],
)
def test_the_way_by_hand_is_shown_with_the_install_link(
    terminal: Terminal, kind: Environment, host: str
) -> None:
    by_hand = a_migration(
        step=MigrationStep.AWAITING_UPGRADE_BY_HAND,
        by_hand_since=NOW,
        by_hand_until=NOW + timedelta(days=14),
    )
    take_in_hand(terminal, by_hand, an_org_behind(kind=kind))

    text = terminal.types("migrate", "show", org_id_of(1)).stdout
    guide = terminal.reads_json("migrate", "show", org_id_of(1))["guide"]

    assert guide["install_link"] == (
        f"https://{host}.salesforce.com/packaging/installPackage.apexp?p0={TARGET_ID}"
    )
    assert guide["install_link"] in text
    assert "Install for All Users" in text
    assert "somebody to upgrade in the org, until 2026-12-08 08:00 UTC" in text


def test_without_a_configured_version_the_way_leads_over_appexchange(terminal: Terminal) -> None:
    terminal.connection.__dict__["_outputs"]["PackageVersionId"] = ""
    take_in_hand(terminal, an_ended_migration(MigrationOutcome.EXPIRED))

    guide = terminal.reads_json("migrate", "show", org_id_of(1), "--by-hand")["guide"]

    assert guide["install_link"] is None
    assert any("Get It Now" in step for step in guide["steps"])


def test_names_full_of_markup_are_shown_as_they_are(terminal: Terminal) -> None:
    ask_for_consent(terminal, org=an_org_behind(name=HOSTILE))

    assert "[red]Evil[/red]" in terminal.types("migrate", "list").stdout
    assert HOSTILE in terminal.types("migrate", "show", org_id_of(1)).stdout
