"""Whether a request that claims to come from Zoom or Slack was signed by them, and just now.

Both sign ``v0:<timestamp>:<raw body>`` with HMAC-SHA256. Sources: Zoom, "Using webhooks"; Slack,
"Verifying requests from Slack", which recommends the five minutes. Zoom demands none, and its own
library checks none.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

_TIMESTAMP: Final = re.compile(r"[0-9]{1,12}")
_HEX: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class SignatureScheme:
    """How one service signs.

    Attributes:
        version: Stands before what is signed and before the signature.
        tolerance: How far the timestamp may be from the present, either way.
    """

    version: str = "v0"
    tolerance: timedelta = timedelta(minutes=5)


ZOOM_AND_SLACK: Final = SignatureScheme()


class SignatureVerdict(StrEnum):
    """What a signature is worth.

    ``UNSIGNED``: there is none, or it is in no form that the service uses. ``OUT_OF_TIME``: it may
    be genuine, but is too old or from the future.
    """

    GENUINE = "genuine"
    UNSIGNED = "unsigned"
    OUT_OF_TIME = "out_of_time"
    FORGED = "forged"


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request with what is to be verified of it.

    Attributes:
        body: The bytes as they arrived, before anything read or wrote them anew.
        timestamp: The header of that name; empty where it is missing.
        signature: The header of that name; empty where it is missing.
    """

    body: bytes
    timestamp: str
    signature: str


def verify(
    request: SignedRequest,
    secrets: Sequence[str],
    *,
    now: datetime,
    scheme: SignatureScheme = ZOOM_AND_SLACK,
) -> SignatureVerdict:
    """Find out what a request's signature is worth, in a time that tells nothing of the secrets.

    Args:
        secrets: Those that count at present: while a secret is being replaced, there are two.
    """
    prefix, _, signature = request.signature.partition("=")
    in_form = prefix == scheme.version and _HEX.fullmatch(signature) is not None
    if not in_form or _TIMESTAMP.fullmatch(request.timestamp) is None:
        return SignatureVerdict.UNSIGNED
    # Compared as numbers: a time that somebody made up may lie in no year that there is.
    if abs(now.timestamp() - int(request.timestamp)) > scheme.tolerance.total_seconds():
        return SignatureVerdict.OUT_OF_TIME
    if signing_secret(request, secrets, scheme=scheme) is None:
        return SignatureVerdict.FORGED
    return SignatureVerdict.GENUINE


def signing_secret(
    request: SignedRequest,
    secrets: Sequence[str],
    *,
    scheme: SignatureScheme = ZOOM_AND_SLACK,
) -> str | None:
    """Which of the secrets a request was signed with, whatever its age. All of them are tried."""
    found = None
    for secret in secrets:
        expected = signature_of(request.body, request.timestamp, secret, scheme=scheme)
        given = request.signature.encode(errors="surrogatepass")
        if secret and hmac.compare_digest(expected.encode(), given):
            found = secret
    return found


def signature_of(
    body: bytes,
    timestamp: str,
    secret: str,
    *,
    scheme: SignatureScheme = ZOOM_AND_SLACK,
) -> str:
    """The signature that the service would make."""
    signed = f"{scheme.version}:{timestamp}:".encode(errors="surrogatepass") + body
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"{scheme.version}={digest}"
