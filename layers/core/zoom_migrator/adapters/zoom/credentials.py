"""The credentials of the product's Zoom app, as the stack keeps them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from zoom_migrator.adapters.remembered_secret import RememberedSecret
from zoom_migrator.domain.errors import InvalidSettings
from zoom_migrator.ports import Clock

# What may stand in a header or form field without any doubt about its encoding.
_CLIENT_ID: Final = re.compile(r"[A-Za-z0-9_.-]{8,128}")
_CLIENT_SECRET: Final = re.compile(r"[\x21-\x7e]{8,256}")
_REMEDY: Final = (
    "Store the client id and the client secret of the Zoom app's production credentials with "
    "`zoom-migrator setup zoom-app`: Zoom Marketplace > Manage > the app > App Credentials. The "
    "API key and secret of a JWT app are something else."
)


@dataclass(frozen=True, slots=True)
class ZoomAppCredentials:
    """What proves to Zoom that the product is its app."""

    client_id: str
    client_secret: str = field(repr=False)


def parse_zoom_credentials(text: str) -> ZoomAppCredentials:
    """Read the JSON of the Zoom secret; fields it has besides are for others.

    Raises:
        InvalidSettings: The secret is empty or malformed; the message names the field, never its
            value.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise _bad("is not JSON") from None
    if not isinstance(document, dict):
        raise _bad("is not a JSON object")
    return ZoomAppCredentials(
        client_id=_field(document, "client_id", _CLIENT_ID),
        client_secret=_field(document, "client_secret", _CLIENT_SECRET),
    )


class StoredZoomCredentials(RememberedSecret[ZoomAppCredentials]):
    """Credentials parsed from the Zoom secret, remembered."""

    def __init__(self, read: Callable[[], str], clock: Clock) -> None:
        super().__init__(read, clock, parse_zoom_credentials)


def _field(document: dict[str, object], name: str, pattern: re.Pattern[str]) -> str:
    value = document.get(name)
    if value is None or value == "":
        raise _bad(f"has no {name}")
    if not isinstance(value, str):
        raise _bad(f"has a {name} that is not a text")
    value = value.strip()
    if pattern.fullmatch(value) is None:
        raise _bad(f"has a {name} that no Zoom app can have")
    return value


def _bad(what: str) -> InvalidSettings:
    return InvalidSettings(f"The Zoom secret {what}.", remedy=_REMEDY)
