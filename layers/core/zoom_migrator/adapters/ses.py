"""Sends mail by Amazon SES."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from zoom_migrator.adapters.aws import client_config
from zoom_migrator.adapters.mail.html import as_html
from zoom_migrator.adapters.mail.text import as_text
from zoom_migrator.adapters.ses_answers import meaning_of_answer, meaning_of_silence
from zoom_migrator.adapters.web.pages import visible
from zoom_migrator.domain.delivery import FailureKind, SendFailure, SendResult, Sent
from zoom_migrator.domain.errors import InvalidSettings
from zoom_migrator.domain.notice_message import AnyMessage, Message

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sesv2.type_defs import MessageHeaderTypeDef, SendEmailRequestTypeDef

# One address alone: SES would read a comma as the end of one and the beginning of another.
_ADDRESS: Final = re.compile(r"[^\s@,;:<>()\[\]\"\\]{1,64}@[^\s@,;:<>()\[\]\"\\]{1,253}")
_SENDER_NAME: Final = "Zoom OAuth Migrator"
_NAMED: Final = re.compile(r"[^<>@\r\n]{1,100}<(?P<address>[^<>]+)>")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MailSettings:
    """How mail is sent.

    Attributes:
        sender: An address that SES has verified, or whose domain it has; with a name or without.
        reply_to: Where answers go; empty for the sender.
        configuration_set: What makes SES report bounces and complaints; empty for none.
    """

    sender: str
    reply_to: str = ""
    configuration_set: str = ""

    def __post_init__(self) -> None:
        """Check every value.

        Raises:
            InvalidSettings: One is malformed; the message names it.
        """
        named = _NAMED.fullmatch(self.sender)
        if not is_one_address(named["address"] if named else self.sender):
            raise InvalidSettings(f"Mail setting sender cannot be {self.sender[:80]!r}.")
        if self.reply_to and not is_one_address(self.reply_to):
            raise InvalidSettings(f"Mail setting reply_to cannot be {self.reply_to[:80]!r}.")

    @property
    def named_sender(self) -> str:
        """The sender, with a name that mailboxes show."""
        return self.sender if "<" in self.sender else f"{_SENDER_NAME} <{self.sender}>"


def is_one_address(text: str) -> bool:
    """Whether a text is a single e-mail address without a name."""
    return _ADDRESS.fullmatch(text) is not None


def mail_client_config() -> Config:
    """How the client of SES is set up: it sends every request once.

    SES knows no repetitions, so that one whose answer was lost would arrive twice.
    """
    once = Config(retries={"mode": "standard", "total_max_attempts": 1})
    return client_config(max_connections=1).merge(once)


class SesMailer:
    """The :class:`~zoom_migrator.notice_ports.Mailer` of the deployed product."""

    def __init__(self, client: SESV2Client, settings: MailSettings) -> None:
        """Take what all mails have in common.

        Args:
            client: A client set up with :func:`mail_client_config`.
        """
        self._client = client
        self._settings = settings

    def send(self, address: str, message: AnyMessage, *, unsubscribe_url: str = "") -> SendResult:
        """See the port."""
        if not is_one_address(address):
            return SendFailure(FailureKind.ADDRESS, "malformed_address")
        request = self._request(address, message, unsubscribe_url)
        try:
            answer = self._client.send_email(**request)
        except ClientError as error:
            return _logged(meaning_of_answer(error, address))
        except BotoCoreError as error:
            return _logged(meaning_of_silence(error))
        message_id = answer.get("MessageId")
        if not message_id:
            # SES names every mail that it takes; this was said by something else.
            return _logged(SendFailure(FailureKind.UNKNOWN, "no_message_id"))
        return Sent(message_id)

    def _request(
        self, address: str, message: AnyMessage, unsubscribe_url: str
    ) -> SendEmailRequestTypeDef:
        request: SendEmailRequestTypeDef = {
            "FromEmailAddress": self._settings.named_sender,
            "Destination": {"ToAddresses": [address]},
            "Content": {
                "Simple": {
                    "Subject": {"Data": visible(message.subject), "Charset": "UTF-8"},
                    "Body": {
                        "Text": {
                            "Data": as_text(message, unsubscribe_url=unsubscribe_url),
                            "Charset": "UTF-8",
                        },
                        "Html": {
                            "Data": as_html(message, unsubscribe_url=unsubscribe_url),
                            "Charset": "UTF-8",
                        },
                    },
                    "Headers": _headers(unsubscribe_url),
                }
            },
            "EmailTags": [{"Name": "kind", "Value": _kind_of(message)}],
        }
        if self._settings.reply_to:
            request["ReplyToAddresses"] = [self._settings.reply_to]
        if self._settings.configuration_set:
            request["ConfigurationSetName"] = self._settings.configuration_set
        return request


def _headers(unsubscribe_url: str) -> list[MessageHeaderTypeDef]:
    """Sources: RFC 3834 (nobody's automaton is to answer), RFC 8058 (one click unsubscribes)."""
    headers: list[MessageHeaderTypeDef] = [{"Name": "Auto-Submitted", "Value": "auto-generated"}]
    if unsubscribe_url:
        headers += [
            {"Name": "List-Unsubscribe", "Value": f"<{unsubscribe_url}>"},
            {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
        ]
    return headers


def _kind_of(message: AnyMessage) -> str:
    return message.kind.value if isinstance(message, Message) else "digest"


def _logged(failure: SendFailure) -> SendFailure:
    _log.warning("mail_not_sent", extra={"kind": failure.kind, "reason": failure.error})
    return failure
