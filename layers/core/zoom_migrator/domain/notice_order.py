"""What the queue of notices holds: notices to send, and buttons that were pressed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from zoom_migrator.domain.delivery import Recipient
from zoom_migrator.domain.notice import NoticeRef
from zoom_migrator.domain.notice_message import ChoiceAnswer

LONGEST_DELAY: Final = timedelta(minutes=15)
"""How long the queue can hold an order back. Source: SQS API reference, "DelaySeconds"."""
MAX_REFS: Final = 2_000
"""How many notices one order can name, so that it fits into a message of SQS."""


@dataclass(frozen=True, slots=True)
class SendOrder:
    """The order to tell of notices, all in one message for each recipient.

    Attributes:
        recipient: The only one to tell, or None for whoever each notice is for.
        again: Counts the times that an operator has it sent again on purpose.
        not_before: Until when it is to be held back, where that is longer than the queue can.
    """

    refs: tuple[NoticeRef, ...]
    recipient: Recipient | None = None
    again: int = 0
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Presser:
    """Who pressed a button in Slack.

    Attributes:
        user_id: Slack's id of the person.
        team_id: Slack's id of the workspace.
        name: What Slack calls them.
    """

    user_id: str
    team_id: str
    name: str


@dataclass(frozen=True, slots=True)
class PressOrder:
    """The order to act on a button that was surely pressed in Slack.

    Attributes:
        claims: What the button was about: the text of a link without its signature.
        reply_url: Where Slack takes what the message is to say from now on, for half an hour;
            whoever has it can write to the channel.
    """

    claims: str
    answer: ChoiceAnswer
    by: Presser
    at: datetime
    reply_url: str = field(repr=False)


type NoticeOrder = SendOrder | PressOrder
