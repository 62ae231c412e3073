"""``zoom-migrator grants refresh``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

import typer
from rich.markup import escape

from zoom_migrator.domain.loss import cause_of
from zoom_migrator.domain.zoom_failure import ZoomFailure
from zoom_migrator.use_cases.refresh_grant import (
    Refreshed,
    RefreshNeed,
    RefreshOutcome,
    refresh_grant,
)
from zoom_migrator_cli.command import Json, complain, print_json, reported_errors, say
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.exit_codes import ExitCode
from zoom_migrator_cli.grants.documents import failure_document, grant_document
from zoom_migrator_cli.grants.look import print_users
from zoom_migrator_cli.grants.losses import LostOrg, lost_document, note_losses, print_losses
from zoom_migrator_cli.grants.shared import GrantOrOrg, SharedGrant, found_grant, with_orgs
from zoom_migrator_cli.grants.words import happened, then_after
from zoom_migrator_cli.layout import moment

_O = RefreshOutcome
ENDS_WITH: Final = {
    _O.BUSY: ExitCode.TRY_AGAIN,
    _O.UNAVAILABLE: ExitCode.TRY_AGAIN,
    _O.REFUSED: ExitCode.TRY_AGAIN,
    _O.DEAD: ExitCode.FAILED,
    _O.UNKNOWN: ExitCode.FAILED,
    _O.MISCONFIGURED: ExitCode.NOT_CONNECTED,
}
"""Exit codes of outcomes after which the grant's tokens are not known to be good."""


def refresh(
    context: typer.Context,
    grant: GrantOrOrg,
    if_due: Annotated[
        bool, typer.Option("--if-due", help="Leave tokens alone that are young enough.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Exchange a grant's refresh token at Zoom for new tokens, once, and say what happened.

    That also proves the grant: Zoom knows it, or does not, which is recorded with its orgs. A
    grant of which nothing is known is tried as well, which settles it. What is wrong with our own
    app costs no grant.

    **Examples**

        zoom-migrator grants refresh 00D5g000001AbCdEAK
        zoom-migrator grants refresh 5d1f0c9e3b7a4c6d8e2f1a0b9c8d7e6f --if-due --json
    """
    connection: Connection = context.obj
    with reported_errors(as_json=as_json):
        found = found_grant(grant, connection)
        refreshed = refresh_grant(
            found.grant.grant_id,
            RefreshNeed.KEEP_ALIVE if if_due else RefreshNeed.OPERATOR,
            ports=connection.grant_ports,
            ids=connection.secret_ids,
            clock=connection.clock,
            settings=connection.grant_settings,
        )
        losses = _losses(refreshed, connection)
        shared = with_orgs(refreshed.grant, connection.orgs)
    if as_json:
        _print_document(refreshed, shared, losses, connection)
    else:
        _print(refreshed, shared)
        print_losses(losses, connection)
    if refreshed.outcome in ENDS_WITH:
        raise typer.Exit(ENDS_WITH[refreshed.outcome])


def _losses(refreshed: Refreshed, connection: Connection) -> list[LostOrg]:
    """Record with its orgs that a grant is dead; one that is unknown is worth another try."""
    if refreshed.outcome is not _O.DEAD:
        return []
    return note_losses(refreshed.grant, connection, cause=cause_of(refreshed.failure))


def _print_document(
    refreshed: Refreshed, shared: SharedGrant, losses: Sequence[LostOrg], connection: Connection
) -> None:
    print_json(
        {
            "outcome": refreshed.outcome,
            "summary": happened(refreshed.outcome),
            "remedy": then_after(refreshed) or None,
            "failure": failure_document(refreshed.failure),
            "orgs_without_authorization": [lost_document(lost) for lost in losses],
            "grant": grant_document(shared, connection.clock.now()),
        }
    )


def _print(refreshed: Refreshed, shared: SharedGrant) -> None:
    failed = refreshed.outcome in ENDS_WITH
    report = complain if failed else say
    report(f"{escape(shared.grant.email)}: {happened(refreshed.outcome)}")
    if refreshed.failure is not None:
        complain(escape(f"Zoom: {said_by(refreshed.failure)}"))
    if then := then_after(refreshed):
        complain(f"[bold]What to do:[/] {escape(then)}")
    if not failed:
        say(f"The tokens are of {moment(shared.grant.issued_at)}.")
    if refreshed.outcome in (_O.DEAD, _O.UNKNOWN):
        print_users(shared)


def said_by(failure: ZoomFailure) -> str:
    """What Zoom said, with what its support finds the call by."""
    parts = [failure.code.value]
    if failure.detail:
        parts.append(failure.detail)
    if failure.http_status is not None:
        parts.append(f"HTTP {failure.http_status}")
    if failure.tracking_id:
        parts.append(f"x-zm-trackingid {failure.tracking_id}")
    return " · ".join(parts)
