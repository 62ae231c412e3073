from __future__ import annotations

from collections.abc import Collection, Mapping

import pytest

from tests.builders import an_org, org_id_of
from zoom_migrator.adapters.memory.orgs import InMemoryOrgRepository
from zoom_migrator.domain.errors import OrgNotFound
from zoom_migrator.domain.org import Org
from zoom_migrator.use_cases.find_orgs import find_org, list_orgs


class CountedOrgs(InMemoryOrgRepository):
    """Orgs in memory that remember how they were read."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.reads: list[int] = []
        for number in range(size):
            self.save(an_org(number))

    def get_many(self, org_ids: Collection[str]) -> Mapping[str, Org]:
        """Count, then read."""
        self.reads.append(len(org_ids))
        return {
            org_id: org
            for org_id, org in super().get_many(org_ids).items()
            if org_id != org_id_of(7)
        }


def test_all_orgs_are_listed_in_order_but_one_that_just_vanished() -> None:
    listed = [org.org_id for org in list_orgs(orgs=CountedOrgs(250))]

    assert listed == [org_id_of(number) for number in range(250) if number != 7]


def test_orgs_are_read_a_hundred_at_a_time_and_only_when_wanted() -> None:
    orgs = CountedOrgs(250)
    listing = list_orgs(orgs=orgs)

    assert orgs.reads == []
    next(listing)
    assert orgs.reads == [100]
    assert len(list(listing)) == 248
    assert orgs.reads == [100, 100, 50]


def test_an_empty_fleet_has_no_orgs() -> None:
    assert list(list_orgs(orgs=InMemoryOrgRepository())) == []


@pytest.mark.parametrize("text", [org_id_of(1), org_id_of(1)[:15], f"  {org_id_of(1)}\n"])
def test_an_org_is_found_by_either_form_of_its_id(text: str) -> None:
    orgs = InMemoryOrgRepository()
    org = orgs.save(an_org(1))

    assert find_org(text, orgs=orgs) == org


@pytest.mark.parametrize("text", ["", "Acme", "00D000000000062EAB", "\x1b[2J", "00D' OR '1'='1"])
def test_what_is_no_org_id_is_not_found_with_the_reason_and_where_to_look(text: str) -> None:
    with pytest.raises(OrgNotFound) as not_found:
        find_org(text, orgs=InMemoryOrgRepository())

    assert not_found.value.message.isprintable()
    assert "orgs list" in not_found.value.remedy


def test_an_org_that_is_not_registered_is_not_found_with_how_to_register_it() -> None:
    with pytest.raises(OrgNotFound, match=org_id_of(1)) as not_found:
        find_org(org_id_of(1)[:15], orgs=InMemoryOrgRepository())

    assert "orgs import" in not_found.value.remedy
