"""A grant: what one Zoom user allowed one app, shared by all orgs that use it.

Zoom keeps one live grant for each user and app; a later consent ends the earlier one (error 4741).
So there is one row for each Zoom client, account and user, and a consent replaces its tokens.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from zoom_migrator.domain.errors import IllegalTransition
from zoom_migrator.domain.org import ZoomProduct
from zoom_migrator.domain.zoom_account import NOTHING_KNOWN, ZoomProducts

_ID_CHARACTERS: Final = 32


class GrantStatus(StrEnum):
    """What is known of a grant.

    ``DEAD``: Zoom said so, or it was revoked. ``UNKNOWN``: the answer to a refresh was lost, so
    that the tokens may be worthless; only a new consent, or an operator's own try, settles it.
    """

    LIVE = "live"
    DEAD = "dead"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class TokenPair:
    """The two tokens of a grant; the refresh token works once."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class IssuedTokens:
    """What Zoom's token endpoint answered.

    Attributes:
        scopes: What was granted, as Zoom names it.
        api_url: Where the account's API is, checked against the allowed hosts.
    """

    pair: TokenPair
    expires_at: datetime
    scopes: tuple[str, ...]
    api_url: str


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to refresh a grant, and the sign that a refresh may be on its way."""

    owner: str
    until: datetime


@dataclass(frozen=True, slots=True)
class GrantSubject:
    """Whose grant it is, and whose consent brought its present tokens.

    This is what the tokens are sealed for: in another row they cannot be opened.

    Attributes:
        org_id: The org whose authorization it was; others may use the grant as well.
    """

    client_id: str
    account_id: str
    user_id: str
    org_id: str

    @property
    def grant_id(self) -> str:
        """Id of the grant; the org is no part of it."""
        return grant_id(self.client_id, self.account_id, self.user_id)


@dataclass(frozen=True, slots=True)
class Grant:
    """One row for each Zoom client, account and user.

    Attributes:
        email: E-mail address of the Zoom user when they consented.
        sealed: The present tokens, encrypted for the subject.
        issued_at: When the present tokens were issued; the refresh token ages from here.
        consented_at: When the user consented.
        problem: Stable code of what was wrong last; empty while all is well.
        refusals: How many ambiguous refusals came in a row.
        version: Counts token pairs, for fencing: whoever was overtaken sees another one.
        orgs: Ids of the orgs that use it, sorted.
        revision: Counts changes, for optimistic locking; 0 means not stored yet.
    """

    subject: GrantSubject
    email: str
    sealed: str = field(repr=False)
    access_expires_at: datetime
    issued_at: datetime
    consented_at: datetime
    scopes: tuple[str, ...]
    api_url: str
    products: ZoomProducts = NOTHING_KNOWN
    status: GrantStatus = GrantStatus.LIVE
    status_since: datetime | None = None
    problem: str = ""
    refusals: int = 0
    version: int = 1
    lease: Lease | None = None
    orgs: tuple[str, ...] = ()
    revision: int = 0

    @property
    def grant_id(self) -> str:
        """Id of the grant."""
        return self.subject.grant_id

    def is_leased(self, now: datetime) -> bool:
        """Whether somebody may be refreshing it now."""
        return self.lease is not None and now < self.lease.until

    def leased(self, owner: str, *, now: datetime, lasting: timedelta) -> Grant:
        """The grant in the hands of one who is about to refresh it.

        Raises:
            IllegalTransition: Somebody else has it in hand.
        """
        if self.is_leased(now):
            raise IllegalTransition(f"grant {self.grant_id} is leased to somebody else")
        return replace(self, lease=Lease(owner, now + lasting))

    def is_in_hands_of(self, owner: str, version: int) -> bool:
        """Whether a refresh that began with this version may still store what it brought."""
        return self.lease is not None and self.lease.owner == owner and self.version == version

    def released(self) -> Grant:
        """The grant in nobody's hands, as it was."""
        return replace(self, lease=None)

    def rotated(self, tokens: IssuedTokens, sealed: str, *, at: datetime) -> Grant:
        """The grant with the tokens that a refresh brought."""
        return replace(
            self,
            sealed=sealed,
            access_expires_at=tokens.expires_at,
            issued_at=at,
            scopes=tokens.scopes,
            api_url=tokens.api_url,
            status=GrantStatus.LIVE,
            status_since=at if self.status is not GrantStatus.LIVE else self.status_since,
            problem="",
            refusals=0,
            version=self.version + 1,
            lease=None,
        )

    def refused(self, code: str) -> Grant:
        """The grant after a refresh that was refused for a reason that says little."""
        return replace(self, problem=code, refusals=self.refusals + 1, lease=None)

    def settled(self, status: GrantStatus, code: str, *, at: datetime) -> Grant:
        """The grant as dead or unknown.

        The tokens of a dead one are destroyed. The lease of an unknown one stays where there is
        one: whoever held it, and was given up, may yet bring the tokens.
        """
        settled = replace(self, status=status, status_since=at, problem=code)
        if status is GrantStatus.DEAD:
            return replace(settled, sealed="", lease=None)
        return settled

    def used_by(self, org_id: str) -> Grant:
        """The grant with one more org that uses it."""
        return replace(self, orgs=tuple(sorted({*self.orgs, org_id})))

    def not_used_by(self, org_id: str) -> Grant:
        """The grant without an org."""
        return replace(self, orgs=tuple(org for org in self.orgs if org != org_id))


@dataclass(frozen=True, slots=True)
class GrantLink:
    """Which grant an org uses, and which consent made it so.

    Attributes:
        request_id: The request for authorization that was answered.
        products: What was chosen, and so is integrated.
    """

    org_id: str
    grant_id: str
    request_id: str
    products: tuple[ZoomProduct, ...]
    linked_at: datetime


def grant_id(client_id: str, account_id: str, user_id: str) -> str:
    """Id of the one grant that a Zoom user can give an app."""
    # A line end stands in none of the three.
    digest = hashlib.sha256("\n".join((client_id, account_id, user_id)).encode())
    return digest.hexdigest()[:_ID_CHARACTERS]
