"""The text of the Zoom secret, as an operator fills it."""

from __future__ import annotations

import json
from typing import Any, Final

from zoom_migrator.adapters.zoom.credentials import parse_zoom_credentials

# Those of OAuth apps seen so far have 32 characters, API secrets of JWT apps 36. Zoom documents
# neither, so this is only ever a warning.
_LENGTH_OF_A_JWT_SECRET: Final = 36
NOT_OF_A_JWT_APP: Final = (
    "Make sure that they are the OAuth app's own: Zoom Marketplace > Manage > the app > App "
    "Credentials, Production."
)


def with_zoom_app(stored: str, client_id: str, client_secret: str) -> str:
    """The secret with another app in it; whatever else was stored stays.

    A stored text that cannot be read is replaced as a whole: this is what mends it.

    Raises:
        InvalidSettings: Id or secret is malformed; the message names the field, never its value.
    """
    app = {"client_id": client_id.strip(), "client_secret": client_secret.strip()}
    text = json.dumps(_readable(stored) | app)
    parse_zoom_credentials(text)
    return text


def may_be_of_a_jwt_app(text: str) -> bool:
    """Whether a secret looks as if it held the retired API key and secret instead of an app's."""
    document = _readable(text)
    secret = document.get("client_secret")
    names_keys = not {"api_key", "api_secret"}.isdisjoint(document)
    return names_keys or (isinstance(secret, str) and len(secret) == _LENGTH_OF_A_JWT_SECRET)


def _readable(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
