"""Faults that can be switched on and off while the simulator runs, per org or for all orgs."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from local.simulation.armed_faults import ArmedFaults

# The invalid_grant descriptions that clients have met in practice.
GRANT_DESCRIPTIONS = (
    "user hasn't approved this consumer",
    "user is not admin approved to access this app",
    "invalid assertion",
    "audience is invalid",
    "Audience validation failed",
    "expired authorization code",
    "ip restricted",
    "inactive user",
    "inactive organization",
    "authentication failure",
    "expired access/refresh token",
    "no client credentials user enabled",
    "login rate exceeded",
)


class Phase(StrEnum):
    """The kind of request that a fault is for."""

    ANY = "any"
    TOKEN = "token"  # noqa: S105 - a kind of request
    TOOLING = "tooling"
    COMPOSITE = "composite"
    DATA = "data"


class FaultKind(StrEnum):
    """What goes wrong."""

    LATENCY = "latency"
    RESET_BEFORE = "reset_before"
    RESET_MID = "reset_mid"
    TRUNCATED = "truncated"
    CUT_JSON = "cut_json"
    HTML_OK = "html_ok"
    HUGE_BODY = "huge_body"
    GATEWAY_TIMEOUT = "gateway_timeout"
    MAINTENANCE = "maintenance"
    SERVER_ERROR = "server_error"
    TOO_MANY_REQUESTS = "too_many_requests"
    ENHANCE_YOUR_CALM = "enhance_your_calm"
    SESSION_EXPIRED = "session_expired"
    TOTAL_REQUESTS_EXCEEDED = "total_requests_exceeded"
    CONCURRENT_REQUESTS_EXCEEDED = "concurrent_requests_exceeded"
    LONG_TRANSACTIONS_EXCEEDED = "long_transactions_exceeded"
    API_DISABLED = "api_disabled"
    API_ERROR = "api_error"
    ODD_PACKAGE = "odd_package"
    MISSING_PACKAGE = "missing_package"
    MISSING_PACKAGE_VERSION = "missing_package_version"
    OAUTH_ERROR = "oauth_error"
    LOGIN_RATE_EXCEEDED = "login_rate_exceeded"
    APP_BLOCKED = "app_blocked"
    WRONG_ORG_ID = "wrong_org_id"
    FOREIGN_INSTANCE_URL = "foreign_instance_url"


TOKEN_ONLY = frozenset(
    {
        FaultKind.OAUTH_ERROR,
        FaultKind.LOGIN_RATE_EXCEEDED,
        FaultKind.APP_BLOCKED,
        FaultKind.WRONG_ORG_ID,
        FaultKind.FOREIGN_INSTANCE_URL,
    }
)
API_ONLY = frozenset(
    {
        FaultKind.SESSION_EXPIRED,
        FaultKind.TOTAL_REQUESTS_EXCEEDED,
        FaultKind.CONCURRENT_REQUESTS_EXCEEDED,
        FaultKind.LONG_TRANSACTIONS_EXCEEDED,
        FaultKind.API_DISABLED,
        FaultKind.API_ERROR,
        FaultKind.ODD_PACKAGE,
        FaultKind.MISSING_PACKAGE,
        FaultKind.MISSING_PACKAGE_VERSION,
    }
)
# These change an answer or delay it; every other kind replaces it, so one of those is enough.
COMBINING = frozenset(
    {
        FaultKind.LATENCY,
        FaultKind.ODD_PACKAGE,
        FaultKind.MISSING_PACKAGE,
        FaultKind.MISSING_PACKAGE_VERSION,
        FaultKind.WRONG_ORG_ID,
        FaultKind.FOREIGN_INSTANCE_URL,
    }
)
# The request is carried out, and its answer is then lost or spoiled on the way.
SPOILING = frozenset(
    {
        FaultKind.TRUNCATED,
        FaultKind.CUT_JSON,
        FaultKind.HTML_OK,
        FaultKind.RESET_MID,
        FaultKind.GATEWAY_TIMEOUT,
    }
)


class Fault(BaseModel):
    """One fault.

    Attributes:
        kind: What goes wrong.
        phase: The kind of request it is for.
        times: How many requests it hits before it is gone; None means until it is cleared.
        path: Hit only requests whose path and query contain this text. An ``api_error`` with a
            path also hits single subrequests of a composite request.
        method: Hit only requests with this HTTP method.
        milliseconds: The delay of ``latency``.
        status: HTTP status of ``api_error``, ``oauth_error``, ``maintenance`` and
            ``gateway_timeout``.
        error_code: The errorCode of ``api_error``.
        message: The message of ``api_error``.
        error: The error of ``oauth_error``.
        description: The error_description of ``oauth_error``; None leaves the key out.
        org_id: The org that ``wrong_org_id`` names.
        instance_url: The address that ``foreign_instance_url`` hands out.
        size: Bytes of ``huge_body``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: FaultKind
    phase: Phase = Phase.ANY
    times: int | None = Field(default=None, ge=1)
    path: str | None = None
    method: Literal["GET", "POST", "PATCH", "PUT", "DELETE"] | None = None
    milliseconds: float = Field(default=0.0, ge=0, le=600_000)
    status: int | None = Field(default=None, ge=200, le=599)
    error_code: str = "UNKNOWN_EXCEPTION"
    message: str = "An unexpected error occurred."
    error: str = "invalid_grant"
    description: str | None = None
    org_id: str = "00D000000000ZZZ"
    instance_url: str = "https://attacker.example"
    size: int = Field(default=10_000_000, ge=1, le=1_000_000_000)

    @model_validator(mode="after")
    def _phase_fits(self) -> Self:
        if self.kind in TOKEN_ONLY and self.phase not in (Phase.ANY, Phase.TOKEN):
            raise ValueError(f"{self.kind} happens in the token phase only")
        if self.kind in API_ONLY and self.phase is Phase.TOKEN:
            raise ValueError(f"{self.kind} does not happen in the token phase")
        return self

    def concerns(self, phase: Phase, target: str, method: str) -> bool:
        """Say whether the fault is for a request of this phase, path and query, and method."""
        if self.method not in (None, method):
            return False
        if self.phase is not Phase.ANY and self.phase is not phase:
            return False
        if self.kind in TOKEN_ONLY and phase is not Phase.TOKEN:
            return False
        if self.kind in API_ONLY and phase is Phase.TOKEN:
            return False
        return self.path is None or self.path in target


def grant_refused(description: str | None, *, times: int | None = None) -> Fault:
    """Return a refusal of every login with ``invalid_grant`` and this description."""
    return Fault(kind=FaultKind.OAUTH_ERROR, description=description, times=times)


def latency(milliseconds: float, *, phase: Phase = Phase.ANY) -> Fault:
    """Return a delay of every answer of the phase."""
    return Fault(kind=FaultKind.LATENCY, milliseconds=milliseconds, phase=phase)


class Faults(ArmedFaults[Fault]):
    """The faults switched on for an org, or for all orgs. May be used from any thread."""

    def take(self, phase: Phase, target: str, method: str) -> list[Fault]:
        """Return the faults that hit a request, and count it: at most one replaces the answer."""
        return self._take(
            lambda fault: fault.concerns(phase, target, method),
            combines=lambda fault: fault.kind in COMBINING,
        )

    def take_subrequest(self, target: str, method: str) -> Fault | None:
        """Return the ``api_error`` that hits one subrequest of a composite request."""
        return self._take_first(
            lambda fault: (
                fault.kind is FaultKind.API_ERROR
                and bool(fault.path and fault.path in target)
                and fault.method in (None, method)
            )
        )
