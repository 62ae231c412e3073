"""What migrations leave behind, and what people have to do with it."""

from __future__ import annotations

import json

import pytest

from local.salesforce import (
    InstallBehaviour,
    InstallFailure,
    SimulatedOrg,
)
from tests.functions.zoom_app import ZOOM_ADMIN
from tests.statemachine.migrations import (
    MigrationMachine,
    tokens_handed_over,
    without_arguments,
)
from tests.statemachine.orgs import (
    HOST,
    an_org,
    an_org_that_consented_beforehand,
    installs_asked_for,
    kinds_of_notices,
)
from zoom_migrator.domain.approval import ApprovalStatus
from zoom_migrator.domain.audit import AuditAction
from zoom_migrator.domain.migration import MigrationOutcome
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.domain.upgrade import SecurityType


def test_an_approved_org_is_upgraded_and_the_record_says_who_when_and_from_where(
    migrations: MigrationMachine,
) -> None:
    org_id = an_org(migrations)
    migrations.while_waiting(
        lambda: migrations.upgrades.answer(org_id, security=SecurityType.ADMINS_ONLY)
    )

    run = migrations.run(org_id)

    org = migrations.deployment.org(org_id)
    assert run.migration.outcome is MigrationOutcome.MIGRATED
    assert (org.status, org.active_attempt) == (OrgStatus.MIGRATED, None)
    assert org.snapshot is not None
    assert org.snapshot.package is not None
    assert str(org.snapshot.package.version) == "3.28"
    trail = migrations.deployment.orgs.audit_trail(org_id, limit=20)
    assert {entry.action for entry in trail} >= {
        AuditAction.MIGRATION_STARTED,
        AuditAction.APPROVAL_REQUESTED,
        AuditAction.APPROVAL_ANSWERED,
        AuditAction.INSTALL_REQUESTED,
        AuditAction.MIGRATION_ENDED,
    }
    (answer,) = [entry for entry in trail if entry.action is AuditAction.APPROVAL_ANSWERED]
    assert "Grace Hopper" in answer.detail
    assert installs_asked_for(migrations) == 1
    assert kinds_of_notices(migrations, org_id) == [
        NoticeKind.UPGRADE_APPROVAL_NEEDED,
        NoticeKind.UPGRADE_DONE,
        NoticeKind.AUTHORIZATION_NEEDED,
        NoticeKind.CONNECTED,
        NoticeKind.MIGRATED,
    ]


def test_nobody_is_asked_where_consent_was_given_beforehand(migrations: MigrationMachine) -> None:
    org_id = an_org_that_consented_beforehand(migrations)

    run = migrations.run(org_id)

    assert "RequestApproval" not in run.path
    assert run.migration.approval is not None
    assert run.migration.approval.answer is not None
    assert run.migration.approval.answer.source == "ticket 42"


@pytest.mark.parametrize("how", ["a reminder", "no answer at all"])
def test_people_who_do_not_answer_are_reminded_and_the_request_ends(
    migrations: MigrationMachine, how: str
) -> None:
    org_id = an_org(migrations)
    if how == "a reminder":
        migrations.while_waiting(lambda: None, lambda: migrations.upgrades.answer(org_id))

    run = migrations.run(org_id)

    expected = {"a reminder": ["upgrade_approval_reminder"], "no answer at all": []}[how]
    reminders = [
        kind
        for kind in kinds_of_notices(migrations, org_id)
        if kind is NoticeKind.UPGRADE_APPROVAL_REMINDER
    ]
    if how == "a reminder":
        assert reminders == expected
        assert run.migration.outcome is MigrationOutcome.MIGRATED
    else:
        assert len(reminders) == 4
        assert run.migration.outcome is MigrationOutcome.EXPIRED
        assert run.migration.approval is not None
        assert run.migration.approval.status is ApprovalStatus.EXPIRED
        assert migrations.deployment.org(org_id).status is OrgStatus.UPGRADE_REQUIRED


def test_an_answer_counts_although_nobody_could_wake_the_machine(
    migrations: MigrationMachine,
) -> None:
    org_id = an_org(migrations)
    disturbance = migrations.deployment.disturbance

    def answer_while_step_functions_is_out_of_reach() -> None:
        disturbance.refuse("SendTaskSuccess")
        migrations.upgrades.answer(org_id)
        disturbance.stop()

    migrations.while_waiting(answer_while_step_functions_is_out_of_reach)

    run = migrations.run(org_id)

    assert "RequestApproval!" in run.path
    assert run.migration.outcome is MigrationOutcome.MIGRATED


