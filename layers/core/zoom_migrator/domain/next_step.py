"""What a person should do next about an org, in words."""

from __future__ import annotations

from typing import Final

from zoom_migrator.domain.check import KeyPresence
from zoom_migrator.domain.failure import FailureKind, FailureMeaning, meaning_of
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.status import BlockedReason, KeysKeptReason, OrgStatus
from zoom_migrator.domain.version import PackageVersion

_READ: Final = "`zoom-migrator migrate show ORG`"
_RESUME: Final = " Then: `zoom-migrator migrate resume ORG`."
_START: Final = "Start with `zoom-migrator migrate start ORG`."
_ASK_AGAIN: Final = " To have them removed: `zoom-migrator migrate start ORG`."

_BY_STATUS: Final[dict[OrgStatus, str]] = {
    OrgStatus.REGISTERED: "Run a scan: nothing is known of this org yet.",
    OrgStatus.UPGRADE_APPROVAL_PENDING: "Wait for the Salesforce admin to approve the upgrade, or "
    "record the answer: `zoom-migrator approve upgrade ORG`.",
    OrgStatus.UPGRADING: "Wait: the package is being upgraded. See `zoom-migrator migrate show "
    "ORG`.",
    OrgStatus.AUTHORIZED: "Wait: the OAuth connection is being proven.",
    OrgStatus.CLEANUP_APPROVAL_PENDING: "Wait for the Salesforce admin's answer on removing the "
    f"old keys. See {_READ}.",
    OrgStatus.MIGRATED: "Nothing: migrated.",
    OrgStatus.MIGRATED_KEYS_KEPT: "Nothing: migrated, with its old keys.",
    OrgStatus.NOT_INSTALLED: "Nothing: the Zoom package is not installed.",
}
_BY_KEYS: Final[dict[KeysKeptReason, str]] = {
    KeysKeptReason.DECLINED: "Nothing: migrated, old keys kept on request.",
    KeysKeptReason.POLICY: "Nothing: migrated, old keys kept as the fleet file says.",
    KeysKeptReason.UNANSWERED: "Nothing has to be done: migrated, and nobody answered about the "
    "old keys." + _ASK_AGAIN,
    KeysKeptReason.REFUSED: f"Read why the old keys could not be removed: {_READ}. Mend it."
    + _ASK_AGAIN,
    KeysKeptReason.REAPPEARED: "Find out who entered an API key or secret again in Zoom Config."
    + _ASK_AGAIN,
    KeysKeptReason.RESTORED: "Find out why the old keys were put back." + _ASK_AGAIN,
}
_AUTHORIZE: Final[dict[OrgStatus, str]] = {
    OrgStatus.AUTHORIZATION_PENDING: "Authorize Zoom with OAuth.",
    OrgStatus.FALLBACK_JWT: "Authorize with OAuth again: the org runs on its old JWT keys.",
    OrgStatus.DISCONNECTED: "Authorize with OAuth again: the integration is down.",
}
_BY_REASON: Final[dict[BlockedReason, str]] = {
    BlockedReason.LOGIN_NOT_APPROVED: "Approve the migrator's app in the org, then scan again.",
    BlockedReason.LOGIN_REFUSED: "Find the refused login in the org's Login History, mend its "
    "cause, then scan again.",
    BlockedReason.INSUFFICIENT_PRIVILEGES: "Give the integration user the permissions listed in "
    "the set-up guide, then scan again.",
    BlockedReason.API_DISABLED: "Switch the API on for the org and its integration user, then "
    "scan again.",
    BlockedReason.WRONG_ORG: "Correct org_key or my_domain_host in the fleet file, then scan "
    "again.",
    BlockedReason.CONFIGURATION: "Correct the org's row in the fleet file or the migrator's "
    "settings, then scan again.",
    BlockedReason.CONTACT_SALESFORCE_SUPPORT: "Ask Salesforce Support for the feature that the org "
    f"lacks; {_READ} says which." + _RESUME,
    BlockedReason.UPGRADE_FAILED: f"Read why the upgrade failed: {_READ}. Mend it." + _RESUME,
    BlockedReason.UPGRADE_DECLINED: "Ask the Salesforce admin who declined the upgrade." + _RESUME,
    BlockedReason.INSTALL_NOT_ALLOWED: "Let the integration user install packages (permission "
    "'Download AppExchange Packages')." + _RESUME,
    BlockedReason.ORG_NOT_UPGRADABLE: f"Read what keeps the org from being upgraded: {_READ}. Mend "
    "it." + _RESUME,
    BlockedReason.TARGET_NOT_USABLE: "Read why the configured version cannot be installed: "
    f"{_READ}. Mend it." + _RESUME,
    BlockedReason.MIGRATION_BROKE: f"Read why the migration broke: {_READ}. Mend it." + _RESUME,
    BlockedReason.EMAIL_MISMATCH: "Use Salesforce and Zoom admin accounts with one e-mail, or "
    "correct zoom_admin_email in the fleet file." + _RESUME,
    BlockedReason.ACCOUNT_MISMATCH: "Have the right Zoom account authorize, or correct "
    "zoom_account_id in the fleet file." + _RESUME,
    BlockedReason.PRODUCT_NOT_ON_ACCOUNT: "Deselect the product the Zoom account lacks; "
    f"{_READ} names it." + _RESUME,
    BlockedReason.SCOPES_MISSING: f"Correct the scopes of the Zoom app; {_READ} names them."
    + _RESUME,
}


