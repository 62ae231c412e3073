"""What becomes of a migration whose machine breaks."""

from __future__ import annotations

import pytest

from tests.statemachine.migrations import MigrationMachine
from tests.statemachine.orgs import (
    an_org,
    an_org_that_consented_beforehand,
    refuse_writes,
)
from zoom_migrator.domain.migration import MigrationOutcome
from zoom_migrator.domain.status import BlockedReason


def test_what_breaks_is_told_by_its_first_error_and_the_org_can_be_resumed(
    migrations: MigrationMachine,
) -> None:
    org_id = an_org_that_consented_beforehand(migrations)
    disturbance = migrations.deployment.disturbance
    migrations.functions.before(
        "prepare_upgrade", lambda: disturbance.refuse("GetItem", code="AccessDeniedException")
    )
    migrations.functions.before("record_migration_failure", disturbance.stop)
    run = migrations.run(org_id)

    resumed = migrations.end_of(migrations.upgrades.resume(org_id))

    assert (run.status, run.error) == ("FAILED", "InvalidSettings")
    assert run.migration.outcome is MigrationOutcome.BROKE
    assert run.migration.blocked_reason is BlockedReason.MIGRATION_BROKE
    assert run.migration.said.startswith("InvalidSettings: ")
    assert "stackTrace" not in run.migration.said
    assert resumed.migration.outcome is MigrationOutcome.MIGRATED


def test_the_net_below_changes_nothing_of_what_the_machine_recorded_itself(
    migrations: MigrationMachine,
) -> None:
    org_id = an_org(migrations)
    migrations.functions.answer(
        "prepare_upgrade", {"next": "celebrate", "wait_seconds": 0, "outcome": None}
    )
    run = migrations.run(org_id)
    recorded = migrations.deployment.migration(org_id)

    migrations.deployment.invoke(
        "record_migration_failure", migrations.status_change(recorded.migration_id)
    )

    assert run.error == "UnknownVerdict"
    assert migrations.deployment.migration(org_id) == recorded
    assert "celebrate" in recorded.said


def test_what_the_machine_could_not_record_the_net_below_it_does(
    migrations: MigrationMachine,
) -> None:
    org_id = an_org(migrations)
    disturbance = migrations.deployment.disturbance
    migrations.functions.before("prepare_upgrade", lambda: refuse_writes(migrations))
    run = migrations.run(org_id)
    assert run.migration.outcome is None
    disturbance.stop()

    migrations.deployment.invoke(
        "record_migration_failure", migrations.status_change(run.migration.migration_id)
    )

    assert (run.status, run.error) == ("FAILED", "StoreUnavailable")
    closed = migrations.deployment.migration(org_id)
    assert closed.outcome is MigrationOutcome.BROKE
    assert closed.said.startswith("StoreUnavailable: DynamoDB table")


@pytest.mark.parametrize(
    "function",
    [
        *("prepare_upgrade", "request_approval", "follow_up_approval"),
        *("start_install", "check_install"),
        *("request_authorization", "follow_up_authorization"),
    ],
)
def test_lambda_without_free_concurrency_is_waited_for(
    migrations: MigrationMachine, function: str
) -> None:
    org_id = an_org(migrations)
    migrations.functions.throttle(function, times=6)
    migrations.while_waiting(lambda: migrations.upgrades.answer(org_id))

    run = migrations.run(org_id)

    assert set(run.failures) == {"Lambda.TooManyRequestsException"}
    assert run.migration.outcome is MigrationOutcome.MIGRATED


def test_a_disturbance_is_retried_by_its_name_four_times(migrations: MigrationMachine) -> None:
    org_id = an_org(migrations)
    migrations.functions.before("prepare_upgrade", lambda: refuse_writes(migrations))
    migrations.functions.before("record_migration_failure", migrations.deployment.disturbance.stop)

    run = migrations.run(org_id)

    assert run.failures == ("StoreUnavailable",) * 5
    assert len(migrations.interpreter.waits) == 4
