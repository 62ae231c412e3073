"""The text of the Salesforce secret, which several set-up commands fill in parts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from zoom_migrator.adapters.salesforce.credentials import parse_app_credentials
from zoom_migrator.domain.errors import InvalidSettings

_INSTALLATION_KEY: Final = "installation_key"


def with_app(stored: str, app: Mapping[str, str]) -> str:
    """The secret with another app in it; only the installation key is kept of what was stored.

    A stored text that cannot be read is replaced as a whole: this is what mends it.

    Args:
        app: ``consumer_key`` and whichever of ``private_key`` and ``consumer_secret`` there are.

    Raises:
        InvalidSettings: The app is malformed; the message names the field, never its value.
    """
    key = _readable_key(stored)
    return _checked({**app, **({_INSTALLATION_KEY: key} if key else {})})


def with_installation_key(stored: str, key: str) -> str:
    """The secret with this installation key, or without any if it is empty.

    Raises:
        InvalidSettings: The stored text or the key is malformed; the message names the field,
            never its value.
    """
    parse_app_credentials(stored)
    document = json.loads(stored)
    document.pop(_INSTALLATION_KEY, None)
    return _checked({**document, **({_INSTALLATION_KEY: key.strip()} if key.strip() else {})})


def _readable_key(stored: str) -> str:
    """The installation key in a secret that may be malformed elsewhere; empty if there is none."""
    try:
        key = json.loads(stored)[_INSTALLATION_KEY]
        return parse_app_credentials(json.dumps({_INSTALLATION_KEY: key})).installation_key
    except (ValueError, RecursionError, KeyError, TypeError, InvalidSettings):
        return ""


def _checked(document: Mapping[str, object]) -> str:
    text = json.dumps(document)
    parse_app_credentials(text)
    return text