def next_step(org: Org, minimum: PackageVersion) -> str:
    """One sentence or two: what to do, or that nothing is to be done."""
    if org.failure is None:
        return _step_of_status(org, minimum)
    meaning = meaning_of(org.failure.code)
    if _is_all_that_is_wrong(meaning, org):
        return _joined(meaning.summary, meaning.remedy)
    if meaning.kind is FailureKind.TRANSIENT:
        return f"{_step_of_status(org, minimum)} (Last check failed: {meaning.summary})"
    return f"{_joined(meaning.summary, meaning.remedy)} Then: {_step_of_status(org, minimum)}"


def _is_all_that_is_wrong(meaning: FailureMeaning, org: Org) -> bool:
    if org.status is OrgStatus.BLOCKED:
        # A failure that passes by itself must not hide what the org is blocked by.
        return meaning.blocked_reason is org.blocked_reason
    return org.status is OrgStatus.REGISTERED


def _step_of_status(org: Org, minimum: PackageVersion) -> str:
    if org.status is OrgStatus.UPGRADE_REQUIRED:
        return _about_upgrade(org, minimum)
    if org.status in _AUTHORIZE:
        return _about_authorization(org) + _about_keys(org)
    if org.status is OrgStatus.BLOCKED:
        return _BY_REASON[org.blocked_reason] if org.blocked_reason else "Run a scan again."
    if org.status is OrgStatus.AUTHORIZED and org.active_attempt is None:
        return f"Prove the OAuth connection. {_START}"
    return _BY_KEYS[org.keys_kept] if org.keys_kept else _BY_STATUS[org.status]


def _about_upgrade(org: Org, minimum: PackageVersion) -> str:
    upgrade = f"Upgrade the Zoom package to {minimum} or higher."
    if org.active_attempt is None:
        return f"{upgrade} {_START}"
    return f"{upgrade} Migration {org.active_attempt} is under way: {_READ}."


def _about_authorization(org: Org) -> str:
    authorize = _AUTHORIZE[org.status]
    if org.active_attempt is None:
        return f"{authorize} {_START}"
    return (
        f"{authorize} Migration {org.active_attempt} is under way; the link for the Zoom admin: "
        "`zoom-migrator migrate link ORG`."
    )


def _about_keys(org: Org) -> str:
    keys = org.snapshot.keys if org.snapshot else None
    if keys is not None and keys.presence is KeyPresence.NOT_VISIBLE:
        return " The old keys are not visible to the integration user."
    return ""


def _joined(summary: str, remedy: str) -> str:
    return f"{summary} {remedy}" if remedy else summary
