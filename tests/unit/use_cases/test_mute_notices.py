from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.builders import ADA, NOW, org_id_of
from tests.notices import ADMIN, OPERATORS, NoticeWorld
from zoom_migrator.domain.audit import AuditAction
from zoom_migrator.domain.errors import ConcurrentModification, LinkRefused, OrgNotFound
from zoom_migrator.domain.mute import Mute
from zoom_migrator.domain.mute_link import MuteClaims, MuteScope, address_fingerprint
from zoom_migrator.use_cases.mute_notices import (
    follow_mute_link,
    mute_behind_link,
    mute_org,
    unmute_org,
)

UNTIL = date(2026, 8, 1)


@pytest.fixture
def world() -> NoticeWorld:
    world = NoticeWorld()
    world.register()
    return world


def a_link(
    world: NoticeWorld,
    *,
    address: str = ADMIN.address,
    scope: MuteScope = MuteScope.ONE_ORG,
    number: int = 1,
    days: float = 90,
) -> str:
    expires = NOW + timedelta(days=days)
    claims = MuteClaims(scope, org_id_of(number), address_fingerprint(address), expires).text
    return f"{claims}.{world.signer.sign(claims)}"


def history(world: NoticeWorld) -> list[tuple[AuditAction, str, str]]:
    trail = world.orgs.audit_trail(org_id_of(1), limit=10)
    return [(entry.action, entry.actor, entry.detail) for entry in reversed(trail)]


class TestAnOperator:
    def test_mutes_an_org_until_a_day(self, world: NoticeWorld) -> None:
        mute = mute_org(
            org_id_of(1)[:15],
            until=UNTIL,
            requested_by=ADA,
            reason="change freeze",
            ports=world.mute_ports,
        )

        assert mute == Mute(org_id_of(1), "", UNTIL, ADA, NOW, "change freeze")
        assert world.contacts.mutes([org_id_of(1)]) == [mute]
        assert history(world) == [
            (AuditAction.NOTICES_MUTED, ADA, "until 2026-08-01; change freeze")
        ]

    def test_or_for_good(self, world: NoticeWorld) -> None:
        mute_org(org_id_of(1), until=None, requested_by=ADA, ports=world.mute_ports)

        assert history(world) == [(AuditAction.NOTICES_MUTED, ADA, "for good")]

    def test_the_latest_word_counts(self, world: NoticeWorld) -> None:
        mute_org(org_id_of(1), until=None, requested_by=ADA, ports=world.mute_ports)
        mute_org(org_id_of(1), until=UNTIL, requested_by=ADA, ports=world.mute_ports)

        (mute,) = world.contacts.mutes([org_id_of(1)])
        assert mute.until == UNTIL

    def test_has_people_reminded_again(self, world: NoticeWorld) -> None:
        mute_org(org_id_of(1), until=None, requested_by=ADA, ports=world.mute_ports)

        assert unmute_org(org_id_of(1), requested_by=ADA, ports=world.mute_ports)
        assert not unmute_org(org_id_of(1), requested_by=ADA, ports=world.mute_ports)
        assert world.contacts.mutes([org_id_of(1)]) == []
        assert history(world)[1][0] is AuditAction.NOTICES_UNMUTED

    def test_or_one_person_of_this_org_and_of_all(self, world: NoticeWorld) -> None:
        follow_mute_link(a_link(world), ports=world.mute_ports, signer=world.signer)
        follow_mute_link(
            a_link(world, scope=MuteScope.ALL_ORGS), ports=world.mute_ports, signer=world.signer
        )

        assert not unmute_org(org_id_of(1), requested_by=ADA, ports=world.mute_ports)
        assert unmute_org(
            org_id_of(1), address=ADMIN.address.upper(), requested_by=ADA, ports=world.mute_ports
        )
        assert world.contacts.mutes([org_id_of(1)]) == []

    def test_cannot_mute_what_is_not_registered(self, world: NoticeWorld) -> None:
        with pytest.raises(OrgNotFound):
            mute_org(org_id_of(9), until=None, requested_by=ADA, ports=world.mute_ports)


