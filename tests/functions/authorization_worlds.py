"""Places where the pages of an authorization stand, with a simulated Zoom and people around them.

A world is stores, a Zoom, and a way in for browsers. Where its pages run is all that differs: as
functions called with events, behind HTTP, in this process from parts that may be broken, or
deployed anywhere else, for whoever makes a world of that.
"""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from importlib import import_module
from typing import Any, Final, Protocol
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from local.gateway import Handlers
from local.zoom import Phase, SimulatedApp, ZoomSimulator
from local.zoom.person import Person
from tests.adapters.embedded_aws import client
from tests.browsing import Browser, Events, Handle, Http, Transport, where
from tests.builders import a_full_snapshot, a_migration, a_registration, an_org, org_id_of
from tests.functions.deployment import Deployment, Invocation
from tests.functions.resources import TABLE, public_paths
from tests.functions.zoom_app import ZOOM_ADMIN
from tests.visits import Page
from zoom_migrator.adapters.dynamodb.attempts import attempt_from, attempt_item
from zoom_migrator.adapters.dynamodb.grants import DynamoDbGrantRepository
from zoom_migrator.adapters.dynamodb.keys import ATTEMPT, SORT
from zoom_migrator.adapters.dynamodb.table import Table
from zoom_migrator.adapters.kms import KmsLinkSigner, KmsTokenVault
from zoom_migrator.adapters.memory.attempts import InMemoryAttemptRepository
from zoom_migrator.adapters.memory.workflow import InMemoryTaskCallback
from zoom_migrator.adapters.system import RandomSecretIds, SystemClock
from zoom_migrator.domain.authorization import AuthorizationAttempt
from zoom_migrator.domain.authorization_request import AuthorizationRequest
from zoom_migrator.domain.authorization_settings import AuthorizationSettings
from zoom_migrator.domain.migration import MigrationStep
from zoom_migrator.domain.org import ZoomProduct
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.domain.zoom_scopes import ScopeRules
from zoom_migrator.oauth_ports import GrantRepository
from zoom_migrator.ports import LinkSigner, MigrationRepository, OrgRepository, TokenVault
from zoom_migrator.use_cases.authorization_link import (
    AuthorizationOffer,
    authorization_link,
    find_offer,
    renew_offer,
)
from zoom_migrator.use_cases.request_authorization import request_authorization

TASK_TOKEN: Final = "AQCEAAAAKgAAAAMAAAAAAAAAA-task-token-canary"
CALLBACK: Final = "/oauth/callback"
CLOCK: Final = SystemClock()


class Shelf(Protocol):
    """Where attempts are, for those who look after them."""

    def stored(self) -> list[AuthorizationAttempt]:
        """Every attempt, oldest first."""

    def rewrite(self, attempt: AuthorizationAttempt) -> None:
        """Store an attempt as it is said, whatever was there."""


@dataclass
class World:
    """Somewhere the pages stand.

    Attributes:
        dump: Everything that is stored.
        logged: Everything that was printed.
        break_sealing: From now on no token can be sealed; None where that cannot be brought about.
    """

    transport: Transport
    zoom: ZoomSimulator
    app: SimulatedApp
    orgs: OrgRepository
    migrations: MigrationRepository
    grants: GrantRepository
    shelf: Shelf
    signer: LinkSigner
    vault: TokenVault
    dump: Callable[[], str]
    logged: Callable[[], str]
    break_sealing: Callable[[], None] | None = None
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def ask(
        self,
        *,
        products: tuple[ZoomProduct, ...] = (ZoomProduct.MEETINGS,),
        zoom_account_id: str = "",
        lifetime: timedelta = timedelta(days=14),
        **registration: Any,
    ) -> Asked:
        """Have the Zoom admin of one more org asked for an authorization."""
        number = next(self._numbers)
        known = a_registration(number, products=products, zoom_admin_email=ZOOM_ADMIN)
        known = replace(known, zoom_account_id=zoom_account_id, **registration)
        org = an_org(
            number,
            registration=known,
            status=OrgStatus.AUTHORIZATION_PENDING,
            snapshot=a_full_snapshot(),
            attempts=1,
            active_attempt=1,
        )
        self.orgs.save(org)
        self.migrations.save(a_migration(number, step=MigrationStep.AWAITING_AUTHORIZATION))
        request_authorization(
            org_id_of(number),
            1,
            TASK_TOKEN,
            orgs=self.orgs,
            migrations=self.migrations,
            vault=self.vault,
            callback=InMemoryTaskCallback(),
            ids=RandomSecretIds(),
            clock=CLOCK,
            settings=settings_for(self, lifetime=lifetime),
        )
        return Asked(self, number)

    def age(self, by: timedelta = timedelta(minutes=11)) -> None:
        """Make every attempt older than it is; nothing deletes it."""
        for attempt in self.shelf.stored():
            older = {"created_at": attempt.created_at - by, "expires_at": attempt.expires_at - by}
            if attempt.consumed_at is not None:
                older["consumed_at"] = attempt.consumed_at - by
            self.shelf.rewrite(replace(attempt, **older))  # type: ignore[arg-type]

    def token_requests(self) -> int:
        """How often Zoom was asked to exchange a code."""
        return len(self.zoom.requests_in(Phase.TOKEN))


