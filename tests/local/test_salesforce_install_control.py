"""Installs as seen and steered through the control API."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from local.salesforce import (
    InstallBehaviour,
    InstallFailure,
    PublishedVersion,
    RunningOrg,
    SalesforceSimulator,
    SimulatedWorld,
)
from tests.local.clients import FixedClock, OrgClient, error_code
from tests.local.installing import Installer

ORG = "/_simulator/orgs/acme.my.salesforce.com"


@pytest.fixture
def control(simulator: SalesforceSimulator, org: RunningOrg) -> Iterator[OrgClient]:
    made = OrgClient(simulator.base_url, f"127.0.0.1:{simulator.port}")
    yield made
    made.session.close()


def test_installs_of_an_org_are_shown(
    control: OrgClient, installer: Installer, clock: FixedClock
) -> None:
    installer.org.document.install = InstallBehaviour(seconds=60, failure=InstallFailure.ROW_LOCKED)
    request_id = installer.start()
    running = {
        "kind": "request",
        "id": request_id,
        "version": "3.28.0.1",
        "began": "2023-11-14T22:13:20.000+0000",
        "ended": None,
        "due": "2023-11-14T22:14:20.000+0000",
        "status": "IN_PROGRESS",
        "errors": None,
    }
    assert control.get(f"{ORG}/installs").json() == [running]
    clock.advance(60)
    (failed,) = control.get(ORG).json()["installs"]
    assert (failed["status"], failed["due"], failed["ended"]) == ("ERROR", None, running["due"])
    assert "exclusive access" in failed["errors"]["errors"][0]["message"]


def test_looking_through_the_control_api_is_no_poll(
    control: OrgClient, installer: Installer
) -> None:
    installer.start()
    statuses = {control.get(f"{ORG}/installs").json()[0]["status"] for _ in range(5)}
    assert statuses == {"IN_PROGRESS"}


def test_the_root_shows_orgs_versions_and_requests(
    control: OrgClient, simulator: SalesforceSimulator
) -> None:
    key = secrets.token_urlsafe(16)
    protected = PublishedVersion(version="3.29", installation_key=key)
    simulator.publish(protected)
    answer = control.get("/_simulator/")
    shown = answer.json()
    assert [org["host"] for org in shown["orgs"]] == ["acme.my.salesforce.com"]
    assert shown["published_versions"] == [
        {"id": protected.id, "namespace": "zoom_app", "version": "3.29.0.1", "needs_key": True}
    ]
    assert shown["requests"]["total"] == 0
    assert key not in answer.text


def test_every_failure_is_listed_with_its_words(control: OrgClient) -> None:
    listed = control.get("/_simulator/install-failures").json()
    assert listed == {one.value: list(one.messages) for one in InstallFailure}


def test_installs_are_told_how_to_go(
    control: OrgClient, installer: Installer, clock: FixedClock
) -> None:
    behaviour = {"seconds": 5.0, "failure": "platform_cache_on_page"}
    assert control.request("PUT", f"{ORG}/install", json=behaviour).json() == behaviour
    assert control.get(f"{ORG}/install").json() == behaviour
    request_id = installer.start()
    clock.advance(5)
    assert installer.status(request_id) == (
        "ERROR",
        ["This app can't be upgraded: Platform Cache Partitions Missing feature"],
    )


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ({"kind": "push", "version": "3.30", "seconds": 5}, "UNABLE_TO_LOCK_ROW"),
        ({"kind": "deployment", "seconds": 5}, "ALREADY_IN_PROCESS"),
    ],
)
def test_others_can_be_let_in(
    control: OrgClient, installer: Installer, order: dict[str, Any], code: str
) -> None:
    (begun,) = control.request("POST", f"{ORG}/installs", json=order).json()
    assert (begun["kind"], begun["id"], begun["ended"]) == (order["kind"], None, None)
    assert error_code(installer.ask()) == (400, code)


def test_a_person_can_be_let_in(control: OrgClient, installer: Installer) -> None:
    order = {"kind": "by_hand", "version_id": installer.version_id}
    (begun,) = control.request("POST", f"{ORG}/installs", json=order).json()
    assert (begun["kind"], begun["status"]) == ("by_hand", "SUCCESS")
    assert installer.version() == "3.28"


def test_an_install_can_be_ended(control: OrgClient, installer: Installer) -> None:
    good = installer.start()
    control.request("POST", f"{ORG}/installs/{good}/end")
    assert installer.status(good)[0] == "SUCCESS"
    bad = installer.start()
    control.request("POST", f"{ORG}/installs/{bad}/end", json={"error": "no more"})
    assert installer.status(bad) == ("ERROR", ["no more"])


def test_a_bad_version_is_refused_without_quoting_its_key(control: OrgClient) -> None:
    key = secrets.token_urlsafe(16)
    versions = [
        {"version": "3.29", "installation_key": key, "colour": key},
        {"instalation_key": key},
    ]
    refused = control.request("POST", "/_simulator/published-versions", json=versions)
    assert refused.status_code == 422
    assert key not in refused.text


def test_a_world_carries_how_installs_go() -> None:
    document = {
        "orgs": [
            {"host": "quick.my.salesforce.com", "install": {"seconds": 4}},
            {
                "host": "stuck.my.salesforce.com",
                "platform_cache": False,
                "install": {"seconds": 4, "verdict": "NO_ERRORS_DETECTED"},
            },
        ],
        "published_versions": [{"version": "3.28", "installation_key": "k"}],
    }
    world = SimulatedWorld.model_validate(document)
    assert world.orgs[0].install == InstallBehaviour(seconds=4)
    assert SimulatedWorld.model_validate_json(world.model_dump_json()) == world
