"""``zoom-migrator approve cleanup`` and ``decline cleanup``."""

from __future__ import annotations

from typing import Annotated, Final

import typer
from rich.markup import escape

from zoom_migrator.domain.approval import AnswerChannel
from zoom_migrator.domain.cleanup import CleanupAnswer
from zoom_migrator.domain.errors import ConcurrentModification, NothingToApprove
from zoom_migrator.domain.migration import Migration
from zoom_migrator.use_cases.answer_cleanup import CleanupOffer, answer_cleanup, open_cleanup
from zoom_migrator_cli.answers.cleanup_request import (
    confirmation_question,
    print_cleanup_request,
)
from zoom_migrator_cli.answers.person import Email, Name, email_of
from zoom_migrator_cli.command import Json, OrgId, Yes, print_json, reported_errors, say
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.migrate.documents import migration_document

# Whoever else changes the migration is the state machine, which is done in a moment.
_TRIES: Final = 3
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
    _report(offer, migration, "Recorded. The old keys are removed next.", as_json=as_json)


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
    _report(offer, migration, "Recorded. The old keys stay.", as_json=as_json)


def _open(org: str, connection: Connection) -> CleanupOffer:
    offer = open_cleanup(org, orgs=connection.orgs, migrations=connection.migrations)
    if connection.clock.now() >= offer.request.expires_at:
        raise NothingToApprove(
            f"The request to org {offer.org.org_id} is out of date.",
            remedy="It ends by itself in a moment; then ask anew: `zoom-migrator migrate start`.",
        )
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
    """Record an answer to just the request that was shown.

    Raises:
        NothingToApprove: It has been answered, closed or replaced by another one.
        TransientError: A store is out of reach, or keeps being changed by others.
    """
    shown = offer.request.request_id
    for _ in range(_TRIES):
        if offer.request.request_id != shown:
            raise NothingToApprove(
                "The request was replaced by another one meanwhile; nothing was recorded.",
                remedy="Repeat the command, and read what is asked now.",
            )
        try:
            return answer_cleanup(
                offer,
                answer,
                migrations=connection.migrations,
                vault=connection.vault,
                callback=connection.callback,
            )
        except ConcurrentModification:
            offer = _open(offer.org.org_id, connection)
    raise ConcurrentModification("The migration keeps being changed by others; try again.")


def _report(offer: CleanupOffer, migration: Migration, said: str, *, as_json: bool) -> None:
    if as_json:
        print_json(migration_document(migration, offer.org))
        return
    name = escape(offer.org.registration.display_name)
    say(f"{name}: {said} See `zoom-migrator migrate show {offer.org.org_id}`.")
