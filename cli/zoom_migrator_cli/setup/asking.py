"""How a secret reaches a command: never as an argument, which shells remember."""

from __future__ import annotations

import sys

import typer


def ask(what: str) -> str:
    """Ask without showing what is typed; a script pipes it in instead."""
    if sys.stdin.isatty():
        return str(typer.prompt(what, hide_input=True)).strip()
    return sys.stdin.readline().strip()
