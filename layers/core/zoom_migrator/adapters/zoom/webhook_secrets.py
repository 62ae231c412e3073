"""The secret tokens that Zoom signs its events with, as the stack keeps them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Final

from zoom_migrator.adapters.remembered_secret import DoubtfulSecret
from zoom_migrator.domain.errors import InvalidSettings
from zoom_migrator.ports import Clock

_TOKEN: Final = re.compile(r"[\x21-\x7e]{8,256}")
_REMEDY: Final = (
    "Store the app's secret token with `zoom-migrator setup zoom-webhook`: Zoom Marketplace > "
    "Manage > the app > Features > Event Subscriptions > Secret Token."
)


class WebhookNotSetUp(InvalidSettings):
    """Nobody has stored a token, which only those do to whose app Zoom sends events."""


def parse_webhook_secrets(text: str) -> tuple[str, ...]:
    """Read the JSON of the webhook's secret: the current token first, then the one before it.

    Raises:
        InvalidSettings: The secret is malformed; the message names the field, never its value.
        WebhookNotSetUp: It holds no token.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise _bad("is not JSON") from None
    if not isinstance(document, dict):
        raise _bad("is not a JSON object")
    current, previous = _field(document, "current"), _field(document, "previous")
    if not current:
        raise _bad("has no current", InvalidSettings if previous else WebhookNotSetUp)
    return (current, previous) if previous else (current,)


class StoredWebhookSecrets(DoubtfulSecret[tuple[str, ...]]):
    """Secret tokens parsed from the secret, remembered; where there is none, WebhookNotSetUp."""

    def __init__(self, read: Callable[[], str], clock: Clock) -> None:
        super().__init__(read, clock, parse_webhook_secrets)


def _field(document: dict[str, object], name: str) -> str:
    value = document.get(name) or ""
    if not isinstance(value, str):
        raise _bad(f"has a {name} that is not a text")
    value = value.strip()
    if value and _TOKEN.fullmatch(value) is None:
        raise _bad(f"has a {name} that no Zoom app can have")
    return value


def _bad(what: str, kind: type[InvalidSettings] = InvalidSettings) -> InvalidSettings:
    return kind(f"The Zoom webhook secret {what}.", remedy=_REMEDY)
