"""What the page about the old keys says about a request, in the words and order of people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from zoom_migrator.adapters.web.shown import asked_by, environment_of, masked
from zoom_migrator.domain.cleanup import CleanupRequest, CleanupStatus
from zoom_migrator.domain.cleanup_words import (
    CONFIRMATION,
    what_is_not_proven,
    what_is_proven,
    what_keeping_means,
    what_stays,
    what_will_change,
)
from zoom_migrator.domain.deadline import deadline_of
from zoom_migrator.domain.key_backup import backup_expiry
from zoom_migrator.domain.loss import CONNECTED
from zoom_migrator.domain.migration import Migration, MigrationOutcome, MigrationStep
from zoom_migrator.domain.org import Org, OrgRegistration
from zoom_migrator.domain.status import KeysKeptReason, OrgStatus
from zoom_migrator.use_cases.answer_cleanup import CleanupOffer

_S, _O = MigrationStep, MigrationOutcome
_WITHOUT_AUTHORIZATION: Final = frozenset({OrgStatus.FALLBACK_JWT, OrgStatus.DISCONNECTED})
# A migration gets back to these steps only by the loss of its authorization.
_AUTHORIZING_ANEW: Final = frozenset({_S.AWAITING_AUTHORIZATION, _S.AUTHORIZED, _S.SOAKING})
_ENDED_WITHOUT_AUTHORIZATION: Final = frozenset(
    {_O.AUTHORIZATION_EXPIRED, _O.AUTHORIZATION_BLOCKED, _O.AUTHORIZATION_DECLINED}
)
_BACK: Final = frozenset({KeysKeptReason.REAPPEARED, KeysKeptReason.RESTORED})


class CleanupState(StrEnum):
    """Where a request stands, as far as whoever has its link is concerned.

    ``LOST``: the org has lost its authorization before anybody answered. ``CLOSED``: nobody waits
    for an answer any more, for another reason.
    """

    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"
    EXPIRED = "expired"
    LOST = "lost"
    CLOSED = "closed"


class Progress(StrEnum):
    """How far an approved removal is, as far as whoever approved it is concerned.

    ``BACK``: keys were found or put back in the org after it. ``VOID``: the authorization was lost,
    and the approval with it. ``REFUSED``: the org did not let the keys be removed.
    """

    COMING = "coming"
    REMOVING = "removing"
    DONE = "done"
    BACK = "back"
    VOID = "void"
    REFUSED = "refused"
    ENDED = "ended"


_ANSWERED: Final = {
    CleanupStatus.APPROVED: CleanupState.APPROVED,
    CleanupStatus.DECLINED: CleanupState.DECLINED,
    CleanupStatus.EXPIRED: CleanupState.EXPIRED,
}


@dataclass(frozen=True, slots=True)
class CleanupView:
    """A request to remove the old keys, as the templates show it.

    Attributes:
        asked_by: Who asked, as far as it says something to people outside.
        changes: What an approval leads to, in sentences; so are the four that follow.
        backup_until: Until when the keys that were removed can be put back; None before.
        answered_by: Masked address of whoever answered; empty where a policy did.
    """

    org: OrgRegistration
    environment: str
    request: CleanupRequest
    progress: Progress
    asked_by: str
    changes: tuple[str, ...]
    stays: tuple[str, ...]
    proven: tuple[str, ...]
    unproven: tuple[str, ...]
    keeping: str
    confirmation: str
    backup_until: datetime | None
    registered_email: str
    answered_by: str

    @classmethod
    def of(cls, offer: CleanupOffer, now: datetime, *, jwt_deadline: date) -> CleanupView:
        """The view of a request at a time."""
        registration, migration = offer.org.registration, offer.migration
        answer, deadline = offer.request.answer, deadline_of(offer.org, jwt_deadline)
        # In full it would tell whoever has the link what they have to type.
        proofs = [
            replace(proof, zoom_email=masked(proof.zoom_email)) for proof in migration.verifications
        ]
        return cls(
            org=registration,
            environment=environment_of(registration),
            request=offer.request,
            progress=_progress(offer),
            asked_by=asked_by(migration),
            changes=what_will_change(offer.request, backup_expiry(deadline, now)),
            stays=what_stays(),
            proven=what_is_proven(proofs),
            unproven=what_is_not_proven(proofs),
            keeping=what_keeping_means(deadline, now.date()),
            confirmation=CONFIRMATION,
            backup_until=migration.removal.backup_until if migration.removal else None,
            registered_email=masked(registration.salesforce_admin_email),
            answered_by=masked(answer.email) if answer and answer.email else "",
        )


def state_at(offer: CleanupOffer, now: datetime) -> CleanupState:
    """Where a request stands; one out of date has expired, whether or not that is stored yet."""
    request = offer.request
    if request.status in _ANSWERED:
        return _ANSWERED[request.status]
    if request.status is CleanupStatus.PENDING and now >= request.expires_at:
        return CleanupState.EXPIRED
    if _is_lost(offer.migration, offer.org):
        return CleanupState.LOST
    return CleanupState.OPEN if _is_waited_for(offer) else CleanupState.CLOSED


def _is_lost(migration: Migration, org: Org) -> bool:
    """Whether a request without an answer ended by the loss of what it was about."""
    if migration.is_over:
        return migration.outcome in _ENDED_WITHOUT_AUTHORIZATION
    return migration.step in _AUTHORIZING_ANEW or org.status in _WITHOUT_AUTHORIZATION


def _is_waited_for(offer: CleanupOffer) -> bool:
    """Whether the state machine would go on with an answer."""
    has_org_in_hand = offer.org.active_attempt == offer.migration.attempt
    return offer.is_open and has_org_in_hand and offer.org.status in CONNECTED


def _progress(offer: CleanupOffer) -> Progress:
    migration, removal = offer.migration, offer.migration.removal
    if migration.outcome is MigrationOutcome.MIGRATED or (removal and removal.removed_at):
        return Progress.BACK if offer.org.keys_kept in _BACK else Progress.DONE
    if _is_lost(migration, offer.org):
        return Progress.VOID
    if migration.is_over:
        refused = migration.outcome is MigrationOutcome.CLEANUP_BLOCKED
        return Progress.REFUSED if refused else Progress.ENDED
    return Progress.REMOVING if removal else Progress.COMING
