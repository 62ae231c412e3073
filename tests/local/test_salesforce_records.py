"""Single records: describe, retrieve, update, delete; and the resources around them."""

from __future__ import annotations

import pytest

from local.salesforce import API_KEY_FIELD, API_SECRET_FIELD, KEYS_OBJECT, RunningOrg
from tests.local.clients import API, OrgClient, error_code

KEYS = f"{API}/sobjects/{KEYS_OBJECT}"


@pytest.fixture
def row_address(org: RunningOrg) -> str:
    return f"{KEYS}/{org.key_rows[0]['Id']}"


def test_api_versions_are_listed_oldest_first_without_a_session(client: OrgClient) -> None:
    client.token = ""
    versions = client.get("/services/data").json()
    assert versions[0]["version"] == "31.0"
    assert versions[-1] == {
        "label": "Spring '26",
        "url": "/services/data/v66.0",
        "version": "66.0",
    }
    labels = {one["version"]: one["label"] for one in versions}
    assert (labels["62.0"], labels["65.0"]) == ("Winter '25", "Winter '26")


def test_a_version_lists_its_resources(client: OrgClient) -> None:
    for path in (API, f"{API}/"):
        assert client.get(path).json()["query"] == f"{API}/query"


def test_a_retired_version_is_gone(client: OrgClient) -> None:
    assert client.get("/services/data/v30.0/limits").status_code == 410


@pytest.mark.parametrize("version", ["v67.0", "v62.5", "62.0", "vX.0"])
def test_a_version_that_never_was_is_not_found(client: OrgClient, version: str) -> None:
    assert error_code(client.get(f"/services/data/{version}/limits")) == (404, "NOT_FOUND")


@pytest.mark.parametrize("path", ["/nothing", "/tooling/limits", "/sobjects/Foo/describe"])
def test_what_is_not_there_is_not_found(client: OrgClient, path: str) -> None:
    assert error_code(client.get(API + path)) == (404, "NOT_FOUND")


def test_every_answer_says_how_many_calls_are_used(client: OrgClient) -> None:
    first = client.get(f"{API}/limits")
    second = client.get(f"{API}/nothing")
    assert first.headers["Sforce-Limit-Info"] == "api-usage=1/15000"
    assert second.headers["Sforce-Limit-Info"] == "api-usage=2/15000"
    assert first.json()["DailyApiRequests"] == {"Max": 15_000, "Remaining": 14_999}


def test_calls_beyond_the_daily_limit_are_refused(client: OrgClient, org: RunningOrg) -> None:
    org.document.daily_api_limit = 1
    assert client.get(f"{API}/limits").status_code == 200
    refused = client.get(f"{API}/limits")
    assert error_code(refused) == (403, "REQUEST_LIMIT_EXCEEDED")
    assert refused.json()[0]["message"] == "TotalRequests Limit exceeded."


def test_describe_says_which_fields_can_be_written(client: OrgClient, org: RunningOrg) -> None:
    fields = {one["name"]: one for one in client.get(f"{KEYS}/describe").json()["fields"]}
    assert fields[API_KEY_FIELD]["updateable"] is True
    assert (fields[API_KEY_FIELD]["label"], fields[API_KEY_FIELD]["length"]) == (
        "Zoom API Key",
        255,
    )
    assert fields["Id"]["updateable"] is False

    org.document.users[0].edits_key_fields = False
    fields = {one["name"]: one for one in client.get(f"{KEYS}/describe").json()["fields"]}
    assert fields[API_KEY_FIELD]["updateable"] is False


def test_describe_leaves_hidden_fields_out(client: OrgClient, org: RunningOrg) -> None:
    org.document.users[0].sees_key_fields = False
    names = {one["name"] for one in client.get(f"{KEYS}/describe").json()["fields"]}
    assert "zoom_app__Zoom_url__c" in names
    assert not names & {API_KEY_FIELD, API_SECRET_FIELD}


def test_an_object_that_may_not_be_seen_is_not_found(
    client: OrgClient, org: RunningOrg, row_address: str
) -> None:
    org.document.users[0].sees_keys_object = False
    assert error_code(client.get(f"{KEYS}/describe")) == (404, "NOT_FOUND")
    assert error_code(client.get(row_address)) == (404, "NOT_FOUND")


def test_objects_are_listed_as_far_as_they_may_be_seen(client: OrgClient, org: RunningOrg) -> None:
    org.document.users[0].sees_packages = False
    rest = {one["name"] for one in client.get(f"{API}/sobjects/").json()["sobjects"]}
    tooling = {one["name"] for one in client.get(f"{API}/tooling/sobjects").json()["sobjects"]}
    assert {"Organization", KEYS_OBJECT} <= rest
    assert "PackageInstallRequest" in tooling
    assert "InstalledSubscriberPackage" not in tooling | rest


