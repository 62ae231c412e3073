"""Register the orgs of a fleet file, or bring their registration up to date."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime

from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.errors import ConcurrentModification
from zoom_migrator.domain.fleet_file import FleetRow
from zoom_migrator.domain.org import Org, OrgRegistration
from zoom_migrator.ports import Clock, OrgRepository

_ATTEMPTS = 5


@dataclass(slots=True)
class FleetImport:
    """What an import did, or would do, by org id.

    Attributes:
        missing_from_file: Registered orgs that the file does not name; they are kept.
    """

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    missing_from_file: list[str] = field(default_factory=list)


def import_fleet(
    rows: Sequence[FleetRow],
    *,
    orgs: OrgRepository,
    clock: Clock,
    actor: str,
    dry_run: bool = False,
    on_row: Callable[[], None] = lambda: None,
) -> FleetImport:
    """Register or update every org of a checked fleet file.

    Importing the same file again changes nothing, so an import that broke off is finished by
    repeating it. What scans found out about an org stays.

    Args:
        rows: Rows that passed :func:`~zoom_migrator.domain.fleet_file.parse_fleet_file`.
        actor: Who imports, for the audit trail.
        dry_run: Find out what would change, and change nothing.
        on_row: Called after each row, for a progress display.

    Raises:
        ConcurrentModification: An org kept changing while it was to be updated.
        StoreUnavailable: The database cannot be reached; repeat the import.
    """
    done = FleetImport()
    known = orgs.get_many([row.registration.org_id for row in rows])
    for row in rows:
        before = known.get(row.registration.org_id)
        if not dry_run:
            before = _store(row.registration, before, orgs=orgs, now=clock.now(), actor=actor)
        _list_for(row.registration, before, done).append(row.registration.org_id)
        on_row()
    in_file = {row.registration.org_id for row in rows}
    done.missing_from_file = [org_id for org_id in orgs.list_ids() if org_id not in in_file]
    return done


def _list_for(registration: OrgRegistration, before: Org | None, done: FleetImport) -> list[str]:
    if before is None:
        return done.created
    return done.unchanged if before.registration == registration else done.updated


def _store(
    registration: OrgRegistration,
    org: Org | None,
    *,
    orgs: OrgRepository,
    now: datetime,
    actor: str,
) -> Org | None:
    """Store a registration where it is news; returns the org as it was before."""
    for _ in range(_ATTEMPTS):
        if org is not None and org.registration == registration:
            return org
        changed = _with_registration(registration, org, now)
        try:
            orgs.save(changed, [_audit_entry(registration, org, now, actor)])
        except ConcurrentModification:
            org = orgs.get(registration.org_id)
        else:
            return org
    raise ConcurrentModification(f"Org {registration.org_id} is being changed by somebody else.")


def _with_registration(registration: OrgRegistration, org: Org | None, now: datetime) -> Org:
    if org is None:
        return Org(registration=registration, registered_at=now)
    return replace(org, registration=registration)


def _audit_entry(
    registration: OrgRegistration, org: Org | None, now: datetime, actor: str
) -> AuditEntry:
    if org is None:
        action, detail = AuditAction.REGISTERED, f"host {registration.host}"
    else:
        names = [
            each.name
            for each in fields(registration)
            if getattr(registration, each.name) != getattr(org.registration, each.name)
        ]
        action, detail = AuditAction.REGISTRATION_CHANGED, "changed: " + ", ".join(names)
    return AuditEntry(registration.org_id, now, action, actor, detail)
