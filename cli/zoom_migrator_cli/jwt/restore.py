"""``zoom-migrator jwt restore``."""

from __future__ import annotations

import typer
from rich.markup import escape

from zoom_migrator.domain.errors import NothingToRestore
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.use_cases.find_orgs import find_org
from zoom_migrator.use_cases.put_back_rows import Restored, insist_that_nobody_removes
from zoom_migrator.use_cases.restore_keys import RestoreOrder, restore_keys
from zoom_migrator_cli.answers.person import ApprovedBy, Email, Reason, email_of
from zoom_migrator_cli.answers.request import print_cautions
from zoom_migrator_cli.command import Json, OrgId, Yes, complain, print_json, reported_errors, say
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.exit_codes import ExitCode
from zoom_migrator_cli.jwt.backup import OldKeys, backup_text, old_keys_of
from zoom_migrator_cli.ports import restore_ports
from zoom_migrator_cli.standing import status_label

_MEANS = (
    "The key and secret of each row are put back into the package's settings. A row in which "
    "something stands by now is left alone."
)
_BECOMES = {
    OrgStatus.MIGRATED: "The org counts as migrated_keys_kept (restored) afterwards.",
    OrgStatus.DISCONNECTED: "The org counts as fallback_jwt afterwards, until JWT ends.",
}
_IS_OVER = (
    "JWT ended for this org on {deadline}: the keys are of no use at Zoom, and whoever finds them "
    "is told a secret."
)


def restore(
    context: typer.Context,
    org: OrgId,
    approved_by: ApprovedBy,
    reason: Reason,
    email: Email = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Put an org's old keys back from their backup, as long as it exists.

    It shows what is put back, and asks. Who wanted it and who allowed it is on record before
    anything is sent; what is there afterwards is read back. Repeating it is harmless. While keys
    are being removed it is refused.

    **Examples**

        zoom-migrator jwt restore 00D5g000001AbCdEAK --approved-by "A. Lovelace" --reason TK-17
        zoom-migrator jwt restore 00D5g000001AbCdEAK --approved-by Ada --reason "OAuth down" --yes
    """
    connection: Connection = context.obj
    with reported_errors(as_json=as_json):
        known = old_keys_of(org, connection)
        insist_that_nobody_removes(known.org, connection.migrations)
        who = email_of(known.org, email)
        if not as_json:
            _show(known, name=approved_by, email=who)
            if not yes:
                typer.confirm("Put the old keys back?", abort=True)
        order = RestoreOrder(connection.actor, f"{approved_by} <{who}>", reason)
        restored = restore_keys(
            known.org.org_id,
            order,
            ports=restore_ports(connection),
            jwt_deadline=connection.deadline,
        )
        after = find_org(known.org.org_id, orgs=connection.orgs)
    _report(restored, after, connection, as_json=as_json)


def _show(known: OldKeys, *, name: str, email: str) -> None:
    """Say what is about to be done, by whose leave, and what follows.

    Raises:
        NothingToRestore: There is no backup.
    """
    if known.backup is None:
        raise NothingToRestore(
            f"No backup of the old keys of org {known.org.org_id} exists any more.",
            remedy="Enter a key and a secret by hand, in Zoom Config of the org.",
        )
    row = known.org.registration
    say(f"[bold]{escape(row.display_name)}[/] ({known.org.org_id}, {row.environment})")
    say(escape(backup_text(known.backup)))
    say(f"Approved by {escape(f'{name} <{email}>')}.")
    say(f"\n{_MEANS}")
    becomes = _BECOMES.get(known.org.status)
    if becomes and not (known.is_jwt_over and known.org.status is OrgStatus.DISCONNECTED):
        say(becomes)
    if known.is_jwt_over:
        say(f"[yellow]Warning:[/] {_IS_OVER.format(deadline=known.deadline)}")
    print_cautions(known.org, email=email, security=None)


def _report(restored: Restored, org: Org, connection: Connection, *, as_json: bool) -> None:
    today, deadline = connection.clock.now().date(), connection.deadline
    if as_json:
        print_json(_document(restored, org))
    else:
        _print(restored)
        label = status_label(org, fleet_deadline=deadline, today=today)
        say(f"{escape(org.registration.display_name)} is {label}.")
    if restored.problems or (restored.gone and not restored.restored):
        raise typer.Exit(ExitCode.FAILED)


def _document(restored: Restored, org: Org) -> dict[str, object]:
    return {
        "org_id": org.org_id,
        "status": org.status,
        "keys_kept": org.keys_kept,
        "is_complete": restored.is_complete,
        "restored": list(restored.restored),
        "occupied": list(restored.occupied),
        "gone": list(restored.gone),
        "problems": [{"row": row_id, "said": said} for row_id, said in restored.problems],
    }


def _print(restored: Restored) -> None:
    for row_id in restored.restored:
        say(f"[green]Put back:[/] {row_id}")
    for row_id in restored.occupied:
        say(f"Left alone, because something stands in it: {row_id}")
    for row_id in restored.gone:
        complain(f"[yellow]Gone:[/] {row_id} does not exist any more; enter its keys by hand.")
    for row_id, said in restored.problems:
        complain(f"[red]Not put back:[/] {row_id}: {escape(said)}")
    if restored.problems:
        complain("[bold]What to do:[/] Mend that, then repeat the command.")