def test_a_record_is_retrieved_with_the_fields_that_are_named(
    client: OrgClient, org: RunningOrg, row_address: str
) -> None:
    record = client.get(row_address, params={"fields": "id,Name"}).json()
    assert set(record) == {"attributes", "Id", "Name"}
    assert record["Id"] == org.key_rows[0]["Id"]


def test_a_record_is_retrieved_whole_by_either_form_of_its_id(
    client: OrgClient, row_address: str
) -> None:
    whole = client.get(f"{row_address}/").json()
    assert whole["zoom_app__zoom_service_env__c"] == "prod"
    assert client.get(row_address[:-3]).json() == whole


def test_a_field_that_does_not_exist_cannot_be_retrieved(
    client: OrgClient, row_address: str
) -> None:
    refused = client.get(row_address, params={"fields": "Foo"})
    assert error_code(refused) == (400, "INVALID_FIELD")


@pytest.mark.parametrize("record_id", ["a0Z000000000000AAA", "x", "a0Z00000000000-"])
def test_an_unknown_record_is_not_found(client: OrgClient, record_id: str) -> None:
    assert error_code(client.get(f"{KEYS}/{record_id}")) == (404, "NOT_FOUND")


@pytest.mark.parametrize("nothing", [None, ""])
def test_blanked_keys_are_gone_and_the_row_stays(
    client: OrgClient, org: RunningOrg, row_address: str, nothing: str | None
) -> None:
    answer = client.request(
        "PATCH", row_address, json={API_KEY_FIELD: nothing, API_SECRET_FIELD: nothing}
    )
    assert (answer.status_code, answer.content) == (204, b"")
    (row,) = client.records(
        f"SELECT {API_KEY_FIELD}, {API_SECRET_FIELD}, zoom_app__zoom_service_env__c"  # noqa: S608
        f" FROM {KEYS_OBJECT}"
    )
    assert list(row.values()) == [None, None, "prod"]


def test_a_blanked_key_stays_in_the_field_history(
    client: OrgClient, org: RunningOrg, row_address: str
) -> None:
    old = org.key_rows[0][API_KEY_FIELD]
    client.request("PATCH", row_address, json={API_KEY_FIELD: None})
    client.request("PATCH", row_address, json={API_KEY_FIELD: None})
    assert client.records(
        "SELECT Field, OldValue, NewValue FROM zoom_app__Zoom__History WHERE Parent.Name != null"
    ) == [{"Field": API_KEY_FIELD, "OldValue": old, "NewValue": None}]
    assert old in org.secret_values()


def test_a_locked_field_is_named_in_the_refusal(
    client: OrgClient, org: RunningOrg, row_address: str
) -> None:
    org.document.users[0].edits_key_fields = False
    refused = client.request("PATCH", row_address, json={API_KEY_FIELD: None})
    assert error_code(refused) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")
    assert refused.json()[0]["fields"] == [API_KEY_FIELD]
    assert org.key_rows[0][API_KEY_FIELD] is not None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"Foo": 1}, "INVALID_FIELD"),
        ({"CreatedDate": None}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ({API_KEY_FIELD: "x" * 256}, "STRING_TOO_LONG"),
        ({API_KEY_FIELD: 5}, "JSON_PARSER_ERROR"),
        ([], "JSON_PARSER_ERROR"),
    ],
)
def test_a_bad_update_changes_nothing(
    client: OrgClient, org: RunningOrg, row_address: str, body: object, code: str
) -> None:
    before = dict(org.key_rows[0])
    refused = client.request("PATCH", row_address, json=body)
    assert error_code(refused) == (400, code)
    assert org.key_rows[0] == before


def test_a_body_that_is_not_json_is_refused(client: OrgClient, row_address: str) -> None:
    refused = client.request("PATCH", row_address, data=b"{")
    assert error_code(refused) == (400, "JSON_PARSER_ERROR")


def test_a_deleted_row_is_said_to_be_deleted(client: OrgClient, row_address: str) -> None:
    assert client.request("DELETE", row_address).status_code == 204
    assert error_code(client.request("DELETE", row_address)) == (404, "ENTITY_IS_DELETED")
    assert client.records(f"SELECT Id FROM {KEYS_OBJECT}") == []  # noqa: S608


def test_only_the_settings_object_can_be_changed(client: OrgClient, org: RunningOrg) -> None:
    address = f"{API}/sobjects/Organization/{org.org_id}"
    for method in ("PATCH", "DELETE"):
        assert client.request(method, address, json={"Name": "x"}).status_code == 400
    assert client.request("POST", f"{API}/sobjects/User", json={}).status_code == 400
