"""``zoom-migrator approve standing``."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from zoom_migrator.domain.approval import StandingAcceptance
from zoom_migrator.domain.org import Org, UpgradePolicy
from zoom_migrator.domain.upgrade import SecurityType
from zoom_migrator.use_cases.find_orgs import find_org
from zoom_migrator.use_cases.standing_acceptance import (
    record_standing_acceptance,
    withdraw_standing_acceptance,
)
from zoom_migrator_cli.answers.person import (
    AcceptTerms,
    AdminsOnly,
    Email,
    OptionalName,
    Reference,
    email_of,
    insist_on_terms,
)
from zoom_migrator_cli.answers.request import print_cautions, terms_text
from zoom_migrator_cli.command import Json, OrgId, print_json, reported_errors, say
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.documents import acceptance_document


def approve_standing(
    context: typer.Context,
    org: OrgId,
    name: OptionalName = None,
    email: Email = None,
    reference: Reference = None,
    admins_only: AdminsOnly = False,
    accept_terms: AcceptTerms = False,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Take back what was recorded before.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Record consent given beforehand to upgrades of an org, or withdraw it.

    An org whose upgrade policy is `auto` is then upgraded without being asked each time. It
    counts for the terms of today; when PackageTermsVersion changes, orgs are asked again.

    **Examples**

        zoom-migrator approve standing 00D5g000001AbCdEAK --name "A. Lovelace" --reference "TK-17"
        zoom-migrator approve standing 00D5g000001AbCdEAK --withdraw
    """
    connection: Connection = context.obj
    if withdraw:
        if name or email or reference or admins_only or accept_terms:
            raise typer.BadParameter("--withdraw goes with nothing but ORG.")
        with reported_errors(as_json=as_json):
            after = _withdraw(org, connection)
    else:
        if name is None or reference is None:
            raise typer.BadParameter("--name and --reference are required, or --withdraw.")
        with reported_errors(as_json=as_json):
            found = find_org(org, orgs=connection.orgs)
            insist_on_terms(connection.terms, name, accepted=accept_terms, may_ask=not as_json)
            acceptance = StandingAcceptance(
                name=name,
                email=email_of(found, email),
                terms_version=connection.terms.version,
                security=SecurityType.ADMINS_ONLY if admins_only else SecurityType.ALL_USERS,
                recorded_by=connection.actor,
                recorded_at=connection.clock.now(),
                reference=reference,
            )
            after = record_standing_acceptance(found.org_id, acceptance, orgs=connection.orgs)
    _report(after, connection, as_json=as_json)


def _withdraw(org: str, connection: Connection) -> Org:
    return withdraw_standing_acceptance(
        find_org(org, orgs=connection.orgs).org_id,
        actor=connection.actor,
        at=connection.clock.now(),
        orgs=connection.orgs,
    )


def _report(org: Org, connection: Connection, *, as_json: bool) -> None:
    acceptance = org.standing_acceptance
    if as_json:
        document = acceptance_document(acceptance)
        print_json({"org_id": org.org_id, "standing_acceptance": document})
        return
    name = escape(org.registration.display_name)
    if acceptance is None:
        say(f"Withdrawn: {name} is asked from now on. An install that has begun goes on.")
        return
    print_cautions(org, email=acceptance.email, security=acceptance.security)
    say(
        f"Recorded for {name}: {escape(acceptance.name)} <{escape(acceptance.email)}> accepts "
        f"upgrades beforehand; terms: {escape(terms_text(connection.terms))}."
    )
    if org.registration.upgrade_policy is not UpgradePolicy.AUTO:
        policy = org.registration.upgrade_policy
        say(
            f"[yellow]It has no effect yet:[/] the org's upgrade policy is {policy}. Set "
            "upgrade_policy to auto in the fleet file and import it."
        )
