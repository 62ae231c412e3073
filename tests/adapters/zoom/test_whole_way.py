"""An authorization from the button to the stored grant, with everything but the pages real."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from local.zoom import Person
from tests.adapters.embedded_aws import TABLE_NAME, client
from tests.adapters.zoom.lab import ADMIN, ZoomLab
from tests.authorizations import AuthorizationWorld, browser_of, some_authorization_settings
from tests.builders import org_id_of
from zoom_migrator.adapters.dynamodb.attempts import DynamoDbAttemptRepository
from zoom_migrator.adapters.dynamodb.grants import DynamoDbGrantRepository
from zoom_migrator.adapters.dynamodb.migrations import DynamoDbMigrationRepository
from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.dynamodb.table import Table
from zoom_migrator.adapters.kms import KmsTokenVault
from zoom_migrator.adapters.kms_grants import KmsGrantVault
from zoom_migrator.domain.authorization_outcome import Outcome
from zoom_migrator.domain.migration import Next, Verdict
from zoom_migrator.domain.org import ZoomProduct
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.domain.zoom_account import Possession
from zoom_migrator.use_cases.refresh_grant import RefreshOutcome
from zoom_migrator.use_cases.start_authorization import StartedAuthorization

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient


@dataclass
class Way:
    """The world with the real stores and keys, and a Zoom over HTTP."""

    world: AuthorizationWorld
    lab: ZoomLab

    def consent(self, started: StartedAuthorization, email: str = ADMIN) -> dict[str, list[str]]:
        """Sign in at Zoom and press *Authorize*; returns what the browser brings back."""
        address = started.address.replace("https://zoom.us", self.lab.simulator.base_url)
        with Person(email) as person:
            return parse_qs(urlsplit(person.consent(address)).query)


@pytest.fixture
def way(lab: ZoomLab, table: Table) -> Way:
    kms: KMSClient = client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    world = AuthorizationWorld(settings=some_authorization_settings(), clock=lab.clock)
    real: dict[str, Any] = {
        "orgs": DynamoDbOrgRepository(table),
        "migrations": DynamoDbMigrationRepository(table),
        "attempts": DynamoDbAttemptRepository(table),
        "grants": DynamoDbGrantRepository(table),
        "task_vault": KmsTokenVault(kms, key),
        "grant_vault": KmsGrantVault(kms, key),
        "zoom": lab.gateway,
    }
    for name, port in real.items():
        setattr(world, name, port)
    return Way(world, lab)


def test_an_org_is_authorized(way: Way) -> None:
    world = way.world
    token = world.asked(products=(ZoomProduct.MEETINGS, ZoomProduct.PHONE), zoom_admin_email=ADMIN)
    started = world.begin(products=(ZoomProduct.MEETINGS, ZoomProduct.PHONE))
    query = way.consent(started)

    completion = world.back(query, browser_of(started))

    assert completion.outcome is Outcome.CONNECTED
    assert world.org_of().status is OrgStatus.AUTHORIZED
    assert world.callback.completed == [token]
    assert world.grant_of().products.phone is Possession.YES
    assert world.back(query, browser_of(started)).outcome is Outcome.ALREADY_DONE
    assert world.result(started).outcome is Outcome.CONNECTED
    assert world.follow_up() == Verdict(Next.VERIFY)


def test_its_grant_is_refreshed(way: Way) -> None:
    world = way.world
    world.asked(zoom_admin_email=ADMIN)
    started = world.begin()
    world.back(way.consent(started), browser_of(started))
    world.later(days=8)

    refreshed = world.refresh()

    assert refreshed.outcome is RefreshOutcome.REFRESHED
    live = way.lab.simulator.grant_of(ADMIN, way.lab.app)
    assert live is not None
    assert world.pair_of().refresh_token == live.refresh_token


def test_the_wrong_person_is_refused_and_their_tokens_end(way: Way) -> None:
    world = way.world
    world.asked(zoom_admin_email="somebody.else@acme.example")
    started = world.begin()

    completion = world.back(way.consent(started), browser_of(started))

    assert completion.outcome is Outcome.WRONG_EMAIL
    assert world.result(started).outcome is Outcome.WRONG_EMAIL
    assert way.lab.simulator.grant_of(ADMIN, way.lab.app) is None
    setback = world.request_of().setback
    assert setback is not None
    assert setback.zoom_email == ADMIN


def test_c40_the_table_holds_no_secret(way: Way, dynamodb: DynamoDBClient) -> None:
    world = way.world
    world.asked(zoom_admin_email=ADMIN)
    started = world.begin()
    query = way.consent(started)
    world.back(query, browser_of(started))

    stored = json.dumps(dynamodb.scan(TableName=TABLE_NAME)["Items"], default=repr)

    secrets = [
        *way.lab.simulator.secret_values(),
        query["code"][0],
        query["state"][0],
        started.browser_secret,
        "canary",
    ]
    assert [secret for secret in secrets if secret in stored] == []
    assert org_id_of(1) in stored
