"""``zoom-migrator approve cleanup`` and ``decline cleanup``."""

from __future__ import annotations

from typing import Annotated

import typer

from zoom_migrator.domain.approval import AnswerChannel
from zoom_migrator.domain.cleanup import CleanupAnswer
from zoom_migrator.domain.migration import Migration
from zoom_migrator.use_cases.answer_cleanup import CleanupOffer, answer_cleanup, open_cleanup
from zoom_migrator_cli.answers.cleanup_request import (
    confirmation_question,
    print_cleanup_request,
)
from zoom_migrator_cli.answers.person import Email, Name, email_of
from zoom_migrator_cli.answers.recording import insist_on_time, record, report
from zoom_migrator_cli.command import Json, OrgId, Yes, reported_errors, say
from zoom_migrator_cli.connection import Connection

ConnectionSeen = Annotated[
    bool,
    typer.Option(
        "--connection-seen",
        help="They have opened Zoom Config in the org, and it shows the OAuth connection.",
    ),
]


def approve_cleanup(
    context: typer.Context,
    org: OrgId,
    name: Name,
    email: Email = None,
    connection_seen: ConnectionSeen = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Record that an org's Salesforce admin wants its old API key and secret removed.

    For an answer that reached you in another way than on the page of the link. It shows what the
    page shows. Where nothing has proven that the package itself is connected, they have to have
    seen it in Zoom Config, and nothing is recorded without. Zoom is called once more before
    anything is removed.

    **Examples**

        zoom-migrator approve cleanup 00D5g000001AbCdEAK --name "Ada Lovelace"
        zoom-migrator approve cleanup 00D5g000001AbCdEAK --name "A. Lovelace" --connection-seen -y
    """
    connection: Connection = context.obj
    with reported_errors(as_json=as_json):
        offer = _open(org, connection)
        who = email_of(offer.org, email)
        if not as_json:
            _print(offer, connection, name=name, email=who)
        may_ask = not (yes or as_json)
        seen = connection_seen or _is_confirmed(offer, name, may_ask=may_ask)
        if may_ask:
            typer.confirm("Record that the old keys may be removed?", abort=True)
        answer = _answer(connection, name=name, email=who, approved=True, connection_seen=seen)
        migration = _record(offer, answer, connection)
    report(offer.org, migration, "Recorded. The old keys are removed next.", as_json=as_json)


def decline_cleanup(
    context: typer.Context,
    org: OrgId,
    name: Name,
    email: Email = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Record that an org's Salesforce admin wants to keep its old API key and secret.

    The migration ends: the org is migrated, with its old keys. `migrate start` asks again.

    **Examples**

        zoom-migrator decline cleanup 00D5g000001AbCdEAK --name "Ada Lovelace" --yes
    """
    connection: Connection = context.obj
    with reported_errors(as_json=as_json):
        offer = _open(org, connection)
        who = email_of(offer.org, email)
        if not as_json:
            _print(offer, connection, name=name, email=who)
            if not yes:
                typer.confirm("Record that the old keys are kept?", abort=True)
        answer = _answer(connection, name=name, email=who, approved=False)
        migration = _record(offer, answer, connection)
    report(offer.org, migration, "Recorded. The old keys stay.", as_json=as_json)


def _open(org: str, connection: Connection) -> CleanupOffer:
    offer = open_cleanup(org, orgs=connection.orgs, migrations=connection.migrations)
    insist_on_time(offer.org, expires_at=offer.request.expires_at, now=connection.clock.now())
    return offer


def _print(offer: CleanupOffer, connection: Connection, *, name: str, email: str) -> None:
    now, deadline = connection.clock.now(), connection.deadline
    print_cleanup_request(offer, name=name, email=email, now=now, jwt_deadline=deadline)


def _is_confirmed(offer: CleanupOffer, name: str, *, may_ask: bool) -> bool:
    """Whether somebody has seen the package connected; asked only where nothing has proven it.

    Raises:
        typer.BadParameter: Nobody can be asked.
        typer.Exit: Whoever types said that nobody has.
    """
    if not offer.request.needs_confirmation:
        return False
    if not may_ask:
        raise typer.BadParameter(
            "--connection-seen is missing: nothing has proven that the package itself is "
            "connected, so that somebody has to have seen it in Zoom Config of the org."
        )
    if not typer.confirm(confirmation_question(name)):
        say("Nothing was recorded: the old keys stay until somebody has seen the connection.")
        raise typer.Exit(1)
    return True


def _answer(
    connection: Connection, *, name: str, email: str, approved: bool, connection_seen: bool = False
) -> CleanupAnswer:
    return CleanupAnswer(
        approved=approved,
        at=connection.clock.now(),
        name=name,
        email=email,
        channel=AnswerChannel.COMMAND_LINE,
        source=connection.machine,
        connection_seen=connection_seen,
        recorded_by=connection.actor,
    )


def _record(offer: CleanupOffer, answer: CleanupAnswer, connection: Connection) -> Migration:
    return record(
        offer,
        lambda asked: answer_cleanup(
            asked,
            answer,
            migrations=connection.migrations,
            vault=connection.vault,
            callback=connection.callback,
        ),
        id_of=lambda asked: asked.request.request_id,
        reopen=lambda: _open(offer.org.org_id, connection),
    )
