"""Installs that fail: in every documented way, at once or in the end, and because of the org."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from local.salesforce import (
    FailureMoment,
    InstallBehaviour,
    InstallFailure,
    InstallVerdict,
    PublishedVersion,
    RunningOrg,
    SalesforceSimulator,
    package_version_id,
)
from tests.local.clients import FixedClock, OrgClient, error_code
from tests.local.installing import Installer


@pytest.mark.parametrize("failure", InstallFailure)
def test_an_install_fails_in_every_documented_way(
    installer: Installer, org: RunningOrg, failure: InstallFailure
) -> None:
    org.document.install = InstallBehaviour(seconds=0, failure=failure)
    record = installer.report(installer.start())
    messages = [{"message": message} for message in failure.messages]
    assert record["Status"] == "ERROR"
    assert record["Errors"] == ({"errors": messages} if messages else None)
    assert installer.version() == "3.23"


@pytest.mark.parametrize("failure", InstallFailure)
def test_an_install_is_refused_in_every_documented_way(
    installer: Installer, org: RunningOrg, failure: InstallFailure
) -> None:
    org.document.install = InstallBehaviour(failure=failure, failing=FailureMoment.AT_ONCE)
    refused = installer.ask()
    assert refused.status_code in (400, 403)
    (error,) = refused.json()
    assert all(message in error["message"] for message in failure.messages)
    assert org.installs.runs == []


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (InstallFailure.ROW_LOCKED, "UNABLE_TO_LOCK_ROW"),
        (InstallFailure.SETUP_LOCKED, "ALREADY_IN_PROCESS"),
        (InstallFailure.KEY_REQUIRED, "INSTALL_KEY_REQUIRED"),
        (InstallFailure.KEY_INVALID, "INSTALL_KEY_INVALID"),
        (InstallFailure.INVALID_CROSS_REFERENCE, "INVALID_CROSS_REFERENCE_KEY"),
        (InstallFailure.PLATFORM_CACHE, "PACKAGING_API_INSTALL_FAILED"),
    ],
)
def test_a_refusal_carries_an_error_code(
    installer: Installer, org: RunningOrg, failure: InstallFailure, code: str
) -> None:
    org.document.install = InstallBehaviour(failure=failure, failing=FailureMoment.AT_ONCE)
    assert error_code(installer.ask()) == (400, code)


@pytest.mark.parametrize("moment", FailureMoment)
def test_a_failure_can_hit_a_number_of_installs(
    installer: Installer, org: RunningOrg, moment: FailureMoment
) -> None:
    org.document.install = InstallBehaviour(
        seconds=0, failure=InstallFailure.ROW_LOCKED, failing=moment, times=2
    )
    outcomes = [_outcome(installer) for _ in range(3)]
    refused = "UNABLE_TO_LOCK_ROW" if moment is FailureMoment.AT_ONCE else "ERROR"
    assert outcomes == [refused, refused, "SUCCESS"]


def test_an_install_can_fail_in_any_words(installer: Installer, org: RunningOrg) -> None:
    words = '<b>"It is broken"</b>\r\n=1+1'
    org.document.install = InstallBehaviour(polls=0, error=words)
    assert installer.status(installer.start()) == ("ERROR", [words])


def test_an_org_without_platform_cache_cannot_take_the_new_version(
    installer: Installer, org: RunningOrg, clock: FixedClock
) -> None:
    org.document.platform_cache = False
    org.document.install = InstallBehaviour(seconds=60)
    request_id = installer.start()
    clock.advance(60)
    assert installer.status(request_id) == (
        "ERROR",
        ["Missing Organization Feature: PlatformCache null"],
    )


def test_platform_cache_can_come_while_the_install_runs(
    installer: Installer, org: RunningOrg, clock: FixedClock
) -> None:
    org.document.platform_cache = False
    org.document.install = InstallBehaviour(seconds=60)
    request_id = installer.start()
    org.document.platform_cache = True
    clock.advance(60)
    assert installer.status(request_id)[0] == "SUCCESS"


def test_a_version_can_do_without_platform_cache(
    installer: Installer, org: RunningOrg, simulator: SalesforceSimulator
) -> None:
    older = PublishedVersion(version="3.27", needs_platform_cache=False)
    simulator.publish(older)
    org.document.platform_cache = False
    org.document.install = InstallBehaviour(seconds=0)
    installer.version_id = older.id
    assert installer.status(installer.start())[0] == "SUCCESS"


def test_an_older_version_is_not_installed_over_a_newer_one(
    installer: Installer, org: RunningOrg
) -> None:
    org.set_package_version("3.30")
    org.document.install = InstallBehaviour(seconds=0)
    status, messages = installer.status(installer.start())
    assert (status, messages) == ("ERROR", list(InstallFailure.NEWER_VERSION.messages))


@pytest.mark.parametrize(
    ("installed", "beta", "verdict"),
    [
        ("3.23.0.4", False, "NO_ERRORS_DETECTED"),
        ("3.30.0.1", False, "CANNOT_INSTALL_EARLIER_VERSION"),
        ("3.27.0.1", True, "CANNOT_UPGRADE_BETA"),
    ],
)
def test_a_version_tells_before_the_install_whether_it_fits(
    installer: Installer, org: RunningOrg, installed: str, beta: bool, verdict: str
) -> None:
    org.set_package_version(installed, beta=beta)
    assert _verdict(installer.client, installer.version_id) == verdict


def test_a_beta_is_not_for_production(client: OrgClient, simulator: SalesforceSimulator) -> None:
    beta = PublishedVersion(version="3.29", beta=True)
    simulator.publish(beta)
    assert _verdict(client, beta.id) == "BETA_INSTALL_INTO_PRODUCTION_ORG"
    assert beta.id != package_version_id(beta.package_id, "3.29")


@pytest.mark.parametrize("verdict", InstallVerdict)
def test_an_org_can_give_every_verdict(
    installer: Installer, org: RunningOrg, verdict: InstallVerdict
) -> None:
    org.document.install = InstallBehaviour(verdict=verdict)
    assert _verdict(installer.client, installer.version_id) == verdict


@pytest.mark.parametrize(
    ("verdict", "failure"),
    [
        (InstallVerdict.PACKAGE_UNAVAILABLE, InstallFailure.NOT_YET_AVAILABLE),
        (InstallVerdict.PACKAGE_UNAVAILABLE_ZIP, InstallFailure.NOT_YET_AVAILABLE),
        (InstallVerdict.DEPRECATED_INSTALL_PACKAGE, InstallFailure.DEPRECATED),
        (InstallVerdict.UNINSTALL_IN_PROGRESS, InstallFailure.SETUP_LOCKED),
    ],
)
def test_an_install_against_a_verdict_fails(
    installer: Installer, org: RunningOrg, verdict: InstallVerdict, failure: InstallFailure
) -> None:
    org.document.install = InstallBehaviour(seconds=0, verdict=verdict)
    assert installer.status(installer.start()) == ("ERROR", list(failure.messages))


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param({"failure": "row_locked", "error": "x"}, id="two reasons"),
        pytest.param({"error": "x", "failing": "at_once"}, id="a refusal in any words"),
        pytest.param({"failure": "bad weather"}, id="an unknown failure"),
        pytest.param({"verdict": "FINE"}, id="an unknown verdict"),
        pytest.param({"seconds": -1}, id="an install that ended before it began"),
        pytest.param({"times": 0, "failure": "row_locked"}, id="a failure that never hits"),
    ],
)
def test_a_behaviour_that_makes_no_sense_is_refused(behaviour: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        InstallBehaviour.model_validate(behaviour)


def _outcome(installer: Installer) -> str:
    answer = installer.ask()
    if answer.status_code != 201:
        return error_code(answer)[1]
    return installer.status(answer.json()["id"])[0]


def _verdict(client: OrgClient, version_id: str) -> str:
    query = "SELECT SubscriberPackageId, InstallValidationStatus FROM SubscriberPackageVersion"
    (record,) = client.tooling_records(f"{query} WHERE Id = '{version_id}'")
    return str(record["InstallValidationStatus"])
