"""Migrations and the notices about them as items, and back."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from zoom_migrator.adapters.dynamodb.approval_items import (
    approval_from,
    approval_values,
    target_from,
    target_values,
)
from zoom_migrator.adapters.dynamodb.attributes import item_of
from zoom_migrator.adapters.dynamodb.fields import Fields, fields_of
from zoom_migrator.adapters.dynamodb.keys import (
    PARTITION,
    SORT,
    Item,
    migration_sort,
    notice_sort,
    org_partition,
)
from zoom_migrator.adapters.dynamodb.snapshot_items import Values
from zoom_migrator.domain.approval import Approval
from zoom_migrator.domain.migration import Install, Migration, MigrationOutcome, MigrationStep
from zoom_migrator.domain.notice import Notice, NoticeKind
from zoom_migrator.domain.preflight import Finding, FindingCode, Severity
from zoom_migrator.domain.status import BlockedReason
from zoom_migrator.domain.upgrade import SecurityType

_TASK_TOKEN: Final = "task_token"  # noqa: S105 (the name of an attribute)


def migration_item(migration: Migration) -> Item:
    """The item of a migration."""
    target, approval, install = migration.target, migration.approval, migration.install
    item = item_of(
        {
            PARTITION: org_partition(migration.org_id),
            SORT: migration_sort(migration.attempt),
            "org_id": migration.org_id,
            "attempt": migration.attempt,
            "trigger": migration.trigger,
            "requested_by": migration.requested_by,
            "started_at": migration.started_at,
            "step": migration.step,
            "version_before": migration.version_before,
            "target": target_values(target) if target else None,
            "findings": tuple(_finding_values(finding) for finding in migration.findings),
            "approval": approval_values(approval) if approval else None,
            "install": _install_values(install) if install else None,
            "waiting_since": migration.waiting_since,
            "by_hand_since": migration.by_hand_since,
            "by_hand_until": migration.by_hand_until,
            "reminders": migration.reminders,
            "outcome": migration.outcome,
            "blocked_reason": migration.blocked_reason,
            "failure_code": migration.failure_code,
            "detail": migration.detail,
            "remedy": migration.remedy,
            "said": migration.said,
            "ended_at": migration.ended_at,
            "revision": migration.revision,
        }
    )
    if approval and approval.task_token:
        # Other texts are cut where they are too long; a token would be worth nothing then.
        item[_TASK_TOKEN] = {"S": approval.task_token}
    return item


def migration_from(item: Item) -> Migration:
    """The migration of an item.

    Raises:
        InvariantViolation: The item is damaged; the message names the attribute.
    """
    fields = fields_of(item)
    target, install = fields.inner("target"), fields.inner("install")
    return Migration(
        org_id=fields.text("org_id"),
        attempt=fields.number("attempt"),
        trigger=fields.text("trigger", ""),
        requested_by=fields.text("requested_by", ""),
        started_at=fields.moment("started_at"),
        step=fields.choice("step", MigrationStep),
        version_before=fields.text("version_before", ""),
        target=target_from(target) if target else None,
        findings=tuple(map(_finding_from, fields.inners("findings"))),
        approval=_approval_of(fields),
        install=_install_from(install) if install else None,
        waiting_since=fields.parsed("waiting_since", datetime.fromisoformat),
        by_hand_since=fields.parsed("by_hand_since", datetime.fromisoformat),
        by_hand_until=fields.parsed("by_hand_until", datetime.fromisoformat),
        reminders=fields.number("reminders", 0),
        outcome=fields.parsed("outcome", MigrationOutcome),
        blocked_reason=fields.parsed("blocked_reason", BlockedReason),
        failure_code=fields.text("failure_code", ""),
        detail=fields.text("detail", ""),
        remedy=fields.text("remedy", ""),
        said=fields.text("said", ""),
        ended_at=fields.parsed("ended_at", datetime.fromisoformat),
        revision=fields.number("revision"),
    )


def notice_item(notice: Notice) -> Item:
    """The item of a notice.

    It has no time to live: it is the proof of what people were told and when, and an attempt has
    a handful of them.
    """
    return item_of(
        {
            PARTITION: org_partition(notice.org_id),
            SORT: notice_sort(notice.attempt, notice.kind, notice.milestone),
            "org_id": notice.org_id,
            "attempt": notice.attempt,
            "kind": notice.kind,
            "at": notice.at,
            "milestone": notice.milestone,
            "facts": dict(notice.facts),
        }
    )


def notice_from(item: Item) -> Notice:
    """The notice of an item.

    Raises:
        InvariantViolation: The item is damaged; the message names the attribute.
    """
    fields = fields_of(item)
    facts = fields.inner("facts")
    return Notice(
        org_id=fields.text("org_id"),
        attempt=fields.number("attempt"),
        kind=fields.choice("kind", NoticeKind),
        at=fields.moment("at"),
        milestone=fields.text("milestone", ""),
        facts={name: facts.text(name) for name in facts} if facts else {},
    )


def _approval_of(fields: Fields) -> Approval | None:
    approval = fields.inner("approval")
    if approval is None:
        return None
    return approval_from(approval, task_token=fields.text(_TASK_TOKEN, ""))


def _install_values(install: Install) -> Values:
    return {
        "began_at": install.began_at,
        "security": install.security,
        "intended_at": install.intended_at,
        "request_id": install.request_id,
        "tries": install.tries,
        "failed_requests": install.failed_requests,
        "confirmed_at": install.confirmed_at,
        "last_error": install.last_error,
    }


def _install_from(fields: Fields) -> Install:
    return Install(
        began_at=fields.moment("began_at"),
        security=fields.choice("security", SecurityType),
        intended_at=fields.parsed("intended_at", datetime.fromisoformat),
        request_id=fields.text("request_id", ""),
        tries=fields.number("tries", 0),
        failed_requests=fields.texts("failed_requests", str),
        confirmed_at=fields.parsed("confirmed_at", datetime.fromisoformat),
        last_error=fields.text("last_error", ""),
    )


def _finding_values(finding: Finding) -> Values:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        "remedy": finding.remedy,
        "blocked_reason": finding.blocked_reason,
        "raw": finding.raw,
    }


def _finding_from(fields: Fields) -> Finding:
    return Finding(
        code=fields.choice("code", FindingCode),
        severity=fields.choice("severity", Severity),
        message=fields.text("message", ""),
        remedy=fields.text("remedy", ""),
        blocked_reason=fields.parsed("blocked_reason", BlockedReason),
        raw=fields.text("raw", ""),
    )
