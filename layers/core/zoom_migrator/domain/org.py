"""An org of the fleet: how it was registered, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from zoom_migrator.domain.check import CheckFailure, CheckResult, OrgSnapshot
from zoom_migrator.domain.failure import meaning_of
from zoom_migrator.domain.status import (
    REASONS_FOUND_BY_A_CHECK,
    BlockedReason,
    OrgStatus,
    advance,
)
from zoom_migrator.domain.version import PackageVersion


class Environment(StrEnum):
    """Which Salesforce login service an org belongs to."""

    PRODUCTION = "production"
    SANDBOX = "sandbox"


class AuthKind(StrEnum):
    """How the product logs in to an org."""

    JWT_BEARER = "jwt_bearer"
    CLIENT_CREDENTIALS = "client_credentials"


class ZoomProduct(StrEnum):
    """A Zoom product that an org integrates."""

    MEETINGS = "meetings"
    PHONE = "phone"
    WEBINAR = "webinar"


@dataclass(frozen=True, slots=True)
class OrgRegistration:
    """What the fleet file says of an org.

    Attributes:
        org_id: 18-character Salesforce id, the org's key everywhere.
        host: My Domain host.
        username: Integration user; empty for client credentials, where the app names it.
        deadline: Own JWT deadline of this org, or None for the fleet's.
    """

    org_id: str
    display_name: str
    host: str
    environment: Environment
    username: str
    auth_kind: AuthKind
    salesforce_admin_email: str
    zoom_admin_email: str
    products: tuple[ZoomProduct, ...] = (ZoomProduct.MEETINGS,)
    deadline: date | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Org:
    """An org with everything known of it.

    Attributes:
        snapshot: What the last successful check saw; a failing check leaves it as it is.
        failure: Why the last check failed, or None if it succeeded.
        checked_at: When the last check was, successful or not.
        revision: Counts changes, for optimistic locking; 0 means not stored yet.
    """

    registration: OrgRegistration
    registered_at: datetime
    status: OrgStatus = OrgStatus.REGISTERED
    blocked_reason: BlockedReason | None = None
    snapshot: OrgSnapshot | None = None
    failure: CheckFailure | None = None
    checked_at: datetime | None = None
    last_scan_id: str | None = None
    revision: int = 0

    @property
    def org_id(self) -> str:
        """18-character Salesforce id."""
        return self.registration.org_id

    def observe(self, result: CheckResult, *, scan_id: str, minimum: PackageVersion) -> Org:
        """The org after a check.

        A result older than what is already known changes nothing, so that two scans at once,
        or a late retry, cannot turn the clock back.
        """
        if self.checked_at is not None and result.checked_at < self.checked_at:
            return self
        status = self._status_after(result, minimum)
        return replace(
            self,
            status=status,
            blocked_reason=self._reason_after(result, status),
            snapshot=self._snapshot_after(result),
            failure=result if isinstance(result, CheckFailure) else None,
            checked_at=result.checked_at,
            last_scan_id=scan_id,
        )

    def _snapshot_after(self, result: CheckResult) -> OrgSnapshot | None:
        if isinstance(result, CheckFailure):
            return self.snapshot
        return result.completed_by(self.snapshot) if self.snapshot else result

    @property
    def _blocked_beyond_a_check(self) -> bool:
        reason = self.blocked_reason
        return (
            self.status is OrgStatus.BLOCKED
            and reason is not None
            and reason not in REASONS_FOUND_BY_A_CHECK
        )

    def _status_after(self, result: CheckResult, minimum: PackageVersion) -> OrgStatus:
        if self._blocked_beyond_a_check:
            return self.status
        return advance(self.status, result.event(minimum))

    def _reason_after(self, result: CheckResult, status: OrgStatus) -> BlockedReason | None:
        if status is not OrgStatus.BLOCKED:
            return None
        if self._blocked_beyond_a_check or isinstance(result, OrgSnapshot):
            return self.blocked_reason
        return meaning_of(result.code).blocked_reason or self.blocked_reason
