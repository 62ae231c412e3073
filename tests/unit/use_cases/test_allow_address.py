from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.builders import ADA, NOW, org_id_of
from tests.notices import ADMIN, ZOOM_ADMIN, NoticeWorld, addresses
from zoom_migrator.adapters.memory.orgs import InMemoryOrgRepository
from zoom_migrator.domain.audit import AuditAction, AuditEntry
from zoom_migrator.domain.errors import ConcurrentModification
from zoom_migrator.domain.mute import Suppression
from zoom_migrator.domain.org import Org
from zoom_migrator.use_cases.allow_address import allow_address

BOUNCE = Suppression(ADMIN.address, "bounce", NOW, "550 5.1.1 user unknown")


@pytest.fixture
def world() -> NoticeWorld:
    world = NoticeWorld()
    world.contacts.suppress(BOUNCE)
    return world


def allow(world: NoticeWorld, address: str = ADMIN.address) -> Suppression | None:
    return allow_address(address, requested_by=ADA, ports=world.mute_ports)


def trail(world: NoticeWorld, number: int) -> list[tuple[AuditAction, str, str]]:
    entries = world.orgs.audit_trail(org_id_of(number), limit=9)
    return [(entry.action, entry.actor, entry.detail) for entry in entries]


@pytest.mark.parametrize("written", [ADMIN.address, f" {ADMIN.address.title()} "])
def test_mail_goes_to_the_address_again(world: NoticeWorld, written: str) -> None:
    assert allow(world, written) == BOUNCE

    world.notify(world.has_news())

    assert ADMIN.address in addresses(world.sent)


def test_who_wanted_it_is_on_record_with_every_org_that_has_the_address(
    world: NoticeWorld,
) -> None:
    world.register(1)
    world.register(2, salesforce_admin_email="x@acme.example", zoom_admin_email=ADMIN.address)
    world.register(3, salesforce_admin_email="x@acme.example")

    allow(world)

    said = "mail to s•••@acme.example again, in spite of a bounce"
    recorded = [(AuditAction.NOTICES_UNMUTED, ADA, said)]
    assert (trail(world, 1), trail(world, 2), trail(world, 3)) == (recorded, recorded, [])


def test_an_address_that_was_not_stopped_is_left_as_it_is(world: NoticeWorld) -> None:
    world.register()

    assert allow(world, ZOOM_ADMIN.address) is None
    assert trail(world, 1) == []
    assert world.contacts.suppressed([ADMIN.address])


def test_where_it_cannot_be_recorded_the_address_stays_stopped(world: NoticeWorld) -> None:
    class Contested(InMemoryOrgRepository):
        def save(self, org: Org, audit: Sequence[AuditEntry] = ()) -> Org:
            if audit:
                raise ConcurrentModification("changed by somebody else")
            return super().save(org, audit)

    world.orgs = Contested()
    world.register()

    with pytest.raises(ConcurrentModification):
        allow(world)
    assert world.contacts.suppressed([ADMIN.address])
