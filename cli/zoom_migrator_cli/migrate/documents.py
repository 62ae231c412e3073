"""Migrations as JSON documents; field names are stable, scripts may rely on them.

What nobody but the product may know is in none of them: neither the task token, nor the id that
links are made of.
"""

from __future__ import annotations

from zoom_migrator.domain.approval import Answer, Approval
from zoom_migrator.domain.finding import Finding
from zoom_migrator.domain.install_link import install_link
from zoom_migrator.domain.migration import Install, Migration
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.upgrade import TargetVersion
from zoom_migrator.domain.upgrade_by_hand import steps_by_hand
from zoom_migrator_cli.documents import Document
from zoom_migrator_cli.migrate.authorization import authorization_document
from zoom_migrator_cli.migrate.awaited import AwaitedLink
from zoom_migrator_cli.migrate.cleanup import beyond_document
from zoom_migrator_cli.migrate.words import comes_next, since, waits_for


def migration_document(migration: Migration, org: Org) -> Document:
    """One attempt of an org with all that is known of it."""
    return {
        "migration_id": migration.migration_id,
        "org_id": migration.org_id,
        "name": org.registration.display_name,
        "attempt": migration.attempt,
        "step": migration.step,
        "since": since(migration),
        "waits_for": waits_for(migration, org) or None,
        "next_step": comes_next(migration),
        "outcome": migration.outcome,
        "blocked_reason": migration.blocked_reason,
        "failure_code": migration.failure_code or None,
        "detail": migration.detail or None,
        "said": migration.said or None,
        "trigger": migration.trigger,
        "requested_by": migration.requested_by,
        "started_at": migration.started_at,
        "ended_at": migration.ended_at,
        "version_before": migration.version_before or None,
        "target": _target(migration.target),
        "findings": [finding_document(finding) for finding in migration.findings],
        "approval": _approval(migration.approval),
        "install": _install(migration.install),
        "by_hand": _by_hand(migration),
        "authorization": authorization_document(migration.authorization, org),
        **beyond_document(migration),
    }


def finding_document(finding: Finding) -> Document:
    """One thing that the pre-flight found."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        "remedy": finding.remedy or None,
        "said": finding.raw or None,
    }


def link_document(link: AwaitedLink) -> Document:
    """A link, and what whoever opens it is waited for to do."""
    return {"awaits": link.awaits, "link": link.address, "expires_at": link.expires_at}


def guide_document(org: Org, version_id: str) -> Document:
    """How a person upgrades the org without the product."""
    environment = org.registration.environment
    return {
        "install_link": install_link(environment, version_id) if version_id else None,
        "steps": steps_by_hand(environment, version_id),
    }


def _target(target: TargetVersion | None) -> Document | None:
    if target is None:
        return None
    return {"version": target.version.full, "version_id": target.version_id}


def _approval(approval: Approval | None) -> Document | None:
    if approval is None:
        return None
    return {
        "status": approval.status,
        "requested_at": approval.requested_at,
        "expires_at": approval.expires_at,
        "version_now": approval.version_now,
        "target": _target(approval.target),
        "terms_version": approval.terms.version,
        "terms_url": approval.terms.url or None,
        "reminders": approval.reminders,
        "answer": _answer(approval.answer),
    }


def _answer(answer: Answer | None) -> Document | None:
    if answer is None:
        return None
    return {
        "accepted": answer.accepted,
        "at": answer.at,
        "name": answer.name,
        "email": answer.email,
        "channel": answer.channel,
        "source": answer.source,
        "recorded_by": answer.recorded_by or None,
        "terms_version": answer.terms_version,
        "security": answer.security,
    }


def _install(install: Install | None) -> Document | None:
    if install is None:
        return None
    return {
        "security": install.security,
        "began_at": install.began_at,
        "request_id": install.request_id or None,
        "tries": install.tries,
        "failed_requests": list(install.failed_requests),
        "confirmed_at": install.confirmed_at,
        "last_error": install.last_error or None,
    }


def _by_hand(migration: Migration) -> Document | None:
    if migration.by_hand_since is None:
        return None
    return {
        "since": migration.by_hand_since,
        "until": migration.by_hand_until,
        "reminders": migration.reminders,
    }
