"""``zoom-migrator setup zoom-webhook``."""

from __future__ import annotations

from typing import Annotated

import typer

from zoom_migrator.domain.errors import InvalidSettings
from zoom_migrator_cli.command import reported_errors, say
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.setup.asking import ask
from zoom_migrator_cli.webhook_secret import WebhookTokens


def zoom_webhook(
    context: typer.Context,
    drop_previous: Annotated[
        bool,
        typer.Option("--drop-previous", help="Let only the current token count; asks for nothing."),
    ] = False,
) -> None:
    """Store the secret token that Zoom signs its events with.

    It is asked for and not shown, or read from a pipe, and goes nowhere but to AWS Secrets
    Manager. The token that was stored before goes on counting beside it, until
    `--drop-previous`, so that no event is lost while it is replaced at Zoom.

    **Examples**

        zoom-migrator setup zoom-webhook
        vault read -field=token zoom | zoom-migrator setup zoom-webhook
        zoom-migrator setup zoom-webhook --drop-previous
    """
    connection: Connection = context.obj
    with reported_errors():
        stored = WebhookTokens.stored_in(connection.webhook_secret.read())
        said = _drop(stored, connection) if drop_previous else _store(stored, connection)
    say(said)


def _asked() -> str:
    token = ask("Secret token")
    if not token:
        raise InvalidSettings(
            "No secret token was given.", remedy="Type it, or pipe it in; nothing was stored."
        )
    return token


def _store(stored: WebhookTokens, connection: Connection) -> str:
    address = connection.output("ZoomWebhookUrl")
    after = stored.replaced_by(_asked())
    if after == stored:
        return f"It is the current one already. Zoom's event notification endpoint: {address}"
    connection.webhook_secret.write(after.text)
    more = " The one before counts as well, until --drop-previous." if after.previous else ""
    return (
        f"Stored; functions use it within five minutes.{more} Register and validate this event "
        f"notification endpoint at Zoom: {address}"
    )


def _drop(stored: WebhookTokens, connection: Connection) -> str:
    if not stored.current:
        raise InvalidSettings(
            "No current token is stored, so there is none to keep.",
            remedy="Store it: `zoom-migrator setup zoom-webhook`.",
        )
    if not stored.previous:
        return "Only the current token counts already."
    connection.webhook_secret.write(stored.without_previous().text)
    return "Dropped; within five minutes only the current token counts."
