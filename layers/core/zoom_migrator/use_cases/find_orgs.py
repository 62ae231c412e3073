"""Look orgs up."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import batched
from typing import Final

from zoom_migrator.domain.errors import OrgNotFound
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.salesforce_id import organization_id
from zoom_migrator.ports import OrgRepository

_ORGS_A_READ: Final = 100


def list_orgs(*, orgs: OrgRepository) -> Iterator[Org]:
    """All orgs of the fleet, read page by page."""
    for chunk in batched(orgs.list_ids(), _ORGS_A_READ, strict=False):
        found = orgs.get_many(chunk)
        yield from (found[org_id] for org_id in chunk if org_id in found)


def find_org(text: str, *, orgs: OrgRepository) -> Org:
    """The org a person means by its 15- or 18-character id.

    Raises:
        OrgNotFound: Not an org id, or no org with this id is registered.
    """
    try:
        org_id = organization_id(text)
    except ValueError as error:
        raise OrgNotFound(f"{error}.", remedy="See `zoom-migrator orgs list`.") from error
    org = orgs.get(org_id)
    if org is None:
        raise OrgNotFound(
            f"Org {org_id} is not registered.",
            remedy="Import a fleet file that names it: `zoom-migrator orgs import FILE`.",
        )
    return org
