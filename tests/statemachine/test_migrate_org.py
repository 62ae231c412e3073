"""What migrations leave behind: the state machine and the functions together."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.salesforce import (
    Fault,
    FaultKind,
    InstallBehaviour,
    InstallFailure,
    InstallVerdict,
    PublishedVersion,
    SimulatedOrg,
    SimulatedUser,
)
from tests.functions.upgrades import TARGET
from tests.statemachine.migrations import MigrationMachine, MigrationRun
from zoom_migrator.domain.approval import ApprovalStatus
from zoom_migrator.domain.audit import AuditAction
from zoom_migrator.domain.migration import MigrationOutcome
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.org import UpgradePolicy
from zoom_migrator.domain.status import BlockedReason, OrgStatus
from zoom_migrator.domain.upgrade import SecurityType

HOST = "acme.my.salesforce.com"


def an_org(machine: MigrationMachine, **traits: Any) -> str:
    """The id of an org that is behind and asks for consent."""
    machine.upgrades.offer()
    return machine.upgrades.register(SimulatedOrg(host=HOST, **traits)).org_id


def an_org_that_consented_beforehand(machine: MigrationMachine, **traits: Any) -> str:
    machine.upgrades.offer()
    document = SimulatedOrg(host=HOST, **traits)
    org_id = machine.upgrades.register(document, policy=UpgradePolicy.AUTO).org_id
    machine.upgrades.accept_beforehand(org_id)
    return org_id


def installs_asked_for(machine: MigrationMachine) -> int:
    """How many requests to install something reached the org."""
    requests = machine.deployment.simulator.requests_to(HOST)
    return sum(
        request.method == "POST" and "PackageInstallRequest" in request.target
        for request in requests
    )


def kinds_of_notices(machine: MigrationMachine, org_id: str) -> list[NoticeKind]:
    notices = machine.deployment.migrations.notices(org_id, limit=99)
    return [notice.kind for notice in reversed(notices)]


def test_an_approved_org_is_upgraded_and_the_record_says_who_when_and_from_where(
    migrations: MigrationMachine,
) -> None:
    org_id = an_org(migrations)
    migrations.while_waiting(
        lambda: migrations.upgrades.answer(org_id, security=SecurityType.ADMINS_ONLY)
    )

    run = migrations.run(org_id)

    org = migrations.deployment.org(org_id)
    assert run.migration.outcome is MigrationOutcome.UPGRADED
    assert (org.status, org.active_attempt) == (OrgStatus.AUTHORIZATION_PENDING, None)
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
        assert run.migration.outcome is MigrationOutcome.UPGRADED
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
    assert run.migration.outcome is MigrationOutcome.UPGRADED


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
    assert run.migration.outcome is MigrationOutcome.UPGRADED


def test_a_repeated_request_takes_the_place_of_the_first(migrations: MigrationMachine) -> None:
    org_id = an_org(migrations)
    migrations.while_waiting(lambda: None, lambda: migrations.upgrades.answer(org_id))

    run = migrations.run(org_id)

    assert len(set(tokens_handed_over(run))) == 2
    assert run.migration.outcome is MigrationOutcome.UPGRADED
    assert kinds_of_notices(migrations, org_id).count(NoticeKind.UPGRADE_APPROVAL_NEEDED) == 1


BLOCKED: dict[str, tuple[Callable[[MigrationMachine], str], BlockedReason]] = {
    "target_not_found": (
        lambda machine: unpublished(machine),
        BlockedReason.TARGET_NOT_USABLE,
    ),
    "target_of_another_package": (
        lambda machine: offered(machine, package_id="0338a000000ZZicAAG"),
        BlockedReason.TARGET_NOT_USABLE,
    ),
    "target_is_beta": (
        lambda machine: offered(machine, beta=True),
        BlockedReason.TARGET_NOT_USABLE,
    ),
    "target_too_old": (
        lambda machine: offered(machine, version="3.26.0.1"),
        BlockedReason.TARGET_NOT_USABLE,
    ),
    "target_refused": (
        lambda machine: offered(machine, installation_key="open sesame"),
        BlockedReason.TARGET_NOT_USABLE,
    ),
    "target_not_installable": (
        lambda machine: an_org(
            machine, install=InstallBehaviour(verdict=InstallVerdict.PACKAGING_DISABLED)
        ),
        BlockedReason.TARGET_NOT_USABLE,
    ),
    "install_not_permitted": (
        lambda machine: an_org(
            machine,
            users=[SimulatedUser(username="integration@acme.example", install_packaging=False)],
        ),
        BlockedReason.INSTALL_NOT_ALLOWED,
    ),
    "org_read_only": (
        lambda machine: an_org(machine, read_only=True),
        BlockedReason.ORG_NOT_UPGRADABLE,
    ),
    "trial_expired": (
        lambda machine: an_org(machine, trial_expires="2024-01-31T00:00:00.000+0000"),
        BlockedReason.ORG_NOT_UPGRADABLE,
    ),
}


def offered(machine: MigrationMachine, **traits: Any) -> str:
    machine.upgrades.offer(PublishedVersion(**{"version": TARGET.version, **traits}))
    return machine.upgrades.register(SimulatedOrg(host=HOST)).org_id


def unpublished(machine: MigrationMachine) -> str:
    machine.upgrades.configure("PACKAGE_VERSION_ID", "04t1S000000ASBdQAO")
    return machine.upgrades.register(SimulatedOrg(host=HOST)).org_id


@pytest.mark.parametrize("code", BLOCKED)
def test_what_the_pre_flight_finds_ends_the_machine_well_before_anything_is_changed(
    migrations: MigrationMachine, code: str
) -> None:
    prepare, reason = BLOCKED[code]
    org_id = prepare(migrations)

    run = migrations.run(org_id)

    assert run.path == ("PrepareUpgrade", "WhatIsNext", "Completed")
    assert run.output["outcome"] == "blocked"
    assert (run.migration.failure_code, run.migration.blocked_reason) == (code, reason)
    assert run.migration.remedy
    assert migrations.deployment.org(org_id).status is OrgStatus.BLOCKED
    assert installs_asked_for(migrations) == 0


def test_what_the_pre_flight_finds_and_passes_by_itself_is_waited_for(
    migrations: MigrationMachine,
) -> None:
    org_id = an_org_that_consented_beforehand(migrations, daily_api_used=14_990)
    (running,) = migrations.deployment.running
    migrations.functions.after("prepare_upgrade", lambda: setattr(running, "api_used", 0))

    run = migrations.run(org_id)

    assert run.path[:3] == ("PrepareUpgrade", "WhatIsNext", "WaitToPrepareAgain")
    assert run.migration.outcome is MigrationOutcome.UPGRADED


def test_platform_cache_blocks_the_org_with_the_words_for_salesforce_support(
    migrations: MigrationMachine,
) -> None:
    org_id = an_org_that_consented_beforehand(
        migrations, install=InstallBehaviour(failure=InstallFailure.PLATFORM_CACHE)
    )

    run = migrations.run(org_id)

    org = migrations.deployment.org(org_id)
    assert run.output["outcome"] == "blocked"
    assert org.blocked_reason is BlockedReason.CONTACT_SALESFORCE_SUPPORT
    assert "Salesforce Support" in run.migration.remedy
    assert "PlatformCache" in run.migration.said


def test_a_blocked_org_is_resumed_with_the_consent_it_gave(migrations: MigrationMachine) -> None:
    org_id = an_org(
        migrations, install=InstallBehaviour(failure=InstallFailure.PLATFORM_CACHE, times=1)
    )
    migrations.while_waiting(lambda: migrations.upgrades.answer(org_id))
    migrations.run(org_id)

    run = migrations.end_of(migrations.upgrades.resume(org_id))

    assert (run.migration.attempt, run.migration.outcome) == (2, MigrationOutcome.UPGRADED)
    assert "RequestApproval" not in run.path


def test_an_install_that_fails_for_a_reason_that_passes_is_tried_again(
    migrations: MigrationMachine,
) -> None:
    org_id = an_org_that_consented_beforehand(
        migrations, install=InstallBehaviour(failure=InstallFailure.ROW_LOCKED, times=2)
    )

    run = migrations.run(org_id)

    assert run.path.count("StartInstall") == 3
    assert run.migration.outcome is MigrationOutcome.UPGRADED
    assert installs_asked_for(migrations) == 3


@pytest.mark.parametrize(
    "fault", [FaultKind.RESET_MID, FaultKind.GATEWAY_TIMEOUT, FaultKind.TRUNCATED]
)
def test_an_install_whose_answer_is_lost_is_looked_for_and_never_sent_again(
    migrations: MigrationMachine, fault: FaultKind
) -> None:
    lost = Fault(kind=fault, method="POST", path="PackageInstallRequest", times=1)
    org_id = an_org_that_consented_beforehand(migrations, faults=[lost])

    run = migrations.run(org_id)

    assert run.path.count("StartInstall") == 2
    assert run.migration.outcome is MigrationOutcome.UPGRADED
    assert installs_asked_for(migrations) == 1


def test_a_function_that_dies_after_it_sent_the_request_sends_no_second_one(
    migrations: MigrationMachine,
) -> None:
    org_id = an_org_that_consented_beforehand(migrations)
    disturbance = migrations.deployment.disturbance
    # What it wants to store after the request is refused, once its own retries are used up.
    migrations.functions.before(
        "start_install", lambda: disturbance.refuse("PutItem", mentioning="0Hf", times=5)
    )

    run = migrations.run(org_id)

    assert run.failures == ("StoreUnavailable",)
    assert run.migration.outcome is MigrationOutcome.UPGRADED
    assert installs_asked_for(migrations) == 1


def test_an_install_that_never_ends_is_given_up(migrations: MigrationMachine) -> None:
    org_id = an_org_that_consented_beforehand(migrations, install=InstallBehaviour(never_ends=True))

    migrations.upgrades.configure("INSTALL_DEADLINE_MINUTES", "20")

    run = migrations.run(org_id)

    pauses = migrations.interpreter.pauses
    assert run.migration.failure_code == "install_too_slow"
    assert (pauses[:3], max(pauses)) == ([0, 10, 10], 120)
    assert sum(pauses) == pytest.approx(1_200, abs=60)


def test_an_upgrade_by_hand_that_never_comes_expires_after_reminders(
    migrations: MigrationMachine,
) -> None:
    org_id = migrations.upgrades.register(SimulatedOrg(host=HOST)).org_id
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

    assert run.migration.outcome is MigrationOutcome.UPGRADED
    assert installs_asked_for(migrations) == 0


def test_a_package_that_was_removed_ends_the_migration(migrations: MigrationMachine) -> None:
    org_id = an_org(migrations, packages=[])

    run = migrations.run(org_id)

    assert run.output["outcome"] == "not_installed"
    assert migrations.deployment.org(org_id).status is OrgStatus.NOT_INSTALLED


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


def test_what_breaks_is_told_by_its_first_error_and_the_org_can_be_resumed(
    migrations: MigrationMachine,
) -> None:
    org_id = an_org_that_consented_beforehand(migrations)
    disturbance = migrations.deployment.disturbance
    migrations.functions.before(
        "prepare_upgrade", lambda: disturbance.refuse("GetItem", code="AccessDeniedException")
    )
    migrations.functions.before("record_migration_failure", disturbance.stop)
    run = migrations.run(org_id)

    resumed = migrations.end_of(migrations.upgrades.resume(org_id))

    assert (run.status, run.error) == ("FAILED", "InvalidSettings")
    assert run.migration.outcome is MigrationOutcome.BROKE
    assert run.migration.blocked_reason is BlockedReason.MIGRATION_BROKE
    assert run.migration.said.startswith("InvalidSettings: ")
    assert "stackTrace" not in run.migration.said
    assert resumed.migration.outcome is MigrationOutcome.UPGRADED


def test_the_net_below_changes_nothing_of_what_the_machine_recorded_itself(
    migrations: MigrationMachine,
) -> None:
    org_id = an_org(migrations)
    migrations.functions.answer(
        "prepare_upgrade", {"next": "celebrate", "wait_seconds": 0, "outcome": None}
    )
    run = migrations.run(org_id)
    recorded = migrations.deployment.migration(org_id)

    migrations.deployment.invoke(
        "record_migration_failure", migrations.status_change(recorded.migration_id)
    )

    assert run.error == "UnknownVerdict"
    assert migrations.deployment.migration(org_id) == recorded
    assert "celebrate" in recorded.said


def test_what_the_machine_could_not_record_the_net_below_it_does(
    migrations: MigrationMachine,
) -> None:
    org_id = an_org(migrations)
    disturbance = migrations.deployment.disturbance
    migrations.functions.before("prepare_upgrade", lambda: refuse_writes(migrations))
    run = migrations.run(org_id)
    assert run.migration.outcome is None
    disturbance.stop()

    migrations.deployment.invoke(
        "record_migration_failure", migrations.status_change(run.migration.migration_id)
    )

    assert (run.status, run.error) == ("FAILED", "StoreUnavailable")
    closed = migrations.deployment.migration(org_id)
    assert closed.outcome is MigrationOutcome.BROKE
    assert closed.said.startswith("StoreUnavailable: DynamoDB table")


@pytest.mark.parametrize(
    "function",
    ["prepare_upgrade", "request_approval", "follow_up_approval", "start_install", "check_install"],
)
def test_lambda_without_free_concurrency_is_waited_for(
    migrations: MigrationMachine, function: str
) -> None:
    org_id = an_org(migrations)
    migrations.functions.throttle(function, times=6)
    migrations.while_waiting(lambda: migrations.upgrades.answer(org_id))

    run = migrations.run(org_id)

    assert set(run.failures) == {"Lambda.TooManyRequestsException"}
    assert run.migration.outcome is MigrationOutcome.UPGRADED


def test_a_disturbance_is_retried_by_its_name_four_times(migrations: MigrationMachine) -> None:
    org_id = an_org(migrations)
    migrations.functions.before("prepare_upgrade", lambda: refuse_writes(migrations))
    migrations.functions.before("record_migration_failure", migrations.deployment.disturbance.stop)

    run = migrations.run(org_id)

    assert run.failures == ("StoreUnavailable",) * 5
    assert len(migrations.interpreter.waits) == 4


def test_the_same_migration_started_twice_runs_once(migrations: MigrationMachine) -> None:
    org_id = an_org_that_consented_beforehand(migrations)
    migrations.run(org_id)

    migrations.stepfunctions.start_execution(
        stateMachineArn=migrations.arn, name=f"{org_id}-2", input=json.dumps({})
    )
    migrations.ended(f"{org_id}-2")

    executions = migrations.stepfunctions.list_executions(stateMachineArn=migrations.arn)
    assert len(executions["executions"]) == 2
    assert installs_asked_for(migrations) == 1


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
    assert len(tokens) == 2
    rest = json.dumps([without_arguments(event) for event in run.events], default=str)
    everywhere = rest + migrations.deployment.everything_left_behind()
    assert [token for token in tokens if token in everywhere] == []
    assert [link for link in links if link in everywhere] == []
    assert migrations.deployment.app.secrets_in(everywhere, migrations.deployment.running) == []


def test_the_history_names_no_person_and_no_address(migrations: MigrationMachine) -> None:
    org_id = an_org(migrations)
    migrations.while_waiting(lambda: migrations.upgrades.answer(org_id))

    run = migrations.run(org_id)

    history = json.dumps(run.events, default=str)
    for telling in ("grace@acme.example", "Grace Hopper", HOST, "salesforce.admin@acme.example"):
        assert telling not in history


def tokens_handed_over(run: MigrationRun) -> Iterator[str]:
    for event in run.events:
        parameters = event.get("taskScheduledEventDetails", {}).get("parameters", "{}")
        payload = json.loads(parameters).get("Payload", {})
        if "task_token" in payload:
            yield payload["task_token"]


def without_arguments(event: dict[str, Any]) -> dict[str, Any]:
    """An event of the history without what a task was called with."""
    details = event.get("taskScheduledEventDetails")
    if details is None:
        return event
    return event | {
        "taskScheduledEventDetails": {
            name: value for name, value in details.items() if name != "parameters"
        }
    }


def refuse_writes(machine: MigrationMachine) -> None:
    for operation in ("PutItem", "TransactWriteItems"):
        machine.deployment.disturbance.refuse(operation)
