"""What proof and cleanup leave behind: the machine, Zoom and the org together."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from local.salesforce import SimulatedKeyRow
from tests.functions.aging import grow_older
from tests.functions.cleanups import Cleanups
from tests.functions.events import load_event
from tests.functions.resources import TABLE
from tests.functions.zoom_app import ZOOM_ADMIN
from tests.statemachine.migrations import (
    MigrationMachine,
    tokens_handed_over,
    without_arguments,
)
from tests.statemachine.orgs import HOST, kinds_of_notices
from tests.statemachine.test_cleanup_walks import an_org_with_keys
from zoom_migrator.adapters.sqs import message_of
from zoom_migrator.domain.audit import AuditAction
from zoom_migrator.domain.cleanup import CleanupStatus
from zoom_migrator.domain.migration import MigrationOutcome, MigrationStep
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.org import CleanupPolicy
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.domain.zoom_event import ProbeOrder

LEASE = 300


@pytest.fixture
def cleanups(migrations: MigrationMachine) -> Cleanups:
    return Cleanups(migrations.deployment)


@pytest.fixture
def org_id(migrations: MigrationMachine) -> str:
    """An org with two rows of keys, whose Zoom admin authorizes at once."""
    return an_org_with_keys(migrations, key_rows=[SimulatedKeyRow(), SimulatedKeyRow()]).org_id


def approves(migrations: MigrationMachine, org_id: str) -> None:
    """Let the admin have the keys removed as soon as they are asked."""
    migrations.while_waiting(lambda: Cleanups(migrations.deployment).answer(org_id))


def changes(migrations: MigrationMachine) -> int:
    """How often a row was changed, or was to be."""
    requests = migrations.deployment.simulator.requests_to(HOST)
    return sum(request.method == "PATCH" for request in requests)


def test_a_migrated_org_has_no_keys_a_backup_and_a_record_of_who_wanted_it(
    migrations: MigrationMachine, cleanups: Cleanups, org_id: str
) -> None:
    keys = cleanups.keys_in(org_id)
    approves(migrations, org_id)

    run = migrations.run(org_id)

    org = migrations.deployment.org(org_id)
    assert run.migration.outcome is MigrationOutcome.MIGRATED
    assert (org.status, org.active_attempt) == (OrgStatus.MIGRATED, None)
    assert (len(keys), cleanups.keys_in(org_id)) == (4, set())
    assert cleanups.backed_up(org_id) == keys
    assert changes(migrations) == 2
    trail = migrations.deployment.orgs.audit_trail(org_id, limit=99)
    (answer,) = [entry for entry in trail if entry.action is AuditAction.CLEANUP_ANSWERED]
    assert "Grace Hopper" in answer.detail
    assert {entry.action for entry in trail} >= {
        AuditAction.VERIFIED,
        AuditAction.CLEANUP_REQUESTED,
        AuditAction.KEYS_BACKED_UP,
        AuditAction.KEYS_REMOVED,
    }
    assert kinds_of_notices(migrations, org_id) == [
        NoticeKind.AUTHORIZATION_NEEDED,
        NoticeKind.CONNECTED,
        NoticeKind.CLEANUP_APPROVAL_NEEDED,
        NoticeKind.MIGRATED,
    ]


def test_a_grant_that_is_lost_while_somebody_is_asked_wakes_the_machine(
    migrations: MigrationMachine, cleanups: Cleanups, org_id: str
) -> None:
    def remove_the_app_at_zoom() -> None:
        grant = migrations.authorizations.grant(org_id)
        assert grant is not None
        who = grant.subject
        cleanups.lose(ZOOM_ADMIN)
        order = ProbeOrder(who.client_id, who.account_id, who.user_id, is_signed=True)
        event = load_event("probe_grants/signed_order")
        event["Records"][0]["body"] = message_of(order)
        sent = str(int(datetime.now(UTC).timestamp() * 1000))
        event["Records"][0]["attributes"]["SentTimestamp"] = sent
        answer = migrations.deployment.invoke("probe_grants", event)
        assert answer == {"batchItemFailures": []}

    migrations.while_waiting(remove_the_app_at_zoom)

    run = migrations.run(org_id)

    assert run.path.count("RequestCleanup") == 1
    asked = run.path.index("RequestCleanup")
    assert run.path[asked : asked + 4] == (
        *("RequestCleanup", "FollowUpCleanup", "WhatIsNext"),
        "RequestAuthorization!",
    )
    assert run.migration.outcome is MigrationOutcome.AUTHORIZATION_EXPIRED
    assert migrations.deployment.org(org_id).status is OrgStatus.DISCONNECTED
    assert cleanups.request(org_id).status is CleanupStatus.REVOKED
    assert cleanups.keys_in(org_id)
    told = kinds_of_notices(migrations, org_id)
    assert told.count(NoticeKind.AUTHORIZATION_NEEDED) == 2
    assert told.count(NoticeKind.DISCONNECTED) == 1


def test_an_approval_counts_although_nobody_could_wake_the_machine(
    migrations: MigrationMachine, cleanups: Cleanups, org_id: str
) -> None:
    disturbance = migrations.deployment.disturbance

    def answer_while_step_functions_is_out_of_reach() -> None:
        disturbance.refuse("SendTaskSuccess")
        cleanups.answer(org_id)
        disturbance.stop()

    migrations.while_waiting(answer_while_step_functions_is_out_of_reach)

    run = migrations.run(org_id)

    assert "RequestCleanup!" in run.path
    assert run.migration.outcome is MigrationOutcome.MIGRATED


def test_a_removal_whose_answer_was_lost_is_not_done_twice(
    migrations: MigrationMachine, org_id: str
) -> None:
    migrations.functions.die("remove_keys", times=1)
    approves(migrations, org_id)

    run = migrations.run(org_id)

    assert run.failures == ("Sandbox.Timedout",)
    assert run.migration.outcome is MigrationOutcome.MIGRATED
    assert changes(migrations) == 2


def test_a_worker_that_dies_before_the_backup_blanks_nothing_and_the_next_goes_on(
    migrations: MigrationMachine, cleanups: Cleanups, org_id: str
) -> None:
    keys = cleanups.keys_in(org_id)
    disturbance = migrations.deployment.disturbance

    def die_with_the_keys_in_hand() -> None:
        disturbance.refuse("Encrypt", times=5)
        migrations.functions.before("remove_keys", lambda: seen.append(cleanups.keys_in(org_id)))

    seen: list[set[str]] = []
    migrations.functions.before("remove_keys", die_with_the_keys_in_hand)
    approves(migrations, org_id)

    run = migrations.run(org_id)

    assert run.failures == ("StoreUnavailable",)
    assert seen == [keys]
    assert migrations.interpreter.pauses[-1] == pytest.approx(LEASE, abs=30)
    assert run.migration.outcome is MigrationOutcome.MIGRATED
    assert cleanups.backed_up(org_id) == keys


def test_a_machine_that_breaks_with_the_keys_in_hand_ends_its_migration_after_the_lease(
    migrations: MigrationMachine, cleanups: Cleanups, org_id: str
) -> None:
    disturbance = migrations.deployment.disturbance
    functions = migrations.functions
    functions.before(
        "remove_keys", lambda: disturbance.refuse("Encrypt", code="AccessDeniedException")
    )

    def later() -> None:
        disturbance.stop()
        functions.before("record_migration_failure", lambda: grow_older(TABLE, LEASE))

    functions.before("record_migration_failure", later)
    approves(migrations, org_id)
    run = migrations.run(org_id)
    approves(migrations, org_id)

    resumed = migrations.end_of(migrations.upgrades.resume(org_id))

    assert (run.status, run.failures) == ("FAILED", ("InvalidSettings", "ConcurrentModification"))
    assert run.migration.outcome is MigrationOutcome.BROKE
    assert resumed.migration.outcome is MigrationOutcome.MIGRATED
    assert cleanups.keys_in(org_id) == set()


def test_a_migration_that_is_stopped_while_it_asks_voids_the_question(
    migrations: MigrationMachine, cleanups: Cleanups, org_id: str
) -> None:
    migrations.while_waiting(lambda: migrations.upgrades.stop(org_id))

    run = migrations.run(org_id)

    assert run.status == "ABORTED"
    assert cleanups.request(org_id).status is CleanupStatus.REVOKED
    org = migrations.deployment.org(org_id)
    assert (org.status, org.active_attempt) == (OrgStatus.AUTHORIZED, None)
    assert cleanups.keys_in(org_id)


def test_an_org_whose_keys_were_kept_is_asked_again_where_somebody_starts_it_again(
    migrations: MigrationMachine, cleanups: Cleanups, org_id: str
) -> None:
    cleanups.decide(org_id, CleanupPolicy.NEVER)
    kept = migrations.run(org_id)
    cleanups.decide(org_id, CleanupPolicy.ASK)
    approves(migrations, org_id)

    again = migrations.run(org_id)

    assert kept.migration.outcome is MigrationOutcome.MIGRATED_KEYS_KEPT
    assert "RequestAuthorization" not in again.path
    assert again.migration.outcome is MigrationOutcome.MIGRATED
    assert cleanups.keys_in(org_id) == set()


@pytest.mark.parametrize(
    "function", ["verify_connection", "request_cleanup", "follow_up_cleanup", "remove_keys"]
)
def test_lambda_without_free_concurrency_is_waited_for(
    migrations: MigrationMachine, org_id: str, function: str
) -> None:
    migrations.functions.throttle(function, times=6)
    approves(migrations, org_id)

    run = migrations.run(org_id)

    assert set(run.failures) == {"Lambda.TooManyRequestsException"}
    assert run.migration.outcome is MigrationOutcome.MIGRATED


def test_the_history_has_no_key_no_token_and_names_nobody(
    migrations: MigrationMachine, cleanups: Cleanups, org_id: str
) -> None:
    keys = cleanups.keys_in(org_id)
    links: list[str] = []

    def look_at_the_link_and_approve() -> None:
        assert migrations.deployment.migration(org_id).step is (
            MigrationStep.AWAITING_CLEANUP_APPROVAL
        )
        links.append(cleanups.link(org_id))
        cleanups.answer(org_id)

    migrations.while_waiting(lambda: None, look_at_the_link_and_approve)

    run = migrations.run(org_id)

    tokens = set(tokens_handed_over(run))
    # One of the authorization, and two of the question, which had to be repeated.
    assert (len(tokens), len(keys)) == (3, 4)
    rest = json.dumps([without_arguments(event) for event in run.events], default=str)
    everywhere = rest + migrations.deployment.everything_kept()
    zooms = migrations.deployment.zoom.secret_values()
    secrets = (*tokens, *keys, *links, *zooms)
    assert [secret for secret in secrets if secret in everywhere] == []
    history = json.dumps(run.events, default=str)
    telling = ("grace@acme.example", "Grace Hopper", HOST, ZOOM_ADMIN)
    assert [each for each in telling if each in history] == []
