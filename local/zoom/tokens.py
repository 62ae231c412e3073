"""Codes and tokens that look like Zoom's: codes of 33 characters, tokens that are signed JWTs.

Nobody but Zoom should read a token, and clients that do so are on their own: the claims are those
of a published sample, the code that led to the token included.
"""

from __future__ import annotations

import secrets
import threading
import uuid
from collections import deque
from typing import Final

import jwt

_ALGORITHM: Final = "HS512"
_KEY_BYTES: Final = 64
_CODE_LENGTH: Final = 33
_MAX_REMEMBERED: Final = 100_000


class TokenMint:
    """Makes codes and tokens, and remembers them for tests that look for leaks."""

    def __init__(self) -> None:
        """Make a signing key."""
        self._key = secrets.token_bytes(_KEY_BYTES)
        self._lock = threading.Lock()
        self._made: deque[str] = deque(maxlen=_MAX_REMEMBERED)

    @property
    def made(self) -> list[str]:
        """Every code and token so far, the oldest of very many excepted."""
        with self._lock:
            return list(self._made)

    def code(self) -> str:
        """Return a new code."""
        return self._remember(secrets.token_urlsafe(_CODE_LENGTH)[:_CODE_LENGTH])

    def token(
        self,
        kind: str,
        *,
        client_id: str,
        account_id: str,
        user_id: str,
        code: str,
        now: float,
        expires_at: float,
    ) -> str:
        """Return a new token; ``kind`` is ``access_token`` or ``refresh_token``."""
        header = {"v": "2.0", "kid": str(uuid.UUID(bytes=self._key[:16]))}
        claims: dict[str, object] = {
            "ver": "6",
            "clientId": client_id,
            "code": code,
            "iss": f"urn:zoom:connect:clientid:{client_id}",
            "authenticationId": uuid.uuid5(uuid.NAMESPACE_OID, user_id + client_id).hex,
            "userId": user_id,
            "groupNumber": 0,
            "aud": "https://oauth.zoom.us",
            "accountId": account_id,
            "nbf": int(now),
            "exp": int(expires_at),
            "tokenType": kind,
            "iat": int(now),
            "jti": str(uuid.uuid4()),
            "toleranceId": 26,
        }
        return self._remember(jwt.encode(claims, self._key, _ALGORITHM, headers=header))

    def _remember(self, secret: str) -> str:
        with self._lock:
            self._made.append(secret)
        return secret
