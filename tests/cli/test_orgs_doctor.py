"""``zoom-migrator orgs doctor``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.builders import an_org, org_id_of
from tests.cleanups import CleanupWorld
from tests.cli.operator import ORG, Operator
from tests.cli.situations import HOSTILE
from zoom_migrator.domain.errors import InvariantViolation, StoreUnavailable
from zoom_migrator.domain.migration import Migration, MigrationStep
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.status import BlockedReason, OrgStatus
from zoom_migrator.domain.stuck import Stuck, StuckKind
from zoom_migrator_cli.stuck import to_do_about


@pytest.fixture
def world() -> CleanupWorld:
    return CleanupWorld()


def _died(world: CleanupWorld) -> None:
    world.workflow.fail(world.migration.migration_id, "the run timed out [red]")


def _stuck(operator: Operator, *options: str) -> dict[str, Any]:
    (found,) = operator.reads_json("orgs", "doctor", *options, exit_code=7)["stuck"]
    assert isinstance(found, dict)
    return found


class TestAHealthyFleet:
    def test_every_org_has_a_next_step(self, world: CleanupWorld) -> None:
        world.asking()
        operator = Operator(world)

        result = operator.types("orgs", "doctor")

        assert result.exit_code == 0
        assert "Every org has a next step" in result.stdout
        assert operator.reads_json("orgs", "doctor") == {"stuck": [], "repaired": None}

    def test_an_empty_fleet_is_healthy(self, world: CleanupWorld) -> None:
        assert Operator(world).types("orgs", "doctor", "--repair").exit_code == 0


class TestWhatIsFound:
    def test_a_run_that_died_is_named_with_what_to_do(self, world: CleanupWorld) -> None:
        world.soaked()
        _died(world)
        operator = Operator(world)

        result = operator.types("orgs", "doctor")

        assert result.exit_code == 7
        for part in (
            "Acme 1",
            ORG,
            "authorized",
            "run dead: the run timed out [red]",
            "orgs doctor --repair",
            f"migrate resume {ORG}",
            "1 org has no next step.",
        ):
            assert part in result.stdout
        assert _stuck(operator) == {
            "org_id": ORG,
            "name": "Acme 1",
            "status": "authorized",
            "kind": "run_dead",
            "attempt": 1,
            "found": "the run timed out [red]",
            "what_to_do": "`zoom-migrator orgs doctor --repair`, or `zoom-migrator migrate "
            f"resume {ORG}`.",
        }

    def test_looking_changes_nothing(self, world: CleanupWorld) -> None:
        world.soaked()
        _died(world)
        before = world.org, world.migration

        Operator(world).types("orgs", "doctor")

        assert (world.org, world.migration) == before

    def test_a_migration_that_is_over_and_did_not_let_go_is_named(
        self, world: CleanupWorld
    ) -> None:
        world.soaked()
        world.migrations.save(replace(world.migration, step=MigrationStep.ENDED))

        assert _stuck(Operator(world))["kind"] == "claim_stale"

    def test_an_org_that_is_blocked_by_nothing_known_is_named(self, world: CleanupWorld) -> None:
        world.orgs.save(an_org(status=OrgStatus.BLOCKED))

        assert "scan start" in _stuck(Operator(world))["what_to_do"]

    def test_an_org_that_nobody_has_in_hand_is_named(self, world: CleanupWorld) -> None:
        world.orgs.save(an_org(status=OrgStatus.AUTHORIZED))

        assert _stuck(Operator(world))["what_to_do"] == f"`zoom-migrator migrate start {ORG}`."

    @pytest.mark.parametrize("status", [OrgStatus.UPGRADE_APPROVAL_PENDING, OrgStatus.UPGRADING])
    def test_an_upgrade_of_which_no_migration_knows_is_taken_back(
        self, world: CleanupWorld, status: OrgStatus
    ) -> None:
        world.orgs.save(an_org(status=status))
        operator = Operator(world)

        assert "puts it back to `upgrade_required`" in _stuck(operator)["what_to_do"]
        assert operator.types("orgs", "doctor", "--repair").exit_code == 0
        assert world.org.status is OrgStatus.UPGRADE_REQUIRED
        assert operator.types("orgs", "doctor").exit_code == 0

    def test_a_store_out_of_reach_asks_to_try_again(self, world: CleanupWorld) -> None:
        class Unreachable(type(world.orgs)):  # type: ignore[misc]
            def list_ids(self) -> Any:
                raise StoreUnavailable("The table cannot be reached.")

        operator = Operator(world)
        operator.connection.__dict__["orgs"] = Unreachable()

        assert operator.types("orgs", "doctor").exit_code == 5

    def test_a_name_full_of_markup_is_shown_as_it_is(self, world: CleanupWorld) -> None:
        stuck = an_org(status=OrgStatus.BLOCKED)
        named = replace(stuck.registration, display_name="[red]Evil[/red]")
        world.orgs.save(replace(stuck, registration=named))

        assert "[red]Evil[/red]" in Operator(world).types("orgs", "doctor").stdout


class TestWhatIsDamaged:
    """One item that cannot be read is named, and keeps nobody from looking at the others."""

    @pytest.fixture
    def operator(self, world: CleanupWorld) -> Operator:
        """Of three orgs the first has a damaged migration, the second is damaged itself."""

        class Damaged(type(world.orgs)):  # type: ignore[misc]
            def get_many(self, org_ids: Collection[str]) -> Mapping[str, Org]:
                found: Mapping[str, Org] = super().get_many(set(org_ids) - {org_id_of(2)})
                return found

            def get(self, org_id: str) -> Org | None:
                if org_id == org_id_of(2):
                    raise InvariantViolation("Item ORG#2 / ORG is unreadable.")
                found: Org | None = super().get(org_id)
                return found

        class DamagedMigrations(type(world.migrations)):  # type: ignore[misc]
            def get(self, org_id: str, attempt: int) -> Migration | None:
                raise InvariantViolation(f"Item ORG#1 / MIGRATION#{attempt} is unreadable.")

        world.orgs.save(an_org(1, status=OrgStatus.AUTHORIZED, attempts=1))
        world.orgs.save(an_org(2))
        world.orgs.save(an_org(3, status=OrgStatus.BLOCKED))
        world.orgs.__class__ = Damaged
        world.migrations.__class__ = DamagedMigrations
        return Operator(world)

    @pytest.mark.parametrize("options", [(), ("--repair",)], ids=str)
    def test_it_is_named_with_what_to_do_beside_what_else_is_found(
        self, operator: Operator, options: tuple[str, ...]
    ) -> None:
        document = operator.reads_json("orgs", "doctor", *options, exit_code=7)

        found = {each["org_id"]: each for each in document["stuck"]}
        assert {org_id: each["kind"] for org_id, each in found.items()} == {
            org_id_of(1): "damaged",
            org_id_of(2): "damaged",
            org_id_of(3): "no_reason",
        }
        assert found[org_id_of(1)]["found"] == "Item ORG#1 / MIGRATION#1 is unreadable."
        assert found[org_id_of(2)]["status"] is None
        assert "from a backup of the table" in found[org_id_of(2)]["what_to_do"]

    def test_people_read_the_same(self, operator: Operator) -> None:
        result = operator.types("orgs", "doctor")

        assert result.exit_code == 7
        for part in ("unreadable", "damaged: Item ORG#2 / ORG is unreadable.", "3 orgs have no"):
            assert part in result.stdout


class TestRepairing:
    def test_what_can_be_moved_goes_on(self, world: CleanupWorld) -> None:
        world.soaked()
        _died(world)
        operator = Operator(world)
        org = world.org
        world.orgs.save(replace(org, registration=replace(org.registration, display_name=HOSTILE)))

        result = operator.types("orgs", "doctor", "--repair")

        assert result.exit_code == 0, result.output
        assert f"Goes on: {HOSTILE} ({ORG})" in result.stdout
        assert world.org.active_attempt == 2
        assert operator.types("orgs", "doctor").exit_code == 0

    def test_what_only_a_person_can_move_is_left(self, world: CleanupWorld) -> None:
        world.asked()
        world.workflow.start(world.migration)
        _died(world)

        found = _stuck(Operator(world), "--repair")

        assert found["what_to_do"] == f"`zoom-migrator migrate resume {ORG}`."
        assert world.org.blocked_reason is BlockedReason.MIGRATION_BROKE

    def test_scripts_are_told_what_was_done(self, world: CleanupWorld) -> None:
        world.soaked()
        _died(world)

        document = Operator(world).reads_json("orgs", "doctor", "--repair")

        assert document == {
            "stuck": [],
            "repaired": {"moved": [ORG], "failed": [], "backups_destroyed": []},
        }

    def test_an_org_with_which_something_goes_wrong_is_named(self, world: CleanupWorld) -> None:
        world.soaked()
        _died(world)

        class Unreachable(type(world.workflow)):  # type: ignore[misc]
            def start(self, migration: object) -> None:
                raise StoreUnavailable("Step Functions cannot be reached.")

            def failure_of(self, migration: object) -> str:
                return "the run timed out"

        operator = Operator(world)
        operator.connection.__dict__["migration_workflow"] = Unreachable()

        result = operator.types("orgs", "doctor", "--repair")

        assert result.exit_code == 7
        assert f"Could not be moved on: Acme 1 ({ORG}). Try again." in result.stderr

    def test_backups_that_are_out_of_date_are_destroyed_on_the_way(
        self, world: CleanupWorld
    ) -> None:
        world.migrated()
        world.clock.advance(world.backup.expires_at - world.clock.now())

        document = Operator(world).reads_json("orgs", "doctor", "--repair")

        assert document["repaired"]["backups_destroyed"] == [ORG]
        assert world.backups.stored == {}


@pytest.mark.parametrize("kind", StuckKind)
@pytest.mark.parametrize("is_swept", [True, False])
def test_every_kind_says_what_to_do(kind: StuckKind, *, is_swept: bool) -> None:
    stuck = Stuck(org_id_of(1), kind, OrgStatus.AUTHORIZED)

    assert "`zoom-migrator " in to_do_about(stuck, is_swept=is_swept)
