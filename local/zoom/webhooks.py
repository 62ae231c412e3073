"""Events that Zoom posts to an app: signed as Zoom signs them, to loopback addresses only."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import aiohttp

from local.simulation.reply import Reply
from local.zoom.model import SimulatedApp
from local.zoom.registry import Member

# Zoom gives an endpoint three seconds.
ANSWER_SECONDS: Final = 3.0
_MAX_ANSWER_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True)
class Event:
    """An event ready to be posted."""

    url: str
    body: bytes = field(repr=False)
    headers: dict[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Delivered:
    """How an endpoint took an event; ``status`` 0 means that it did not answer in time."""

    status: int
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Posting:
    """An event to be posted, and the answer that whoever caused it gets then."""

    event: Event
    then: Callable[[Delivered], Reply]


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return the value of ``x-zm-signature``."""
    message = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def deauthorized(
    app: SimulatedApp,
    member: Member,
    now: float,
    *,
    forged: bool = False,
    age_seconds: int = 0,
    url: str | None = None,
) -> Event:
    """Return ``app_deauthorized`` for a person who removed an app.

    Args:
        app: An app with a webhook address, unless another is given.
        member: Who removed it.
        now: Seconds since 1970.
        forged: Sign with another secret.
        age_seconds: How long ago it claims to have been signed.
        url: Where to, in place of the app's address.

    Raises:
        ValueError: There is no address.
    """
    moment = datetime.fromtimestamp(now, UTC)
    payload = {
        "account_id": member.account.account_id,
        "client_id": app.client_id,
        "deauthorization_time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        # Documented nowhere as something to verify.
        "signature": secrets.token_hex(32),
        "user_data_retention": None,
        "user_id": member.person.user_id,
    }
    event = {"event": "app_deauthorized", "event_ts": int(now * 1000), "payload": payload}
    return _signed(app, event, now - age_seconds, forged=forged, url=url)


def url_validation(
    app: SimulatedApp,
    plain_token: str,
    now: float,
    *,
    forged: bool = False,
    url: str | None = None,
) -> Event:
    """Return the challenge that an endpoint has to answer before it gets events.

    Raises:
        ValueError: There is no address.
    """
    payload = {"plainToken": plain_token}
    event = {
        "event": "endpoint.url_validation",
        "event_ts": int(now * 1000),
        "payload": payload,
    }
    return _signed(app, event, now, forged=forged, url=url)


def problem_of_validation(app: SimulatedApp, plain_token: str, delivered: Delivered) -> str:
    """Say what is wrong with the answer to a challenge; nothing if it is right."""
    if delivered.status == 0:
        return f"no answer within {ANSWER_SECONDS:.0f} seconds"
    if delivered.status != 200:
        return f"status {delivered.status} instead of 200"
    try:
        answer = json.loads(delivered.body)
    except ValueError:
        return "the answer is not JSON"
    key = app.webhook_secret.encode()
    encrypted = hmac.new(key, plain_token.encode(), hashlib.sha256).hexdigest()
    if answer != {"plainToken": plain_token, "encryptedToken": encrypted}:
        return "plainToken or encryptedToken is not what was expected"
    return ""


async def post(event: Event) -> Delivered:
    """Post an event; an endpoint that does not answer is not an error here."""
    timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(
                event.url, data=event.body, headers=event.headers, allow_redirects=False
            ) as answer,
        ):
            return Delivered(answer.status, await answer.content.read(_MAX_ANSWER_BYTES))
    except (TimeoutError, aiohttp.ClientError, OSError):
        return Delivered(0)


def _signed(
    app: SimulatedApp,
    event: dict[str, object],
    signed_at: float,
    *,
    forged: bool,
    url: str | None,
) -> Event:
    address = url or app.webhook_url
    if address is None:
        raise ValueError(f"{app.name} has no webhook address")
    body = json.dumps(event, separators=(",", ":")).encode()
    timestamp = str(int(signed_at))
    secret = secrets.token_hex(16) if forged else app.webhook_secret
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Zoom Marketplace/1.0a",
        "x-zm-request-timestamp": timestamp,
        "x-zm-signature": signature(secret, timestamp, body),
    }
    return Event(address, body, headers)
