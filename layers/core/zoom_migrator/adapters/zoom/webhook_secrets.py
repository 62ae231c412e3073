"""The secret tokens that Zoom signs its events with, as the stack keeps them."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from zoom_migrator.domain.errors import InvalidSettings
from zoom_migrator.ports import Clock

MAX_AGE: Final = timedelta(minutes=5)
# Whoever is in doubt has them read again, but not as often as a forger may cause doubt.
MAX_AGE_IN_DOUBT: Final = timedelta(seconds=20)
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


class StoredWebhookSecrets:
    """Secret tokens parsed from a secret and remembered for five minutes, from any thread."""

    def __init__(self, read: Callable[[], str], clock: Clock) -> None:
        self._read = read
        self._clock = clock
        self._lock = threading.Lock()
        self._known: tuple[str, ...] | InvalidSettings | None = None
        self._read_at: datetime | None = None

    def __call__(self, *, in_doubt: bool = False) -> tuple[str, ...]:
        """The tokens that count at present.

        Args:
            in_doubt: The ones remembered do not fit, so that there may be others by now: somebody
                who replaces a token has Zoom try it at once. A malformed secret is always in doubt.

        Raises:
            InvalidSettings: The secret is absent or malformed.
            StoreUnavailable: The secret cannot be read at present.
            WebhookNotSetUp: It holds no token.
        """
        with self._lock:
            known = self._fresh(in_doubt)
        if isinstance(known, InvalidSettings):
            raise type(known)(known.message, remedy=known.remedy)
        return known

    def _fresh(self, in_doubt: bool) -> tuple[str, ...] | InvalidSettings:
        now = self._clock.now()
        in_doubt = in_doubt or isinstance(self._known, InvalidSettings)
        max_age = MAX_AGE_IN_DOUBT if in_doubt else MAX_AGE
        if self._known is None or self._read_at is None or now - self._read_at > max_age:
            try:
                self._known = parse_webhook_secrets(self._read())
            except InvalidSettings as error:
                self._known = error
            self._read_at = now
        return self._known


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
