"""The columns of the fleet file: their names, and the rule of each.

A rule takes the text of a cell, without spaces around it, and returns its meaning; where there is
none it raises a ``ValueError`` that says to a person what is expected.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Final

from zoom_migrator.domain.org import (
    AuthKind,
    CleanupPolicy,
    Environment,
    StartPolicy,
    UpgradePolicy,
    ZoomProduct,
)

REQUIRED_COLUMNS: Final = (
    "org_key",
    "display_name",
    "my_domain_host",
    "environment",
    "integration_username",
    "auth_kind",
    "salesforce_admin_email",
)
OPTIONAL_COLUMNS: Final = (
    "zoom_admin_email",
    "products",
    "deadline_override",
    "tags",
    "upgrade_policy",
    "start_policy",
    "zoom_account_id",
    "cleanup_policy",
    "slack_channel",
    "time_zone",
)

MAX_CELL_CHARACTERS: Final = 1_000
_MAX_TAGS: Final = 20

# Also what turns a line of text around: it would disguise a name on a terminal or in a browser.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EMAIL: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]{2,}")
_ZOOM_ID: Final = re.compile(r"[A-Za-z0-9_-]{6,64}")
_TAG: Final = re.compile(r"[a-z0-9][a-z0-9_.:-]{0,39}")
# A spreadsheet would run a cell that begins like this as a formula (CWE-1236); the full-width
# forms count as the plain ones in some of them.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def check_cell(cell: str) -> None:
    """The rule all columns share.

    Raises:
        ValueError: The cell is too long, hides something, or is a formula.
    """
    if len(cell) > MAX_CELL_CHARACTERS:
        raise ValueError(f"longer than {MAX_CELL_CHARACTERS} characters")
    if _CONTROL.search(cell):
        raise ValueError("contains control characters")
    start = cell.strip()[:1]
    if start in _FORMULA_STARTS:
        raise ValueError(f"must not begin with {start!r}: a spreadsheet would run it")


def choice[C: (AuthKind, Environment, UpgradePolicy, StartPolicy, CleanupPolicy)](
    kind: type[C],
) -> Callable[[str], C]:
    """The rule of a column that has a few values, in any case."""

    def rule(text: str) -> C:
        try:
            return kind(text.lower())
        except ValueError:
            choices = " or ".join(member.value for member in kind)
            raise ValueError(f"{choices} expected, not {shown(text)!r}") from None

    return rule


def display_name(text: str) -> str:
    """A name for people: one line in any language."""
    if not text:
        raise ValueError("a name is required")
    if len(text) > 120:
        raise ValueError("longer than 120 characters")
    if any(character in text for character in "\n\r\t"):
        raise ValueError("must be one line without tabs")
    return text


def email(text: str) -> str:
    """An e-mail address, without a name around it."""
    if not text:
        raise ValueError("an e-mail address is required")
    if len(text) > 254 or _EMAIL.fullmatch(text) is None:
        raise ValueError(f"{shown(text)!r} is not an e-mail address")
    return text


def username(auth_kind: AuthKind | None) -> Callable[[str], str]:
    """The rule of the integration user's name, which one kind of login needs."""

    def rule(text: str) -> str:
        if not text and auth_kind is not AuthKind.JWT_BEARER:
            return ""
        if not text:
            raise ValueError("a username is required for jwt_bearer")
        if len(text) > 80 or _EMAIL.fullmatch(text) is None:
            raise ValueError(f"{shown(text)!r} is not a Salesforce username (name@domain)")
        return text

    return rule


def optional[T, D](rule: Callable[[str], T], default: D) -> Callable[[str], T | D]:
    """A rule that takes an empty cell for ``default``."""
    return lambda text: rule(text) if text else default


def day(text: str) -> date:
    """A date in the one form that nobody reads differently."""
    if _DATE.fullmatch(text) is None:
        raise ValueError("a date such as 2026-12-31 expected")
    return date.fromisoformat(text)


def products(text: str) -> tuple[ZoomProduct, ...]:
    """The products named, each once; meetings where none is."""
    names = [name.strip().lower() for name in text.split(";") if name.strip()]
    unknown = [name for name in names if name not in set(ZoomProduct)]
    if unknown:
        choices = ", ".join(ZoomProduct)
        raise ValueError(f"unknown product {shown(unknown[0])!r}; separate by ';': {choices}")
    return tuple(product for product in ZoomProduct if product in names) or (ZoomProduct.MEETINGS,)


def zoom_account_id(text: str) -> str:
    """The id of a Zoom account; empty where any account will do.

    Zoom does not publish the form of its ids. Those in its documentation are 22 URL-safe
    characters, so what could not be one is refused and the length is left open.
    """
    if text and _ZOOM_ID.fullmatch(text) is None:
        raise ValueError(f"{shown(text)!r} is not the id of a Zoom account")
    return text


def tags(text: str) -> tuple[str, ...]:
    """The tags named, each once, in lower case and sorted."""
    found = sorted({tag.strip().lower() for tag in text.split(";") if tag.strip()})
    if len(found) > _MAX_TAGS:
        raise ValueError(f"at most {_MAX_TAGS} tags")
    for tag in found:
        if _TAG.fullmatch(tag) is None:
            raise ValueError(
                f"{shown(tag)!r} is not a tag: up to 40 of a-z 0-9 _ . : - , separated by ';'"
            )
    return tuple(found)


def shown(text: str) -> str:
    """The text, cut to what fits into a message."""
    return text if len(text) <= 60 else text[:60] + "…"
