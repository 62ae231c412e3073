"""Faults that can be switched on and off while the simulator runs."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from local.simulation.armed_faults import ArmedFaults


class Phase(StrEnum):
    """The kind of request that a fault is for."""

    ANY = "any"
    METHOD = "method"
    WEBHOOK = "webhook"
    REPLY = "reply"


class FaultKind(StrEnum):
    """What goes wrong."""

    LATENCY = "latency"
    RESET_BEFORE = "reset_before"
    RESET_AFTER = "reset_after"
    RESET_MID = "reset_mid"
    TRUNCATED = "truncated"
    HTML_OK = "html_ok"
    HUGE_BODY = "huge_body"
    ERROR = "error"
    STATUS = "status"
    RATE_LIMITED = "rate_limited"
    REDIRECT = "redirect"


# The request is carried out, and its answer is then lost or spoiled on the way.
SPOILING: Final = frozenset(
    (
        FaultKind.RESET_AFTER,
        FaultKind.RESET_MID,
        FaultKind.TRUNCATED,
        FaultKind.HTML_OK,
        FaultKind.HUGE_BODY,
    )
)


class Fault(BaseModel):
    """One fault.

    Attributes:
        kind: What goes wrong.
        phase: The kind of request it is for.
        times: How many requests it hits before it is gone; None means until it is cleared.
        milliseconds: The delay of ``latency``.
        error: Slack's word of ``error``; a webhook gives it the status that it has there.
        status: HTTP status of ``status``, which comes with a page instead of an answer.
        retry_after: What ``rate_limited`` says in its header; None leaves the header out.
        location: Where ``redirect`` leads.
        size: Bytes that ``huge_body`` adds.
        also_posts: Whether the message of an ``error`` or ``status`` is posted nevertheless.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: FaultKind
    phase: Phase = Phase.ANY
    times: int | None = Field(default=None, ge=1)
    milliseconds: float = Field(default=0.0, ge=0, le=600_000)
    error: str = "internal_error"
    status: int = Field(default=503, ge=200, le=599)
    retry_after: str | None = "30"
    location: str = "https://slack.com/"
    size: int = Field(default=10_000_000, ge=1, le=1_000_000_000)
    also_posts: bool = False

    def concerns(self, phase: Phase) -> bool:
        """Say whether the fault is for a request of this phase."""
        return self.phase in (Phase.ANY, phase)


class Faults(ArmedFaults[Fault]):
    """The faults that are switched on. May be used from any thread."""

    def take(self, phase: Phase) -> list[Fault]:
        """Return the faults that hit a request, and count it: at most one replaces the answer."""
        return self._take(
            lambda fault: fault.concerns(phase),
            combines=lambda fault: fault.kind is FaultKind.LATENCY,
        )
