"""The control API, the documents it takes, and the simulator as a process."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
import urllib3
from pydantic import ValidationError

from contract import credentials
from local.zoom import (
    Behaviour,
    Denial,
    Fault,
    FaultKind,
    Phase,
    SimulatedAccount,
    SimulatedApp,
    SimulatedPerson,
    SimulatedZoom,
    ZoomSimulator,
    s256,
)
from local.zoom.__main__ import main
from tests.local.zoom_client import (
    ADMIN,
    CALLBACK,
    MEMBER,
    VERIFIER,
    ZoomClient,
    a_world,
)

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def control(zoom_client: ZoomClient) -> ZoomClient:
    return zoom_client


def ask(control: ZoomClient, method: str, path: str, body: object = None) -> requests.Response:
    options: dict[str, Any] = {} if body is None else {"json": body}
    return control.request(method, f"/_simulator/{path}", **options)


def test_accounts_and_apps_are_listed_without_secrets(
    zoom: ZoomSimulator, control: ZoomClient, zoom_app: SimulatedApp
) -> None:
    accounts = ask(control, "GET", "accounts").json()
    assert [one["name"] for one in accounts] == ["Acme", "Other"]
    assert accounts[0]["people"][1]["email"] == ADMIN
    apps = ask(control, "GET", "apps")
    assert apps.json()[0]["client_id"] == zoom_app.client_id
    assert not any(value in apps.text for value in zoom.secret_values())


def test_the_first_page_shows_everything_without_secrets(
    zoom: ZoomSimulator, control: ZoomClient, zoom_app: SimulatedApp
) -> None:
    empty = ask(control, "GET", "")
    assert "Nobody has authorized an app" in empty.text
    zoom.issue_tokens(ADMIN, zoom_app)
    page = ask(control, "GET", "")
    assert page.headers["Content-Type"].startswith("text/html")
    for shown in (ADMIN, zoom_app.client_id, "user:read:user:admin"):
        assert shown in page.text
    assert not any(value in page.text for value in zoom.secret_values())


def test_live_grants_are_listed_without_tokens(
    zoom: ZoomSimulator, control: ZoomClient, zoom_app: SimulatedApp
) -> None:
    grant = zoom.issue_tokens(ADMIN, zoom_app)
    answer = ask(control, "GET", "grants")
    (shown,) = answer.json()
    assert (shown["email"], shown["generation"]) == (ADMIN, 1)
    assert shown["scopes"] == list(grant.consent.scopes)
    assert shown["refresh_token_expires"].startswith("2024-02-12")
    assert not any(value in answer.text for value in zoom.secret_values())


def test_documents_can_be_changed(zoom: ZoomSimulator, control: ZoomClient) -> None:
    client_id = control.app.client_id
    changed = ask(control, "PATCH", f"people/{ADMIN}", {"email": "new@acme.example"})
    assert changed.json()["email"] == "new@acme.example"
    assert zoom.person("new@acme.example").email == "new@acme.example"
    changed = ask(control, "PATCH", "accounts/Acme", {"products": ["meetings"]})
    assert changed.json()["products"] == ["meetings"]
    changed = ask(control, "PATCH", f"apps/{client_id}", {"scopes": ["user:read:user"]})
    assert changed.json()["scopes"] == ["user:read:user"]
    assert "client_secret" not in changed.json()
    changed = ask(control, "PATCH", "behaviour", {"denial": "without_state"})
    assert changed.json()["denial"] == "without_state"
    assert zoom.behaviour.denial is Denial.WITHOUT_STATE
    assert ask(control, "GET", "behaviour").json()["code_seconds"] == 300


def test_a_change_is_made_whole_or_not_at_all(zoom: ZoomSimulator, control: ZoomClient) -> None:
    changes = {"first_name": "Changed", "role": "King"}
    assert ask(control, "PATCH", f"people/{ADMIN}", changes).status_code == 422
    assert zoom.person(ADMIN).first_name == "Zoom"


def test_a_code_can_be_had_without_pages(control: ZoomClient) -> None:
    order = {
        "client_id": control.app.client_id,
        "email": ADMIN,
        "redirect_uri": CALLBACK,
        "code_challenge": s256(VERIFIER),
    }
    code = ask(control, "POST", "codes", order).json()["code"]
    assert control.exchange(code).status_code == 200


def test_pre_approvals_are_given_and_withdrawn(zoom: ZoomSimulator, control: ZoomClient) -> None:
    zoom.account("Acme").needs_pre_approval = True
    address = f"accounts/Acme/pre-approvals/{control.app.client_id}"
    for _ in range(2):
        given = ask(control, "PUT", address).json()
        assert given == {"pre_approved": [control.app.client_id]}
    grant = zoom.issue_tokens(ADMIN, control.app)
    assert control.me(grant).status_code == 200
    assert ask(control, "DELETE", address).json() == {"pre_approved": []}
    assert control.me(grant).status_code == 401
    zoom.world.asked_for_approval.append((control.app.client_id, MEMBER))
    assert ask(control, "GET", "approvals").json() == [
        {"client_id": control.app.client_id, "email": MEMBER}
    ]


def test_tokens_can_be_ended_quietly(zoom: ZoomSimulator, control: ZoomClient) -> None:
    grant = zoom.issue_tokens(ADMIN, control.app)
    ended = ask(control, "DELETE", f"grants/{control.app.client_id}/{ADMIN}").json()
    assert ended == {"ended": 1}
    assert control.me(grant).status_code == 401


def test_an_app_can_be_removed(zoom: ZoomSimulator, control: ZoomClient) -> None:
    grant = zoom.issue_tokens(ADMIN, control.app)
    address = f"installs/{control.app.client_id}/{ADMIN}"
    removed = ask(control, "DELETE", address, {"notify": False})
    assert removed.json() == {"removed": True, "notified": False}
    assert control.me(grant).status_code == 401
    control.app.webhook_url = "http://127.0.0.1:9/webhook"
    told = ask(control, "DELETE", address).json()
    assert told == {"removed": True, "notified": True, "status": 0}


def test_a_webhook_address_can_be_challenged(control: ZoomClient) -> None:
    address = f"apps/{control.app.client_id}/webhook-validation"
    assert ask(control, "POST", address).status_code == 422
    control.app.webhook_url = "http://127.0.0.1:9/webhook"
    answer = ask(control, "POST", address).json()
    assert answer == {"valid": False, "problem": "no answer within 3 seconds"}


def test_faults_are_switched_on_and_off(zoom: ZoomSimulator, control: ZoomClient) -> None:
    grant = zoom.issue_tokens(ADMIN, control.app)
    fault = {"kind": "maintenance", "phase": "users_me", "times": 3}
    assert ask(control, "PUT", "faults", [fault]).json() == [fault]
    assert control.me(grant).status_code == 503
    assert ask(control, "GET", "faults").json() == [fault | {"times": 2}]
    altered = {"kind": "altered", "phase": "token", "set": {"expires_in": -1}}
    assert len(ask(control, "POST", "faults", [altered]).json()) == 2
    assert ask(control, "DELETE", "faults").json() == []
    assert control.me(grant).status_code == 200


def test_requests_are_counted(zoom: ZoomSimulator, control: ZoomClient) -> None:
    control.me("x")
    control.refresh("x")
    counts = ask(control, "GET", "requests").json()
    assert counts == {"total": 2, "by_phase": {"users_me": 1, "refresh": 1}}
    assert ask(control, "DELETE", "requests").json()["total"] == 0
    assert zoom.requests_in(Phase.REFRESH) == []


def test_a_world_can_be_loaded_and_everything_reset(
    zoom: ZoomSimulator, control: ZoomClient
) -> None:
    more = {"accounts": [{"name": "Third"}], "behaviour": {"code_seconds": 60}}
    assert ask(control, "POST", "world", more).json() == {"accounts": 3, "apps": 1}
    assert zoom.behaviour.code_seconds == 60
    assert ask(control, "POST", "reset").json() == {"accounts": 0, "apps": 0}
    assert zoom.world.registry.accounts == []
    assert zoom.behaviour == Behaviour()


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "nothing", None, 404),
        ("POST", "nothing", None, 404),
        ("PATCH", "nothing", {}, 404),
        ("DELETE", "nothing", None, 404),
        ("OPTIONS", "apps", None, 405),
        ("PATCH", "faults", [], 405),
        ("PUT", "faults", [{"kind": "earthquake"}], 422),
        ("PUT", "faults", None, 422),
        ("PATCH", "people/nobody@acme.example", {}, 404),
        ("PATCH", "accounts/nowhere", {}, 404),
        ("PATCH", "apps/nobody", {}, 404),
        ("PATCH", f"people/{ADMIN}", {"colour": "red"}, 422),
        ("PATCH", f"people/{ADMIN}", [], 422),
        ("PATCH", "behaviour", {"code_seconds": 0}, 422),
        ("POST", "codes", {"client_id": "nobody", "email": ADMIN, "redirect_uri": ""}, 404),
        ("POST", "codes", {}, 422),
        ("DELETE", "grants/nobody/nobody", None, 404),
        ("DELETE", f"installs/nobody/{ADMIN}", None, 404),
        ("PUT", "accounts/Acme/pre-approvals/nobody", None, 404),
        ("POST", "world", {"accounts": [{"name": "X", "account_id": "short"}]}, 422),
        ("POST", "world", {"accounts": [{"name": "X", "people": [{"email": ADMIN}]}]}, 422),
    ],
)
def test_a_bad_control_request_says_what_is_wrong(
    control: ZoomClient, method: str, path: str, body: object, status: int
) -> None:
    answer = ask(control, method, path, body)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_a_body_that_is_no_json_is_refused(control: ZoomClient) -> None:
    answer = control.request("POST", "/_simulator/world", data=b"{")
    assert answer.status_code == 422


@pytest.mark.parametrize("host", ["zoom.us", "evil.example"])
def test_the_control_api_is_closed_to_other_hosts(control: ZoomClient, host: str) -> None:
    answer = control.request("POST", "/_simulator/reset", headers={"Host": host})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({"accounts": [{"name": "A", "colour": "red"}]}, id="an unknown key"),
        pytest.param({"accounts": [{"name": "A", "account_id": "x"}]}, id="a bad id"),
        pytest.param({"accounts": [{"name": "A", "people": [{"email": "x"}]}]}, id="no address"),
        pytest.param({"apps": [{"webhook_url": "https://example.com"}]}, id="a far webhook"),
        pytest.param({"behaviour": {"denial": "maybe"}}, id="an unknown behaviour"),
        pytest.param({"faults": [{"kind": "api_error", "phase": "token"}]}, id="a vain fault"),
    ],
)
def test_a_bad_document_is_refused(document: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SimulatedZoom.model_validate(document)


def test_nobody_has_two_logins() -> None:
    twice = SimulatedAccount(
        name="A", people=[SimulatedPerson(email="a@b.c"), SimulatedPerson(email="A@B.C")]
    )
    with pytest.raises(ValueError, match="has a login already"):
        ZoomSimulator(SimulatedZoom(accounts=[twice]))


def test_an_account_that_is_added_again_is_replaced(zoom: ZoomSimulator) -> None:
    zoom.add(SimulatedAccount(name="Acme", people=[SimulatedPerson(email=ADMIN)]))
    assert [one.name for one in zoom.world.registry.accounts] == ["Acme", "Other"]
    with pytest.raises(KeyError, match="no person"):
        zoom.person(MEMBER)


def test_a_document_is_filled_in_the_same_way_each_time() -> None:
    first, second = a_world(), a_world()
    assert first == second
    person = first.accounts[0].people[1]
    assert (person.first_name, person.last_name, len(person.user_id)) == ("Zoom", "Admin", 22)


def test_a_document_survives_json() -> None:
    world = a_world()
    world.faults = [Fault(kind=FaultKind.LATENCY, milliseconds=5)]
    assert SimulatedZoom.model_validate_json(world.model_dump_json()) == world


def test_the_world_of_the_demo_knows_the_orgs_of_the_example_fleet() -> None:
    world = SimulatedZoom.model_validate_json((ROOT / "local/zoom/demo.json").read_bytes())
    with (ROOT / "examples/fleet.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    named = {row["display_name"].removesuffix(", Inc.") for row in rows}
    assert {account.name for account in world.accounts} <= named
    expected = {row["zoom_admin_email"] or row["salesforce_admin_email"] for row in rows}
    people = {person.email for account in world.accounts for person in account.people}
    # The admin of Iris Telecom has another address at Zoom than in Salesforce.
    assert people & expected == people - {
        "temp@aster.example",
        "admin@birch.example",
        "admin@elm.example",
        "it.admin@iris.example",
    }


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_runs_as_a_process_until_it_is_told_to_stop(
    tmp_path: Path, number: signal.Signals
) -> None:
    (tmp_path / "world.json").write_text(a_world().model_dump_json())
    arguments = ["-m", "local.zoom", "--world", str(tmp_path / "world.json")]
    process = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "SIMULATOR_CLIENT_SECRET": "from-the-environment"},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None
            base_url = process.stdout.readline().strip()
            apps = json.loads(urllib3.request("GET", f"{base_url}/_simulator/apps").data)
            headers = urllib3.make_headers(
                basic_auth=f"{apps[0]['client_id']}:from-the-environment"
            )
            answer = urllib3.request("POST", f"{base_url}/oauth/token", headers=headers)
            assert answer.json()["error"] == "unsupported_grant_type"
        finally:
            process.send_signal(number)
        assert process.wait(10) == 0


def test_the_process_explains_a_bad_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "world.json").write_text('{"planets": []}')
    assert main(["--world", str(tmp_path / "world.json")]) == 2
    assert "is not a valid document" in capsys.readouterr().err


def test_the_process_explains_a_missing_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--world", str(tmp_path / "none")]) == 2
    assert "cannot start the simulator" in capsys.readouterr().err


def test_a_port_that_is_taken_is_refused(zoom: ZoomSimulator) -> None:
    with pytest.raises(OSError, match="address already in use"):
        ZoomSimulator(port=zoom.port).start()


def test_over_https_the_session_cookie_is_secure(tmp_path: Path) -> None:
    made = credentials.make(tmp_path, "")
    with ZoomSimulator(a_world(), tls=made.tls) as simulator, requests.Session() as session:
        session.verify, session.trust_env = str(made.authority), False
        answer = session.post(
            f"{simulator.base_url}/oauth/signin",
            data={"email": ADMIN},
            allow_redirects=False,
            timeout=10,
        )
    assert simulator.base_url.startswith("https://")
    assert answer.headers["Set-Cookie"].endswith("; Secure")
