"""Look grants up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from zoom_migrator.domain.errors import GrantNotFound
from zoom_migrator.domain.grant import Grant
from zoom_migrator.oauth_ports import GrantRepository
from zoom_migrator.ports import OrgRepository
from zoom_migrator.use_cases.find_orgs import find_org

_GRANT_ID: Final = re.compile(r"[0-9a-f]{32}")


def list_grants(*, grants: GrantRepository) -> Iterator[Grant]:
    """All grants, one after the other."""
    found = (grants.get(grant_id) for grant_id in grants.list_ids())
    return (grant for grant in found if grant is not None)


def grant_of_org(org_id: str, *, grants: GrantRepository) -> Grant | None:
    """The grant that an org uses, dead or alive; None where it has never been authorized.

    Raises:
        StoreUnavailable: The store is out of reach.
    """
    link = grants.link_of(org_id)
    grant = grants.get(link.grant_id) if link is not None else None
    return grant if grant is not None and org_id in grant.orgs else None


def find_grant(text: str, *, grants: GrantRepository, orgs: OrgRepository) -> Grant:
    """The grant a person means: by its id, or by the 15 or 18 characters of an org that uses it.

    Raises:
        GrantNotFound: There is no such grant, or the org uses none.
        OrgNotFound: Neither the id of a grant, nor of an org that is registered.
        StoreUnavailable: The store is out of reach.
    """
    if _GRANT_ID.fullmatch(text):
        grant = grants.get(text)
        if grant is None:
            raise GrantNotFound(
                f"No grant {text} is known.", remedy="See `zoom-migrator grants list`."
            )
        return grant
    org = find_org(text, orgs=orgs)
    grant = grant_of_org(org.org_id, grants=grants)
    if grant is None:
        raise GrantNotFound(
            f"Org {org.org_id} uses no grant.",
            remedy=f"See how far it is: `zoom-migrator orgs show {org.org_id}`.",
        )
    return grant
