"""Mail over HTTP to a server that answers like SES, and over moto's."""

from __future__ import annotations

import json
import logging
import os
from typing import TYPE_CHECKING, Any

import pytest
from botocore.session import Session, get_session

from tests.adapters.embedded_aws import client
from tests.adapters.salesforce.scripted import Reply, ScriptedServer, answer
from tests.adapters.slack.lab import LINK, a_message
from zoom_migrator.adapters.mail.html import as_html
from zoom_migrator.adapters.mail.text import as_text
from zoom_migrator.adapters.ses import MailSettings, SesMailer, mail_client_config
from zoom_migrator.domain.delivery import FailureKind, SendFailure, SendResult, Sent
from zoom_migrator.domain.digest_words import digest_of
from zoom_migrator.domain.errors import InvalidSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_sesv2 import SESV2Client

type MailerMaker = Callable[..., SesMailer]

K = FailureKind
ADDRESS = "admin.canary@acme.example"
SENDER = "migrator@example.com"
MUTE = "https://migrator.example/mute/mute-one.00D5g0000000001EAA.x.1790000000.signature"
TAKEN = answer({"MessageId": "0100018f-canary"})


@pytest.fixture
def scripted() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


@pytest.fixture(scope="module")
def session() -> Session:
    """What all clients have in common, read once."""
    return get_session()


@pytest.fixture
def to_scripted(session: Session, scripted: ScriptedServer) -> MailerMaker:
    return lambda **settings: mailer_to(session, scripted.base_url, **settings)


@pytest.fixture
def mailer(to_scripted: MailerMaker) -> SesMailer:
    return to_scripted()


def mailer_to(session: Session, url: str, **settings: str) -> SesMailer:
    ses: SESV2Client = session.create_client(  # type: ignore[assignment]
        "sesv2",
        region_name="eu-central-1",
        endpoint_url=url,
        config=mail_client_config(),
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )
    return SesMailer(ses, MailSettings(**{"sender": SENDER, **settings}))


def asked(scripted: ScriptedServer) -> dict[str, Any]:
    (received,) = scripted.received
    assert received.line == "POST /v2/email/outbound-emails HTTP/1.1"
    document: dict[str, Any] = json.loads(received.body)
    return document


def refusal(code: str, message: str = "", status: int = 400) -> Reply:
    return answer({"message": message}, status, {"x-amzn-ErrorType": f"{code}:http://x.example/"})


def failed(result: SendResult) -> SendFailure:
    assert isinstance(result, SendFailure), result
    return result


