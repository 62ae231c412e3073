"""Looking at the rows that hold the old keys: which there are, and what is in them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import batched
from typing import Final

from zoom_migrator.adapters.salesforce.answers import (
    Json,
    MalformedAnswer,
    a_flag,
    a_list,
    an_id,
    an_object,
    is_id,
)
from zoom_migrator.adapters.salesforce.composite import NOT_VISIBLE, Parts, ask_all
from zoom_migrator.adapters.salesforce.errors import Refused
from zoom_migrator.adapters.salesforce.install_requests import in_18_characters
from zoom_migrator.adapters.salesforce.key_queries import KeyAddresses
from zoom_migrator.adapters.salesforce.paging import all_rows, rows_from
from zoom_migrator.adapters.salesforce.session import OrgSession
from zoom_migrator.adapters.salesforce.settings import SalesforceSettings
from zoom_migrator.domain.legacy_keys import KeyRow, KeysFound, KeysNotVisible, KeyValues

# Addresses of queries may be some 16,000 characters long.
_IDS_IN_ONE_QUERY: Final = 200


def rows_found(session: OrgSession, keys: KeyAddresses) -> KeysFound | KeysNotVisible:
    """Which rows hold something, and whether the user may change it.

    Raises:
        CheckFailed: That cannot be told.
    """
    try:
        parts = ask_all(session, keys.addresses, keys.look)
        count = parts.page("rows").total
        with_key = _ids(parts, "with_key", session)
        with_secret = _ids(parts, "with_secret", session)
        is_updateable = _is_updateable(parts.body("fields"), keys.addresses.settings)
    except Refused as refusal:
        return _not_visible(refusal, session)
    rows = tuple(
        KeyRow(row_id, row_id in with_key, row_id in with_secret)
        for row_id in sorted(with_key | with_secret)
    )
    # Rows that were made between the questions are not in the count.
    return KeysFound(rows, max(count, len(rows)), is_updateable)


def values_in(
    session: OrgSession, keys: KeyAddresses, row_ids: Collection[str]
) -> tuple[KeyValues, ...] | KeysNotVisible:
    """What rows hold, ordered by id; shown nowhere in this session from then on.

    Raises:
        CheckFailed: That cannot be told.
    """
    wanted = sorted({in_18_characters(row_id) for row_id in row_ids if is_id(row_id, "")})
    found: dict[str, KeyValues] = {}
    try:
        for some in batched(wanted, _IDS_IN_ONE_QUERY, strict=False):
            for row in all_rows(session, keys.values(some), of="rows with keys"):
                values = _values(row, keys.addresses.settings, session)
                found[values.row_id] = values
    except Refused as refusal:
        return _not_visible(refusal, session)
    return tuple(found[row_id] for row_id in wanted if row_id in found)


def _not_visible(refusal: Refused, session: OrgSession) -> KeysNotVisible:
    if refusal.fault.code not in NOT_VISIBLE:
        raise refusal
    return KeysNotVisible(session.public(refusal.detail))


def _ids(parts: Parts, name: str, session: OrgSession) -> set[str]:
    rows = rows_from(parts.page(name), session, of="rows with keys")
    return {in_18_characters(an_id(row, "Id")) for row in rows}


def _is_updateable(description: Json, settings: SalesforceSettings) -> bool:
    fields = dict(_fields(description))
    wanted = (settings.keys_api_key_field, settings.keys_api_secret_field)
    if missing := [name for name in wanted if name.lower() not in fields]:
        raise MalformedAnswer(f"the description of the object has no {missing[0]}")
    described = (description, *(fields[name.lower()] for name in wanted))
    return all(a_flag(one, "updateable") for one in described)


def _fields(description: Json) -> Iterator[tuple[str, Json]]:
    for one in a_list(description.get("fields"), "fields"):
        field = an_object(one, "a field")
        # Names are spelt as the package spells them, not as they were asked for.
        yield str(field.get("name")).lower(), field


def _values(row: Json, settings: SalesforceSettings, session: OrgSession) -> KeyValues:
    by_name = {name.lower(): value for name, value in row.items()}

    def held(field: str) -> str | None:
        if field.lower() not in by_name:
            raise MalformedAnswer(f"a row without {field}")
        value = by_name[field.lower()]
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise MalformedAnswer(f"{field} is not a text")
        session.keep_secret(value)
        return value

    return KeyValues(
        in_18_characters(an_id(row, "Id")),
        held(settings.keys_api_key_field),
        held(settings.keys_api_secret_field),
    )
