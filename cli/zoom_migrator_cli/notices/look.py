"""``zoom-migrator notices list`` and ``show``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

import typer
from rich.markup import escape

from zoom_migrator.adapters.mail.text import as_text
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.notice_kinds import Audience
from zoom_migrator_cli.command import Json, console, print_json, reported_errors, say
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.documents import Document
from zoom_migrator_cli.layout import facts_table, without_blanks
from zoom_migrator_cli.notices.documents import notice_document
from zoom_migrator_cli.notices.names import FLEET, NoticeArgument, OrgOrFleet
from zoom_migrator_cli.notices.outcomes import delivery_text, outcome_of
from zoom_migrator_cli.notices.tables import notices_table, outcome_label
from zoom_migrator_cli.notices.told import ToldNotice, found_notice, told_of, told_of_all
from zoom_migrator_cli.notices.words import Worded, worded

_READERS: Final[Mapping[Audience, str]] = {
    Audience.SALESFORCE_ADMIN: "the Salesforce admin reads",
    Audience.ZOOM_ADMIN: "the Zoom admin reads",
    Audience.OPERATORS: "operators read",
}


def list_(
    context: typer.Context,
    org: Annotated[
        str | None,
        typer.Argument(
            metavar="ORG",
            help=f"15- or 18-character org id, or `{FLEET}` for news of scans; all if left out.",
        ),
    ] = None,
    kind: Annotated[
        list[NoticeKind] | None,
        typer.Option(
            metavar="KIND", help="Only notices of this kind (docs/notices.md); repeatable."
        ),
    ] = None,
    undelivered: Annotated[
        bool,
        typer.Option(
            "--undelivered", help="Only those of which somebody was not, or may not be, told."
        ),
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many, the newest first.")] = 50,
    as_json: Json = False,
) -> None:
    """List what was told to whom, by which way, when, and how it went.

    `failed`: somebody was not told, and nothing is tried any more. `unknown`: it may have been
    sent or not, so it is not sent again by itself. `nobody`: nothing was tried. `suppressed`:
    nobody was to be told any more, for the reason shown.

    **Examples**

        zoom-migrator notices list --undelivered
        zoom-migrator notices list 00D5g000001AbCdEAK
        zoom-migrator notices list --kind deadline_near --kind deadline_overdue --limit 500
        zoom-migrator notices list --json | jq -r '.[] | select(.outcome == "unknown") | .org_id'
    """
    connection: Connection = context.obj
    with reported_errors(as_json=as_json):
        settings, now = connection.notice_settings, connection.clock.now()
        found = told_of(org, connection) if org is not None else told_of_all(connection)
        found = [
            told
            for told in found
            if (not kind or told.ref.kind in kind)
            and not (undelivered and outcome_of(told, now=now, settings=settings).is_in_order)
        ]
    shown = found[:limit]
    if as_json:
        print_json([notice_document(told, now=now, settings=settings) for told in shown])
    elif found:
        console.print(notices_table(shown, now=now, settings=settings))
        _say_how_many_more(len(found) - len(shown))
    elif kind or undelivered:
        say("No such notice.")
    else:
        say("No notice: nothing has happened yet of which anybody has to know.")


def show(
    context: typer.Context,
    org: OrgOrFleet,
    notice: NoticeArgument,
    reader: Annotated[
        Audience | None,
        typer.Option(help="For whom the words are; the first who has to know otherwise."),
    ] = None,
    with_link: Annotated[bool, typer.Option("--link", help="Also the link in it.")] = False,
    as_json: Json = False,
) -> None:
    """Show a notice in the words of its mail, and what became of telling people.

    The words are those of today: a deadline has come nearer, and a link is gone where nobody is
    waited for any more. Whoever has the link of `--link` can open the request; hand it to nobody
    but whom it is for.

    **Examples**

        zoom-migrator notices show 00D5g000001AbCdEAK upgrade_approval_needed
        zoom-migrator notices show 00D5g000001AbCdEAK upgrade_approval_reminder/1/2 --link
        zoom-migrator notices show fleet scan_finished --json | jq -r .message.text
    """
    connection: Connection = context.obj
    with reported_errors(as_json=as_json):
        told = found_notice(org, notice, connection)
        words = worded(told, reader, connection, with_link=with_link)
        settings = connection.notice_settings
    document = notice_document(told, now=connection.clock.now(), settings=settings)
    if as_json:
        facts = dict(told.notice.facts) if told.notice else {}
        print_json(document | {"facts": facts, "message": _message_document(words)})
    else:
        _print(told, words, document, connection)


def _say_how_many_more(count: int) -> None:
    if count:
        say(f"{count:,} older ones are not shown; --limit shows more.")


def _message_document(words: Worded) -> Document:
    return {
        "reader": words.reader,
        "is_over": words.is_over,
        "subject": words.message.subject,
        "text": as_text(words.message),
    }


def _print(told: ToldNotice, words: Worded, document: Document, connection: Connection) -> None:
    now, settings = connection.clock.now(), connection.notice_settings
    console.print(
        f"[bold]{escape(told.name or FLEET)}[/], {escape(document['notice'])}:",
        outcome_label(told, now=now, settings=settings),
    )
    facts = {name: value for name, value in document.items() if name not in ("name", "deliveries")}
    console.print(facts_table(without_blanks(facts)))
    if told.deliveries:
        say("\n[bold]Who was told[/]")
        for each in told.deliveries:
            console.print("  ", delivery_text(each, now=now, settings=settings), sep="")
    say(f"\n[bold]What {_READERS[words.reader]}[/], by mail and in other layout in Slack")
    if words.is_over:
        say("It would not be sent any more: what it asks for was done, answered or withdrawn.")
    # Bare, as it stands in the mail.
    typer.echo(f"\nSubject: {words.message.subject}\n\n{as_text(words.message)}", nl=False)
