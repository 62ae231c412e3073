"""What the product is at Slack, as the stack keeps it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from zoom_migrator.adapters.remembered_secret import DoubtfulSecret
from zoom_migrator.adapters.slack.hooks import hook_of
from zoom_migrator.domain.errors import InvalidSettings
from zoom_migrator.ports import Clock

# A token with an end of its own, which would have to be refreshed, begins with "xoxe."; the
# product's app does not have those.
_BOT_TOKEN: Final = re.compile(r"xoxb-[A-Za-z0-9-]{8,250}")
_SIGNING_SECRET: Final = re.compile(r"[\x21-\x7e]{8,128}")
_REMEDY: Final = (
    "Store it with `zoom-migrator setup slack`; docs/slack-setup.md says where each field is."
)


@dataclass(frozen=True, slots=True)
class SlackAccess:
    """What lets the product post, and tells genuine presses from others.

    Attributes:
        bot_token: Posts to any channel that the app is in; empty where there is none.
        signing_secret: What Slack signs presses with; empty where buttons only open links.
        webhook_url: Posts to one channel; empty where there is none.
    """

    bot_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    webhook_url: str = field(default="", repr=False)

    @property
    def can_post(self) -> bool:
        """Whether there is anything to post with."""
        return bool(self.bot_token or self.webhook_url)


def parse_slack_secret(text: str) -> SlackAccess:
    """Read the JSON of the Slack secret; fields it has besides are for others.

    All of its fields may be empty: a stack has the secret before anybody has a Slack app.

    Raises:
        InvalidSettings: The secret is malformed; the message names the field, never its value.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise _bad("is not JSON") from None
    if not isinstance(document, dict):
        raise _bad("is not a JSON object")
    access = SlackAccess(
        bot_token=_field(document, "bot_token"),
        signing_secret=_field(document, "signing_secret"),
        webhook_url=_field(document, "webhook_url"),
    )
    if access.bot_token and _BOT_TOKEN.fullmatch(access.bot_token) is None:
        raise _bad("has a bot_token that no Slack bot can have: it begins with xoxb-")
    if access.signing_secret and _SIGNING_SECRET.fullmatch(access.signing_secret) is None:
        raise _bad("has a signing_secret that no Slack app can have")
    if access.webhook_url and hook_of(access.webhook_url) is None:
        raise _bad("has a webhook_url that does not lead to https://hooks.slack.com/")
    return access


class StoredSlackAccess(DoubtfulSecret[SlackAccess]):
    """What was parsed from the Slack secret, remembered."""

    def __init__(self, read: Callable[[], str], clock: Clock) -> None:
        super().__init__(read, clock, parse_slack_secret)


def _field(document: dict[str, object], name: str) -> str:
    value = document.get(name) or ""
    if not isinstance(value, str):
        raise _bad(f"has a {name} that is not a text")
    return value.strip()


def _bad(what: str) -> InvalidSettings:
    return InvalidSettings(f"The Slack secret {what}.", remedy=_REMEDY)
