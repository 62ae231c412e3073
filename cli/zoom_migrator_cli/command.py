"""What all commands share: errors become messages and exit codes, results become JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from zoom_migrator.domain.errors import InvalidFleetFile, MigratorError
from zoom_migrator_cli.exit_codes import ExitCode, exit_code_of

Json = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
OrgId = Annotated[str, typer.Argument(metavar="ORG", help="15- or 18-character org id.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; --json does not either.")]

console = Console()
error_console = Console(stderr=True)


def say(text: str) -> None:
    """Print a sentence; the terminal wraps it, so that scripts and searches see one line."""
    console.print(text, highlight=False, soft_wrap=True)


def complain(text: str) -> None:
    """Print a sentence to standard error."""
    error_console.print(text, highlight=False, soft_wrap=True)


@contextmanager
def reported_errors(*, as_json: bool = False) -> Iterator[None]:
    """Turn an error of the product into a message and an exit code.

    Raises:
        typer.Exit: An error was reported.
    """
    try:
        yield
    except MigratorError as error:
        if as_json:
            print_json({"error": error_document(error)})
        else:
            _print_error(error)
        raise typer.Exit(exit_code_of(error)) from error
    except KeyboardInterrupt:
        complain("Interrupted.")
        raise typer.Exit(ExitCode.INTERRUPTED) from None


def print_json(document: object) -> None:
    """Print a document for scripts: one line a field, dates in ISO form."""
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False, default=_plain))


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def error_document(error: MigratorError) -> dict[str, object]:
    """An error for scripts: its name, what went wrong, what to do."""
    document: dict[str, object] = {
        "error": type(error).__name__,
        "message": error.message,
        "remedy": error.remedy,
    }
    if isinstance(error, InvalidFleetFile):
        document["problems"] = [
            {"line": problem.line, "column": problem.column, "reason": problem.reason}
            for problem in error.problems
        ]
    return document


def _print_error(error: MigratorError) -> None:
    complain(f"[bold red]Error:[/] {escape(error.message)}")
    if isinstance(error, InvalidFleetFile):
        for problem in error.problems:
            complain(f"  {escape(str(problem))}")
    if error.remedy:
        complain(f"[bold]What to do:[/] {escape(error.remedy)}")
