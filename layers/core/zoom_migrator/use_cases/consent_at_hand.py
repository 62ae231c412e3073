"""Consent to an upgrade that nobody has to be asked for any more."""

from __future__ import annotations

from datetime import datetime

from zoom_migrator.domain.approval import Approval, ApprovalStatus, Terms
from zoom_migrator.domain.migration import Migration
from zoom_migrator.domain.org import Org, UpgradePolicy
from zoom_migrator.domain.upgrade import TargetVersion


def consent_at_hand(
    migration: Migration, org: Org, target: TargetVersion, terms: Terms, now: datetime
) -> Approval | None:
    """Consent to just this upgrade under the present terms, or None where it has to be asked for.

    It was given to an earlier attempt that could not finish the upgrade, or beforehand by a
    standing acceptance where the org's policy is ``auto``.
    """
    brought = migration.approval
    same_terms = brought is not None and brought.terms.version == terms.version
    if brought is not None and same_terms and brought.allows(target.version_id):
        return brought
    acceptance = org.standing_acceptance
    if org.registration.upgrade_policy is not UpgradePolicy.AUTO or acceptance is None:
        return None
    if acceptance.terms_version != terms.version:
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
