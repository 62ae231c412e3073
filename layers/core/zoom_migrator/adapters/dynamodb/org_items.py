"""Orgs and audit entries as items, and back."""

from __future__ import annotations

from datetime import date, datetime

from zoom_migrator.adapters.dynamodb.approval_items import (
    standing_acceptance_from,
    standing_acceptance_values,
)
from zoom_migrator.adapters.dynamodb.attributes import item_of
from zoom_migrator.adapters.dynamodb.fields import Fields, fields_of
from zoom_migrator.adapters.dynamodb.keys import (
    INDEX_PARTITION,
    INDEX_SORT,
    ORG,
    PARTITION,
    SORT,
    Item,
    audit_sort,
    fleet_partition,
    org_partition,
    shard_of,
)
from zoom_migrator.adapters.dynamodb.snapshot_items import (
    failure_from,
    failure_values,
    snapshot_from,
    snapshot_values,
)
from zoom_migrator.adapters.dynamodb.verification_items import (
    verification_from,
    verification_values,
)
from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.org import (
    AuthKind,
    CleanupPolicy,
    Environment,
    Org,
    OrgRegistration,
    StartPolicy,
    UpgradePolicy,
    ZoomProduct,
)
from zoom_migrator.domain.status import BlockedReason, KeysKeptReason, OrgStatus


def org_item(org: Org) -> Item:
    """The item of an org."""
    standing, verification = org.standing_acceptance, org.verification
    return item_of(
        {
            PARTITION: org_partition(org.org_id),
            SORT: ORG,
            INDEX_PARTITION: fleet_partition(shard_of(org.org_id)),
            INDEX_SORT: org.org_id,
            **_registration_values(org.registration),
            "registered_at": org.registered_at,
            "status": org.status,
            "blocked_reason": org.blocked_reason,
            "snapshot": snapshot_values(org.snapshot) if org.snapshot else None,
            "failure": failure_values(org.failure) if org.failure else None,
            "checked_at": org.checked_at,
            "last_scan_id": org.last_scan_id,
            "attempts": org.attempts,
            "active_attempt": org.active_attempt,
            "standing_acceptance": standing_acceptance_values(standing) if standing else None,
            "status_since": org.status_since,
            "verification": verification_values(verification) if verification else None,
            "keys_kept": org.keys_kept,
            "revision": org.revision,
        }
    )


def org_from(item: Item) -> Org:
    """The org of an item.

    Raises:
        InvariantViolation: The item is damaged; the message names the attribute.
    """
    fields = fields_of(item)
    snapshot, failure = fields.inner("snapshot"), fields.inner("failure")
    standing, verification = fields.inner("standing_acceptance"), fields.inner("verification")
    return Org(
        registration=_registration_from(fields),
        registered_at=fields.moment("registered_at"),
        status=fields.choice("status", OrgStatus),
        blocked_reason=fields.parsed("blocked_reason", BlockedReason),
        snapshot=snapshot_from(snapshot) if snapshot else None,
        failure=failure_from(failure) if failure else None,
        checked_at=fields.parsed("checked_at", datetime.fromisoformat),
        last_scan_id=fields.parsed("last_scan_id", str),
        attempts=fields.number("attempts", 0),
        active_attempt=fields.number_or_none("active_attempt"),
        standing_acceptance=standing_acceptance_from(standing) if standing else None,
        status_since=fields.parsed("status_since", datetime.fromisoformat),
        verification=verification_from(verification) if verification else None,
        keys_kept=fields.parsed("keys_kept", KeysKeptReason),
        revision=fields.number("revision"),
    )


def audit_item(entry: AuditEntry, *, revision: int, position: int) -> Item:
    """The item of an audit entry.

    Args:
        revision: Revision of the org that the change made.
        position: Place among the entries of the same change.
    """
    return audit_item_at(audit_sort(entry.at, revision, position), entry)


def audit_item_at(sort: str, entry: AuditEntry) -> Item:
    """The item of an audit entry under a sort key."""
    return item_of(
        {
            PARTITION: org_partition(entry.org_id),
            SORT: sort,
            "org_id": entry.org_id,
            "at": entry.at,
            "action": entry.action,
            "actor": entry.actor,
            "detail": entry.detail,
        }
    )


def audit_entry_from(item: Item) -> AuditEntry:
    """The audit entry of an item.

    Raises:
        InvariantViolation: The item is damaged; the message names the attribute.
    """
    fields = fields_of(item)
    return AuditEntry(
        org_id=fields.text("org_id"),
        at=fields.moment("at"),
        action=fields.choice("action", AuditAction),
        actor=fields.text("actor", ""),
        detail=fields.text("detail", ""),
    )


def _registration_values(registration: OrgRegistration) -> dict[str, object]:
    return {
        "org_id": registration.org_id,
        "display_name": registration.display_name,
        "host": registration.host,
        "environment": registration.environment,
        "username": registration.username,
        "auth_kind": registration.auth_kind,
        "salesforce_admin_email": registration.salesforce_admin_email,
        "zoom_admin_email": registration.zoom_admin_email,
        "products": registration.products,
        "deadline": registration.deadline,
        "tags": registration.tags,
        "upgrade_policy": registration.upgrade_policy,
        "start_policy": registration.start_policy,
        "zoom_account_id": registration.zoom_account_id,
        "cleanup_policy": registration.cleanup_policy,
        "slack_channel": registration.slack_channel,
        "time_zone": registration.time_zone,
    }


def _registration_from(fields: Fields) -> OrgRegistration:
    return OrgRegistration(
        org_id=fields.text("org_id"),
        display_name=fields.text("display_name", ""),
        host=fields.text("host"),
        environment=fields.choice("environment", Environment),
        username=fields.text("username", ""),
        auth_kind=fields.choice("auth_kind", AuthKind),
        salesforce_admin_email=fields.text("salesforce_admin_email", ""),
        zoom_admin_email=fields.text("zoom_admin_email", ""),
        products=fields.texts("products", ZoomProduct),
        deadline=fields.parsed("deadline", date.fromisoformat),
        tags=fields.texts("tags", str),
        upgrade_policy=fields.parsed("upgrade_policy", UpgradePolicy) or UpgradePolicy.ASK,
        start_policy=fields.parsed("start_policy", StartPolicy) or StartPolicy.OPERATOR,
        zoom_account_id=fields.text("zoom_account_id", ""),
        cleanup_policy=fields.parsed("cleanup_policy", CleanupPolicy) or CleanupPolicy.ASK,
        slack_channel=fields.text("slack_channel", ""),
        time_zone=fields.text("time_zone", ""),
    )
