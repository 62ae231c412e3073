"""``zoom-migrator setup salesforce-app`` and ``installation-key``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from zoom_migrator.adapters.salesforce.credentials import (
    parse_app_credentials,
    with_installation_key,
)
from zoom_migrator.domain.errors import InvalidSettings
from zoom_migrator_cli.command import reported_errors, say
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.setup.asking import ask


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
    before is replaced as a whole, except for an installation key, which stays.

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
            document["consumer_secret"] = ask("Consumer secret")
        if len(document) == 1:
            raise InvalidSettings(
                "Neither a private key nor a consumer secret was given.",
                remedy="Give --private-key-file, --ask-consumer-secret, or both.",
            )
        text = json.dumps(document)
        parse_app_credentials(text)
        stored = connection.salesforce_secret.read()
        connection.salesforce_secret.write(with_installation_key(text, _installation_key(stored)))
    say("Stored. The next scan uses it.")


def installation_key(
    context: typer.Context,
    remove: Annotated[
        bool, typer.Option("--remove", help="Have no key any more; asks for nothing.")
    ] = False,
) -> None:
    """Store the key that the configured package version is protected with, if it is.

    It is asked for and not shown, or read from a pipe, and goes nowhere but to AWS Secrets
    Manager, beside the credentials of the Salesforce app.

    **Examples**

        zoom-migrator setup installation-key
        vault read -field=key zoom | zoom-migrator setup installation-key
        zoom-migrator setup installation-key --remove
    """
    connection: Connection = context.obj
    with reported_errors():
        key = "" if remove else ask("Installation key")
        if not (key or remove):
            raise InvalidSettings(
                "No installation key was given.",
                remedy="Type or pipe it in; to have none any more: --remove.",
            )
        secret = connection.salesforce_secret
        secret.write(with_installation_key(secret.read(), key))
    done = "Removed" if remove else "Stored"
    say(f"{done}. Installs heed it within five minutes.")


def _installation_key(stored: str) -> str:
    """The key that is stored now; none where nothing can be read from the secret."""
    try:
        return parse_app_credentials(stored).installation_key
    except InvalidSettings:
        return ""


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidSettings(
            f"{file} cannot be read as a PEM file.", remedy="Check the path and its permissions."
        ) from error
