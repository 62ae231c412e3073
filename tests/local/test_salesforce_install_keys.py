"""Versions that are protected by an installation key."""

from __future__ import annotations

import secrets

import pytest
from pydantic import ValidationError

from local.salesforce import (
    FailureMoment,
    InstallBehaviour,
    InstallFailure,
    Phase,
    PublishedVersion,
    RunningOrg,
    SalesforceSimulator,
)
from tests.local.clients import API, OrgClient, error_code
from tests.local.installing import Installer

FIELDS = "SELECT Id, SubscriberPackageId, IsPasswordProtected FROM SubscriberPackageVersion"


@pytest.fixture
def key() -> str:
    return "it's " + secrets.token_urlsafe(16)


@pytest.fixture
def protected(installer: Installer, simulator: SalesforceSimulator, key: str) -> PublishedVersion:
    """A version that needs a key, and an installer that asks for it."""
    version = PublishedVersion(version="3.29", installation_key=key)
    simulator.publish(version)
    installer.version_id = version.id
    return version


def with_key(version: PublishedVersion, key: str) -> str:
    escaped = key.replace("\\", "\\\\").replace("'", "\\'")
    return f"{FIELDS} WHERE Id ='{version.id}' AND InstallationKey ='{escaped}'"


def test_a_protected_version_is_shown_to_whoever_has_the_key(
    client: OrgClient, protected: PublishedVersion, key: str
) -> None:
    (record,) = client.tooling_records(with_key(protected, key))
    assert record["Id"] == protected.id
    assert record["IsPasswordProtected"] is True


def test_a_protected_version_is_not_shown_without_its_key(
    client: OrgClient, protected: PublishedVersion
) -> None:
    refused = client.tooling(f"{FIELDS} WHERE Id = '{protected.id}'")
    assert error_code(refused) == (400, "INSTALL_KEY_REQUIRED")
    assert "Please provide installationkey" in refused.text


def test_a_protected_version_is_not_shown_for_a_wrong_key(
    client: OrgClient, protected: PublishedVersion
) -> None:
    refused = client.tooling(with_key(protected, "guessed"))
    assert error_code(refused) == (400, "INSTALL_KEY_INVALID")
    assert "Invalid InstallationKey for SubscriberPackageVersion" in refused.text


def test_a_protected_version_is_not_retrieved_by_its_id(
    client: OrgClient, protected: PublishedVersion
) -> None:
    address = f"{API}/tooling/sobjects/SubscriberPackageVersion/{protected.id}"
    assert error_code(client.get(address)) == (400, "INSTALL_KEY_REQUIRED")


def test_a_key_that_is_not_needed_does_no_harm(
    client: OrgClient, new_version: PublishedVersion
) -> None:
    (record,) = client.tooling_records(with_key(new_version, "whatever"))
    assert record["IsPasswordProtected"] is False


def test_a_key_does_not_stand_in_for_the_id(client: OrgClient, key: str) -> None:
    query = f"{FIELDS} WHERE InstallationKey = '{key.replace("'", '')}'"
    assert error_code(client.tooling(query)) == (400, "MALFORMED_QUERY")


def test_an_installed_version_is_listed_without_its_key(
    installer: Installer, protected: PublishedVersion, org: RunningOrg, key: str
) -> None:
    org.document.install = InstallBehaviour(seconds=0)
    installer.start(Password=key)
    assert installer.version() == "3.29"
    refused = installer.client.tooling(f"{FIELDS} WHERE Id = '{protected.id}'")
    assert error_code(refused) == (400, "INSTALL_KEY_REQUIRED")


@pytest.mark.usefixtures("protected")
def test_the_key_of_an_install_may_be_escaped_as_in_a_query(installer: Installer, key: str) -> None:
    assert installer.ask(Password=key.replace("'", "\\'")).status_code == 201


@pytest.mark.parametrize(
    ("password", "code"),
    [
        (None, "INSTALL_KEY_REQUIRED"),
        ("", "INSTALL_KEY_REQUIRED"),
        ("guessed", "INSTALL_KEY_INVALID"),
    ],
)
@pytest.mark.usefixtures("protected")
def test_an_install_without_the_key_is_refused(
    installer: Installer, org: RunningOrg, password: str | None, code: str
) -> None:
    assert error_code(installer.ask(Password=password)) == (400, code)
    assert org.installs.runs == []


@pytest.mark.parametrize(
    ("password", "failure"),
    [(None, InstallFailure.KEY_REQUIRED), ("guessed", InstallFailure.KEY_INVALID)],
)
@pytest.mark.usefixtures("protected")
def test_an_install_without_the_key_can_fail_in_the_end_instead(
    installer: Installer, org: RunningOrg, password: str | None, failure: InstallFailure
) -> None:
    org.document.install = InstallBehaviour(seconds=0, bad_key=FailureMoment.LATER)
    request_id = installer.start(Password=password)
    assert installer.status(request_id) == ("ERROR", list(failure.messages))
    assert installer.version() == "3.23"


@pytest.mark.usefixtures("protected")
def test_a_key_is_kept_neither_in_records_nor_in_logs(
    installer: Installer, protected: PublishedVersion, simulator: SalesforceSimulator, key: str
) -> None:
    client = installer.client
    client.tooling(with_key(protected, key))
    part = {"method": "GET", "referenceId": "a", "url": f"{API}/tooling/query?q="}
    body = {"compositeRequest": [part | {"url": part["url"] + with_key(protected, key)}]}
    client.request("POST", f"{API}/tooling/composite", json=body)
    record = installer.report(installer.start(Password=key))
    listed = client.tooling_records("SELECT Id, Password FROM PackageInstallRequest")
    client.host = "127.0.0.1"
    shown = client.get("/_simulator/orgs").text

    assert record["Password"] is None
    assert listed[0]["Password"] is None
    secret = key.removeprefix("it's ")
    logged = repr(simulator.requests_to(installer.org.host, Phase.ANY))
    assert "InstallationKey" in logged
    assert not any(secret in text for text in (logged, shown, repr(protected), str(record)))


def test_a_version_with_a_key_that_is_no_text_is_refused_without_quoting_it() -> None:
    with pytest.raises(ValidationError) as refused:
        PublishedVersion.model_validate({"version": "3.29", "installation_key": [12345678]})
    assert "12345678" not in str(refused.value)
