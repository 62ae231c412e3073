"""What an operator decides about authorizations and grants for the whole fleet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from zoom_migrator.domain.zoom_scopes import ScopeRules

LONGEST_ATTEMPT: Final = timedelta(minutes=10)
# Whoever stored a grant and crashed before the record of it is made good for within this time.
LONGEST_WAIT: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AuthorizationSettings:
    """The fleet's settings of authorizations.

    Attributes:
        authorize_url: Zoom's page for consent.
        issuer: What Zoom would call itself in ``iss``.
        redirect_uri: Where Zoom sends the browser; has to be registered with the app as it is.
        request_lifetime: How long an authorization is waited for.
        reminder_every: How long until somebody who has not authorized is reminded.
        attempt_lifetime: How long Zoom's answer to one attempt is waited for.
        working_time: How long an answer may be worked on before its outcome counts as lost.
        jwt_deadline: The day JWT ends for orgs that have no day of their own: whether an org whose
            authorization was declined runs on JWT. None leaves its status as it was.
    """

    authorize_url: str
    issuer: str
    redirect_uri: str
    scopes: ScopeRules
    request_lifetime: timedelta
    reminder_every: timedelta
    attempt_lifetime: timedelta = LONGEST_ATTEMPT
    working_time: timedelta = timedelta(minutes=1)
    jwt_deadline: date | None = None


@dataclass(frozen=True, slots=True)
class GrantSettings:
    """The fleet's settings of grants.

    Attributes:
        lease: How long a refresh may take, from its intention to the stored tokens. Far longer
            than the longest call, so that nobody is overtaken who is still at work.
        refresh_every: How old a refresh token gets before it is exchanged for its own sake.
            Zoom's pages say that one lives 90 days, or 15 years.
        margin: How long an access token has to be good for at least when it is used.
        refusals_allowed: How many ambiguous refusals in a row are put down to passing causes.
    """

    lease: timedelta = timedelta(minutes=2)
    refresh_every: timedelta = timedelta(days=7)
    margin: timedelta = timedelta(minutes=2)
    refusals_allowed: int = 3
