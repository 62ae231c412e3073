"""The composite resource: several requests in one, within its limits."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from local.salesforce import (
    API_KEY_FIELD,
    KEYS_OBJECT,
    Fault,
    FaultKind,
    RunningOrg,
    SalesforceSimulator,
)
from tests.local.clients import API, OrgClient, error_code


def read(name: str, soql: str) -> dict[str, Any]:
    return {"method": "GET", "url": f"{API}/query?q={quote(soql)}", "referenceId": name}


def get(name: str, path: str) -> dict[str, Any]:
    return {"method": "GET", "url": API + path, "referenceId": name}


def parts(answer: Any) -> dict[str, tuple[int, Any]]:
    assert answer.status_code == 200, answer.text
    return {
        one["referenceId"]: (one["httpStatusCode"], one["body"])
        for one in answer.json()["compositeResponse"]
    }


def test_each_part_has_its_own_answer(client: OrgClient) -> None:
    results = parts(
        client.composite(
            read("org", "SELECT Id FROM Organization"),
            read("bad", "SELECT Foo FROM Organization"),
            get("keys", f"/sobjects/{KEYS_OBJECT}/describe"),
        )
    )
    assert results["org"][0] == 200
    assert results["bad"][0] == 400
    assert results["bad"][1][0]["errorCode"] == "INVALID_FIELD"
    assert results["keys"][1]["name"] == KEYS_OBJECT


def test_a_composite_request_is_one_call(client: OrgClient, org: RunningOrg) -> None:
    answer = client.composite(*(read(f"q{n}", "SELECT Id FROM User") for n in range(5)))
    assert answer.headers["Sforce-Limit-Info"] == "api-usage=1/15000"
    assert org.api_used == 1


def test_a_part_can_refer_to_an_earlier_one(client: OrgClient, org: RunningOrg) -> None:
    change = {
        "method": "PATCH",
        "url": f"{API}/sobjects/{KEYS_OBJECT}/@{{row.records[0].Id}}",
        "body": {API_KEY_FIELD: "@{org.records[0].Name}"},
        "referenceId": "change",
    }
    results = parts(
        client.composite(
            read("org", "SELECT Name FROM Organization"),
            read("row", f"SELECT Id FROM {KEYS_OBJECT}"),  # noqa: S608
            change,
        )
    )
    assert results["change"] == (204, None)
    assert org.key_rows[0][API_KEY_FIELD] == "acme"


def test_a_reference_to_a_failed_part_halts_the_part(client: OrgClient) -> None:
    results = parts(
        client.composite(
            read("bad", "SELECT Foo FROM Organization"),
            get("user", "/sobjects/User/@{bad.records[0].Id}"),
        )
    )
    assert results["user"][0] == 400
    assert results["user"][1][0]["errorCode"] == "PROCESSING_HALTED"


def test_all_or_none_takes_changes_back(client: OrgClient, org: RunningOrg) -> None:
    row_id = org.key_rows[0]["Id"]
    change = {
        "method": "PATCH",
        "url": f"{API}/sobjects/{KEYS_OBJECT}/{row_id}",
        "body": {API_KEY_FIELD: None},
        "referenceId": "change",
    }
    answer = client.composite(change, get("bad", "/sobjects/Foo"), allOrNone=True)
    results = parts(answer)
    assert results["change"][1][0]["errorCode"] == "PROCESSING_HALTED"
    assert org.key_rows[0][API_KEY_FIELD] is not None
    assert org.history == []


@pytest.mark.parametrize("count", [25, 26])
def test_at_most_25_parts_are_allowed(client: OrgClient, count: int) -> None:
    answer = client.composite(*(get(f"d{n}", "/sobjects/User") for n in range(count)))
    if count == 25:
        assert len(parts(answer)) == 25
    else:
        assert error_code(answer) == (400, "LIMIT_EXCEEDED")


@pytest.mark.parametrize("count", [5, 6])
def test_at_most_5_parts_may_be_queries(client: OrgClient, count: int) -> None:
    answer = client.composite(*(read(f"q{n}", "SELECT Id FROM User") for n in range(count)))
    if count == 5:
        assert len(parts(answer)) == 5
    else:
        assert error_code(answer) == (400, "LIMIT_EXCEEDED")


def test_resources_that_composite_does_not_take_are_not_found(client: OrgClient) -> None:
    results = parts(
        client.composite(
            get("limits", "/limits"),
            get("tooling", "/tooling/query?q=SELECT+Id+FROM+InstalledSubscriberPackage"),
            {"method": "GET", "url": "/services/oauth2/userinfo", "referenceId": "who"},
        )
    )
    assert {status for status, _ in results.values()} == {404}


def test_the_tooling_api_has_a_composite_resource_of_its_own(client: OrgClient) -> None:
    soql = quote("SELECT Id FROM InstalledSubscriberPackage")
    url = f"{API}/tooling/query?q={soql}"
    body = {"compositeRequest": [{"method": "GET", "url": url, "referenceId": "p"}]}
    answer = client.request("POST", f"{API}/tooling/composite", json=body)
    assert parts(answer)["p"][1]["totalSize"] == 1


@pytest.mark.parametrize(
    "subrequests",
    [
        pytest.param([], id="none"),
        pytest.param(["x"], id="not an object"),
        pytest.param([get("a-b", "/sobjects/User")], id="bad reference id"),
        pytest.param([get("a", "/sobjects/User")] * 2, id="reference id twice"),
        pytest.param([{"referenceId": "a", "method": "GET"}], id="no url"),
        pytest.param([{"referenceId": "a", "method": "LOOK", "url": API}], id="bad method"),
    ],
)
def test_a_malformed_composite_request_is_refused_as_a_whole(
    client: OrgClient, subrequests: list[dict[str, Any]]
) -> None:
    assert error_code(client.composite(*subrequests)) == (400, "JSON_PARSER_ERROR")


def test_composite_takes_post_only(client: OrgClient) -> None:
    assert error_code(client.get(f"{API}/composite")) == (405, "METHOD_NOT_ALLOWED")


def test_a_fault_can_hit_a_single_part(client: OrgClient, org: RunningOrg) -> None:
    org.faults.add(
        Fault(
            kind=FaultKind.API_ERROR,
            path=KEYS_OBJECT,
            error_code="UNABLE_TO_LOCK_ROW",
            message="unable to obtain exclusive access to this record",
            times=1,
        )
    )
    asked = (get("keys", f"/sobjects/{KEYS_OBJECT}"), read("org", "SELECT Id FROM Organization"))
    first, second = parts(client.composite(*asked)), parts(client.composite(*asked))
    assert first["keys"][1][0]["errorCode"] == "UNABLE_TO_LOCK_ROW"
    assert (first["org"][0], second["keys"][0]) == (200, 200)


def test_the_log_of_requests_tells_the_parts(
    client: OrgClient, simulator: SalesforceSimulator
) -> None:
    client.composite(get("user", "/sobjects/User"))
    assert simulator.requests[-1].subrequests == (f"GET {API}/sobjects/User",)
