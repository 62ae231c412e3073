"""Takes secrets out of request targets before they go into the log of requests."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

_SECRET_PARAMETERS: Final = frozenset(
    ("access_token", "assertion", "client_secret", "code", "oauth_token", "password", "sid")
)
# Whatever stands behind a condition on the key may be a part of it, so all of that goes.
_KEY_CONDITION: Final = re.compile(
    r"(\binstallationkey\s*(?:[=!<>]|like\b|in\b|not\b)).*", re.IGNORECASE | re.DOTALL
)
_BLANK: Final = "..."


def without_secrets(target: str) -> str:
    """Return path and query of a request with credentials and installation keys blanked."""
    parts = urlsplit(target)
    parameters = parse_qsl(parts.query, keep_blank_values=True)
    blanked = [(name, _blanked(name, value)) for name, value in parameters]
    if blanked == parameters:
        return target
    return f"{parts.path}?{urlencode(blanked)}"


def _blanked(name: str, value: str) -> str:
    if name.lower() in _SECRET_PARAMETERS:
        return _BLANK
    return _KEY_CONDITION.sub(rf"\1 {_BLANK}", value)
