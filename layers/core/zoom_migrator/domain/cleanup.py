"""The removal of an org's old keys: the request for it, its answer, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from zoom_migrator.domain.approval import AnswerChannel
from zoom_migrator.domain.errors import ConfirmationMissing, NothingToApprove
from zoom_migrator.domain.grant import Lease


class CleanupStatus(StrEnum):
    """Where a request to remove the old keys stands.

    ``EXPIRED``: nobody answered in time. ``REVOKED``: the migration ended in another way.
    """

    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class CleanupAnswer:
    """What somebody answered, and everything that is kept for audit.

    Attributes:
        connection_seen: They confirm that the package's *Zoom Config* page shows the connection.
        source: Where it came from: an IP address and a browser, or a machine's name.
        recorded_by: IAM principal that recorded it on their behalf; empty on the page.
    """

    approved: bool
    at: datetime
    name: str
    email: str
    channel: AnswerChannel
    source: str
    connection_seen: bool = False
    recorded_by: str = ""

    @property
    def actor(self) -> str:
        """Who answered, as the audit trail names them."""
        return self.recorded_by or f"person:{self.email}"


@dataclass(frozen=True, slots=True)
class CleanupRequest:
    """A request for consent to removing the old keys of one org.

    Attributes:
        request_id: Random and unguessable; links name it.
        rows: How many rows hold something.
        needs_confirmation: Whether nothing but a person can say that the package is connected.
        task_token: The state machine's token, encrypted; never leaves the store readable.
        reminders: How many reminders were recorded.
    """

    request_id: str
    requested_at: datetime
    expires_at: datetime
    rows: int
    needs_confirmation: bool
    status: CleanupStatus = CleanupStatus.PENDING
    answer: CleanupAnswer | None = None
    task_token: str = field(default="", repr=False)
    reminders: int = 0

    @property
    def is_approved(self) -> bool:
        """Whether somebody, or a policy, allowed it."""
        return self.status is CleanupStatus.APPROVED and self.answer is not None

    def answered(self, answer: CleanupAnswer) -> CleanupRequest:
        """The request with an answer.

        Raises:
            ConfirmationMissing: It is approved by somebody who has not looked at the package.
            NothingToApprove: It has been answered before, is out of date, or withdrawn.
        """
        if self.status is not CleanupStatus.PENDING:
            raise NothingToApprove(f"The request has been {self.status} already.")
        if answer.at >= self.expires_at:
            raise NothingToApprove("The request is out of date.")
        if answer.approved and self.needs_confirmation and not answer.connection_seen:
            raise ConfirmationMissing(
                "Nothing has proven that the package itself is connected.",
                remedy="Open Zoom Config in the org; confirm only if it shows the connection.",
            )
        status = CleanupStatus.APPROVED if answer.approved else CleanupStatus.DECLINED
        return replace(self, status=status, answer=answer, task_token="")

    def closed(self, status: CleanupStatus) -> CleanupRequest:
        """The request without an answer, for ever; one that has an answer keeps it."""
        if self.status is not CleanupStatus.PENDING:
            return self
        return replace(self, status=status, task_token="")


@dataclass(frozen=True, slots=True)
class KeyRemoval:
    """How far the removal is.

    Attributes:
        lease: Who is at it. A second worker leaves it alone until the lease has run out, so that
            nobody blanks rows who has been overtaken.
        tries: How often it was begun.
        removed_at: When a look found nothing left.
        backup_until: Until when the keys can be put back.
        last_problem: What the last try met, without secrets.
    """

    began_at: datetime
    lease: Lease | None = None
    tries: int = 0
    removed_at: datetime | None = None
    backup_until: datetime | None = None
    last_problem: str = ""

    def is_leased(self, now: datetime) -> bool:
        """Whether somebody may be removing keys now."""
        return self.lease is not None and now < self.lease.until

    def is_in_hands_of(self, owner: str) -> bool:
        """Whether nobody else has taken over."""
        return self.lease is not None and self.lease.owner == owner
