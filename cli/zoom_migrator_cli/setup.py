"""``zoom-migrator setup``: hand the stack its credentials."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from zoom_migrator.adapters.salesforce.credentials import parse_app_credentials
from zoom_migrator.domain.errors import InvalidSettings
from zoom_migrator_cli.command import reported_errors, say
from zoom_migrator_cli.connection import Connection

app = typer.Typer(no_args_is_help=True, help="One-time set-up of a deployed stack.")


@app.command("salesforce-app")
def salesforce_app(
    context: typer.Context,
    consumer_key: Annotated[str, typer.Option(help="Consumer key of the External Client App.")],
    private_key_file: Annotated[
        Path | None, typer.Option(help="PEM file of the key behind the app's certificate.")
    ] = None,
    ask_consumer_secret: Annotated[
        bool,
        typer.Option(help="Ask for the consumer secret, for orgs that use client credentials."),
    ] = False,
) -> None:
    """Store the Salesforce app's credentials in the stack's secret.

    They are checked for form first, and go nowhere but to AWS Secrets Manager. What was stored
    before is replaced as a whole.

    **Examples**

        zoom-migrator setup salesforce-app --consumer-key 3MVG9... --private-key-file app.key
        zoom-migrator setup salesforce-app --consumer-key 3MVG9... --ask-consumer-secret
        vault read -field=s app | zoom-migrator setup salesforce-app --ask-consumer-secret ...
    """
    connection: Connection = context.obj
    document = {"consumer_key": consumer_key}
    with reported_errors():
        if private_key_file is not None:
            document["private_key"] = _read(private_key_file)
        if ask_consumer_secret:
            document["consumer_secret"] = _ask("Consumer secret")
        if len(document) == 1:
            raise InvalidSettings(
                "Neither a private key nor a consumer secret was given.",
                remedy="Give --private-key-file, --ask-consumer-secret, or both.",
            )
        text = json.dumps(document)
        parse_app_credentials(text)
        connection.salesforce_secret.write(text)
    say("Stored. The next scan uses it.")


def _ask(what: str) -> str:
    """Ask without showing what is typed; a script pipes it in instead."""
    if sys.stdin.isatty():
        return str(typer.prompt(what, hide_input=True))
    return sys.stdin.readline().strip()


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidSettings(
            f"{file} cannot be read as a PEM file.", remedy="Check the path and its permissions."
        ) from error
