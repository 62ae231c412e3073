"""A request for consent as the page shows it, on a terminal."""

from __future__ import annotations

from rich.markup import escape

from zoom_migrator.domain.approval import Terms
from zoom_migrator.domain.finding import Severity
from zoom_migrator.domain.org import Org
from zoom_migrator.domain.upgrade import SecurityType
from zoom_migrator.domain.upgrade_by_hand import ADMINS_ONLY_WARNING
from zoom_migrator.use_cases.answer_approval import ApprovalRequest
from zoom_migrator_cli.answers.person import is_registered
from zoom_migrator_cli.command import console, say
from zoom_migrator_cli.layout import facts_table, moment

_INSTALLED_FOR = {SecurityType.ALL_USERS: "all users", SecurityType.ADMINS_ONLY: "admins only"}


def print_request(
    request: ApprovalRequest, *, name: str, email: str, security: SecurityType | None
) -> None:
    """Show what is consented to, by whom, and what speaks against it.

    Args:
        security: Whom it is installed for; None where the upgrade is declined.
    """
    approval, row = request.approval, request.org.registration
    facts = {
        "org": f"{row.display_name} ({request.org.org_id}, {row.environment})",
        "version now": approval.version_now,
        "version to come": f"{approval.target.version} ({approval.target.version_id})",
        "affected": f"everybody who uses Zoom in this {row.environment} org",
        "terms": terms_text(approval.terms),
        "asked by": request.migration.requested_by,
        "answer before": moment(approval.expires_at),
        "answered by": f"{name} <{email}>",
    }
    if security is not None:
        facts["installed for"] = _INSTALLED_FOR[security]
    console.print(facts_table(facts))
    for finding in request.migration.findings:
        if finding.severity is Severity.WARNING:
            say(f"[yellow]Warning:[/] {escape(f'{finding.message} {finding.remedy}'.strip())}")
    print_cautions(request.org, email=email, security=security)


def print_cautions(org: Org, *, email: str, security: SecurityType | None) -> None:
    """Say what is unusual about an answer."""
    if security is SecurityType.ADMINS_ONLY:
        say(f"[yellow]Warning:[/] {ADMINS_ONLY_WARNING}")
    if not is_registered(org, email):
        registered = org.registration.salesforce_admin_email
        say(
            f"[yellow]Warning:[/] {escape(email)} is not the registered Salesforce admin of this "
            f"org ({escape(registered)}); it is recorded as it is."
        )


def terms_text(terms: Terms) -> str:
    """Which terms are accepted, and where they can be read."""
    where = terms.url or "shown by AppExchange"
    return f"version {terms.version}, {where}"
