"""``zoom-migrator notices resend``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Final

import typer
from rich.markup import escape

from zoom_migrator.domain.delivery import Channel, DeliveryStatus, Recipient
from zoom_migrator.domain.errors import InvalidSettings, NoticeNotFound
from zoom_migrator.domain.recipients import readers_of
from zoom_migrator.domain.telling import one_line
from zoom_migrator.use_cases.resend_notice import resend_notice
from zoom_migrator_cli.command import Json, OrgId, Yes, print_json, reported_errors, say
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.documents import Document
from zoom_migrator_cli.notices.names import FLEET, NoticeArgument, NoticeName, name_of
from zoom_migrator_cli.notices.outcomes import recipient_text, status_of
from zoom_migrator_cli.notices.told import ToldNotice, found_notice
from zoom_migrator_cli.notices.words import worded
from zoom_migrator_cli.ports import resend_ports

_S = DeliveryStatus
_CAUTIONS: Final = {
    _S.SENT: "It was sent, so it arrives twice",
    _S.UNKNOWN: "It may have been sent, so it may arrive twice",
    _S.CLAIMED: "It is being sent at this moment, so it may arrive twice",
    _S.WAITING: "It is tried again by itself, so it may arrive twice",
}

_INSTEAD: Final = "the operators are told by mail"


def resend(
    context: typer.Context,
    org: OrgId,
    notice: NoticeArgument,
    channel: Annotated[
        Channel | None, typer.Option(help="Only by this way; by all that it goes otherwise.")
    ] = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Send a notice once more, to whom it is for today, and record who wanted it.

    It shows to whom it goes, says where it may arrive twice, and asks. A mute does not count for
    it. What was done, answered or withdrawn meanwhile is not sent, and nothing goes to an address
    that is stopped.

    **Examples**

        zoom-migrator notices resend 00D5g000001AbCdEAK upgrade_approval_needed
        zoom-migrator notices resend 00D5g000001AbCdEAK upgrade_approval_reminder/1/2
        zoom-migrator notices resend 00D5g000001AbCdEAK fell_back --channel email --yes
    """
    connection: Connection = context.obj
    with reported_errors(as_json=as_json):
        told = _found(org, notice, connection)
        recipients = _recipients(told, channel, connection)
        # Nobody is asked about what this stack cannot do.
        ports = resend_ports(connection)
        if not as_json:
            _show(told, recipients, connection)
            if not yes:
                typer.confirm("Send it once more?", abort=True)
        # Whom it is for is found out when it is sent, unless it is to go one way alone.
        for recipient in recipients if channel else (None,):
            resend_notice(
                told.ref.org_id,
                ref=told.ref,
                recipient=recipient,
                requested_by=connection.actor,
                ports=ports,
            )
    if as_json:
        print_json(_document(told, recipients))
    else:
        say(f"Ordered. Look in a minute: `zoom-migrator notices list {told.ref.org_id}`.")


def _found(org: str, notice: NoticeName, connection: Connection) -> ToldNotice:
    if org == FLEET:
        raise NoticeNotFound(
            "News of a scan is not sent again.",
            remedy="See the scans themselves: `zoom-migrator scan list`.",
        )
    return found_notice(org, notice, connection)


def _recipients(
    told: ToldNotice, channel: Channel | None, connection: Connection
) -> list[Recipient]:
    """Whom it goes to today.

    Raises:
        InvalidSettings: Nobody, so that the order would come to nothing.
    """
    registration = told.org.registration if told.org else None
    facts = told.notice.facts if told.notice else {}
    readers = readers_of(told.ref.kind, facts, registration, connection.notice_settings)
    found = [each.recipient for each in readers if channel in (None, each.recipient.channel)]
    if not found:
        way = f"by {channel}" if channel else "at all"
        raise InvalidSettings(
            f"It goes to nobody {way}, so it cannot be sent again.",
            remedy="See whether Slack and mail are set up: `zoom-migrator doctor`.",
        )
    return found


def _show(told: ToldNotice, recipients: Sequence[Recipient], connection: Connection) -> None:
    words = worded(told, None, connection, with_link=False)
    say(f"[bold]{escape(told.name)}[/] ({told.ref.org_id}), {escape(name_of(told.ref))}")
    say(f"{escape(words.message.subject)}\n")
    if words.is_over:
        say(
            "[yellow]It will not be sent:[/] what it asks for was done, answered or withdrawn "
            "meanwhile. The order and its reason are kept all the same."
        )
    for recipient, caution in _cautioned(told, recipients, connection):
        remark = f". [yellow]{escape(caution)}.[/]" if caution else ""
        say(f"  to {escape(recipient_text(recipient))}{remark}")


def _cautioned(
    told: ToldNotice, recipients: Sequence[Recipient], connection: Connection
) -> Iterator[tuple[Recipient, str]]:
    """Each recipient, with what whoever sends should know; empty where there is nothing."""
    settings, now = connection.notice_settings, connection.clock.now()
    last = {each.key.recipient: each for each in told.newest}
    stopped = connection.contacts.suppressed(_addresses(recipients, Channel.EMAIL))
    troubles = connection.contacts.troubles(_addresses(recipients, Channel.SLACK))
    for recipient in recipients:
        suppression = stopped.get(recipient.address)
        trouble = troubles.get(recipient.address)
        if recipient.channel is Channel.EMAIL and suppression is not None:
            yield recipient, f"Nothing is sent there any more ({suppression.cause}); {_INSTEAD}"
        elif recipient.channel is Channel.SLACK and trouble and trouble.is_left_alone(now):
            yield recipient, f"The channel takes nothing ({one_line(trouble.error)}); {_INSTEAD}"
        elif recipient in last:
            said = _CAUTIONS.get(status_of(last[recipient], now=now, settings=settings))
            yield recipient, said or ""
        else:
            yield recipient, ""


def _addresses(recipients: Sequence[Recipient], channel: Channel) -> list[str]:
    return [each.address for each in recipients if each.channel is channel]


def _document(told: ToldNotice, recipients: Sequence[Recipient]) -> Document:
    return {
        "org_id": told.ref.org_id,
        "notice": name_of(told.ref),
        "ordered_for": [
            {"channel": each.channel, "address": each.address or None} for each in recipients
        ],
    }
