"""A deployed stack whose orgs are to be authorized, with a Zoom and everybody around it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from local.gateway import Forwarder, Gateway, public_api_address
from local.salesforce import SalesforceSimulator
from local.stack import LocalStack
from local.zoom import Page, Person, SimulatedApp, ZoomSimulator
from tests.browsing import Http
from tests.functions.authorization_worlds import World
from tests.functions.authorizations import START
from tests.functions.salesforce_app import SalesforceApp
from tests.functions.zoom_app import a_zoom, registered, zoom_world
from tests.integration.account import Account
from tests.integration.operator import Operator
from tests.integration.waiting import eventually
from zoom_migrator.adapters.aws import client_config
from zoom_migrator.adapters.dynamodb.attempts import attempt_from, attempt_item
from zoom_migrator.adapters.dynamodb.grants import DynamoDbGrantRepository
from zoom_migrator.adapters.dynamodb.keys import ATTEMPT, PARTITION, SORT
from zoom_migrator.adapters.dynamodb.migrations import DynamoDbMigrationRepository
from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.dynamodb.table import Table
from zoom_migrator.adapters.kms import KmsLinkSigner, KmsTokenVault
from zoom_migrator.domain.authorization import AuthorizationAttempt

type Item = dict[str, Any]

PAGES: Final = ("authorize", "oauth-callback")


@dataclass
class Stage:
    """The stack, and who works on it.

    Attributes:
        links: The links that were handed out.
        addresses: Where Zoom sent browsers back to.
        cookies: What the pages had browsers keep.
    """

    app: SalesforceApp
    salesforce: SalesforceSimulator
    zoom: ZoomSimulator
    zoom_app: SimulatedApp
    stack: LocalStack
    pages: Gateway
    operator: Operator
    links: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)

    @property
    def root(self) -> Account:
        return Account(self.stack, self.stack.session)

    def hand_over_salesforce_app(self, folder: Path) -> None:
        """Store the Salesforce app's credentials, as an operator does."""
        key_file = folder / "app.key"
        key_file.write_text(self.app.private_key, encoding="ascii")
        stored = self.operator.types(
            *("setup", "salesforce-app", "--consumer-key", self.app.consumer_key),
            *("--private-key-file", str(key_file), "--ask-consumer-secret"),
            answer=self.app.consumer_secret,
        )
        assert stored.returncode == 0, stored.stderr

    def hand_over_zoom_app(self) -> None:
        """Store the Zoom app's credentials, as an operator does."""
        stored = self.operator.types(
            *("setup", "zoom-app", "--client-id", self.zoom_app.client_id),
            answer=self.zoom_app.client_secret,
        )
        assert stored.returncode == 0, stored.stderr

    def migration(self, org_id: str) -> dict[str, Any]:
        return dict(self.operator.reads("migrate", "show", org_id))

    def org(self, org_id: str) -> dict[str, Any]:
        return dict(self.operator.reads("orgs", "show", org_id))

    def wait_until(self, org_id: str, holds: Callable[[dict[str, Any]], bool]) -> None:
        """Wait for an org's migration, and until something holds of it."""

        def it_holds() -> bool:
            shown = self.operator.types("migrate", "show", org_id, "--json")
            return shown.returncode == 0 and holds(json.loads(shown.stdout))

        eventually(it_holds)

    def outcome(self, org_id: str) -> str:
        """How an org's newest migration ends."""
        self.wait_until(org_id, lambda migration: migration["outcome"] is not None)
        return str(self.migration(org_id)["outcome"])

    def wait_for_proof(self, org_id: str) -> None:
        """Wait until Zoom has been called with an org's grant; the soak time is not waited for."""
        self.wait_until(org_id, lambda migration: migration["step"] == "soaking")

    def link(self, org_id: str) -> str:
        """The link to an org's start page, as soon as there is one."""
        self.wait_until(org_id, lambda migration: migration["authorization"] is not None)
        self.links.append(str(self.operator.reads("migrate", "link", org_id)["link"]))
        return self.links[-1]

    def authorize(self, org_id: str, email: str) -> Page:
        """Have somebody go the whole way from the link over Zoom; returns what they read then."""
        with Person(email) as person:
            page = person.press(person.open(self.link(org_id)), START)
            assert page.left_for is not None, page.title
            self.addresses.append(person.consent(page.left_for))
            self.cookies += [cookie.value or "" for cookie in person.session.cookies]
            return person.open(self.addresses[-1])

    def items(self) -> list[Item]:
        """What is in the table."""
        return list(self.root.client("dynamodb").scan(TableName=self.root.table)["Items"])

    def log_lines(self, *functions: str, since: datetime | None = None) -> Iterator[str]:
        """What functions printed, all of them unless some are named."""
        logs = self.root.client("logs")
        start = 0 if since is None else int(since.timestamp() * 1000)
        named = tuple(f"/zoom-migrator-{each}" for each in functions)
        names = [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
        events = [
            event
            for name in names
            if not functions or name.endswith(named)
            for event in logs.filter_log_events(logGroupName=name, startTime=start)["events"]
        ]
        yield from (each["message"] for each in sorted(events, key=itemgetter("timestamp")))

    def executions(self) -> Iterator[str]:
        """What Step Functions keeps of every migration."""
        stepfunctions = self.root.client("stepfunctions")
        machine = self.stack.outputs["MigrationStateMachineArn"]
        for execution in stepfunctions.list_executions(stateMachineArn=machine)["executions"]:
            arn = execution["executionArn"]
            yield json.dumps(stepfunctions.describe_execution(executionArn=arn), default=str)
            yield json.dumps(stepfunctions.get_execution_history(executionArn=arn), default=str)


@contextmanager
def staged(app: SalesforceApp, salesforce: SalesforceSimulator, **changes: str) -> Iterator[Stage]:
    """Deploy the stack beside a Zoom, which does not know the stack's app yet.

    Args:
        changes: Template parameters that a test is about.
    """
    with Gateway() as pages, a_zoom() as zoom:
        parameters = {
            **changes,
            "SalesforceConnectTo": salesforce.base_url,
            "ZoomConnectTo": zoom.base_url,
            "ZoomAuthorizeUrl": f"{zoom.base_url}/oauth/authorize",
            "PublicBaseUrl": pages.base_url,
        }
        with LocalStack(parameters=parameters, wait_scale=0.01) as stack:
            address = public_api_address(
                stack.session, endpoint_url=stack.endpoint_url, stack_name=stack.stack_name
            )
            pages.connect(Forwarder(address))
            zoom_app = registered(zoom, stack.outputs["OAuthRedirectUri"])
            operator = Operator(stack.environment)
            yield Stage(app, salesforce, zoom, zoom_app, stack, pages, operator)


@dataclass
class DeployedShelf:
    """Attempts in the stack's table."""

    stage: Stage

    def stored(self) -> list[AuthorizationAttempt]:
        items = [each for each in self.stage.items() if each[SORT] == {"S": ATTEMPT}]
        return sorted(map(attempt_from, items), key=lambda attempt: attempt.created_at)

    def rewrite(self, attempt: AuthorizationAttempt) -> None:
        item = attempt_item(attempt)
        self.stage.root.client("dynamodb").put_item(TableName=self.stage.root.table, Item=item)


def a_new_world(stage: Stage) -> World:
    """The deployed pages with an empty table behind them, and a Zoom that remembers nothing."""
    _clear(stage)
    began = datetime.now(UTC)
    table = Table(own_client(stage, "dynamodb"), stage.root.table)
    return World(
        transport=Http(stage.pages.base_url),
        zoom=stage.zoom,
        app=stage.zoom_app,
        orgs=DynamoDbOrgRepository(table),
        migrations=DynamoDbMigrationRepository(table),
        grants=DynamoDbGrantRepository(table),
        shelf=DeployedShelf(stage),
        signer=KmsLinkSigner(own_client(stage, "kms"), stage.stack.outputs["LinkKeyArn"]),
        vault=KmsTokenVault(own_client(stage, "kms"), stage.stack.outputs["TaskTokenKeyArn"]),
        dump=lambda: json.dumps(stage.items(), default=str),
        logged=lambda: "\n".join(_printed(stage, began)),
    )


def own_client(stage: Stage, service: Any) -> Any:
    """A client of the stack's account, set up as the product's are."""
    return stage.stack.session.client(
        service, endpoint_url=stage.stack.endpoint_url, config=client_config(max_connections=10)
    )


def _clear(stage: Stage) -> None:
    dynamodb = stage.root.client("dynamodb")
    for item in stage.items():
        key = {name: item[name] for name in (PARTITION, SORT)}
        dynamodb.delete_item(TableName=stage.root.table, Key=key)
    app = stage.zoom_app
    stage.zoom.world.clear()
    stage.zoom.load(zoom_world())
    stage.zoom.register(app)


def _printed(stage: Stage, began: datetime) -> Iterator[str]:
    """The product's own lines; what Lambda itself says of an invocation is no JSON."""
    for message in stage.log_lines(*PAGES, since=began):
        yield from (line for line in message.splitlines() if line.startswith("{"))
