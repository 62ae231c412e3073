"""``zoom-migrator setup slack``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Final

import typer

from zoom_migrator.adapters.slack.secret import SlackAccess
from zoom_migrator.domain.errors import InvalidSettings
from zoom_migrator.notice_settings import WEBHOOK
from zoom_migrator_cli.command import reported_errors, say
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.setup.asking import ask_or_skip
from zoom_migrator_cli.slack_secret import SlackField, access_in, is_unusual, with_fields

_UNUSUAL: Final = (
    "[yellow]Warning:[/] the signing secret does not look like Slack's, which are 32 hexadecimal "
    "digits. It stands in Basic Information > App Credentials, and is neither the client secret "
    "nor the verification token."
)


def slack(
    context: typer.Context,
    only: Annotated[
        list[SlackField] | None,
        typer.Option("--only", help="Ask for this alone; repeatable. All three otherwise."),
    ] = None,
    remove: Annotated[
        list[SlackField] | None,
        typer.Option("--remove", help="Have this no more; repeatable. Asks for nothing."),
    ] = None,
) -> None:
    """Store what the product is at Slack: bot token, signing secret, incoming webhook.

    They are asked for one after the other and not shown, or read from a pipe, a line each in that
    order, and go nowhere but to AWS Secrets Manager. An empty line keeps what is stored. A webhook
    alone is enough to post to its channel; the bot token posts to any channel the app is in; with
    the signing secret, messages have buttons that answer. A webhook has to be at
    `hooks.slack.com` or `hooks.slack-gov.com`.

    **Examples**

        zoom-migrator setup slack
        vault read -field=token slack | zoom-migrator setup slack --only bot_token
        zoom-migrator setup slack --remove webhook_url
    """
    connection: Connection = context.obj
    if only and remove:
        raise typer.BadParameter("--only and --remove exclude each other")
    with reported_errors():
        secret = connection.slack_secret
        fields = dict.fromkeys(remove, "") if remove else _asked(only or list(SlackField))
        stored = secret.read()
        text = with_fields(stored, fields)
        if text != stored:
            secret.write(text)
        said = list(_consequences(access_in(text), connection))
    say("Removed." if remove else "Stored. Functions use it within five minutes.")
    for line in said:
        say(line)


def _asked(fields: Sequence[SlackField]) -> Mapping[SlackField, str]:
    given = {field: ask_or_skip(field.label) for field in fields}
    found = {field: value for field, value in given.items() if value}
    if not found:
        raise InvalidSettings(
            "Nothing was given.",
            remedy="Type or pipe in at least one; to have one no more: --remove.",
        )
    return found


def _consequences(access: SlackAccess, connection: Connection) -> Iterator[str]:
    """What the product can do with it, and what is left to do."""
    if not access.can_post:
        yield "Nothing is posted to Slack: there is neither a bot token nor a webhook."
        return
    if not _told(connection, "SlackDefaultChannel"):
        one = "a channel's id" if access.bot_token else WEBHOOK
        yield f"Nothing is posted before you deploy with SlackDefaultChannel, such as {one}."
    if not access.bot_token:
        yield "With a webhook alone, everything goes to its channel, whatever channel an org has."
    if not access.signing_secret:
        yield "Messages have links instead of buttons, for want of a signing secret."
        return
    if is_unusual(access.signing_secret):
        yield _UNUSUAL
    if address := _told(connection, "SlackInteractionsUrl"):
        yield f"At Slack, Interactivity & Shortcuts > Request URL: {address}"


def _told(connection: Connection, name: str) -> str:
    """What the stack says of itself; empty where it does not."""
    return connection.outputs.get(name, "") or connection.parameters.get(name, "")
