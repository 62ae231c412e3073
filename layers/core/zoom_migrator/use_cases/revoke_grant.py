"""End a grant, at Zoom and here."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.authorization_settings import GrantSettings
from zoom_migrator.domain.errors import ConcurrentModification
from zoom_migrator.domain.grant import Grant, GrantStatus
from zoom_migrator.domain.zoom_failure import ZoomFailureKind
from zoom_migrator.ports import Clock, OrgRepository, SecretIds
from zoom_migrator.use_cases.grant_ports import GrantPorts
from zoom_migrator.use_cases.refresh_grant import (
    RefreshNeed,
    RefreshOutcome,
    refresh_grant,
)

_TRIES: Final = 5
REVOKED: Final = "revoked"
# With these the tokens are as good as they will ever be; where that is not known, nobody else has
# better ones.
_WORTH_TRYING: Final = (
    RefreshOutcome.REFRESHED,
    RefreshOutcome.NOT_DUE,
    RefreshOutcome.OVERTAKEN,
    RefreshOutcome.UNKNOWN,
)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Revoked:
    """A grant after it was to be revoked.

    Attributes:
        is_done: Whether it is dead now.
        problem: Stable code of why it is not.
    """

    grant: Grant
    is_done: bool
    problem: str = ""


def revoke_grant(
    grant_id: str,
    *,
    requested_by: str,
    orgs: OrgRepository,
    ports: GrantPorts,
    ids: SecretIds,
    clock: Clock,
    settings: GrantSettings,
) -> Revoked:
    """Revoke a grant at Zoom, destroy its tokens, and record it with every org that used it.

    Zoom revokes by an access token, so one that is out of date is refreshed first.

    Raises:
        GrantNotFound: There is no such grant.
        TransientError: A store or the key cannot be reached; repeat it.
    """
    fresh = refresh_grant(
        grant_id, RefreshNeed.ACCESS, ports=ports, ids=ids, clock=clock, settings=settings
    )
    if fresh.outcome is RefreshOutcome.DEAD:
        return Revoked(fresh.grant, is_done=True)
    if fresh.outcome not in _WORTH_TRYING:
        return Revoked(fresh.grant, is_done=False, problem=fresh.outcome)
    pair = ports.vault.open(fresh.grant.sealed, subject=fresh.grant.subject)
    failure = ports.zoom.revoke(pair.access_token)
    if failure is not None and failure.kind is not ZoomFailureKind.TERMINAL:
        return Revoked(fresh.grant, is_done=False, problem=failure.code)
    now = clock.now()
    ended = _ended(fresh.grant, ports, now)
    if ended.status is not GrantStatus.DEAD:
        return Revoked(ended, is_done=False, problem=RefreshOutcome.OVERTAKEN)
    for org_id in ended.orgs:
        _audit(org_id, ended, requested_by, now, orgs)
    return Revoked(ended, is_done=True)


def _ended(revoked: Grant, ports: GrantPorts, now: datetime) -> Grant:
    """The grant as dead, unless other tokens have taken the place of the revoked ones."""
    grant = revoked
    for _ in range(_TRIES):
        if grant.version != revoked.version:
            return grant
        try:
            return ports.grants.save(grant.settled(GrantStatus.DEAD, REVOKED, at=now))
        except ConcurrentModification:
            grant = ports.grants.get(revoked.grant_id) or grant
    raise ConcurrentModification(f"Grant {revoked.grant_id} keeps being changed by others.")


def _audit(org_id: str, grant: Grant, requested_by: str, at: datetime, orgs: OrgRepository) -> None:
    detail = f"grant {grant.grant_id} of {grant.email}"
    entry = AuditEntry(org_id, at, AuditAction.GRANT_REVOKED, requested_by, detail)
    for _ in range(_TRIES):
        org = orgs.get(org_id)
        if org is None:
            return
        try:
            orgs.save(org, [entry])
        except ConcurrentModification:
            continue
        return
    _log.warning("revocation_not_audited", extra={"org_id": org_id, "grant_id": grant.grant_id})
