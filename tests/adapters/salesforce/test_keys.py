"""Old keys in simulated orgs: what a look sees, and what stands in the way of a change."""

from __future__ import annotations

import pytest

from local.salesforce import (
    API_KEY_FIELD,
    API_SECRET_FIELD,
    KEYS_OBJECT,
    Fault,
    FaultKind,
    KeyWrites,
    RunningOrg,
    SimulatedKeyRow,
    WriteMoment,
    WriteObstacle,
)
from tests.adapters.salesforce.keys_lab import (
    API_KEY,
    API_SECRET,
    FIELDS,
    ROW_ID,
    changes_in,
    held,
    keys_in,
    row_ids,
)
from tests.adapters.salesforce.lab import HOST, Lab
from zoom_migrator.domain.check import CheckFailure, KeyPresence
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.legacy_keys import (
    KeyRow,
    KeysFound,
    KeysNotVisible,
    KeyValues,
    RowChanged,
    RowGone,
    RowRefusal,
    RowRefused,
    RowUncertain,
)

_R = RowRefusal
_O = WriteObstacle


# Looking


def test_a_look_costs_one_request_besides_the_login_and_selects_no_value(
    lab: Lab, org: RunningOrg
) -> None:
    lab.simulator.forget_requests()

    found = keys_in(lab).look(lab.registration(org))

    assert found == KeysFound((KeyRow(row_ids(org)[0]),), 1)
    login, asked = lab.simulator.requests
    assert login.target == "/services/oauth2/token"
    for part in asked.subrequests:
        selected = part.partition("FROM")[0]
        assert API_KEY_FIELD not in selected
        assert API_SECRET_FIELD not in selected


def test_a_look_agrees_with_a_check(lab: Lab) -> None:
    rows = [SimulatedKeyRow(), SimulatedKeyRow(api_key=False, api_secret=False)]
    org = lab.add(key_rows=rows)

    found = keys_in(lab).look(lab.registration(org))

    assert isinstance(found, KeysFound)
    assert found.as_checked == lab.seen(org).keys


def test_an_org_with_no_row_says_so(lab: Lab) -> None:
    found = keys_in(lab).look(lab.registration(lab.add(key_rows=[])))

    assert isinstance(found, KeysFound)
    assert found.as_checked.presence is KeyPresence.NO_RECORD


def test_rows_are_found_on_every_page(lab: Lab) -> None:
    org = lab.add(key_rows=[SimulatedKeyRow() for _ in range(7)], page_size=3)

    found = keys_in(lab).look(lab.registration(org))
    values = keys_in(lab).read(lab.registration(org), row_ids(org))

    assert isinstance(found, KeysFound)
    assert [row.row_id for row in found.rows] == row_ids(org)
    assert isinstance(values, tuple)
    assert [one.row_id for one in values] == row_ids(org)


def test_several_hundred_rows_are_read_in_several_queries(lab: Lab) -> None:
    org = lab.add(key_rows=[SimulatedKeyRow(api_secret=False) for _ in range(401)])
    lab.simulator.forget_requests()

    values = keys_in(lab).read(lab.registration(org), row_ids(org))

    assert isinstance(values, tuple)
    assert len(values) == 401
    assert len(lab.simulator.requests) == 4


def test_without_the_package_there_is_nothing_to_be_seen(lab: Lab, org: RunningOrg) -> None:
    org.remove_package()

    found = keys_in(lab).look(lab.registration(org))

    assert isinstance(found, KeysNotVisible)
    assert found.said.startswith("INVALID_TYPE: ")


@pytest.mark.parametrize("field", ["sees_keys_object", "sees_key_fields"])
def test_a_missing_right_to_see_is_told_from_a_failure(
    lab: Lab, org: RunningOrg, field: str
) -> None:
    setattr(org.document.users[0], field, False)

    assert isinstance(keys_in(lab).look(lab.registration(org)), KeysNotVisible)
    assert isinstance(keys_in(lab).read(lab.registration(org), row_ids(org)), KeysNotVisible)


@pytest.mark.parametrize("path", ["COUNT()", "API_Key__c != null", "API_Secret", "describe"])
def test_a_part_that_cannot_be_asked_is_a_failure_never_an_absence(
    lab: Lab, org: RunningOrg, path: str
) -> None:
    fault = Fault(kind=FaultKind.API_ERROR, path=path, status=503, error_code="SERVER_UNAVAILABLE")
    org.faults.add(fault)

    found = keys_in(lab).look(lab.registration(org))

    assert isinstance(found, CheckFailure)
    assert found.code is FailureCode.SERVICE_UNAVAILABLE


def test_a_look_logs_in_again_when_its_session_has_ended(lab: Lab, org: RunningOrg) -> None:
    org.faults.add(Fault(kind=FaultKind.SESSION_EXPIRED, times=1))

    assert isinstance(keys_in(lab).look(lab.registration(org)), KeysFound)


