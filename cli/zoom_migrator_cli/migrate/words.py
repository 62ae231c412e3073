"""What a migration waits for and what comes then, in words for operators."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from zoom_migrator.domain.approval import Approval, Terms
from zoom_migrator.domain.migration import Install, Migration, MigrationOutcome, MigrationStep
from zoom_migrator.domain.org import Org, UpgradePolicy
from zoom_migrator.domain.preflight import worst

_THEN: Final = {
    MigrationStep.PREPARING: "Asks for consent unless it is at hand, then installs.",
    MigrationStep.INSTALLING: "Reads the installed version again; only that counts.",
    MigrationStep.AWAITING_UPGRADE_BY_HAND: "Looks at the version now and then.",
}
_O = MigrationOutcome
_AFTERWARDS: Final = {
    _O.UPGRADED: "Nothing: the package is upgraded.",
    _O.DECLINED: "Ask the Salesforce admin why; `zoom-migrator migrate resume` asks again.",
    _O.EXPIRED: "Remind whoever did not act; `zoom-migrator migrate start` begins anew.",
    _O.BLOCKED: "Mend what it was blocked by, then: `zoom-migrator migrate resume`.",
    _O.NOT_INSTALLED: "Nothing: the package is not installed any more.",
    _O.STOPPED: "`zoom-migrator migrate start` begins anew.",
    _O.BROKE: "Read why (below), then: `zoom-migrator migrate resume`.",
}


def since(migration: Migration) -> datetime:
    """Since when it does what it does."""
    return _since(migration) or migration.started_at


def _since(migration: Migration) -> datetime | None:
    match migration.step:
        case MigrationStep.PREPARING:
            return migration.waiting_since
        case MigrationStep.AWAITING_APPROVAL:
            return migration.approval.requested_at if migration.approval else None
        case MigrationStep.INSTALLING:
            return migration.install.began_at if migration.install else None
        case MigrationStep.AWAITING_UPGRADE_BY_HAND:
            return migration.by_hand_since
        case MigrationStep.ENDED:
            return migration.ended_at
        case _:
            return migration.waiting_since


def waits_for(migration: Migration, org: Org) -> str:
    """Whom or what it waits for; empty where it waits for nothing."""
    match migration.step:
        case MigrationStep.PREPARING:
            return _hindrance(migration)
        case MigrationStep.AWAITING_APPROVAL:
            return _answer(migration.approval, org)
        case MigrationStep.INSTALLING:
            return _install(migration.install)
        case MigrationStep.AWAITING_UPGRADE_BY_HAND:
            until = migration.by_hand_until
            return "somebody to upgrade in the org" + (f", until {moment(until)}" if until else "")
        case MigrationStep.AWAITING_AUTHORIZATION:
            return f"{org.registration.zoom_admin_email} to authorize at Zoom"
        case _:
            return ""


def comes_next(migration: Migration) -> str:
    """What the product does next by itself, or what a person should do."""
    if migration.outcome is not None:
        return migration.remedy or _AFTERWARDS.get(migration.outcome, "")
    if migration.step is MigrationStep.AWAITING_APPROVAL:
        version = f" {migration.target.version}" if migration.target else ""
        return f"Installs version{version} once it is approved; ends where nobody answers."
    return _THEN.get(migration.step, "")


def way_of_upgrading(org: Org, *, terms: Terms, version_id: str) -> str:
    """Who decides about the install in an org, as its policy stands now."""
    policy, acceptance = org.registration.upgrade_policy, org.standing_acceptance
    asks = f"asks {org.registration.salesforce_admin_email}"
    if policy is UpgradePolicy.MANUAL or not version_id:
        return "by hand"
    if policy is UpgradePolicy.ASK:
        return asks
    if acceptance is None:
        return f"{asks}: no standing acceptance"
    if acceptance.terms_version != terms.version:
        return f"{asks}: the standing acceptance is of terms {acceptance.terms_version}"
    return f"without asking: accepted by {acceptance.name}"


def moment(at: datetime) -> str:
    """A time as the command line writes it."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _answer(approval: Approval | None, org: Org) -> str:
    admin = org.registration.salesforce_admin_email
    if approval is None:
        return f"the request to {admin} to be made"
    return f"{admin} to approve, until {moment(approval.expires_at)}"


def _install(install: Install | None) -> str:
    if install is None:
        return "the install to begin"
    if install.confirmed_at is not None:
        return "the new version to show up in the org"
    if install.request_id:
        return f"Salesforce to finish install {install.request_id}"
    if install.intended_at is not None:
        return "what became of the install request"
    return "another try" + (f", after: {install.last_error}" if install.last_error else "")


def _hindrance(migration: Migration) -> str:
    if migration.waiting_since is None:
        return ""
    finding = worst(migration.findings)
    return finding.message if finding else "the org to answer"
