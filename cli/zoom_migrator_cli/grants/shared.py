"""A grant together with the orgs that share it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Annotated, Final

import typer

from zoom_migrator.domain.grant import Grant, GrantStatus
from zoom_migrator.domain.org import Org
from zoom_migrator.ports import OrgRepository
from zoom_migrator.use_cases.find_grants import find_grant
from zoom_migrator_cli.connection import Connection

GrantOrOrg = Annotated[
    str,
    typer.Argument(metavar="GRANT|ORG", help="Id of a grant, or of an org that uses it."),
]
# As many as the client library keeps connections.
_AT_ONCE: Final = 10


@dataclass(frozen=True, slots=True)
class SharedGrant:
    """A grant, and the orgs that use it; an org that is not registered any more has no row."""

    grant: Grant
    orgs: Mapping[str, Org]

    @property
    def users(self) -> list[tuple[str, str]]:
        """Id and name of every org that uses it; the name is empty where it is not known."""
        return [(org_id, self._name(org_id)) for org_id in self.grant.orgs]

    def _name(self, org_id: str) -> str:
        org = self.orgs.get(org_id)
        return org.registration.display_name if org else ""


def found_grant(text: str, connection: Connection) -> SharedGrant:
    """The grant that a person means, with its orgs.

    Raises:
        MigratorError: There is none, or a store is out of reach.
    """
    return with_orgs(
        find_grant(text, grants=connection.grants, orgs=connection.orgs), connection.orgs
    )


def with_orgs(grant: Grant, orgs: OrgRepository) -> SharedGrant:
    """A grant with the orgs that use it.

    Raises:
        StoreUnavailable: The store is out of reach.
    """
    return SharedGrant(grant, orgs.get_many(grant.orgs) if grant.orgs else {})


def every_grant(
    connection: Connection, statuses: Collection[GrantStatus] = ()
) -> list[SharedGrant]:
    """All grants with the orgs that use each, by e-mail address; read several at a time.

    Args:
        statuses: Only grants with one of these, if there are any.

    Raises:
        MigratorError: A store is out of reach.
    """
    with ThreadPoolExecutor(_AT_ONCE) as readers:
        found = [
            grant
            for grant in readers.map(connection.grants.get, connection.grants.list_ids())
            if grant is not None and (not statuses or grant.status in statuses)
        ]
    ids = {org_id for grant in found for org_id in grant.orgs}
    orgs = connection.orgs.get_many(ids) if ids else {}
    found.sort(key=lambda grant: (grant.email.lower(), grant.grant_id))
    return [SharedGrant(grant, orgs) for grant in found]
