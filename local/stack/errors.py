"""What can go wrong while the local stack comes up."""

from __future__ import annotations

from pathlib import Path


class LocalStackError(Exception):
    """The local stack cannot be used; the message says what failed and where the log is."""


def last_words(log: Path, lines: int = 25) -> str:
    """The end of a log, with its address, for an error message."""
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    return f"last lines of {log}:\n" + "\n".join(text.splitlines()[-lines:])
