"""What everything does that sends messages to people: once, whatever they are, and no word more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID as ACCOUNT_ID
from moto.ses.models import ses_backends

from local.slack import SlackSimulator
from scripts.notice_examples import notices
from scripts.render_notices import telling_of
from tests.adapters.embedded_aws import REGION, client
from tests.adapters.slack.lab import SlackLab
from zoom_migrator.adapters.memory.messengers import InMemoryMailer, InMemorySlackChannel
from zoom_migrator.adapters.ses import MailSettings, SesMailer
from zoom_migrator.domain.delivery import FailureKind, SendFailure, SendResult, Sent
from zoom_migrator.domain.digest_words import digest_of
from zoom_migrator.domain.notice_message import AnyMessage
from zoom_migrator.domain.notice_words import message_of

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

TELLINGS = [telling_of(notice) for notice in notices()]
MESSAGES: list[AnyMessage] = [message_of(telling) for telling in TELLINGS]
DIGEST = digest_of(TELLINGS, lambda telling: telling.action)


@dataclass(frozen=True)
class Messenger:
    """A channel, and what its readers see.

    Attributes:
        good: An address that takes messages.
        bad: An address that takes none, and never will.
        arrived: Where messages arrived, in order.
    """

    send: Callable[[str, AnyMessage], SendResult]
    good: str
    bad: str
    arrived: Callable[[], list[str]]


@pytest.fixture(params=["slack in memory", "mail in memory", "slack", "mail by ses"])
def messenger(request: pytest.FixtureRequest) -> Iterator[Messenger]:
    if request.param == "slack":
        with SlackSimulator() as simulator:
            yield _slack(simulator)
    elif request.param == "mail by ses":
        request.getfixturevalue("aws")
        yield _ses()
    else:
        yield _in_memory(request.param)


def _slack(simulator: SlackSimulator) -> Messenger:
    channel = SlackLab(simulator).channel()
    return Messenger(
        channel.post,
        "#zoom-migration",
        "#gone",
        lambda: ["#zoom-migration" for _ in simulator.messages_in("zoom-migration")],
    )


def _ses() -> Messenger:
    ses: SESV2Client = client("sesv2")
    ses.create_email_identity(EmailIdentity="example.com")
    sent = ses_backends[ACCOUNT_ID][REGION].sent_messages
    return Messenger(
        SesMailer(ses, MailSettings("migrator@example.com")).send,
        "admin@acme.example",
        "gone@acme@example",
        lambda: [to for each in sent for to in each.destinations["ToAddresses"]],
    )


def _in_memory(kind: str) -> Messenger:
    refusal = SendFailure(FailureKind.ADDRESS, "refused")
    if kind == "slack in memory":
        slack = InMemorySlackChannel()
        slack.refuse("#gone", refusal)
        return Messenger(
            slack.post, "#zoom", "#gone", lambda: [each.address for each in slack.sent]
        )
    mailer = InMemoryMailer()
    mailer.refuse("gone@acme.example", refusal)
    return Messenger(
        mailer.send,
        "admin@acme.example",
        "gone@acme.example",
        lambda: [each.address for each in mailer.sent],
    )


@pytest.mark.parametrize("message", [*MESSAGES, DIGEST], ids=lambda message: message.subject)
def test_every_message_arrives_once(message: AnyMessage, messenger: Messenger) -> None:
    assert isinstance(messenger.send(messenger.good, message), Sent)
    assert messenger.arrived() == [messenger.good]


def test_an_address_that_takes_nothing_is_named_as_that(messenger: Messenger) -> None:
    failure = messenger.send(messenger.bad, DIGEST)

    assert isinstance(failure, SendFailure)
    assert failure.kind is FailureKind.ADDRESS
    assert messenger.bad not in failure.error
    assert messenger.arrived() == []


def test_one_that_refuses_spoils_nothing_for_others(messenger: Messenger) -> None:
    messenger.send(messenger.bad, DIGEST)

    assert isinstance(messenger.send(messenger.good, DIGEST), Sent)
