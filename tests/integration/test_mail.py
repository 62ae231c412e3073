"""Mail by the embedded AWS, into the inbox that people open; no template is deployed for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from botocore.session import get_session

from local.inbox import Inbox
from local.stack.emulator import ACCESS_KEY, REGION, SECRET_KEY, Emulator
from tests.adapters.slack.lab import a_message
from zoom_migrator.adapters.mail.html import as_html
from zoom_migrator.adapters.mail.text import as_text
from zoom_migrator.adapters.ses import MailSettings, SesMailer, mail_client_config
from zoom_migrator.domain.delivery import SendFailure, Sent

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("embedded_aws")]

ADMIN = "admin@acme.example"
MUTE = "http://127.0.0.1:8080/mute/mute-one.00D5g0000000001EAA.x.1790000000.signature"
MESSAGE = a_message(subject="Acme Ä: approve", paragraphs=("It is “new”.",))


@pytest.fixture(scope="module")
def inbox() -> Iterator[Inbox]:
    with Inbox() as inbox:
        yield inbox


@pytest.fixture(scope="module")
def ses(inbox: Inbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SESV2Client]:
    log: Path = tmp_path_factory.mktemp("aws") / "aws.log"
    emulator = Emulator(log, mail_relay=inbox.smtp_address)
    emulator.start()
    try:
        ses: SESV2Client = get_session().create_client(  # type: ignore[assignment]
            "sesv2",
            region_name=REGION,
            endpoint_url=emulator.endpoint_url,
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
            config=mail_client_config(),
        )
        ses.create_email_identity(EmailIdentity="migrator.example")
        yield ses
    finally:
        emulator.stop()


def test_a_mail_arrives_as_it_was_made_and_can_be_unsubscribed_from(
    ses: SESV2Client, inbox: Inbox
) -> None:
    mailer = SesMailer(ses, MailSettings("zoom@migrator.example"))

    result = mailer.send(ADMIN, MESSAGE, unsubscribe_url=MUTE)

    assert isinstance(result, Sent)
    (mail,) = inbox.mails(ADMIN, wait_for=1)
    assert (mail.subject, mail.sender) == (
        MESSAGE.subject,
        "Zoom OAuth Migrator <zoom@migrator.example>",
    )
    assert mail.text == as_text(MESSAGE, unsubscribe_url=MUTE)
    assert mail.html == as_html(MESSAGE, unsubscribe_url=MUTE)
    assert mail.unsubscribe_url == MUTE
    assert mail.header("Auto-Submitted") == "auto-generated"
    assert result.provider_id in mail.header("Message-ID")


def test_nobody_gets_a_mail_from_a_sender_that_is_not_verified(
    ses: SESV2Client, inbox: Inbox
) -> None:
    mailer = SesMailer(ses, MailSettings("zoom@somebody-else.example"))

    result = mailer.send("other@acme.example", MESSAGE)

    assert isinstance(result, SendFailure)
    assert result.error == "SenderNotVerified"
    assert inbox.mails("other@acme.example") == []
