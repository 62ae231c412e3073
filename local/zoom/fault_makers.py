"""Faults by name, for those that tests ask for again and again."""

from __future__ import annotations

from local.zoom.faults import Fault, FaultKind, Phase


def latency(milliseconds: float, *, phase: Phase = Phase.ANY) -> Fault:
    """Return a delay of every answer of the phase."""
    return Fault(kind=FaultKind.LATENCY, milliseconds=milliseconds, phase=phase)


def wrong_token_type(kind: str = "mac", *, phase: Phase = Phase.TOKEN) -> Fault:
    """Return a token answer of another type than ``bearer``."""
    return Fault(kind=FaultKind.ALTERED, phase=phase, set={"token_type": kind})


def without(*keys: str, phase: Phase = Phase.TOKEN) -> Fault:
    """Return an answer without these keys, for example ``refresh_token``."""
    return Fault(kind=FaultKind.ALTERED, phase=phase, drop=list(keys))


def odd_lifetime(expires_in: float | str | None, *, phase: Phase = Phase.TOKEN) -> Fault:
    """Return a token answer with this ``expires_in``."""
    return Fault(kind=FaultKind.ALTERED, phase=phase, set={"expires_in": expires_in})


def granted_scopes(*scopes: str, phase: Phase = Phase.TOKEN) -> Fault:
    """Return a token answer that names these scopes, whatever was granted."""
    return Fault(kind=FaultKind.ALTERED, phase=phase, set={"scope": " ".join(scopes)})


def grant_refused(
    reason: str | None = "Invalid Token!",
    *,
    error: str = "invalid_grant",
    phase: Phase = Phase.REFRESH,
    times: int | None = None,
) -> Fault:
    """Return a refusal by the token endpoint, in the shape that dead grants get."""
    return Fault(kind=FaultKind.OAUTH_ERROR, phase=phase, error=error, reason=reason, times=times)
