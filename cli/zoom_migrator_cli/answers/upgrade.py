"""``zoom-migrator approve upgrade`` and ``decline upgrade``."""

from __future__ import annotations

import typer

from zoom_migrator.domain.approval import Answer, AnswerChannel
from zoom_migrator.domain.migration import Migration
from zoom_migrator.domain.upgrade import SecurityType
from zoom_migrator.use_cases.answer_approval import ApprovalRequest, answer_request, open_request
from zoom_migrator_cli.answers.person import (
    AcceptTerms,
    AdminsOnly,
    Email,
    Name,
    email_of,
    insist_on_terms,
)
from zoom_migrator_cli.answers.recording import insist_on_time, record, report
from zoom_migrator_cli.answers.request import print_request
from zoom_migrator_cli.command import Json, OrgId, Yes, reported_errors
from zoom_migrator_cli.connection import Connection


def approve_upgrade(
    context: typer.Context,
    org: OrgId,
    name: Name,
    email: Email = None,
    admins_only: AdminsOnly = False,
    accept_terms: AcceptTerms = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Record that an org's Salesforce admin consents to its upgrade.

    For consent that reached you in another way than on the page of the link. It shows what is
    consented to first, and keeps who consented, who recorded it, when, and on which machine.

    **Examples**

        zoom-migrator approve upgrade 00D5g000001AbCdEAK --name "Ada Lovelace"
        zoom-migrator approve upgrade 00D5g000001AbCdEAK --name "A. Lovelace" --accept-terms --yes
    """
    connection: Connection = context.obj
    with reported_errors(as_json=as_json):
        request = _open(org, connection)
        who = email_of(request.org, email)
        security = SecurityType.ADMINS_ONLY if admins_only else SecurityType.ALL_USERS
        if not as_json:
            print_request(request, name=name, email=who, security=security)
        may_ask = not (yes or as_json)
        insist_on_terms(request.approval.terms, name, accepted=accept_terms, may_ask=may_ask)
        if may_ask:
            typer.confirm("Record this consent?", abort=True)
        answer = _answer(
            request, connection, name=name, email=who, accepted=True, security=security
        )
        migration = _record(request, answer, connection)
    report(request.org, migration, "Recorded. The upgrade goes on.", as_json=as_json)


def decline_upgrade(
    context: typer.Context,
    org: OrgId,
    name: Name,
    email: Email = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Record that an org's Salesforce admin does not want the upgrade.

    The migration ends and nothing in the org changes. The org is then blocked until you resume
    it, which asks again.

    **Examples**

        zoom-migrator decline upgrade 00D5g000001AbCdEAK --name "Ada Lovelace" --yes
    """
    connection: Connection = context.obj
    with reported_errors(as_json=as_json):
        request = _open(org, connection)
        who = email_of(request.org, email)
        if not as_json:
            print_request(request, name=name, email=who, security=None)
            if not yes:
                typer.confirm("Record that the upgrade is declined?", abort=True)
        answer = _answer(request, connection, name=name, email=who, accepted=False)
        migration = _record(request, answer, connection)
    report(request.org, migration, "Recorded. The migration ends.", as_json=as_json)


def _open(org: str, connection: Connection) -> ApprovalRequest:
    request = open_request(org, orgs=connection.orgs, migrations=connection.migrations)
    insist_on_time(request.org, expires_at=request.approval.expires_at, now=connection.clock.now())
    return request


def _answer(
    request: ApprovalRequest,
    connection: Connection,
    *,
    name: str,
    email: str,
    accepted: bool,
    security: SecurityType = SecurityType.ALL_USERS,
) -> Answer:
    return Answer(
        accepted=accepted,
        at=connection.clock.now(),
        name=name,
        email=email,
        channel=AnswerChannel.COMMAND_LINE,
        source=connection.machine,
        terms_version=request.approval.terms.version,
        security=security,
        recorded_by=connection.actor,
    )


def _record(request: ApprovalRequest, answer: Answer, connection: Connection) -> Migration:
    return record(
        request,
        lambda asked: answer_request(
            asked,
            answer,
            migrations=connection.migrations,
            vault=connection.vault,
            callback=connection.callback,
        ),
        id_of=lambda asked: asked.approval.approval_id,
        reopen=lambda: _open(request.org.org_id, connection),
    )
