"""An org of the fleet: how it was registered, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from zoom_migrator.domain.approval import StandingAcceptance
from zoom_migrator.domain.check import CheckFailure, CheckResult, LegacyKeys, OrgSnapshot
from zoom_migrator.domain.errors import IllegalTransition
from zoom_migrator.domain.failure import meaning_of
from zoom_migrator.domain.status import (
    REASONS_ABOUT_THE_UPGRADE,
    REASONS_FOUND_BY_A_CHECK,
    BlockedReason,
    KeysKeptReason,
    OrgEvent,
    OrgStatus,
    advance,
)
from zoom_migrator.domain.verification import Verification
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


class UpgradePolicy(StrEnum):
    """How an org's package is upgraded.

    ``AUTO`` installs without asking each time, if a standing acceptance is recorded; without one
    it asks. ``MANUAL`` leaves the install to the customer.
    """

    ASK = "ask"
    AUTO = "auto"
    MANUAL = "manual"


class StartPolicy(StrEnum):
    """Who starts an org's migration."""

    OPERATOR = "operator"
    SCAN = "scan"


class CleanupPolicy(StrEnum):
    """Whether an org's old keys are removed once OAuth is proven.

    ``AUTO`` removes without asking where the package's own connection was proven, and asks where
    it was not. ``NEVER`` keeps them.
    """

    ASK = "ask"
    AUTO = "auto"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class OrgRegistration:
    """What the fleet file says of an org.

    Attributes:
        org_id: 18-character Salesforce id, the org's key everywhere.
        host: My Domain host.
        username: Integration user; empty for client credentials, where the app names it.
        deadline: Own JWT deadline of this org, or None for the fleet's.
        zoom_account_id: Zoom account that has to authorize it; empty where any will do.
        slack_channel: Where its notices go, an id or ``#name``; empty for the fleet's channel.
        time_zone: Name of the zone in which its days are counted; empty for the fleet's.
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
    upgrade_policy: UpgradePolicy = UpgradePolicy.ASK
    start_policy: StartPolicy = StartPolicy.OPERATOR
    zoom_account_id: str = ""
    cleanup_policy: CleanupPolicy = CleanupPolicy.ASK
    slack_channel: str = ""
    time_zone: str = ""


@dataclass(frozen=True, slots=True)
class Org:
    """An org with everything known of it.

    Attributes:
        snapshot: What the last successful check saw; a failing check leaves it as it is.
        failure: Why the last check failed, or None if it succeeded.
        checked_at: When the last check was, successful or not.
        attempts: How many migrations were begun.
        active_attempt: The migration that has the org in hand, or None; there is never a second.
        standing_acceptance: Consent given beforehand to upgrades of this org.
        status_since: When it got its present status; None where that is not known.
        verification: When and how its grant was last proven by a call to Zoom; none survives the
            loss of the grant.
        keys_kept: Why it still has its old keys; only where it is migrated with them.
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
    attempts: int = 0
    active_attempt: int | None = None
    standing_acceptance: StandingAcceptance | None = None
    status_since: datetime | None = None
    verification: Verification | None = None
    keys_kept: KeysKeptReason | None = None
    revision: int = 0

    @property
    def org_id(self) -> str:
        """18-character Salesforce id."""
        return self.registration.org_id

    @property
    def standing(self) -> str:
        """Status and, where there is one, its reason, in one word or two."""
        reason = self.blocked_reason or self.keys_kept
        return f"{self.status} ({reason})" if reason else str(self.status)

    @property
    def is_proven(self) -> bool:
        """Whether its grant was proven after it got its present status."""
        if self.status_since is None or self.verification is None:
            return False
        return self.verification.at >= self.status_since

    def observe(self, result: CheckResult, *, scan_id: str | None, minimum: PackageVersion) -> Org:
        """The org after a check.

        A result older than what is already known changes nothing, so that two scans at once,
        or a late retry, cannot turn the clock back.

        Args:
            scan_id: The scan that checked, or None where a migration did.
        """
        if self.checked_at is not None and result.checked_at < self.checked_at:
            return self
        status = self._status_after(result, minimum)
        return replace(
            self,
            status=status,
            status_since=self.status_since if status is self.status else result.checked_at,
            blocked_reason=self._reason_after(result, status),
            snapshot=self._snapshot_after(result),
            failure=result if isinstance(result, CheckFailure) else None,
            checked_at=result.checked_at,
            last_scan_id=scan_id or self.last_scan_id,
        )

    def _snapshot_after(self, result: CheckResult) -> OrgSnapshot | None:
        if isinstance(result, CheckFailure):
            return self.snapshot
        return result.completed_by(self.snapshot) if self.snapshot else result

    def begin_attempt(self) -> Org:
        """The org in the hands of its next migration.

        Raises:
            IllegalTransition: Another migration has it in hand.
        """
        if self.active_attempt is not None:
            raise IllegalTransition(
                f"org {self.org_id} is in the hands of migration {self.active_attempt}"
            )
        attempt = self.attempts + 1
        claimed = replace(self, attempts=attempt, active_attempt=attempt)
        if self.status is OrgStatus.BLOCKED and self.blocked_reason in REASONS_ABOUT_THE_UPGRADE:
            return claimed.after(OrgEvent.UPGRADE_RESUMED)
        return claimed

    def after(
        self,
        event: OrgEvent,
        reason: BlockedReason | None = None,
        *,
        at: datetime | None = None,
        kept: KeysKeptReason | None = None,
    ) -> Org:
        """The org after something a migration did.

        Args:
            reason: Why it is blocked; only with ``UPGRADE_BLOCKED``.
            at: When that was. Without it, since when the org has a new status is not known.
            kept: Why it keeps its keys; only with ``KEYS_KEPT``.

        Raises:
            IllegalTransition: That cannot happen to an org of this status.
        """
        status = advance(self.status, event)
        blocked, migrated = status is OrgStatus.BLOCKED, status is OrgStatus.MIGRATED_KEYS_KEPT
        return replace(
            self,
            status=status,
            status_since=self.status_since if status is self.status else at,
            blocked_reason=(reason or self.blocked_reason) if blocked else None,
            keys_kept=(kept or self.keys_kept) if migrated else None,
        )

    def proven(self, verification: Verification) -> Org:
        """The org with its grant proven."""
        return replace(self, verification=verification)

    def unproven(self) -> Org:
        """The org without any proof of a grant."""
        return replace(self, verification=None)

    def with_keys(self, keys: LegacyKeys) -> Org:
        """The org with its old keys as they were just seen, or just changed."""
        if self.snapshot is None:
            return self
        return replace(self, snapshot=replace(self.snapshot, keys=keys))

    def released(self) -> Org:
        """The org in nobody's hands."""
        return replace(self, active_attempt=None)

    def _status_after(self, result: CheckResult, minimum: PackageVersion) -> OrgStatus:
        event = result.event(minimum)
        if self._is_unmoved_by(event):
            return self.status
        return advance(self.status, event)

    def _is_unmoved_by(self, event: OrgEvent) -> bool:
        """Whether the org is blocked by something that this finding does not clear."""
        reason = self.blocked_reason
        if self.status is not OrgStatus.BLOCKED or reason in REASONS_FOUND_BY_A_CHECK:
            return False
        if reason in REASONS_ABOUT_THE_UPGRADE:
            return event not in (OrgEvent.VERSION_SUFFICIENT, OrgEvent.PACKAGE_MISSING)
        return reason is not None

    def _reason_after(self, result: CheckResult, status: OrgStatus) -> BlockedReason | None:
        if status is not OrgStatus.BLOCKED:
            return None
        found_by_a_check = self.blocked_reason is None or (
            self.blocked_reason in REASONS_FOUND_BY_A_CHECK
        )
        if isinstance(result, OrgSnapshot) or not found_by_a_check:
            return self.blocked_reason
        return meaning_of(result.code).blocked_reason or self.blocked_reason
