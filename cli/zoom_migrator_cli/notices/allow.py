"""Lifts what keeps an address or a Slack channel from being sent to."""

from __future__ import annotations

from typing import Final

import typer
from rich.markup import escape

from zoom_migrator.domain.delivery import Channel, Recipient
from zoom_migrator.domain.mute import ChannelTrouble, Suppression
from zoom_migrator.domain.recipients import by_mail
from zoom_migrator.domain.telling import one_line
from zoom_migrator.notice_settings import WEBHOOK
from zoom_migrator.use_cases.allow_address import allow_address
from zoom_migrator_cli.command import print_json, reported_errors, say
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.layout import moment
from zoom_migrator_cli.ports import mute_ports

_COMPLAINT: Final = "complaint"
_CALLED_SPAM: Final = (
    "Its owner called a mail spam. Ask them first: a second complaint counts against everything "
    "that is sent from your AWS account."
)
_LIST_OF_SES: Final = (
    "If SES drops mail to it all the same, it is on a list of the account's own: `aws sesv2 "
    "delete-suppressed-destination --email-address {address}` takes it off."
)


def lift(text: str, connection: Connection, *, may_ask: bool, as_json: bool) -> None:
    """Let something be sent to an e-mail address or a Slack channel again, and say so.

    Args:
        may_ask: Whether whoever types is asked first; not where a script reads.

    Raises:
        typer.Exit: Something went wrong, and was reported.
    """
    to = _recipient(text)
    with reported_errors(as_json=as_json):
        stopped = _stopped(to, connection)
        if stopped is not None:
            if not as_json:
                say(_why(to, stopped))
                if may_ask:
                    typer.confirm("Send to it again from now on?", abort=True)
            _lift(to, connection)
    if as_json:
        print_json({"channel": to.channel, "address": to.address or None, "lifted": bool(stopped)})
    elif stopped is None:
        say(f"{escape(_shown(to))} was not stopped.")
    else:
        say(f"{escape(_shown(to))} is sent to again. What it missed: `zoom-migrator notices list`.")
        if to.channel is Channel.EMAIL:
            say(_LIST_OF_SES.format(address=escape(to.address)))


def _recipient(text: str) -> Recipient:
    if "@" in text:
        return by_mail(text)
    return Recipient(Channel.SLACK, "" if text == WEBHOOK else text)


def _stopped(to: Recipient, connection: Connection) -> Suppression | ChannelTrouble | None:
    """Why nothing is sent there; None where something is."""
    if to.channel is Channel.EMAIL:
        return connection.contacts.suppressed([to.address]).get(to.address)
    return connection.contacts.troubles([to.address]).get(to.address)


def _lift(to: Recipient, connection: Connection) -> None:
    if to.channel is Channel.EMAIL:
        allow_address(to.address, requested_by=connection.actor, ports=mute_ports(connection))
    else:
        connection.contacts.clear_trouble(to.address)


def _why(to: Recipient, stopped: Suppression | ChannelTrouble) -> str:
    shown = escape(_shown(to))
    if isinstance(stopped, ChannelTrouble):
        return f"{shown} has taken nothing since {moment(stopped.since)}: {_line(stopped.error)}."
    said = f": {_line(stopped.detail)}" if stopped.detail else ""
    text = f"Nothing is sent to {shown} since {moment(stopped.at)}, for a {stopped.cause}{said}."
    return f"{text} [yellow]{_CALLED_SPAM}[/]" if stopped.cause == _COMPLAINT else text


def _shown(to: Recipient) -> str:
    return to.address or "The webhook's channel"


def _line(text: str) -> str:
    return escape(one_line(text))
