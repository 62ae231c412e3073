"""Ways that orgs go, on which the product's own use cases make a notice of every kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

from tests.authorizations import a_person, browser_of
from tests.builders import a_failure, a_full_snapshot, a_target, some_keys, some_upgrade_settings
from tests.cleanups import CleanupWorld, some_cleanup_settings, some_values
from tests.notices import NoticeWorld, some_notice_settings
from tests.unit.use_cases.upgrade_world import UpgradeWorld
from zoom_migrator.domain.check import KeyPresence
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.legacy_keys import RowRefusal, RowRefused
from zoom_migrator.domain.loss import LossCause
from zoom_migrator.domain.migration import Next
from zoom_migrator.domain.notice import Notice
from zoom_migrator.domain.org import Org, UpgradePolicy
from zoom_migrator.domain.status import BlockedReason, OrgStatus

type Told = list[tuple[Notice, Org]]

_MANY: Final = 50


def _told(world: Any) -> Told:
    found: Told = []
    for org_id in world.orgs.list_ids():
        org = world.orgs.get(org_id)
        found += [(notice, org) for notice in world.migrations.notices(org_id, limit=_MANY)]
    return found


def _upgrade_declined() -> Told:
    world = UpgradeWorld()
    world.begin()
    world.prepare()
    world.ask()
    world.later(days=4)
    world.follow_up()
    world.answer(accepted=False)
    world.follow_up()
    return _told(world)


def _upgrade_unanswered() -> Told:
    world = UpgradeWorld()
    world.begin()
    world.prepare()
    world.ask()
    world.later(days=30)
    world.follow_up()
    return _told(world)


def _upgrade_by_hand(version_id: str) -> Told:
    world = UpgradeWorld(settings=some_upgrade_settings(version_id=version_id))
    world.begin(policy=UpgradePolicy.MANUAL)
    world.prepare()
    world.later(days=4)
    world.follow_by_hand()
    world.later(days=30)
    world.follow_by_hand()
    return _told(world)


def _upgraded() -> Told:
    world = UpgradeWorld()
    world.upgraded()
    return _told(world)


def _upgrade_refused() -> Told:
    world = UpgradeWorld()
    world.begin()
    world.seen(a_failure(FailureCode.USER_INACTIVE, detail="inactive user"))
    world.prepare()
    return _told(world)


def _authorization_unanswered() -> Told:
    world = CleanupWorld()
    world.asked()
    world.later(days=4)
    world.follow_up()
    world.renew()
    world.later(days=60)
    world.follow_up()
    return _told(world)


def _authorization_by_a_stranger() -> Told:
    world = CleanupWorld()
    world.asked()
    world.authorize(a_person("stranger@acme.example"))
    world.later(days=4)
    world.follow_up()
    world.later(days=60)
    world.follow_up()
    return _told(world)


def _authorization_declined(*, keys: KeyPresence) -> Told:
    world = CleanupWorld()
    world.asked()
    world.orgs.save(replace(world.org, snapshot=a_full_snapshot(keys=some_keys(keys))))
    started = world.begin()
    world.back({"error": ["access_denied"]}, browser_of(started))
    world.later(days=15)
    world.follow_up()
    return _told(world)


def _migrated() -> Told:
    world = CleanupWorld()
    world.asking()
    world.later(days=4)
    world.follow_up_cleanup()
    world.answer_cleanup()
    world.follow_up_cleanup()
    world.remove()
    return _told(world)


def _kept() -> Told:
    world = CleanupWorld()
    world.asking()
    world.answer_cleanup(approved=False)
    world.follow_up_cleanup()
    return _told(world)


def _cleanup_refused() -> Told:
    world = CleanupWorld()
    world.approved()
    world.keys.next_changes(world.org_id, RowRefused(RowRefusal.CUSTOMER_LOGIC, "no empty keys"))
    world.remove()
    return _told(world)


def _restored() -> Told:
    world = CleanupWorld()
    world.migrated()
    world.restore()
    return _told(world)


def _seen_after(change: Callable[[CleanupWorld], object]) -> Told:
    world = CleanupWorld()
    world.migrated()
    change(world)
    world.health()
    return _told(world)


def _hold_keys_again(world: CleanupWorld) -> None:
    world.keys.hold(world.org_id, some_values())
    world.orgs.save(world.org.with_keys(some_keys(KeyPresence.PRESENT)))


def _lost(cause: LossCause, *, after_removal: bool) -> Told:
    world = CleanupWorld()
    if after_removal:
        world.migrated()
    else:
        world.soaked()
        seen = a_full_snapshot("3.28.0.1", keys=some_keys())
        world.orgs.save(replace(world.org, snapshot=seen))
    world.lose(cause)
    world.later(days=40)
    world.health()
    return _told(world)


def _unproven() -> Told:
    world = CleanupWorld(cleanup=some_cleanup_settings())
    world.connected()
    world.salesforce.will_answer(world.org_id, a_failure(FailureCode.USER_INACTIVE))
    world.later(hours=2)
    world.verify()
    world.later(days=1)
    _until_it_ends(world)
    return _told(world)


def _until_it_ends(world: CleanupWorld) -> None:
    for _ in range(30):
        if world.verify().next is Next.END:
            return
        world.later(days=1)


def _deadlines() -> Told:
    world = NoticeWorld(settings=some_notice_settings())
    upgrade, authorization, cleanup = UpgradeWorld(), CleanupWorld(), CleanupWorld()
    upgrade.begin()
    upgrade.prepare()
    upgrade.ask()
    authorization.asked()
    cleanup.asking()
    told: Told = []
    for each in (upgrade, authorization, cleanup):
        beside = NoticeWorld(orgs=each.orgs, migrations=each.migrations, clock=each.clock)
        for _ in range(4):
            beside.later(days=7)
            beside.remind()
        told += _told(beside)
    world.register(1, status=OrgStatus.BLOCKED, days_known=90)
    world.orgs.save(_blocked(world.org_of()))
    world.later(days=19)
    world.remind()
    world.later(days=1)
    world.remind()
    world.remind(days_ahead=7)
    return [*told, *_told(world)]


def _blocked(org: Org) -> Org:
    return replace(
        org,
        blocked_reason=BlockedReason.LOGIN_REFUSED,
        failure=a_failure(FailureCode.USER_INACTIVE),
    )


def _stories() -> Iterator[Told]:
    yield _upgrade_declined()
    yield _upgrade_unanswered()
    yield _upgrade_by_hand("")
    yield _upgrade_by_hand(a_target().version_id)
    yield _upgraded()
    yield _upgrade_refused()
    yield _authorization_unanswered()
    yield _authorization_by_a_stranger()
    yield _authorization_declined(keys=KeyPresence.PRESENT)
    yield _authorization_declined(keys=KeyPresence.ABSENT)
    yield _migrated()
    yield _kept()
    yield _cleanup_refused()
    yield _restored()
    yield _seen_after(lambda world: world.scanned(None))
    yield _seen_after(lambda world: world.scanned("3.23.0.4"))
    yield _seen_after(_hold_keys_again)
    yield _lost(LossCause.DEAUTHORIZED, after_removal=True)
    yield _lost(LossCause.REFUSED, after_removal=False)
    yield _unproven()
    yield _deadlines()


def told_stories() -> Told:
    """Every notice that the product makes on these ways, with its org as it is at the end."""
    return [told for story in _stories() for told in story]
