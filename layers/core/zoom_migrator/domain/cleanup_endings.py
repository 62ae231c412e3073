"""How proof and cleanup end a migration."""

from __future__ import annotations

from typing import Final

from zoom_migrator.domain.check import CheckFailure
from zoom_migrator.domain.failure import FailureKind, meaning_of
from zoom_migrator.domain.legacy_keys import RowRefusal, RowRefused
from zoom_migrator.domain.migration import Ending, MigrationOutcome
from zoom_migrator.domain.status import KeysKeptReason

_AGAIN: Final = " Then: `zoom-migrator migrate start`."
_REMEDIES: Final = {
    RowRefusal.PERMISSION: "Give the integration user the right to edit the two key fields of "
    "the package's object.",
    RowRefusal.CUSTOMER_LOGIC: "A validation rule, trigger or flow in the org forbids it; what it "
    "said is below. Let it allow empty keys, or clear them by hand in Zoom Config.",
    RowRefusal.FIELD_REQUIRED: "The installed version demands keys. Upgrade the package.",
    RowRefusal.LOCKED: "Somebody else keeps changing the row; find out who.",
    RowRefusal.OTHER: "Read what the org said (below), and mend it.",
}

NO_KEYS: Final = Ending(MigrationOutcome.MIGRATED, detail="The org had no old keys any more.")
KEYS_REMOVED: Final = Ending(
    MigrationOutcome.MIGRATED,
    detail="The old keys are removed, and the connection was proven afterwards.",
    remedy="Deactivate the JWT app in the Zoom Marketplace: field history keeps the old values.",
)
KEPT_BY_POLICY: Final = Ending(
    MigrationOutcome.MIGRATED_KEYS_KEPT,
    detail="The old keys are kept, as the fleet file says.",
    kept=KeysKeptReason.POLICY,
)
KEPT_BY_ANSWER: Final = Ending(
    MigrationOutcome.MIGRATED_KEYS_KEPT,
    detail="The old keys are kept, as the Salesforce admin decided.",
    kept=KeysKeptReason.DECLINED,
)
KEPT_UNANSWERED: Final = Ending(
    MigrationOutcome.MIGRATED_KEYS_KEPT,
    detail="The old keys are kept: nobody answered in time whether to remove them.",
    remedy="To ask again: `zoom-migrator migrate start`.",
    kept=KeysKeptReason.UNANSWERED,
)
NOT_INSTALLED: Final = Ending(
    MigrationOutcome.NOT_INSTALLED, detail="The Zoom package is not installed any more."
)
OVERTAKEN: Final = Ending(
    MigrationOutcome.STOPPED,
    detail="The org went another way meanwhile.",
    remedy="See where it stands: `zoom-migrator orgs show`.",
    failure_code="overtaken",
)
NOT_CONNECTED: Final = Ending(
    MigrationOutcome.UNVERIFIED,
    detail="The grant works, but the package does not show that it is connected by itself.",
    remedy="Open Zoom Config in the org and authorize there." + _AGAIN,
    failure_code="package_not_connected",
)
NOT_VISIBLE: Final = Ending(
    MigrationOutcome.CLEANUP_BLOCKED,
    detail="The integration user cannot see the old keys, and so cannot remove them.",
    remedy="Give it the right to read and edit the two key fields." + _AGAIN,
    failure_code="keys_not_visible",
    kept=KeysKeptReason.REFUSED,
)
NOT_UPDATEABLE: Final = Ending(
    MigrationOutcome.CLEANUP_BLOCKED,
    detail="The integration user may not change the old keys.",
    remedy=_REMEDIES[RowRefusal.PERMISSION] + _AGAIN,
    failure_code="keys_not_updateable",
    kept=KeysKeptReason.REFUSED,
)


def went_down(version: str, minimum: str) -> Ending:
    """How it ends that the package has too old a version again."""
    return Ending(
        MigrationOutcome.VERSION_WENT_DOWN,
        detail=f"The package has version {version} by now; OAuth needs {minimum}.",
        remedy="Upgrade it again: `zoom-migrator migrate start`.",
        failure_code="version_went_down",
    )


def unverified(reason: str, said: str) -> Ending:
    """How it ends that nobody could find out whether the grant works."""
    return Ending(
        MigrationOutcome.UNVERIFIED,
        detail=f"Whether the connection works could not be found out: {reason}.",
        remedy="See `zoom-migrator doctor`; mend what it finds." + _AGAIN,
        said=said,
        failure_code=reason,
    )


def org_refused(failure: CheckFailure) -> Ending | None:
    """How it ends that the org lets nobody look, or None where that passes by itself."""
    meaning = meaning_of(failure.code)
    if meaning.kind is not FailureKind.OPERATOR_ACTION:
        return None
    return Ending(
        MigrationOutcome.UNVERIFIED,
        detail=meaning.summary,
        remedy=meaning.remedy + _AGAIN,
        said=failure.detail,
        failure_code=failure.code,
    )


def org_unreachable(failure: CheckFailure) -> Ending:
    """How it ends that the org could not be asked for too long."""
    meaning = meaning_of(failure.code)
    return Ending(
        MigrationOutcome.UNVERIFIED,
        detail=f"The org could not be asked for too long. {meaning.summary}",
        remedy="Find out why, and wait until a scan reaches the org." + _AGAIN,
        said=failure.detail,
        failure_code=failure.code,
    )


def row_refused(answer: RowRefused) -> Ending:
    """How it ends that the org does not let a row be blanked."""
    return Ending(
        MigrationOutcome.CLEANUP_BLOCKED,
        detail="The org did not let the old keys be removed.",
        remedy=_REMEDIES[answer.reason] + _AGAIN,
        said=answer.said,
        failure_code=f"row_{answer.reason}",
        kept=KeysKeptReason.REFUSED,
    )


def not_removed(problem: str) -> Ending:
    """How it ends that keys are still there after many tries."""
    return Ending(
        MigrationOutcome.CLEANUP_BLOCKED,
        detail="The old keys could not be removed in time.",
        remedy="Find out what keeps the row (below)." + _AGAIN,
        said=problem,
        failure_code="keys_not_removed",
        kept=KeysKeptReason.REFUSED,
    )
