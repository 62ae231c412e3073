"""What the pages of an authorization say about it, in the words and order of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from zoom_migrator.adapters.web.authorize_form import labels_of
from zoom_migrator.adapters.web.shown import environment_of, masked
from zoom_migrator.domain.authorization import AttemptResult, AuthorizationAttempt
from zoom_migrator.domain.authorization_outcome import Outcome
from zoom_migrator.domain.authorization_request import AuthorizationRequest, AuthorizationStatus
from zoom_migrator.domain.org import OrgRegistration
from zoom_migrator.use_cases.authorization_link import AuthorizationOffer


class OfferState(StrEnum):
    """Where a request for authorization stands, as far as whoever has its link is concerned.

    ``CLOSED``: nobody waits for it any more, for a reason that only its operator knows.
    """

    OPEN = "open"
    CONNECTED = "connected"
    EXPIRED = "expired"
    REVOKED = "revoked"
    CLOSED = "closed"


_CLOSED: Final = {
    AuthorizationStatus.AUTHORIZED: OfferState.CONNECTED,
    AuthorizationStatus.EXPIRED: OfferState.EXPIRED,
    AuthorizationStatus.REVOKED: OfferState.REVOKED,
    AuthorizationStatus.LOST: OfferState.REVOKED,
}


@dataclass(frozen=True, slots=True)
class SetbackView:
    """Why the last attempt came to nothing.

    Attributes:
        names: The scopes or products that it was about.
    """

    at: datetime
    outcome: Outcome
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AuthorizeView:
    """A request for authorization, as the templates show it.

    Attributes:
        expected: Masked address of the Zoom admin who is expected.
        connected_by: Masked address of the one who authorized; empty before.
        products: What is integrated, once it is authorized.
    """

    org: OrgRegistration
    environment: str
    state: OfferState
    requested_at: datetime
    expires_at: datetime
    expected: str
    setback: SetbackView | None
    connected_at: datetime | None
    connected_by: str
    products: tuple[str, ...]

    @classmethod
    def of(cls, offer: AuthorizationOffer, now: datetime) -> AuthorizeView:
        """The view of a request at a time."""
        request, registration = offer.request, offer.org.registration
        authorized = request.authorized
        return cls(
            org=registration,
            environment=environment_of(registration),
            state=state_at(offer, now),
            requested_at=request.requested_at,
            expires_at=request.expires_at,
            expected=masked(offer.expectation.email),
            setback=_setback_of(request),
            connected_at=authorized.at if authorized else None,
            connected_by=masked(authorized.zoom_email) if authorized else "",
            products=labels_of(authorized.chosen) if authorized else (),
        )


@dataclass(frozen=True, slots=True)
class ResultView:
    """How an attempt came out, for the browser it was begun in.

    Attributes:
        consented_as: The address of whoever consented, in full: the browser is theirs.
        names: The scopes or products that the outcome is about.
        unproven: Products of which Zoom told nothing.
        again: Where to start again, relative to the page; empty where that leads nowhere.
    """

    about: AuthorizeView | None
    at: datetime | None
    consented_as: str
    chosen: tuple[str, ...]
    names: tuple[str, ...]
    unproven: tuple[str, ...]
    again: str

    @classmethod
    def of(
        cls,
        attempt: AuthorizationAttempt,
        offer: AuthorizationOffer | None,
        now: datetime,
        *,
        again: str,
    ) -> ResultView:
        """The view of an attempt."""
        result = attempt.result or AttemptResult(Outcome.IN_PROGRESS, attempt.created_at)
        return cls(
            about=AuthorizeView.of(offer, now) if offer is not None else None,
            at=attempt.result.at if attempt.result is not None else None,
            consented_as=result.zoom_email,
            chosen=labels_of(attempt.products),
            names=labels_of(result.names),
            unproven=labels_of(result.unproven),
            again=again,
        )


def state_at(offer: AuthorizationOffer, now: datetime) -> OfferState:
    """Where a request stands; one out of date has expired, whether or not that is stored yet."""
    request = offer.request
    if request.status is not AuthorizationStatus.PENDING:
        return _CLOSED[request.status]
    if now >= request.expires_at:
        return OfferState.EXPIRED
    return OfferState.OPEN if offer.is_open(now) else OfferState.CLOSED


def _setback_of(request: AuthorizationRequest) -> SetbackView | None:
    setback = request.setback
    if setback is None:
        return None
    return SetbackView(setback.at, setback.outcome, labels_of(setback.names))
