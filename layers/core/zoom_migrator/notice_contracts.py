"""What goes in and out of the functions that publish events, remind people and tell them.

As with the scan's contracts, these models only ever gain fields with defaults.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Self

from pydantic import Field

from zoom_migrator.contracts import Contract

if TYPE_CHECKING:
    # Each function has the use case that it calls, and no other.
    from zoom_migrator.use_cases.send_reminders import RemindReport


class StreamChange(Contract):
    """A change of an item.

    Attributes:
        NewImage: The item as the change left it, as DynamoDB writes attributes.
    """

    SequenceNumber: str
    NewImage: Annotated[dict[str, Any], Field(default_factory=dict, repr=False)]


class StreamRecord(Contract):
    """A change of the table as its stream hands it to a function.

    Source: Lambda developer guide, "Using Lambda with Amazon DynamoDB".
    """

    dynamodb: StreamChange


class PublishEventsInput(Contract):
    """Input of ``publish_events``: changes in their order."""

    Records: tuple[StreamRecord, ...]


class ItemFailure(Contract):
    """A message or a change that has to be brought again."""

    itemIdentifier: str  # noqa: N815 - AWS names the field


class BatchOutput(Contract):
    """Output of functions behind a stream or a queue.

    Source: Lambda developer guide, "Implementing partial batch responses".
    """

    batchItemFailures: tuple[ItemFailure, ...]  # noqa: N815 - AWS names the field

    @classmethod
    def of(cls, *identifiers: str) -> Self:
        """With the identifiers of those that failed."""
        return cls(
            batchItemFailures=tuple(ItemFailure(itemIdentifier=each) for each in identifiers)
        )


class NoticeRecord(Contract):
    """A message of the queue of notices."""

    messageId: str  # noqa: N815 - AWS names the field
    body: Annotated[str, Field(repr=False)]


class NotifyInput(Contract):
    """Input of ``notify``: a batch of messages."""

    Records: tuple[NoticeRecord, ...]


MAX_DAYS_AHEAD: Final = 400
"""How many days ahead people can be reminded: a year of weeks beyond a deadline, and some more."""


class SendRemindersInput(Contract):
    """Input of ``send_reminders``, which needs none: all is read from the store.

    Attributes:
        days_ahead: Tell people today what they would be told so many days from now: ahead of days
            on which nothing can run, or to rehearse in a stack of nobody's. It cannot be undone.
    """

    days_ahead: Annotated[int, Field(ge=0, le=MAX_DAYS_AHEAD, strict=True)] = 0


class SendRemindersOutput(Contract):
    """Output of ``send_reminders``: numbers of orgs, and of messages that were ordered.

    Attributes:
        is_complete: False where time ran short; the same call again goes on.
    """

    looked_at: int
    due: int
    late: int
    orders: int
    is_complete: bool

    @classmethod
    def of(cls, report: RemindReport) -> Self:
        """The same as the use case says it."""
        return cls(
            looked_at=report.looked_at,
            due=report.due,
            late=report.late,
            orders=report.orders,
            is_complete=report.is_complete,
        )


class FeedbackMessage(Contract):
    """A message of SNS.

    Attributes:
        Message: The report of the mail service, as JSON.
    """

    Message: Annotated[str, Field(repr=False)]


class FeedbackRecord(Contract):
    """A message as SNS hands it to a function."""

    Sns: FeedbackMessage


class MailFeedbackInput(Contract):
    """Input of ``mail_feedback``: one message, as SNS sends it."""

    Records: tuple[FeedbackRecord, ...]


class MailFeedbackOutput(Contract):
    """Output of ``mail_feedback``.

    Attributes:
        stopped: Addresses to which nothing is sent any more.
    """

    stopped: int
