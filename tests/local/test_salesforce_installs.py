"""Package installs: asked for, polled, ended; and what they leave behind."""

from __future__ import annotations

from typing import Any

import pytest

from local.salesforce import (
    InstallBehaviour,
    PublishedVersion,
    RunningOrg,
    SalesforceSimulator,
    package_version_id,
)
from tests.local.clients import API, FixedClock, OrgClient, error_code

REQUESTS = f"{API}/tooling/sobjects/PackageInstallRequest"
NEW = PublishedVersion(version="3.28")
ORDER = {
    "SubscriberPackageVersionKey": NEW.id,
    "SecurityType": "Full",
    "EnableRss": True,
    "NameConflictResolution": "Block",
}


@pytest.fixture(autouse=True)
def published(simulator: SalesforceSimulator) -> None:
    simulator.publish(NEW)


def start(client: OrgClient, **changes: object) -> str:
    answer = client.request("POST", f"{REQUESTS}/", json=ORDER | changes)
    assert answer.status_code == 201, answer.text
    assert answer.json().keys() == {"id", "success", "errors"}
    return str(answer.json()["id"])


def report(client: OrgClient, request_id: str) -> dict[str, Any]:
    record: dict[str, Any] = client.get(f"{REQUESTS}/{request_id}").json()
    return record


def test_an_install_runs_for_some_polls_and_then_changes_the_version(
    client: OrgClient, org: RunningOrg
) -> None:
    request_id = start(client)
    statuses = [report(client, request_id)["Status"] for _ in range(3)]
    assert statuses == ["IN_PROGRESS", "IN_PROGRESS", "SUCCESS"]
    assert org.document.packages[0].version == "3.28.0.1"
    assert org.document.packages[0].installed_version_id == NEW.id
    assert len(org.key_rows) == 1


def test_an_install_can_be_polled_with_a_query(client: OrgClient) -> None:
    request_id = start(client)
    query = f"SELECT Errors, Status FROM PackageInstallRequest WHERE Id='{request_id}'"  # noqa: S608
    statuses = [client.tooling_records(query)[0] for _ in range(3)]
    assert [one["Status"] for one in statuses] == ["IN_PROGRESS", "IN_PROGRESS", "SUCCESS"]
    assert statuses[-1]["Errors"] is None


def test_an_install_can_take_time_instead_of_polls(
    client: OrgClient, org: RunningOrg, clock: FixedClock
) -> None:
    org.document.install = InstallBehaviour(seconds=120)
    request_id = start(client)
    clock.advance(119)
    assert report(client, request_id)["Status"] == "IN_PROGRESS"
    clock.advance(1)
    assert report(client, request_id)["Status"] == "SUCCESS"


def test_a_failed_install_says_why_and_changes_nothing(client: OrgClient, org: RunningOrg) -> None:
    org.document.install = InstallBehaviour(polls=0, error="The post install script failed.")
    record = report(client, start(client))
    assert record["Status"] == "ERROR"
    assert record["Errors"] == {"errors": [{"message": "The post install script failed."}]}
    assert org.document.packages[0].version == "3.23.0.4"


def test_an_org_without_platform_cache_cannot_take_the_new_version(
    client: OrgClient, org: RunningOrg
) -> None:
    org.document.platform_cache = False
    org.document.install = InstallBehaviour(polls=0)
    errors = report(client, start(client))["Errors"]["errors"]
    assert errors == [{"message": "Missing Organization Feature: PlatformCache null"}]


def test_an_older_version_is_not_installed_over_a_newer_one(
    client: OrgClient, org: RunningOrg
) -> None:
    org.set_package_version("3.30")
    org.document.install = InstallBehaviour(polls=0)
    errors = report(client, start(client))["Errors"]["errors"]
    assert "newer version" in errors[0]["message"]


@pytest.mark.parametrize("spelling", ["Full", "full", "FULL", "None", "NONE", "Custom", None])
def test_every_spelling_of_the_security_type_is_taken(
    client: OrgClient, spelling: str | None
) -> None:
    expected = spelling or "None"
    assert report(client, start(client, SecurityType=spelling))["SecurityType"] == expected


def test_an_installation_key_is_not_given_back(client: OrgClient) -> None:
    record = report(client, start(client, Password="p"))
    assert "Password" not in record


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"SubscriberPackageVersionKey": "04t000000000001AAA"}, "INVALID_CROSS_REFERENCE_KEY"),
        ({"SubscriberPackageVersionKey": "033370000004aaUAAQ"}, "INVALID_ID_FIELD"),
        ({"SubscriberPackageVersionKey": None}, "INVALID_ID_FIELD"),
        ({"SecurityType": "everybody"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ({"Status": "SUCCESS"}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ({"Foo": 1}, "INVALID_FIELD"),
    ],
)
def test_a_bad_order_is_refused(
    client: OrgClient, org: RunningOrg, change: dict[str, object], code: str
) -> None:
    refused = client.request("POST", REQUESTS, json=ORDER | change)
    assert error_code(refused) == (400, code)
    assert org.installs.rows() == []


def test_installing_needs_the_permission(client: OrgClient, org: RunningOrg) -> None:
    org.document.users[0].install_packaging = False
    refused = client.request("POST", REQUESTS, json=ORDER)
    assert error_code(refused) == (403, "INSUFFICIENT_ACCESS")


@pytest.mark.parametrize(
    ("installed", "beta", "verdict"),
    [
        ("3.23.0.4", False, "NO_ERRORS_DETECTED"),
        ("3.30.0.1", False, "CANNOT_INSTALL_EARLIER_VERSION"),
        ("3.27.0.1", True, "CANNOT_UPGRADE_BETA"),
    ],
)
def test_a_version_tells_before_the_install_whether_it_fits(
    client: OrgClient, org: RunningOrg, installed: str, beta: bool, verdict: str
) -> None:
    org.set_package_version(installed, beta=beta)
    query = "SELECT SubscriberPackageId, InstallValidationStatus FROM SubscriberPackageVersion"
    (record,) = client.tooling_records(f"{query} WHERE Id = '{NEW.id}'")
    assert record["InstallValidationStatus"] == verdict


def test_a_beta_is_not_for_production(client: OrgClient, simulator: SalesforceSimulator) -> None:
    beta = PublishedVersion(version="3.29", beta=True)
    simulator.publish(beta)
    query = "SELECT InstallValidationStatus FROM SubscriberPackageVersion"
    (record,) = client.tooling_records(f"{query} WHERE Id = '{beta.id}'")
    assert record["InstallValidationStatus"] == "BETA_INSTALL_INTO_PRODUCTION_ORG"
    assert beta.id != package_version_id(beta.package_id, "3.29")


def test_the_last_request_can_be_asked_for(client: OrgClient, clock: FixedClock) -> None:
    start(client, SecurityType="None")
    clock.advance(60)
    start(client)
    (last,) = client.tooling_records(
        "SELECT SecurityType FROM PackageInstallRequest ORDER BY CreatedDate DESC LIMIT 1"
    )
    assert last == {"SecurityType": "Full"}


def test_a_package_can_be_installed_anew(client: OrgClient, org: RunningOrg) -> None:
    org.remove_package()
    org.document.install = InstallBehaviour(polls=0)
    assert report(client, start(client))["Status"] == "SUCCESS"
    assert org.document.packages[0].version == "3.28.0.1"
