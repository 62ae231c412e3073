"""Orgs on their way through the machine, and what became of them."""

from __future__ import annotations

from typing import Any

from local.salesforce import SimulatedOrg
from tests.statemachine.migrations import MigrationMachine
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.org import UpgradePolicy

HOST = "acme.my.salesforce.com"


def without_keys(**traits: Any) -> SimulatedOrg:
    """An org whose migration is over with its second proof: there is nothing to remove."""
    return SimulatedOrg.model_validate({"host": HOST, "key_rows": [], **traits})


def an_org(machine: MigrationMachine, **traits: Any) -> str:
    """The id of an org that is behind and asks for consent; its Zoom admin does not wait."""
    machine.upgrades.offer()
    org_id = machine.upgrades.register(without_keys(**traits)).org_id
    machine.zoom_admin_consents(org_id)
    return org_id


def an_org_that_consented_beforehand(
    machine: MigrationMachine, *, has_patient_zoom_admin: bool = False, **traits: Any
) -> str:
    machine.upgrades.offer()
    document = without_keys(**traits)
    org_id = machine.upgrades.register(document, policy=UpgradePolicy.AUTO).org_id
    machine.upgrades.accept_beforehand(org_id)
    if not has_patient_zoom_admin:
        machine.zoom_admin_consents(org_id)
    return org_id


def an_org_that_has_its_version(machine: MigrationMachine, **traits: Any) -> str:
    """The id of an org that only has to be authorized, by whoever a test sends."""
    machine.upgrades.offer()
    org_id = machine.upgrades.register(without_keys(**traits)).org_id
    machine.upgrades.upgrade_by_hand(org_id)
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


def refuse_writes(machine: MigrationMachine) -> None:
    for operation in ("PutItem", "TransactWriteItems"):
        machine.deployment.disturbance.refuse(operation)
