"""``zoom-migrator setup zoom-app``."""

from __future__ import annotations

from typing import Annotated

import typer

from zoom_migrator.domain.errors import InvalidSettings
from zoom_migrator_cli.command import reported_errors, say
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.setup.asking import ask
from zoom_migrator_cli.zoom_secret import NOT_OF_A_JWT_APP, may_be_of_a_jwt_app, with_zoom_app


def zoom_app(
    context: typer.Context,
    client_id: Annotated[
        str, typer.Option(help="Client id of the Zoom OAuth app's production credentials.")
    ],
) -> None:
    """Store the Zoom app's credentials in the stack's secret.

    The client secret is asked for and not shown, or read from a pipe, and goes nowhere but to AWS
    Secrets Manager. Grants belong to the app they were given to: with another client id every org
    has to be authorized again.

    **Examples**

        zoom-migrator setup zoom-app --client-id bDU6oQQ5Qe6sz9mVaMVEyw
        vault read -field=secret zoom | zoom-migrator setup zoom-app --client-id bDU6oQQ5Q...
    """
    connection: Connection = context.obj
    with reported_errors():
        client_secret = ask("Client secret")
        if not client_secret:
            raise InvalidSettings(
                "No client secret was given.", remedy="Type it, or pipe it in; nothing was stored."
            )
        secret = connection.zoom_secret
        text = with_zoom_app(secret.read(), client_id, client_secret)
        secret.write(text)
    if may_be_of_a_jwt_app(text):
        say(f"[yellow]Warning:[/] these look like the key pair of a JWT app. {NOT_OF_A_JWT_APP}")
    say("Stored. Functions use it within five minutes; `zoom-migrator doctor --probe` tries it.")
