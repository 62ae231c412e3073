"""Let go of a grant that an org uses no more."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Final

from zoom_migrator.domain.errors import ConcurrentModification
from zoom_migrator.domain.grant import Grant, GrantStatus
from zoom_migrator.use_cases.grant_ports import GrantPorts

_TRIES: Final = 5
_log = logging.getLogger(__name__)


def withdraw_grant(grant: Grant, org_id: str, *, ports: GrantPorts, now: datetime) -> None:
    """Take back a grant that nobody waits for any more; where no org uses it, it ends at Zoom.

    Raises:
        TransientError: A store cannot be reached, or was changed by others for too long.
    """
    for _ in range(_TRIES):
        stored = ports.grants.get(grant.grant_id)
        if stored is None or org_id not in stored.orgs:
            return
        left = stored.not_used_by(org_id)
        if not left.orgs:
            pair = ports.vault.open(stored.sealed, subject=stored.subject)
            failure = ports.zoom.revoke(pair.access_token)
            if failure is not None:
                _log.warning("tokens_not_revoked", extra={"reason": failure.code})
            left = left.settled(GrantStatus.DEAD, "withdrawn", at=now)
        try:
            ports.grants.save(left)
        except ConcurrentModification:
            continue
        return
    raise _keeps_changing(grant.grant_id)


def leave_grant(former_id: str, org_id: str, *, ports: GrantPorts) -> None:
    """Take an org off a grant that it does not use any more.

    Raises:
        TransientError: A store cannot be reached, or was changed by others for too long.
    """
    for _ in range(_TRIES):
        grant = ports.grants.get(former_id)
        if grant is None or org_id not in grant.orgs:
            return
        try:
            ports.grants.save(grant.not_used_by(org_id))
        except ConcurrentModification:
            continue
        return
    raise _keeps_changing(former_id)


def _keeps_changing(grant_id: str) -> ConcurrentModification:
    return ConcurrentModification(f"Grant {grant_id} keeps being changed by others.")
