"""How an authorization at Zoom can come out, and what each outcome means to people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from zoom_migrator.domain.status import BlockedReason


class Outcome(StrEnum):
    """How an authorization came out. Outcomes are stable: pages, notices and scripts name them.

    ``LINK_EXPIRED``: what the link leads to is answered, out of date, revoked or replaced.
    ``STATE_EXPIRED``: too much time went by between the button and the consent.
    ``IN_PROGRESS``: another copy of the same answer is being worked on at this moment.
    ``OUTCOME_UNKNOWN``: Zoom's answer was lost; it may have granted something or not.
    ``ZOOM_UNAVAILABLE``: Zoom surely granted nothing, for a reason that passes.
    ``UNKNOWN_STATE``, ``WRONG_BROWSER``, ``MALFORMED``: nothing was looked at any further.
    """

    CONNECTED = "connected"
    ALREADY_DONE = "already_done"
    DECLINED = "declined"
    WRONG_EMAIL = "wrong_email"
    WRONG_ACCOUNT = "wrong_account"
    PRODUCT_MISSING = "product_missing"
    SCOPES_MISSING = "scopes_missing"
    SCOPES_UNEXPECTED = "scopes_unexpected"
    LINK_EXPIRED = "link_expired"
    STATE_EXPIRED = "state_expired"
    IN_PROGRESS = "in_progress"
    CODE_TOO_OLD = "code_too_old"
    OUTCOME_UNKNOWN = "outcome_unknown"
    ZOOM_UNAVAILABLE = "zoom_unavailable"
    OUR_MISCONFIGURATION = "our_misconfiguration"
    MARKETPLACE_INITIATED = "marketplace_initiated"
    UNKNOWN_STATE = "unknown_state"
    WRONG_BROWSER = "wrong_browser"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class OutcomeMeaning:
    """What an outcome means for people.

    Attributes:
        summary: What happened, to whoever consented and whoever looks after the org.
        remedy: What to do about it; empty where nothing is to be done.
        blocked_reason: Reason code the org gets if its request runs out after this.
    """

    summary: str
    remedy: str
    blocked_reason: BlockedReason | None = None


_AGAIN: Final = "Open the link that was sent to you and start again."
_O = Outcome
_MEANINGS: Final[dict[Outcome, OutcomeMeaning]] = {
    _O.CONNECTED: OutcomeMeaning("Zoom is connected.", ""),
    _O.ALREADY_DONE: OutcomeMeaning("Zoom was connected before.", ""),
    _O.DECLINED: OutcomeMeaning("The request was declined at Zoom.", _AGAIN),
    _O.WRONG_EMAIL: OutcomeMeaning(
        "The Zoom account that consented has another e-mail address than the one expected.",
        "Sign in to Zoom as the expected admin and start again, or have the expected address "
        "corrected in the fleet file.",
        BlockedReason.EMAIL_MISMATCH,
    ),
    _O.WRONG_ACCOUNT: OutcomeMeaning(
        "The consent came from another Zoom account than the org belongs to.",
        "Sign in to the right Zoom account and start again, or have zoom_account_id corrected in "
        "the fleet file.",
        BlockedReason.ACCOUNT_MISMATCH,
    ),
    _O.PRODUCT_MISSING: OutcomeMeaning(
        "A chosen product is not available to the Zoom account that consented.",
        "Start again without it, or as a Zoom admin who has it.",
        BlockedReason.PRODUCT_NOT_ON_ACCOUNT,
    ),
    _O.SCOPES_MISSING: OutcomeMeaning(
        "Zoom granted less than is needed.",
        "Add the missing scopes to the Zoom app; then authorize again.",
        BlockedReason.SCOPES_MISSING,
    ),
    _O.SCOPES_UNEXPECTED: OutcomeMeaning(
        "Zoom granted more than was asked for, so the consent was given back.",
        "Take the scopes named out of the Zoom app, or allow them in the settings (ZoomExtraScopes)"
        "; then authorize again.",
        BlockedReason.SCOPES_MISSING,
    ),
    _O.LINK_EXPIRED: OutcomeMeaning(
        "What this link leads to is out of date, answered or withdrawn.",
        "Ask whoever sent it for a new one.",
    ),
    _O.STATE_EXPIRED: OutcomeMeaning("Too much time went by before the consent.", _AGAIN),
    _O.IN_PROGRESS: OutcomeMeaning(
        "This authorization is being worked on.", "Load the page again in a moment."
    ),
    _O.CODE_TOO_OLD: OutcomeMeaning(
        "Zoom no longer accepts the code of this consent; it lives for five minutes and works "
        "once.",
        _AGAIN,
    ),
    _O.OUTCOME_UNKNOWN: OutcomeMeaning(
        "Zoom's answer was lost, so it is not known whether it connected anything.", _AGAIN
    ),
    _O.ZOOM_UNAVAILABLE: OutcomeMeaning(
        "Zoom cannot be reached at present; nothing was connected.",
        "Wait a few minutes; then open the link that was sent to you and start again.",
    ),
    _O.OUR_MISCONFIGURATION: OutcomeMeaning(
        "The migrator's own Zoom app is not set up properly; nothing was connected.",
        "The operator of the migrator has to mend it: `zoom-migrator doctor`.",
    ),
    _O.MARKETPLACE_INITIATED: OutcomeMeaning(
        "The app was added in the Zoom Marketplace, which says nothing of the org it is for.",
        _AGAIN,
    ),
    _O.UNKNOWN_STATE: OutcomeMeaning("This authorization is unknown or out of date.", _AGAIN),
    _O.WRONG_BROWSER: OutcomeMeaning(
        "This authorization was begun in another browser, or cookies are blocked.",
        "Open the link that was sent to you and start again, in one browser from start to end.",
    ),
    _O.MALFORMED: OutcomeMeaning("This address is damaged or incomplete.", _AGAIN),
}

SETBACKS: Final = frozenset(
    {
        Outcome.DECLINED,
        Outcome.WRONG_EMAIL,
        Outcome.WRONG_ACCOUNT,
        Outcome.PRODUCT_MISSING,
        Outcome.SCOPES_MISSING,
        Outcome.SCOPES_UNEXPECTED,
        Outcome.CODE_TOO_OLD,
        Outcome.OUTCOME_UNKNOWN,
        Outcome.ZOOM_UNAVAILABLE,
        Outcome.OUR_MISCONFIGURATION,
    }
)
"""Outcomes of an attempt that was used up without connecting anything; the request stays open."""


def meaning_of_outcome(outcome: Outcome) -> OutcomeMeaning:
    """What an outcome means for people."""
    return _MEANINGS[outcome]
