"""Where an org stands, and the table that says how it may move."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from zoom_migrator.domain.errors import IllegalTransition


class OrgStatus(StrEnum):
    """Where an org stands on its way from JWT to OAuth."""

    REGISTERED = "registered"
    UPGRADE_REQUIRED = "upgrade_required"
    UPGRADE_APPROVAL_PENDING = "upgrade_approval_pending"
    UPGRADING = "upgrading"
    AUTHORIZATION_PENDING = "authorization_pending"
    AUTHORIZED = "authorized"
    CLEANUP_APPROVAL_PENDING = "cleanup_approval_pending"
    MIGRATED = "migrated"
    NOT_INSTALLED = "not_installed"
    MIGRATED_KEYS_KEPT = "migrated_keys_kept"
    FALLBACK_JWT = "fallback_jwt"
    DISCONNECTED = "disconnected"
    BLOCKED = "blocked"


class BlockedReason(StrEnum):
    """Why an org cannot go on before a person acts."""

    LOGIN_NOT_APPROVED = "login_not_approved"
    LOGIN_REFUSED = "login_refused"
    INSUFFICIENT_PRIVILEGES = "insufficient_privileges"
    API_DISABLED = "api_disabled"
    WRONG_ORG = "wrong_org"
    CONFIGURATION = "configuration"
    CONTACT_SALESFORCE_SUPPORT = "contact_salesforce_support"
    UPGRADE_FAILED = "upgrade_failed"
    UPGRADE_DECLINED = "upgrade_declined"
    INSTALL_NOT_ALLOWED = "install_not_allowed"
    ORG_NOT_UPGRADABLE = "org_not_upgradable"
    TARGET_NOT_USABLE = "target_not_usable"
    MIGRATION_BROKE = "migration_broke"
    EMAIL_MISMATCH = "email_mismatch"
    ACCOUNT_MISMATCH = "account_mismatch"
    PRODUCT_NOT_ON_ACCOUNT = "product_not_on_account"
    SCOPES_MISSING = "scopes_missing"


class KeysKeptReason(StrEnum):
    """Why a migrated org still has its old keys.

    ``UNANSWERED``: nobody said in time whether to remove them. ``REFUSED``: Salesforce did not let
    them be removed. ``REAPPEARED``: somebody entered keys again. ``RESTORED``: an operator put
    them back from the backup.
    """

    DECLINED = "declined"
    POLICY = "policy"
    UNANSWERED = "unanswered"
    REFUSED = "refused"
    REAPPEARED = "reappeared"
    RESTORED = "restored"


REASONS_FOUND_BY_A_CHECK: Final = frozenset(
    {
        BlockedReason.LOGIN_NOT_APPROVED,
        BlockedReason.LOGIN_REFUSED,
        BlockedReason.INSUFFICIENT_PRIVILEGES,
        BlockedReason.API_DISABLED,
        BlockedReason.WRONG_ORG,
        BlockedReason.CONFIGURATION,
    }
)
"""Reasons that a version check finds, so that the next good check clears them."""


REASONS_ABOUT_THE_UPGRADE: Final = frozenset(
    {
        BlockedReason.CONTACT_SALESFORCE_SUPPORT,
        BlockedReason.UPGRADE_FAILED,
        BlockedReason.UPGRADE_DECLINED,
        BlockedReason.INSTALL_NOT_ALLOWED,
        BlockedReason.ORG_NOT_UPGRADABLE,
        BlockedReason.TARGET_NOT_USABLE,
        BlockedReason.MIGRATION_BROKE,
    }
)
"""Reasons that stand between an org and the upgrade.

