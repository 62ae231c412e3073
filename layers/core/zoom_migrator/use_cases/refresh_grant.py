"""Exchange a grant's refresh token for new tokens: one at a time, and never twice.

The lease is written directly before the request, so that a lease which ran out without a word means
that a request may have been answered to somebody who is gone. What comes back is stored before
anybody uses it, and only as long as nobody else has brought other tokens meanwhile.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from zoom_migrator.domain.authorization_settings import GrantSettings
from zoom_migrator.domain.errors import ConcurrentModification, GrantNotFound, StoreUnavailable
from zoom_migrator.domain.grant import Grant, GrantStatus, IssuedTokens
from zoom_migrator.domain.zoom_failure import ZoomFailure, ZoomFailureCode, ZoomFailureKind
from zoom_migrator.ports import Clock, SecretIds
from zoom_migrator.use_cases.grant_ports import GrantPorts

_TRIES: Final = 5
INTERRUPTED: Final = "refresh_interrupted"
_log = logging.getLogger(__name__)


class RefreshNeed(StrEnum):
    """Why a grant is to be refreshed, which decides whether it is due.

    ``KEEP_ALIVE``: so that the refresh token does not grow too old. ``ACCESS``: an access token is
    needed that works now. ``REJECTED``: Zoom refused one that was not out of date, and only a
    refresh proves what is wrong. ``OPERATOR``: a person wants it, even where it is not known
    whether the tokens are any good.
    """

    KEEP_ALIVE = "keep_alive"
    ACCESS = "access"
    REJECTED = "rejected"
    OPERATOR = "operator"


class RefreshOutcome(StrEnum):
    """What became of a refresh.

    ``BUSY``: somebody else is at it; look again later. ``OVERTAKEN``: somebody else brought other
    tokens meanwhile, which are the right ones. ``DEAD`` and ``UNKNOWN`` need a new consent.
    ``UNAVAILABLE``, ``MISCONFIGURED`` and ``REFUSED`` leave the grant as it was.
    """

    REFRESHED = "refreshed"
    NOT_DUE = "not_due"
    BUSY = "busy"
    OVERTAKEN = "overtaken"
    DEAD = "dead"
    UNKNOWN = "unknown"
    UNAVAILABLE = "unavailable"
    MISCONFIGURED = "misconfigured"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Refreshed:
    """A grant after it was to be refreshed.

    Attributes:
        failure: What Zoom said, where it said no.
    """

    grant: Grant
    outcome: RefreshOutcome
    failure: ZoomFailure | None = None


def refresh_grant(
    grant_id: str,
    need: RefreshNeed,
    *,
    ports: GrantPorts,
    ids: SecretIds,
    clock: Clock,
    settings: GrantSettings,
) -> Refreshed:
    """Refresh a grant where that is due.

    Raises:
        GrantNotFound: There is no such grant.
        TransientError: A store or the key cannot be reached.
    """
    owner = ids.new_secret_id()
    for _ in range(_TRIES):
        grant = ports.grants.get(grant_id)
        if grant is None:
            raise GrantNotFound(f"No grant {grant_id} is known.")
        now = clock.now()
        reason = _reason_not_to(grant, need, now, settings)
        if reason is not None:
            return Refreshed(grant, reason)
        try:
            if grant.lease is not None and need is not RefreshNeed.OPERATOR:
                given_up = grant.settled(GrantStatus.UNKNOWN, INTERRUPTED, at=now)
                return Refreshed(ports.grants.save(given_up), RefreshOutcome.UNKNOWN)
            return _refreshed(grant, owner, ports, clock, settings)
        except ConcurrentModification:
            continue
    raise ConcurrentModification(f"Grant {grant_id} keeps being changed by others.")


def _reason_not_to(
    grant: Grant, need: RefreshNeed, now: datetime, settings: GrantSettings
) -> RefreshOutcome | None:
    if grant.status is GrantStatus.DEAD:
        return RefreshOutcome.DEAD
    if grant.status is GrantStatus.UNKNOWN and need is not RefreshNeed.OPERATOR:
        return RefreshOutcome.UNKNOWN
    if grant.is_leased(now):
        return RefreshOutcome.BUSY
    due = {
        RefreshNeed.KEEP_ALIVE: now >= grant.issued_at + settings.refresh_every,
        RefreshNeed.ACCESS: now + settings.margin >= grant.access_expires_at,
        RefreshNeed.REJECTED: True,
        RefreshNeed.OPERATOR: True,
    }
    return None if due[need] else RefreshOutcome.NOT_DUE


def _refreshed(
    grant: Grant, owner: str, ports: GrantPorts, clock: Clock, settings: GrantSettings
) -> Refreshed:
    """Send the one request.

    Raises:
        ConcurrentModification: Somebody changed the grant before anything was sent.
    """
    client_id = ports.zoom.client_id()
    if isinstance(client_id, ZoomFailure):
        return Refreshed(grant, RefreshOutcome.MISCONFIGURED, client_id)
    if client_id != grant.subject.client_id:
        # Zoom would call the token invalid, which it is not for the app that it was given to.
        return Refreshed(grant, RefreshOutcome.MISCONFIGURED, _of_another_app())
    pair = ports.vault.open(grant.sealed, subject=grant.subject)
    leased = ports.grants.save(grant.leased(owner, now=clock.now(), lasting=settings.lease))
    answer = ports.zoom.refresh(pair.refresh_token)
    holder = _Holder(owner, leased, ports, clock.now())
    if isinstance(answer, IssuedTokens):
        return holder.rotated(answer)
    _log.warning(
        "grant_not_refreshed",
        extra={
            "grant_id": grant.grant_id,
            "reason": answer.code,
            "said": answer.detail,
            "http_status": answer.http_status,
            "tracking_id": answer.tracking_id,
        },
    )
    return holder.failed(answer, settings)


@dataclass(frozen=True, slots=True)
class _Holder:
    """Who holds a grant's lease, after Zoom's answer.

    Every change is made to the grant as it is stored by now, and only while it still waits for
    this holder: otherwise somebody else has brought other tokens.
    """

    owner: str
    leased: Grant
    ports: GrantPorts
    now: datetime

    def rotated(self, tokens: IssuedTokens) -> Refreshed:
        """Store the tokens that the old refresh token was given for."""
        sealed = self.ports.vault.seal(tokens.pair, subject=self.leased.subject)
        return self._store(
            lambda grant: grant.rotated(tokens, sealed, at=self.now), RefreshOutcome.REFRESHED
        )

    def failed(self, failure: ZoomFailure, settings: GrantSettings) -> Refreshed:
        """Store what Zoom's refusal means."""
        match failure.kind:
            case ZoomFailureKind.TERMINAL:
                return self._settle(GrantStatus.DEAD, RefreshOutcome.DEAD, failure)
            case ZoomFailureKind.OUTCOME_UNKNOWN:
                return self._settle(GrantStatus.UNKNOWN, RefreshOutcome.UNKNOWN, failure)
            case ZoomFailureKind.AMBIGUOUS:
                if self.leased.refusals + 1 >= settings.refusals_allowed:
                    return self._settle(GrantStatus.UNKNOWN, RefreshOutcome.UNKNOWN, failure)
                return self._store(
                    lambda grant: grant.refused(failure.code), RefreshOutcome.REFUSED, failure
                )
            case ZoomFailureKind.CONFIGURATION:
                return self._store(Grant.released, RefreshOutcome.MISCONFIGURED, failure)
            case ZoomFailureKind.TRANSIENT:
                return self._store(Grant.released, RefreshOutcome.UNAVAILABLE, failure)

    def _settle(
        self, status: GrantStatus, outcome: RefreshOutcome, failure: ZoomFailure
    ) -> Refreshed:
        return self._store(
            lambda grant: grant.released().settled(status, failure.code, at=self.now),
            outcome,
            failure,
        )

    def _store(
        self,
        change: Callable[[Grant], Grant],
        outcome: RefreshOutcome,
        failure: ZoomFailure | None = None,
    ) -> Refreshed:
        grant: Grant | None = self.leased
        for _ in range(_TRIES):
            if grant is None or not grant.is_in_hands_of(self.owner, self.leased.version):
                return Refreshed(grant or self.leased, RefreshOutcome.OVERTAKEN, failure)
            try:
                return Refreshed(self.ports.grants.save(change(grant)), outcome, failure)
            except ConcurrentModification:
                grant = self.ports.grants.get(self.leased.grant_id)
        raise StoreUnavailable(f"Grant {self.leased.grant_id} keeps being changed by others.")


def _of_another_app() -> ZoomFailure:
    return ZoomFailure(
        ZoomFailureCode.CLIENT_REJECTED,
        "the grant was given to another Zoom app than the one in the Zoom secret",
    )
