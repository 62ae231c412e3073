"""The control API, the documents it takes, and the simulator as a process."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3
from pydantic import ValidationError

from local.salesforce import (
    Fault,
    FaultKind,
    RunningOrg,
    SalesforceSimulator,
    SimulatedOrg,
    SimulatedPackage,
    SimulatedWorld,
)
from local.salesforce.__main__ import main
from local.salesforce.ids import derived_id, is_record_id, to_18
from tests.local.clients import CONSUMER_KEY, OrgClient

ROOT = Path(__file__).resolve().parents[2]
ORG = "/_simulator/orgs/acme.my.salesforce.com"


@pytest.fixture
def control(simulator: SalesforceSimulator, org: RunningOrg) -> Iterator[OrgClient]:
    made = OrgClient(simulator.base_url, f"127.0.0.1:{simulator.port}")
    yield made
    made.session.close()


def test_orgs_are_listed_without_their_keys(control: OrgClient, org: RunningOrg) -> None:
    answer = control.get("/_simulator/orgs")
    assert answer.json() == [
        {
            "host": org.host,
            "org_id": org.org_id,
            "name": "acme",
            "sandbox": False,
            "usernames": ["integration@acme.my.salesforce.com"],
            "packages": {"zoom_app": "3.23.0.4"},
            "key_rows": 1,
            "connected": False,
            "api_used": 0,
            "installs": [],
            "faults": [],
        }
    ]
    assert not any(value in answer.text for value in org.secret_values())


def test_an_org_can_be_put_and_removed(control: OrgClient, simulator: SalesforceSimulator) -> None:
    host = "new.my.salesforce.com"
    document = {"host": host, "packages": [{"version": "3.30"}]}
    answer = control.request("PUT", f"/_simulator/orgs/{host}", json=document)
    assert answer.json()["packages"] == {"zoom_app": "3.30.0.1"}
    assert simulator.org(host).document.packages[0].version == "3.30.0.1"

    assert control.request("DELETE", f"/_simulator/orgs/{host}").status_code == 200
    assert control.get(f"/_simulator/orgs/{host}").status_code == 404


def test_faults_are_switched_on_and_off(
    control: OrgClient, client: OrgClient, org: RunningOrg
) -> None:
    fault = {"kind": "maintenance", "times": 3}
    assert control.request("PUT", f"{ORG}/faults", json=[fault]).json() == [fault]
    assert client.query("SELECT Id FROM User").status_code == 503
    assert control.get(f"{ORG}/faults").json() == [fault | {"times": 2}]
    added = control.request("POST", f"{ORG}/faults", json=[{"kind": "latency", "milliseconds": 5}])
    assert len(added.json()) == 2
    assert control.request("DELETE", f"{ORG}/faults").json() == []
    assert client.query("SELECT Id FROM User").status_code == 200


def test_faults_of_all_orgs_are_switched_too(control: OrgClient, client: OrgClient) -> None:
    control.request("PUT", "/_simulator/faults", json=[{"kind": "maintenance"}])
    assert client.query("SELECT Id FROM User").status_code == 503


def test_a_package_version_can_be_set(control: OrgClient, org: RunningOrg) -> None:
    control.request("PUT", f"{ORG}/package", json={"version": "3.27b", "beta": True})
    assert org.document.packages[0].version == "3.23.0.4"
    control.request("PUT", f"{ORG}/package", json={"version": "3.27", "beta": True})
    assert (org.document.packages[0].version, org.document.packages[0].beta) == ("3.27.0.1", True)


def test_sessions_can_be_revoked(control: OrgClient, client: OrgClient) -> None:
    assert control.request("DELETE", f"{ORG}/sessions").status_code == 200
    assert client.query("SELECT Id FROM User").status_code == 401


def test_requests_are_counted(control: OrgClient, client: OrgClient) -> None:
    client.query("SELECT Id FROM User")
    client.tooling("SELECT Id FROM User")
    counts = control.get("/_simulator/requests").json()
    assert counts == {
        "total": 2,
        "by_phase": {"data": 1, "tooling": 1},
        "by_org": {"acme.my.salesforce.com": 2},
    }
    assert control.request("DELETE", "/_simulator/requests").json()["total"] == 0


def test_a_world_can_be_loaded_and_everything_reset(
    control: OrgClient, simulator: SalesforceSimulator
) -> None:
    world = {"orgs": [{"host": "b.my.salesforce.com"}], "published_versions": [{"version": "4.0"}]}
    assert control.request("POST", "/_simulator/world", json=world).json() == {"orgs": 2}
    versions = control.request(
        "POST", "/_simulator/published-versions", json=[{"version": "4.1"}]
    ).json()
    assert versions[0] in simulator.world.published
    assert control.request("POST", "/_simulator/reset").json() == {"orgs": 0}
    assert simulator.world.orgs == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", ORG, {"host": "other.my.salesforce.com"}, 422),
        ("PUT", ORG, {"host": "acme.my.salesforce.com", "colour": "red"}, 422),
        ("PUT", f"{ORG}/faults", [{"kind": "earthquake"}], 422),
        ("PUT", f"{ORG}/faults", None, 422),
        ("PUT", f"{ORG}/package", {"version": "new"}, 422),
        ("PUT", f"{ORG}/package", {"version": "3.1", "namespace": "none"}, 404),
        ("PUT", "/_simulator/orgs/nobody/faults", [], 404),
        ("GET", "/_simulator/orgs/nobody/installs", None, 404),
        ("PUT", f"{ORG}/install", {"failure": "bad weather"}, 422),
        ("PUT", f"{ORG}/install", None, 422),
        ("DELETE", f"{ORG}/install", None, 404),
        ("POST", f"{ORG}/installs", {"kind": "miracle"}, 422),
        ("POST", f"{ORG}/installs", {"kind": "deployment"}, 422),
        ("POST", f"{ORG}/installs", {"kind": "by_hand", "version_id": "04t000000000001AAA"}, 422),
        ("POST", f"{ORG}/installs", {"kind": "push", "version": "4.0", "namespace": "none"}, 404),
        ("POST", f"{ORG}/installs/0Hf000000000001AAA/end", None, 404),
        ("GET", "/_simulator/nothing", None, 404),
        ("PATCH", "/_simulator/faults", [], 405),
        ("POST", "/_simulator/requests", None, 405),
        ("POST", "/_simulator/world", {"orgs": [{"host": "x"}]}, 422),
    ],
)
def test_a_bad_control_request_says_what_is_wrong(
    control: OrgClient, method: str, path: str, body: object, status: int
) -> None:
    answer = control.request(method, path, json=body)
    assert answer.status_code == status
    assert answer.json()["error"]


@pytest.mark.parametrize("host", ["acme.my.salesforce.com", "login.salesforce.com", "evil.example"])
def test_the_control_api_is_closed_to_other_hosts(control: OrgClient, host: str) -> None:
    control.host = host
    assert control.request("POST", "/_simulator/reset").status_code == 403


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({"host": "acme"}, id="a host without a domain"),
        pytest.param({"host": "a.b", "org_id": "005000000000001"}, id="an id of another kind"),
        pytest.param({"host": "a.b", "org_id": "00D000000000001AAB"}, id="a wrong checksum"),
        pytest.param({"host": "a.b", "run_as": "nobody"}, id="an unknown run-as user"),
        pytest.param({"host": "a.b", "packages": [{"version": "3"}]}, id="half a version"),
        pytest.param({"host": "a.b", "packages": [{"package_id": "x"}]}, id="a bad package id"),
        pytest.param({"host": "a.b", "api_version": "66"}, id="a bad API version"),
        pytest.param(
            {"host": "a.b", "users": [{"username": "u"}, {"username": "U"}]}, id="a user twice"
        ),
    ],
)
def test_a_bad_document_is_refused(document: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SimulatedOrg.model_validate(document)


def test_a_document_is_filled_in(org: RunningOrg) -> None:
    sandbox = SimulatedOrg(host="Acme--UAT.sandbox.my.salesforce.com")
    assert sandbox.sandbox is True
    assert sandbox.name == "acme--uat"
    assert is_record_id(sandbox.org_id, "00D")
    # The same document gives the same org, wherever and whenever it is started.
    assert SimulatedOrg(host=org.host).org_id == org.org_id


def test_a_document_survives_json() -> None:
    world = SimulatedWorld(
        orgs=[
            SimulatedOrg(
                host="a.my.salesforce.com",
                packages=[SimulatedPackage(version="3.27", beta=True)],
                faults=[Fault(kind=FaultKind.LATENCY, milliseconds=5)],
            )
        ]
    )
    assert SimulatedWorld.model_validate_json(world.model_dump_json()) == world


@pytest.mark.parametrize(
    ("short", "long"),
    [("033370000004aaU", "033370000004aaUAAQ"), ("04t1S000000ASBd", "04t1S000000ASBdQAO")],
)
def test_the_long_form_of_an_id_carries_the_checksum_of_the_platform(short: str, long: str) -> None:
    assert to_18(short) == to_18(long) == long


def test_derived_ids_are_well_formed_and_differ() -> None:
    ids = {derived_id("00D", str(number)) for number in range(500)}
    assert len(ids) == 500
    assert all(is_record_id(one, "00D") for one in ids)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_runs_as_a_process_until_it_is_told_to_stop(
    tmp_path: Path, public_key: bytes, number: signal.Signals
) -> None:
    (tmp_path / "key").write_bytes(public_key)
    orgs = {"orgs": [{"host": "acme.my.salesforce.com"}]}
    (tmp_path / "orgs.json").write_text(json.dumps(orgs))
    command = [sys.executable, "-m", "local.salesforce", "--orgs", str(tmp_path / "orgs.json")]
    command += ["--public-key", str(tmp_path / "key"), "--consumer-key", CONSUMER_KEY]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None
        base_url = process.stdout.readline().strip()
        with urllib3.PoolManager() as pool:
            answer = pool.request("GET", f"{base_url}/_simulator/orgs")
        assert [one["host"] for one in answer.json()] == ["acme.my.salesforce.com"]
        process.send_signal(number)
        assert process.wait(timeout=30) == 0


@pytest.mark.parametrize("content", ["{", '{"orgs": [{"host": "x"}]}', '{"colour": "red"}'])
def test_the_process_explains_a_bad_document(
    tmp_path: Path, public_key: bytes, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    (tmp_path / "key").write_bytes(public_key)
    (tmp_path / "orgs.json").write_text(content)
    arguments = ["--orgs", str(tmp_path / "orgs.json"), "--public-key", str(tmp_path / "key")]
    assert main([*arguments, "--consumer-key", "k"]) == 2
    assert "is not a valid document" in capsys.readouterr().err


def test_the_process_explains_a_missing_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--public-key", str(tmp_path / "none"), "--consumer-key", "k"]
    assert main(arguments) == 2
    assert "cannot start the simulator" in capsys.readouterr().err
