"""``zoom-migrator approve upgrade`` and ``decline upgrade``."""

from __future__ import annotations

from typing import Final

import typer
from rich.markup import escape

from zoom_migrator.domain.approval import Answer, AnswerChannel
from zoom_migrator.domain.errors import ConcurrentModification, NothingToApprove
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
from zoom_migrator_cli.answers.request import print_request
from zoom_migrator_cli.command import Json, OrgId, Yes, print_json, reported_errors, say
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.migrate.documents import migration_document

# Whoever else changes the migration is the state machine, which is done in a moment.
_TRIES: Final = 3


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
    _report(request, migration, "Recorded. The upgrade goes on.", as_json=as_json)


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
    _report(request, migration, "Recorded. The migration ends.", as_json=as_json)


def _open(org: str, connection: Connection) -> ApprovalRequest:
    request = open_request(org, orgs=connection.orgs, migrations=connection.migrations)
    if connection.clock.now() >= request.approval.expires_at:
        raise NothingToApprove(
            f"The request to org {request.org.org_id} is out of date.",
            remedy="It ends by itself in a moment; then ask anew: `zoom-migrator migrate start`.",
        )
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
    """Record an answer to just the request that was shown.

    Raises:
        NothingToApprove: It has been answered, closed or replaced by another one.
        TransientError: A store is out of reach, or keeps being changed by others.
    """
    shown = request.approval.approval_id
    for _ in range(_TRIES):
        if request.approval.approval_id != shown:
            raise NothingToApprove(
                "The request was replaced by another one meanwhile; nothing was recorded.",
                remedy="Repeat the command, and read what is asked now.",
            )
        try:
            return answer_request(
                request,
                answer,
                migrations=connection.migrations,
                vault=connection.vault,
                callback=connection.callback,
            )
        except ConcurrentModification:
            request = _open(request.org.org_id, connection)
    raise ConcurrentModification("The migration keeps being changed by others; try again.")


def _report(request: ApprovalRequest, migration: Migration, said: str, *, as_json: bool) -> None:
    if as_json:
        print_json(migration_document(migration, request.org))
        return
    name = escape(request.org.registration.display_name)
    say(f"{name}: {said} See `zoom-migrator migrate show {request.org.org_id}`.")
