"""What a scan sees of the orgs that are connected, before it starts any migration."""

from __future__ import annotations

from datetime import timedelta

import pytest

from local.salesforce import SimulatedOrg, SimulatedPackage, SimulatedUser
from tests.builders import a_registration
from tests.functions.aging import grow_older
from tests.functions.resources import TABLE
from tests.functions.webhook_worlds import connect
from tests.functions.zoom_app import ZOOM_ADMIN
from tests.statemachine.conftest import Machines
from zoom_migrator.domain.org import Org, StartPolicy, UpgradePolicy
from zoom_migrator.domain.scan import ScanStatus
from zoom_migrator.domain.status import OrgStatus

SCAN_ID = "scan-20261124T050000Z-k3v7qa"
NEXT_SCAN_ID = "scan-20261125T050000Z-h2c4tb"
A_WEEK = timedelta(days=7, minutes=1).total_seconds()


@pytest.fixture
def connected(machines: Machines) -> str:
    """An org that is connected, and has its version; its id."""
    registration = a_registration(number=7)
    document = SimulatedOrg(
        org_id=registration.org_id,
        host=registration.host,
        users=[SimulatedUser(username=registration.username)],
        packages=[SimulatedPackage(version="3.28.0.2")],
    )
    deployment = machines.functions.deployment
    deployment.running.append(deployment.simulator.add(document))
    connect(deployment, number=7)
    return registration.org_id


@pytest.fixture
def behind(machines: Machines) -> Org:
    """An org that is behind, and whose migration is left to the scan."""
    machines.migrations.upgrades.offer()
    return machines.migrations.upgrades.register(
        SimulatedOrg(host="behind.my.salesforce.com"),
        policy=UpgradePolicy.MANUAL,
        starts=StartPolicy.SCAN,
    )


def test_an_app_that_was_removed_at_zoom_is_noticed_and_asked_for_again(
    machines: Machines, connected: str
) -> None:
    deployment = machines.functions.deployment
    grow_older(TABLE, A_WEEK)
    deployment.zoom.remove_app(ZOOM_ADMIN, deployment.zoom_app, notify=False)

    scan = machines.scans.run(SCAN_ID)
    machines.migrations.end_of(deployment.migration(connected))

    assert scan.output["health"]["found"] == {"lost": 1}
    migration = deployment.migration(connected)
    assert (migration.trigger, migration.requested_by) == ("reauthorization", f"scan:{SCAN_ID}")
    assert migration.authorization is not None
    assert deployment.org(connected).status is OrgStatus.DISCONNECTED


def test_a_second_scan_looks_at_nothing_that_was_proven_by_the_first(
    machines: Machines, connected: str
) -> None:
    grow_older(TABLE, A_WEEK)
    first = machines.scans.run(SCAN_ID)
    before = machines.functions.deployment.org(connected)

    second = machines.scans.run(NEXT_SCAN_ID)

    assert first.output["health"]["found"] == {"proven": 1}
    assert second.output["health"]["found"] == {"well": 1}
    after = machines.functions.deployment.org(connected)
    assert (after.status, after.verification) == (before.status, before.verification)


def test_a_call_that_ran_short_of_time_is_followed_by_one_that_goes_on(
    machines: Machines, connected: str
) -> None:
    grow_older(TABLE, A_WEEK)
    first = {"scan_id": SCAN_ID, "found": {"unproven": 1}, "failed": 0, "is_complete": False}
    machines.functions.answer("watch_orgs", first)

    scan = machines.scans.run(SCAN_ID)

    assert scan.path.count("WatchOrgs") == 2
    # The only org has had its turn, so the second call has nothing left to look at.
    assert scan.output["health"] == first | {"is_complete": True}


def test_what_ten_calls_do_not_get_done_is_left_to_the_next_scan(
    machines: Machines, connected: str, behind: Org
) -> None:
    machines.functions.rush("watch_orgs", times=11)

    scan = machines.scans.run(SCAN_ID)

    assert scan.path.count("WatchOrgs") == 10
    assert scan.output["health"]["is_complete"] is False
    # Whoever waits for a migration does not wait for that.
    assert scan.output["migrations"]["started"] == 1


def test_orgs_that_cannot_be_looked_at_leave_the_scan_as_true_as_it_was(
    machines: Machines, connected: str, behind: Org
) -> None:
    disturbance = machines.functions.deployment.disturbance
    machines.functions.before("watch_orgs", lambda: disturbance.refuse("Query"))
    machines.functions.before("start_migrations", disturbance.stop)

    scan = machines.scans.run(SCAN_ID)

    assert (scan.status, scan.output["health"]) == ("SUCCEEDED", {"error": "StoreUnavailable"})
    assert scan.output["migrations"]["started"] == 1
    assert machines.scans.deployment.scan(SCAN_ID).status is ScanStatus.COMPLETED
    assert machines.scans.run(NEXT_SCAN_ID).output["health"]["found"]["well"] == 1


def test_one_call_that_is_refused_is_repeated(machines: Machines, connected: str) -> None:
    machines.functions.throttle("watch_orgs", times=2)

    scan = machines.scans.run(SCAN_ID)

    assert scan.failures == ("Lambda.TooManyRequestsException",) * 2
    assert scan.output["health"]["found"] == {"well": 1}


def test_no_token_is_in_the_history(machines: Machines, connected: str) -> None:
    grow_older(TABLE, A_WEEK)

    scan = machines.scans.run(SCAN_ID)

    secrets = machines.functions.deployment.zoom.secret_values()
    assert [secret for secret in secrets if secret in scan.history] == []
