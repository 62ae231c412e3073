"""The consent of an org's Salesforce admin to an upgrade."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from zoom_migrator.domain.errors import NothingToApprove
from zoom_migrator.domain.salesforce_id import same_id
from zoom_migrator.domain.upgrade import SecurityType, TargetVersion


class ApprovalStatus(StrEnum):
    """Where a request for consent stands.

    ``EXPIRED``: nobody answered in time. ``REVOKED``: the migration was stopped.
    ``SUPERSEDED``: the org got the version in another way before anybody answered.
    """

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


class AnswerChannel(StrEnum):
    """By which way an answer came."""

    PAGE = "page"
    COMMAND_LINE = "command_line"
    STANDING_ACCEPTANCE = "standing_acceptance"
    POLICY = "policy"
    SLACK = "slack"


@dataclass(frozen=True, slots=True)
class Terms:
    """The package's terms, as the product names them to whoever accepts them.

    Attributes:
        version: Label under which acceptances are recorded; a standing acceptance of another
            version does not count.
        url: Where the terms can be read; empty where only AppExchange shows them.
    """

    version: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody answered, and everything that is kept for audit.

    Attributes:
        name: Who accepted or declined, by name.
        email: Their e-mail address.
        recorded_by: IAM principal that recorded it on their behalf; empty on the page, where
            they answered themselves.
        source: Where it came from: an IP address and a browser, or a machine's name.
        terms_version: Which terms were accepted.
    """

    accepted: bool
    at: datetime
    name: str
    email: str
    channel: AnswerChannel
    source: str
    terms_version: str
    security: SecurityType = SecurityType.ALL_USERS
    recorded_by: str = ""

    @property
    def actor(self) -> str:
        """Who answered, as the audit trail names them."""
        return self.recorded_by or f"person:{self.email}"


@dataclass(frozen=True, slots=True)
class StandingAcceptance:
    """A consent given beforehand, which lets an org be upgraded without asking each time.

    Attributes:
        name: Who gave it.
        recorded_by: IAM principal that recorded it.
        reference: Where the proof lies: a contract, a ticket, a mail.
    """

    name: str
    email: str
    terms_version: str
    security: SecurityType
    recorded_by: str
    recorded_at: datetime
    reference: str = ""

    def answer(self, at: datetime) -> Answer:
        """The answer that this acceptance stands for."""
        return Answer(
            accepted=True,
            at=at,
            name=self.name,
            email=self.email,
            channel=AnswerChannel.STANDING_ACCEPTANCE,
            source=self.reference or "recorded beforehand",
            terms_version=self.terms_version,
            security=self.security,
            recorded_by=self.recorded_by,
        )

    def stands_for(self, answer: Answer) -> bool:
        """Whether it still says what it said when it was applied."""
        return (answer.terms_version, answer.security) == (self.terms_version, self.security)


@dataclass(frozen=True, slots=True)
class Approval:
    """A request for consent to one upgrade of one org.

    Attributes:
        approval_id: Random and unguessable; links name it.
        version_now: Installed version when it was asked, for people.
        task_token: The state machine's token, encrypted; never leaves the store readable.
            Replaced whenever the machine asks anew.
        reminders: How many reminders were recorded.
    """

    approval_id: str
    requested_at: datetime
    expires_at: datetime
    version_now: str
    target: TargetVersion
    terms: Terms
    status: ApprovalStatus = ApprovalStatus.PENDING
    answer: Answer | None = None
    task_token: str = field(default="", repr=False)
    reminders: int = 0

    def answered(self, answer: Answer) -> Approval:
        """The approval with an answer.

        Raises:
            NothingToApprove: It has been answered before, is out of date, or nobody wants to
                know any more.
        """
        if self.status is not ApprovalStatus.PENDING:
            raise NothingToApprove(f"The request has been {self.status} already.")
        if answer.at >= self.expires_at:
            raise NothingToApprove("The request is out of date.")
        status = ApprovalStatus.ACCEPTED if answer.accepted else ApprovalStatus.DECLINED
        return replace(self, status=status, answer=answer, task_token="")

    def closed(self, status: ApprovalStatus) -> Approval:
        """The approval without an answer, for ever; one that has an answer keeps it."""
        if self.status is not ApprovalStatus.PENDING:
            return self
        return replace(self, status=status, task_token="")

    def allows(self, version_id: str) -> bool:
        """Whether this is consent to installing that version."""
        accepted = self.status is ApprovalStatus.ACCEPTED
        return accepted and same_id(self.target.version_id, version_id)
