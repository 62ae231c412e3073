"""What is to be said about grants, in words for operators."""

from __future__ import annotations

from typing import Final

from zoom_migrator.domain.grant import Grant, GrantStatus
from zoom_migrator.domain.zoom_failure import ZoomFailure, ZoomFailureCode, ZoomFailureKind
from zoom_migrator.use_cases.refresh_grant import Refreshed, RefreshOutcome

_AUTHORIZE: Final = (
    "Its orgs have to be authorized again; `zoom-migrator migrate list --active` shows which are "
    "asked to, and `zoom-migrator migrate start ORG` asks one that is not."
)
_TRY: Final = "To try the stored tokens once: `zoom-migrator grants refresh {id}`."
_O = RefreshOutcome
_SAID: Final[dict[RefreshOutcome, str]] = {
    _O.REFRESHED: "Refreshed: Zoom gave new tokens, and they are stored.",
    _O.NOT_DUE: "Not due: the stored tokens are young enough, and Zoom was not asked.",
    _O.BUSY: "Somebody else is refreshing it at this moment; nothing was sent.",
    _O.OVERTAKEN: "Somebody else brought newer tokens meanwhile; those are stored.",
    _O.DEAD: "Dead: Zoom does not know the tokens any more, and no retry can change that.",
    _O.UNKNOWN: "Unknown: Zoom's answer was lost, so it is not known which tokens count now.",
    _O.UNAVAILABLE: "Zoom cannot be reached at present, and did nothing. The grant is as it was.",
    _O.MISCONFIGURED: "Our own Zoom app or its settings are wrong. The grant is as it was.",
    _O.REFUSED: "Zoom refused for a reason that says little. The grant is as it was.",
}
_NEXT: Final[dict[RefreshOutcome, str]] = {
    _O.BUSY: "Look again in two minutes.",
    _O.DEAD: _AUTHORIZE,
    _O.UNKNOWN: f"{_TRY} If that fails, too: {_AUTHORIZE[0].lower()}{_AUTHORIZE[1:]}",
    _O.UNAVAILABLE: "Try again in a few minutes.",
    _O.MISCONFIGURED: "Find out what: `zoom-migrator doctor --probe`.",
    _O.REFUSED: "Try again in a few minutes; after some such refusals in a row it counts as "
    "unknown.",
}
_K = ZoomFailureKind
_AS_A_REFRESH: Final = {
    _K.TRANSIENT: _O.UNAVAILABLE,
    _K.CONFIGURATION: _O.MISCONFIGURED,
    _K.AMBIGUOUS: _O.REFUSED,
}
_NEXT_OF_STATUS: Final = {
    GrantStatus.LIVE: "Nothing.",
    GrantStatus.DEAD: _NEXT[_O.DEAD],
    GrantStatus.UNKNOWN: _NEXT[_O.UNKNOWN],
}


def happened(outcome: RefreshOutcome) -> str:
    """What became of a refresh."""
    return _SAID[outcome]


def then_after(refreshed: Refreshed) -> str:
    """What to do after a refresh; empty where nothing is to be done."""
    return _NEXT.get(refreshed.outcome, "").format(id=refreshed.grant.grant_id)


def to_do_about(grant: Grant) -> str:
    """What to do about a grant as it stands."""
    if grant.status is GrantStatus.LIVE and grant.problem:
        return (
            f"Refusals in a row: {grant.refusals} ({grant.problem}). "
            f"{_TRY.format(id=grant.grant_id)}"
        )
    return _NEXT_OF_STATUS[grant.status].format(id=grant.grant_id)


def kept_from_revoking(problem: str) -> RefreshOutcome | None:
    """What a problem with revoking comes down to; None where it is not known what Zoom did."""
    if problem in set(RefreshOutcome):
        return RefreshOutcome(problem)
    return _AS_A_REFRESH.get(ZoomFailure(ZoomFailureCode(problem)).kind)


def not_revoked(problem: str) -> str:
    """Why a grant is not revoked, and what to do."""
    outcome = kept_from_revoking(problem)
    if outcome is None:
        return "Zoom's answer was lost, so it may be revoked or not. Repeat the command."
    if outcome is _O.OVERTAKEN:
        return "Somebody authorized or refreshed it meanwhile. Repeat the command if it is to end."
    return f"{_SAID[outcome]} {_NEXT.get(outcome, '')}".rstrip()
