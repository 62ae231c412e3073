"""Faults: each kind, when it hits, and when it ends."""

from __future__ import annotations

import contextlib

import pytest
import requests
from pydantic import ValidationError

from local.salesforce import (
    API_KEY_FIELD,
    GRANT_DESCRIPTIONS,
    KEYS_OBJECT,
    Fault,
    FaultKind,
    Phase,
    RunningOrg,
    SalesforceSimulator,
    grant_refused,
    latency,
)
from tests.local.clients import API, Assertions, OrgClient, error_code, oauth_error

USERNAME = "integration@acme.my.salesforce.com"
ORGANIZATION = "SELECT Id FROM Organization"
PACKAGES = (
    "SELECT SubscriberPackageVersionId, SubscriberPackage.Name, SubscriberPackageVersion.Name"
    " FROM InstalledSubscriberPackage"
)


@pytest.mark.parametrize(
    ("kind", "status", "code", "message"),
    [
        (FaultKind.SESSION_EXPIRED, 401, "INVALID_SESSION_ID", "Session expired or invalid"),
        (FaultKind.TOTAL_REQUESTS_EXCEEDED, 403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests"),
        (
            FaultKind.CONCURRENT_REQUESTS_EXCEEDED,
            403,
            "REQUEST_LIMIT_EXCEEDED",
            "ConcurrentRequests (Concurrent API Requests)",
        ),
        (
            FaultKind.LONG_TRANSACTIONS_EXCEEDED,
            403,
            "REQUEST_LIMIT_EXCEEDED",
            "ConcurrentPerOrgLongTxn",
        ),
        (FaultKind.API_DISABLED, 403, "API_DISABLED_FOR_ORG", "not enabled"),
        (FaultKind.SERVER_ERROR, 500, "UNKNOWN_EXCEPTION", "unexpected error"),
        (FaultKind.TOO_MANY_REQUESTS, 429, "REQUEST_LIMIT_EXCEEDED", "Too many"),
        (FaultKind.ENHANCE_YOUR_CALM, 420, "REQUEST_LIMIT_EXCEEDED", "Slow down"),
    ],
)
def test_an_api_fault_answers_with_an_error_array(
    client: OrgClient, org: RunningOrg, kind: FaultKind, status: int, code: str, message: str
) -> None:
    org.faults.add(Fault(kind=kind))
    refused = client.query(ORGANIZATION)
    assert error_code(refused) == (status, code)
    assert message in refused.json()[0]["message"]


def test_any_error_code_can_be_asked_for(client: OrgClient, org: RunningOrg) -> None:
    org.faults.add(
        Fault(kind=FaultKind.API_ERROR, status=400, error_code="ENTITY_IS_LOCKED", message="m")
    )
    assert client.query(ORGANIZATION).json() == [{"message": "m", "errorCode": "ENTITY_IS_LOCKED"}]


def test_maintenance_is_an_html_page(client: OrgClient, org: RunningOrg) -> None:
    org.faults.add(Fault(kind=FaultKind.MAINTENANCE))
    answer = client.query(ORGANIZATION)
    assert answer.status_code == 503
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "maintenance" in answer.text


def test_an_html_page_can_come_with_200(client: OrgClient, org: RunningOrg) -> None:
    org.faults.add(Fault(kind=FaultKind.HTML_OK))
    answer = client.query(ORGANIZATION)
    assert (answer.status_code, answer.text[:15]) == (200, "<!DOCTYPE html>")


def test_cut_json_comes_in_a_whole_message(client: OrgClient, org: RunningOrg) -> None:
    org.faults.add(Fault(kind=FaultKind.CUT_JSON))
    answer = client.query(ORGANIZATION)
    assert len(answer.content) == int(answer.headers["Content-Length"])
    with pytest.raises(requests.exceptions.JSONDecodeError):
        answer.json()


@pytest.mark.parametrize("kind", [FaultKind.TRUNCATED, FaultKind.RESET_MID])
def test_an_answer_can_break_off(client: OrgClient, org: RunningOrg, kind: FaultKind) -> None:
    org.faults.add(Fault(kind=kind, times=1))
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        client.query(ORGANIZATION)
    assert client.query(ORGANIZATION).status_code == 200


def test_a_connection_can_be_reset_before_the_answer(client: OrgClient, org: RunningOrg) -> None:
    org.faults.add(Fault(kind=FaultKind.RESET_BEFORE, times=1))
    with pytest.raises(requests.exceptions.ConnectionError, match="reset by peer"):
        client.query(ORGANIZATION)
    assert client.query(ORGANIZATION).status_code == 200


@pytest.mark.parametrize("kind", [FaultKind.RESET_MID, FaultKind.TRUNCATED, FaultKind.CUT_JSON])
def test_a_change_is_made_even_if_its_answer_is_lost(
    client: OrgClient, org: RunningOrg, kind: FaultKind
) -> None:
    org.faults.add(Fault(kind=kind, times=1))
    address = f"{API}/sobjects/{KEYS_OBJECT}/{org.key_rows[0]['Id']}"
    with contextlib.suppress(requests.exceptions.RequestException):
        client.request("PATCH", address, json={API_KEY_FIELD: None})
    assert org.key_rows[0][API_KEY_FIELD] is None


def test_a_reset_before_the_answer_leaves_nothing_changed(
    client: OrgClient, org: RunningOrg
) -> None:
    org.faults.add(Fault(kind=FaultKind.RESET_BEFORE, times=1))
    address = f"{API}/sobjects/{KEYS_OBJECT}/{org.key_rows[0]['Id']}"
    with pytest.raises(requests.exceptions.ConnectionError):
        client.request("PATCH", address, json={API_KEY_FIELD: None})
    assert org.key_rows[0][API_KEY_FIELD] is not None


def test_a_body_can_be_huge(client: OrgClient, org: RunningOrg) -> None:
    org.faults.add(Fault(kind=FaultKind.HUGE_BODY, size=3_000_000))
    assert len(client.query(ORGANIZATION).content) > 3_000_000


@pytest.mark.parametrize("description", [*GRANT_DESCRIPTIONS, None])
def test_a_login_can_be_refused_in_any_words(
    client: OrgClient, org: RunningOrg, assertions: Assertions, description: str | None
) -> None:
    org.faults.add(grant_refused(description))
    answer = client.login_with(assertions.sign(USERNAME))
    assert oauth_error(answer) == (400, "invalid_grant", description)


@pytest.mark.parametrize(
    ("fault", "refusal"),
    [
        (Fault(kind=FaultKind.LOGIN_RATE_EXCEEDED), (400, "invalid_grant", "login rate exceeded")),
        (
            Fault(kind=FaultKind.APP_BLOCKED),
            (400, "OAUTH_APP_BLOCKED", "this app is blocked by admin"),
        ),
        (
            Fault(kind=FaultKind.OAUTH_ERROR, error="invalid_client_id", description="d"),
            (400, "invalid_client_id", "d"),
        ),
        (
            Fault(kind=FaultKind.OAUTH_ERROR, error="invalid_client", status=401),
            (401, "invalid_client", None),
        ),
        (Fault(kind=FaultKind.SERVER_ERROR), (500, "unknown_error", "retry your request")),
        (Fault(kind=FaultKind.TOO_MANY_REQUESTS), (429, "unknown_error", "retry your request")),
    ],
)
def test_a_login_fault_answers_with_an_oauth_error(
    client: OrgClient,
    org: RunningOrg,
    assertions: Assertions,
    fault: Fault,
    refusal: tuple[int, str, str | None],
) -> None:
    org.faults.add(fault)
    assert oauth_error(client.login_with(assertions.sign(USERNAME))) == refusal


def test_a_token_answer_can_name_another_org(
    client: OrgClient, org: RunningOrg, assertions: Assertions
) -> None:
    org.faults.add(Fault(kind=FaultKind.WRONG_ORG_ID, org_id="00D000000000AAA"))
    answer = client.login_with(assertions.sign(USERNAME)).json()
    assert answer["id"].split("/")[-2] == "00D000000000AAA"
    assert answer["id"].split("/")[-1] == org.user_id(org.document.users[0])


def test_a_token_answer_can_lead_to_a_foreign_site(
    client: OrgClient, org: RunningOrg, assertions: Assertions
) -> None:
    org.faults.add(Fault(kind=FaultKind.FOREIGN_INSTANCE_URL, instance_url="https://evil.example"))
    answer = client.login_with(assertions.sign(USERNAME)).json()
    assert answer["instance_url"] == "https://evil.example"


def test_an_odd_package_can_break_the_joined_query(client: OrgClient, org: RunningOrg) -> None:
    org.faults.add(Fault(kind=FaultKind.ODD_PACKAGE))
    assert error_code(client.tooling(PACKAGES)) == (500, "UNKNOWN_EXCEPTION")
    plain = "SELECT SubscriberPackageVersionId FROM InstalledSubscriberPackage"
    assert client.tooling(plain).status_code == 200


@pytest.mark.parametrize(
    ("kind", "parent"),
    [
        (FaultKind.MISSING_PACKAGE, "SubscriberPackage"),
        (FaultKind.MISSING_PACKAGE_VERSION, "SubscriberPackageVersion"),
    ],
)
def test_a_parent_of_a_package_can_be_null(
    client: OrgClient, org: RunningOrg, kind: FaultKind, parent: str
) -> None:
    org.faults.add(Fault(kind=kind))
    (record,) = client.tooling_records(PACKAGES)
    assert record[parent] is None


def test_a_fault_hits_as_often_as_it_says(client: OrgClient, org: RunningOrg) -> None:
    org.faults.add(Fault(kind=FaultKind.MAINTENANCE, times=2))
    statuses = [client.query(ORGANIZATION).status_code for _ in range(3)]
    assert statuses == [503, 503, 200]
    assert not org.faults


def test_faults_follow_each_other(client: OrgClient, org: RunningOrg) -> None:
    org.faults.add(
        Fault(kind=FaultKind.SESSION_EXPIRED, times=1), Fault(kind=FaultKind.MAINTENANCE, times=1)
    )
    statuses = [client.query(ORGANIZATION).status_code for _ in range(3)]
    assert statuses == [401, 503, 200]


def test_a_cleared_fault_is_gone(client: OrgClient, org: RunningOrg) -> None:
    org.faults.add(Fault(kind=FaultKind.MAINTENANCE))
    assert [fault.kind for fault in org.faults.active()] == [FaultKind.MAINTENANCE]
    org.faults.clear()
    assert client.query(ORGANIZATION).status_code == 200


@pytest.mark.parametrize("phase", [Phase.TOKEN, Phase.TOOLING, Phase.COMPOSITE, Phase.DATA])
def test_a_fault_hits_only_its_phase(
    client: OrgClient, org: RunningOrg, assertions: Assertions, phase: Phase
) -> None:
    org.faults.add(Fault(kind=FaultKind.MAINTENANCE, phase=phase))
    part = {"method": "GET", "url": f"{API}/sobjects/User", "referenceId": "a"}
    statuses = {
        Phase.TOKEN: client.login_with(assertions.sign(USERNAME)).status_code,
        Phase.TOOLING: client.tooling(PACKAGES).status_code,
        Phase.COMPOSITE: client.composite(part).status_code,
        Phase.DATA: client.query(ORGANIZATION).status_code,
    }
    assert statuses.pop(phase) == 503
    assert set(statuses.values()) == {200}


def test_a_fault_hits_only_its_path(client: OrgClient, org: RunningOrg) -> None:
    org.faults.add(Fault(kind=FaultKind.MAINTENANCE, path="FROM Organization"))
    assert client.query(ORGANIZATION).status_code == 503
    assert client.query("SELECT Id FROM User").status_code == 200


def test_a_fault_of_the_simulator_hits_every_org(
    client: OrgClient, simulator: SalesforceSimulator
) -> None:
    simulator.faults.add(Fault(kind=FaultKind.MAINTENANCE, times=1))
    assert client.query(ORGANIZATION).status_code == 503


def test_latencies_hold_the_answer_back(
    client: OrgClient, org: RunningOrg, simulator: SalesforceSimulator, slept: list[float]
) -> None:
    simulator.faults.add(latency(150))
    org.faults.add(latency(30, phase=Phase.DATA))
    assert client.query(ORGANIZATION).status_code == 200
    assert client.tooling(PACKAGES).status_code == 200
    assert slept == pytest.approx([0.18, 0.15])


def test_a_latency_comes_on_top_of_another_fault(
    client: OrgClient, org: RunningOrg, slept: list[float]
) -> None:
    org.faults.add(latency(1), Fault(kind=FaultKind.MAINTENANCE), latency(2))
    assert client.query(ORGANIZATION).status_code == 503
    assert slept == pytest.approx([0.003])


def test_api_faults_leave_logins_alone(
    client: OrgClient, org: RunningOrg, assertions: Assertions
) -> None:
    org.faults.add(Fault(kind=FaultKind.API_DISABLED))
    assert client.login_with(assertions.sign(USERNAME)).status_code == 200


@pytest.mark.parametrize(
    ("kind", "phase"),
    [(FaultKind.OAUTH_ERROR, Phase.TOOLING), (FaultKind.SESSION_EXPIRED, Phase.TOKEN)],
)
def test_a_fault_that_can_never_hit_is_refused(kind: FaultKind, phase: Phase) -> None:
    with pytest.raises(ValidationError, match="token phase"):
        Fault(kind=kind, phase=phase)


def test_a_broken_answer_is_logged_without_a_status(
    client: OrgClient, org: RunningOrg, simulator: SalesforceSimulator
) -> None:
    org.faults.add(Fault(kind=FaultKind.RESET_BEFORE))
    with pytest.raises(requests.exceptions.ConnectionError):
        client.query(ORGANIZATION)
    assert simulator.requests[-1].status == 0
