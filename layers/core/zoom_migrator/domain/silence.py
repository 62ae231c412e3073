"""Refusals that Zoom shows on pages of its own: they never come back, and look like silence.

Whoever is reminded is told of them, because one of these may be why they have not authorized.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class SilentRefusal:
    """One page of Zoom's that ends the way.

    Attributes:
        shown: What the page says, in part; Zoom's wording may differ.
        remedy: What to do about it, and who has to.
    """

    shown: str
    remedy: str


SILENT_REFUSALS: Final = (
    SilentRefusal(
        "Invalid redirect (4,700)",
        "The operator of the migrator has to register its redirect address with the Zoom app, in "
        "both fields and letter by letter.",
    ),
    SilentRefusal(
        "Invalid client_id (4,702)",
        "The operator of the migrator has to correct the client id in the Zoom secret.",
    ),
    SilentRefusal(
        "You cannot authorize this app",
        "A Zoom admin has to pre-approve the app: Zoom Marketplace > Apps > Pre-approve.",
    ),
    SilentRefusal(
        "An account admin is required to install this type of app",
        "Sign in to Zoom with an account that may add apps for the whole account.",
    ),
)


def explained() -> str:
    """All of them in one text, for a notice."""
    return " ".join(f'If Zoom shows "{each.shown}": {each.remedy}' for each in SILENT_REFUSALS)
