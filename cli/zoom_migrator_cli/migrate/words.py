"""What a migration waits for and what comes then, in words for operators."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from zoom_migrator.domain.approval import Approval, Terms
from zoom_migrator.domain.authorization_outcome import meaning_of_outcome
from zoom_migrator.domain.authorization_request import AuthorizationRequest, Setback
from zoom_migrator.domain.expectation import expectation_of
from zoom_migrator.domain.finding import worst
from zoom_migrator.domain.migration import Install, Migration, MigrationOutcome, MigrationStep
from zoom_migrator.domain.org import Org, UpgradePolicy
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator_cli.layout import moment
from zoom_migrator_cli.migrate.beyond import comes_next_beyond, since_beyond, waits_for_beyond

_THEN: Final = {
    MigrationStep.PREPARING: "Asks for consent unless it is at hand, then installs.",
    MigrationStep.INSTALLING: "Reads the installed version again; only that counts.",
    MigrationStep.AWAITING_UPGRADE_BY_HAND: "Looks at the version now and then.",
    MigrationStep.AWAITING_AUTHORIZATION: "Stores the grant once somebody authorized; ends where "
    "nobody does.",
}
_TO_PROVE: Final = (OrgStatus.AUTHORIZED, OrgStatus.CLEANUP_APPROVAL_PENDING)
_TO_AUTHORIZE: Final = (
    OrgStatus.AUTHORIZATION_PENDING,
    OrgStatus.FALLBACK_JWT,
    OrgStatus.DISCONNECTED,
)
_O = MigrationOutcome
_AFTERWARDS: Final = {
    _O.UPGRADED: "Authorize Zoom with OAuth: `zoom-migrator migrate start`.",
    _O.DECLINED: "Ask the Salesforce admin why; `zoom-migrator migrate resume` asks again.",
    _O.EXPIRED: "Remind whoever did not act; `zoom-migrator migrate start` begins anew.",
    _O.BLOCKED: "Mend what it was blocked by, then: `zoom-migrator migrate resume`.",
    _O.NOT_INSTALLED: "Nothing: the package is not installed any more.",
    _O.STOPPED: "`zoom-migrator migrate start` begins anew.",
    _O.BROKE: "Read why (below), then: `zoom-migrator migrate resume`.",
    _O.AUTHORIZED: "Have the connection proven: `zoom-migrator migrate start`.",
    _O.AUTHORIZATION_EXPIRED: "Find out who is in charge of Zoom; `zoom-migrator migrate start` "
    "asks anew.",
    _O.AUTHORIZATION_BLOCKED: "Mend what the consent was refused for, then: "
    "`zoom-migrator migrate resume`.",
    _O.AUTHORIZATION_DECLINED: "Ask the Zoom admin why; `zoom-migrator migrate start` asks again.",
    _O.UNVERIFIED: "Find out why the connection cannot be proven, then: "
    "`zoom-migrator migrate resume`.",
    _O.CLEANUP_BLOCKED: "Mend what keeps the old keys from being removed, then: "
    "`zoom-migrator migrate resume`.",
    _O.VERSION_WENT_DOWN: "Find out who installed an older version; `zoom-migrator migrate start` "
    "upgrades again.",
    _O.MIGRATED: "Nothing: the org is migrated.",
    _O.MIGRATED_KEYS_KEPT: "Nothing: the org is migrated, and its old keys stay.",
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
        case MigrationStep.AWAITING_AUTHORIZATION:
            return migration.authorization.requested_at if migration.authorization else None
        case MigrationStep.AUTHORIZED:
            return _authorized_at(migration.authorization)
        case MigrationStep.ENDED:
            return migration.ended_at
        case _:
            return since_beyond(migration) or migration.waiting_since


def _authorized_at(request: AuthorizationRequest | None) -> datetime | None:
    return request.authorized.at if request and request.authorized else None


def waits_for(migration: Migration, org: Org) -> str:
    """Whom or what it waits for; empty where it waits for nothing."""
    match migration.step:
        case MigrationStep.PREPARING:
            return _hindrance(migration)
        case MigrationStep.AWAITING_APPROVAL:
            return _answer(migration.approval, org)
        case MigrationStep.INSTALLING:
            return _hindrance(migration) or _install(migration.install)
        case MigrationStep.AWAITING_UPGRADE_BY_HAND:
            until = migration.by_hand_until
            return "somebody to upgrade in the org" + (f", until {moment(until)}" if until else "")
        case MigrationStep.AWAITING_AUTHORIZATION:
            return _authorization(migration.authorization, org)
        case _:
            return waits_for_beyond(migration, org)


def comes_next(migration: Migration) -> str:
    """What the product does next by itself, or what a person should do."""
    if migration.outcome is not None:
        return migration.remedy or _AFTERWARDS.get(migration.outcome, "")
    if migration.step is MigrationStep.AWAITING_APPROVAL:
        version = f" {migration.target.version}" if migration.target else ""
        return f"Installs version{version} once it is approved; ends where nobody answers."
    return _THEN.get(migration.step) or comes_next_beyond(migration)


def last_try(migration: Migration) -> str:
    """Why the latest attempt at authorizing came to nothing, while others may follow, or empty."""
    setback = migration.authorization.setback if migration.authorization else None
    if setback is None or migration.step is not MigrationStep.AWAITING_AUTHORIZATION:
        return ""
    meaning = meaning_of_outcome(setback.outcome)
    said = f"Last try, {moment(setback.at)}: {meaning.summary}{_particulars(setback)}"
    return f"{said} {meaning.remedy}".rstrip()


def _particulars(setback: Setback) -> str:
    names = f" ({', '.join(setback.names)})" if setback.names else ""
    return names + (f" It was {setback.zoom_email}." if setback.zoom_email else "")


def way_of_upgrading(org: Org, *, terms: Terms, version_id: str) -> str:
    """Who decides about the install in an org, as its policy stands now."""
    if org.status in _TO_PROVE:
        return "nothing: proves the connection"
    if org.status in _TO_AUTHORIZE:
        return f"nothing: asks {expectation_of(org.registration).email} to authorize"
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


def _answer(approval: Approval | None, org: Org) -> str:
    admin = org.registration.salesforce_admin_email
    if approval is None:
        return f"the request to {admin} to be made"
    return f"{admin} to approve, until {moment(approval.expires_at)}"


def _authorization(request: AuthorizationRequest | None, org: Org) -> str:
    who = expectation_of(org.registration).email
    if request is None:
        return f"the request to {who} to be made"
    return f"{who} to authorize at Zoom, until {moment(request.expires_at)}"


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
