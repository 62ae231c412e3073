"""The text of the Slack secret, as an operator fills it field by field."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from zoom_migrator.adapters.slack.secret import SlackAccess, parse_slack_secret
from zoom_migrator.domain.errors import InvalidSettings

# Those seen so far are 32 hexadecimal digits, which Slack does not promise: only ever a warning.
_USUAL_SIGNING_SECRET: Final = re.compile(r"[0-9a-f]{32}")


class SlackField(StrEnum):
    """A field of the secret, in the order in which a person comes by them at Slack."""

    BOT_TOKEN = "bot_token"  # noqa: S105 - a name
    SIGNING_SECRET = "signing_secret"  # noqa: S105 - a name
    WEBHOOK_URL = "webhook_url"

    @property
    def label(self) -> str:
        """What it is called where somebody is asked for it."""
        return _LABELS[self]


_LABELS: Final = {
    SlackField.BOT_TOKEN: "Bot token (xoxb-...)",
    SlackField.SIGNING_SECRET: "Signing secret",
    SlackField.WEBHOOK_URL: "Incoming webhook's URL",
}


def with_fields(stored: str, fields: Mapping[SlackField, str]) -> str:
    """The secret with other values in some fields; whatever else was stored stays.

    A stored text that cannot be read is replaced as a whole: this is what mends it.

    Args:
        fields: Values as they were typed; an empty one removes what is stored.

    Raises:
        InvalidSettings: A value is malformed; the message names the field, never its value.
    """
    known = _readable(stored)
    kept = {field.value: known.get(field.value, "") for field in SlackField}
    given = {field.value: value.strip() for field, value in fields.items()}
    text = json.dumps(known | kept | given)
    parse_slack_secret(text)
    return text


def access_in(text: str) -> SlackAccess:
    """What a text gives access to; nothing where it cannot be read."""
    try:
        return parse_slack_secret(text)
    except InvalidSettings:
        return SlackAccess()


def is_unusual(signing_secret: str) -> bool:
    """Whether a signing secret looks like none that Slack has shown so far."""
    return bool(signing_secret) and _USUAL_SIGNING_SECRET.fullmatch(signing_secret) is None


def _readable(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
