"""Faults that can be switched on and off while the simulator runs."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from local.simulation.armed_faults import ArmedFaults


class Phase(StrEnum):
    """The kind of request that a fault is for."""

    ANY = "any"
    SIGN_IN = "sign_in"
    AUTHORIZE = "authorize"
    CONSENT = "consent"
    TOKEN = "token"  # noqa: S105 - a kind of request
    REFRESH = "refresh"
    REVOKE = "revoke"
    USERS_ME = "users_me"
    SETTINGS = "settings"
    API = "api"


OAUTH_PHASES: Final = frozenset((Phase.TOKEN, Phase.REFRESH, Phase.REVOKE))
API_PHASES: Final = frozenset((Phase.USERS_ME, Phase.SETTINGS, Phase.API))


class FaultKind(StrEnum):
    """What goes wrong."""

    LATENCY = "latency"
    RESET_BEFORE = "reset_before"
    RESET_AFTER = "reset_after"
    RESET_MID = "reset_mid"
    TRUNCATED = "truncated"
    CUT_JSON = "cut_json"
    HTML_OK = "html_ok"
    HUGE_BODY = "huge_body"
    MAINTENANCE = "maintenance"
    SERVER_ERROR = "server_error"
    TOO_MANY_REQUESTS = "too_many_requests"
    OAUTH_ERROR = "oauth_error"
    API_ERROR = "api_error"
    ALTERED = "altered"


# These delay an answer or change a part of it; every other kind replaces it or loses it.
COMBINING: Final = frozenset((FaultKind.LATENCY, FaultKind.ALTERED))
# The request is carried out, and its answer is then lost or spoiled on the way.
SPOILING: Final = frozenset(
    (
        FaultKind.RESET_AFTER,
        FaultKind.RESET_MID,
        FaultKind.TRUNCATED,
        FaultKind.CUT_JSON,
        FaultKind.HTML_OK,
        FaultKind.HUGE_BODY,
    )
)
_PHASES_OF: Final = {FaultKind.OAUTH_ERROR: OAUTH_PHASES, FaultKind.API_ERROR: API_PHASES}


class Fault(BaseModel):
    """One fault.

    Attributes:
        kind: What goes wrong.
        phase: The kind of request it is for.
        times: How many requests it hits before it is gone; None means until it is cleared.
        milliseconds: The delay of ``latency``.
        status: HTTP status of ``oauth_error``, ``api_error`` and ``maintenance``.
        error: The error of ``oauth_error``.
        reason: The reason of ``oauth_error``; None leaves the key out. ``{code}`` stands for the
            code that the request carried.
        code: The numeric code of ``api_error``.
        message: The message of ``api_error``.
        daily: A ``too_many_requests`` of the API is about the day, not about the second.
        size: Bytes that ``huge_body`` adds.
        set: Keys that ``altered`` puts into a good JSON answer.
        drop: Keys that ``altered`` takes out of it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: FaultKind
    phase: Phase = Phase.ANY
    times: int | None = Field(default=None, ge=1)
    milliseconds: float = Field(default=0.0, ge=0, le=600_000)
    status: int | None = Field(default=None, ge=200, le=599)
    error: str = "invalid_grant"
    reason: str | None = "Invalid Token!"
    code: int = 300
    message: str = "Validation Failed."
    daily: bool = False
    size: int = Field(default=10_000_000, ge=1, le=1_000_000_000)
    set: dict[str, JsonValue] = Field(default_factory=dict)
    drop: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _phase_fits(self) -> Self:
        possible = _PHASES_OF.get(self.kind)
        if possible is not None and self.phase is not Phase.ANY and self.phase not in possible:
            raise ValueError(f"{self.kind} does not happen in the phase {self.phase}")
        return self

    def concerns(self, phase: Phase) -> bool:
        """Say whether the fault is for a request of this phase."""
        if phase not in _PHASES_OF.get(self.kind, frozenset(Phase)):
            return False
        return self.phase in (Phase.ANY, phase)


class Faults(ArmedFaults[Fault]):
    """The faults that are switched on. May be used from any thread."""

    def take(self, phase: Phase) -> list[Fault]:
        """Return the faults that hit a request, and count it: at most one replaces the answer."""
        return self._take(
            lambda fault: fault.concerns(phase), combines=lambda fault: fault.kind in COMBINING
        )
