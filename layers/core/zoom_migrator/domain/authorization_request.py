"""The request that somebody authorize an org at Zoom, open until it is answered or runs out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from zoom_migrator.domain.authorization_outcome import Outcome
from zoom_migrator.domain.errors import NothingToAuthorize
from zoom_migrator.domain.org import ZoomProduct
from zoom_migrator.domain.zoom_account import NOTHING_KNOWN, ZoomProducts


class AuthorizationStatus(StrEnum):
    """Where a request for authorization stands.

    ``EXPIRED``: nobody authorized in time. ``REVOKED``: the migration was stopped. ``LOST``: what
    it was answered with is of no use any more, so that somebody is asked anew.
    """

    PENDING = "pending"
    AUTHORIZED = "authorized"
    EXPIRED = "expired"
    REVOKED = "revoked"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Setback:
    """Why the latest attempt at authorizing connected nothing.

    Attributes:
        names: The scopes or products that it was about, if it was about any.
        zoom_email: Who consented, where that is known.
    """

    at: datetime
    outcome: Outcome
    names: tuple[str, ...] = ()
    zoom_email: str = ""


@dataclass(frozen=True, slots=True)
class Authorized:
    """Who authorized, and what they allowed.

    Attributes:
        chosen: The products to integrate, as picked on the start page.
        products: What Zoom says of them.
    """

    at: datetime
    grant_id: str
    zoom_email: str
    zoom_account_id: str
    zoom_user_id: str
    chosen: tuple[ZoomProduct, ...]
    products: ZoomProducts = NOTHING_KNOWN


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A request to authorize one org, as part of one of its migrations.

    Attributes:
        request_id: Random and unguessable; links name it. A new one makes every earlier link, and
            every authorization begun from one, worthless.
        products: What the start page proposes, from the fleet file.
        task_token: The state machine's token, encrypted; never leaves the store readable.
        reminders: How many reminders were recorded since it was last asked.
        renewals: How often it was asked anew, under another id.
        setback: Why the latest attempt came to nothing; None before the first.
    """

    request_id: str
    requested_at: datetime
    expires_at: datetime
    products: tuple[ZoomProduct, ...]
    status: AuthorizationStatus = AuthorizationStatus.PENDING
    task_token: str = field(default="", repr=False)
    reminders: int = 0
    renewals: int = 0
    setback: Setback | None = None
    authorized: Authorized | None = None

    @property
    def milestone(self) -> str:
        """What tells its notices from those of the times it was asked before."""
        return str(self.renewals) if self.renewals else ""

    def is_open(self, now: datetime) -> bool:
        """Whether it can still be answered."""
        return self.status is AuthorizationStatus.PENDING and now < self.expires_at

    def answered(self, authorized: Authorized) -> AuthorizationRequest:
        """The request with its answer.

        Raises:
            NothingToAuthorize: It has been answered before, is out of date, or withdrawn.
        """
        if not self.is_open(authorized.at):
            raise NothingToAuthorize("The request was answered, withdrawn or is out of date.")
        return replace(
            self,
            status=AuthorizationStatus.AUTHORIZED,
            authorized=authorized,
            task_token="",
            setback=None,
        )

    def set_back(self, setback: Setback) -> AuthorizationRequest:
        """The request after an attempt that came to nothing; one that is closed stays as it is."""
        if self.status is not AuthorizationStatus.PENDING:
            return self
        return replace(self, setback=setback)

    def renewed(
        self, request_id: str, *, at: datetime, expires_at: datetime
    ) -> AuthorizationRequest:
        """The request under another id and with all its time again, so that old links are void.

        Raises:
            NothingToAuthorize: It has been answered or withdrawn.
        """
        if self.status is not AuthorizationStatus.PENDING:
            raise NothingToAuthorize("The request was answered or withdrawn.")
        return replace(
            self,
            request_id=request_id,
            requested_at=at,
            expires_at=expires_at,
            reminders=0,
            renewals=self.renewals + 1,
        )

    def lost(self) -> AuthorizationRequest:
        """The request after its authorization was lost; another one follows it."""
        return replace(self, status=AuthorizationStatus.LOST, task_token="")

    def closed(self, status: AuthorizationStatus) -> AuthorizationRequest:
        """The request without an answer, for ever; one that has an answer keeps it."""
        if self.status is not AuthorizationStatus.PENDING:
            return self
        return replace(self, status=status, task_token="")