@dataclass
class Asked:
    """An org whose Zoom admin was asked, as it is stored."""

    world: World
    number: int

    @property
    def org_id(self) -> str:
        return org_id_of(self.number)

    @property
    def offer(self) -> AuthorizationOffer:
        found = find_offer(self.org_id, 1, orgs=self.world.orgs, migrations=self.world.migrations)
        assert found is not None
        return found

    @property
    def request(self) -> AuthorizationRequest:
        return self.offer.request

    @property
    def link(self) -> str:
        return authorization_link(self.offer, signer=self.world.signer)

    @property
    def attempts(self) -> list[AuthorizationAttempt]:
        """The attempts at authorizing it."""
        return [each for each in self.world.shelf.stored() if each.org_id == self.org_id]

    @property
    def has_grant(self) -> bool:
        return self.world.grants.link_of(self.org_id) is not None

    def renew(self) -> None:
        """Ask anew, which makes all earlier links void."""
        renew_offer(
            self.offer,
            requested_by="arn:aws:iam::123456789012:user/ops/ada",
            migrations=self.world.migrations,
            ids=RandomSecretIds(),
            clock=CLOCK,
            settings=settings_for(self.world),
        )

    def visitor(self, *, takes_cookies: bool = True) -> Visitor:
        """Somebody with the link, in front of a browser of their own."""
        browser = Browser(self.world.transport, takes_cookies=takes_cookies)
        return Visitor(self.world, f"/authorize/{self.link}", browser)


@dataclass
class Visitor:
    """Somebody who authorizes an org.

    Attributes:
        path: Where the link leads.
        email: Who they are at Zoom.
    """

    world: World
    path: str
    browser: Browser
    email: str = ZOOM_ADMIN

    def open(self) -> Page:
        """Open the link."""
        return self.browser.get(self.path)

    def press(self, *products: str, **changes: str) -> Page:
        """Pick products and press the button."""
        chosen = products or ("meetings",)
        fields = {"token": self.open().token, **dict.fromkeys(chosen, "chosen"), **changes}
        return self.browser.post(self.path, fields)

    def answer(self, *products: str, declines: bool = False) -> str:
        """Press the button, consent or decline, and return where Zoom sends the browser."""
        address = where(self.press(*products))
        with Person(self.email) as person:
            back = person.decline(address) if declines else person.consent(address)
        return back.removeprefix(self.world.transport.base_url)

    def come_back(self, target: str) -> Page:
        """Go where Zoom sends the browser, and on to the result if there is one."""
        page = self.browser.get(target)
        return self.browser.follow(page) if page.status == 303 else page

    def authorize(self, *products: str) -> Page:
        """Go the whole way."""
        return self.come_back(self.answer(*products))


def settings_for(
    world: World, *, lifetime: timedelta = timedelta(days=14)
) -> AuthorizationSettings:
    """How authorizations go in a world; the deployed functions are set up the same way."""
    return AuthorizationSettings(
        authorize_url=f"{world.zoom.base_url}/oauth/authorize",
        issuer=world.zoom.base_url,
        redirect_uri=world.transport.base_url + CALLBACK,
        scopes=ScopeRules(),
        request_lifetime=lifetime,
        reminder_every=timedelta(days=3),
    )


def asked_with(target: str) -> dict[str, str]:
    """The parameters of an address, each of which is there once."""
    parameters = parse_qs(urlsplit(target).query, keep_blank_values=True)
    assert all(len(values) == 1 for values in parameters.values())
    return {name: values[0] for name, values in parameters.items()}


class TableShelf:
    """Attempts in the table."""

    def stored(self) -> list[AuthorizationAttempt]:
        items = client("dynamodb").scan(TableName=TABLE)["Items"]
        found = [attempt_from(each) for each in items if each[SORT] == {"S": ATTEMPT}]
        return sorted(found, key=lambda attempt: attempt.created_at)

    def rewrite(self, attempt: AuthorizationAttempt) -> None:
        client("dynamodb").put_item(TableName=TABLE, Item=attempt_item(attempt))


@dataclass
class MemoryShelf:
    """Attempts in memory."""

    attempts: InMemoryAttemptRepository

    def stored(self) -> list[AuthorizationAttempt]:
        return self.attempts.stored

    def rewrite(self, attempt: AuthorizationAttempt) -> None:
        self.attempts._attempts[attempt.state_hash] = attempt


@contextmanager
def deployed_world(deployment: Deployment, *, over_http: bool) -> Iterator[World]:
    """The deployed functions, reached with events or over HTTP; several at the same time."""
    created, kms = deployment.created, client("kms")
    handlers = {path: _handler(function) for path, function in public_paths().items()}
    transport: Transport = Events(deployment.pages.base_url, handlers)
    if over_http:
        deployment.pages.connect(Handlers(handlers, threads=16))
        transport = Http(deployment.pages.base_url)
    environment = deployment.environment["authorize"] | deployment.environment["oauth_callback"]
    with patch.dict(os.environ, environment), redirect_stdout(deployment.output):
        yield World(
            transport=transport,
            zoom=deployment.zoom,
            app=deployment.zoom_app,
            orgs=deployment.orgs,
            migrations=deployment.migrations,
            grants=DynamoDbGrantRepository(Table(client("dynamodb"), TABLE)),
            shelf=TableShelf(),
            signer=KmsLinkSigner(kms, created.link_key_arn),
            vault=KmsTokenVault(kms, created.token_key_arn),
            dump=lambda: json.dumps(deployment.items(), default=str),
            logged=deployment.output.getvalue,
            break_sealing=lambda: deployment.disturbance.refuse("Encrypt"),
        )


def _handler(function: str) -> Handle:
    """A function as Lambda calls it; unlike a deployment's own, it does not wait for its turn."""
    handler = import_module(f"functions.{function}.app").lambda_handler

    def handle(event: dict[str, Any]) -> dict[str, Any]:
        invocation = Invocation(f"zoom-migrator-{function}", "req-4711", 60)
        answered: dict[str, Any] = handler(json.loads(json.dumps(event)), invocation)
        return answered

    return handle


def everything_in(*stored: object) -> str:
    """What stores in memory hold, in one text."""
    return json.dumps([asdict(each) for each in stored], default=str)  # type: ignore[call-overload]
