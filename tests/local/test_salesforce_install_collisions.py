"""Installs that meet others: clients of the API, people in Setup, pushes, deployments."""

from __future__ import annotations

import contextlib

import pytest
import requests

from local.salesforce import (
    Collision,
    Fault,
    FaultKind,
    InstallBehaviour,
    InstallFailure,
    PublishedVersion,
    RunKind,
    RunningOrg,
    SalesforceSimulator,
    SimulatedUser,
)
from tests.local.clients import FixedClock, OrgClient, error_code
from tests.local.installing import Installer


@pytest.fixture(autouse=True)
def a_minute(org: RunningOrg) -> None:
    """Let every install take a minute."""
    org.document.install = InstallBehaviour(seconds=60)


def test_a_second_install_is_refused_while_one_is_running(
    installer: Installer, org: RunningOrg, clock: FixedClock
) -> None:
    installer.start()
    assert error_code(installer.ask()) == (400, "UNABLE_TO_LOCK_ROW")
    assert len(org.installs.rows()) == 1
    clock.advance(60)
    assert installer.ask().status_code == 201


def test_an_install_of_another_package_collides_too(
    installer: Installer, simulator: SalesforceSimulator
) -> None:
    other = PublishedVersion(namespace="ZVC", package_id="0338a000000ZZicAAG", version="2.9")
    simulator.publish(other)
    installer.start(SubscriberPackageVersionKey=other.id)
    assert error_code(installer.ask()) == (400, "UNABLE_TO_LOCK_ROW")


def test_a_second_install_can_be_accepted_and_fail(
    installer: Installer, org: RunningOrg, clock: FixedClock
) -> None:
    first = installer.start()
    org.document.install = InstallBehaviour(seconds=60, collision=Collision.FAILS)
    second = installer.start()
    clock.advance(60)
    assert installer.status(first)[0] == "SUCCESS"
    assert installer.status(second) == ("ERROR", list(InstallFailure.ROW_LOCKED.messages))


def test_installs_can_run_side_by_side(
    installer: Installer, org: RunningOrg, clock: FixedClock
) -> None:
    org.document.install = InstallBehaviour(seconds=60, collision=Collision.ALLOWED)
    both = [installer.start(), installer.start()]
    clock.advance(60)
    assert [installer.status(one)[0] for one in both] == ["SUCCESS", "SUCCESS"]


def test_a_deployment_locks_the_setup(
    installer: Installer, org: RunningOrg, clock: FixedClock
) -> None:
    org.installs.deploy(seconds=30)
    refused = installer.ask()
    assert error_code(refused) == (400, "ALREADY_IN_PROCESS")
    assert "already been locked by another change" in refused.text
    clock.advance(30)
    assert installer.ask().status_code == 201
    assert len(org.installs.rows()) == 1


def test_a_push_changes_the_version_without_a_request(
    installer: Installer, org: RunningOrg, clock: FixedClock
) -> None:
    org.installs.push("3.28", seconds=30)
    assert installer.version() == "3.23"
    assert error_code(installer.ask()) == (400, "UNABLE_TO_LOCK_ROW")
    clock.advance(30)
    assert installer.version() == "3.28"
    assert org.package().installed_version_id == installer.version_id
    assert org.installs.rows() == []


def test_a_push_can_overtake_an_install(
    installer: Installer, org: RunningOrg, clock: FixedClock
) -> None:
    request_id = installer.start()
    org.installs.push("3.30", seconds=10)
    clock.advance(300)
    assert installer.status(request_id) == ("ERROR", list(InstallFailure.NEWER_VERSION.messages))
    assert installer.version() == "3.30"


def test_a_push_reaches_only_orgs_with_the_package(org: RunningOrg) -> None:
    org.remove_package()
    with pytest.raises(KeyError, match="no package"):
        org.installs.push("3.28")


def test_a_person_can_install_in_setup(
    installer: Installer, client: OrgClient, org: RunningOrg, clock: FixedClock
) -> None:
    org.document.users.append(SimulatedUser(username="ada@acme.example"))
    request_id = org.installs.by_hand(installer.version_id, seconds=60, username="ada@acme.example")
    (record,) = client.tooling_records(
        "SELECT Id, Status, CreatedById, SecurityType FROM PackageInstallRequest"
    )
    assert record == {
        "Id": request_id,
        "Status": "IN_PROGRESS",
        "CreatedById": org.user_id(org.document.users[1]),
        "SecurityType": "Full",
    }
    assert error_code(installer.ask()) == (400, "UNABLE_TO_LOCK_ROW")
    clock.advance(60)
    assert installer.version() == "3.28"


def test_an_install_by_hand_fails_as_any_other_does(
    installer: Installer, org: RunningOrg, clock: FixedClock
) -> None:
    org.document.platform_cache = False
    request_id = org.installs.by_hand(installer.version_id)
    assert installer.status(request_id) == ("ERROR", list(InstallFailure.PLATFORM_CACHE.messages))


def test_an_install_of_the_installed_version_goes_well(
    installer: Installer, org: RunningOrg, clock: FixedClock
) -> None:
    org.installs.push("3.28")
    request_id = installer.start()
    clock.advance(60)
    assert installer.status(request_id)[0] == "SUCCESS"
    assert installer.version() == "3.28"


def test_what_was_due_happens_in_order(
    installer: Installer, org: RunningOrg, clock: FixedClock
) -> None:
    org.document.install = InstallBehaviour(seconds=10, version_lag_seconds=30)
    request_id = installer.start()
    org.installs.push("3.30", seconds=20)
    clock.advance(60)
    assert installer.status(request_id) == ("SUCCESS", [])
    assert installer.version() == "3.30"
    kinds = [(run.kind, run.ended_at) for run in org.installs.runs]
    assert kinds == [(RunKind.REQUEST, clock() - 50), (RunKind.PUSH, clock() - 40)]


@pytest.mark.parametrize(
    "kind",
    [
        FaultKind.RESET_MID,
        FaultKind.TRUNCATED,
        FaultKind.CUT_JSON,
        FaultKind.HTML_OK,
        FaultKind.GATEWAY_TIMEOUT,
    ],
)
def test_the_answer_to_an_accepted_request_can_be_lost(
    installer: Installer, org: RunningOrg, clock: FixedClock, kind: FaultKind
) -> None:
    org.faults.add(Fault(kind=kind, method="POST", path="sobjects/PackageInstallRequest", times=1))
    installer.client.tooling_records("SELECT Id FROM PackageInstallRequest")
    assert _ask_for_id(installer) is None
    (row,) = org.installs.rows()
    assert row["Status"] == "IN_PROGRESS"
    clock.advance(60)
    assert installer.version() == "3.28"


@pytest.mark.parametrize(
    "kind",
    [
        FaultKind.RESET_BEFORE,
        FaultKind.MAINTENANCE,
        FaultKind.SERVER_ERROR,
        FaultKind.SESSION_EXPIRED,
        FaultKind.TOTAL_REQUESTS_EXCEEDED,
    ],
)
def test_a_request_can_be_lost_before_it_is_read(
    installer: Installer, org: RunningOrg, kind: FaultKind
) -> None:
    org.faults.add(Fault(kind=kind, method="POST", times=1))
    assert _ask_for_id(installer) is None
    assert org.installs.rows() == []
    assert not org.faults


def _ask_for_id(installer: Installer) -> str | None:
    with contextlib.suppress(requests.exceptions.RequestException):
        answer = installer.ask()
        if answer.status_code == 201:
            return str(answer.json()["id"])
    return None
