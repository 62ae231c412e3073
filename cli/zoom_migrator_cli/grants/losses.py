"""What the end of a grant means for the orgs that used it, recorded at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rich.markup import escape

from zoom_migrator.domain.errors import MigratorError
from zoom_migrator.domain.grant import Grant
from zoom_migrator.domain.loss import CONNECTED, Loss, LossCause
from zoom_migrator.domain.org import Org
from zoom_migrator.use_cases.note_lost_authorization import LossPorts, note_lost_authorization
from zoom_migrator.use_cases.revoke_grant import REVOKED
from zoom_migrator_cli.command import complain, error_document, say
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.documents import Document
from zoom_migrator_cli.ports import loss_ports
from zoom_migrator_cli.standing import status_label


@dataclass(frozen=True, slots=True)
class LostOrg:
    """An org that has lost its authorization, or of which that could not be recorded.

    Attributes:
        before: The org as it was.
        after: The org as it is now; None where something went wrong.
    """

    before: Org
    after: Org | None = None
    error: MigratorError | None = None


def note_losses(
    grant: Grant, connection: Connection, *, cause: LossCause = LossCause.REFUSED
) -> list[LostOrg]:
    """Let every org that is connected by a dead grant fall back, and be authorized again.

    Repeating it is harmless, and one org's trouble does not keep the others.

    Args:
        cause: Why, where it was no operator who ended it.

    Raises:
        MigratorError: The stack or its orgs cannot be read.
    """
    why = LossCause.REVOKED if grant.problem == REVOKED else cause
    loss = Loss(why, grant.grant_id, grant.version)
    orgs: Mapping[str, Org] = connection.orgs.get_many(grant.orgs) if grant.orgs else {}
    connected = [org for org in orgs.values() if org.status in CONNECTED]
    if not connected:
        return []
    # What is wrong with the stack or with whoever types is wrong for every org.
    ports, actor, deadline = loss_ports(connection), connection.actor, connection.deadline
    return [_noted(org, loss, ports, actor, deadline) for org in connected]


def _noted(org: Org, loss: Loss, ports: LossPorts, actor: str, deadline: date) -> LostOrg:
    try:
        after = note_lost_authorization(
            org.org_id, loss, actor=actor, ports=ports, jwt_deadline=deadline
        )
    except MigratorError as error:
        return LostOrg(org, error=error)
    return LostOrg(org, after)


def lost_document(lost: LostOrg) -> Document:
    """What became of an org, for scripts."""
    return {
        "org_id": lost.before.org_id,
        "name": lost.before.registration.display_name,
        "status_before": lost.before.status,
        "status": lost.after.status if lost.after else lost.before.status,
        "error": error_document(lost.error) if lost.error else None,
    }


def print_losses(losses: Sequence[LostOrg], connection: Connection) -> None:
    """Say what became of the orgs."""
    deadline, today = connection.deadline, connection.clock.now().date()
    for lost in losses:
        name = escape(lost.before.registration.display_name)
        if lost.after is not None:
            label = status_label(lost.after, fleet_deadline=deadline, today=today)
            say(f"{name} ({lost.before.org_id}) is {label}; it is asked to authorize again.")
        elif lost.error is not None:
            complain(
                f"[red]Not recorded:[/] {name} ({lost.before.org_id}): "
                f"{escape(lost.error.message)} Repeat the command."
            )
