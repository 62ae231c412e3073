"""The page on which reminders are ended, as deployed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.adapters.embedded_aws import client
from tests.builders import a_registration, an_org, org_id_of
from tests.functions.deployment import Deployment
from tests.functions.events import Event, event_names, function_of, load_event
from tests.functions.resources import TABLE
from tests.visits import Page, a_visit
from zoom_migrator.adapters.dynamodb.contacts import DynamoDbContactRepository
from zoom_migrator.adapters.dynamodb.table import Table
from zoom_migrator.adapters.kms import KmsLinkSigner
from zoom_migrator.domain.mute import Mute
from zoom_migrator.domain.mute_link import MuteClaims, MuteScope, address_fingerprint

ORG = org_id_of(1)
ADMIN = "admin@acme.example"
RESOURCE = "/mute/{link}"
EVENTS = [name for name in event_names() if function_of(name) == "mute"]
BODIES = {
    "a form of ours": ("", "application/x-www-form-urlencoded"),
    "a mailbox": ("List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"),
    "another mailbox": (
        '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--',
        "multipart/form-data; boundary=b",
    ),
}


@pytest.fixture(autouse=True)
def registered(deployment: Deployment) -> None:
    registration = a_registration(org_id=ORG, salesforce_admin_email=ADMIN)
    deployment.orgs.save(an_org(registration=replace(registration, display_name="Acme <Corp>")))


def link(
    deployment: Deployment,
    *,
    scope: MuteScope = MuteScope.ONE_ORG,
    address: str = ADMIN,
    days: float = 90,
) -> str:
    expires = datetime.now(UTC) + timedelta(days=days)
    claims = MuteClaims(scope, ORG, address_fingerprint(address), expires).text
    signer = KmsLinkSigner(client("kms"), deployment.created.link_key_arn)
    return f"{claims}.{signer.sign(claims)}"


def send(deployment: Deployment, event: Event) -> Page:
    return Page.of(deployment.invoke("mute", event))


def open_page(deployment: Deployment, link: str, method: str = "GET") -> Page:
    return send(deployment, a_visit(link, method=method, resource=RESOURCE))


def end(deployment: Deployment, link: str, by: str = "a form of ours") -> Page:
    body, kind = BODIES[by]
    headers = {"Content-Type": kind}
    event = a_visit(link, method="POST", resource=RESOURCE, headers=headers, body=body)
    return send(deployment, event)


def mutes() -> list[Mute]:
    return DynamoDbContactRepository(Table(client("dynamodb"), TABLE)).mutes([ORG])


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_at_it_ends_nothing(deployment: Deployment, method: str) -> None:
    page = open_page(deployment, link(deployment), method)

    assert page.status == 200
    assert mutes() == []


def test_it_says_what_would_end_without_completing_the_address(deployment: Deployment) -> None:
    page = open_page(deployment, link(deployment))

    assert "Acme <Corp>" in page.text
    assert ADMIN not in page.html
    assert "Acme <Corp>" not in page.html


@pytest.mark.parametrize("by", BODIES)
def test_reminders_about_the_org_end_for_the_address(deployment: Deployment, by: str) -> None:
    page = end(deployment, link(deployment), by)

    # RFC 8058: no redirect.
    assert (page.status, page.heading) == (200, "✓ These reminders have ended")
    (mute,) = mutes()
    assert (mute.org_id, mute.address, mute.until) == (ORG, ADMIN, None)
    (entry,) = deployment.orgs.audit_trail(ORG, limit=1)
    assert entry.action == "notices_muted"


def test_a_link_of_a_digest_ends_reminders_about_all_orgs(deployment: Deployment) -> None:
    end(deployment, link(deployment, scope=MuteScope.ALL_ORGS))

    (mute,) = mutes()
    assert (mute.org_id, mute.address) == ("", ADMIN)


def test_doing_it_twice_is_the_same_as_once(deployment: Deployment) -> None:
    same = link(deployment)

    assert [end(deployment, same).status for _ in range(2)] == [200, 200]
    assert len(mutes()) == 1


@pytest.mark.parametrize("way", ["forged", "expired", "of_another_address", "damaged"])
def test_a_link_that_leads_nowhere_ends_nothing(deployment: Deployment, way: str) -> None:
    bad = {
        "forged": link(deployment)[:-6] + "AAAAAA",
        "expired": link(deployment, days=-1),
        "of_another_address": link(deployment, address="somebody@else.example"),
        "damaged": "mute-one",
    }[way]

    assert [open_page(deployment, bad).status, end(deployment, bad).status] == [404, 404]
    assert mutes() == []


def test_a_body_that_is_too_long_is_refused(deployment: Deployment) -> None:
    event = a_visit(link(deployment), method="POST", resource=RESOURCE, body="x" * 9_000)

    assert send(deployment, event).status == 413
    assert mutes() == []


@pytest.mark.parametrize("name", EVENTS)
def test_the_examples_are_answered_by_a_page(deployment: Deployment, name: str) -> None:
    # Nobody has ever made their signature.
    assert send(deployment, load_event(name)).status == 404


@pytest.mark.parametrize("operation", ["GetItem", "VerifyMac", "PutItem"])
def test_while_something_is_out_of_reach_it_says_so(deployment: Deployment, operation: str) -> None:
    same = link(deployment)
    deployment.disturbance.refuse(operation)
    assert end(deployment, same).status == 503
    deployment.disturbance.stop()

    assert end(deployment, same).status == 200


def test_neither_link_nor_address_is_printed(deployment: Deployment) -> None:
    same = link(deployment)
    end(deployment, same)

    printed = deployment.output.getvalue()
    assert same not in printed
    assert ADMIN not in printed


@pytest.mark.parametrize("variable", ["TABLE_NAME", "LINK_KEY_ARN"])
def test_a_missing_variable_is_a_page_and_an_error_in_the_log(
    deployment: Deployment, variable: str
) -> None:
    same = link(deployment)
    del deployment.environment["mute"][variable]

    assert open_page(deployment, same).status == 500
    (line,) = deployment.log("page_failed")
    assert variable in line["reason"]
