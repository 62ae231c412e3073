"""Dates in words, written in one way wherever people read them."""

from __future__ import annotations

from datetime import date, datetime


def day(of: date) -> str:
    """A day in words that nobody reads differently, such as ``3 July 2026``."""
    return f"{of.day} {of:%B %Y}"


def minute(of: datetime) -> str:
    """A moment in UTC to the minute, such as ``3 July 2026 02:00 UTC``."""
    return f"{day(of)} {of:%H:%M} UTC"
