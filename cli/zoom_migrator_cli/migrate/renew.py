"""``zoom-migrator migrate renew``."""

from __future__ import annotations

from typing import Final

import typer
from rich.markup import escape

from zoom_migrator.domain.errors import NothingToAuthorize
from zoom_migrator.domain.migration import MigrationStep
from zoom_migrator.use_cases.authorization_link import open_offer, renew_offer
from zoom_migrator.use_cases.find_orgs import find_org
from zoom_migrator_cli.command import Json, OrgId, complain, print_json, reported_errors
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.layout import moment
from zoom_migrator_cli.migrate.awaited import link_to
from zoom_migrator_cli.migrate.documents import link_document

_OTHER_QUESTIONS: Final = (
    MigrationStep.AWAITING_APPROVAL,
    MigrationStep.AWAITING_CLEANUP_APPROVAL,
)


def renew(context: typer.Context, org: OrgId, as_json: Json = False) -> None:
    """Void every link to an org's authorization that was sent, and print a new one.

    For a link that went to the wrong person, and for more time: the request has all of it again.
    What was begun from an earlier link counts no more. The Zoom admin is told of the new one as
    of the first. A link about an upgrade or about old keys is not renewed: `migrate stop` voids
    it, and `migrate start` asks anew.

    **Examples**

        zoom-migrator migrate renew 00D5g000001AbCdEAK
    """
    connection: Connection = context.obj
    with reported_errors(as_json=as_json):
        _insist_on_no_other_question(org, connection)
        offer = open_offer(
            org, orgs=connection.orgs, migrations=connection.migrations, clock=connection.clock
        )
        renewed = renew_offer(
            offer,
            requested_by=connection.actor,
            migrations=connection.migrations,
            ids=connection.secret_ids,
            clock=connection.clock,
            settings=connection.authorization_settings,
        )
        link = link_to(renewed, connection)
    if as_json:
        print_json(link_document(link))
        return
    name = escape(renewed.org.registration.display_name)
    complain(
        f"Every earlier link to the authorization of {name} is void. The new one works until "
        f"{moment(link.expires_at)}:"
    )
    # Bare, so that it can be piped on.
    typer.echo(link.address)


def _insist_on_no_other_question(org_id: str, connection: Connection) -> None:
    """Say what to do where it is another link that is to be voided."""
    org = find_org(org_id, orgs=connection.orgs)
    attempt = org.active_attempt
    migration = connection.migrations.get(org.org_id, attempt) if attempt is not None else None
    if migration is not None and migration.step in _OTHER_QUESTIONS:
        raise NothingToAuthorize(
            f"Org {org.org_id} waits for no authorization, but for an answer: {migration.step}.",
            remedy=f"To void that link: `zoom-migrator migrate stop {org.org_id}`; to ask anew "
            f"then: `zoom-migrator migrate start {org.org_id}`.",
        )
