"""A deployed stack whose orgs are to be upgraded, beside a Slack and an inbox that people read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from local.gateway import Forwarder, Gateway, public_api_address
from local.inbox import Inbox
from local.salesforce import PublishedVersion, SalesforceSimulator, SimulatedOrg
from local.slack import SimulatedPerson, SimulatedSlack, SlackSimulator
from local.slack.faults import Phase
from local.slack.messages import PostedMessage
from local.stack import LocalStack
from tests.builders import fleet_cells, fleet_csv, org_id_of
from tests.functions.salesforce_app import SalesforceApp
from tests.integration.account import Account
from tests.integration.operator import Operator
from tests.integration.waiting import eventually

TARGET: Final = PublishedVersion(version="3.28.0.2")
ADA: Final = SimulatedPerson(name="ada.admin")
GRACE: Final = SimulatedPerson(name="grace.ops")
OPERATORS: Final = "operators@migrator.example"
_PARAMETERS: Final = {
    "PackageVersionId": TARGET.id,
    "MailFrom": "zoom@migrator.example",
    "OperatorsEmail": OPERATORS,
}


@dataclass(frozen=True)
class Stage:
    """The stack, and who is told by it."""

    salesforce: SalesforceSimulator
    slack: SlackSimulator
    inbox: Inbox
    stack: LocalStack
    operator: Operator

    @property
    def root(self) -> Account:
        return Account(self.stack, self.stack.session)

    def migration(self, org_id: str) -> dict[str, Any]:
        return dict(self.operator.reads("migrate", "show", org_id))

    def wait_until(self, org_id: str, holds: Callable[[dict[str, Any]], bool]) -> None:
        """Wait until something holds of an org's migration."""
        eventually(lambda: holds(self.migration(org_id)))

    def trail(self, org_id: str) -> list[dict[str, Any]]:
        """Who changed what of an org, the newest first."""
        return list(self.operator.reads("orgs", "show", org_id)["audit"])

    def asked(self, number: int) -> PostedMessage:
        """Start an org's migration; returns the question as it arrives in the channel."""
        self.operator.reads("migrate", "start", org_id_of(number))
        eventually(lambda: self.questions(number) != [])
        (message,) = self.questions(number)
        return message

    def questions(self, number: int) -> list[PostedMessage]:
        """Messages about an org's upgrade; they stay the same when they say something else."""
        return [
            message
            for message in self.slack.messages_in()
            if f"Approve the Zoom upgrade in Acme {number}" in message.text
        ]

    def remind(self, *, days_ahead: int) -> dict[str, Any]:
        """Have people reminded of deadlines as they would be on a day to come."""
        payload = json.dumps({"days_ahead": days_ahead})
        answer = self.root.client("lambda").invoke(
            FunctionName="zoom-migrator-send-reminders", Payload=payload
        )
        report: dict[str, Any] = json.loads(answer["Payload"].read())
        return report

    def replies(self) -> int:
        """How often something was put in place of a message."""
        return sum(request.phase is Phase.REPLY for request in self.slack.requests)

    def installs_asked_for(self, number: int) -> int:
        host = self.salesforce.org(org_id_of(number)).host
        return sum(
            request.method == "POST" and "PackageInstallRequest" in request.target
            for request in self.salesforce.requests_to(host)
        )


@contextmanager
def staged(
    app: SalesforceApp,
    folder: Path,
    rows: Mapping[int, Mapping[str, str]],
    *,
    by_webhook: bool = False,
) -> Iterator[Stage]:
    """Deploy the stack and register orgs.

    Args:
        rows: Cells of the fleet file that differ from a good row's, by the number of the org.
        by_webhook: Whether Slack has given out an incoming webhook and nothing else.
    """
    with ExitStack() as running:
        salesforce = running.enter_context(app.simulator())
        _populate(salesforce, rows)
        slack = running.enter_context(SlackSimulator(SimulatedSlack(people=[ADA, GRACE])))
        slack.app.webhook_channel = slack.channel().name
        inbox = running.enter_context(Inbox())
        pages = running.enter_context(Gateway())
        parameters = {
            **_PARAMETERS,
            "SalesforceConnectTo": salesforce.base_url,
            "SlackDefaultChannel": "webhook" if by_webhook else f"#{slack.channel().name}",
            "SlackConnectTo": slack.base_url,
            "PublicBaseUrl": pages.base_url,
        }
        stack = running.enter_context(
            LocalStack(parameters=parameters, wait_scale=0.01, mail_relay=inbox.smtp_address)
        )
        stage = Stage(salesforce, slack, inbox, stack, Operator(stack.environment))
        _connect(stage, pages)
        _hand_over_slack(stage, by_webhook=by_webhook)
        _hand_over(stage, app, folder)
        _register(stage, folder / "fleet.csv", rows)
        yield stage


def _connect(stage: Stage, pages: Gateway) -> None:
    """Let the pages lead to the stack, and tell Slack and SES what they have to know."""
    stack = stage.stack
    address = public_api_address(
        stack.session, endpoint_url=stack.endpoint_url, stack_name=stack.stack_name
    )
    pages.connect(Forwarder(address))
    stage.slack.app.interactivity_url = stack.outputs["SlackInteractionsUrl"]
    stage.root.client("sesv2").create_email_identity(EmailIdentity="migrator.example")


def _register(stage: Stage, fleet_file: Path, rows: Mapping[int, Mapping[str, str]]) -> None:
    cells = [
        fleet_cells(number, integration_username=_user(number), **changes)
        for number, changes in rows.items()
    ]
    fleet_file.write_text(fleet_csv(*cells), encoding="utf-8")
    imported = stage.operator.reads("orgs", "import", str(fleet_file))
    assert len(imported["created"]) == len(rows)


def _user(number: int) -> str:
    return f"integration@acme{number}.example"


def _populate(salesforce: SalesforceSimulator, numbers: Mapping[int, object]) -> None:
    salesforce.publish(TARGET)
    for number in numbers:
        document = {
            "org_id": org_id_of(number),
            "host": f"acme{number}.my.salesforce.com",
            "users": [{"username": _user(number)}],
        }
        salesforce.add(SimulatedOrg.model_validate(document))


def _hand_over(stage: Stage, app: SalesforceApp, folder: Path) -> None:
    """Store what the product is at Salesforce, as an operator does."""
    key_file = folder / "app.key"
    key_file.write_text(app.private_key, encoding="ascii")
    stored = stage.operator.types(
        *("setup", "salesforce-app", "--consumer-key", app.consumer_key),
        *("--private-key-file", str(key_file), "--ask-consumer-secret"),
        answer=app.consumer_secret,
    )
    assert stored.returncode == 0, stored.stderr


def _hand_over_slack(stage: Stage, *, by_webhook: bool) -> None:
    """Store what the product is at Slack."""
    slack = stage.slack
    bot = {"bot_token": slack.app.bot_token, "signing_secret": slack.app.signing_secret}
    secret = {"webhook_url": slack.webhook_url} if by_webhook else bot
    stage.root.client("secretsmanager").put_secret_value(
        SecretId=stage.stack.outputs["SlackSecretArn"], SecretString=json.dumps(secret)
    )
