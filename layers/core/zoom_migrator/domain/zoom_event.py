"""What Zoom's webhook can say: a challenge to answer, or that a grant may be gone."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field
from typing import Final, Self

# Source: captured events. The name has an underscore; older pages write it with a dot.
_DEAUTHORIZED: Final = frozenset({"app_deauthorized", "app.deauthorized"})
_CHALLENGE: Final = "endpoint.url_validation"
_ID: Final = re.compile(r"[A-Za-z0-9_=+/-]{1,128}")
# Zoom's are 22 characters. A longer one would have this product sign what somebody else chose.
_PLAIN_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")
MAX_EVENT_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True)
class UrlChallenge:
    """Zoom asks whether the address is ours; repeated every 72 hours."""

    plain_token: str = field(repr=False)

    def answer(self, secret: str) -> dict[str, str]:
        """What to answer: the token, and its HMAC under the secret the request was signed with."""
        digest = hmac.new(secret.encode(), self.plain_token.encode(), hashlib.sha256)
        return {"plainToken": self.plain_token, "encryptedToken": digest.hexdigest()}


@dataclass(frozen=True, slots=True)
class Deauthorized:
    """Somebody is said to have removed the app, for themselves or for their account."""

    client_id: str
    account_id: str
    user_id: str


@dataclass(frozen=True, slots=True)
class OtherEvent:
    """Anything else, which needs nothing to be done."""

    name: str


type ZoomEvent = UrlChallenge | Deauthorized | OtherEvent


@dataclass(frozen=True, slots=True)
class ProbeOrder:
    """The order to find out whether the grants that an event is about still work.

    Attributes:
        is_signed: Whether Zoom surely sent the event. If not, only the grant that it names is
            looked at, and not more often than a forger may have that done.
    """

    client_id: str
    account_id: str
    user_id: str
    is_signed: bool

    @classmethod
    def by(cls, event: Deauthorized, *, is_signed: bool) -> Self:
        """The order that an event leads to."""
        return cls(event.client_id, event.account_id, event.user_id, is_signed)


def read_event(body: bytes) -> ZoomEvent | None:
    """What an event says, or None where it is none."""
    if len(body) > MAX_EVENT_BYTES:
        return None
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or not isinstance(document.get("event"), str):
        return None
    name, payload = document["event"], document.get("payload")
    if not isinstance(payload, dict):
        return OtherEvent(name[:100])
    if name == _CHALLENGE:
        token = _matching(payload, "plainToken", _PLAIN_TOKEN)
        return UrlChallenge(token) if token else None
    if name not in _DEAUTHORIZED:
        return OtherEvent(name[:100])
    ids = [_matching(payload, key, _ID) for key in ("client_id", "account_id", "user_id")]
    return Deauthorized(*ids) if all(ids) else None


def event_id(body: bytes, timestamp: str) -> str:
    """What tells an event from others: Zoom gives it no id, so all of it and its timestamp do."""
    return hashlib.sha256(timestamp.encode(errors="surrogatepass") + b":" + body).hexdigest()


def _matching(payload: dict[str, object], key: str, form: re.Pattern[str]) -> str:
    value = payload.get(key)
    return value if isinstance(value, str) and form.fullmatch(value) else ""
