"""Take Zoom's answer to an attempt at authorizing, whatever it is.

The order is what makes it safe: find the attempt, know its browser, use it up, and only then send
the code, once. The grant is stored before anybody is told. Whatever breaks off in between costs a
new attempt with the same link, and never a second use of a code.
"""

from __future__ import annotations

import logging
from datetime import datetime

from zoom_migrator.domain.authorization import (
    AttemptResult,
    AttemptStatus,
    AuthorizationAttempt,
    fingerprint,
)
from zoom_migrator.domain.authorization_outcome import SETBACKS, Outcome
from zoom_migrator.domain.authorization_request import AuthorizationStatus
from zoom_migrator.domain.authorization_settings import AuthorizationSettings
from zoom_migrator.domain.callback import Callback, Consent, Refusal, Unusable
from zoom_migrator.domain.errors import TransientError
from zoom_migrator.domain.zoom_failure import ZoomFailure
from zoom_migrator.use_cases.authorization_attempt import (
    Browser,
    Completion,
    attempt_of,
    attempt_without_state,
    repeated,
)
from zoom_migrator.use_cases.authorization_link import AuthorizationOffer, find_offer
from zoom_migrator.use_cases.redeem_consent import CallbackPorts, Redemption, redeem_consent
from zoom_migrator.use_cases.settle_authorization import record_setback

_log = logging.getLogger(__name__)


def complete_authorization(
    callback: Callback,
    browser: Browser,
    *,
    ports: CallbackPorts,
    settings: AuthorizationSettings,
) -> Completion:
    """Take an answer; every outcome is a value, and none of them uses a code twice.

    Raises:
        StoreUnavailable: A store is out of reach, and nothing has been used up; the same answer
            may be brought again.
    """
    match callback:
        case Unusable():
            return Completion(callback.outcome)
        case Refusal():
            return _refused(callback, browser, ports, settings)
        case Consent():
            return _consented(callback, browser, ports, settings)


def _refused(
    refusal: Refusal, browser: Browser, ports: CallbackPorts, settings: AuthorizationSettings
) -> Completion:
    now = ports.clock.now()
    if refusal.state is None:
        found = attempt_without_state(browser, ports.attempts, now=now)
    else:
        found = attempt_of(refusal.state, browser, ports.attempts)
    if isinstance(found, Outcome):
        return Completion(found)
    offer = _offer(found, ports)
    consumed = _use_up(found, "", offer, now, ports, settings)
    if isinstance(consumed, Completion):
        return consumed
    return _end(consumed, offer, AttemptResult(refusal.outcome, now), ports)


def _consented(
    consent: Consent, browser: Browser, ports: CallbackPorts, settings: AuthorizationSettings
) -> Completion:
    found = attempt_of(consent.state, browser, ports.attempts)
    if isinstance(found, Outcome):
        return Completion(found)
    now, offer = ports.clock.now(), _offer(found, ports)
    code_hash = fingerprint(consent.code)
    if found.status is not AttemptStatus.ISSUED:
        return repeated(found, code_hash, offer, now=now, settings=settings)
    closed = _closed(found, offer, now)
    if offer is None or closed is not None:
        return Completion(closed or Outcome.LINK_EXPIRED, found, offer)
    client_id = ports.zoom.client_id()
    if isinstance(client_id, ZoomFailure):
        return Completion(Outcome.OUR_MISCONFIGURATION, found, offer)
    consumed = _use_up(found, code_hash, offer, now, ports, settings)
    if isinstance(consumed, Completion):
        return consumed
    redemption = Redemption(consent, consumed, browser[found.state_hash], client_id, offer)
    return _end(consumed, offer, _redeemed(redemption, ports, settings), ports)


def _closed(
    attempt: AuthorizationAttempt, offer: AuthorizationOffer | None, now: datetime
) -> Outcome | None:
    """Why a code is not even exchanged: what it would answer is closed, or None."""
    if offer is None or offer.request.request_id != attempt.request_id:
        return Outcome.LINK_EXPIRED
    if offer.request.status is AuthorizationStatus.AUTHORIZED:
        return Outcome.ALREADY_DONE
    return None if offer.is_open(now) else Outcome.LINK_EXPIRED


def _use_up(
    attempt: AuthorizationAttempt,
    code_hash: str,
    offer: AuthorizationOffer | None,
    now: datetime,
    ports: CallbackPorts,
    settings: AuthorizationSettings,
) -> AuthorizationAttempt | Completion:
    """The attempt as consumed, or what to say to whoever came too late."""
    if attempt.status is AttemptStatus.ISSUED:
        consumed = ports.attempts.consume(attempt, code_hash=code_hash, now=now)
        if consumed is not None:
            return consumed
        attempt = ports.attempts.get(attempt.state_hash) or attempt
    if attempt.status is AttemptStatus.ISSUED:
        return Completion(Outcome.STATE_EXPIRED, attempt, offer)
    return repeated(attempt, code_hash, offer, now=now, settings=settings)


def _redeemed(
    redemption: Redemption, ports: CallbackPorts, settings: AuthorizationSettings
) -> AttemptResult:
    try:
        return redeem_consent(redemption, ports=ports, settings=settings)
    except TransientError as error:
        # The code is used up. What was stored before this counts all the same: the state machine
        # finds it when its wait times out.
        _log.error(
            "authorization_cut_off",
            extra={"org_id": redemption.attempt.org_id, "reason": error.message},
        )
        return AttemptResult(Outcome.OUTCOME_UNKNOWN, ports.clock.now())


def _end(
    consumed: AuthorizationAttempt,
    offer: AuthorizationOffer | None,
    result: AttemptResult,
    ports: CallbackPorts,
) -> Completion:
    """Record how an attempt ended. The outcome stands, whether that works or not."""
    try:
        if result.outcome in SETBACKS:
            record_setback(consumed, result, orgs=ports.orgs, migrations=ports.migrations)
        ended = ports.attempts.end(consumed, result)
    except TransientError as error:
        _log.error(
            "attempt_not_recorded", extra={"org_id": consumed.org_id, "reason": error.message}
        )
        return Completion(result.outcome, consumed, offer)
    return Completion(result.outcome, ended, offer)


def _offer(attempt: AuthorizationAttempt, ports: CallbackPorts) -> AuthorizationOffer | None:
    return find_offer(attempt.org_id, attempt.attempt, orgs=ports.orgs, migrations=ports.migrations)