A check does not clear them, a person does by resuming. Only where somebody else upgraded or
removed the package meanwhile are they beside the point.
"""


REASONS_ABOUT_THE_AUTHORIZATION: Final = frozenset(
    {
        BlockedReason.EMAIL_MISMATCH,
        BlockedReason.ACCOUNT_MISMATCH,
        BlockedReason.PRODUCT_NOT_ON_ACCOUNT,
        BlockedReason.SCOPES_MISSING,
    }
)
"""Reasons that stand between an upgraded org and its authorization. A person resumes it."""


class OrgEvent(StrEnum):
    """What can happen to an org: what a version check finds, and what a migration does."""

    PACKAGE_MISSING = "package_missing"
    VERSION_BEHIND = "version_behind"
    VERSION_SUFFICIENT = "version_sufficient"
    CHECK_REFUSED = "check_refused"
    CHECK_INCONCLUSIVE = "check_inconclusive"
    UPGRADE_RESUMED = "upgrade_resumed"
    APPROVAL_REQUESTED = "approval_requested"
    UPGRADE_STARTED = "upgrade_started"
    UPGRADE_CONFIRMED = "upgrade_confirmed"
    UPGRADE_ABANDONED = "upgrade_abandoned"
    UPGRADE_BLOCKED = "upgrade_blocked"
    AUTHORIZATION_REQUESTED = "authorization_requested"
    AUTHORIZED = "authorized"
    AUTHORIZATION_EXPIRED = "authorization_expired"
    AUTHORIZATION_BLOCKED = "authorization_blocked"
    CLEANUP_REQUESTED = "cleanup_requested"
    MIGRATED = "migrated"
    KEYS_KEPT = "keys_kept"
    FELL_BACK = "fell_back"
    DISCONNECTED = "disconnected"
    VERSION_WENT_DOWN = "version_went_down"
    PACKAGE_REMOVED = "package_removed"


CHECK_EVENTS: Final = frozenset(
    {
        OrgEvent.PACKAGE_MISSING,
        OrgEvent.VERSION_BEHIND,
        OrgEvent.VERSION_SUFFICIENT,
        OrgEvent.CHECK_REFUSED,
        OrgEvent.CHECK_INCONCLUSIVE,
    }
)
"""Events of version checks. They can meet an org in any status."""

_S = OrgStatus
_E = OrgEvent

_FOUND: Final = {
    _E.PACKAGE_MISSING: _S.NOT_INSTALLED,
    _E.VERSION_BEHIND: _S.UPGRADE_REQUIRED,
    _E.VERSION_SUFFICIENT: _S.AUTHORIZATION_PENDING,
}


def _unmoved(status: OrgStatus) -> dict[OrgEvent, OrgStatus]:
    return dict.fromkeys(CHECK_EVENTS, status)


def _until_authorized(status: OrgStatus, *, if_blocked: OrgStatus) -> dict[OrgEvent, OrgStatus]:
    return {
        _E.AUTHORIZATION_REQUESTED: status,
        _E.AUTHORIZED: _S.AUTHORIZED,
        _E.AUTHORIZATION_EXPIRED: status,
        _E.AUTHORIZATION_BLOCKED: if_blocked,
    }


# What a migration does to an org that it can still upgrade.
_BY_AN_UPGRADE: Final = {
    _E.APPROVAL_REQUESTED: _S.UPGRADE_APPROVAL_PENDING,
    _E.UPGRADE_STARTED: _S.UPGRADING,
    _E.UPGRADE_CONFIRMED: _S.AUTHORIZATION_PENDING,
    _E.UPGRADE_BLOCKED: _S.BLOCKED,
}


def _overtaken(status: OrgStatus) -> dict[OrgEvent, OrgStatus]:
    """What a migration does to an org of which a scan saw meanwhile that it needs no upgrade."""
    return _unmoved_by_an_upgrade(status) | {
        _E.UPGRADE_ABANDONED: status,
        _E.UPGRADE_BLOCKED: _S.BLOCKED,
    }


def _unmoved_by_an_upgrade(status: OrgStatus) -> dict[OrgEvent, OrgStatus]:
    """What an upgrade does to an org whose status says something more important."""
    return dict.fromkeys((_E.APPROVAL_REQUESTED, _E.UPGRADE_STARTED, _E.UPGRADE_CONFIRMED), status)


def _however_it_ends(status: OrgStatus) -> dict[OrgEvent, OrgStatus]:
    """What the end of a migration does to an org that is beyond the upgrade: nothing."""
    return {_E.UPGRADE_ABANDONED: status, _E.UPGRADE_BLOCKED: status}


# What the loss of its authorization makes of an org: JWT still works there, or nothing does.
_BY_A_LOSS: Final = {_E.FELL_BACK: _S.FALLBACK_JWT, _E.DISCONNECTED: _S.DISCONNECTED}
# What becomes of an org beyond the upgrade whose package went back or away.
_BY_ITS_PACKAGE: Final = {
    _E.VERSION_WENT_DOWN: _S.UPGRADE_REQUIRED,
    _E.PACKAGE_REMOVED: _S.NOT_INSTALLED,
}
# What proof and cleanup make of a connected org.
_BY_A_PROOF: Final = {
    _E.CLEANUP_REQUESTED: _S.CLEANUP_APPROVAL_PENDING,
    _E.MIGRATED: _S.MIGRATED,
    _E.KEYS_KEPT: _S.MIGRATED_KEYS_KEPT,
}
_CONNECTED: Final = _BY_A_PROOF | _BY_A_LOSS | _BY_ITS_PACKAGE


# An unsuccessful check never erases what was known: only an org about which nothing is known yet
# becomes blocked by one. Statuses that a migration in progress owns are not moved by a scan.
TRANSITIONS: Final[Mapping[OrgStatus, Mapping[OrgEvent, OrgStatus]]] = MappingProxyType(
    {
        _S.REGISTERED: _unmoved(_S.REGISTERED)
        | _FOUND
        | _BY_AN_UPGRADE
        | {_E.CHECK_REFUSED: _S.BLOCKED, _E.UPGRADE_ABANDONED: _S.REGISTERED},
        _S.NOT_INSTALLED: _unmoved(_S.NOT_INSTALLED) | _FOUND | _overtaken(_S.NOT_INSTALLED),
        _S.UPGRADE_REQUIRED: _unmoved(_S.UPGRADE_REQUIRED)
        | _FOUND
        | _BY_AN_UPGRADE
        | {_E.UPGRADE_ABANDONED: _S.UPGRADE_REQUIRED},
        _S.UPGRADE_APPROVAL_PENDING: _unmoved(_S.UPGRADE_APPROVAL_PENDING)
        | _BY_AN_UPGRADE
        | {_E.UPGRADE_ABANDONED: _S.UPGRADE_REQUIRED},
        _S.UPGRADING: _unmoved(_S.UPGRADING)
        # An install that somebody else began and that failed leads to the question.
        | _BY_AN_UPGRADE
        | {_E.UPGRADE_ABANDONED: _S.UPGRADE_REQUIRED},
        _S.AUTHORIZATION_PENDING: _unmoved(_S.AUTHORIZATION_PENDING)
        | _FOUND
        | _overtaken(_S.AUTHORIZATION_PENDING)
        | _until_authorized(_S.AUTHORIZATION_PENDING, if_blocked=_S.BLOCKED)
        | _BY_A_LOSS,
        _S.BLOCKED: _unmoved(_S.BLOCKED)
        | _FOUND
        | _BY_AN_UPGRADE
        | {
            _E.UPGRADE_RESUMED: _S.UPGRADE_REQUIRED,
            _E.UPGRADE_ABANDONED: _S.BLOCKED,
            _E.AUTHORIZATION_BLOCKED: _S.BLOCKED,
        },
        # Whatever ends the migration that authorized it, the org stays authorized.
        _S.AUTHORIZED: _unmoved(_S.AUTHORIZED)
        | _however_it_ends(_S.AUTHORIZED)
        | _CONNECTED
        | {_E.AUTHORIZED: _S.AUTHORIZED},
        # Nobody is asked any more, and what was proven before is proven anew next time.
        _S.CLEANUP_APPROVAL_PENDING: _unmoved(_S.CLEANUP_APPROVAL_PENDING)
        | _however_it_ends(_S.AUTHORIZED)
        | _CONNECTED,
        _S.MIGRATED: _unmoved(_S.MIGRATED) | _however_it_ends(_S.MIGRATED) | _CONNECTED,
        _S.MIGRATED_KEYS_KEPT: _unmoved(_S.MIGRATED_KEYS_KEPT)
        | _however_it_ends(_S.MIGRATED_KEYS_KEPT)
        | _CONNECTED,
        # What became of the former authorization is worth more than that a new one failed.
        _S.FALLBACK_JWT: _unmoved(_S.FALLBACK_JWT)
        | _unmoved_by_an_upgrade(_S.FALLBACK_JWT)
        | _however_it_ends(_S.FALLBACK_JWT)
        | _until_authorized(_S.FALLBACK_JWT, if_blocked=_S.FALLBACK_JWT)
        | _BY_A_LOSS
        | _BY_ITS_PACKAGE,
        _S.DISCONNECTED: _unmoved(_S.DISCONNECTED)
        | _unmoved_by_an_upgrade(_S.DISCONNECTED)
        | _however_it_ends(_S.DISCONNECTED)
        | _until_authorized(_S.DISCONNECTED, if_blocked=_S.DISCONNECTED)
        | _BY_A_LOSS
        | _BY_ITS_PACKAGE,
    }
)


def advance(status: OrgStatus, event: OrgEvent) -> OrgStatus:
    """The status an org has after an event.

    Raises:
        IllegalTransition: The table does not know this event in this status.
    """
    try:
        return TRANSITIONS[status][event]
    except KeyError:
        raise IllegalTransition(f"an org that is {status} cannot take {event}") from None
