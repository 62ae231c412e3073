"""Consent to an upgrade that nobody has to be asked for any more."""

from __future__ import annotations

from datetime import datetime

from zoom_migrator.domain.approval import (
    AnswerChannel,
    Approval,
    ApprovalStatus,
    StandingAcceptance,
    Terms,
)
from zoom_migrator.domain.migration import Migration
from zoom_migrator.domain.org import Org, UpgradePolicy
from zoom_migrator.domain.upgrade import TargetVersion


def consent_brought_along(
    migration: Migration, target: TargetVersion, terms: Terms
) -> Approval | None:
    """Consent to just this upgrade that somebody gave to an earlier attempt, if there is one.

    A standing acceptance is not brought along: it may have been withdrawn since.
    """
    brought = migration.approval
    if brought is None or _is_given_beforehand(brought):
        return None
    same_terms = brought.terms.version == terms.version
    return brought if same_terms and brought.allows(target.version_id) else None


def consent_given_beforehand(
    migration: Migration, org: Org, target: TargetVersion, terms: Terms, now: datetime
) -> Approval | None:
    """Consent by a standing acceptance of the present terms, where the org's policy is ``auto``."""
    acceptance = _standing_acceptance(org)
    if acceptance is None or acceptance.terms_version != terms.version:
        return None
    return Approval(
        approval_id="",
        requested_at=now,
        expires_at=now,
        version_now=migration.version_before,
        target=target,
        terms=terms,
        status=ApprovalStatus.ACCEPTED,
        answer=acceptance.answer(now),
    )


def is_withdrawn(approval: Approval, org: Org) -> bool:
    """Whether consent that was given beforehand does not stand any more as it was applied."""
    if not _is_given_beforehand(approval):
        return False
    acceptance, answer = _standing_acceptance(org), approval.answer
    return acceptance is None or answer is None or not acceptance.stands_for(answer)


def _is_given_beforehand(approval: Approval) -> bool:
    answer = approval.answer
    return answer is not None and answer.channel is AnswerChannel.STANDING_ACCEPTANCE


def _standing_acceptance(org: Org) -> StandingAcceptance | None:
    """The org's standing acceptance, where it has any effect."""
    is_automatic = org.registration.upgrade_policy is UpgradePolicy.AUTO
    return org.standing_acceptance if is_automatic else None
