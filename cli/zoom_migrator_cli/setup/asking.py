"""How a secret reaches a command: never as an argument, which shells remember."""

from __future__ import annotations

import sys

import typer


def ask(what: str) -> str:
    """Ask without showing what is typed; a script pipes it in instead."""
    if sys.stdin.isatty():
        return str(typer.prompt(what, hide_input=True)).strip()
    return sys.stdin.readline().strip()


def ask_or_skip(what: str) -> str:
    """The same, where nothing is an answer, too."""
    if sys.stdin.isatty():
        text = typer.prompt(what, default="", show_default=False, hide_input=True)
        return str(text).strip()
    return sys.stdin.readline().strip()
