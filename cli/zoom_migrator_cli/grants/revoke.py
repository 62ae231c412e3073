"""``zoom-migrator grants revoke``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import typer
from rich.markup import escape

from zoom_migrator.domain.grant import GrantStatus
from zoom_migrator.use_cases.revoke_grant import Revoked, revoke_grant
from zoom_migrator_cli.command import Json, Yes, complain, print_json, reported_errors, say
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.exit_codes import ExitCode
from zoom_migrator_cli.grants.documents import grant_document
from zoom_migrator_cli.grants.look import print_users
from zoom_migrator_cli.grants.losses import LostOrg, lost_document, note_losses, print_losses
from zoom_migrator_cli.grants.refresh import ENDS_WITH
from zoom_migrator_cli.grants.shared import GrantOrOrg, SharedGrant, found_grant, with_orgs
from zoom_migrator_cli.grants.words import kept_from_revoking, not_revoked, to_do_about

_MEANS: Final = (
    "Zoom then refuses its tokens, and they are destroyed here. Every org that uses it falls back "
    "to JWT where it still can, is disconnected otherwise, and is asked to authorize again; "
    "nothing in Salesforce changes. The app stays added at Zoom until an admin removes it in the "
    "Marketplace."
)


def revoke(
    context: typer.Context, grant: GrantOrOrg, yes: Yes = False, as_json: Json = False
) -> None:
    """Revoke a grant at Zoom, destroy its tokens, and record it with every org that used it.

    It shows which orgs that concerns, and asks first. Repeating it is harmless.

    **Examples**

        zoom-migrator grants revoke 00D5g000001AbCdEAK
        zoom-migrator grants revoke 5d1f0c9e3b7a4c6d8e2f1a0b9c8d7e6f --yes
    """
    connection: Connection = context.obj
    with reported_errors(as_json=as_json):
        found = found_grant(grant, connection)
        if found.grant.status is GrantStatus.DEAD:
            losses = note_losses(found.grant, connection)
            revoked = Revoked(found.grant, is_done=True)
            _report(revoked, found, losses, connection, as_json=as_json)
            return
        if not as_json:
            _show(found)
            if not yes:
                typer.confirm("Revoke it?", abort=True)
        revoked = revoke_grant(
            found.grant.grant_id,
            requested_by=connection.actor,
            orgs=connection.orgs,
            ports=connection.grant_ports,
            ids=connection.secret_ids,
            clock=connection.clock,
            settings=connection.grant_settings,
        )
        losses = note_losses(revoked.grant, connection) if revoked.is_done else []
        shared = with_orgs(revoked.grant, connection.orgs)
    _report(revoked, shared, losses, connection, as_json=as_json)


def _show(found: SharedGrant) -> None:
    subject = found.grant.subject
    say(
        f"The grant of [bold]{escape(found.grant.email)}[/], Zoom account "
        f"{escape(subject.account_id)}, {found.grant.status}."
    )
    print_users(found)
    say(f"\n{_MEANS}")


def _report(
    revoked: Revoked,
    shared: SharedGrant,
    losses: Sequence[LostOrg],
    connection: Connection,
    *,
    as_json: bool,
) -> None:
    if as_json:
        print_json(
            {
                "revoked": revoked.is_done,
                "problem": revoked.problem or None,
                "summary": None if revoked.is_done else not_revoked(revoked.problem),
                "orgs_without_authorization": [lost_document(lost) for lost in losses],
                "grant": grant_document(shared, connection.clock.now()),
            }
        )
    elif revoked.is_done:
        say(f"It is dead. {to_do_about(shared.grant)}" if shared.users else "It is dead.")
        print_losses(losses, connection)
    else:
        complain(f"[red]Not revoked:[/] {escape(not_revoked(revoked.problem))}")
    if not revoked.is_done:
        raise typer.Exit(_exit_code(revoked.problem))
    if any(lost.error for lost in losses):
        raise typer.Exit(ExitCode.TRY_AGAIN)


def _exit_code(problem: str) -> ExitCode:
    outcome = kept_from_revoking(problem)
    return ENDS_WITH.get(outcome, ExitCode.TRY_AGAIN) if outcome else ExitCode.TRY_AGAIN
