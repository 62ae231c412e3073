"""What becomes of installs."""

from __future__ import annotations

import json

import pytest

from local.salesforce import (
    Fault,
    FaultKind,
    InstallBehaviour,
    InstallFailure,
)
from tests.statemachine.migrations import MigrationMachine
from tests.statemachine.orgs import (
    an_org,
    an_org_that_consented_beforehand,
    installs_asked_for,
)
from zoom_migrator.domain.migration import MigrationOutcome
from zoom_migrator.domain.status import BlockedReason


def test_platform_cache_blocks_the_org_with_the_words_for_salesforce_support(
    migrations: MigrationMachine,
) -> None:
    org_id = an_org_that_consented_beforehand(
        migrations, install=InstallBehaviour(failure=InstallFailure.PLATFORM_CACHE)
    )

    run = migrations.run(org_id)

    org = migrations.deployment.org(org_id)
    assert run.output["outcome"] == "blocked"
    assert org.blocked_reason is BlockedReason.CONTACT_SALESFORCE_SUPPORT
    assert "Salesforce Support" in run.migration.remedy
    assert "PlatformCache" in run.migration.said


def test_a_blocked_org_is_resumed_with_the_consent_it_gave(migrations: MigrationMachine) -> None:
    org_id = an_org(
        migrations, install=InstallBehaviour(failure=InstallFailure.PLATFORM_CACHE, times=1)
    )
    migrations.while_waiting(lambda: migrations.upgrades.answer(org_id))
    migrations.run(org_id)

    run = migrations.end_of(migrations.upgrades.resume(org_id))

    assert (run.migration.attempt, run.migration.outcome) == (2, MigrationOutcome.MIGRATED)
    assert "RequestApproval" not in run.path


def test_an_install_that_fails_for_a_reason_that_passes_is_tried_again(
    migrations: MigrationMachine,
) -> None:
    org_id = an_org_that_consented_beforehand(
        migrations, install=InstallBehaviour(failure=InstallFailure.ROW_LOCKED, times=2)
    )

    run = migrations.run(org_id)

    assert run.path.count("StartInstall") == 3
    assert run.migration.outcome is MigrationOutcome.MIGRATED
    assert installs_asked_for(migrations) == 3


@pytest.mark.parametrize(
    "fault", [FaultKind.RESET_MID, FaultKind.GATEWAY_TIMEOUT, FaultKind.TRUNCATED]
)
def test_an_install_whose_answer_is_lost_is_looked_for_and_never_sent_again(
    migrations: MigrationMachine, fault: FaultKind
) -> None:
    lost = Fault(kind=fault, method="POST", path="PackageInstallRequest", times=1)
    org_id = an_org_that_consented_beforehand(migrations, faults=[lost])

    run = migrations.run(org_id)

    assert run.path.count("StartInstall") == 2
    assert run.migration.outcome is MigrationOutcome.MIGRATED
    assert installs_asked_for(migrations) == 1


def test_a_function_that_dies_after_it_sent_the_request_sends_no_second_one(
    migrations: MigrationMachine,
) -> None:
    org_id = an_org_that_consented_beforehand(migrations)
    disturbance = migrations.deployment.disturbance
    # What it wants to store after the request is refused, once its own retries are used up.
    migrations.functions.before(
        "start_install", lambda: disturbance.refuse("PutItem", mentioning="0Hf", times=5)
    )

    run = migrations.run(org_id)

    assert run.failures == ("StoreUnavailable",)
    assert run.migration.outcome is MigrationOutcome.MIGRATED
    assert installs_asked_for(migrations) == 1


def test_an_install_that_never_ends_is_given_up(migrations: MigrationMachine) -> None:
    org_id = an_org_that_consented_beforehand(migrations, install=InstallBehaviour(never_ends=True))

    migrations.upgrades.configure("INSTALL_DEADLINE_MINUTES", "20")

    run = migrations.run(org_id)

    pauses = migrations.interpreter.pauses
    assert run.migration.failure_code == "install_too_slow"
    assert (pauses[:3], max(pauses)) == ([0, 10, 10], 120)
    assert sum(pauses) == pytest.approx(1_200, abs=60)


def test_the_same_migration_started_twice_runs_once(migrations: MigrationMachine) -> None:
    org_id = an_org_that_consented_beforehand(migrations)
    migrations.run(org_id)

    migrations.stepfunctions.start_execution(
        stateMachineArn=migrations.arn, name=f"{org_id}-2", input=json.dumps({})
    )
    migrations.ended(f"{org_id}-2")

    executions = migrations.stepfunctions.list_executions(stateMachineArn=migrations.arn)
    assert len(executions["executions"]) == 2
    assert installs_asked_for(migrations) == 1
