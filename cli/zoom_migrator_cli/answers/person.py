"""Whoever answered, as an operator names them."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Final

import typer

from zoom_migrator.domain.approval import Terms
from zoom_migrator.domain.fleet_columns import email
from zoom_migrator.domain.org import Org
from zoom_migrator_cli.command import say

_MAX_NAME_CHARACTERS: Final = 100
_MAX_REFERENCE_CHARACTERS: Final = 300
_MAX_REASON_CHARACTERS: Final = 300


def _name(text: str | None) -> str | None:
    return text if text is None else _one_line(text, "a name", _MAX_NAME_CHARACTERS)


def _reference(text: str | None) -> str | None:
    return text if text is None else _one_line(text, "a reference", _MAX_REFERENCE_CHARACTERS)


def _reason(text: str) -> str:
    return _one_line(text, "a reason", _MAX_REASON_CHARACTERS)


def _optional_reason(text: str | None) -> str | None:
    return text if text is None else _reason(text)


def _one_line(text: str, what: str, longest: int) -> str:
    line = " ".join(unicodedata.normalize("NFC", text).split())
    if not line or len(line) > longest or not line.isprintable():
        raise typer.BadParameter(f"{what} of 1 to {longest} characters expected")
    return line


def _email(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return email(text.strip())
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


Name = Annotated[str, typer.Option(help="Who answered, by name.", callback=_name)]
OptionalName = Annotated[str | None, typer.Option(help="Who accepts, by name.", callback=_name)]
Email = Annotated[
    str | None,
    typer.Option(
        help="Their e-mail address; the org's registered Salesforce admin otherwise.",
        callback=_email,
    ),
]
Reference = Annotated[
    str | None,
    typer.Option(help="Where the proof lies: a contract, a ticket, a mail.", callback=_reference),
]
ApprovedBy = Annotated[
    str, typer.Option(help="Who decides for the org and allowed it, by name.", callback=_name)
]
Reason = Annotated[str, typer.Option(help="Why, for the audit trail.", callback=_reason)]
OptionalReason = Annotated[
    str | None,
    typer.Option("--reason", help="Why, for whoever looks later.", callback=_optional_reason),
]
AdminsOnly = Annotated[
    bool,
    typer.Option(
        "--admins-only",
        help="Install for admins only, which may limit access to the Zoom app by standard users.",
    ),
]
AcceptTerms = Annotated[
    bool, typer.Option("--accept-terms", help="They have accepted the package's terms.")
]


def email_of(org: Org, given: str | None) -> str:
    """The address of whoever answered: the one given, or the registered admin's."""
    return given or org.registration.salesforce_admin_email


def is_registered(org: Org, address: str) -> bool:
    """Whether it is the address that the fleet file names."""
    return address.lower() == org.registration.salesforce_admin_email.lower()


def insist_on_terms(terms: Terms, name: str, *, accepted: bool, may_ask: bool) -> None:
    """Go on only if the terms are accepted.

    Raises:
        typer.BadParameter: They are not, and nobody can be asked.
        typer.Exit: Whoever types said that they are not.
    """
    if accepted:
        return
    if not may_ask:
        raise typer.BadParameter(
            f"--accept-terms is missing: without acceptance of the package's terms "
            f"(version {terms.version}) nothing is recorded."
        )
    if not typer.confirm(f"Has {name} accepted the package's terms, version {terms.version}?"):
        say("Nothing was recorded: an upgrade needs the terms accepted.")
        raise typer.Exit(1)
