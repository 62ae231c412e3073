"""Prove that an org's grant works: read it again, and call Zoom with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from zoom_migrator.domain.authorization_settings import GrantSettings
from zoom_migrator.domain.grant import Grant
from zoom_migrator.domain.loss import Loss, LossCause, cause_of
from zoom_migrator.domain.verification import Verification
from zoom_migrator.domain.zoom_failure import ZoomFailure, ZoomFailureCode, ZoomFailureKind
from zoom_migrator.ports import Clock, SecretIds
from zoom_migrator.use_cases.find_grants import grant_of_org
from zoom_migrator.use_cases.grant_ports import GrantPorts
from zoom_migrator.use_cases.refresh_grant import (
    Refreshed,
    RefreshNeed,
    RefreshOutcome,
    refresh_grant,
)
from zoom_migrator.use_cases.revoke_grant import REVOKED

_TRIES: Final = 4
# What the API says of an access token that is out of date, was revoked, or has been replaced.
_REFUSED: Final = (ZoomFailureCode.ACCESS_TOKEN_REJECTED, ZoomFailureCode.ACCESS_TOKEN_EXPIRED)
_PASSING: Final = (ZoomFailureKind.TRANSIENT, ZoomFailureKind.OUTCOME_UNKNOWN)
_WITH_TOKENS: Final = (
    RefreshOutcome.REFRESHED,
    RefreshOutcome.NOT_DUE,
    RefreshOutcome.OVERTAKEN,
)
BUSY: Final = "grant_busy"
ANOTHER_USER: Final = "another_zoom_user"


@dataclass(frozen=True, slots=True)
class Unproven:
    """Neither that a grant works nor that it is lost could be found out.

    Attributes:
        reason: Stable code of what stood in the way.
        is_passing: Whether it passes by itself.
        said: What Zoom said, without secrets.
    """

    reason: str
    is_passing: bool
    said: str = ""


type Proof = Verification | Loss | Unproven


def prove_grant(
    org_id: str, *, ports: GrantPorts, ids: SecretIds, clock: Clock, settings: GrantSettings
) -> Proof:
    """Call Zoom with the grant that an org uses at this moment.

    It is refreshed where its access token is about to run out, or where Zoom refuses that token:
    only what becomes of the refresh proves that a grant is lost. A lost race proves nothing, so
    that whoever was overtaken looks again.

    Raises:
        TransientError: A store or the key cannot be reached.
    """
    attempt = _Attempt(ports, ids, clock, settings)
    for _ in range(_TRIES):
        proof = attempt.proof(org_id)
        if proof is not None:
            return proof
    return Unproven(BUSY, is_passing=True)


@dataclass(slots=True)
class _Attempt:
    """Looks and calls, until the answer is about the tokens that are stored.

    Attributes:
        is_renewed: Whether a refused token has been exchanged, which is done once.
    """

    ports: GrantPorts
    ids: SecretIds
    clock: Clock
    settings: GrantSettings
    is_renewed: bool = False

    def proof(self, org_id: str) -> Proof | None:
        """What a look and a call say, or None where somebody else changed the grant meanwhile."""
        grant = grant_of_org(org_id, grants=self.ports.grants)
        if grant is None:
            return Loss(LossCause.NO_GRANT)
        fresh = self._refreshed(grant.grant_id, RefreshNeed.ACCESS)
        if fresh.outcome is RefreshOutcome.OVERTAKEN:
            return None
        said = _proof_without_call(fresh) or self._proof_by_call(fresh.grant)
        return said or self._proof_of_refused(fresh.grant)

    def _proof_by_call(self, grant: Grant) -> Proof | None:
        """What Zoom says of the access token, or None where it refuses it."""
        pair = self.ports.vault.open(grant.sealed, subject=grant.subject)
        at = self.clock.now()
        answer = self.ports.zoom.user(pair.access_token, api_url=grant.api_url)
        if isinstance(answer, ZoomFailure):
            return None if answer.code in _REFUSED else _proof_by_failure(answer, grant)
        if answer.user_id != grant.subject.user_id:
            return Unproven(ANOTHER_USER, is_passing=False, said=answer.email)
        return Verification(
            at, grant.grant_id, grant.version, answer.account_id, zoom_email=answer.email
        )

    def _proof_of_refused(self, grant: Grant) -> Proof | None:
        """What a refresh says of a grant whose access token was refused."""
        if self.is_renewed:
            return Unproven(ZoomFailureCode.ACCESS_TOKEN_REJECTED, is_passing=True)
        present = self.ports.grants.get(grant.grant_id)
        if present is None or present.version != grant.version:
            return None
        self.is_renewed = True
        return _proof_without_call(self._refreshed(grant.grant_id, RefreshNeed.REJECTED))

    def _refreshed(self, grant_id: str, need: RefreshNeed) -> Refreshed:
        return refresh_grant(
            grant_id,
            need,
            ports=self.ports,
            ids=self.ids,
            clock=self.clock,
            settings=self.settings,
        )


def _proof_by_failure(failure: ZoomFailure, grant: Grant) -> Proof:
    if failure.code is ZoomFailureCode.USER_NOT_FOUND:
        return Loss(LossCause.REFUSED, grant.grant_id, grant.version)
    passes = failure.kind in _PASSING
    return Unproven(failure.code, is_passing=passes, said=failure.detail)


def _proof_without_call(fresh: Refreshed) -> Proof | None:
    """What is clear from the refresh alone, or None where there are tokens to call with."""
    if fresh.outcome in _WITH_TOKENS:
        return None
    grant, failure = fresh.grant, fresh.failure
    match fresh.outcome:
        case RefreshOutcome.DEAD:
            cause = LossCause.REVOKED if grant.problem == REVOKED else cause_of(failure)
            return Loss(cause, grant.grant_id, grant.version)
        case RefreshOutcome.UNKNOWN:
            return Loss(LossCause.ANSWER_LOST, grant.grant_id, grant.version)
        case RefreshOutcome.BUSY:
            return Unproven(BUSY, is_passing=True)
        case _:
            reason = failure.code if failure is not None else fresh.outcome
            passes = fresh.outcome is not RefreshOutcome.MISCONFIGURED
            return Unproven(reason, passes, failure.detail if failure is not None else "")
