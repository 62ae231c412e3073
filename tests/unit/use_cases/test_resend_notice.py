from __future__ import annotations

import pytest

from tests.builders import ADA, NOW, org_id_of
from tests.notices import ADMIN, FLEETS_CHANNEL, NoticeWorld, a_done_notice, addresses
from zoom_migrator.domain.audit import AuditAction
from zoom_migrator.domain.delivery import DeliveryStatus, Recipient
from zoom_migrator.domain.errors import NoticeNotFound, OrgNotFound
from zoom_migrator.domain.mute import Suppression
from zoom_migrator.domain.notice import Notice, NoticeKind, NoticeRef
from zoom_migrator.domain.notice_order import SendOrder
from zoom_migrator.use_cases.resend_notice import resend_notice


@pytest.fixture
def world() -> NoticeWorld:
    return NoticeWorld()


def resend(
    world: NoticeWorld,
    *,
    kind: NoticeKind | None = None,
    ref: NoticeRef | None = None,
    recipient: Recipient | None = None,
) -> Notice:
    return resend_notice(
        org_id_of(1),
        kind=kind,
        ref=ref,
        recipient=recipient,
        requested_by=ADA,
        ports=world.resend_ports,
    )


def test_a_notice_that_was_sent_is_sent_once_more(world: NoticeWorld) -> None:
    world.notify(world.has_news())

    notice = resend(world)
    world.work_off()

    assert notice == a_done_notice()
    assert addresses(world.sent) == [FLEETS_CHANNEL.address] * 2 + [ADMIN.address] * 2
    assert world.delivery(notice.ref, ADMIN, again=1).status is DeliveryStatus.SENT


def test_again_and_again(world: NoticeWorld) -> None:
    world.notify(world.has_news())

    for _ in range(3):
        resend(world)
        world.work_off()

    assert len(world.sent) == 8
    assert world.delivery(a_done_notice().ref, ADMIN, again=3).status is DeliveryStatus.SENT


def test_ordered_twice_at_once_it_is_sent_once(world: NoticeWorld) -> None:
    world.notify(world.has_news())

    resend(world)
    resend(world)
    world.work_off()

    assert len(world.sent) == 4


def test_days_later_nobody_is_told_that_the_migrator_could_not_send_it_before(
    world: NoticeWorld,
) -> None:
    order = world.has_news()
    world.notify(order)
    world.later(days=3)

    resend(world)
    world.work_off()

    again = world.mailer.sent[-1].message
    assert not any("late" in note for note in again.footnotes)
    assert world.delivery(order.refs[0], ADMIN, again=1).late_by_days == 0


def test_to_one_recipient_alone(world: NoticeWorld) -> None:
    world.notify(world.has_news())

    resend(world, recipient=ADMIN)

    assert world.queue.orders == [SendOrder((a_done_notice().ref,), ADMIN, 1)]


def test_the_newest_of_a_kind_is_meant(world: NoticeWorld) -> None:
    world.has_news()
    newest = Notice(org_id_of(1), 1, NoticeKind.MIGRATED, NOW.replace(hour=9), "", {})
    world.record(newest)

    assert resend(world) == newest
    assert resend(world, kind=NoticeKind.UPGRADE_DONE) == a_done_notice()


def test_an_older_one_is_sent_where_just_that_one_is_meant(world: NoticeWorld) -> None:
    world.has_news()
    newer = Notice(org_id_of(1), 2, NoticeKind.UPGRADE_DONE, NOW.replace(hour=9), "", {})
    world.record(newer)

    assert resend(world, kind=NoticeKind.UPGRADE_DONE) == newer
    assert resend(world, ref=a_done_notice().ref) == a_done_notice()
    with pytest.raises(NoticeNotFound):
        resend(world, ref=a_done_notice(attempt=3).ref)


def test_who_wanted_it_is_on_record(world: NoticeWorld) -> None:
    world.has_news()
    resend(world)

    (entry,) = world.orgs.audit_trail(org_id_of(1), limit=5)
    assert (entry.action, entry.actor, entry.detail) == (
        AuditAction.NOTICE_RESENT,
        ADA,
        "upgrade_done",
    )


def test_an_address_that_takes_no_mail_gets_none_all_the_same(world: NoticeWorld) -> None:
    world.has_news()
    world.contacts.suppress(Suppression(ADMIN.address, "complaint", NOW))

    resend(world)
    world.work_off()

    assert ADMIN.address not in addresses(world.sent)


def test_what_was_never_told_cannot_be_told_again(world: NoticeWorld) -> None:
    world.register()

    with pytest.raises(NoticeNotFound, match="no such notice"):
        resend(world)
    world.record(a_done_notice())
    with pytest.raises(NoticeNotFound):
        resend(world, kind=NoticeKind.MIGRATED)
    assert world.queue.orders == []


def test_neither_can_anything_about_an_org_that_is_not_registered(world: NoticeWorld) -> None:
    with pytest.raises(OrgNotFound):
        resend(world)
