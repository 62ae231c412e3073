"""What Slack sends when somebody presses a button in a message.

Source: Slack, "Handling user interaction": a form whose field ``payload`` holds a JSON document.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final
from urllib.parse import parse_qs, urlsplit

from zoom_migrator.domain.notice_message import ChoiceAnswer
from zoom_migrator.domain.notice_order import Presser, PressOrder

MAX_PRESS_BYTES: Final = 262_144
REPLY_HOSTS: Final = ("hooks.slack.com", "hooks.slack-gov.com")
"""Where Slack takes what a message is to say from now on. That of its government cloud is
inferred from the address of its incoming webhooks there."""

_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
_ID: Final = re.compile(r"[A-Z0-9]{1,30}")
_MAX_CLAIMS: Final = 200
_MAX_NAME: Final = 80


def read_press(
    body: bytes, *, at: datetime, reply_hosts: Collection[str] = REPLY_HOSTS
) -> PressOrder | None:
    """What was pressed, or None where it is nothing that answers.

    Args:
        body: As Slack sent it; its signature has been verified.
        at: When it came.
        reply_hosts: Where a reply may be sent, with a port where that is not the usual one.
    """
    if len(body) > MAX_PRESS_BYTES:
        return None
    try:
        (payload,) = parse_qs(body.decode("ascii"), strict_parsing=True)["payload"]
        document = json.loads(payload)
        return _press(document, at, reply_hosts) if isinstance(document, dict) else None
    except (KeyError, TypeError, ValueError, RecursionError):
        return None


def _press(
    document: Mapping[str, object], at: datetime, reply_hosts: Collection[str]
) -> PressOrder | None:
    match document:
        case {
            "type": "block_actions",
            "user": {"id": str(user_id)},
            "actions": [{"action_id": str(answer), "value": str(claims)}],
            "response_url": str(reply_url),
        }:
            team_id = _team(document)
            if answer not in set(ChoiceAnswer) or len(claims) > _MAX_CLAIMS:
                return None
            if not (_ID.fullmatch(user_id) and _ID.fullmatch(team_id)):
                return None
            if not _is_slacks(reply_url, reply_hosts):
                return None
            by = Presser(user_id, team_id, _name(document) or user_id)
            return PressOrder(claims, ChoiceAnswer(answer), by, at, reply_url)
        case _:
            return None


def _team(document: Mapping[str, object]) -> str:
    match document:
        case {"team": {"id": str(team_id)}} | {"user": {"team_id": str(team_id)}}:
            return team_id
        case _:
            return ""


def _name(document: Mapping[str, object]) -> str:
    match document:
        case {"user": {"name": str(name)}} | {"user": {"username": str(name)}}:
            # Half of a character that was cut in two could be stored nowhere.
            whole = name.encode(errors="ignore").decode()
            return " ".join(whole.split())[:_MAX_NAME].strip()
        case _:
            return ""


def _is_slacks(reply_url: str, hosts: Collection[str]) -> bool:
    """Whether a reply may be sent there: to Slack by TLS, or to a simulator on this machine."""
    if not reply_url.isascii() or not reply_url.isprintable() or " " in reply_url:
        return False
    parts = urlsplit(reply_url)
    if parts.netloc not in hosts:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
