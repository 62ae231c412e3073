"""One attempt to move one org from JWT to OAuth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from zoom_migrator.domain.approval import Approval, ApprovalStatus
from zoom_migrator.domain.authorization_request import AuthorizationRequest, AuthorizationStatus
from zoom_migrator.domain.cleanup import CleanupRequest, CleanupStatus, KeyRemoval
from zoom_migrator.domain.errors import IllegalTransition
from zoom_migrator.domain.finding import Finding
from zoom_migrator.domain.status import BlockedReason, KeysKeptReason, OrgEvent
from zoom_migrator.domain.upgrade import SecurityType, TargetVersion
from zoom_migrator.domain.verification import Verification


class MigrationStep(StrEnum):
    """What a migration is doing."""

    PREPARING = "preparing"
    AWAITING_APPROVAL = "awaiting_approval"
    INSTALLING = "installing"
    AWAITING_UPGRADE_BY_HAND = "awaiting_upgrade_by_hand"
    AWAITING_AUTHORIZATION = "awaiting_authorization"
    AUTHORIZED = "authorized"
    SOAKING = "soaking"
    AWAITING_CLEANUP_APPROVAL = "awaiting_cleanup_approval"
    REMOVING_KEYS = "removing_keys"
    ENDED = "ended"


class MigrationOutcome(StrEnum):
    """How a migration ended.

    ``UPGRADED``: with the upgrade, as those did that knew of no authorization to go on to.
    ``EXPIRED``: nobody answered or upgraded in time. ``STOPPED``: an operator stopped it.
    ``BROKE``: the product itself failed. ``AUTHORIZATION_EXPIRED``: nobody tried to authorize in
    time, ``AUTHORIZATION_BLOCKED``: somebody did, and was refused for a reason to be mended.
    ``AUTHORIZED``: with the consent, as those did that knew of no proof to go on to.
    ``AUTHORIZATION_DECLINED``: whoever was asked said no. ``UNVERIFIED``: the connection could not
    be proven. ``CLEANUP_BLOCKED``: migrated, but Salesforce did not let the old keys be removed.
    ``VERSION_WENT_DOWN``: the package has an older version than OAuth needs again.
    """

    UPGRADED = "upgraded"
    DECLINED = "declined"
    EXPIRED = "expired"
    BLOCKED = "blocked"
    NOT_INSTALLED = "not_installed"
    STOPPED = "stopped"
    BROKE = "broke"
    AUTHORIZED = "authorized"
    AUTHORIZATION_EXPIRED = "authorization_expired"
    AUTHORIZATION_BLOCKED = "authorization_blocked"
    AUTHORIZATION_DECLINED = "authorization_declined"
    UNVERIFIED = "unverified"
    CLEANUP_BLOCKED = "cleanup_blocked"
    VERSION_WENT_DOWN = "version_went_down"
    MIGRATED = "migrated"
    MIGRATED_KEYS_KEPT = "migrated_keys_kept"


class Next(StrEnum):
    """What the state machine does next."""

    PREPARE = "prepare"
    ASK = "ask"
    INSTALL = "install"
    POLL = "poll"
    BY_HAND = "by_hand"
    AUTHORIZE = "authorize"
    VERIFY = "verify"
    ASK_CLEANUP = "ask_cleanup"
    REMOVE_KEYS = "remove_keys"
    END = "end"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a step decided.

    Attributes:
        wait_seconds: How long to wait first; for ``ASK``, ``AUTHORIZE`` and ``ASK_CLEANUP`` how
            long to wait for the answer.
        outcome: How the migration ended; only with ``END``.
    """

    next: Next
    wait_seconds: int = 0
    outcome: MigrationOutcome | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """How a migration ends, and why.

    Attributes:
        detail: Why, in words for people.
        remedy: What to do about it; empty where nothing has to be done.
        said: What the other side said, raw, without secrets.
        failure_code: Stable name of what it failed by; empty if it did not.
        blocked_reason: Reason code the org gets; only where it is blocked.
        kept: Why the org keeps its old keys; only where it does.
        event: What happens to the org; None where the outcome alone says it.
    """

    outcome: MigrationOutcome
    detail: str = ""
    remedy: str = ""
    said: str = ""
    failure_code: str = ""
    blocked_reason: BlockedReason | None = None
    kept: KeysKeptReason | None = None
    event: OrgEvent | None = None


@dataclass(frozen=True, slots=True)
class Install:
    """The one install that a migration has in hand.

    Attributes:
        began_at: When it was first tried; patience is counted from here.
        intended_at: Recorded before each request is sent, so that after a crash it is known that
            one may be on its way; None while none can be.
        request_id: The request in the org (``0Hf...``), or empty while it is not known.
        tries: How many requests were sent, or meant to be.
        failed_requests: Ids of those that failed, so that none of them is taken for a later one.
        confirmed_at: When Salesforce said that it is done; the version may lag behind.
        last_error: What the last failed one said, raw.
    """

    began_at: datetime
    security: SecurityType
    intended_at: datetime | None = None
    request_id: str = ""
    tries: int = 0
    failed_requests: tuple[str, ...] = ()
    confirmed_at: datetime | None = None
    last_error: str = ""


