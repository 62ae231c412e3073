"""Grants, and which org uses which, in the table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from zoom_migrator.adapters.dynamodb.attributes import item_of
from zoom_migrator.adapters.dynamodb.authorization_items import products_from, products_values
from zoom_migrator.adapters.dynamodb.fields import Fields, fields_of
from zoom_migrator.adapters.dynamodb.keys import (
    GRANT,
    GRANTS,
    INDEX_PARTITION,
    INDEX_SORT,
    PARTITION,
    SORT,
    Item,
    grant_partition,
    id_in,
    org_partition,
)
from zoom_migrator.adapters.dynamodb.table import Table
from zoom_migrator.adapters.limits import check_link
from zoom_migrator.domain.grant import Grant, GrantLink, GrantStatus, GrantSubject, Lease
from zoom_migrator.domain.org import ZoomProduct

_SEALED: Final = "sealed"
_ORGS: Final = "orgs"


class DynamoDbGrantRepository:
    """The :class:`~zoom_migrator.oauth_ports.GrantRepository` of the deployed product."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, grant_id: str) -> Grant | None:
        """See the port.

        Raises:
            InvariantViolation: The stored item is damaged.
        """
        item = self._table.get(grant_partition(grant_id), GRANT)
        return grant_from(item) if item else None

    def save(self, grant: Grant, *, link: GrantLink | None = None) -> Grant:
        """See the port."""
        check_link(grant, link)
        saved = replace(grant, revision=grant.revision + 1)
        along = [link_item(link)] if link else []
        self._table.put_revision(grant_item(saved), replaces=grant.revision, along=along)
        return saved

    def link_of(self, org_id: str) -> GrantLink | None:
        """See the port.

        Raises:
            InvariantViolation: The stored item is damaged.
        """
        item = self._table.get(org_partition(org_id), GRANT)
        return link_from(item) if item else None

    def list_ids(self) -> Iterator[str]:
        """See the port; ordered by id."""
        return (id_in(partition) for partition in self._table.query_index(GRANTS))


def grant_item(grant: Grant) -> Item:
    """The item of a grant."""
    subject, lease = grant.subject, grant.lease
    item = item_of(
        {
            PARTITION: grant_partition(grant.grant_id),
            SORT: GRANT,
            INDEX_PARTITION: GRANTS,
            INDEX_SORT: grant.grant_id,
            "client_id": subject.client_id,
            "account_id": subject.account_id,
            "user_id": subject.user_id,
            "sealed_for_org": subject.org_id,
            "email": grant.email,
            "access_expires_at": grant.access_expires_at,
            "issued_at": grant.issued_at,
            "consented_at": grant.consented_at,
            "scopes": grant.scopes,
            "api_url": grant.api_url,
            "products": products_values(grant.products),
            "status": grant.status,
            "status_since": grant.status_since,
            "problem": grant.problem,
            "refusals": grant.refusals,
            "version": grant.version,
            "lease_owner": lease.owner if lease else None,
            "lease_until": lease.until if lease else None,
            "revision": grant.revision,
        }
    )
    # Other values are cut where they are too long. Tokens would be worth nothing then, and an org
    # that is left out would count as disconnected.
    orgs: Item = {_ORGS: {"L": [{"S": org_id} for org_id in grant.orgs]}}
    return item | {_SEALED: {"S": grant.sealed}} | orgs


def grant_from(item: Item) -> Grant:
    """The grant of an item.

    Raises:
        InvariantViolation: The item is damaged; the message names the attribute.
    """
    fields = fields_of(item)
    return Grant(
        subject=GrantSubject(
            client_id=fields.text("client_id"),
            account_id=fields.text("account_id"),
            user_id=fields.text("user_id"),
            org_id=fields.text("sealed_for_org"),
        ),
        email=fields.text("email", ""),
        sealed=fields.text(_SEALED),
        access_expires_at=fields.moment("access_expires_at"),
        issued_at=fields.moment("issued_at"),
        consented_at=fields.moment("consented_at"),
        scopes=fields.texts("scopes", str),
        api_url=fields.text("api_url", ""),
        products=products_from(fields.inner("products")),
        status=fields.choice("status", GrantStatus),
        status_since=fields.parsed("status_since", datetime.fromisoformat),
        problem=fields.text("problem", ""),
        refusals=fields.number("refusals", 0),
        version=fields.number("version"),
        lease=_lease_from(fields),
        orgs=fields.texts(_ORGS, str),
        revision=fields.number("revision"),
    )


def link_item(link: GrantLink) -> Item:
    """The item that says which grant an org uses."""
    return item_of(
        {
            PARTITION: org_partition(link.org_id),
            SORT: GRANT,
            "org_id": link.org_id,
            "grant_id": link.grant_id,
            "request_id": link.request_id,
            "products": link.products,
            "linked_at": link.linked_at,
        }
    )


def link_from(item: Item) -> GrantLink:
    """The link of an item.

    Raises:
        InvariantViolation: The item is damaged; the message names the attribute.
    """
    fields = fields_of(item)
    return GrantLink(
        org_id=fields.text("org_id"),
        grant_id=fields.text("grant_id"),
        request_id=fields.text("request_id", ""),
        products=fields.texts("products", ZoomProduct),
        linked_at=fields.moment("linked_at"),
    )


def _lease_from(fields: Fields) -> Lease | None:
    if "lease_owner" not in fields:
        return None
    return Lease(fields.text("lease_owner"), fields.moment("lease_until"))
