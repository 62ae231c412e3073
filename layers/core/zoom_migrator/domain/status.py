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
    EMAIL_MISMATCH = "email_mismatch"
    PRODUCT_NOT_ON_ACCOUNT = "product_not_on_account"
    SCOPES_MISSING = "scopes_missing"


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


class OrgEvent(StrEnum):
    """What a version check can tell about an org."""

    PACKAGE_MISSING = "package_missing"
    VERSION_BEHIND = "version_behind"
    VERSION_SUFFICIENT = "version_sufficient"
    CHECK_REFUSED = "check_refused"
    CHECK_INCONCLUSIVE = "check_inconclusive"


_S = OrgStatus
_E = OrgEvent

_FOUND: Final = {
    _E.PACKAGE_MISSING: _S.NOT_INSTALLED,
    _E.VERSION_BEHIND: _S.UPGRADE_REQUIRED,
    _E.VERSION_SUFFICIENT: _S.AUTHORIZATION_PENDING,
}
_UNDER_WAY: Final = (
    _S.UPGRADE_APPROVAL_PENDING,
    _S.UPGRADING,
    _S.AUTHORIZED,
    _S.CLEANUP_APPROVAL_PENDING,
    _S.MIGRATED,
    _S.MIGRATED_KEYS_KEPT,
    _S.FALLBACK_JWT,
    _S.DISCONNECTED,
)


def _unmoved(status: OrgStatus) -> dict[OrgEvent, OrgStatus]:
    return dict.fromkeys(_E, status)


# An unsuccessful check never erases what was known: only an org about which nothing is known yet
# becomes blocked by one. Statuses that a migration in progress owns are not moved by a scan.
TRANSITIONS: Final[Mapping[OrgStatus, Mapping[OrgEvent, OrgStatus]]] = MappingProxyType(
    {
        _S.REGISTERED: _unmoved(_S.REGISTERED) | _FOUND | {_E.CHECK_REFUSED: _S.BLOCKED},
        _S.NOT_INSTALLED: _unmoved(_S.NOT_INSTALLED) | _FOUND,
        _S.UPGRADE_REQUIRED: _unmoved(_S.UPGRADE_REQUIRED) | _FOUND,
        _S.AUTHORIZATION_PENDING: _unmoved(_S.AUTHORIZATION_PENDING) | _FOUND,
        _S.BLOCKED: _unmoved(_S.BLOCKED) | _FOUND,
        **{status: _unmoved(status) for status in _UNDER_WAY},
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
