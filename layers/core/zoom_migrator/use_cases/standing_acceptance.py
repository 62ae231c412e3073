"""Record, or withdraw, consent given beforehand to upgrades of an org."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from zoom_migrator.domain.approval import StandingAcceptance
from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.errors import NothingToApprove
from zoom_migrator.domain.org import Org
from zoom_migrator.ports import OrgRepository
from zoom_migrator.use_cases.find_orgs import find_org


def record_standing_acceptance(
    org_id: str, acceptance: StandingAcceptance, *, orgs: OrgRepository
) -> Org:
    """Record consent given beforehand, in place of any earlier one.

    Args:
        org_id: 15 or 18 characters.

    Raises:
        ConcurrentModification: Somebody else changed the org at this moment.
        OrgNotFound: The org is not registered.
        StoreUnavailable: The database cannot be reached.
    """
    org = find_org(org_id, orgs=orgs)
    detail = (
        f"{acceptance.name} <{acceptance.email}>; terms {acceptance.terms_version}; "
        f"install for {acceptance.security}; {acceptance.reference or 'no reference'}"
    )
    entry = AuditEntry(
        org.org_id,
        acceptance.recorded_at,
        AuditAction.STANDING_ACCEPTANCE_RECORDED,
        acceptance.recorded_by,
        detail,
    )
    return orgs.save(replace(org, standing_acceptance=acceptance), [entry])


def withdraw_standing_acceptance(
    org_id: str, *, actor: str, at: datetime, orgs: OrgRepository
) -> Org:
    """Withdraw consent given beforehand. An install that has begun under it goes on.

    Args:
        org_id: 15 or 18 characters.

    Raises:
        ConcurrentModification: Somebody else changed the org at this moment.
        NothingToApprove: None is recorded.
        OrgNotFound: The org is not registered.
        StoreUnavailable: The database cannot be reached.
    """
    org = find_org(org_id, orgs=orgs)
    acceptance = org.standing_acceptance
    if acceptance is None:
        raise NothingToApprove(f"Org {org.org_id} has no standing acceptance.")
    entry = AuditEntry(
        org.org_id,
        at,
        AuditAction.STANDING_ACCEPTANCE_WITHDRAWN,
        actor,
        f"{acceptance.name} <{acceptance.email}>; terms {acceptance.terms_version}",
    )
    return orgs.save(replace(org, standing_acceptance=None), [entry])
