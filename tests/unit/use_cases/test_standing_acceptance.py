import pytest

from tests.builders import ADA, NOW, a_standing_acceptance, org_id_of
from tests.unit.use_cases.upgrade_world import UpgradeWorld
from zoom_migrator.domain.errors import NothingToApprove, OrgNotFound
from zoom_migrator.use_cases.standing_acceptance import (
    record_standing_acceptance,
    withdraw_standing_acceptance,
)


@pytest.fixture
def world() -> UpgradeWorld:
    world = UpgradeWorld()
    world.register()
    return world


def test_it_is_recorded_with_who_gave_it_and_where_the_proof_lies(world: UpgradeWorld) -> None:
    acceptance = a_standing_acceptance()

    record_standing_acceptance(world.org_id[:15], acceptance, orgs=world.orgs)

    assert world.org.standing_acceptance == acceptance
    assert world.history == [
        "standing_acceptance_recorded: Grace Hopper <grace@acme.example>; terms 1; "
        "install for all_users; ticket 42"
    ]


def test_a_new_one_takes_the_place_of_the_old(world: UpgradeWorld) -> None:
    for version in ("1", "2"):
        acceptance = a_standing_acceptance(terms_version=version)
        record_standing_acceptance(world.org_id, acceptance, orgs=world.orgs)

    assert world.org.standing_acceptance == a_standing_acceptance(terms_version="2")


def test_it_can_be_withdrawn_and_that_is_kept_too(world: UpgradeWorld) -> None:
    record_standing_acceptance(world.org_id, a_standing_acceptance(), orgs=world.orgs)

    withdraw_standing_acceptance(world.org_id, actor=ADA, at=NOW, orgs=world.orgs)

    assert world.org.standing_acceptance is None
    (newest, *_) = world.orgs.audit_trail(world.org_id, limit=1)
    assert (newest.action, newest.actor) == ("standing_acceptance_withdrawn", ADA)


def test_what_was_never_given_cannot_be_withdrawn(world: UpgradeWorld) -> None:
    with pytest.raises(NothingToApprove):
        withdraw_standing_acceptance(world.org_id, actor=ADA, at=NOW, orgs=world.orgs)


def test_it_needs_an_org(world: UpgradeWorld) -> None:
    with pytest.raises(OrgNotFound):
        record_standing_acceptance(org_id_of(9), a_standing_acceptance(), orgs=world.orgs)
