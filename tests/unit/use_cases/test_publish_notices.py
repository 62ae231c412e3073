from __future__ import annotations

from tests.builders import NOW, a_scan, org_id_of
from tests.notices import NoticeWorld, a_done_notice
from zoom_migrator.domain.notice import Notice
from zoom_migrator.domain.scan import Scan
from zoom_migrator.use_cases.publish_notices import publish_notices


def published(world: NoticeWorld, *news: Notice | Scan) -> list[int]:
    return publish_notices(news, orgs=world.orgs, bus=world.bus)


def test_each_notice_and_each_scan_is_an_event() -> None:
    world = NoticeWorld()
    world.register(1, display_name="Acme & Sons")
    scan = a_scan(org_count=1).ended([], at=NOW)

    assert published(world, a_done_notice(1), scan) == []

    notice_event, scan_event = world.bus.events
    assert notice_event.detail_type == "Upgrade Done"
    assert notice_event.detail["org"] == {
        "id": org_id_of(1),
        "name": "Acme & Sons",
        "environment": "production",
    }
    assert scan_event.detail_type == "Scan Finished"


def test_what_the_bus_does_not_take_is_said() -> None:
    world = NoticeWorld()
    world.bus.refused = {1}

    assert published(world, a_done_notice(1), a_done_notice(2), a_done_notice(3)) == [1]
    assert [event.ref.org_id for event in world.bus.events] == [org_id_of(1), org_id_of(3)]


def test_published_twice_it_is_the_same_event() -> None:
    world = NoticeWorld()
    world.register()

    published(world, a_done_notice())
    published(world, a_done_notice())

    first, second = world.bus.events
    assert first == second


def test_no_news_are_no_events() -> None:
    world = NoticeWorld()

    assert published(world) == []
    assert world.bus.events == []