def test_names_are_compared_as_salesforce_does(lab: Lab, org: RunningOrg) -> None:
    spelt = keys_in(
        lab,
        keys_object=KEYS_OBJECT.lower(),
        keys_api_key_field=API_KEY_FIELD.upper(),
        keys_api_secret_field=API_SECRET_FIELD.lower(),
    )

    found = spelt.look(lab.registration(org))
    values = spelt.read(lab.registration(org), row_ids(org))

    assert isinstance(found, KeysFound)
    assert found.is_updateable
    assert values == (KeyValues(row_ids(org)[0], *map(str, held(org))),)
    assert spelt.blank(lab.registration(org), row_ids(org)[0]) == RowChanged()
    assert held(org) == [None, None]


# Reading


def test_a_value_that_is_read_is_the_value_that_is_there(lab: Lab, org: RunningOrg) -> None:
    (row_id,) = row_ids(org)

    values = keys_in(lab).read(lab.registration(org), [row_id[:15], row_id])

    assert values == (KeyValues(row_id, *map(str, held(org))),)


def test_what_is_no_id_is_not_asked_for(lab: Lab, org: RunningOrg) -> None:
    lab.simulator.forget_requests()

    values = keys_in(lab).read(lab.registration(org), ["x') OR Id != null", ""])

    assert values == ()
    assert lab.simulator.requests == []


# Changing


def test_blanking_changes_two_fields_and_nothing_else(lab: Lab, org: RunningOrg) -> None:
    before = dict(org.key_rows[0])

    assert keys_in(lab).blank(lab.registration(org), row_ids(org)[0]) == RowChanged()

    assert org.key_rows[0] == before | dict.fromkeys(FIELDS)
    assert [(entry["Field"], entry["NewValue"]) for entry in org.history] == [
        (API_KEY_FIELD, None),
        (API_SECRET_FIELD, None),
    ]


def test_putting_back_sends_only_what_there_is(lab: Lab, org: RunningOrg) -> None:
    row_id = row_ids(org)[0]
    _, secret = held(org)

    answer = keys_in(lab).restore(lab.registration(org), KeyValues(row_id, API_KEY, None))

    assert answer == RowChanged()
    assert held(org) == [API_KEY, secret]


@pytest.mark.parametrize("row_id", ["", "x", "../User/005000000000000AAA", "a0Z5g000000000 "])
def test_what_is_no_id_of_a_row_is_never_sent(lab: Lab, org: RunningOrg, row_id: str) -> None:
    lab.simulator.forget_requests()

    assert keys_in(lab).blank(lab.registration(org), row_id) == RowGone()
    assert keys_in(lab).restore(lab.registration(org), KeyValues(row_id, "k", "s")) == RowGone()
    assert lab.simulator.requests == []


def test_nothing_is_put_back_of_nothing(lab: Lab, org: RunningOrg) -> None:
    lab.simulator.forget_requests()

    assert keys_in(lab).restore(lab.registration(org), KeyValues(ROW_ID, None, None)) == (
        RowChanged()
    )
    assert lab.simulator.requests == []


@pytest.mark.parametrize(
    ("obstacle", "reason", "code"),
    [
        (_O.VALIDATION_RULE, _R.CUSTOMER_LOGIC, "FIELD_CUSTOM_VALIDATION_EXCEPTION"),
        (_O.FIELD_INTEGRITY, _R.CUSTOMER_LOGIC, "FIELD_INTEGRITY_EXCEPTION"),
        (_O.TRIGGER, _R.CUSTOMER_LOGIC, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"),
        (_O.FLOW, _R.CUSTOMER_LOGIC, "CANNOT_EXECUTE_FLOW_TRIGGER"),
        (_O.APPROVAL_LOCK, _R.LOCKED, "ENTITY_IS_LOCKED"),
        (_O.ROW_BUSY, _R.LOCKED, "UNABLE_TO_LOCK_ROW"),
        (_O.REQUIRED_FIELD, _R.FIELD_REQUIRED, "REQUIRED_FIELD_MISSING"),
        (_O.NOT_PERMITTED, _R.PERMISSION, "INSUFFICIENT_ACCESS_OR_READONLY"),
        (
            _O.NOT_PERMITTED_ELSEWHERE,
            _R.PERMISSION,
            "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
        ),
    ],
)
@pytest.mark.parametrize("change", ["blank", "restore"])
def test_every_obstacle_is_named(
    lab: Lab,
    org: RunningOrg,
    obstacle: WriteObstacle,
    reason: RowRefusal,
    code: str,
    change: str,
) -> None:
    before = held(org)
    org.document.key_writes = KeyWrites(obstacle=obstacle)
    row_id = row_ids(org)[0]

    answer = (
        keys_in(lab).blank(lab.registration(org), row_id)
        if change == "blank"
        else keys_in(lab).restore(lab.registration(org), KeyValues(row_id, API_KEY, API_SECRET))
    )

    assert isinstance(answer, RowRefused)
    assert answer.reason is reason
    assert answer.said.startswith(f"{code}: ")
    assert held(org) == before
    assert changes_in(lab.simulator) == 1


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"edits_key_fields": False}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ({"sees_key_fields": False}, "INVALID_FIELD"),
        ({"sees_keys_object": False}, "INVALID_TYPE"),
    ],
)
def test_a_right_that_was_taken_away_meanwhile_is_no_row_that_is_gone(
    lab: Lab, org: RunningOrg, change: dict[str, bool], expected: str
) -> None:
    for name, value in change.items():
        setattr(org.document.users[0], name, value)

    answer = keys_in(lab).blank(lab.registration(org), row_ids(org)[0])

    assert isinstance(answer, RowRefused)
    assert answer.reason is RowRefusal.PERMISSION
    assert answer.said.startswith(f"{expected}: ")


