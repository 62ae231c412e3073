"""What comes back from Zoom through the browser, of which nothing is to be believed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from zoom_migrator.domain.authorization_outcome import Outcome

MAX_CODE_CHARACTERS: Final = 2_048
# RFC 6749, appendix A.11, allows blanks as well; no code has been seen with one.
_CODE: Final = re.compile(r"[\x21-\x7e]{1,2048}")
# As it was made: 256 bits as base64url without padding. Any other spelling is another state.
_STATE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_MAX_PARAMETER_CHARACTERS: Final = 2_048
_USED: Final = ("code", "state", "error", "iss")
# RFC 6749, section 4.1.2.1: what these say is about the app, and no decision of a person.
_ABOUT_THE_APP: Final = frozenset(
    {"invalid_request", "invalid_scope", "unauthorized_client", "unsupported_response_type"}
)


@dataclass(frozen=True, slots=True)
class Consent:
    """Somebody consented, says the browser."""

    code: str = field(repr=False)
    state: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Zoom refused or somebody declined, says the browser.

    What Zoom sends when somebody declines is not documented, so any error counts as that, except
    those that can only be about the app.

    Attributes:
        state: None where it was left out, as other servers do when somebody declines.
    """

    outcome: Outcome
    state: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Unusable:
    """Nothing that could be an answer to anything this product asked."""

    outcome: Outcome


type Callback = Consent | Refusal | Unusable


def read_callback(parameters: Mapping[str, Sequence[str]], *, issuer: str) -> Callback:
    """Read the query of the callback, before anything is looked up.

    Args:
        parameters: All values of each parameter. Those that are not Zoom's are ignored.
        issuer: What ``iss`` has to be where it is sent (RFC 9207). Zoom is not known to send it.
    """
    values = {name: list(parameters[name]) for name in _USED if parameters.get(name)}
    if not values or any(_is_odd(texts) for texts in values.values()):
        return Unusable(Outcome.MALFORMED)
    code, state, error, iss = (values.get(name, [None])[0] for name in _USED)
    if iss not in (None, issuer) or (code is None) is (error is None):
        return Unusable(Outcome.MALFORMED)
    if state is not None and _STATE.fullmatch(state) is None:
        return Unusable(Outcome.UNKNOWN_STATE)
    if error is not None:
        about_app = error in _ABOUT_THE_APP
        return Refusal(Outcome.OUR_MISCONFIGURATION if about_app else Outcome.DECLINED, state)
    return _consent(code or "", state)


def _consent(code: str, state: str | None) -> Callback:
    if _CODE.fullmatch(code) is None:
        return Unusable(Outcome.MALFORMED)
    if state is None:
        return Unusable(Outcome.MARKETPLACE_INITIATED)
    return Consent(code, state)


def _is_odd(texts: Sequence[str]) -> bool:
    return len(texts) != 1 or not texts[0] or len(texts[0]) > _MAX_PARAMETER_CHARACTERS
