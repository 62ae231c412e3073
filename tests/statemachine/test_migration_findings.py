"""What the pre-flight finds, and what the machine makes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from local.salesforce import (
    InstallBehaviour,
    InstallVerdict,
    PublishedVersion,
    SimulatedOrg,
    SimulatedUser,
)
from tests.functions.upgrades import TARGET
from tests.statemachine.migrations import MigrationMachine
from tests.statemachine.orgs import (
    HOST,
    an_org,
    an_org_that_consented_beforehand,
    installs_asked_for,
)
from zoom_migrator.domain.migration import MigrationOutcome
from zoom_migrator.domain.status import BlockedReason, OrgStatus

BLOCKED: dict[str, tuple[Callable[[MigrationMachine], str], BlockedReason]] = {
    "target_not_found": (
        lambda machine: unpublished(machine),
        BlockedReason.TARGET_NOT_USABLE,
    ),
    "target_of_another_package": (
        lambda machine: offered(machine, package_id="0338a000000ZZicAAG"),
        BlockedReason.TARGET_NOT_USABLE,
    ),
    "target_is_beta": (
        lambda machine: offered(machine, beta=True),
        BlockedReason.TARGET_NOT_USABLE,
    ),
    "target_too_old": (
        lambda machine: offered(machine, version="3.26.0.1"),
        BlockedReason.TARGET_NOT_USABLE,
    ),
    "target_refused": (
        lambda machine: offered(machine, installation_key="open sesame"),
        BlockedReason.TARGET_NOT_USABLE,
    ),
    "target_not_installable": (
        lambda machine: an_org(
            machine, install=InstallBehaviour(verdict=InstallVerdict.PACKAGING_DISABLED)
        ),
        BlockedReason.TARGET_NOT_USABLE,
    ),
    "install_not_permitted": (
        lambda machine: an_org(
            machine,
            users=[SimulatedUser(username="integration@acme.example", install_packaging=False)],
        ),
        BlockedReason.INSTALL_NOT_ALLOWED,
    ),
    "org_read_only": (
        lambda machine: an_org(machine, read_only=True),
        BlockedReason.ORG_NOT_UPGRADABLE,
    ),
    "trial_expired": (
        lambda machine: an_org(machine, trial_expires="2024-01-31T00:00:00.000+0000"),
        BlockedReason.ORG_NOT_UPGRADABLE,
    ),
}


def offered(machine: MigrationMachine, **traits: Any) -> str:
    machine.upgrades.offer(PublishedVersion(**{"version": TARGET.version, **traits}))
    return machine.upgrades.register(SimulatedOrg(host=HOST, key_rows=[])).org_id


def unpublished(machine: MigrationMachine) -> str:
    machine.upgrades.configure("PACKAGE_VERSION_ID", "04t1S000000ASBdQAO")
    return machine.upgrades.register(SimulatedOrg(host=HOST, key_rows=[])).org_id


@pytest.mark.parametrize("code", BLOCKED)
def test_what_the_pre_flight_finds_ends_the_machine_well_before_anything_is_changed(
    migrations: MigrationMachine, code: str
) -> None:
    prepare, reason = BLOCKED[code]
    org_id = prepare(migrations)

    run = migrations.run(org_id)

    assert run.path == ("PrepareUpgrade", "WhatIsNext", "Completed")
    assert run.output["outcome"] == "blocked"
    assert (run.migration.failure_code, run.migration.blocked_reason) == (code, reason)
    assert run.migration.remedy
    assert migrations.deployment.org(org_id).status is OrgStatus.BLOCKED
    assert installs_asked_for(migrations) == 0


def test_what_the_pre_flight_finds_and_passes_by_itself_is_waited_for(
    migrations: MigrationMachine,
) -> None:
    org_id = an_org_that_consented_beforehand(migrations, daily_api_used=14_990)
    (running,) = migrations.deployment.running
    migrations.functions.after("prepare_upgrade", lambda: setattr(running, "api_used", 0))

    run = migrations.run(org_id)

    assert run.path[:3] == ("PrepareUpgrade", "WhatIsNext", "WaitToPrepareAgain")
    assert run.migration.outcome is MigrationOutcome.MIGRATED


def test_a_package_that_was_removed_ends_the_migration(migrations: MigrationMachine) -> None:
    org_id = an_org(migrations, packages=[])

    run = migrations.run(org_id)

    assert run.output["outcome"] == "not_installed"
    assert migrations.deployment.org(org_id).status is OrgStatus.NOT_INSTALLED
