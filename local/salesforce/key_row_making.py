"""Makes the records of a settings row, of new keys in it, and of what its fields were before."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from local.salesforce.ids import derived_id
from local.salesforce.model import SimulatedKeyRow, SimulatedUser
from local.salesforce.schema import (
    API_KEY_FIELD,
    API_SECRET_FIELD,
    KEYS_HISTORY,
    KEYS_OBJECT,
    OBJECTS,
)

if TYPE_CHECKING:
    from local.salesforce.org import Row, RunningOrg

_TYPE: Final = OBJECTS[KEYS_OBJECT.lower()]


def new_keys() -> Row:
    """Return an API key and a secret that nobody has had before."""
    return {
        API_KEY_FIELD: secrets.token_urlsafe(16),
        API_SECRET_FIELD: secrets.token_urlsafe(27),
    }


def new_row(org: RunningOrg, number: int, wanted: SimulatedKeyRow) -> Row:
    """Return the record of a row that an org has from now on."""
    created = org.timestamp()
    keys = new_keys()
    row: Row = {one.name: False if one.type == "boolean" else None for one in _TYPE.fields.values()}
    return row | {
        "Id": derived_id(_TYPE.prefix, org.host, str(number)),
        "OwnerId": org.user_id(org.document.users[0]),
        "Name": f"ZS-{number:04d}",
        "CreatedDate": created,
        "LastModifiedDate": created,
        "SystemModstamp": created,
        "zoom_app__zoom_service_env__c": "prod",
        "zoom_app__Login_Type__c": wanted.login_type,
        "zoom_app__Zoom_url__c": wanted.zoom_url,
        API_KEY_FIELD: keys[API_KEY_FIELD] if wanted.api_key else None,
        API_SECRET_FIELD: keys[API_SECRET_FIELD] if wanted.api_secret else None,
    }


def history_row(
    org: RunningOrg, number: int, row: Row, name: str, value: object, user: SimulatedUser
) -> Row:
    """Return the record that a tracked field leaves when it changes."""
    return {
        "Id": derived_id(OBJECTS[KEYS_HISTORY.lower()].prefix, org.host, str(number)),
        "IsDeleted": False,
        "ParentId": row["Id"],
        "Parent": row,
        "Field": name,
        "OldValue": row[name],
        "NewValue": value,
        "CreatedDate": org.timestamp(),
        "CreatedById": org.user_id(user),
    }
