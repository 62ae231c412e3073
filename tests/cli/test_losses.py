"""What the end of a grant does to the orgs that used it, on the command line."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.cleanups import PAST, CleanupWorld, some_cleanup_settings
from tests.cli.conftest import ACTOR
from tests.cli.operator import ORG, Operator
from tests.cli.situations import HOSTILE
from zoom_migrator.domain.audit import AuditAction
from zoom_migrator.domain.cleanup import KeyRemoval
from zoom_migrator.domain.grant import GrantStatus, Lease
from zoom_migrator.domain.migration import MigrationStep
from zoom_migrator.domain.status import OrgStatus

REVOKE = ("grants", "revoke", ORG, "--yes")


@pytest.fixture
def world() -> CleanupWorld:
    world = CleanupWorld()
    world.soaked()
    return world


@pytest.fixture
def operator(world: CleanupWorld) -> Operator:
    return Operator(world)


class TestRevoking:
    def test_its_org_falls_back_and_is_asked_to_authorize_again(
        self, world: CleanupWorld, operator: Operator
    ) -> None:
        result = operator.types(*REVOKE)

        assert result.exit_code == 0, result.output
        assert (
            f"Acme 1 ({ORG}) is fallback_jwt until 2026-07-21; it is asked to authorize again."
        ) in result.stdout
        assert world.org.status is OrgStatus.FALLBACK_JWT
        assert world.migration.step is MigrationStep.AWAITING_AUTHORIZATION

    def test_after_the_deadline_it_is_disconnected(self) -> None:
        world = CleanupWorld(cleanup=some_cleanup_settings(jwt_deadline=PAST))
        world.soaked()

        result = Operator(world).types(*REVOKE)

        assert "is disconnected: urgent" in result.stdout

    def test_who_did_it_and_why_is_on_record(self, world: CleanupWorld, operator: Operator) -> None:
        operator.types(*REVOKE)

        lost = next(
            entry
            for entry in world.orgs.audit_trail(ORG, limit=9)
            if entry.action is AuditAction.AUTHORIZATION_LOST
        )
        assert lost.actor == ACTOR
        assert lost.detail.startswith("revoked; grant ")

    def test_a_migrated_org_begins_a_migration_of_its_own(self) -> None:
        world = CleanupWorld()
        world.migrated()

        document = Operator(world).reads_json(*REVOKE[:-1])

        assert document["orgs_without_authorization"] == [
            {
                "org_id": ORG,
                "name": "Acme 1",
                "status_before": "migrated",
                "status": "disconnected",
                "error": None,
            }
        ]
        assert world.org.active_attempt == 2
        assert world.workflow.running == {f"{ORG}-2"}

    def test_repeating_it_records_what_was_not_recorded(
        self, world: CleanupWorld, operator: Operator
    ) -> None:
        before = world.org, world.migration
        operator.types(*REVOKE)
        # As if the command had died in between.
        world.migrations.save(
            replace(before[1], revision=world.migration.revision),
            org=replace(before[0], revision=world.org.revision),
        )

        result = operator.types(*REVOKE)

        assert "is fallback_jwt until" in result.stdout
        assert world.org.status is OrgStatus.FALLBACK_JWT

    def test_repeating_it_then_says_nothing_of_the_org(self, operator: Operator) -> None:
        operator.types(*REVOKE)

        document = operator.reads_json(*REVOKE[:-1])

        assert (document["revoked"], document["orgs_without_authorization"]) == (True, [])

    def test_an_org_whose_keys_are_being_removed_is_tried_again_later(
        self, world: CleanupWorld, operator: Operator
    ) -> None:
        now = world.clock.now()
        removal = KeyRemoval(now, lease=Lease("another", now + timedelta(minutes=5)))
        world.migrations.save(
            replace(world.migration, step=MigrationStep.REMOVING_KEYS, removal=removal)
        )

        result = operator.types(*REVOKE)

        assert result.exit_code == 5
        assert f"Not recorded: Acme 1 ({ORG})" in result.stderr
        assert "Repeat the command." in result.stderr
        assert world.grant_of().status is GrantStatus.DEAD

    def test_a_name_full_of_markup_is_shown_as_it_is(
        self, world: CleanupWorld, operator: Operator
    ) -> None:
        org = world.org
        world.orgs.save(replace(org, registration=replace(org.registration, display_name=HOSTILE)))

        assert f"{HOSTILE} ({ORG}) is" in operator.types(*REVOKE).stdout


class TestRefreshing:
    def test_a_grant_that_is_dead_is_recorded_with_its_orgs(
        self, world: CleanupWorld, operator: Operator
    ) -> None:
        world.zoom.deauthorize(world.grant_of().subject.user_id)

        document = operator.reads_json("grants", "refresh", ORG, exit_code=1)

        assert document["outcome"] == "dead"
        (lost,) = document["orgs_without_authorization"]
        assert (lost["status_before"], lost["status"]) == ("authorized", "fallback_jwt")
        assert world.org.status is OrgStatus.FALLBACK_JWT

    def test_a_grant_that_lives_costs_no_org_anything(
        self, world: CleanupWorld, operator: Operator
    ) -> None:
        document = operator.reads_json("grants", "refresh", ORG)

        assert document["orgs_without_authorization"] == []
        assert world.org.status is OrgStatus.AUTHORIZED
