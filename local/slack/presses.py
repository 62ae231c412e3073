"""Presses on buttons, as Slack tells an app of them: signed, to loopback addresses only.

Sources: Slack, "Handling user interaction" and "Verifying requests from Slack".
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp

from local.slack.messages import PostedMessage
from local.slack.model import SimulatedPerson
from local.slack.world import World

ANSWER_SECONDS: Final = 3.0
_HOOKS: Final = "https://hooks.slack.com"


@dataclass(frozen=True, slots=True)
class Press:
    """A press ready to be posted; no address where the app takes none."""

    url: str | None
    body: bytes = field(repr=False)
    headers: dict[str, str] = field(repr=False)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return the value of ``X-Slack-Signature``."""
    message = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def press(
    world: World,
    message: PostedMessage,
    action_id: str,
    person: SimulatedPerson,
    *,
    forged: bool = False,
    age_seconds: int = 0,
    reply_url: str = "",
) -> Press:
    """Return what Slack posts when somebody presses a button.

    Args:
        world: Where the message is.
        message: A message with that button.
        action_id: The button.
        person: Who presses.
        forged: Sign with another secret.
        age_seconds: How long ago it claims to have been signed.
        reply_url: Where the app is told to reply, in place of the genuine address.

    Raises:
        KeyError: The message has no such button.
    """
    button = message.earlier_button(action_id)
    if button is None:
        raise KeyError(f"the message has no button {action_id}")
    path = world.replies.make(world.document.team_id, message.channel_id, message.ts)
    payload = _payload(world, message, button, person, reply_url or f"{_HOOKS}{path}")
    body = urlencode({"payload": json.dumps(payload)}).encode()
    timestamp = str(int(world.clock()) - age_seconds)
    app = world.document.app
    secret = secrets.token_hex(16) if forged else app.signing_secret
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature(secret, timestamp, body),
    }
    return Press(app.interactivity_url, body, headers)


async def post(press: Press) -> str:
    """Post a press; return what Slack says to whoever pressed, which is nothing if all is well."""
    if press.url is None:
        return "This app is not configured to handle interactive responses."
    timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(
                press.url, data=press.body, headers=press.headers, allow_redirects=False
            ) as answer,
        ):
            if answer.status == 200:
                return ""
            return f"This app responded with status code {answer.status}."
    except TimeoutError:
        return "Operation timed out. The app did not respond in time."
    except (aiohttp.ClientError, OSError):
        return "The app did not respond."


def _payload(
    world: World,
    message: PostedMessage,
    button: dict[str, Any],
    person: SimulatedPerson,
    reply_url: str,
) -> dict[str, Any]:
    document = world.document
    channel = document.channel(message.channel_id)
    pressed = {
        name: button[name]
        for name in ("type", "block_id", "action_id", "text", "value", "style")
        if button.get(name) is not None
    }
    return {
        "type": "block_actions",
        "user": {
            "id": person.user_id,
            "username": person.name,
            "name": person.name,
            "team_id": document.team_id,
        },
        "api_app_id": document.app.app_id,
        "token": "deprecated",
        "container": {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel_id,
            "is_ephemeral": False,
        },
        "trigger_id": f"{secrets.randbelow(10**13)}.{secrets.token_hex(8)}",
        "team": {"id": document.team_id, "domain": document.domain},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {
            "id": message.channel_id,
            "name": channel.name if channel else "",
        },
        "message": {"type": "message", "ts": message.ts, "text": message.text},
        "state": {"values": {}},
        "response_url": reply_url,
        "actions": [{**pressed, "action_ts": f"{world.clock():.6f}"}],
    }
