"""The ways through the state machine of migrations that an org with old keys goes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from local.salesforce import (
    Approval,
    KeyWrites,
    PackageConnection,
    RunningOrg,
    SimulatedOrg,
    SimulatedPackage,
    WriteObstacle,
)
from local.zoom import Fault, FaultKind, Phase
from tests.functions.cleanups import Cleanups
from tests.functions.zoom_app import ZOOM_ADMIN
from tests.statemachine.machine import definition
from tests.statemachine.migrations import MigrationMachine
from tests.statemachine.test_migration_walks import (
    AUTHORIZED,
    BROKE,
    PREPARED,
    PROVEN,
    VERIFIED,
    Walk,
    a_table_that_refuses,
)
from tests.statemachine.test_migration_walks import WALKS as WALKS_TO_THE_KEYS
from tests.statemachine.ways import ways, ways_of
from zoom_migrator.domain.migration import MigrationOutcome
from zoom_migrator.domain.org import CleanupPolicy, Org

HOST = "acme.my.salesforce.com"


def an_org_with_keys(machine: MigrationMachine, **traits: object) -> Org:
    """An org that has its version and one row of keys; its Zoom admin does not wait."""
    machine.upgrades.offer()
    packages = [SimulatedPackage(version="3.28.0.2")]
    document = SimulatedOrg.model_validate({"host": HOST, "packages": packages, **traits})
    org = machine.upgrades.register(document)
    machine.zoom_admin_consents(org.org_id)
    return org


def an_org_whose_admin(machine: MigrationMachine, *, approves: bool, waits: int = 0) -> Org:
    org = an_org_with_keys(machine)
    answers = partial(Cleanups(machine.deployment).answer, org.org_id, approved=approves)
    machine.while_waiting(*[lambda: None] * waits, answers)
    return org


def an_org_that_keeps_its_keys(machine: MigrationMachine) -> Org:
    org = an_org_with_keys(machine)
    Cleanups(machine.deployment).decide(org.org_id, CleanupPolicy.NEVER)
    return machine.deployment.org(org.org_id)


def an_org_that_shows_its_connection(machine: MigrationMachine) -> Org:
    shown = PackageConnection(connected=True)
    org = an_org_with_keys(machine, connection=shown)
    Cleanups(machine.deployment).decide(org.org_id, CleanupPolicy.AUTO)
    machine.upgrades.configure("CONNECTION_PROBE_OBJECT", shown.object)
    machine.upgrades.configure("CONNECTION_PROBE_FIELD", shown.field)
    return org


def an_org_that_refuses(
    machine: MigrationMachine, obstacle: WriteObstacle, times: int | None = None
) -> Org:
    org = an_org_whose_admin(machine, approves=True)
    running_of(machine).document.key_writes = KeyWrites(obstacle=obstacle, times=times)
    return org


def an_org_whose_login_is_withdrawn_while_it_soaks(machine: MigrationMachine) -> Org:
    org = an_org_with_keys(machine)

    def withdraw() -> None:
        running_of(machine).document.users[0].approval = Approval.NOT_ADMIN_APPROVED

    machine.functions.after("verify_connection", withdraw)
    return org


def a_zoom_that_is_out_of_order_at_first(machine: MigrationMachine) -> Org:
    org = an_org_whose_admin(machine, approves=True)
    fault = Fault(kind=FaultKind.SERVER_ERROR, phase=Phase.USERS_ME, times=1)
    machine.functions.before("verify_connection", lambda: machine.deployment.zoom.faults.add(fault))
    return org


def an_org_that_loses_its_grant(machine: MigrationMachine, after: str) -> Org:
    """The Zoom admin removes the app, is asked again, and comes back."""
    org = an_org_whose_admin(machine, approves=True)

    def lose() -> None:
        Cleanups(machine.deployment).lose(ZOOM_ADMIN)
        machine.zoom_admin_consents(org.org_id)

    machine.functions.after(after, lose)
    return org


def a_backup_that_cannot_be_made_at_first(machine: MigrationMachine) -> Org:
    """The function dies with the keys in hand; those after it wait until its lease is over."""
    org = an_org_whose_admin(machine, approves=True)
    machine.functions.before(
        "remove_keys", lambda: machine.deployment.disturbance.refuse("Encrypt", times=5)
    )
    return org


def running_of(machine: MigrationMachine) -> RunningOrg:
    return machine.deployment.running[0]


def breaking(function: str) -> Callable[[MigrationMachine], Org]:
    """An org whose function finds that it may not use the table."""
    return partial(a_table_that_refuses, function, partial(an_org_whose_admin, approves=True))


FIRST = (*PREPARED, *AUTHORIZED)
ANSWERED = ("RequestCleanup", "FollowUpCleanup", "WhatIsNext")
NOT_ANSWERED = ("RequestCleanup!", "FollowUpCleanup", "WhatIsNext")
REMOVED = ("WaitToRemoveKeys", "RemoveKeys", "WhatIsNext")
SOAKED = (*FIRST, *PROVEN)

WALKS = [
    Walk(
        "the admin has the keys removed",
        partial(an_org_whose_admin, approves=True),
        (*SOAKED, *ANSWERED, *REMOVED, "Completed"),
    ),
    Walk(
        "the admin keeps them",
        partial(an_org_whose_admin, approves=False),
        (*SOAKED, *ANSWERED, "Completed"),
        MigrationOutcome.MIGRATED_KEYS_KEPT,
    ),
    Walk(
        "the admin has to be reminded",
        partial(an_org_whose_admin, approves=True, waits=2),
        (*SOAKED, *NOT_ANSWERED * 2, *ANSWERED, *REMOVED, "Completed"),
    ),
    Walk(
        "nobody ever answers",
        an_org_with_keys,
        # A reminder every three days, and the end after fourteen.
        (*SOAKED, *NOT_ANSWERED * 5, "Completed"),
        MigrationOutcome.MIGRATED_KEYS_KEPT,
    ),
    Walk(
        "the fleet file keeps the keys",
        an_org_that_keeps_its_keys,
        (*SOAKED, "Completed"),
        MigrationOutcome.MIGRATED_KEYS_KEPT,
    ),
    Walk(
        "the fleet file has them removed, and the package shows its connection",
        an_org_that_shows_its_connection,
        (*SOAKED, *REMOVED, "Completed"),
    ),
    Walk(
        "Zoom cannot be asked at first",
        a_zoom_that_is_out_of_order_at_first,
        (*FIRST, *VERIFIED, *PROVEN, *ANSWERED, *REMOVED, "Completed"),
    ),
    Walk(
        "the org lets nobody look any more",
        an_org_whose_login_is_withdrawn_while_it_soaks,
        (*SOAKED, "Completed"),
        MigrationOutcome.UNVERIFIED,
    ),
    Walk(
        "the grant is lost while it soaks",
        partial(an_org_that_loses_its_grant, after="verify_connection"),
        (*SOAKED, *AUTHORIZED, *PROVEN, *ANSWERED, *REMOVED, "Completed"),
    ),
    Walk(
        "the grant is lost between the approval and the removal",
        partial(an_org_that_loses_its_grant, after="follow_up_cleanup"),
        (*SOAKED, *ANSWERED, *REMOVED, *AUTHORIZED, *PROVEN, *NOT_ANSWERED * 5, "Completed"),
        MigrationOutcome.MIGRATED_KEYS_KEPT,
    ),
    Walk(
        "a rule of the customer's forbids the removal",
        partial(an_org_that_refuses, obstacle=WriteObstacle.VALIDATION_RULE),
        (*SOAKED, *ANSWERED, *REMOVED, "Completed"),
        MigrationOutcome.CLEANUP_BLOCKED,
    ),
    Walk(
        "the row is busy at first",
        partial(an_org_that_refuses, obstacle=WriteObstacle.ROW_BUSY, times=1),
        (*SOAKED, *ANSWERED, *REMOVED * 2, "Completed"),
    ),
    Walk(
        "a worker dies with the keys in hand",
        a_backup_that_cannot_be_made_at_first,
        (*SOAKED, *ANSWERED, *REMOVED * 2, "Completed"),
    ),
    Walk(
        "proving breaks",
        breaking("verify_connection"),
        (*FIRST, "WaitToVerify", "VerifyConnection!", *BROKE),
        MigrationOutcome.BROKE,
    ),
    Walk(
        "asking about the keys breaks",
        breaking("request_cleanup"),
        (*SOAKED, "RequestCleanup!", *BROKE),
        MigrationOutcome.BROKE,
    ),
    Walk(
        "following up the answer about the keys breaks",
        breaking("follow_up_cleanup"),
        (*SOAKED, "RequestCleanup", "FollowUpCleanup!", *BROKE),
        MigrationOutcome.BROKE,
    ),
    Walk(
        "removing breaks",
        breaking("remove_keys"),
        (*SOAKED, *ANSWERED, "WaitToRemoveKeys", "RemoveKeys!", *BROKE),
        MigrationOutcome.BROKE,
    ),
]


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.situation)
def test_the_machine_goes_this_way_if(migrations: MigrationMachine, walk: Walk) -> None:
    walk.is_gone(migrations)


def test_these_are_all_ways_that_there_are() -> None:
    gone = {way for walk in (*WALKS_TO_THE_KEYS, *WALKS) for way in ways(walk.path)}

    assert gone == set(ways_of(definition("MigrateOrg")))
