"""What a scan starts when it is over: the migrations of the orgs that it found behind."""

from __future__ import annotations

import pytest

from local.salesforce import SimulatedOrg, SimulatedPackage
from tests.builders import org_id_of
from tests.statemachine.conftest import Machines
from tests.statemachine.scans import ScanRun
from zoom_migrator.domain.migration import MigrationOutcome
from zoom_migrator.domain.org import Org, StartPolicy, UpgradePolicy
from zoom_migrator.domain.scan import ScanStatus
from zoom_migrator.domain.status import OrgStatus

SCAN_ID = "scan-20261124T050000Z-k3v7qa"
NEXT_SCAN_ID = "scan-20261125T050000Z-h2c4tb"


@pytest.fixture
def org(machines: Machines) -> Org:
    """An org that is behind, and that the scan is to upgrade by itself."""
    upgrades = machines.migrations.upgrades
    upgrades.offer()
    org = upgrades.register(
        SimulatedOrg(host="acme.my.salesforce.com", key_rows=[]),
        policy=UpgradePolicy.AUTO,
        starts=StartPolicy.SCAN,
    )
    upgrades.accept_beforehand(org.org_id)
    machines.migrations.zoom_admin_consents(org.org_id)
    return org


def test_an_org_that_is_behind_is_upgraded_and_asked_for_its_authorization(
    machines: Machines, org: Org
) -> None:
    scan = machines.scans.run(SCAN_ID)
    run = machines.migrations.end_of(machines.scans.deployment.migration(org.org_id))

    assert scan.output["migrations"]["started"] == 1
    assert run.migration.outcome is MigrationOutcome.MIGRATED
    assert (run.migration.trigger, run.migration.requested_by) == ("scan", f"scan:{SCAN_ID}")
    assert machines.scans.deployment.org(org.org_id).status is OrgStatus.MIGRATED


def test_an_org_that_has_its_version_is_asked_for_its_authorization(machines: Machines) -> None:
    upgrades = machines.migrations.upgrades
    org = upgrades.register(
        SimulatedOrg(host="acme.my.salesforce.com", key_rows=[]), starts=StartPolicy.SCAN
    )
    upgrades.upgrade_by_hand(org.org_id)
    machines.migrations.zoom_admin_consents(org.org_id)

    scan = machines.scans.run(SCAN_ID)
    run = machines.migrations.end_of(machines.scans.deployment.migration(org.org_id))

    assert scan.output["migrations"]["started"] == 1
    assert run.path[:3] == ("PrepareUpgrade", "WhatIsNext", "RequestAuthorization")
    assert run.migration.outcome is MigrationOutcome.MIGRATED


def test_a_second_scan_changes_nothing(machines: Machines, org: Org) -> None:
    machines.scans.run(SCAN_ID)
    machines.migrations.end_of(machines.scans.deployment.migration(org.org_id))
    before = machines.scans.deployment.org(org.org_id)

    scan = machines.scans.run(NEXT_SCAN_ID)

    after = machines.scans.deployment.org(org.org_id)
    assert scan.output["migrations"]["started"] == 0
    assert (after.status, after.attempts) == (before.status, 1)


def test_a_scan_never_starts_a_second_migration_of_an_org(machines: Machines) -> None:
    upgrades = machines.migrations.upgrades
    upgrades.offer()
    org = upgrades.register(
        SimulatedOrg(host="acme.my.salesforce.com", key_rows=[]), starts=StartPolicy.SCAN
    )
    scans: list[ScanRun] = []
    machines.migrations.while_waiting(lambda: scans.append(machines.scans.run(SCAN_ID)))

    machines.migrations.run(org.org_id)

    (scan,) = scans
    counts = {name: scan.output["migrations"][name] for name in ("started", "already_running")}
    assert counts == {"started": 0, "already_running": 1}
    assert machines.scans.deployment.org(org.org_id).attempts == 1


def test_an_org_that_only_an_operator_may_start_is_left_alone(machines: Machines) -> None:
    upgrades = machines.migrations.upgrades
    upgrades.offer()
    org = upgrades.register(SimulatedOrg(host="acme.my.salesforce.com", key_rows=[]))

    scan = machines.scans.run(SCAN_ID)

    assert scan.output["migrations"]["started"] == 0
    assert machines.scans.deployment.org(org.org_id).status is OrgStatus.UPGRADE_REQUIRED


def test_a_scan_wakes_a_migration_that_nobody_has_to_answer_any_more(
    machines: Machines,
) -> None:
    upgrades = machines.migrations.upgrades
    upgrades.offer()
    document = SimulatedOrg(host="acme.my.salesforce.com", key_rows=[])
    org = upgrades.register(document)

    def somebody_upgrades_by_hand() -> None:
        machines.scans.deployment.running[0].install_package(SimulatedPackage(version="3.28.0.2"))
        machines.scans.run(SCAN_ID)

    machines.migrations.while_waiting(somebody_upgrades_by_hand)
    machines.migrations.zoom_admin_consents(org.org_id)
    run = machines.migrations.run(org.org_id)

    assert run.path[2:6] == (
        *("RequestApproval", "FollowUpApproval", "WhatIsNext"),
        "RequestAuthorization",
    )
    assert run.migration.outcome is MigrationOutcome.MIGRATED


def test_migrations_that_cannot_be_started_leave_the_scan_as_true_as_it_was(
    machines: Machines, org: Org
) -> None:
    disturbance = machines.functions.deployment.disturbance
    machines.functions.before("start_migrations", lambda: disturbance.refuse("Query"))

    scan = machines.scans.run(SCAN_ID)

    assert scan.status == "SUCCEEDED"
    assert scan.output["migrations"] == {"error": "StoreUnavailable"}
    disturbance.stop()
    assert machines.scans.deployment.scan(SCAN_ID).status is ScanStatus.COMPLETED
    assert machines.scans.run(NEXT_SCAN_ID).output["migrations"]["started"] == 1


def test_what_ten_calls_do_not_get_done_is_left_to_the_next_scan(
    machines: Machines, org: Org
) -> None:
    machines.functions.rush("start_migrations", times=11)

    scan = machines.scans.run(SCAN_ID)

    assert scan.path.count("StartMigrations") == 10
    assert (scan.status, scan.output["migrations"]["is_complete"]) == ("SUCCEEDED", False)


def test_one_org_whose_migration_cannot_be_started_costs_no_other_its_own(
    machines: Machines, org: Org
) -> None:
    other = machines.migrations.upgrades.register(
        SimulatedOrg(host="other.my.salesforce.com", org_id=org_id_of(7)),
        policy=UpgradePolicy.MANUAL,
        starts=StartPolicy.SCAN,
    )
    machines.functions.deployment.disturbance.refuse("StartExecution", mentioning=other.org_id)

    scan = machines.scans.run(SCAN_ID)

    assert scan.output["migrations"] | {"started": 1, "failed": 1} == scan.output["migrations"]
