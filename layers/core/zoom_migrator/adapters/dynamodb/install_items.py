"""Installs and findings, as parts of the items of migrations, and back."""

from __future__ import annotations

from datetime import datetime

from zoom_migrator.adapters.dynamodb.fields import Fields
from zoom_migrator.adapters.dynamodb.snapshot_items import Values
from zoom_migrator.domain.finding import Finding, FindingCode, Severity
from zoom_migrator.domain.migration import Install
from zoom_migrator.domain.status import BlockedReason
from zoom_migrator.domain.upgrade import SecurityType


def install_values(install: Install) -> Values:
    """An install in a migration's item."""
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


def install_from(fields: Fields) -> Install:
    """The install of a migration's item."""
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


def finding_values(finding: Finding) -> Values:
    """A finding in a migration's item."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        "remedy": finding.remedy,
        "blocked_reason": finding.blocked_reason,
        "raw": finding.raw,
    }


def finding_from(fields: Fields) -> Finding:
    """A finding of a migration's item."""
    return Finding(
        code=fields.choice("code", FindingCode),
        severity=fields.choice("severity", Severity),
        message=fields.text("message", ""),
        remedy=fields.text("remedy", ""),
        blocked_reason=fields.parsed("blocked_reason", BlockedReason),
        raw=fields.text("raw", ""),
    )
