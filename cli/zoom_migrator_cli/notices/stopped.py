"""By which ways nobody of an org can be told at present, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from zoom_migrator.domain.delivery import Channel, Recipient
from zoom_migrator.domain.errors import InvalidSettings
from zoom_migrator.domain.mute import ChannelTrouble, Suppression
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.recipients import by_mail
from zoom_migrator.domain.telling import one_line
from zoom_migrator.notice_settings import WEBHOOK
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.documents import Document
from zoom_migrator_cli.layout import moment

type Stop = ChannelTrouble | Suppression


def stops_of(org: Org, connection: Connection) -> list[Stop]:
    """What keeps people from being told of an org: its Slack channel first, then its admins.

    Raises:
        StoreUnavailable: The store is out of reach.
    """
    row = org.registration
    channel = row.slack_channel or _default_channel(connection)
    emails = {by_mail(row.salesforce_admin_email).address, by_mail(row.zoom_admin_email).address}
    troubles = connection.contacts.troubles([channel])
    stopped = connection.contacts.suppressed(emails - {""})
    return [*troubles.values(), *(stopped[each] for each in sorted(stopped))]


def stop_documents(stops: Sequence[Stop]) -> list[Document]:
    """The same, for scripts."""
    return [
        {"channel": way.channel, "address": way.address or WEBHOOK, "error": error, "since": since}
        for way, error, since in map(_parts, stops)
    ]


def stop_lines(stops: Sequence[Stop]) -> Iterator[str]:
    """The same in words."""
    for way, error, since in map(_parts, stops):
        name = f"Slack's {way.address or WEBHOOK}" if way.channel is Channel.SLACK else way.address
        yield (
            f"{one_line(name)} takes nothing ({one_line(error)}) since {moment(since)}; the "
            "operators are told by mail instead, where they have an address."
        )


def _parts(stop: Stop) -> tuple[Recipient, str, datetime]:
    if isinstance(stop, ChannelTrouble):
        return Recipient(Channel.SLACK, stop.channel), stop.error, stop.since
    return Recipient(Channel.EMAIL, stop.address), stop.cause, stop.at


def _default_channel(connection: Connection) -> str:
    try:
        return connection.notice_settings.slack_channel
    except InvalidSettings:
        # A stack of an older template posts nothing, and shows its orgs all the same.
        return ""