def test_a_mail_has_both_parts_its_headers_and_one_reader(
    to_scripted: MailerMaker, scripted: ScriptedServer
) -> None:
    scripted.will_reply(TAKEN)
    mailer = to_scripted(reply_to="ops@example.com", configuration_set="migrator")

    assert mailer.send(ADDRESS, a_message(), unsubscribe_url=MUTE) == Sent("0100018f-canary")

    assert asked(scripted) == {
        "FromEmailAddress": f"Zoom OAuth Migrator <{SENDER}>",
        "Destination": {"ToAddresses": [ADDRESS]},
        "ReplyToAddresses": ["ops@example.com"],
        "ConfigurationSetName": "migrator",
        "EmailTags": [{"Name": "kind", "Value": "upgrade_approval_needed"}],
        "Content": {
            "Simple": {
                "Subject": {"Data": "Approve the Zoom upgrade in Acme", "Charset": "UTF-8"},
                "Body": {
                    "Text": {
                        "Data": as_text(a_message(), unsubscribe_url=MUTE),
                        "Charset": "UTF-8",
                    },
                    "Html": {
                        "Data": as_html(a_message(), unsubscribe_url=MUTE),
                        "Charset": "UTF-8",
                    },
                },
                "Headers": [
                    {"Name": "Auto-Submitted", "Value": "auto-generated"},
                    {"Name": "List-Unsubscribe", "Value": f"<{MUTE}>"},
                    {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
                ],
            }
        },
    }


def test_what_cannot_be_ended_has_no_header_that_says_so(
    mailer: SesMailer, scripted: ScriptedServer
) -> None:
    scripted.will_reply(TAKEN)

    mailer.send(ADDRESS, a_message())

    content = asked(scripted)["Content"]["Simple"]
    assert content["Headers"] == [{"Name": "Auto-Submitted", "Value": "auto-generated"}]


def test_a_digest_is_sent_as_one(mailer: SesMailer, scripted: ScriptedServer) -> None:
    from scripts.notice_examples import notices
    from scripts.render_notices import telling_of

    scripted.will_reply(TAKEN)
    digest = digest_of([telling_of(each) for each in notices()], lambda each: each.action)

    assert mailer.send(ADDRESS, digest) == Sent("0100018f-canary")
    assert asked(scripted)["EmailTags"] == [{"Name": "kind", "Value": "digest"}]


def test_a_subject_is_one_line(mailer: SesMailer, scripted: ScriptedServer) -> None:
    scripted.will_reply(TAKEN)

    mailer.send(ADDRESS, a_message(subject="Acme\r\nBcc: everybody@evil.example\u202e"))

    subject = asked(scripted)["Content"]["Simple"]["Subject"]["Data"]
    assert subject == "Acme  Bcc: everybody@evil.example"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "@acme.example",
        "a@",
        "a@b.example,evil@evil.example",
        "a@b.example, evil@evil.example",
        "a@b.example;evil@evil.example",
        "A <a@b.example>",
        "a@b.example\r\nBcc: evil@evil.example",
        "a b@c.example",
        '"a"@b.example',
        "a@b@c.example",
        "x" * 65 + "@b.example",
    ],
)
def test_what_is_not_one_address_is_not_handed_over(
    mailer: SesMailer, scripted: ScriptedServer, address: str
) -> None:
    assert mailer.send(address, a_message()) == SendFailure(K.ADDRESS, "malformed_address")
    assert scripted.received == []


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (refusal("TooManyRequestsException", "Maximum sending rate exceeded.", 429),
         (K.RATE_LIMITED, "TooManyRequestsException")),
        (refusal("LimitExceededException"), (K.RATE_LIMITED, "LimitExceededException")),
        (refusal("ThrottlingException"), (K.RATE_LIMITED, "ThrottlingException")),
        (refusal("AccountSuspendedException"), (K.ACCESS, "AccountSuspendedException")),
        (refusal("SendingPausedException"), (K.ACCESS, "SendingPausedException")),
        (refusal("MailFromDomainNotVerifiedException"),
         (K.ACCESS, "MailFromDomainNotVerifiedException")),
        (refusal("NotFoundException", f"Configuration set <{ADDRESS}> does not exist.", 404),
         (K.ACCESS, "NotFoundException")),
        (refusal("AccessDeniedException", ADDRESS, 403), (K.ACCESS, "AccessDeniedException")),
        (refusal("InvalidSignatureException", "", 403), (K.ACCESS, "InvalidSignatureException")),
        (refusal("MessageRejected", "Email content is not acceptable."),
         (K.MESSAGE, "MessageRejected")),
        (refusal("MessageRejected", "Email address is not verified. The following identities"
                 f" failed the check in region EU-CENTRAL-1: {ADDRESS.upper()}"),
         (K.ADDRESS, "RecipientNotVerified")),
        (refusal("MessageRejected", "Email address is not verified. The following identities"
                 f" failed the check in region EU-CENTRAL-1: {SENDER}"),
         (K.ACCESS, "SenderNotVerified")),
        (refusal("BadRequestException", "Domain contains illegal character"),
         (K.ADDRESS, "BadRequestException")),
        (refusal("BadRequestException", "Missing final '@domain'"),
         (K.ADDRESS, "BadRequestException")),
        (refusal("BadRequestException", "Message body is too long"),
         (K.MESSAGE, "BadRequestException")),
        (refusal("InternalFailure", "", 500), (K.UNKNOWN, "InternalFailure")),
        (refusal("ServiceUnavailable", "", 503), (K.TRANSIENT, "ServiceUnavailable")),
        (refusal("OfNextYear", ADDRESS, 400), (K.MESSAGE, "OfNextYear")),
        (refusal("OfNextYear", ADDRESS, 401), (K.ACCESS, "OfNextYear")),
        (refusal("OfNextYear", ADDRESS, 502), (K.UNKNOWN, "OfNextYear")),
        (Reply(b"HTTP/1.1 504 Gone\r\nContent-Length: 0\r\n\r\n"), (K.UNKNOWN, "504")),
        (Reply(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<canary/>"),
         (K.UNKNOWN, "no_message_id")),
        (Reply(closes=True), (K.UNKNOWN, "ConnectionClosedError")),
        (Reply(resets=True), (K.UNKNOWN, "ConnectionClosedError")),
        (Reply(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", closes=True),
         (K.UNKNOWN, "ConnectionClosedError")),
        (Reply(b"HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\n<!!>"), (K.UNKNOWN, "500")),
    ],
)  # fmt: skip
def test_every_answer_means_one_thing_and_is_asked_for_once(
    mailer: SesMailer,
    scripted: ScriptedServer,
    reply: Reply,
    expected: tuple[K, str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    scripted.will_reply(reply, TAKEN)

    with caplog.at_level(logging.INFO):
        result = failed(mailer.send(ADDRESS, a_message(), unsubscribe_url=MUTE))

    assert (result.kind, result.error) == expected
    assert len(scripted.received) == 1
    told = f"{result!r} {caplog.text} {[vars(record) for record in caplog.records]}".lower()
    assert "canary" not in told
    assert LINK not in told


def test_nothing_was_sent_where_nobody_listens(session: Session) -> None:
    with ScriptedServer() as server:
        url = server.base_url
    result = failed(mailer_to(session, url).send(ADDRESS, a_message()))

    assert (result.kind, result.error) == (K.TRANSIENT, "EndpointConnectionError")


def test_without_credentials_nothing_can_be_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    ses: SESV2Client = get_session().create_client(  # type: ignore[assignment]
        "sesv2", region_name="eu-central-1", config=mail_client_config()
    )

    result = failed(SesMailer(ses, MailSettings(SENDER)).send(ADDRESS, a_message()))

    assert (result.kind, result.error) == (K.ACCESS, "NoCredentialsError")


def test_a_mail_that_nobody_answers_is_not_sent_again() -> None:
    config = mail_client_config()

    assert config.retries == {"mode": "standard", "total_max_attempts": 1}  # type: ignore[attr-defined]
    assert config.read_timeout == 10  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("sender", "named"),
    [
        (SENDER, f"Zoom OAuth Migrator <{SENDER}>"),
        (f"Acme IT <{SENDER}>", f"Acme IT <{SENDER}>"),
    ],
)
def test_a_mailbox_shows_who_it_is_from(sender: str, named: str) -> None:
    assert MailSettings(sender).named_sender == named


@pytest.mark.parametrize(
    "settings",
    [
        {"sender": ""},
        {"sender": "example.com"},
        {"sender": "a@b.example, c@d.example"},
        {"sender": "Acme <a@b.example> <c@d.example>"},
        {"sender": "Acme\r\nBcc: x <a@b.example>"},
        {"sender": SENDER, "reply_to": "nobody"},
    ],
)
def test_a_malformed_setting_is_named(settings: dict[str, str]) -> None:
    with pytest.raises(InvalidSettings, match="Mail setting"):
        MailSettings(**settings)


class TestMoto:
    """moto drops headers, so that it says something about the rest alone."""

    @pytest.fixture
    def ses(self, aws: None) -> SESV2Client:
        ses: SESV2Client = client("sesv2")
        return ses

    def test_a_mail_is_taken_from_a_sender_that_is_verified(self, ses: SESV2Client) -> None:
        ses.create_email_identity(EmailIdentity=SENDER)

        result = SesMailer(ses, MailSettings(SENDER)).send(ADDRESS, a_message())

        assert isinstance(result, Sent)
        assert result.provider_id

    def test_a_sender_that_is_not_is_refused(self, ses: SESV2Client) -> None:
        result = failed(SesMailer(ses, MailSettings(SENDER)).send(ADDRESS, a_message()))

        assert result.kind in (K.ACCESS, K.MESSAGE)
