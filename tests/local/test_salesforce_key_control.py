"""Old keys and the package's connection, as seen and changed through the control API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from local.salesforce import API_KEY_FIELD, KEYS_OBJECT, RunningOrg, SalesforceSimulator
from tests.local.clients import API, OrgClient, error_code

ORG = "/_simulator/orgs/acme.my.salesforce.com"


@pytest.fixture
def control(simulator: SalesforceSimulator, org: RunningOrg) -> Iterator[OrgClient]:
    made = OrgClient(simulator.base_url, f"127.0.0.1:{simulator.port}")
    yield made
    made.session.close()


def shown(control: OrgClient) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = control.get(f"{ORG}/keys").json()
    return rows


def test_rows_are_shown_without_their_keys(control: OrgClient, org: RunningOrg) -> None:
    answer = control.get(f"{ORG}/keys")
    assert answer.json() == [
        {
            "id": org.key_rows[0]["Id"],
            "api_key": True,
            "api_secret": True,
            "login_type": None,
            "writes": {},
        }
    ]
    assert not any(value in answer.text for value in org.secret_values())


def test_keys_can_be_entered_and_rows_deleted(control: OrgClient, org: RunningOrg) -> None:
    row_id = str(org.key_rows[0]["Id"])
    org.key_rows[0][API_KEY_FIELD] = None
    assert shown(control)[0]["api_key"] is False

    assert control.request("POST", f"{ORG}/keys", json={"row": row_id}).json()[0]["api_key"] is True
    assert control.request("DELETE", f"{ORG}/keys/{row_id}").json() == []
    assert control.request("DELETE", f"{ORG}/keys/{row_id}").status_code == 404
    assert len(control.request("POST", f"{ORG}/keys").json()) == 1


def test_an_obstacle_can_be_put_in_the_way(
    control: OrgClient, client: OrgClient, org: RunningOrg
) -> None:
    row_id = str(org.key_rows[0]["Id"])
    address = f"{API}/sobjects/{KEYS_OBJECT}/{row_id}"
    locked = {"obstacle": "approval_lock", "times": 1}

    put = control.request("PUT", f"{ORG}/key-writes", json={"obstacle": "flow"}).json()
    assert put == control.get(f"{ORG}/key-writes").json() == {"obstacle": "flow"}
    refused = client.request("PATCH", address, json={API_KEY_FIELD: None})
    assert error_code(refused)[1] == "CANNOT_EXECUTE_FLOW_TRIGGER"

    control.request("PUT", f"{ORG}/keys/{row_id}/writes", json=locked)
    assert shown(control)[0]["writes"] == locked
    refused = client.request("PATCH", address, json={API_KEY_FIELD: None})
    assert error_code(refused)[1] == "ENTITY_IS_LOCKED"
    assert client.request("PATCH", address, json={API_KEY_FIELD: None}).status_code == 204


def test_the_package_can_be_connected_and_disconnected(control: OrgClient, org: RunningOrg) -> None:
    body: dict[str, Any] = {"connected": True, "connected_value": "3"}
    assert control.request("PUT", f"{ORG}/connection", json=body).json()["connected_value"] == "3"
    assert shown(control)[0]["login_type"] == "3"
    assert control.get(ORG).json()["connected"] is True
    control.request("PUT", f"{ORG}/connection", json={})
    assert shown(control)[0]["login_type"] is None
    assert control.get(f"{ORG}/connection").json()["connected"] is False


def test_the_package_can_be_removed(control: OrgClient, org: RunningOrg) -> None:
    control.request("DELETE", f"{ORG}/package")
    assert control.get(ORG).json()["packages"] == {}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "key-writes", {"obstacle": "rain"}, 422),
        ("PUT", "key-writes", {"times": 0}, 422),
        ("PUT", "connection", {"field": "a b"}, 422),
        ("POST", "keys", {"row": "a0Z000000000000AAA"}, 404),
        ("PUT", "keys/a0Z000000000000AAA/writes", {}, 404),
        ("POST", "connection", {}, 404),
    ],
)
def test_what_makes_no_sense_is_refused(
    control: OrgClient, method: str, path: str, body: dict[str, Any], status: int
) -> None:
    assert control.request(method, f"{ORG}/{path}", json=body).status_code == status
