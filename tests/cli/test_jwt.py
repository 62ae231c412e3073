"""``zoom-migrator jwt``: the backup of an org's old keys."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import an_org, org_id_of, some_keys
from tests.cleanups import (
    OTHER_ROW_ID,
    PAST,
    ROW_ID,
    CleanupWorld,
    some_cleanup_settings,
    some_values,
)
from tests.cli.conftest import ACTOR
from tests.cli.operator import ORG, Operator
from tests.cli.situations import HOSTILE
from zoom_migrator.domain.audit import AuditAction
from zoom_migrator.domain.check import KeyPresence
from zoom_migrator.domain.legacy_keys import (
    KeyValues,
    RowGone,
    RowRefusal,
    RowRefused,
)
from zoom_migrator.domain.status import KeysKeptReason, OrgStatus

TWO_ROWS = (some_values(), some_values(OTHER_ROW_ID))
RESTORE = ("jwt", "restore", ORG, "--approved-by", "Grace Hopper", "--reason", "ticket 17")
DESTROY = ("jwt", "destroy-backup", ORG)


@pytest.fixture
def world() -> CleanupWorld:
    world = CleanupWorld()
    world.migrated(rows=TWO_ROWS)
    return world


@pytest.fixture
def operator(world: CleanupWorld) -> Operator:
    return Operator(world)


def _spaced(text: str) -> str:
    """A text whose columns are one blank apart."""
    return " ".join(text.split())


class TestShowing:
    def test_that_there_is_a_backup_until_when_and_of_which_rows(
        self, world: CleanupWorld, operator: Operator
    ) -> None:
        text = operator.types("jwt", "show", ORG).stdout
        shown = operator.reads_json("jwt", "show", ORG)

        assert "made by migration 1: 2 rows" in text
        assert f"jwt restore {ORG}" in text
        assert shown["backup"] == {
            "made_at": world.backup.made_at.isoformat(),
            "expires_at": world.backup.expires_at.isoformat(),
            "attempt": 1,
            "rows": [ROW_ID, OTHER_ROW_ID],
        }
        assert (shown["status"], shown["keys_in_org"]) == ("migrated", "absent")
        assert (shown["jwt_until"], shown["is_jwt_over"]) == ("2026-07-21", False)

    def test_people_read_when_jwt_ends_and_what_was_seen(self, operator: Operator) -> None:
        text = operator.types("jwt", "show", ORG).stdout

        assert _spaced("last day of JWT 2026-07-21") in _spaced(text)
        assert _spaced("keys seen in the org no, its fields are empty") in _spaced(text)
        assert "(over" not in text

    def test_where_jwt_has_ended_they_read_what_that_means(
        self, world: CleanupWorld, operator: Operator
    ) -> None:
        world.later(days=30)

        text = operator.types("jwt", "show", ORG).stdout

        assert "2026-07-21 (over: no old key works any more)" in text

    @pytest.mark.parametrize("presence", KeyPresence)
    def test_whatever_was_seen_of_the_keys_has_words(
        self, world: CleanupWorld, operator: Operator, presence: KeyPresence
    ) -> None:
        world.orgs.save(world.org.with_keys(some_keys(presence)))

        assert "keys seen in the org" in operator.types("jwt", "show", ORG).stdout

    def test_where_there_is_none_that_is_the_answer(
        self, world: CleanupWorld, operator: Operator
    ) -> None:
        world.orgs.save(an_org(2))

        result = operator.types("jwt", "show", org_id_of(2))

        assert result.exit_code == 0
        assert "No backup of its old keys exists." in result.stdout
        assert operator.reads_json("jwt", "show", org_id_of(2))["backup"] is None

    def test_one_that_is_out_of_date_is_none(self, world: CleanupWorld, operator: Operator) -> None:
        world.clock.advance(world.backup.expires_at - world.clock.now())

        assert operator.reads_json("jwt", "show", ORG)["backup"] is None

    def test_an_org_that_is_not_registered_is_not_found(self, operator: Operator) -> None:
        assert operator.types("jwt", "show", org_id_of(9)).exit_code == 4


class TestRestoring:
    def test_every_row_is_as_it_was(self, world: CleanupWorld, operator: Operator) -> None:
        result = operator.types(*RESTORE, "--yes")

        assert result.exit_code == 0, result.output
        assert world.keys.held(ORG) == TWO_ROWS
        assert f"Put back: {ROW_ID}" in result.stdout
        assert "Acme 1 is migrated_keys_kept: restored." in result.stdout

    def test_who_wanted_it_and_who_allowed_it_is_on_record(
        self, world: CleanupWorld, operator: Operator
    ) -> None:
        operator.types(*RESTORE, "--yes", "--email", "grace@acme.example")

        ordered = next(
            entry
            for entry in world.orgs.audit_trail(ORG, limit=9)
            if entry.action is AuditAction.KEYS_RESTORE_REQUESTED
        )
        assert ordered.actor == ACTOR
        assert ordered.detail.startswith(
            "approved by Grace Hopper <grace@acme.example>: ticket 17;"
        )

    def test_what_is_put_back_is_shown_and_asked_about(
        self, world: CleanupWorld, operator: Operator
    ) -> None:
        result = operator.types(*RESTORE, answers="n\n")

        assert result.exit_code == 1
        for part in (
            f"Acme 1 ({ORG}, production)",
            f"2 rows ({ROW_ID}, {OTHER_ROW_ID})",
            "Approved by Grace Hopper <salesforce.admin@acme.example>.",
            "A row in which something stands by now is left alone.",
            "The org counts as migrated_keys_kept (restored) afterwards.",
            "Put the old keys back?",
        ):
            assert part in result.stdout
        assert all(row.is_empty for row in world.keys.held(ORG))
        assert world.org.status is OrgStatus.MIGRATED

    def test_another_address_than_the_registered_one_is_pointed_out(
        self, operator: Operator
    ) -> None:
        result = operator.types(*RESTORE, "--yes", "--email", "grace@acme.example")

        assert "grace@acme.example is not the registered Salesforce admin" in result.stdout

    def test_a_disconnected_org_runs_on_jwt_again(
        self, world: CleanupWorld, operator: Operator
    ) -> None:
        world.lose()
        assert world.org.status is OrgStatus.DISCONNECTED

        result = operator.types(*RESTORE, answers="y\n")

        assert "The org counts as fallback_jwt afterwards" in result.stdout
        assert "Acme 1 is fallback_jwt until 2026-07-21." in result.stdout

    def test_after_the_deadline_it_is_said_that_keys_are_of_no_use(self) -> None:
        world = CleanupWorld(cleanup=some_cleanup_settings(jwt_deadline=PAST))
        world.migrated()
        world.lose()

        result = Operator(world).types(*RESTORE, answers="n\n")

        assert "JWT ended for this org on 2023-09-08" in result.stdout
        assert "fallback_jwt" not in result.stdout

    def test_keys_that_somebody_entered_since_are_left_alone(
        self, world: CleanupWorld, operator: Operator
    ) -> None:
        entered = KeyValues(OTHER_ROW_ID, "another-canary", None)
        world.keys.hold(ORG, KeyValues(ROW_ID, None, None), entered)

        text = operator.types(*RESTORE, "--yes")

        assert text.exit_code == 0
        assert f"Left alone, because something stands in it: {OTHER_ROW_ID}" in text.stdout
        assert world.keys.held(ORG) == (some_values(), entered)

    def test_what_the_org_refuses_is_told_and_is_a_failure(
        self, world: CleanupWorld, operator: Operator
    ) -> None:
        world.keys.next_changes(ORG, RowRefused(RowRefusal.CUSTOMER_LOGIC, "[red]no"))

        result = operator.types(*RESTORE, "--yes")

        assert result.exit_code == 1
        assert f"Not put back: {ROW_ID}: [red]no" in result.stderr
        assert "repeat the command" in result.stderr

    def test_where_every_row_is_gone_nothing_was_put_back(
        self, world: CleanupWorld, operator: Operator
    ) -> None:
        world.keys.next_changes(ORG, RowGone(), RowGone())

        result = operator.types(*RESTORE, "--yes")

        assert result.exit_code == 1
        assert f"Gone: {ROW_ID} does not exist any more" in result.stderr

    def test_scripts_are_told_of_every_row(self, world: CleanupWorld, operator: Operator) -> None:
        world.keys.next_changes(ORG, RowRefused(RowRefusal.OTHER, "no"))

        document = operator.reads_json(*RESTORE, exit_code=1)

        assert document == {
            "org_id": ORG,
            "status": "migrated_keys_kept",
            "keys_kept": "restored",
            "is_complete": False,
            "restored": [OTHER_ROW_ID],
            "occupied": [],
            "gone": [],
            "problems": [{"row": ROW_ID, "said": "no"}],
        }

    def test_repeating_it_is_harmless(self, operator: Operator) -> None:
        operator.types(*RESTORE, "--yes")

        again = operator.reads_json(*RESTORE)

        assert (again["restored"], again["occupied"]) == ([], [ROW_ID, OTHER_ROW_ID])

    @pytest.mark.parametrize("option", ["--yes", "--json"])
    def test_without_a_backup_there_is_nothing_to_do(
        self, world: CleanupWorld, operator: Operator, option: str
    ) -> None:
        world.backups.destroy(ORG)

        result = operator.types(*RESTORE, option)

        assert result.exit_code == 8
        assert "No backup of the old keys" in result.output
        assert world.keys.changes(ORG) == [ROW_ID, OTHER_ROW_ID]

    def test_who_allowed_it_and_why_are_required(self, operator: Operator) -> None:
        assert operator.types(*RESTORE[:5]).exit_code == 2
        assert operator.types(*RESTORE[:3], *RESTORE[5:]).exit_code == 2
        assert operator.types(*RESTORE[:-1], " \t", "--yes").exit_code == 2


class TestDestroying:
    def test_it_is_gone_and_who_did_it_is_on_record(
        self, world: CleanupWorld, operator: Operator
    ) -> None:
        result = operator.types(*DESTROY, "--yes")

        assert result.exit_code == 0, result.output
        assert "cannot be put back any more" in result.stdout
        assert world.backups.stored == {}
        entry = world.orgs.audit_trail(ORG, limit=1)[0]
        assert (entry.action, entry.actor) == (AuditAction.BACKUP_DESTROYED, ACTOR)

    def test_it_is_asked_about(self, world: CleanupWorld, operator: Operator) -> None:
        result = operator.types(*DESTROY, answers="n\n")

        assert result.exit_code == 1
        assert f"2 rows ({ROW_ID}, {OTHER_ROW_ID})" in result.stdout
        assert world.backups.stored != {}

    def test_one_that_is_out_of_date_is_deleted_all_the_same(
        self, world: CleanupWorld, operator: Operator
    ) -> None:
        world.clock.advance(world.backup.expires_at - world.clock.now() + timedelta(days=1))

        assert operator.reads_json(*DESTROY) == {"org_id": ORG, "destroyed": True}
        assert world.backups.stored == {}

    def test_where_there_is_none_that_is_said(self, operator: Operator) -> None:
        operator.types(*DESTROY, "--yes")

        result = operator.types(*DESTROY)

        assert result.exit_code == 0
        assert "There is no backup" in result.stdout
        assert operator.reads_json(*DESTROY)["destroyed"] is False


class TestWhileKeysAreRemoved:
    @pytest.mark.parametrize("words", [RESTORE, DESTROY], ids=lambda words: words[1])
    def test_the_backup_is_left_alone(self, words: tuple[str, ...]) -> None:
        world = CleanupWorld()
        world.approved()
        world.keys.next_changes(ORG, RowRefused(RowRefusal.LOCKED, "row locked"))
        world.remove()

        result = Operator(world).types(*words, "--yes")

        assert result.exit_code == 8
        assert "is removing its keys" in result.stderr
        assert "migrate stop" in result.stderr
        assert result.stdout == ""
        assert world.backups.stored != {}


@pytest.mark.parametrize("words", [("jwt", "show", ORG), RESTORE, DESTROY], ids=lambda w: w[1])
@pytest.mark.parametrize("options", [(), ("--json",)], ids=["table", "json"])
def test_no_value_of_a_key_is_printed(
    world: CleanupWorld, operator: Operator, words: tuple[str, ...], options: tuple[str, ...]
) -> None:
    sealed = world.backup.sealed

    printed = operator.types(*words, *options, answers="y\n").output

    assert "canary" not in printed
    assert sealed not in printed


def test_names_full_of_markup_are_shown_as_they_are(
    world: CleanupWorld, operator: Operator
) -> None:
    org = world.org
    world.orgs.save(replace(org, registration=replace(org.registration, display_name=HOSTILE)))

    for words in (("jwt", "show", ORG), (*RESTORE, "--yes"), (*DESTROY, "--yes")):
        assert HOSTILE in operator.types(*words).stdout
    assert world.org.keys_kept is KeysKeptReason.RESTORED
