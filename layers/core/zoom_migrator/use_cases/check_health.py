"""Watch over an org that is migrated: its package, its old keys and its grant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from zoom_migrator.domain.audit import AuditAction
from zoom_migrator.domain.check import KeyPresence
from zoom_migrator.domain.cleanup_settings import CleanupSettings
from zoom_migrator.domain.deadline import deadline_of
from zoom_migrator.domain.errors import OrgNotFound
from zoom_migrator.domain.grant import GrantStatus
from zoom_migrator.domain.legacy_keys import KeysFound
from zoom_migrator.domain.loss import CONNECTED, what_changed
from zoom_migrator.domain.notice import Notice, NoticeKind
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.status import KeysKeptReason, OrgEvent, OrgStatus
from zoom_migrator.use_cases.find_grants import grant_of_org
from zoom_migrator.use_cases.observe_org import status_changes
from zoom_migrator.use_cases.prove_org import HealthPorts, ProofOutcome, is_due, prove_org

# Whoever puts keys back records it after a few calls to the org, or is gone. Within that time they
# write little else about it, so that their order is among the newest entries of its trail.
_PUT_BACK_WITHIN: Final = timedelta(minutes=15)
_NEWEST: Final = 20
_E: Final = OrgEvent
_KINDS: Final[Mapping[OrgEvent, NoticeKind]] = {
    _E.PACKAGE_REMOVED: NoticeKind.PACKAGE_REMOVED,
    _E.VERSION_WENT_DOWN: NoticeKind.VERSION_WENT_DOWN,
    _E.KEYS_KEPT: NoticeKind.KEYS_REAPPEARED,
    _E.FELL_BACK: NoticeKind.FELL_BACK,
    _E.DISCONNECTED: NoticeKind.DISCONNECTED,
}
_WORDS: Final[Mapping[OrgEvent, str]] = {
    _E.PACKAGE_REMOVED: "The Zoom package was removed from the org.",
    _E.VERSION_WENT_DOWN: "The org has a version of the package that is too old for OAuth.",
    _E.KEYS_KEPT: "The org holds an API key or secret again, although it is migrated.",
    _E.FELL_BACK: "The org has its old keys again and runs on JWT.",
    _E.DISCONNECTED: "The org has neither an authorization nor a working JWT any more.",
}


class Health(StrEnum):
    """What a look at an org came to.

    ``NOT_WATCHED``: it is not connected. ``WELL``: nothing was due and nothing is wrong.
    ``MOVED``: it has another status now, and that is told.
    """

    NOT_WATCHED = "not_watched"
    WELL = "well"
    PROVEN = "proven"
    UNPROVEN = "unproven"
    LOST = "lost"
    MOVED = "moved"


_PROOFS: Final = {
    ProofOutcome.PROVEN: Health.PROVEN,
    ProofOutcome.UNPROVEN: Health.UNPROVEN,
    ProofOutcome.LOST: Health.LOST,
}


def check_health(
    org_id: str, *, actor: str, ports: HealthPorts, settings: CleanupSettings
) -> Health:
    """See by what the last check found, and by a call to Zoom where that is due, how an org is.

    An org without an authorization is looked at, too: its deadline may have passed.

    Raises:
        ConcurrentModification: Somebody else changed the org at this moment; the next look will do.
        OrgNotFound: The org is not registered.
        StoreUnavailable: A store or a key is out of reach.
    """
    org, now = ports.losses.orgs.get(org_id), ports.clock.now()
    if org is None:
        raise OrgNotFound(f"Org {org_id} is not registered.")
    org = _with_keys_of_this_moment(org, now, ports, settings)
    event = _event(org, now, ports, settings)
    if event is not None:
        _move(org, event, now, actor, ports, settings)
        return Health.MOVED
    if org.status not in CONNECTED:
        return Health.NOT_WATCHED
    if not is_due(org.verification, now, settings) and _has_live_grant(org_id, ports):
        return Health.WELL
    return _PROOFS[prove_org(org_id, actor=actor, ports=ports, settings=settings)]


def _has_live_grant(org_id: str, ports: HealthPorts) -> bool:
    """Whether nobody has found out yet, by another org or as an operator, that it is gone."""
    grant = grant_of_org(org_id, grants=ports.grants.grants)
    return grant is not None and grant.status is GrantStatus.LIVE


def _with_keys_of_this_moment(
    org: Org, now: datetime, ports: HealthPorts, settings: CleanupSettings
) -> Org:
    """The org with its keys looked at again, where what a check saw of them would move it.

    The check may have been on its way while an operator put them back, or a machine removed them.
    """
    today, deadline = now.date(), settings.jwt_deadline
    if what_changed(org, today=today, fleet_deadline=deadline) is None:
        return org
    if today > deadline_of(org, deadline):
        # Whatever its keys are: JWT is over.
        return org
    found = ports.keys.look(org.registration)
    return org.with_keys(found.as_checked) if isinstance(found, KeysFound) else org


def _event(
    org: Org, now: datetime, ports: HealthPorts, settings: CleanupSettings
) -> OrgEvent | None:
    changed = what_changed(org, today=now.date(), fleet_deadline=settings.jwt_deadline)
    if changed is not None:
        return changed
    # A check that failed says nothing, and a migration sees for itself.
    if org.status not in CONNECTED or org.active_attempt is not None or org.failure is not None:
        return None
    return _by_snapshot(org, now, ports, settings)


def _by_snapshot(
    org: Org, now: datetime, ports: HealthPorts, settings: CleanupSettings
) -> OrgEvent | None:
    snapshot = org.snapshot
    if snapshot is None:
        return None
    if snapshot.package is None:
        return OrgEvent.PACKAGE_REMOVED
    if not snapshot.package.version.is_at_least(settings.minimum):
        return OrgEvent.VERSION_WENT_DOWN
    if org.status is not OrgStatus.MIGRATED or snapshot.keys.presence is not KeyPresence.PRESENT:
        return None
    # The check may have been on its way while the keys were removed, so the rows are asked again.
    found = ports.keys.look(org.registration)
    if not isinstance(found, KeysFound) or not found.rows or _are_put_back(org, now, ports):
        return None
    return OrgEvent.KEYS_KEPT


def _are_put_back(org: Org, now: datetime, ports: HealthPorts) -> bool:
    """Whether an operator is putting keys back at this moment, and will tell of it himself.

    His order is on record before anything is sent to the org. Where he broke off, a later look
    tells of the keys.
    """
    for entry in ports.losses.orgs.audit_trail(org.org_id, limit=_NEWEST):
        if entry.action is AuditAction.KEYS_RESTORED:
            return False
        if entry.action is AuditAction.KEYS_RESTORE_REQUESTED:
            return now < entry.at + _PUT_BACK_WITHIN
    return False


def _move(
    org: Org,
    event: OrgEvent,
    now: datetime,
    actor: str,
    ports: HealthPorts,
    settings: CleanupSettings,
) -> None:
    """Store another status together with the notice that tells of it."""
    kept = KeysKeptReason.REAPPEARED if event is OrgEvent.KEYS_KEPT else None
    after = org.after(event, at=now, kept=kept)
    audit = status_changes(org, after, now, actor)
    last = ports.losses.migrations.get(org.org_id, org.attempts) if org.attempts else None
    if last is None:
        ports.losses.orgs.save(after, audit)
        return
    notice = Notice(
        org.org_id,
        last.attempt,
        _KINDS[event],
        now,
        milestone=now.isoformat(timespec="seconds"),
        facts=_facts(after, event, settings),
    )
    ports.losses.migrations.save(last, org=after, audit=audit, notices=[notice])


def _facts(org: Org, event: OrgEvent, settings: CleanupSettings) -> dict[str, str]:
    package = org.snapshot.package if org.snapshot else None
    facts = {
        "org": org.registration.display_name,
        "detail": _WORDS[event],
        "version_now": str(package.version) if package else "",
    }
    if event in (OrgEvent.FELL_BACK, OrgEvent.DISCONNECTED):
        facts["jwt_until"] = deadline_of(org, settings.jwt_deadline).isoformat()
    return {name: fact for name, fact in facts.items() if fact}
