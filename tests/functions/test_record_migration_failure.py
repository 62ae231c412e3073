from __future__ import annotations

import pytest

from tests.functions.deployment import Deployment
from tests.functions.events import load_event
from tests.functions.stages import ASTER, set_stage
from zoom_migrator.domain.errors import MigrationNotFound, StoreUnavailable
from zoom_migrator.domain.migration import MigrationOutcome
from zoom_migrator.domain.status import BlockedReason, OrgStatus

FAILED = "record_migration_failure/failed"
CAUGHT = "record_migration_failure/caught_by_the_machine"
UNAVAILABLE = (
    "StoreUnavailable: DynamoDB table zoom-migrator-Table-9Z8Y7X is not available "
    "(ThrottlingException: Rate exceeded)."
)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (CAUGHT, UNAVAILABLE),
        (FAILED, UNAVAILABLE),
        ("record_migration_failure/timed_out", "TIMED_OUT"),
        ("record_migration_failure/aborted", "ABORTED"),
        (
            "record_migration_failure/aborted_with_reason",
            "ABORTED: Stopped by ada@acme.example in the console: wrong org.",
        ),
    ],
)
def test_a_migration_whose_execution_ended_badly_is_ended_with_the_reason(
    deployment: Deployment, name: str, said: str
) -> None:
    set_stage(deployment, name)

    answer = deployment.invoke("record_migration_failure", load_event(name))

    assert answer == {"org_id": ASTER, "attempt": 1, "outcome": "broke"}
    migration, org = deployment.migration(ASTER), deployment.org(ASTER)
    assert (migration.outcome, migration.said) == (MigrationOutcome.BROKE, said)
    assert (org.status, org.blocked_reason) == (OrgStatus.BLOCKED, BlockedReason.MIGRATION_BROKE)
    assert org.active_attempt is None


def test_what_the_machine_says_and_what_the_rule_says_later_count_once(
    deployment: Deployment,
) -> None:
    set_stage(deployment, CAUGHT)

    for name in (CAUGHT, FAILED, FAILED):
        deployment.invoke("record_migration_failure", load_event(name))

    assert deployment.metrics() == [{"MigrationBroke": 1}]
    assert len(deployment.migrations.notices(ASTER, limit=9)) == 1


def test_a_migration_that_an_operator_stopped_stays_stopped(deployment: Deployment) -> None:
    upgrades = set_stage(deployment, FAILED)
    upgrades.stop(ASTER)

    answer = deployment.invoke(
        "record_migration_failure", load_event("record_migration_failure/aborted")
    )

    assert answer["outcome"] == "stopped"
    assert deployment.migration(ASTER).outcome is MigrationOutcome.STOPPED


def test_what_cannot_be_stored_is_delivered_again(deployment: Deployment) -> None:
    set_stage(deployment, FAILED)
    deployment.disturbance.refuse("TransactWriteItems", code="InternalServerError", status=500)
    # Lambda repeats an event whose handler raised, and puts it into the dead-letter queue then.
    with pytest.raises(StoreUnavailable):
        deployment.invoke("record_migration_failure", load_event(FAILED))
    deployment.disturbance.stop()

    deployment.invoke("record_migration_failure", load_event(FAILED))

    assert deployment.migration(ASTER).outcome is MigrationOutcome.BROKE


def test_an_execution_that_no_migration_started_is_refused(deployment: Deployment) -> None:
    with pytest.raises(MigrationNotFound):
        deployment.invoke("record_migration_failure", load_event(FAILED))


def test_the_log_names_the_migration(deployment: Deployment) -> None:
    set_stage(deployment, FAILED)

    deployment.invoke("record_migration_failure", load_event(FAILED))

    (line,) = deployment.log("migration_failure_recorded")
    assert (line["migration_id"], line["outcome"]) == (f"{ASTER}-1", "broke")
