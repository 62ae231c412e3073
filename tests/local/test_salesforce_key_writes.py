"""What customer orgs have against changes of the rows that hold the old keys."""

from __future__ import annotations

import pytest
import requests

from local.salesforce import (
    API_KEY_FIELD,
    API_SECRET_FIELD,
    KEYS_OBJECT,
    Fault,
    FaultKind,
    KeyWrites,
    RunningOrg,
    SalesforceSimulator,
    SimulatedKeyRow,
    SimulatedOrg,
    WriteMoment,
    WriteObstacle,
)
from tests.local.clients import API, OrgClient, error_code

KEYS = f"{API}/sobjects/{KEYS_OBJECT}"
BLANK = {API_KEY_FIELD: None, API_SECRET_FIELD: None}
_O = WriteObstacle


def blank(client: OrgClient, org: RunningOrg, number: int = 0) -> requests.Response:
    return client.request("PATCH", f"{KEYS}/{org.key_rows[number]['Id']}", json=BLANK)


def held(org: RunningOrg, number: int = 0) -> list[object]:
    return [org.key_rows[number][name] for name in BLANK]


@pytest.mark.parametrize(
    ("obstacle", "status", "code"),
    [
        (_O.VALIDATION_RULE, 400, "FIELD_CUSTOM_VALIDATION_EXCEPTION"),
        (_O.FIELD_INTEGRITY, 400, "FIELD_INTEGRITY_EXCEPTION"),
        (_O.TRIGGER, 400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"),
        (_O.FLOW, 400, "CANNOT_EXECUTE_FLOW_TRIGGER"),
        (_O.APPROVAL_LOCK, 400, "ENTITY_IS_LOCKED"),
        (_O.ROW_BUSY, 400, "UNABLE_TO_LOCK_ROW"),
        (_O.REQUIRED_FIELD, 400, "REQUIRED_FIELD_MISSING"),
        (_O.NOT_PERMITTED, 400, "INSUFFICIENT_ACCESS_OR_READONLY"),
        (_O.NOT_PERMITTED_ELSEWHERE, 400, "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"),
    ],
)
def test_a_change_that_meets_an_obstacle_is_refused_and_changes_nothing(
    client: OrgClient, org: RunningOrg, obstacle: WriteObstacle, status: int, code: str
) -> None:
    before = dict(org.key_rows[0])
    org.document.key_writes = KeyWrites(obstacle=obstacle)

    refused = blank(client, org)

    assert error_code(refused) == (status, code)
    assert refused.json()[0]["message"]
    assert org.key_rows == [before]
    assert org.history == []


def test_a_customer_words_its_rule_and_names_fields(client: OrgClient, org: RunningOrg) -> None:
    org.document.key_writes = KeyWrites(
        obstacle=_O.VALIDATION_RULE, message="Ask Kim first.", fields=[API_SECRET_FIELD]
    )

    assert blank(client, org).json() == [
        {
            "message": "Ask Kim first.",
            "errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION",
            "fields": [API_SECRET_FIELD],
        }
    ]


def test_a_trigger_can_be_indiscreet(client: OrgClient, org: RunningOrg) -> None:
    org.document.key_writes = KeyWrites(
        obstacle=_O.TRIGGER, message="{api_key} with {api_secret} must stay"
    )
    key, secret = held(org)

    old = blank(client, org).json()[0]["message"]
    new = client.request(
        "PATCH", f"{KEYS}/{org.key_rows[0]['Id']}", json={API_KEY_FIELD: "another"}
    )

    assert old == f"{key} with {secret} must stay"
    assert new.json()[0]["message"] == f"another with {secret} must stay"


def test_an_obstacle_can_pass_by_itself(client: OrgClient, org: RunningOrg) -> None:
    org.document.key_writes = KeyWrites(obstacle=_O.ROW_BUSY, times=2)

    answers = [blank(client, org).status_code for _ in range(3)]

    assert answers == [400, 400, 204]
    assert held(org) == [None, None]


@pytest.mark.parametrize(
    ("when", "blanked", "filled"),
    [
        (WriteMoment.ANY, 400, 400),
        (WriteMoment.BLANKING, 400, 204),
        (WriteMoment.FILLING, 204, 400),
    ],
)
def test_an_obstacle_can_be_for_one_direction(
    client: OrgClient, org: RunningOrg, when: WriteMoment, blanked: int, filled: int
) -> None:
    org.document.key_writes = KeyWrites(obstacle=_O.FLOW, when=when)
    address = f"{KEYS}/{org.key_rows[0]['Id']}"

    emptied = client.request("PATCH", address, json={API_KEY_FIELD: ""})
    refilled = client.request("PATCH", address, json={API_KEY_FIELD: "x"})

    assert (emptied.status_code, refilled.status_code) == (blanked, filled)


def test_other_fields_meet_only_what_is_for_all_changes(client: OrgClient, org: RunningOrg) -> None:
    address = f"{KEYS}/{org.key_rows[0]['Id']}"
    change = {"zoom_app__Zoom_url__c": "https://zoom.us"}
    org.document.key_writes = KeyWrites(obstacle=_O.FLOW, when=WriteMoment.BLANKING)
    assert client.request("PATCH", address, json=change).status_code == 204
    org.document.key_writes = KeyWrites(obstacle=_O.FLOW)
    assert client.request("PATCH", address, json=change).status_code == 400


def test_one_of_several_rows_can_be_locked(
    client: OrgClient, simulator: SalesforceSimulator
) -> None:
    locked = KeyWrites(obstacle=_O.APPROVAL_LOCK)
    org = simulator.add(
        SimulatedOrg(
            host="acme.my.salesforce.com",
            key_rows=[SimulatedKeyRow(), SimulatedKeyRow(writes=locked)],
        )
    )
    client.token = org.issue_token()

    assert [blank(client, org, number).status_code for number in (0, 1)] == [204, 400]
    org.keys.set_writes(str(org.key_rows[1]["Id"]), None)
    assert blank(client, org, 1).status_code == 204


@pytest.mark.parametrize(
    ("obstacle", "code"),
    [(_O.ROW_DELETED, "ENTITY_IS_DELETED"), (_O.ROW_PURGED, "NOT_FOUND")],
)
def test_a_row_can_vanish_before_it_is_changed(
    client: OrgClient, org: RunningOrg, obstacle: WriteObstacle, code: str
) -> None:
    address = f"{KEYS}/{org.key_rows[0]['Id']}"
    org.document.key_writes = KeyWrites(obstacle=obstacle)

    answers = [error_code(client.request("PATCH", address, json=BLANK)) for _ in range(2)]

    assert answers == [(404, code)] * 2
    assert client.records(f"SELECT Id FROM {KEYS_OBJECT}") == []  # noqa: S608


@pytest.mark.parametrize(
    ("fields", "kept"),
    [([], [True, True]), ([API_KEY_FIELD], [True, False]), ([API_SECRET_FIELD], [False, True])],
)
def test_a_trigger_can_put_values_back_without_a_word(
    client: OrgClient, org: RunningOrg, fields: list[str], kept: list[bool]
) -> None:
    org.document.key_writes = KeyWrites(obstacle=_O.VALUES_PUT_BACK, fields=fields)

    assert blank(client, org).status_code == 204

    assert [value is not None for value in held(org)] == kept
    assert len(org.history) == kept.count(False)


@pytest.mark.parametrize(("version", "status"), [("3.18.0.1", 400), ("3.19.0.1", 204)])
def test_a_version_that_is_old_enough_requires_both_keys(
    client: OrgClient, org: RunningOrg, version: str, status: int
) -> None:
    org.document.key_writes = KeyWrites(required_below="3.19")
    org.set_package_version(version)

    answer = blank(client, org)

    assert answer.status_code == status
    if status == 400:
        assert answer.json()[0]["errorCode"] == "REQUIRED_FIELD_MISSING"
        assert answer.json()[0]["fields"] == [API_KEY_FIELD, API_SECRET_FIELD]
        assert None not in held(org)


@pytest.mark.parametrize("kind", [FaultKind.RESET_MID, FaultKind.TRUNCATED])
def test_an_answer_without_a_body_can_be_lost_as_well(
    client: OrgClient, org: RunningOrg, kind: FaultKind
) -> None:
    org.faults.add(Fault(kind=kind, method="PATCH"))

    with pytest.raises(requests.ConnectionError):
        blank(client, org)

    assert held(org) == [None, None]


def test_a_change_inside_a_composite_request_meets_the_same(
    client: OrgClient, org: RunningOrg
) -> None:
    org.document.key_writes = KeyWrites(obstacle=_O.TRIGGER, times=1)
    change = {
        "method": "PATCH",
        "url": f"{KEYS}/{org.key_rows[0]['Id']}",
        "body": BLANK,
        "referenceId": "change",
    }

    answers = [client.composite(change).json()["compositeResponse"][0] for _ in range(2)]

    assert [one["httpStatusCode"] for one in answers] == [400, 204]


def test_a_person_can_enter_keys_again(client: OrgClient, org: RunningOrg) -> None:
    blank(client, org)
    row_id = org.keys.enter_keys()
    assert row_id == org.key_rows[0]["Id"]
    assert None not in held(org)

    org.keys.delete(row_id)
    assert org.keys.enter_keys() != row_id
    assert None not in held(org)


def test_an_unknown_row_is_named(org: RunningOrg) -> None:
    with pytest.raises(KeyError, match="no key row 'a0Z"):
        org.keys.enter_keys("a0Z000000000000AAA")
