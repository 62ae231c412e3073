"""The part of the control API about what a package leaves in its org: keys and a connection."""

from __future__ import annotations

from local.salesforce.document import Document
from local.salesforce.key_writes import KeyWrites
from local.salesforce.org import RunningOrg
from local.salesforce.package_connection import PackageConnection
from local.salesforce.schema import API_KEY_FIELD, API_SECRET_FIELD


class _Row(Document):
    row: str | None = None


class NoSuchControl(Exception):
    """There is no such control resource."""


def handle(org: RunningOrg, method: str, rest: list[str], body: bytes) -> object:
    """Carry out a control request.

    Raises:
        KeyError: The org has no such row.
        NoSuchControl: There is nothing of that name.
        ValueError: The body is not valid.
    """
    match (method, rest):
        case ("GET", ["keys"]):
            pass
        case ("POST", ["keys"]):
            org.keys.enter_keys((_Row() if body == b"null" else _Row.model_validate_json(body)).row)
        case ("DELETE", ["keys", row_id]):
            org.keys.row(row_id)
            org.keys.delete(row_id)
        case ("PUT", ["keys", row_id, "writes"]):
            org.keys.set_writes(row_id, KeyWrites.model_validate_json(body))
        case ("GET" | "PUT", ["key-writes"]):
            return _writes(org, method, body)
        case ("GET" | "PUT", ["connection"]):
            return _connection(org, method, body)
        case ("DELETE", ["package"]):
            org.remove_package()
        case _:
            raise NoSuchControl
    return shown(org)


def shown(org: RunningOrg) -> list[dict[str, object]]:
    """Return the settings rows, and whether there are keys in them: never the keys."""
    return [
        {
            "id": row["Id"],
            "api_key": row[API_KEY_FIELD] is not None,
            "api_secret": row[API_SECRET_FIELD] is not None,
            "login_type": row["zoom_app__Login_Type__c"],
            "writes": _dumped(org.keys.writes(str(row["Id"]))),
        }
        for row in org.key_rows
    ]


def _writes(org: RunningOrg, method: str, body: bytes) -> dict[str, object]:
    if method == "PUT":
        org.document.key_writes = KeyWrites.model_validate_json(body)
    return _dumped(org.document.key_writes)


def _connection(org: RunningOrg, method: str, body: bytes) -> dict[str, object]:
    if method == "PUT":
        org.document.connection = PackageConnection.model_validate_json(body)
        org.connect_package(connected=org.document.connection.connected)
    return org.document.connection.model_dump(mode="json")


def _dumped(writes: KeyWrites) -> dict[str, object]:
    return writes.model_dump(mode="json", exclude_defaults=True)