class TestALink:
    def test_opened_it_says_what_it_would_do_and_does_nothing(self, world: NoticeWorld) -> None:
        offer = mute_behind_link(a_link(world), ports=world.mute_ports, signer=world.signer)

        assert offer.org == world.org_of()
        assert not offer.is_about_all_orgs
        assert offer.shown_address == "s•••@acme.example"
        assert world.contacts.mutes([org_id_of(1)]) == []
        assert history(world) == []

    def test_followed_it_spares_its_address_and_that_is_on_record(self, world: NoticeWorld) -> None:
        for _ in range(2):
            follow_mute_link(a_link(world), ports=world.mute_ports, signer=world.signer)

        (mute,) = world.contacts.mutes([org_id_of(1)])
        assert (mute.org_id, mute.address, mute.until) == (org_id_of(1), ADMIN.address, None)
        assert history(world)[0] == (
            AuditAction.NOTICES_MUTED,
            f"person:{ADMIN.address}",
            "for s•••@acme.example, this org",
        )

    def test_of_a_digest_spares_it_everywhere(self, world: NoticeWorld) -> None:
        link = a_link(world, scope=MuteScope.ALL_ORGS)

        follow_mute_link(link, ports=world.mute_ports, signer=world.signer)

        (mute,) = world.contacts.mutes(["any"])
        assert (mute.org_id, mute.address) == ("", ADMIN.address)

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"number": 2}, "no longer known"),
            ({"address": OPERATORS.address}, "no longer known"),
            ({"days": 0}, "out of date"),
        ],
    )
    def test_one_that_leads_nowhere_is_refused(
        self, change: dict[str, object], reason: str, world: NoticeWorld
    ) -> None:
        link = a_link(world, **change)  # type: ignore[arg-type]

        with pytest.raises(LinkRefused, match=reason):
            follow_mute_link(link, ports=world.mute_ports, signer=world.signer)

    def test_one_that_others_made_is_refused(self, world: NoticeWorld) -> None:
        other = NoticeWorld()

        with pytest.raises(LinkRefused, match="not made by the product"):
            mute_behind_link(a_link(other), ports=world.mute_ports, signer=world.signer)

    @pytest.mark.parametrize("link", ["", ".", "x" * 500, "mute-one.x"])
    def test_one_that_is_damaged_is_refused(self, link: str, world: NoticeWorld) -> None:
        with pytest.raises(LinkRefused, match="damaged"):
            mute_behind_link(link, ports=world.mute_ports, signer=world.signer)

    def test_it_fits_into_what_a_link_may_be(self, world: NoticeWorld) -> None:
        assert len(a_link(world)) <= 160


def test_an_org_that_others_change_at_the_same_time_is_muted_all_the_same(
    world: NoticeWorld,
) -> None:
    orgs = world.orgs
    changes = iter(range(3))

    class Busy:
        def get(self, org_id: str) -> object:
            return orgs.get(org_id)

        def save(self, org: object, audit: object = ()) -> object:
            if next(changes, None) is not None:
                raise ConcurrentModification("changed by somebody else")
            return orgs.save(org, audit)  # type: ignore[arg-type]

    world.orgs = Busy()  # type: ignore[assignment]

    mute_org(org_id_of(1), until=None, requested_by=ADA, ports=world.mute_ports)

    assert len(world.contacts.mutes([org_id_of(1)])) == 1


def test_one_that_never_stands_still_is_named(world: NoticeWorld) -> None:
    orgs = world.orgs

    class Busy:
        def get(self, org_id: str) -> object:
            return orgs.get(org_id)

        def save(self, org: object, audit: object = ()) -> object:
            raise ConcurrentModification("changed by somebody else")

    world.orgs = Busy()  # type: ignore[assignment]

    with pytest.raises(ConcurrentModification):
        mute_org(org_id_of(1), until=None, requested_by=ADA, ports=world.mute_ports)
