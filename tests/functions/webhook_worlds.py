"""Places where Zoom's webhook stands, with an org that is connected, and a Zoom that it is about.

A world is a way in, stores behind it, and a queue whose orders somebody works off. Where the
webhook runs is all that differs: as a function called with events, behind HTTP, in this process
from parts that may be broken, or deployed anywhere else, for whoever makes a world of that.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import urlsplit

from local.zoom import SimulatedApp, ZoomSimulator
from tests.adapters.embedded_aws import client
from tests.builders import a_full_snapshot, a_registration, an_org
from tests.functions.deployment import Deployment
from tests.functions.events import Event
from tests.functions.resources import TABLE, WEBHOOK_TOKEN
from tests.functions.zoom_app import ZOOM_ADMIN
from tests.visits import Page, a_visit
from zoom_migrator.adapters.dynamodb.grants import DynamoDbGrantRepository
from zoom_migrator.adapters.dynamodb.table import Table
from zoom_migrator.adapters.kms_grants import KmsGrantVault
from zoom_migrator.adapters.sqs import probe_order
from zoom_migrator.domain.grant import Grant, GrantLink, GrantSubject, TokenPair
from zoom_migrator.domain.loss import CONNECTED
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.signed_request import signature_of
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.domain.verification import Verification
from zoom_migrator.domain.zoom_event import ProbeOrder
from zoom_migrator.oauth_ports import GrantRepository, GrantVault
from zoom_migrator.ports import OrgRepository

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

PATH: Final = "/webhooks/zoom"
TIMESTAMP: Final = "x-zm-request-timestamp"
SIGNATURE: Final = "x-zm-signature"
REPLACED: Final = "replaced-token-canary-0123"
PLAIN: Final = "qgg8vlvZRS6UYooatFL8Aw"
_SECONDS: Final = 30

type Header = tuple[str, str]


@dataclass(frozen=True)
class Letter:
    """A request of Zoom's, or of somebody who says so.

    Attributes:
        is_base64: Whether API Gateway hands its body on as it does with bytes that are no text.
    """

    body: bytes
    headers: tuple[Header, ...] = ()
    method: str = "POST"
    is_base64: bool = False


class Post(Protocol):
    """How letters get to where they are answered."""

    def send(self, letter: Letter) -> Page:
        """Send a letter."""


@dataclass(frozen=True)
class Calls:
    """Calls a handler with events of API Gateway (REST, payload format 1.0)."""

    handle: Callable[[Event], dict[str, Any]]

    def send(self, letter: Letter) -> Page:
        return Page.of(self.handle(an_event(letter)))


@dataclass(frozen=True)
class Http:
    """Speaks HTTP to one address, as Zoom does."""

    base_url: str

    def send(self, letter: Letter) -> Page:
        parts = urlsplit(self.base_url)
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=_SECONDS)
        try:
            connection.putrequest(letter.method, parts.path + PATH)
            for name, value in letter.headers:
                connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(letter.body)))
            connection.endheaders(letter.body)
            answer = connection.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return Page(answer.status, headers, answer.read().decode())
        finally:
            connection.close()


def an_event(letter: Letter) -> Event:
    """A letter as it reaches a function."""
    is_base64, body = letter.is_base64, ""
    try:
        body = letter.body.decode()
    except UnicodeDecodeError:
        is_base64 = True
    if is_base64:
        body = base64.b64encode(letter.body).decode()
    several: dict[str, list[str]] = {}
    for name, value in letter.headers:
        several.setdefault(name, []).append(value)
    event = a_visit("", method=letter.method, resource=PATH, body=body, is_base64=is_base64)
    last = {name: values[-1] for name, values in several.items()}
    return event | {"headers": last, "multiValueHeaders": several}


@dataclass
class World:
    """Somewhere the webhook stands.

    Attributes:
        subject: Whose grant the connected org uses.
        orders: Every order that was ever put into the queue.
        work_off: Has the orders worked on that nobody has worked on yet.
        remove_app: The Zoom admin removes the app, of which nobody is told.
        zoom_calls: How often the product has asked Zoom for anything.
        dump: Everything that is stored; ``logged``: everything that was printed.
        store: Stores another secret, before the first letter.
        stop_queue: From now on the queue takes nothing; ``start_queue``: it does again.
    """

    post: Post
    now: Callable[[], datetime]
    subject: GrantSubject
    org: Callable[[], Org]
    grant: Callable[[], Grant]
    orders: Callable[[], list[ProbeOrder]]
    work_off: Callable[[], None]
    remove_app: Callable[[], None]
    zoom_calls: Callable[[], int]
    dump: Callable[[], str]
    logged: Callable[[], str]
    store: Callable[[str], None]
    stop_queue: Callable[[], None]
    start_queue: Callable[[], None]
    answers: list[Page] = field(default_factory=list)

    def send(self, letter: Letter) -> Page:
        """Send a letter, and see to it that it is answered as machines are."""
        page = self.post.send(letter)
        self.answers.append(page)
        return page

    def event(self, name: str = "app_deauthorized", **payload: object) -> bytes:
        """An event in the form in which Zoom sends it, unless parts of it are others."""
        moment = self.now()
        known = {
            "account_id": self.subject.account_id,
            "client_id": self.subject.client_id,
            "deauthorization_time": moment.isoformat(timespec="milliseconds"),
            "signature": "18f3b817d5",
            "user_data_retention": None,
            "user_id": self.subject.user_id,
        }
        whole = {
            "event": name,
            "event_ts": int(moment.timestamp() * 1000),
            "payload": known | payload,
        }
        return json.dumps(whole, separators=(",", ":")).encode()

    def challenge(self, plain_token: object = PLAIN) -> bytes:
        """The event by which Zoom finds out whether an address is ours."""
        return json.dumps(
            {
                "event": "endpoint.url_validation",
                "event_ts": int(self.now().timestamp() * 1000),
                "payload": {"plainToken": plain_token},
            }
        ).encode()

    def signed(
        self, body: bytes, *, secret: str = WEBHOOK_TOKEN, age: int = 0, is_base64: bool = False
    ) -> Letter:
        """A letter as Zoom sends it; with another secret, one that is forged."""
        timestamp = str(int(self.now().timestamp()) - age)
        headers = (
            ("Content-Type", "application/json; charset=utf-8"),
            ("User-Agent", "Zoom Marketplace/1.0a"),
            (TIMESTAMP, timestamp),
            (SIGNATURE, signature_of(body, timestamp, secret)),
        )
        return Letter(body, headers, is_base64=is_base64)

    def is_connected(self) -> bool:
        """Whether the org has its authorization."""
        return self.org().status in CONNECTED


@dataclass
class Queue:
    """A queue that nobody works on by themselves: what came into it, and who works on it.

    Attributes:
        probe: Calls the function behind the queue.
    """

    sqs: SQSClient
    url: str
    probe: Callable[[Event], dict[str, Any]]
    taken: list[MessageTypeDef] = field(default_factory=list)
    worked_on: int = 0

    def orders(self) -> list[ProbeOrder]:
        while messages := self.sqs.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=10, AttributeNames=["All"]
        ).get("Messages"):
            self.taken += messages
        return [probe_order(message["Body"]) for message in self.taken]

    def work_off(self) -> None:
        self.orders()
        records = [a_record(message) for message in self.taken[self.worked_on :]]
        self.worked_on = len(self.taken)
        assert self.probe({"Records": records}) == {"batchItemFailures": []}


def a_record(message: MessageTypeDef) -> Event:
    """A message as SQS hands it to a function."""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:zoom-migrator-probes",
        "awsRegion": "eu-central-1",
    }


@contextmanager
def deployed_world(deployment: Deployment, *, over_http: bool) -> Iterator[World]:
    """The deployed functions, reached with events or over HTTP."""
    subject = connect(deployment)
    grants = DynamoDbGrantRepository(Table(client("dynamodb"), TABLE))
    asked = len(deployment.zoom.requests)
    queue = Queue(
        client("sqs"),
        deployment.created.probe_queue_url,
        lambda event: deployment.invoke("probe_grants", event),
    )
    post = Calls(lambda event: deployment.invoke("zoom_webhook", event))
    yield World(
        post=Http(deployment.pages.base_url) if over_http else post,
        now=lambda: datetime.now(UTC),
        subject=subject,
        org=lambda: deployment.org(subject.org_id),
        grant=lambda: _known(grants.get(subject.grant_id)),
        orders=queue.orders,
        work_off=queue.work_off,
        remove_app=lambda: _removed(deployment),
        zoom_calls=lambda: len(deployment.zoom.requests) - asked,
        dump=lambda: json.dumps(deployment.items(), default=str),
        logged=deployment.output.getvalue,
        store=lambda text: _stored(deployment, text),
        stop_queue=lambda: deployment.disturbance.refuse("SendMessage"),
        start_queue=deployment.disturbance.stop,
    )


def connect(deployment: Deployment, number: int = 1) -> GrantSubject:
    """Have an org that the Zoom admin has authorized, with tokens that work."""
    return a_connected_org(
        deployment.zoom,
        deployment.zoom_app,
        Stores(
            deployment.orgs,
            DynamoDbGrantRepository(Table(client("dynamodb"), TABLE)),
            KmsGrantVault(client("kms"), deployment.created.token_key_arn),
        ),
        number=number,
    )


@dataclass(frozen=True)
class Stores:
    """Where connected orgs and their grants are kept."""

    orgs: OrgRepository
    grants: GrantRepository
    vault: GrantVault


def a_connected_org(
    zoom: ZoomSimulator, app: SimulatedApp, stores: Stores, *, number: int = 1
) -> GrantSubject:
    """Store an org that the Zoom admin has authorized, with tokens that work, proven just now."""
    now, registration = datetime.now(UTC), a_registration(number, zoom_admin_email=ZOOM_ADMIN)
    tokens = zoom.issue_tokens(ZOOM_ADMIN, app)
    consent, org_id = tokens.consent, registration.org_id
    subject = GrantSubject(consent.client_id, consent.account_id, consent.user_id, org_id)
    pair = TokenPair(tokens.access_token, tokens.refresh_token)
    grant = Grant(
        subject=subject,
        email=ZOOM_ADMIN,
        sealed=stores.vault.seal(pair, subject=subject),
        access_expires_at=datetime.fromtimestamp(tokens.access_expires_at, UTC),
        issued_at=now,
        consented_at=now,
        scopes=consent.scopes,
        api_url="https://api.zoom.us",
        orgs=(org_id,),
    )
    link = GrantLink(org_id, grant.grant_id, "request", registration.products, now)
    stores.grants.save(grant, link=link)
    org = an_org(
        registration=registration,
        status=OrgStatus.MIGRATED_KEYS_KEPT,
        snapshot=a_full_snapshot("3.28.0.2"),
    )
    proof = Verification(now, grant.grant_id, grant.version, subject.account_id, ZOOM_ADMIN)
    stores.orgs.save(org.proven(proof))
    return subject


def _known(grant: Grant | None) -> Grant:
    assert grant is not None
    return grant


def _removed(deployment: Deployment) -> None:
    deployment.zoom.remove_app(ZOOM_ADMIN, deployment.zoom_app, notify=False)


def _stored(deployment: Deployment, text: str) -> None:
    client("secretsmanager").put_secret_value(
        SecretId=deployment.created.webhook_secret_arn, SecretString=text
    )