@dataclass(frozen=True, slots=True)
class Migration:
    """One attempt of one org.

    Attributes:
        attempt: Counts an org's attempts from 1.
        trigger: ``operator`` or ``scan``.
        version_before: Installed version when it began, in full form; empty until it is known.
        target: What is to be installed; None on the way by hand and until it is known.
        sent_before: When an earlier attempt meant to send a request for an install and never
            learned whether it arrived; none is sent before that one has had its time.
        waiting_since: Since when the present step waits for something that passes by itself.
        by_hand_until: Until when an upgrade by hand is waited for.
        reminders: How many reminders about the upgrade by hand were recorded.
        verifications: Every proof of the grant since the latest consent, oldest first.
        soak_until: When the grant is proven a second time.
        cleanup: The request to remove the old keys; None before it is made.
        removal: How far their removal is; None before it begins.
        detail: Why it ended, in words for people.
        remedy: What to do about it; empty where nothing has to be done.
        said: What the other side said, raw, without secrets.
        failure_code: Stable name of what it failed by; empty if it did not.
        revision: Counts changes, for optimistic locking; 0 means not stored yet.
    """

    org_id: str
    attempt: int
    trigger: str
    requested_by: str
    started_at: datetime
    step: MigrationStep = MigrationStep.PREPARING
    version_before: str = ""
    target: TargetVersion | None = None
    findings: tuple[Finding, ...] = ()
    approval: Approval | None = None
    install: Install | None = None
    sent_before: datetime | None = None
    authorization: AuthorizationRequest | None = None
    waiting_since: datetime | None = None
    by_hand_since: datetime | None = None
    by_hand_until: datetime | None = None
    reminders: int = 0
    verifications: tuple[Verification, ...] = ()
    soak_until: datetime | None = None
    cleanup: CleanupRequest | None = None
    removal: KeyRemoval | None = None
    outcome: MigrationOutcome | None = None
    blocked_reason: BlockedReason | None = None
    failure_code: str = ""
    detail: str = ""
    remedy: str = ""
    said: str = ""
    ended_at: datetime | None = None
    revision: int = 0

    @property
    def migration_id(self) -> str:
        """Id of the attempt, which is also the name of its execution."""
        return migration_id(self.org_id, self.attempt)

    @property
    def is_over(self) -> bool:
        """Whether it has ended, in whatever way."""
        return self.step is MigrationStep.ENDED

    @property
    def unanswered_since(self) -> datetime | None:
        """Since when a request for an install may be on its way to the org; None if none can be."""
        intended_at = self.install.intended_at if self.install else None
        return intended_at or self.sent_before

    def ended(self, ending: Ending, at: datetime) -> Migration:
        """The migration at its end; requests that are still open are closed.

        Raises:
            IllegalTransition: It has ended before.
        """
        if self.is_over:
            raise IllegalTransition(f"migration {self.migration_id} has ended before")
        open_request_becomes = {
            MigrationOutcome.UPGRADED: ApprovalStatus.SUPERSEDED,
            MigrationOutcome.NOT_INSTALLED: ApprovalStatus.SUPERSEDED,
            MigrationOutcome.EXPIRED: ApprovalStatus.EXPIRED,
        }.get(ending.outcome, ApprovalStatus.REVOKED)
        return replace(
            self,
            step=MigrationStep.ENDED,
            outcome=ending.outcome,
            blocked_reason=ending.blocked_reason,
            failure_code=ending.failure_code,
            detail=ending.detail,
            remedy=ending.remedy,
            said=ending.said,
            approval=self.approval.closed(open_request_becomes) if self.approval else None,
            authorization=self._authorization_after(ending),
            cleanup=self._cleanup_after(ending),
            waiting_since=None,
            ended_at=at,
        )

    def _authorization_after(self, ending: Ending) -> AuthorizationRequest | None:
        if self.authorization is None:
            return None
        ran_out = ending.outcome in (
            MigrationOutcome.AUTHORIZATION_EXPIRED,
            MigrationOutcome.AUTHORIZATION_BLOCKED,
        )
        status = AuthorizationStatus.EXPIRED if ran_out else AuthorizationStatus.REVOKED
        return self.authorization.closed(status)

    def _cleanup_after(self, ending: Ending) -> CleanupRequest | None:
        if self.cleanup is None:
            return None
        ran_out = ending.kept is KeysKeptReason.UNANSWERED
        return self.cleanup.closed(CleanupStatus.EXPIRED if ran_out else CleanupStatus.REVOKED)

    def verdict_at_end(self) -> Verdict:
        """What the state machine is told once this has ended."""
        return Verdict(Next.END, outcome=self.outcome)


def migration_id(org_id: str, attempt: int) -> str:
    """Id of an attempt, which is also the name of its execution."""
    return f"{org_id}-{attempt}"
