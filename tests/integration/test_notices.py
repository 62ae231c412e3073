"""Notices on the deployed stack, with its permissions enforced: from the table to the readers."""

from __future__ import annotations

import email
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from typing import Any, Final
from urllib.request import Request, urlopen

import pytest
from aiosmtpd.controller import Controller

from local.gateway import Forwarder, Gateway, public_api_address
from local.slack import SlackSimulator
from local.stack import LocalStack
from local.stack.emulator import LOOPBACK, free_port
from tests.builders import a_registration, an_org, org_id_of
from tests.integration.account import Account
from tests.integration.waiting import eventually
from zoom_migrator.adapters.aws import client_config
from zoom_migrator.adapters.dynamodb.contacts import DynamoDbContactRepository
from zoom_migrator.adapters.dynamodb.deliveries import DynamoDbDeliveryRepository
from zoom_migrator.adapters.dynamodb.notices import DynamoDbNoticeRepository
from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.dynamodb.table import Table
from zoom_migrator.domain.delivery import DeliveryStatus
from zoom_migrator.domain.notice import Notice, NoticeKind

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("embedded_aws")]

CHANNEL: Final = "zoom-migration"
ADMIN: Final = "admin@acme.example"
_UNSUBSCRIBE: Final = re.compile(r"https?://\S+/mute/\S+")


class Inbox(Controller):
    """An SMTP server that keeps what it gets."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        super().__init__(self, hostname=LOOPBACK, port=free_port())

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a mail."""
        mail = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"

    @property
    def address(self) -> str:
        """Host and port."""
        return f"{self.hostname}:{self.port}"


@dataclass(frozen=True)
class Office:
    """A stack beside a Slack and an inbox."""

    stack: LocalStack
    slack: SlackSimulator
    inbox: Inbox
    table: Table
    root: Account = field(repr=False)

    @property
    def orgs(self) -> DynamoDbOrgRepository:
        return DynamoDbOrgRepository(self.table)

    def texts(self) -> list[str]:
        """What was posted, oldest first."""
        return [message.text for message in self.slack.messages_in(CHANNEL)]

    def subjects(self) -> list[str]:
        """Of the mails that came."""
        return [str(mail["Subject"]) for mail in self.inbox.mails]


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with ExitStack() as opened:
        slack = opened.enter_context(SlackSimulator())
        pages = opened.enter_context(Gateway())
        inbox = Inbox()
        inbox.start()
        opened.callback(inbox.stop)
        parameters = {
            "SlackDefaultChannel": f"#{CHANNEL}",
            "SlackConnectTo": slack.base_url,
            "MailFrom": "zoom@migrator.example",
            "PublicBaseUrl": pages.base_url,
        }
        stack = opened.enter_context(LocalStack(parameters=parameters, mail_relay=inbox.address))
        pages.connect(
            Forwarder(
                public_api_address(
                    stack.session, endpoint_url=stack.endpoint_url, stack_name=stack.stack_name
                )
            )
        )
        yield _office(stack, slack, inbox)


def _office(stack: LocalStack, slack: SlackSimulator, inbox: Inbox) -> Office:
    root = Account(stack, stack.session)
    secret = {"bot_token": slack.app.bot_token, "signing_secret": slack.app.signing_secret}
    root.client("secretsmanager").put_secret_value(
        SecretId=stack.outputs["SlackSecretArn"], SecretString=json.dumps(secret)
    )
    root.client("sesv2").create_email_identity(EmailIdentity="migrator.example")
    dynamodb = stack.session.client(
        "dynamodb", endpoint_url=stack.endpoint_url, config=client_config(max_connections=10)
    )
    return Office(stack, slack, inbox, Table(dynamodb, root.table), root)


def register(office: Office, number: int, *, days: int) -> str:
    """Register an org whose deadline is so many days ahead; returns its id."""
    now = datetime.now(UTC)
    registration = replace(
        a_registration(org_id=org_id_of(number), salesforce_admin_email=ADMIN),
        deadline=(now + timedelta(days=days)).date(),
        slack_channel="",
        time_zone="UTC",
    )
    org = an_org(registration=registration, registered_at=now - timedelta(days=400))
    return office.orgs.save(org).org_id


def test_a_notice_that_is_recorded_reaches_slack_and_the_inbox_once(office: Office) -> None:
    org_id = register(office, 1, days=200)
    facts = {"version_before": "3.23.0.4", "version": "3.30.0.1"}
    notice = Notice(org_id, 1, NoticeKind.UPGRADE_DONE, datetime.now(UTC), facts=facts)

    assert DynamoDbNoticeRepository(office.table).record([notice]) == [notice]

    eventually(lambda: bool(office.inbox.mails) and bool(office.texts()))
    (mail,) = office.inbox.mails
    assert mail["To"] == ADMIN
    assert {part.get_content_type() for part in mail.walk()} >= {"text/plain", "text/html"}
    deliveries = DynamoDbDeliveryRepository(office.table)
    eventually(
        lambda: (
            [each.status for each in deliveries.list_of(org_id, limit=9)]
            == [DeliveryStatus.SENT] * 2
        )
    )
    assert len(office.texts()) == 1


def test_a_run_of_reminders_makes_one_message_for_each_recipient(office: Office) -> None:
    register(office, 2, days=30)
    register(office, 3, days=7)
    before = (len(office.texts()), len(office.inbox.mails))

    answer = office.root.client("lambda").invoke(
        FunctionName="zoom-migrator-send-reminders", Payload=b"{}"
    )

    report = json.loads(answer["Payload"].read())
    assert (report["due"], report["orders"], report["is_complete"]) == (2, 2, True)
    eventually(lambda: len(office.texts()) > before[0] and len(office.inbox.mails) > before[1])
    assert (len(office.texts()), len(office.inbox.mails)) == (before[0] + 1, before[1] + 1)


def test_the_link_in_a_reminder_ends_reminders_by_one_click(office: Office) -> None:
    body = office.inbox.mails[-1].get_body(("plain",))
    assert body is not None
    link = _UNSUBSCRIBE.search(body.get_content())
    assert link is not None, office.subjects()

    one_click = Request(link[0], data=b"List-Unsubscribe=One-Click", method="POST")  # noqa: S310
    with urlopen(one_click, timeout=30) as answer:  # noqa: S310 - the gateway of this test
        assert answer.status == 200

    mutes = DynamoDbContactRepository(office.table).mutes([])
    assert [(mute.org_id, mute.address) for mute in mutes] == [("", ADMIN)]


def test_no_secret_is_left_in_the_logs(office: Office) -> None:
    logs = office.root.client("logs")
    printed = "\n".join(
        event["message"]
        for group in logs.describe_log_groups()["logGroups"]
        for event in logs.filter_log_events(logGroupName=group["logGroupName"])["events"]
    )

    assert "people_told" in printed
    assert [each for each in (*office.slack.secret_values(), ADMIN) if each in printed] == []
