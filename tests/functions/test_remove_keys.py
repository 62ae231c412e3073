from __future__ import annotations

import pytest

from local.salesforce import Fault, FaultKind, KeyWrites, WriteObstacle
from local.zoom import Phase as ZoomPhase
from tests.functions.aging import grow_older
from tests.functions.cleanups import Cleanups
from tests.functions.deployment import Answer, Deployment
from tests.functions.events import load_event
from tests.functions.resources import TABLE
from tests.functions.stages import ASTER, ASTERS_ADMIN, set_stage
from zoom_migrator.domain.audit import AuditAction
from zoom_migrator.domain.errors import StoreUnavailable
from zoom_migrator.domain.migration import MigrationStep
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.status import KeysKeptReason, OrgStatus

NAME = "remove_keys/first_attempt"
EVENT = load_event(NAME)
DAYS = 24 * 3600
MIGRATED = {"next": "end", "wait_seconds": 0, "outcome": "migrated"}


@pytest.fixture
def cleanups(deployment: Deployment) -> Cleanups:
    set_stage(deployment, NAME)
    deployment.forget_lines()
    deployment.zoom.forget_requests()
    deployment.simulator.forget_requests()
    return Cleanups(deployment)


def remove(deployment: Deployment, *, after: float = 0) -> Answer:
    if after:
        grow_older(TABLE, after)
    return deployment.invoke("remove_keys", EVENT)


def changes(deployment: Deployment) -> int:
    """How often a row of the org was changed, or was to be."""
    requests = deployment.simulator.requests_to("aster.my.salesforce.com")
    return sum(request.method == "PATCH" for request in requests)


def obstruct(deployment: Deployment, obstacle: WriteObstacle, *, times: int | None = None) -> None:
    writes = KeyWrites(obstacle=obstacle, times=times)
    deployment.simulator.org(ASTER).document.key_writes = writes


def test_keys_are_backed_up_blanked_read_back_and_the_connection_is_proven_around_it(
    deployment: Deployment, cleanups: Cleanups
) -> None:
    keys = cleanups.keys_in(ASTER)

    answer = remove(deployment)

    assert answer == MIGRATED
    assert cleanups.keys_in(ASTER) == set()
    assert cleanups.backed_up(ASTER) == keys
    assert len(deployment.simulator.org(ASTER).key_rows) == 1
    # Before the backup, before the row, after the removal.
    assert len(deployment.zoom.requests_in(ZoomPhase.USERS_ME)) == 3
    assert deployment.org(ASTER).status is OrgStatus.MIGRATED
    assert deployment.metrics() == [{"KeysRemoved": 1, "MigrationCompleted": 1}]
    actions = [entry.action for entry in deployment.orgs.audit_trail(ASTER, limit=9)]
    assert {AuditAction.KEYS_BACKED_UP, AuditAction.KEYS_REMOVED} <= set(actions)


def test_a_migration_that_is_over_stays_as_it_is(
    deployment: Deployment, cleanups: Cleanups
) -> None:
    remove(deployment)
    backup = cleanups.backup(ASTER)

    assert remove(deployment) == MIGRATED
    assert changes(deployment) == 1
    assert cleanups.backup(ASTER) == backup


def test_without_a_backup_nothing_is_blanked(deployment: Deployment, cleanups: Cleanups) -> None:
    deployment.disturbance.refuse("Encrypt")

    with pytest.raises(StoreUnavailable):
        remove(deployment)

    assert cleanups.keys_in(ASTER)
    assert changes(deployment) == 0


def test_whoever_died_with_the_keys_in_hand_is_waited_for_and_then_it_goes_on(
    deployment: Deployment, cleanups: Cleanups
) -> None:
    deployment.disturbance.refuse("Encrypt")
    with pytest.raises(StoreUnavailable):
        remove(deployment)
    deployment.disturbance.stop()

    answer = remove(deployment)

    assert answer["next"] == "remove_keys"
    assert answer["wait_seconds"] == pytest.approx(300, abs=30)
    assert remove(deployment, after=answer["wait_seconds"]) == MIGRATED


def test_an_answer_of_the_org_that_was_lost_is_read_back(
    deployment: Deployment, cleanups: Cleanups
) -> None:
    lost = Fault(kind=FaultKind.RESET_MID, method="PATCH", times=1)
    deployment.simulator.org(ASTER).faults.add(lost)

    assert remove(deployment) == MIGRATED
    assert changes(deployment) == 1


def test_a_busy_row_is_tried_again(deployment: Deployment, cleanups: Cleanups) -> None:
    obstruct(deployment, WriteObstacle.ROW_BUSY, times=1)

    answer = remove(deployment)

    assert answer == {"next": "remove_keys", "wait_seconds": 60, "outcome": None}
    assert remove(deployment, after=60) == MIGRATED


def test_a_row_that_stays_busy_keeps_its_keys(deployment: Deployment, cleanups: Cleanups) -> None:
    obstruct(deployment, WriteObstacle.ROW_BUSY)
    remove(deployment)

    assert remove(deployment, after=2 * DAYS)["outcome"] == "cleanup_blocked"
    assert deployment.migration(ASTER).failure_code == "keys_not_removed"


def test_a_rule_of_the_customer_ends_it_with_what_it_said(
    deployment: Deployment, cleanups: Cleanups
) -> None:
    obstruct(deployment, WriteObstacle.VALIDATION_RULE)

    answer = remove(deployment)

    assert answer["outcome"] == "cleanup_blocked"
    migration, org = deployment.migration(ASTER), deployment.org(ASTER)
    assert "change request" in migration.said
    assert (org.status, org.keys_kept) == (OrgStatus.MIGRATED_KEYS_KEPT, KeysKeptReason.REFUSED)
    assert deployment.metrics() == [{"CleanupBlocked": 1}]


def test_nothing_is_blanked_once_the_grant_is_lost(
    deployment: Deployment, cleanups: Cleanups
) -> None:
    cleanups.lose(ASTERS_ADMIN)

    answer = remove(deployment)

    assert answer["next"] == "authorize"
    assert deployment.migration(ASTER).step is MigrationStep.AWAITING_AUTHORIZATION
    assert deployment.migrations.notices(ASTER, limit=1)[0].kind is NoticeKind.DISCONNECTED
    assert changes(deployment) == 0
    assert deployment.metrics() == [{"AuthorizationLost": 1, "OrgsDisconnected": 1}]


def test_only_the_key_of_backups_opens_a_backup(deployment: Deployment, cleanups: Cleanups) -> None:
    environment = deployment.environment

    assert environment["remove_keys"]["BACKUP_KEY_ARN"] == deployment.created.backup_key_arn
    assert environment["remove_keys"]["GRANT_KEY_ARN"] != deployment.created.backup_key_arn
    holders = {name for name, variables in environment.items() if "BACKUP_KEY_ARN" in variables}
    assert holders == {"remove_keys"}


@pytest.mark.parametrize("obstacle", [None, WriteObstacle.TRIGGER])
def test_no_key_and_no_token_is_printed_or_stored_whatever_a_trigger_says(
    deployment: Deployment, cleanups: Cleanups, obstacle: WriteObstacle | None
) -> None:
    keys = cleanups.keys_in(ASTER)
    message = "No: {api_key} and {api_secret} must stay" if obstacle else None
    writes = KeyWrites(obstacle=obstacle, message=message)
    deployment.simulator.org(ASTER).document.key_writes = writes

    remove(deployment)

    left = deployment.everything_left_behind()
    secrets = {*deployment.zoom.secret_values(), *keys}
    assert [secret for secret in secrets if secret in left] == []