def test_an_answer_given_before_the_request_is_stored_wakes_the_machine_at_once(
    migrations: MigrationMachine,
) -> None:
    org_id = an_org(migrations)
    # The first wait is over in vain; before the machine asks anew, somebody answers.
    migrations.functions.before(
        "request_approval",
        lambda: migrations.functions.before(
            "request_approval", lambda: migrations.upgrades.answer(org_id)
        ),
    )

    run = migrations.run(org_id)

    assert run.path.count("RequestApproval") == 1
    assert run.migration.outcome is MigrationOutcome.MIGRATED


def test_a_repeated_request_takes_the_place_of_the_first(migrations: MigrationMachine) -> None:
    org_id = an_org(migrations)
    migrations.while_waiting(lambda: None, lambda: migrations.upgrades.answer(org_id))

    run = migrations.run(org_id)

    # The third is the authorization's.
    assert len(set(tokens_handed_over(run))) == 3
    assert run.migration.outcome is MigrationOutcome.MIGRATED
    assert kinds_of_notices(migrations, org_id).count(NoticeKind.UPGRADE_APPROVAL_NEEDED) == 1


def test_an_upgrade_by_hand_that_never_comes_expires_after_reminders(
    migrations: MigrationMachine,
) -> None:
    org_id = migrations.upgrades.register(SimulatedOrg(host=HOST, key_rows=[])).org_id
    migrations.upgrades.configure("UPGRADE_BY_HAND_DAYS", "3")
    migrations.upgrades.configure("REMINDER_INTERVAL_HOURS", "24")

    run = migrations.run(org_id)

    assert (run.output["outcome"], run.migration.reminders) == ("expired", 2)
    assert kinds_of_notices(migrations, org_id)[0] is NoticeKind.UPGRADE_BY_HAND_NEEDED
    assert installs_asked_for(migrations) == 0


def test_somebody_who_upgrades_while_consent_is_awaited_has_done_it(
    migrations: MigrationMachine,
) -> None:
    org_id = an_org(migrations)

    def upgrade_and_then_consent() -> None:
        migrations.upgrades.upgrade_by_hand(org_id)
        migrations.upgrades.answer(org_id)

    migrations.while_waiting(upgrade_and_then_consent)

    run = migrations.run(org_id)

    assert run.migration.outcome is MigrationOutcome.MIGRATED
    assert installs_asked_for(migrations) == 0


def test_a_migration_that_is_stopped_while_it_waits_stays_stopped(
    migrations: MigrationMachine,
) -> None:
    org_id = an_org(migrations)
    migrations.while_waiting(lambda: migrations.upgrades.stop(org_id))
    migration = migrations.upgrades.begin(org_id)
    run = migrations.end_of(migration)

    migrations.deployment.invoke(
        "record_migration_failure", migrations.status_change(migration.migration_id)
    )

    assert run.status == "ABORTED"
    stopped = migrations.deployment.migration(org_id)
    assert stopped.outcome is MigrationOutcome.STOPPED
    assert stopped.approval is not None
    assert stopped.approval.status is ApprovalStatus.REVOKED


def test_the_history_has_no_secret_and_its_token_only_where_it_is_handed_over(
    migrations: MigrationMachine,
) -> None:
    org_id = an_org(
        migrations, install=InstallBehaviour(failure=InstallFailure.ROW_LOCKED, times=1)
    )
    links: list[str] = []

    def look_at_the_link_and_answer() -> None:
        links.append(migrations.upgrades.link(org_id))
        migrations.upgrades.answer(org_id)

    migrations.while_waiting(lambda: None, look_at_the_link_and_answer)

    run = migrations.run(org_id)

    tokens = set(tokens_handed_over(run))
    assert len(tokens) == 3
    rest = json.dumps([without_arguments(event) for event in run.events], default=str)
    everywhere = rest + migrations.deployment.everything_left_behind()
    zooms = migrations.deployment.zoom.secret_values()
    assert [secret for secret in (*tokens, *links, *zooms) if secret in everywhere] == []
    assert migrations.deployment.app.secrets_in(everywhere, migrations.deployment.running) == []


def test_the_history_names_no_person_and_no_address(migrations: MigrationMachine) -> None:
    org_id = an_org(migrations)
    migrations.while_waiting(lambda: migrations.upgrades.answer(org_id))

    run = migrations.run(org_id)

    history = json.dumps(run.events, default=str)
    for telling in (
        *("grace@acme.example", "Grace Hopper", HOST),
        *("salesforce.admin@acme.example", ZOOM_ADMIN),
    ):
        assert telling not in history
