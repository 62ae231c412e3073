"""Store the tokens of a consent that counts, and get rid of those of one that does not.

Zoom keeps one live grant for each user and app: by the time a consent can be examined, it has
already ended whatever the same user granted before. So tokens are compared with what is stored,
and those of a refused consent are kept for the orgs that would otherwise be cut off by it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from zoom_migrator.domain.authorization import AuthorizationAttempt
from zoom_migrator.domain.errors import ConcurrentModification, MigratorError
from zoom_migrator.domain.grant import (
    Grant,
    GrantLink,
    GrantStatus,
    GrantSubject,
    IssuedTokens,
    grant_id,
)
from zoom_migrator.domain.zoom_account import ZoomProducts, ZoomUser
from zoom_migrator.domain.zoom_failure import ZoomFailure, ZoomFailureCode
from zoom_migrator.oauth_ports import GrantVault
from zoom_migrator.use_cases.grant_ports import GrantPorts
from zoom_migrator.use_cases.release_grant import leave_grant

_TRIES: Final = 5
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Given:
    """Tokens that a consent brought, and whose they are.

    Attributes:
        since: A moment before they were issued; what was stored later may have superseded them.
    """

    tokens: IssuedTokens
    client_id: str
    user: ZoomUser
    products: ZoomProducts
    since: datetime

    @property
    def grant_id(self) -> str:
        """Id of the grant."""
        return grant_id(self.client_id, self.user.account_id, self.user.user_id)


def keep_grant(
    given: Given, attempt: AuthorizationAttempt, *, ports: GrantPorts, now: datetime
) -> tuple[Grant, GrantLink] | None:
    """Store the tokens as the grant that the attempt's org uses from now on.

    Returns:
        The grant and the org's link to it, or None where a later consent of the same user has
        ended this one and is dead itself.

    Raises:
        TransientError: A store or the key cannot be reached; whether it was stored is not known.
    """
    link = GrantLink(
        attempt.org_id, given.grant_id, attempt.request_id, attempt.products, linked_at=now
    )
    former = ports.grants.link_of(attempt.org_id)
    grant = _store(given, ports, now, link)
    if grant is None:
        return None
    if former is not None and former.grant_id != grant.grant_id:
        leave_grant(former.grant_id, attempt.org_id, ports=ports)
    return grant, link


def give_back(
    tokens: IssuedTokens, given: Given | None, *, ports: GrantPorts, now: datetime
) -> None:
    """Get rid of the tokens of a consent that does not count, as well as it can be done.

    Where other orgs use a grant of the same user, Zoom has just ended its tokens; these take
    their place. All others are revoked.

    Args:
        given: Whose they are; None where that is not known.
    """
    try:
        shared = ports.grants.get(given.grant_id) if given is not None else None
        if given is not None and shared is not None and shared.orgs:
            _store(given, ports, now, None)
            return
        failure = ports.zoom.revoke(tokens.pair.access_token)
    except MigratorError as error:
        # Nothing depends on it: the consent does not count, whatever becomes of its tokens.
        _log.warning("tokens_not_given_back", extra={"reason": error.message})
        return
    if failure is not None:
        _log.warning("tokens_not_revoked", extra={"reason": failure.code})


def _store(given: Given, ports: GrantPorts, now: datetime, link: GrantLink | None) -> Grant | None:
    for _ in range(_TRIES):
        stored = ports.grants.get(given.grant_id)
        if stored is not None and stored.issued_at >= given.since and _superseded(given, ports):
            if stored.status is not GrantStatus.LIVE:
                return None
            grant = stored
        else:
            grant = _granted(given, stored, ports.vault, now, link)
        try:
            return ports.grants.save(grant.used_by(link.org_id) if link else grant, link=link)
        except ConcurrentModification:
            continue
    raise _keeps_changing(given.grant_id)


def _granted(
    given: Given,
    stored: Grant | None,
    vault: GrantVault,
    now: datetime,
    link: GrantLink | None,
) -> Grant:
    user, tokens = given.user, given.tokens
    org_id = link.org_id if link else (stored.subject.org_id if stored else "")
    subject = GrantSubject(given.client_id, user.account_id, user.user_id, org_id)
    return Grant(
        subject=subject,
        email=user.email,
        sealed=vault.seal(tokens.pair, subject=subject),
        access_expires_at=tokens.expires_at,
        issued_at=now,
        consented_at=now,
        scopes=tokens.scopes,
        api_url=tokens.api_url,
        products=given.products,
        status_since=now,
        version=stored.version + 1 if stored else 1,
        orgs=stored.orgs if stored else (),
        revision=stored.revision if stored else 0,
    )


def _superseded(given: Given, ports: GrantPorts) -> bool:
    """Whether what was stored meanwhile came from a later consent: then these tokens are dead."""
    answer = ports.zoom.user(given.tokens.pair.access_token, api_url=given.tokens.api_url)
    return isinstance(answer, ZoomFailure) and answer.code is ZoomFailureCode.ACCESS_TOKEN_REJECTED


def _keeps_changing(changed: str) -> ConcurrentModification:
    return ConcurrentModification(f"Grant {changed} keeps being changed by others.")
