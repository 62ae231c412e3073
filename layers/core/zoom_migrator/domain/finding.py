"""What a pre-flight finds, as data: a stable code, how serious, what it means, what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from zoom_migrator.domain.status import BlockedReason


class Severity(StrEnum):
    """How serious a finding is.

    ``BLOCKING`` stops before anything is changed. ``WAIT`` passes by itself. ``WARNING`` is
    shown to whoever approves.
    """

    BLOCKING = "blocking"
    WAIT = "wait"
    WARNING = "warning"


class FindingCode(StrEnum):
    """What was found. Codes are stable: scripts may rely on them."""

    TARGET_NOT_FOUND = "target_not_found"
    TARGET_REFUSED = "target_refused"
    TARGET_OF_ANOTHER_PACKAGE = "target_of_another_package"
    TARGET_IS_BETA = "target_is_beta"
    TARGET_TOO_OLD = "target_too_old"
    TARGET_OLDER_THAN_INSTALLED = "target_older_than_installed"
    TARGET_NOT_INSTALLABLE = "target_not_installable"
    TARGET_NOT_READY = "target_not_ready"
    INSTALL_NOT_PERMITTED = "install_not_permitted"
    PERMISSIONS_UNKNOWN = "permissions_unknown"
    ORG_READ_ONLY = "org_read_only"
    TRIAL_EXPIRED = "trial_expired"
    TRIAL_ENDING = "trial_ending"
    EDITION_MAY_LACK_FEATURES = "edition_may_lack_features"
    ORG_UNKNOWN = "org_unknown"
    PLATFORM_CACHE_UNKNOWN = "platform_cache_unknown"
    API_CALLS_NEARLY_USED_UP = "api_calls_nearly_used_up"
    OTHER_INSTALL_RUNNING = "other_install_running"
    STANDING_ACCEPTANCE_MISSING = "standing_acceptance_missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the pre-flight found.

    Attributes:
        message: What it is, in words for people.
        remedy: What to do about it; empty where nothing has to be done.
        blocked_reason: Reason code the org gets from a blocking finding.
        raw: What Salesforce said, where it said something.
    """

    code: FindingCode
    severity: Severity
    message: str
    remedy: str = ""
    blocked_reason: BlockedReason | None = None
    raw: str = ""


def worst(findings: Sequence[Finding]) -> Finding | None:
    """The finding that decides whether to go on, or None if none speaks against it."""
    order = (Severity.BLOCKING, Severity.WAIT)
    deciding = [finding for finding in findings if finding.severity in order]
    return min(deciding, key=lambda finding: order.index(finding.severity), default=None)
