"""What orgs answer about rows with old keys, and what is made of answers that are odd."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from local.salesforce import API_KEY_FIELD, API_SECRET_FIELD
from tests.adapters.salesforce.keys_lab import (
    API_KEY,
    API_SECRET,
    FIELDS,
    LOGIN,
    ROW_ID,
    VALUES,
    described,
    found_parts,
    key_row,
    keys_at,
    listed,
    refusal,
    registered,
)
from tests.adapters.salesforce.scripted import Reply, ScriptedServer, answer, http
from tests.adapters.salesforce.test_inventory import composite
from tests.adapters.salesforce.test_packages import page
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.salesforce import AppCredentials
from zoom_migrator.adapters.salesforce.keys import SalesforceKeysGateway
from zoom_migrator.domain.check import CheckFailure
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.legacy_keys import KeyRow, KeysFound, KeysNotVisible, KeyValues

OTHER_ID = "a0Z5g0000000002EAA"
NEXT = "/services/data/v62.0/query/01g5g0000000001-2000"

type Look = Callable[..., object]


@pytest.fixture
def keys(
    scripted: ScriptedServer, credentials: AppCredentials, clock: SettableClock
) -> SalesforceKeysGateway:
    return keys_at(scripted.base_url, credentials, clock)


@pytest.fixture
def look(scripted: ScriptedServer, keys: SalesforceKeysGateway) -> Look:
    def look(*replies: Reply) -> object:
        scripted.will_reply(LOGIN, *replies)
        return keys.look(registered())

    return look


@pytest.fixture
def read(scripted: ScriptedServer, keys: SalesforceKeysGateway) -> Look:
    def read(*replies: Reply, ids: tuple[str, ...] = (ROW_ID,)) -> object:
        scripted.will_reply(LOGIN, *replies)
        return keys.read(registered(), ids)

    return read


# Looking


def test_a_look_of_the_documented_shape_is_understood(look: Look) -> None:
    assert look(composite(found_parts())) == KeysFound((KeyRow(ROW_ID),), 1)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"with_key": listed()}, (KeyRow(ROW_ID, has_key=False),)),
        ({"with_secret": listed()}, (KeyRow(ROW_ID, has_secret=False),)),
        ({"with_key": listed(), "with_secret": listed()}, ()),
        (
            {"with_secret": listed(OTHER_ID)},
            (KeyRow(ROW_ID, True, False), KeyRow(OTHER_ID, False, True)),
        ),
        ({"with_key": listed(ROW_ID[:15])}, (KeyRow(ROW_ID),)),
    ],
)
def test_rows_are_put_together_from_both_questions(
    look: Look, parts: dict[str, Any], expected: tuple[KeyRow, ...]
) -> None:
    found = look(composite(found_parts(**parts)))

    assert isinstance(found, KeysFound)
    assert found.rows == expected


def test_a_row_that_was_made_between_the_questions_counts(look: Look) -> None:
    found = look(composite(found_parts(with_key=listed(ROW_ID, OTHER_ID))))

    assert isinstance(found, KeysFound)
    assert found.row_count == 2


@pytest.mark.parametrize("locked", ["object", API_KEY_FIELD, API_SECRET_FIELD])
def test_rows_can_be_changed_only_if_the_object_and_both_fields_can(
    look: Look, locked: str
) -> None:
    found = look(composite(found_parts(fields=described(**{locked: False}))))

    assert isinstance(found, KeysFound)
    assert not found.is_updateable


def test_another_field_may_be_locked(look: Look) -> None:
    found = look(composite(found_parts(fields=described(zoom_app__Zoom_url__c=False))))

    assert isinstance(found, KeysFound)
    assert found.is_updateable


def test_further_pages_are_followed(look: Look) -> None:
    first = listed(ROW_ID, total=2, following=NEXT)

    found = look(composite(found_parts(with_key=first)), answer(listed(OTHER_ID, total=2)))

    assert isinstance(found, KeysFound)
    assert [row.row_id for row in found.rows] == [ROW_ID, OTHER_ID]


@pytest.mark.parametrize("name", ["rows", "with_key", "with_secret", "fields"])
@pytest.mark.parametrize("code", ["INVALID_TYPE", "INVALID_FIELD"])
def test_what_is_not_visible_is_told_from_what_is_not_there(
    look: Look, name: str, code: str
) -> None:
    found = look(refused(name, code))

    assert found == KeysNotVisible(f"{code}: No.")


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        ("UNABLE_TO_LOCK_ROW", FailureCode.SERVICE_UNAVAILABLE),
        ("INSUFFICIENT_ACCESS", FailureCode.INSUFFICIENT_ACCESS),
        ("MALFORMED_QUERY", FailureCode.REQUEST_REJECTED),
        ("NOT_FOUND", FailureCode.REQUEST_REJECTED),
    ],
)
@pytest.mark.parametrize("name", ["rows", "with_key", "with_secret", "fields"])
def test_every_other_refusal_of_a_part_is_a_failure(
    look: Look, name: str, code: str, failure: FailureCode
) -> None:
    found = look(refused(name, code))

    assert isinstance(found, CheckFailure)
    assert found.code is failure


def refused(name: str, code: str) -> Reply:
    """A look in which one part is refused."""
    return answer(
        {
            "compositeResponse": [
                {
                    "referenceId": each,
                    "httpStatusCode": 400 if each == name else 200,
                    "httpHeaders": {},
                    "body": [{"errorCode": code, "message": "No."}] if each == name else body,
                }
                for each, body in found_parts().items()
            ]
        }
    )


@pytest.mark.parametrize(
    "parts",
    [
        {"rows": {}},
        {"rows": {"totalSize": -1, "done": True, "records": []}},
        {"with_key": {"totalSize": 2, "done": True, "records": [{"Id": ROW_ID}]}},
        {"with_key": listed("x")},
        {"with_key": [{"Id": ROW_ID}]},
        {"with_secret": {"totalSize": 1, "done": True, "records": [{}]}},
        {"fields": {}},
        {"fields": {"updateable": True, "fields": []}},
        {"fields": {"updateable": True, "fields": ["x"]}},
        {"fields": {"updateable": True, "fields": [{"name": 5}]}},
        {"fields": {"updateable": True, "fields": [{"name": name} for name in FIELDS]}},
        {"fields": described() | {"updateable": "yes"}},
        {"fields": described() | {"fields": described()["fields"][:2]}},
    ],
)
def test_an_odd_part_is_a_failure_never_an_absence(look: Look, parts: dict[str, Any]) -> None:
    found = look(composite(found_parts(**parts)))

    assert isinstance(found, CheckFailure)
    assert found.code is FailureCode.MALFORMED_ANSWER


@pytest.mark.parametrize("name", ["rows", "with_key", "with_secret", "fields"])
def test_a_part_that_is_missing_is_a_failure(look: Look, name: str) -> None:
    parts = found_parts()
    del parts[name]

    found = look(composite(parts))

    assert isinstance(found, CheckFailure)
    assert found.detail == f"no answer about {name}"


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (http(503), FailureCode.SERVICE_UNAVAILABLE),
        (http(200, b"<html>Log in</html>"), FailureCode.MALFORMED_ANSWER),
        (answer({}), FailureCode.MALFORMED_ANSWER),
        (refusal("API_DISABLED_FOR_ORG", status=403), FailureCode.API_DISABLED),
        (Reply(closes=True), FailureCode.CONNECTION_FAILED),
    ],
)
def test_a_look_that_fails_as_a_whole_is_a_failure(
    look: Look, reply: Reply, code: FailureCode
) -> None:
    found = look(reply)

    assert isinstance(found, CheckFailure)
    assert found.code is code


# Reading


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (key_row(), VALUES),
        (key_row(Id=ROW_ID[:15]), VALUES),
        (key_row(**{API_KEY_FIELD: None}), KeyValues(ROW_ID, None, API_SECRET)),
        (key_row(**{API_SECRET_FIELD: ""}), KeyValues(ROW_ID, API_KEY, None)),
        (
            {name.upper() if name != "Id" else name: value for name, value in key_row().items()},
            VALUES,
        ),
    ],
)
def test_a_row_is_read_as_it_is(read: Look, row: dict[str, Any], expected: KeyValues) -> None:
    assert read(page(row)) == (expected,)


def test_rows_that_nobody_asked_for_are_left_out(read: Look) -> None:
    assert read(page(key_row(), key_row(Id=OTHER_ID))) == (VALUES,)


def test_a_row_that_is_gone_is_left_out(read: Look) -> None:
    assert read(page(key_row()), ids=(OTHER_ID, ROW_ID)) == (VALUES,)
    assert read(page()) == ()


@pytest.mark.parametrize(
    "row",
    [
        {"Id": ROW_ID, API_KEY_FIELD: API_KEY},
        {"Id": ROW_ID, API_SECRET_FIELD: API_SECRET},
        key_row(**{API_KEY_FIELD: 5}),
        key_row(**{API_SECRET_FIELD: {"value": API_SECRET}}),
        key_row(**{API_KEY_FIELD: False}),
        key_row(Id=API_KEY),
        {API_KEY_FIELD: API_KEY, API_SECRET_FIELD: API_SECRET},
    ],
)
def test_a_row_that_cannot_be_read_fails_all_rather_than_being_left_out(
    read: Look, row: dict[str, Any]
) -> None:
    values = read(page(row, key_row(Id=OTHER_ID)))

    assert isinstance(values, CheckFailure)
    assert values.code is FailureCode.MALFORMED_ANSWER
    assert API_KEY not in repr(values)
    assert API_SECRET not in repr(values)


@pytest.mark.parametrize("code", ["INVALID_TYPE", "INVALID_FIELD"])
def test_values_that_may_not_be_seen_are_not_visible(read: Look, code: str) -> None:
    assert read(refusal(code)) == KeysNotVisible(f"{code}: No.")


def test_values_that_cannot_be_asked_for_now_are_a_failure(read: Look) -> None:
    values = read(http(503))

    assert isinstance(values, CheckFailure)
    assert values.code is FailureCode.SERVICE_UNAVAILABLE
