"""What the mail service reports of mails that it has taken: bounces and complaints.

Source: SES developer guide, "Event publishing": the same document comes by SNS and, as the detail
of an event, by EventBridge; SNS notifications of an identity name the type otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

TOPIC_TRIED: Final = "Successfully validated SNS topic for Amazon SES event publishing."
"""What SES says, in place of a report, when it is first told to report to a topic. Its guide does
not mention that; the text is known from published tests of others (django-anymail)."""
# Source: RFC 6430: whoever reports so takes back that a mail was unwanted.
_NOT_UNWANTED: Final = "not-spam"
_MAX_DETAIL: Final = 200
_MAX_ADDRESSES: Final = 50


class FeedbackCause(StrEnum):
    """Why nothing more is to be sent. ``BOUNCE``: for good, not because a mailbox is full."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True)
class MailFeedback:
    """That some addresses do not take, or do not want, any mail.

    Attributes:
        addresses: In lower case.
        detail: What the other mail server said, in short.
    """

    cause: FeedbackCause
    addresses: tuple[str, ...]
    detail: str = ""


def read_feedback(document: Mapping[str, object]) -> MailFeedback | None:
    """What a report says, or None where it is about anything else, or mends itself."""
    kind = document.get("eventType") or document.get("notificationType")
    match kind, document:
        case "Bounce", {"bounce": {"bounceType": "Permanent", "bouncedRecipients": list(found)}}:
            cause, key = FeedbackCause.BOUNCE, "diagnosticCode"
        case "Complaint", {"complaint": {"complaintFeedbackType": str(said)}} if (
            said == _NOT_UNWANTED
        ):
            return None
        case "Complaint", {"complaint": {"complainedRecipients": list(found)}}:
            cause, key = FeedbackCause.COMPLAINT, ""
        case _:
            return None
    addresses = tuple(dict.fromkeys(_addresses(found)))[:_MAX_ADDRESSES]
    return MailFeedback(cause, addresses, _detail(found, key)) if addresses else None


def _addresses(recipients: list[object]) -> Iterator[str]:
    for recipient in recipients:
        match recipient:
            case {"emailAddress": str(address)}:
                # Some services write it as "Name <address>".
                yield address.rpartition("<")[2].rstrip(">").strip().lower()


def _detail(recipients: list[object], key: str) -> str:
    for recipient in recipients:
        if isinstance(recipient, Mapping) and isinstance(recipient.get(key), str):
            return " ".join(str(recipient[key]).split())[:_MAX_DETAIL]
    return ""