@pytest.mark.parametrize("obstacle", [_O.ROW_DELETED, _O.ROW_PURGED])
def test_a_row_that_is_deleted_meanwhile_is_gone(
    lab: Lab, org: RunningOrg, obstacle: WriteObstacle
) -> None:
    org.document.key_writes = KeyWrites(obstacle=obstacle)
    row_id = row_ids(org)[0]

    answers = [keys_in(lab).blank(lab.registration(org), row_id) for _ in range(2)]

    assert answers == [RowGone()] * 2


def test_the_package_removed_meanwhile_is_no_row_that_is_gone(lab: Lab, org: RunningOrg) -> None:
    row_id = row_ids(org)[0]
    org.remove_package()

    answer = keys_in(lab).blank(lab.registration(org), row_id)

    assert isinstance(answer, RowRefused)
    assert answer.reason is RowRefusal.PERMISSION


@pytest.mark.parametrize("fields", [[], [API_KEY_FIELD], [API_SECRET_FIELD]])
def test_values_that_a_trigger_puts_back_show_in_the_next_look(
    lab: Lab, org: RunningOrg, fields: list[str]
) -> None:
    org.document.key_writes = KeyWrites(obstacle=_O.VALUES_PUT_BACK, fields=fields)
    row_id = row_ids(org)[0]

    assert keys_in(lab).blank(lab.registration(org), row_id) == RowChanged()

    found = keys_in(lab).look(lab.registration(org))
    kept = fields or FIELDS
    assert isinstance(found, KeysFound)
    assert found.rows == (KeyRow(row_id, API_KEY_FIELD in kept, API_SECRET_FIELD in kept),)


def test_one_of_several_rows_can_be_locked(lab: Lab) -> None:
    locked = KeyWrites(obstacle=_O.APPROVAL_LOCK)
    org = lab.add(key_rows=[SimulatedKeyRow(), SimulatedKeyRow(writes=locked)])
    free, taken = (str(row["Id"]) for row in org.key_rows)

    assert keys_in(lab).blank(lab.registration(org), free) == RowChanged()
    assert isinstance(keys_in(lab).blank(lab.registration(org), taken), RowRefused)
    assert held(org, 0) == [None, None]
    assert None not in held(org, 1)


def test_what_hinders_only_the_way_back_is_named_then(lab: Lab, org: RunningOrg) -> None:
    org.document.key_writes = KeyWrites(obstacle=_O.VALIDATION_RULE, when=WriteMoment.FILLING)
    row_id = row_ids(org)[0]

    assert keys_in(lab).blank(lab.registration(org), row_id) == RowChanged()
    answer = keys_in(lab).restore(lab.registration(org), KeyValues(row_id, API_KEY, API_SECRET))

    assert isinstance(answer, RowRefused)
    assert held(org) == [None, None]


@pytest.mark.parametrize(
    ("kind", "arrives"),
    [
        (FaultKind.RESET_MID, True),
        (FaultKind.TRUNCATED, True),
        (FaultKind.HTML_OK, True),
        (FaultKind.GATEWAY_TIMEOUT, True),
        (FaultKind.RESET_BEFORE, False),
        (FaultKind.MAINTENANCE, False),
        (FaultKind.SERVER_ERROR, False),
    ],
)
@pytest.mark.parametrize("change", ["blank", "restore"])
def test_a_change_without_a_clear_answer_is_told_by_a_look_and_not_sent_again(
    lab: Lab, org: RunningOrg, kind: FaultKind, arrives: bool, change: str
) -> None:
    before = held(org)
    org.faults.add(Fault(kind=kind, method="PATCH"))
    values = KeyValues(row_ids(org)[0], API_KEY, API_SECRET)

    answer = (
        keys_in(lab).blank(lab.registration(org), values.row_id)
        if change == "blank"
        else keys_in(lab).restore(lab.registration(org), values)
    )

    assert isinstance(answer, RowUncertain)
    assert (held(org) != before) is arrives
    assert changes_in(lab.simulator, HOST) == 1


def test_a_row_of_another_package_can_be_configured(lab: Lab, org: RunningOrg) -> None:
    elsewhere = keys_in(lab, keys_object="other__Keys__c")

    found = elsewhere.look(lab.registration(org))

    assert isinstance(found, KeysNotVisible)
    answer = elsewhere.blank(lab.registration(org), ROW_ID)
    assert isinstance(answer, RowRefused)
    assert answer.reason is RowRefusal.PERMISSION
    assert "other__Keys__c" in answer.said
