"""Orgs and scans as JSON documents; field names are stable, scripts may rely on them."""

from __future__ import annotations

from datetime import date
from typing import Any

from zoom_migrator.domain.approval import StandingAcceptance
from zoom_migrator.domain.audit import AuditEntry
from zoom_migrator.domain.check import CheckFailure
from zoom_migrator.domain.deadline import deadline_of, risk_of
from zoom_migrator.domain.failure import meaning_of
from zoom_migrator.domain.next_step import next_step
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.scan import Scan, ScanResult
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.domain.verification import Verification
from zoom_migrator.domain.version import PackageVersion
from zoom_migrator_cli.snapshots import snapshot_document

type Document = dict[str, Any]


def org_document(
    org: Org, *, minimum: PackageVersion, fleet_deadline: date, today: date
) -> Document:
    """An org with all that is known of it."""
    row = org.registration
    return {
        "org_id": org.org_id,
        "name": row.display_name,
        "host": row.host,
        "kind": row.environment,
        "username": row.username,
        "auth_kind": row.auth_kind,
        "salesforce_admin_email": row.salesforce_admin_email,
        "zoom_admin_email": row.zoom_admin_email,
        "zoom_account_id": row.zoom_account_id or None,
        "products": list(row.products),
        "tags": list(row.tags),
        "upgrade_policy": row.upgrade_policy,
        "start_policy": row.start_policy,
        "cleanup_policy": row.cleanup_policy,
        "status": org.status,
        "status_since": org.status_since,
        "blocked_reason": org.blocked_reason,
        "keys_kept": org.keys_kept,
        "is_urgent": org.status is OrgStatus.DISCONNECTED,
        "version": version_of(org),
        "next_step": next_step(org, minimum),
        "jwt_until": _jwt_until(org, fleet_deadline),
        "deadline": deadline_of(org, fleet_deadline),
        "risk": risk_of(org, today=today, fleet_deadline=fleet_deadline),
        "checked_at": org.checked_at,
        "last_scan_id": org.last_scan_id,
        "attempts": org.attempts,
        "active_attempt": org.active_attempt,
        "standing_acceptance": acceptance_document(org.standing_acceptance),
        "verification": proof_document(org.verification) if org.verification else None,
        "failure": _failure(org.failure),
        "snapshot": snapshot_document(org.snapshot) if org.snapshot else None,
    }


def _jwt_until(org: Org, fleet_deadline: date) -> date | None:
    """Until when an org that has lost its authorization runs on its old keys."""
    if org.status is not OrgStatus.FALLBACK_JWT:
        return None
    return deadline_of(org, fleet_deadline)


def proof_document(proof: Verification) -> Document:
    """One call to Zoom with an org's grant that was answered as it should be."""
    return {
        "at": proof.at,
        "zoom_email": proof.zoom_email,
        "zoom_account_id": proof.zoom_account_id,
        "grant_id": proof.grant_id,
        "token_pair": proof.grant_version,
        "package_connection": proof.package,
    }


def acceptance_document(acceptance: StandingAcceptance | None) -> Document | None:
    """Consent that was given beforehand to upgrades of an org."""
    if acceptance is None:
        return None
    return {
        "name": acceptance.name,
        "email": acceptance.email,
        "terms_version": acceptance.terms_version,
        "security": acceptance.security,
        "recorded_by": acceptance.recorded_by,
        "recorded_at": acceptance.recorded_at,
        "reference": acceptance.reference or None,
    }


def version_of(org: Org) -> str | None:
    """The installed version as Salesforce's Setup shows it, or None."""
    package = org.snapshot.package if org.snapshot else None
    return str(package.version) if package else None


def audit_document(entry: AuditEntry) -> Document:
    """One line of an org's audit trail."""
    return {
        "at": entry.at,
        "action": entry.action,
        "actor": entry.actor,
        "detail": entry.detail,
    }


def scan_document(scan: Scan) -> Document:
    """A scan and its summary."""
    return {
        "scan_id": scan.scan_id,
        "status": scan.status,
        "trigger": scan.trigger,
        "requested_by": scan.requested_by,
        "started_at": scan.started_at,
        "ended_at": scan.ended_at,
        "org_count": scan.org_count,
        "batch_count": scan.batch_count,
        "counts": dict(scan.counts),
        "status_changes": scan.status_changes,
        "failure": scan.failure or None,
    }


def result_document(result: ScanResult) -> Document:
    """What one scan found out about one org."""
    return {
        "org_id": result.org_id,
        "outcome": result.outcome,
        "version": result.version or None,
        "status_before": result.status_before,
        "status_after": result.status_after,
        "failure_code": result.failure_code,
        "summary": meaning_of(result.failure_code).summary if result.failure_code else None,
        "detail": result.detail or None,
        "checked_at": result.checked_at,
        "http_calls": result.http_calls,
    }


def _failure(failure: CheckFailure | None) -> Document | None:
    if failure is None:
        return None
    meaning = meaning_of(failure.code)
    return {
        "code": failure.code,
        "kind": meaning.kind,
        "summary": meaning.summary,
        "remedy": meaning.remedy,
        "detail": failure.detail or None,
        "http_status": failure.http_status,
        "checked_at": failure.checked_at,
    }
