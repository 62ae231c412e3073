"""What shows whether the package's own connection works; where that is, the document says."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from local.salesforce import (
    API_KEY_FIELD,
    KEYS_OBJECT,
    PackageConnection,
    RunningOrg,
    SalesforceSimulator,
    SimulatedKeyRow,
    SimulatedOrg,
)
from tests.local.clients import API, OrgClient, error_code

OWN = PackageConnection(object="zoom_app__OAuth__c", field="zoom_app__State__c")


def values(client: OrgClient, connection: PackageConnection) -> list[object]:
    field = connection.field
    return [
        row[field]
        for row in client.records(f"SELECT {field} FROM {connection.object}")  # noqa: S608
    ]


@pytest.mark.parametrize(
    ("connection", "before", "after"),
    [
        (PackageConnection(), None, "OAuth"),
        (PackageConnection(disconnected_value="JWT"), "JWT", "OAuth"),
        (PackageConnection(field="zoom_app__Is_OAuth__c", connected_value=True), False, True),
        (PackageConnection(field="zoom_app__X__c", connected_value="yes"), None, "yes"),
        (OWN, None, "OAuth"),
    ],
)
def test_connecting_and_disconnecting_show(
    client: OrgClient,
    simulator: SalesforceSimulator,
    org: RunningOrg,
    connection: PackageConnection,
    before: object,
    after: object,
) -> None:
    started = simulator.add(SimulatedOrg(host=org.host, connection=connection))
    client.token = started.issue_token()

    assert values(client, connection) == [before]
    started.connect_package()
    assert values(client, connection) == [after]
    started.connect_package(connected=False)
    assert values(client, connection) == [before]


def test_an_org_can_start_connected(client: OrgClient, simulator: SalesforceSimulator) -> None:
    rows = [SimulatedKeyRow(login_type="JWT"), SimulatedKeyRow()]
    connected = PackageConnection(connected=True)
    org = simulator.add(
        SimulatedOrg(host="acme.my.salesforce.com", key_rows=rows, connection=connected)
    )
    client.token = org.issue_token()
    assert values(client, connected) == ["OAuth", "OAuth"]


def test_a_login_type_of_the_document_stays_until_the_package_is_connected(
    simulator: SalesforceSimulator,
) -> None:
    org = simulator.add(
        SimulatedOrg(
            host="acme.my.salesforce.com",
            key_rows=[SimulatedKeyRow(login_type="3")],
            connection=PackageConnection(disconnected_value="JWT"),
        )
    )
    assert org.key_rows[0]["zoom_app__Login_Type__c"] == "3"


@pytest.mark.parametrize("clears", [True, False])
def test_connecting_may_empty_the_old_keys(
    client: OrgClient, org: RunningOrg, clears: bool
) -> None:
    org.document.connection = PackageConnection(clears_keys=clears)
    org.connect_package()
    assert (org.key_rows[0][API_KEY_FIELD] is None) is clears


def test_what_shows_it_can_be_hidden(client: OrgClient, org: RunningOrg) -> None:
    org.document.connection = PackageConnection(visible=False)
    refused = client.query(f"SELECT zoom_app__Login_Type__c FROM {KEYS_OBJECT}")  # noqa: S608
    assert error_code(refused) == (400, "INVALID_FIELD")
    assert len(client.records(f"SELECT Id FROM {KEYS_OBJECT}")) == 1  # noqa: S608

    org.document.connection = OWN.model_copy(update={"visible": False})
    refused = client.query(f"SELECT Id FROM {OWN.object}")  # noqa: S608
    assert error_code(refused) == (400, "INVALID_TYPE")


def test_its_object_comes_and_goes_with_the_package(client: OrgClient, org: RunningOrg) -> None:
    org.document.connection = OWN
    listed = client.get(f"{API}/sobjects").json()["sobjects"]
    assert OWN.object in {one["name"] for one in listed}
    (field,) = (
        one
        for one in client.get(f"{API}/sobjects/{OWN.object}/describe").json()["fields"]
        if one["name"] == OWN.field
    )
    assert field["type"] == "string"

    org.remove_package()
    assert error_code(client.query(f"SELECT Id FROM {OWN.object}"))[1] == "INVALID_TYPE"  # noqa: S608


@pytest.mark.parametrize(
    "wrong",
    [
        {"object": "User"},
        {"object": "a b"},
        {"field": "x' OR 'a'='a"},
        {"field": API_KEY_FIELD},
        {"field": "Id"},
        {"colour": "blue"},
    ],
)
def test_what_cannot_show_a_connection_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PackageConnection.model_validate(wrong)
