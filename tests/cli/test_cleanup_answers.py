"""``zoom-migrator approve cleanup`` and ``decline cleanup``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.builders import org_id_of
from tests.cleanups import PROBE, CleanupWorld, some_cleanup_settings, some_values
from tests.cli.conftest import ACTOR, MACHINE
from tests.cli.operator import ORG, Operator
from tests.cli.situations import HOSTILE
from zoom_migrator.adapters.memory.migrations import InMemoryMigrationRepository
from zoom_migrator.domain.approval import AnswerChannel
from zoom_migrator.domain.audit import AuditAction
from zoom_migrator.domain.cleanup import CleanupAnswer, CleanupRequest, CleanupStatus
from zoom_migrator.domain.cleanup_words import CONFIRMATION
from zoom_migrator.domain.migration import Migration
from zoom_migrator.domain.verification import PackageConnection
from zoom_migrator_cli.main import app

APPROVE = ("approve", "cleanup", ORG, "--name", "Ada Lovelace")
DECLINE = ("decline", "cleanup", ORG, "--name", "Ada Lovelace")
SEEN = "--connection-seen"
REGISTERED = "salesforce.admin@acme.example"


class BusyMigrations(InMemoryMigrationRepository):
    """Changes the request of a migration just before somebody else stores it."""

    def __init__(self, world: CleanupWorld, *changes: dict[str, Any]) -> None:
        super().__init__(world.orgs)
        self._changes = list(changes)

    def save(self, migration: Migration, **along: Any) -> Migration:
        """Let the other one be faster, then store."""
        if self._changes and along:
            stored = self.get(migration.org_id, migration.attempt)
            assert stored is not None
            assert stored.cleanup is not None
            changed = replace(stored.cleanup, **self._changes.pop(0))
            super().save(replace(stored, cleanup=changed))
        return super().save(migration, **along)


@pytest.fixture
def world() -> CleanupWorld:
    return CleanupWorld()


@pytest.fixture
def probing() -> CleanupWorld:
    """A world in which the package shows that it is connected."""
    world = CleanupWorld(cleanup=some_cleanup_settings(probe=PROBE))
    world.package.will_answer(world.org_id, PackageConnection.PROVEN)
    return world


def _request(world: CleanupWorld) -> CleanupRequest:
    return world.request


def _answer(world: CleanupWorld) -> CleanupAnswer:
    assert world.request.answer is not None
    return world.request.answer


class TestApproving:
    def test_it_is_recorded_with_who_said_it_and_who_recorded_it(self, world: CleanupWorld) -> None:
        world.asking()

        result = Operator(world).types(*APPROVE, SEEN, "--yes")

        assert result.exit_code == 0, result.output
        assert "Recorded. The old keys are removed next." in result.stdout
        assert _request(world).status is CleanupStatus.APPROVED
        assert _answer(world) == CleanupAnswer(
            approved=True,
            at=world.clock.now(),
            name="Ada Lovelace",
            email=REGISTERED,
            channel=AnswerChannel.COMMAND_LINE,
            source=MACHINE,
            connection_seen=True,
            recorded_by=ACTOR,
        )

    def test_the_state_machine_is_woken_and_removes_the_keys(self, world: CleanupWorld) -> None:
        token = world.asking()

        Operator(world).types(*APPROVE, SEEN, "--yes")

        assert world.callback.completed[-1] == token
        world.follow_up_cleanup()
        world.remove()
        assert all(row.is_empty for row in world.keys.held(ORG))

    def test_nothing_is_removed_by_the_answer_itself(self, world: CleanupWorld) -> None:
        world.asking()

        Operator(world).types(*APPROVE, SEEN, "--yes")

        assert world.keys.held(ORG) == (some_values(),)

    def test_the_audit_trail_says_who_approved_what(self, world: CleanupWorld) -> None:
        world.asking()

        Operator(world).types(*APPROVE, SEEN, "--yes")

        entry = world.orgs.audit_trail(ORG, limit=1)[0]
        assert (entry.action, entry.actor) == (AuditAction.CLEANUP_ANSWERED, ACTOR)
        assert f"approved by Ada Lovelace <{REGISTERED}>" in entry.detail
        assert "has seen the connection in Zoom Config" in entry.detail
        assert MACHINE in entry.detail

    def test_what_the_page_says_is_said_first(self, world: CleanupWorld) -> None:
        world.asking()

        result = Operator(world).types(*APPROVE, answers="n\n")

        assert result.exit_code == 1
        for part in (
            f"Acme 1 ({ORG}, production)",
            f"Ada Lovelace <{REGISTERED}>",
            "If they are removed",
            "API Key and API Secret are emptied in one row of the package's settings",
            "JWT authorization of the package ends by it",
            "An encrypted copy is kept until 22 July 2026",
            "What removing them here does not do",
            "The field history of the package's object keeps the old values readable.",
            "Deactivate the JWT app in the Zoom Marketplace as well",
            "If they are kept",
            "until JWT ends on 21 July 2026.",
            "What is proven",
            "1 July 2026 02:00 UTC: Zoom answered a call with this org's grant, as "
            "zoom.admin@acme.example of account q6gBJVO5TzexKYTb_I2rpg.",
            "What is not proven",
            "Whether the package itself is connected was not looked at",
            f"Does Ada Lovelace confirm this? “{CONFIRMATION}”",
        ):
            assert part in result.stdout, part
        assert _request(world).status is CleanupStatus.PENDING

    def test_whoever_has_not_seen_the_connection_records_nothing(self, world: CleanupWorld) -> None:
        world.asking()

        result = Operator(world).types(*APPROVE, answers="n\n")

        assert result.exit_code == 1
        assert "Nothing was recorded" in result.stdout
        assert _request(world).status is CleanupStatus.PENDING

    def test_a_confirmation_that_was_asked_for_is_recorded(self, world: CleanupWorld) -> None:
        world.asking()

        result = Operator(world).types(*APPROVE, answers="y\ny\n")

        assert result.exit_code == 0, result.output
        assert _answer(world).connection_seen is True

    def test_it_is_asked_before_anything_is_recorded(self, world: CleanupWorld) -> None:
        world.asking()

        result = Operator(world).types(*APPROVE, SEEN, answers="n\n")

        assert result.exit_code == 1
        assert "Record that the old keys may be removed?" in result.stdout
        assert _request(world).status is CleanupStatus.PENDING

    @pytest.mark.parametrize("option", ["--yes", "--json"])
    def test_scripts_must_say_that_the_connection_was_seen(
        self, world: CleanupWorld, option: str
    ) -> None:
        world.asking()

        result = Operator(world).types(*APPROVE, option)

        assert result.exit_code == 2
        assert SEEN in result.stderr
        assert _request(world).status is CleanupStatus.PENDING

    def test_where_the_package_has_shown_its_connection_nobody_has_to_have_seen_it(
        self, probing: CleanupWorld
    ) -> None:
        probing.asking()

        result = Operator(probing).types(*APPROVE, "--yes")

        assert result.exit_code == 0, result.output
        assert "The package in this org shows that it is connected by itself." in result.stdout
        assert "What is not proven" not in result.stdout
        assert _answer(probing).connection_seen is False

    def test_after_the_deadline_it_is_said_that_the_keys_are_of_no_use(
        self, world: CleanupWorld
    ) -> None:
        world.asking()
        operator = Operator(world)
        operator.outputs["JwtDeadline"] = "2023-09-08"

        result = operator.types(*APPROVE, answers="n\n")

        assert "JWT ended on 8 September 2023, so they are of no use" in result.stdout

    def test_scripts_get_the_migration_with_its_answer(self, world: CleanupWorld) -> None:
        world.asking()

        document = Operator(world).reads_json(*APPROVE, SEEN)

        assert document["cleanup"]["status"] == "approved"
        assert document["cleanup"]["answer"]["recorded_by"] == ACTOR
        assert document["cleanup"]["answer"]["connection_seen"] is True

    def test_another_address_than_the_registered_one_is_recorded_with_a_warning(
        self, world: CleanupWorld
    ) -> None:
        world.asking()

        result = Operator(world).types(*APPROVE, SEEN, "--yes", "--email", "cio@acme.example")

        assert "cio@acme.example is not the registered Salesforce admin" in result.stdout
        assert _answer(world).email == "cio@acme.example"


class TestDeclining:
    def test_it_is_recorded_and_the_keys_stay(self, world: CleanupWorld) -> None:
        token = world.asking()

        result = Operator(world).types(*DECLINE, "--yes")

        assert result.exit_code == 0, result.output
        assert "Recorded. The old keys stay." in result.stdout
        assert _request(world).status is CleanupStatus.DECLINED
        assert (_answer(world).approved, _answer(world).recorded_by) == (False, ACTOR)
        assert world.callback.completed[-1] == token

    def test_it_is_asked_about(self, world: CleanupWorld) -> None:
        world.asking()

        result = Operator(world).types(*DECLINE, answers="n\n")

        assert result.exit_code == 1
        assert "the package falls back on them if OAuth is cancelled" in result.stdout
        assert _request(world).status is CleanupStatus.PENDING


class TestWhatCannotBeAnswered:
    @pytest.mark.parametrize("command", [APPROVE, DECLINE], ids=["approve", "decline"])
    def test_an_org_that_is_not_asked_has_nothing_to_answer(
        self, world: CleanupWorld, command: tuple[str, ...]
    ) -> None:
        world.soaked()

        result = Operator(world).types(*command, "--yes")

        assert result.exit_code == 8
        assert "waits for no answer about its old keys" in result.stderr

    def test_an_answer_is_recorded_once(self, world: CleanupWorld) -> None:
        world.asking()
        operator = Operator(world)
        operator.types(*DECLINE, "--yes")

        assert operator.types(*APPROVE, SEEN, "--yes").exit_code == 8
        assert _request(world).status is CleanupStatus.DECLINED

    def test_a_request_out_of_date_is_refused_before_anything_is_asked(
        self, world: CleanupWorld
    ) -> None:
        world.asking()
        world.later(days=14)

        result = Operator(world).types(*APPROVE)

        assert result.exit_code == 8
        assert "out of date" in result.stderr
        assert result.stdout == ""

    def test_an_org_that_is_not_registered_is_not_found(self, world: CleanupWorld) -> None:
        result = Operator(world).types("approve", "cleanup", org_id_of(9), "--name", "Ada", "-y")

        assert result.exit_code == 4

    def test_the_name_of_whoever_answered_is_required(self) -> None:
        for verb in ("approve", "decline"):
            assert CliRunner().invoke(app, [verb, "cleanup", ORG]).exit_code == 2


class TestOthersAtTheSameTime:
    def _operator(self, world: CleanupWorld, *changes: dict[str, Any]) -> Operator:
        world.migrations = BusyMigrations(world)
        world.asking()
        world.migrations._changes = list(changes)
        return Operator(world)

    def test_a_change_by_the_state_machine_in_between_does_no_harm(
        self, world: CleanupWorld
    ) -> None:
        result = self._operator(world, {"reminders": 1}).types(*APPROVE, SEEN, "--yes")

        assert result.exit_code == 0, result.output
        assert (_request(world).status, _request(world).reminders) == (CleanupStatus.APPROVED, 1)

    def test_an_answer_does_not_go_to_a_request_that_was_not_shown(
        self, world: CleanupWorld
    ) -> None:
        other = {"request_id": "anOther-anOther_anOthe"}

        result = self._operator(world, other).types(*APPROVE, SEEN, "--yes")

        assert result.exit_code == 8
        assert "replaced by another one" in result.stderr
        assert _request(world).status is CleanupStatus.PENDING

    def test_a_migration_that_never_stops_changing_asks_to_try_again(
        self, world: CleanupWorld
    ) -> None:
        operator = self._operator(world, *[{"reminders": number} for number in range(9)])

        assert operator.types(*APPROVE, SEEN, "--yes").exit_code == 5


def test_names_full_of_markup_are_shown_as_they_are(world: CleanupWorld) -> None:
    world.asking()
    org = world.org
    world.orgs.save(replace(org, registration=replace(org.registration, display_name=HOSTILE)))

    result = Operator(world).types(
        *("approve", "cleanup", ORG, "--name", "[red]Ada[/red]", SEEN, "--yes")
    )

    assert f"{HOSTILE} (" in result.stdout
    assert f"{HOSTILE}: Recorded." in result.stdout
    assert "[red]Ada[/red] <" in result.stdout


@pytest.mark.parametrize("options", [(SEEN, "--yes"), (SEEN, "--json")], ids=" ".join)
def test_no_key_token_or_id_of_a_request_is_printed(
    world: CleanupWorld, options: tuple[str, ...]
) -> None:
    world.asking()
    request = _request(world)

    printed = Operator(world).types(*APPROVE, *options).output

    for secret in ("canary", request.request_id, request.task_token):
        assert secret not in printed
