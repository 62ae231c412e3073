"""The ways through the state machine of migrations up to an org's old keys, with real functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pytest

from local.salesforce import Fault, FaultKind, InstallBehaviour, InstallFailure, SimulatedOrg
from tests.functions.zoom_app import ZOOM_ADMIN
from tests.statemachine.interpreter import runnable
from tests.statemachine.machine import definition
from tests.statemachine.migrations import MigrationMachine
from zoom_migrator.domain.migration import MigrationOutcome
from zoom_migrator.domain.org import Org, UpgradePolicy


def an_org(machine: MigrationMachine, **traits: object) -> Org:
    """An org that is behind and asks for consent; its Zoom admin does not wait."""
    machine.upgrades.offer()
    org = machine.upgrades.register(
        SimulatedOrg.model_validate({"host": "acme.my.salesforce.com", "key_rows": [], **traits})
    )
    machine.zoom_admin_consents(org.org_id)
    return org


def an_org_that_consented_beforehand(machine: MigrationMachine, **traits: object) -> Org:
    machine.upgrades.offer()
    org = machine.upgrades.register(
        SimulatedOrg.model_validate({"host": "acme.my.salesforce.com", "key_rows": [], **traits}),
        policy=UpgradePolicy.AUTO,
    )
    machine.upgrades.accept_beforehand(org.org_id)
    machine.zoom_admin_consents(org.org_id)
    return org


def an_org_whose_admin_says_yes(machine: MigrationMachine) -> Org:
    org = an_org(machine)
    machine.while_waiting(lambda: machine.upgrades.answer(org.org_id))
    return org


def an_org_whose_admin_says_no(machine: MigrationMachine) -> Org:
    org = an_org(machine)
    machine.while_waiting(lambda: machine.upgrades.answer(org.org_id, accepted=False))
    return org


def an_org_whose_admin_has_to_be_reminded(machine: MigrationMachine) -> Org:
    org = an_org(machine)
    machine.while_waiting(lambda: None, lambda: machine.upgrades.answer(org.org_id))
    return org


def an_org_that_is_upgraded_by_hand(machine: MigrationMachine) -> Org:
    machine.upgrades.offer()
    org = machine.upgrades.register(
        SimulatedOrg(host="acme.my.salesforce.com", key_rows=[]), policy=UpgradePolicy.MANUAL
    )
    machine.functions.after(
        "follow_upgrade_by_hand", lambda: machine.upgrades.upgrade_by_hand(org.org_id)
    )
    machine.zoom_admin_consents(org.org_id)
    return org


def an_org_that_is_busy_at_first(machine: MigrationMachine) -> Org:
    return an_org_that_consented_beforehand(
        machine, faults=[Fault(kind=FaultKind.MAINTENANCE, times=1)]
    )


def an_org_that_is_busy_when_it_is_to_install(machine: MigrationMachine) -> Org:
    org = an_org_that_consented_beforehand(machine)
    (running,) = machine.deployment.running
    machine.functions.before(
        "start_install",
        lambda: running.faults.add(Fault(kind=FaultKind.MAINTENANCE, times=1)),
    )
    return org


def an_org_that_is_not_behind(machine: MigrationMachine) -> Org:
    org = an_org(machine)
    machine.upgrades.upgrade_by_hand(org.org_id)
    return org


def an_org_whose_zoom_admin_never_comes(machine: MigrationMachine) -> Org:
    machine.upgrades.offer()
    org = machine.upgrades.register(SimulatedOrg(host="acme.my.salesforce.com", key_rows=[]))
    machine.upgrades.upgrade_by_hand(org.org_id)
    return org


def an_org_whose_zoom_admin_comes_later(machine: MigrationMachine) -> Org:
    org = an_org_whose_zoom_admin_never_comes(machine)
    machine.while_waiting(
        lambda: None, lambda: machine.authorizations.authorize(org.org_id, ZOOM_ADMIN)
    )
    return org


def an_org_that_lacks_platform_cache(machine: MigrationMachine) -> Org:
    return an_org_that_consented_beforehand(
        machine, install=InstallBehaviour(failure=InstallFailure.PLATFORM_CACHE, polls=0)
    )


def a_function_from_tomorrow(machine: MigrationMachine) -> Org:
    org = an_org(machine)
    machine.functions.answer(
        "prepare_upgrade", {"next": "celebrate", "wait_seconds": 0, "outcome": None}
    )
    return org


def a_table_that_refuses(
    function: str, prepare: Callable[[MigrationMachine], Org], machine: MigrationMachine
) -> Org:
    """An org of that kind, whose function finds that it may not use the table."""
    org = prepare(machine)
    disturbance = machine.deployment.disturbance
    machine.functions.before(
        function, lambda: disturbance.refuse("GetItem", code="AccessDeniedException")
    )
    machine.functions.before("record_migration_failure", machine.deployment.disturbance.stop)
    return org


def a_failure_that_cannot_be_recorded(machine: MigrationMachine) -> Org:
    org = an_org(machine)
    machine.functions.before("prepare_upgrade", lambda: refuse_writes(machine))
    return org


def refuse_writes(machine: MigrationMachine) -> None:
    for operation in ("PutItem", "TransactWriteItems"):
        machine.deployment.disturbance.refuse(operation, code="AccessDeniedException")


@dataclass(frozen=True)
class Walk:
    """One way through the machine, and the org that makes it take that way.

    A state's name ends with ``!`` where the state is left by its Catch. An outcome of None says
    that the migration was left as it was.
    """

    situation: str
    prepare: Callable[[MigrationMachine], Org]
    path: tuple[str, ...]
    outcome: MigrationOutcome | None = MigrationOutcome.MIGRATED

    @property
    def status(self) -> str:
        return "FAILED" if self.path[-1] == "MigrationFailed" else "SUCCEEDED"

    def is_gone(self, migrations: MigrationMachine) -> None:
        """Go it, and see that it was this one."""
        org = self.prepare(migrations)

        run = migrations.run(org.org_id)

        assert (run.path, run.status) == (self.path, self.status)
        assert run.migration.outcome == self.outcome
        if self.status == "SUCCEEDED":
            assert run.output == {"org_id": org.org_id, "attempt": 1, "outcome": self.outcome}


PREPARED = ("PrepareUpgrade", "WhatIsNext")
ASKED = ("RequestApproval", "FollowUpApproval", "WhatIsNext")
REMINDED = ("RequestApproval!", "FollowUpApproval", "WhatIsNext")
BEGUN = ("WaitToInstall", "StartInstall", "WhatIsNext")
LOOKED = ("WaitForInstall", "CheckInstall", "WhatIsNext")
AUTHORIZED = ("RequestAuthorization", "FollowUpAuthorization", "WhatIsNext")
NOT_AUTHORIZED = ("RequestAuthorization!", "FollowUpAuthorization", "WhatIsNext")
VERIFIED = ("WaitToVerify", "VerifyConnection", "WhatIsNext")
# At once, and every six hours until it has soaked for a day; an org without keys is migrated then.
PROVEN = VERIFIED * 5
BY_HAND = ("WaitForUpgradeByHand", "FollowUpgradeByHand", "WhatIsNext")
INSTALLED = (*BEGUN, *LOOKED, *LOOKED, *LOOKED)
BROKE = ("RecordMigrationFailure", "MigrationFailed")

WALKS = [
    Walk(
        "consent was given beforehand",
        an_org_that_consented_beforehand,
        (*PREPARED, *INSTALLED, *AUTHORIZED, *PROVEN, "Completed"),
    ),
    Walk(
        "the admin consents",
        an_org_whose_admin_says_yes,
        (*PREPARED, *ASKED, *INSTALLED, *AUTHORIZED, *PROVEN, "Completed"),
    ),
    Walk(
        "the admin declines",
        an_org_whose_admin_says_no,
        (*PREPARED, *ASKED, "Completed"),
        MigrationOutcome.DECLINED,
    ),
    Walk(
        "the admin consents after a reminder",
        an_org_whose_admin_has_to_be_reminded,
        (*PREPARED, *REMINDED, *ASKED, *INSTALLED, *AUTHORIZED, *PROVEN, "Completed"),
    ),
    Walk(
        "nobody ever answers",
        an_org,
        # A reminder every three days, and the end after fourteen.
        (*PREPARED, *REMINDED * 5, "Completed"),
        MigrationOutcome.EXPIRED,
    ),
    Walk(
        "the customer upgrades by hand",
        an_org_that_is_upgraded_by_hand,
        (*PREPARED, *BY_HAND, *BY_HAND, *AUTHORIZED, *PROVEN, "Completed"),
    ),
    Walk(
        "the org is under maintenance at first",
        an_org_that_is_busy_at_first,
        (*PREPARED, "WaitToPrepareAgain", *PREPARED, *INSTALLED, *AUTHORIZED, *PROVEN, "Completed"),
    ),
    Walk(
        "the org is under maintenance when it is to install",
        an_org_that_is_busy_when_it_is_to_install,
        (*PREPARED, *BEGUN, *INSTALLED, *AUTHORIZED, *PROVEN, "Completed"),
    ),
    Walk(
        "the org has the version already",
        an_org_that_is_not_behind,
        (*PREPARED, *AUTHORIZED, *PROVEN, "Completed"),
    ),
    Walk(
        "the Zoom admin comes a day later",
        an_org_whose_zoom_admin_comes_later,
        (*PREPARED, *NOT_AUTHORIZED, *AUTHORIZED, *PROVEN, "Completed"),
    ),
    Walk(
        "nobody ever authorizes",
        an_org_whose_zoom_admin_never_comes,
        # A look every day, and the end after fourteen.
        (*PREPARED, *NOT_AUTHORIZED * 14, "Completed"),
        MigrationOutcome.AUTHORIZATION_EXPIRED,
    ),
    Walk(
        "the org lacks Platform Cache",
        an_org_that_lacks_platform_cache,
        (*PREPARED, *BEGUN, *LOOKED, "Completed"),
        MigrationOutcome.BLOCKED,
    ),
    Walk(
        "a function wants a step that this definition does not know",
        a_function_from_tomorrow,
        (*PREPARED, "RefuseVerdict", *BROKE),
        MigrationOutcome.BROKE,
    ),
    Walk(
        "preparing breaks",
        partial(a_table_that_refuses, "prepare_upgrade", an_org),
        ("PrepareUpgrade!", *BROKE),
        MigrationOutcome.BROKE,
    ),
    Walk(
        "asking breaks",
        partial(a_table_that_refuses, "request_approval", an_org),
        (*PREPARED, "RequestApproval!", *BROKE),
        MigrationOutcome.BROKE,
    ),
    Walk(
        "following up the answer breaks",
        partial(a_table_that_refuses, "follow_up_approval", an_org_whose_admin_says_yes),
        (*PREPARED, *ASKED[:-2], "FollowUpApproval!", *BROKE),
        MigrationOutcome.BROKE,
    ),
    Walk(
        "starting the install breaks",
        partial(a_table_that_refuses, "start_install", an_org_that_consented_beforehand),
        (*PREPARED, *BEGUN[:-2], "StartInstall!", *BROKE),
        MigrationOutcome.BROKE,
    ),
    Walk(
        "looking at the install breaks",
        partial(a_table_that_refuses, "check_install", an_org_that_lacks_platform_cache),
        (*PREPARED, *BEGUN, *LOOKED[:-2], "CheckInstall!", *BROKE),
        MigrationOutcome.BROKE,
    ),
    Walk(
        "following the upgrade by hand breaks",
        partial(a_table_that_refuses, "follow_upgrade_by_hand", an_org_that_is_upgraded_by_hand),
        (*PREPARED, *BY_HAND[:-2], "FollowUpgradeByHand!", *BROKE),
        MigrationOutcome.BROKE,
    ),
    Walk(
        "asking for the authorization breaks",
        partial(a_table_that_refuses, "request_authorization", an_org_that_is_not_behind),
        (*PREPARED, "RequestAuthorization!", *BROKE),
        MigrationOutcome.BROKE,
    ),
    Walk(
        "following up the authorization breaks",
        partial(a_table_that_refuses, "follow_up_authorization", an_org_that_is_not_behind),
        (*PREPARED, *AUTHORIZED[:-2], "FollowUpAuthorization!", *BROKE),
        MigrationOutcome.BROKE,
    ),
    Walk(
        "nothing can be recorded, not even the failure",
        a_failure_that_cannot_be_recorded,
        ("PrepareUpgrade!", "RecordMigrationFailure!", "MigrationFailed"),
        outcome=None,
    ),
]


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.situation)
def test_the_machine_goes_this_way_if(migrations: MigrationMachine, walk: Walk) -> None:
    walk.is_gone(migrations)


def test_moto_runs_the_definition_as_it_is() -> None:
    assert runnable(definition("MigrateOrg")) == definition("MigrateOrg")
