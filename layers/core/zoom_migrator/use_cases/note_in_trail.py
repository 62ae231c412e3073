"""Write into an org's audit trail while others may be changing the org."""

from __future__ import annotations

from typing import Final

from zoom_migrator.domain.audit import AuditEntry
from zoom_migrator.domain.errors import ConcurrentModification
from zoom_migrator.domain.org import Org
from zoom_migrator.ports import OrgRepository
from zoom_migrator.use_cases.find_orgs import find_org

_TRIES: Final = 5


def note_in_trail(entry: AuditEntry, org: Org, *, orgs: OrgRepository) -> None:
    """Record something that changes nothing of the org itself.

    Raises:
        ConcurrentModification: The org keeps being changed by others; repeat it.
        OrgNotFound: The org is not registered any more.
        StoreUnavailable: The store is out of reach.
    """
    for _ in range(_TRIES - 1):
        try:
            orgs.save(org, [entry])
        except ConcurrentModification:
            org = find_org(org.org_id, orgs=orgs)
            continue
        return
    orgs.save(org, [entry])
