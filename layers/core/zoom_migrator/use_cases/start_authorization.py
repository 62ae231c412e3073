"""Begin an attempt at authorizing: what the button on the start page does."""

from __future__ import annotations

from dataclasses import dataclass, field

from zoom_migrator.domain.authorization import (
    AuthorizationAttempt,
    authorize_address,
    fingerprint,
    pkce_challenge,
    pkce_verifier,
)
from zoom_migrator.domain.authorization_outcome import Outcome
from zoom_migrator.domain.authorization_settings import LONGEST_ATTEMPT, AuthorizationSettings
from zoom_migrator.domain.org import ZoomProduct
from zoom_migrator.domain.zoom_failure import ZoomFailure
from zoom_migrator.oauth_ports import AttemptRepository, SecretValues, ZoomGateway
from zoom_migrator.ports import Clock
from zoom_migrator.use_cases.authorization_link import AuthorizationOffer


@dataclass(frozen=True, slots=True)
class StartedAuthorization:
    """An attempt that waits for Zoom's answer.

    Attributes:
        address: Zoom's page for consent, with everything it has to be asked; holds the state.
        browser_secret: For the browser's cookie, and for nothing else.
    """

    attempt: AuthorizationAttempt
    address: str = field(repr=False)
    browser_secret: str = field(repr=False)

    @property
    def cookie_seconds(self) -> int:
        """How long the browser has to keep its secret."""
        lifetime = self.attempt.expires_at - self.attempt.created_at
        return int(lifetime.total_seconds())


def start_authorization(
    offer: AuthorizationOffer,
    products: tuple[ZoomProduct, ...],
    *,
    attempts: AttemptRepository,
    zoom: ZoomGateway,
    secrets: SecretValues,
    clock: Clock,
    settings: AuthorizationSettings,
) -> StartedAuthorization | Outcome:
    """Begin an attempt, bound to the browser that gets its secret.

    Every click begins one of its own; the first that comes back and counts closes the request.

    Args:
        products: What was chosen; at least one.

    Returns:
        The attempt, or ``LINK_EXPIRED`` where it would not count any more, or
        ``OUR_MISCONFIGURATION`` where the product does not know its own app.

    Raises:
        TransientError: The store or the secret is out of reach.
    """
    now = clock.now()
    if not offer.is_open(now):
        return Outcome.LINK_EXPIRED
    client_id = zoom.client_id()
    if isinstance(client_id, ZoomFailure):
        return Outcome.OUR_MISCONFIGURATION
    state, browser_secret = secrets.new_secret_value(), secrets.new_secret_value()
    attempt = attempts.create(
        AuthorizationAttempt(
            state_hash=fingerprint(state),
            org_id=offer.org.org_id,
            attempt=offer.migration.attempt,
            request_id=offer.request.request_id,
            products=products,
            binding_hash=fingerprint(browser_secret),
            redirect_uri=settings.redirect_uri,
            created_at=now,
            expires_at=now + min(settings.attempt_lifetime, LONGEST_ATTEMPT),
        )
    )
    address = authorize_address(
        settings.authorize_url,
        client_id=client_id,
        redirect_uri=attempt.redirect_uri,
        state=state,
        challenge=pkce_challenge(pkce_verifier(state, browser_secret)),
        scopes=settings.scopes.requested,
    )
    return StartedAuthorization(attempt, address, browser_secret)
