"""What people are told, in words that no channel has shaped yet.

All texts are plain: one line each, without markup, and not escaped for any channel. Some come from
outside (names of orgs, what Salesforce said), so a channel escapes all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from zoom_migrator.domain.notice import NoticeKind


class Tone(StrEnum):
    """How a message strikes its reader, so that a channel can colour it.

    ``GOOD``: done, nothing to do. ``TO_DO``: somebody is asked to act. ``URGENT``: something stops
    working soon. ``BAD``: something has stopped or failed. ``NEWS``: none of these.
    """

    NEWS = "news"
    GOOD = "good"
    TO_DO = "to_do"
    URGENT = "urgent"
    BAD = "bad"


class ActionKind(StrEnum):
    """What a link leads to.

    ``INSTALL`` is Salesforce's own page, for an upgrade by hand; its address is no secret. The
    others are signed.
    """

    APPROVE = "approve"
    AUTHORIZE = "authorize"
    CLEANUP = "cleanup"
    INSTALL = "install"


class ChoiceAnswer(StrEnum):
    """What a button answers."""

    APPROVE = "approve"
    DECLINE = "decline"


@dataclass(frozen=True, slots=True)
class Choice:
    """A button that answers at once, where a channel can take presses; it asks back first.

    Attributes:
        label: What the button says; at most 30 characters.
        title: What it asks back; at most 100 characters.
        text: What pressing it means; at most 300 characters.
        confirm: What the button in the question says; at most 30 characters.
    """

    answer: ChoiceAnswer
    label: str
    title: str
    text: str
    confirm: str


@dataclass(frozen=True, slots=True)
class Action:
    """The one thing to do.

    Attributes:
        label: What the link or button says; at most 60 characters.
        url: Where it leads, signed where it has to be.
        expires_at: Until when the link counts, or None.
        can_be_forwarded: Whether whoever gets the link may use it, without being known here.
        claims: What a pressed choice tells about; empty where there are no choices. It is no
            secret: without its signature it opens nothing.
        choices: Buttons besides the link, in order.
    """

    kind: ActionKind
    label: str
    url: str = field(repr=False)
    expires_at: datetime | None = None
    can_be_forwarded: bool = False
    claims: str = ""
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One notice in words.

    Attributes:
        org: Name of the org; empty where it is about the fleet.
        subject: One line, at most 120 characters.
        preheader: What a mailbox or phone shows after the subject: one sentence.
        facts: Names and values that stand beside each other, such as versions; few.
        paragraphs: What happened, what stops working, and on which date.
        steps: What to do, in order; three at most, none where nothing is to be done.
        who: Who has to do it, and whether the link may be forwarded; empty with no steps.
        obstacles: What is known to go wrong, and the way out of it.
        footnotes: Small print, such as why it comes late or by this way, and how to mute it.
        is_mutable: Whether the recipient may unsubscribe from this sort.
    """

    kind: NoticeKind
    tone: Tone
    org: str
    subject: str
    preheader: str
    paragraphs: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()
    steps: tuple[str, ...] = ()
    who: str = ""
    obstacles: tuple[str, ...] = ()
    action: Action | None = None
    footnotes: tuple[str, ...] = ()
    is_mutable: bool = False


@dataclass(frozen=True, slots=True)
class DigestItem:
    """One notice, as a line of a digest.

    Attributes:
        text: What is to be told of the org, in a sentence or two, without its name.
    """

    org: str
    text: str
    action: Action | None = None


@dataclass(frozen=True, slots=True)
class DigestSection:
    """Notices of a digest that belong together.

    Attributes:
        more: How many more there are than are listed.
    """

    heading: str
    tone: Tone
    items: tuple[DigestItem, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class DigestMessage:
    """Several notices for one recipient in one message.

    It lists few enough of them, worst first, that every channel can show them all; the others are
    counted. Attributes that :class:`Message` has, too, mean the same.
    """

    tone: Tone
    subject: str
    preheader: str
    paragraphs: tuple[str, ...]
    sections: tuple[DigestSection, ...]
    obstacles: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()
    is_mutable: bool = False


type AnyMessage = Message | DigestMessage
