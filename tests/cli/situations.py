"""Orgs in the situations that commands about migrations meet."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from tests.builders import NOW as BUILT_AT
from tests.builders import a_migration, a_registration, a_snapshot, a_target, an_org, org_id_of
from tests.cli.conftest import NOW, Terminal
from zoom_migrator.domain.approval import Approval, Terms
from zoom_migrator.domain.authorization_outcome import Outcome
from zoom_migrator.domain.authorization_request import (
    AuthorizationRequest,
    AuthorizationStatus,
    Authorized,
    Setback,
)
from zoom_migrator.domain.migration import Ending, Migration, MigrationOutcome, MigrationStep
from zoom_migrator.domain.org import (
    Environment,
    Org,
    OrgRegistration,
    UpgradePolicy,
    ZoomProduct,
)
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.domain.zoom_account import Possession, ZoomProducts

TASK_TOKEN: Final = "AQCEAAAAKgAAAAMAAAAAAAAAA-task-token-canary"
APPROVAL_ID: Final = "aPPr0val-aPPr0val_aPPr"
HOSTILE: Final = "[red]Evil[/red] [link=https://evil.example]Ltd[/link]"


def a_row(
    number: int = 1,
    *,
    name: str | None = None,
    policy: UpgradePolicy = UpgradePolicy.ASK,
    kind: Environment = Environment.PRODUCTION,
    tags: tuple[str, ...] = (),
) -> OrgRegistration:
    """The registration of the fleet's n-th org, with what matters to an upgrade."""
    row = a_registration(number, display_name=name, environment=kind, tags=tags)
    return replace(row, upgrade_policy=policy)


def an_org_behind(number: int = 1, **row: Any) -> Org:
    """The fleet's n-th org, found to be behind and in nobody's hands."""
    return an_org(
        number,
        registration=a_row(number, **row),
        status=OrgStatus.UPGRADE_REQUIRED,
        snapshot=a_snapshot("3.23.0.4"),
    )


def take_in_hand(terminal: Terminal, migration: Migration, org: Org | None = None) -> None:
    """Have a migration run, with its org in hand unless it is over."""
    number = int(migration.org_id[5:15])
    attempt = migration.attempt
    org = replace(
        org or an_org_behind(number),
        attempts=attempt,
        active_attempt=None if migration.is_over else attempt,
    )
    stored = terminal.orgs.get(org.org_id)
    terminal.orgs.save(replace(org, revision=stored.revision if stored else 0))
    terminal.migrations.save(migration)
    terminal.migration_workflow.start(migration)
    if migration.is_over:
        terminal.migration_workflow.complete(migration.migration_id)


def a_waiting_migration(number: int = 1, **changes: Any) -> Migration:
    """An attempt that waits for its admin's answer."""
    approval = Approval(
        approval_id=APPROVAL_ID,
        requested_at=NOW,
        expires_at=NOW + timedelta(days=14),
        version_now="3.23.0.4",
        target=a_target(),
        terms=Terms("2024-05", "https://zoom.example/terms"),
    )
    migration = a_migration(
        number,
        step=MigrationStep.AWAITING_APPROVAL,
        started_at=NOW,
        version_before="3.23.0.4",
        target=a_target(),
        approval=approval,
    )
    return replace(migration, **changes)


def ask_for_consent(
    terminal: Terminal, migration: Migration | None = None, org: Org | None = None
) -> None:
    """Have the state machine of an org wait for an answer, with its token sealed."""
    migration = migration or a_waiting_migration()
    assert migration.approval is not None
    sealed = terminal.vault.seal(TASK_TOKEN, org_id=migration.org_id, attempt=migration.attempt)
    terminal.callback.wait(TASK_TOKEN)
    asked = replace(migration, approval=replace(migration.approval, task_token=sealed))
    org = org or an_org_behind(int(migration.org_id[5:15]))
    take_in_hand(terminal, asked, replace(org, status=OrgStatus.UPGRADE_APPROVAL_PENDING))


def an_ended_migration(
    outcome: MigrationOutcome = MigrationOutcome.UPGRADED, number: int = 1, **why: Any
) -> Migration:
    """An attempt that is over."""
    began = a_migration(number, started_at=NOW, version_before="3.23.0.4", target=a_target())
    return began.ended(Ending(outcome, **why), NOW + timedelta(minutes=9))


def stored_migration(terminal: Terminal, number: int = 1, attempt: int = 1) -> Migration:
    """An attempt as it is stored now."""
    found = terminal.migrations.get(org_id_of(number), attempt)
    assert found is not None
    return found


def stored_org(terminal: Terminal, number: int = 1) -> Org:
    """The fleet's n-th org as it is stored now."""
    found = terminal.orgs.get(org_id_of(number))
    assert found is not None
    return found


def an_authorization_request(**changes: Any) -> AuthorizationRequest:
    """A request for authorization that nobody has answered yet."""
    request = AuthorizationRequest(
        request_id="reqUest-reqUest_reqUes",
        requested_at=BUILT_AT,
        expires_at=BUILT_AT + timedelta(days=14),
        products=(ZoomProduct.MEETINGS, ZoomProduct.PHONE),
    )
    return replace(request, **changes)


def a_setback(
    outcome: Outcome = Outcome.WRONG_EMAIL,
    *,
    names: tuple[str, ...] = (),
    zoom_email: str = "mallory@zoom.example",
) -> Setback:
    """Why an attempt at authorizing came to nothing."""
    return Setback(BUILT_AT, outcome, names, zoom_email)


def an_authorization(at: datetime = BUILT_AT) -> Authorized:
    """Who authorized the fleet's first org."""
    return Authorized(
        at=at,
        grant_id="0123456789abcdef0123456789abcdef",
        zoom_email="zoom.admin@acme.example",
        zoom_account_id="q6gBJVO5TzexKYTb_I2rpg",
        zoom_user_id="zJKyaiAyTNC-MWjiWC18KQ",
        chosen=(ZoomProduct.MEETINGS, ZoomProduct.PHONE),
        products=ZoomProducts(meetings=Possession.YES),
    )


def a_migration_to_authorize(number: int = 1, **request: Any) -> Migration:
    """An attempt whose request for authorization nobody has answered, unless said otherwise."""
    waiting = a_migration(number, step=MigrationStep.AWAITING_AUTHORIZATION)
    return replace(waiting, authorization=an_authorization_request(**request))


def an_authorized_migration(at: datetime = BUILT_AT) -> Migration:
    """An attempt whose org is authorized, and which has not ended yet."""
    answered = a_migration_to_authorize(
        status=AuthorizationStatus.AUTHORIZED, authorized=an_authorization(at)
    )
    return replace(answered, step=MigrationStep.AUTHORIZED)
