"""Turn the code of a consent into a stored grant, and let the state machine go on."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Final

from zoom_migrator.domain.authorization import AttemptResult, AuthorizationAttempt, pkce_verifier
from zoom_migrator.domain.authorization_outcome import Outcome
from zoom_migrator.domain.authorization_settings import AuthorizationSettings
from zoom_migrator.domain.callback import Consent
from zoom_migrator.domain.errors import ConcurrentModification, NothingToAuthorize, TransientError
from zoom_migrator.domain.grant import Grant, GrantLink, IssuedTokens
from zoom_migrator.domain.zoom_failure import ZoomFailure, ZoomFailureKind
from zoom_migrator.oauth_ports import AttemptRepository, GrantRepository, GrantVault, ZoomGateway
from zoom_migrator.ports import (
    Clock,
    MigrationRepository,
    OrgRepository,
    TaskCallback,
    TokenVault,
)
from zoom_migrator.use_cases.authorization_link import AuthorizationOffer, find_offer
from zoom_migrator.use_cases.examine_consent import Examined, examine_consent
from zoom_migrator.use_cases.grant_ports import GrantPorts
from zoom_migrator.use_cases.keep_grant import Given, give_back, keep_grant
from zoom_migrator.use_cases.migration_step import InHand
from zoom_migrator.use_cases.release_grant import withdraw_grant
from zoom_migrator.use_cases.settle_authorization import is_settled_by, settle_authorization

_TRIES: Final = 5
_OUTCOMES: Final = {
    ZoomFailureKind.TERMINAL: Outcome.CODE_TOO_OLD,
    ZoomFailureKind.CONFIGURATION: Outcome.OUR_MISCONFIGURATION,
    ZoomFailureKind.TRANSIENT: Outcome.ZOOM_UNAVAILABLE,
    ZoomFailureKind.AMBIGUOUS: Outcome.OUTCOME_UNKNOWN,
    ZoomFailureKind.OUTCOME_UNKNOWN: Outcome.OUTCOME_UNKNOWN,
}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CallbackPorts:
    """What completing an authorization needs."""

    orgs: OrgRepository
    migrations: MigrationRepository
    attempts: AttemptRepository
    grants: GrantRepository
    grant_vault: GrantVault
    task_vault: TokenVault
    callback: TaskCallback
    zoom: ZoomGateway
    clock: Clock

    @property
    def for_grants(self) -> GrantPorts:
        """What keeping grants needs."""
        return GrantPorts(self.grants, self.grant_vault, self.zoom)


@dataclass(frozen=True, slots=True)
class Redemption:
    """A consent with the attempt that it has used up.

    Attributes:
        offer: What it is about, as it was read before.
    """

    consent: Consent
    attempt: AuthorizationAttempt
    browser_secret: str = field(repr=False)
    client_id: str
    offer: AuthorizationOffer


def redeem_consent(
    redemption: Redemption, *, ports: CallbackPorts, settings: AuthorizationSettings
) -> AttemptResult:
    """Exchange the code, check what it brought, store it, and record that the org is authorized.

    Raises:
        TransientError: A store or the key cannot be reached; the code is used up all the same.
    """
    attempt, consent = redemption.attempt, redemption.consent
    tokens = ports.zoom.exchange(
        consent.code,
        verifier=pkce_verifier(consent.state, redemption.browser_secret),
        redirect_uri=attempt.redirect_uri,
    )
    if isinstance(tokens, ZoomFailure):
        _tell(attempt, tokens)
        return AttemptResult(_OUTCOMES[tokens.kind], ports.clock.now())
    examined = examine_consent(
        tokens,
        attempt.products,
        redemption.offer.expectation,
        zoom=ports.zoom,
        scopes=settings.scopes,
    )
    return _concluded(redemption, tokens, examined, ports)


def _concluded(
    redemption: Redemption, tokens: IssuedTokens, examined: Examined, ports: CallbackPorts
) -> AttemptResult:
    attempt, user, objection = redemption.attempt, examined.user, examined.objection
    now = ports.clock.now()
    given = None
    if user is not None:
        since = attempt.consumed_at or attempt.created_at
        given = Given(tokens, redemption.client_id, user, examined.products, since)
    email = user.email if user is not None else ""
    if given is None or objection is not None:
        give_back(tokens, given, ports=ports.for_grants, now=now)
        if objection is not None and objection.failure is not None:
            _tell(attempt, objection.failure)
        outcome = objection.outcome if objection else Outcome.OUTCOME_UNKNOWN
        names = objection.names if objection else ()
        return AttemptResult(outcome, now, names=names, zoom_email=email)
    kept = keep_grant(given, attempt, ports=ports.for_grants, now=now)
    if kept is None:
        return AttemptResult(Outcome.OUTCOME_UNKNOWN, now, zoom_email=email)
    unproven = tuple(map(str, examined.products.unproven(attempt.products)))
    outcome = _settled(*kept, redemption.offer, ports)
    return AttemptResult(outcome, now, unproven=unproven, zoom_email=email)


def _settled(
    grant: Grant, link: GrantLink, offer: AuthorizationOffer, ports: CallbackPorts
) -> Outcome:
    for _ in range(_TRIES):
        if is_settled_by(offer.migration, link):
            return Outcome.CONNECTED
        # Opened first, because the answered request keeps no token.
        token = _task_token(offer, ports.task_vault)
        hand = InHand(offer.migration, offer.org)
        try:
            settle_authorization(hand, grant, link, migrations=ports.migrations)
        except ConcurrentModification:
            offer = _read_again(offer, ports)
            continue
        except NothingToAuthorize:
            withdraw_grant(grant, link.org_id, ports=ports.for_grants, now=ports.clock.now())
            return Outcome.LINK_EXPIRED
        _wake(offer, token, ports.callback)
        return Outcome.CONNECTED
    raise ConcurrentModification(f"Org {link.org_id} keeps being changed by others.")


def _read_again(offer: AuthorizationOffer, ports: CallbackPorts) -> AuthorizationOffer:
    org_id, attempt = offer.org.org_id, offer.migration.attempt
    return find_offer(org_id, attempt, orgs=ports.orgs, migrations=ports.migrations) or offer


def _task_token(offer: AuthorizationOffer, vault: TokenVault) -> str:
    sealed = offer.request.task_token
    if not sealed:
        return ""
    try:
        return vault.open(sealed, org_id=offer.org.org_id, attempt=offer.migration.attempt)
    except TransientError as error:
        _log.warning("task_token_not_opened", extra={"reason": error.message})
        return ""


def _wake(offer: AuthorizationOffer, token: str, callback: TaskCallback) -> None:
    """Let the state machine go on; where that fails, its wait times out and it looks for itself."""
    ids = {"org_id": offer.org.org_id, "attempt": offer.migration.attempt}
    try:
        was_waiting = bool(token) and callback.complete(token)
    except TransientError as error:
        _log.warning("state_machine_not_woken", extra={**ids, "reason": error.message})
        return
    if not was_waiting:
        _log.info("state_machine_not_waiting", extra=ids)


def _tell(attempt: AuthorizationAttempt, failure: ZoomFailure) -> None:
    """Log what Zoom said; what it may have echoed has been taken out of it."""
    _log.warning(
        "zoom_refused",
        extra={
            "org_id": attempt.org_id,
            "attempt": attempt.attempt,
            "reason": failure.code,
            "said": failure.detail,
            "http_status": failure.http_status,
            "tracking_id": failure.tracking_id,
        },
    )
