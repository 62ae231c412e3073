"""What Zoom leaves undocumented, documents twice, or has changed: switches, with a default each."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Denial(StrEnum):
    """Where *Decline* leads; no source shows Zoom's own answer."""

    WITH_STATE = "with_state"
    WITHOUT_STATE = "without_state"
    STAYS = "stays"


class Behaviour(BaseModel):
    """How the simulated Zoom behaves.

    Attributes:
        code_seconds: Lifetime of a code; Zoom's error 4733 says five minutes.
        access_token_seconds: Lifetime of an access token, and what ``expires_in`` says.
        refresh_token_days: Lifetime of a refresh token; Zoom's pages say 90 days, or 15 years.
        denial: Where *Decline* leads.
        reused_code_ends_grant: Whether a second use of a code ends what the first one gave.
        new_token_ends_old: Whether a refresh ends the access token that it replaces.
        invalid_client_status: HTTP status of ``invalid_client``: 400 was met, 401 is the RFC's.
        refuses_plain_http: Whether redirect addresses with http are refused even if registered.
        missing_scope_code: Code of a call without the scope: 4711, formerly 104.
        rest_api_disabled_status: HTTP status of "Account does not enabled REST API.".
        signed_in_hours: How long a browser stays signed in.
    """

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    code_seconds: float = Field(default=300, gt=0)
    access_token_seconds: int = Field(default=3600, gt=0)
    refresh_token_days: float = Field(default=90, gt=0)
    denial: Denial = Denial.WITH_STATE
    reused_code_ends_grant: bool = True
    new_token_ends_old: bool = True
    invalid_client_status: int = Field(default=400, ge=400, le=499)
    refuses_plain_http: bool = False
    missing_scope_code: int = 4711
    rest_api_disabled_status: int = Field(default=200, ge=200, le=499)
    signed_in_hours: float = Field(default=12, gt=0)
