"""What every store of grants does, whatever it keeps them in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders import NOW, after, org_id_of
from zoom_migrator.adapters.dynamodb.grants import DynamoDbGrantRepository
from zoom_migrator.adapters.memory.grants import InMemoryGrantRepository
from zoom_migrator.domain.errors import ConcurrentModification, InvariantViolation
from zoom_migrator.domain.grant import Grant, GrantLink, GrantStatus, GrantSubject, Lease
from zoom_migrator.domain.org import ZoomProduct
from zoom_migrator.domain.zoom_account import Possession, ZoomProducts
from zoom_migrator.oauth_ports import GrantRepository


@pytest.fixture(params=["memory", "dynamodb"])
def grants(request: pytest.FixtureRequest) -> GrantRepository:
    if request.param == "memory":
        return InMemoryGrantRepository()
    return DynamoDbGrantRepository(request.getfixturevalue("table"))


def a_grant(user_id: str = "user-1", **changes: object) -> Grant:
    grant = Grant(
        subject=GrantSubject("client", "account", user_id, org_id_of(1)),
        email="ada@acme.example",
        sealed="c2VhbGVk",
        access_expires_at=after(minutes=60),
        issued_at=NOW,
        consented_at=NOW,
        scopes=("user:read:settings", "user:read:user"),
        api_url="https://api.zoom.us",
        orgs=(org_id_of(1),),
    )
    return replace(grant, **changes)  # type: ignore[arg-type]


def a_link(grant: Grant, number: int = 1) -> GrantLink:
    return GrantLink(
        org_id_of(number),
        grant.grant_id,
        "request-request-000001",
        (ZoomProduct.MEETINGS, ZoomProduct.WEBINAR),
        linked_at=after(seconds=1),
    )


def test_what_was_never_saved_is_unknown(grants: GrantRepository) -> None:
    assert grants.get(a_grant().grant_id) is None
    assert grants.link_of(org_id_of(1)) is None
    assert list(grants.list_ids()) == []


def test_a_grant_comes_back_as_it_was_saved(grants: GrantRepository) -> None:
    grant = a_grant(
        products=ZoomProducts(Possession.YES, Possession.NO),
        status=GrantStatus.UNKNOWN,
        status_since=after(days=1),
        problem="answer_lost",
        refusals=2,
        version=7,
        lease=Lease("somebody", after(minutes=2)),
        orgs=(org_id_of(1), org_id_of(2)),
    )

    saved = grants.save(grant)

    assert saved == replace(grant, revision=1)
    assert grants.get(grant.grant_id) == saved


def test_long_tokens_and_many_orgs_are_not_cut(grants: GrantRepository) -> None:
    orgs = tuple(sorted(org_id_of(number) for number in range(1, 1_501)))
    saved = grants.save(a_grant(sealed="s" * 20_000, orgs=orgs))

    assert grants.get(saved.grant_id) == saved


def test_a_dead_grant_has_no_tokens(grants: GrantRepository) -> None:
    saved = grants.save(a_grant())

    dead = grants.save(saved.settled(GrantStatus.DEAD, "revoked", at=NOW))

    assert dead.sealed == ""
    assert grants.get(saved.grant_id) == dead


def test_a_change_of_an_outdated_grant_is_refused(grants: GrantRepository) -> None:
    outdated = grants.save(a_grant())
    current = grants.save(replace(outdated, version=2))

    for stale in (outdated, a_grant()):
        with pytest.raises(ConcurrentModification):
            grants.save(replace(stale, version=3))
    assert grants.get(current.grant_id) == current


def test_of_two_leases_at_once_one_holds(grants: GrantRepository) -> None:
    grant = grants.save(a_grant())
    first = replace(grant, lease=Lease("one", after(minutes=2)))
    second = replace(grant, lease=Lease("two", after(minutes=2)))

    held = grants.save(first)

    with pytest.raises(ConcurrentModification):
        grants.save(second)
    assert grants.get(grant.grant_id) == held


def test_an_org_is_linked_together_with_the_grant(grants: GrantRepository) -> None:
    grant = a_grant()

    grants.save(grant, link=a_link(grant))

    assert grants.link_of(org_id_of(1)) == a_link(grant)
    assert grants.link_of(org_id_of(2)) is None


def test_where_the_grant_is_refused_no_org_is_linked(grants: GrantRepository) -> None:
    saved = grants.save(a_grant())
    grants.save(saved)

    with pytest.raises(ConcurrentModification):
        grants.save(saved, link=a_link(saved))
    assert grants.link_of(org_id_of(1)) is None


def test_a_later_link_takes_the_place_of_the_former(grants: GrantRepository) -> None:
    former, later = a_grant("user-1"), a_grant("user-2")
    grants.save(former, link=a_link(former))

    grants.save(later, link=a_link(later))

    assert grants.link_of(org_id_of(1)) == a_link(later)


def test_a_link_that_does_not_fit_is_refused(grants: GrantRepository) -> None:
    grant = a_grant()

    with pytest.raises(InvariantViolation):
        grants.save(grant, link=a_link(grant, number=2))
    with pytest.raises(InvariantViolation):
        grants.save(grant, link=a_link(a_grant("somebody-else")))
    assert grants.get(grant.grant_id) is None


def test_all_grants_are_listed_by_id(grants: GrantRepository) -> None:
    saved = [grants.save(a_grant(f"user-{number}")) for number in range(5)]

    assert list(grants.list_ids()) == sorted(grant.grant_id for grant in saved)
