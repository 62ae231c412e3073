"""Find the attempt that an answer belongs to, and whether the browser is the right one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from zoom_migrator.domain.authorization import (
    AttemptStatus,
    AuthorizationAttempt,
    fingerprint,
    matches,
)
from zoom_migrator.domain.authorization_outcome import Outcome
from zoom_migrator.domain.authorization_request import AuthorizationRequest, AuthorizationStatus
from zoom_migrator.domain.authorization_settings import AuthorizationSettings
from zoom_migrator.oauth_ports import AttemptRepository
from zoom_migrator.ports import Clock, MigrationRepository, OrgRepository
from zoom_migrator.use_cases.authorization_link import AuthorizationOffer, find_offer

type Browser = Mapping[str, str]
"""What a browser's cookies say: the secret of each attempt begun in it, by the attempt's key."""

# A browser that has begun more within ten minutes is no person's.
_MOST_ATTEMPTS: Final = 5
# Stands in for the binding of an attempt that does not exist, so that looking takes as long.
_NOBODYS: Final = fingerprint("")


@dataclass(frozen=True, slots=True)
class Completion:
    """What became of an answer, with what a page tells of it.

    Attributes:
        attempt: The attempt; only where the browser has proven to be the one it was begun in.
        offer: What it is about, as it was read before; None as above.
    """

    outcome: Outcome
    attempt: AuthorizationAttempt | None = None
    offer: AuthorizationOffer | None = None


def attempt_of(
    state: str, browser: Browser, attempts: AttemptRepository
) -> AuthorizationAttempt | Outcome:
    """The attempt of a state, if this is the browser it was begun in.

    Raises:
        StoreUnavailable: The store is out of reach.
    """
    key = fingerprint(state)
    return _bound(key, browser.get(key, ""), attempts)


def attempt_without_state(
    browser: Browser, attempts: AttemptRepository, *, now: datetime
) -> AuthorizationAttempt | Outcome:
    """The attempt that a browser must mean that brings no state: its newest that is still open.

    Raises:
        StoreUnavailable: The store is out of reach.
    """
    found = [
        each
        for key, secret in list(browser.items())[:_MOST_ATTEMPTS]
        if isinstance(each := _bound(key, secret, attempts), AuthorizationAttempt)
    ]
    waiting = [
        each for each in found if each.status is AttemptStatus.ISSUED and now < each.expires_at
    ]
    newest = max(waiting or found, key=lambda each: each.created_at, default=None)
    return Outcome.UNKNOWN_STATE if newest is None else newest


def find_result(
    key: str,
    browser: Browser,
    *,
    orgs: OrgRepository,
    migrations: MigrationRepository,
    attempts: AttemptRepository,
    clock: Clock,
    settings: AuthorizationSettings,
) -> Completion:
    """What became of an attempt, for the page that its browser is sent to afterwards.

    Args:
        key: The attempt's key, its ``state_hash``; no secret.

    Raises:
        StoreUnavailable: The store is out of reach.
    """
    found = _bound(key, browser.get(key, ""), attempts)
    if isinstance(found, Outcome):
        return Completion(found)
    offer = find_offer(found.org_id, found.attempt, orgs=orgs, migrations=migrations)
    outcome = _outcome_of(found, offer, clock.now(), settings)
    return Completion(outcome, found, offer)


def repeated(
    attempt: AuthorizationAttempt,
    code_hash: str,
    offer: AuthorizationOffer | None,
    *,
    now: datetime,
    settings: AuthorizationSettings,
) -> Completion:
    """What to say of an answer to an attempt that has been used up.

    The same answer again, from a reload or a double click, gets the same outcome. Another one is
    somebody's code that does not belong here.
    """
    if attempt.code_hash != code_hash:
        return Completion(Outcome.UNKNOWN_STATE)
    outcome = _outcome_of(attempt, offer, now, settings)
    return Completion(
        Outcome.ALREADY_DONE if outcome is Outcome.CONNECTED else outcome, attempt, offer
    )


def _bound(key: str, secret: str, attempts: AttemptRepository) -> AuthorizationAttempt | Outcome:
    attempt = attempts.get(key)
    is_bound = matches(secret, attempt.binding_hash if attempt is not None else _NOBODYS)
    if attempt is None:
        return Outcome.UNKNOWN_STATE
    return attempt if is_bound else Outcome.WRONG_BROWSER


def _outcome_of(
    attempt: AuthorizationAttempt,
    offer: AuthorizationOffer | None,
    now: datetime,
    settings: AuthorizationSettings,
) -> Outcome:
    if attempt.result is not None:
        return attempt.result.outcome
    if attempt.consumed_at is None:
        return Outcome.STATE_EXPIRED if now >= attempt.expires_at else Outcome.IN_PROGRESS
    if offer is not None and _is_authorized(offer.request, attempt):
        # Its own recording was cut off, and made good for since.
        return Outcome.CONNECTED
    busy = now < attempt.consumed_at + settings.working_time
    return Outcome.IN_PROGRESS if busy else Outcome.OUTCOME_UNKNOWN


def _is_authorized(request: AuthorizationRequest, attempt: AuthorizationAttempt) -> bool:
    is_its_own = request.request_id == attempt.request_id
    return is_its_own and request.status is AuthorizationStatus.AUTHORIZED
