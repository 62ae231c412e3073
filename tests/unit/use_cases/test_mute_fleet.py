from __future__ import annotations

from datetime import date

from tests.builders import ADA, NOW, org_id_of
from tests.notices import NoticeWorld
from zoom_migrator.domain.mute import Mute
from zoom_migrator.use_cases.mute_fleet import mute_fleet, unmute_fleet
from zoom_migrator.use_cases.mute_notices import mute_org

UNTIL = date(2026, 8, 1)


def mute(world: NoticeWorld) -> Mute:
    return mute_fleet(
        until=UNTIL, requested_by=ADA, reason="freeze", contacts=world.contacts, clock=world.clock
    )


def unmute(world: NoticeWorld) -> bool:
    return unmute_fleet(requested_by=ADA, contacts=world.contacts)


def test_nobody_is_reminded_of_any_org_until_the_day() -> None:
    world, unmuted = NoticeWorld(), NoticeWorld()
    muted = mute(world)

    for each in (world, unmuted):
        each.register()
        each.remind()
        each.work_off()

    assert muted == Mute("", "", UNTIL, ADA, NOW, "freeze")
    assert world.contacts.mutes([org_id_of(1)]) == [muted]
    assert (len(world.sent), len(unmuted.sent)) == (0, 2)


def test_news_is_sent_all_the_same() -> None:
    world = NoticeWorld()
    mute(world)

    world.notify(world.has_news())

    assert len(world.sent) == 2


def test_it_ends_when_somebody_ends_it() -> None:
    world = NoticeWorld()
    mute(world)

    assert unmute(world)
    assert not unmute(world)
    assert world.contacts.mutes([]) == []


def test_what_is_muted_for_one_org_stays_so() -> None:
    world = NoticeWorld()
    world.register()
    of_one = mute_org(org_id_of(1), until=UNTIL, requested_by=ADA, ports=world.mute_ports)
    mute(world)

    unmute(world)

    assert world.contacts.mutes([org_id_of(1)]) == [of_one]
