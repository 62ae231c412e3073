"""Every page about the old keys, each as somebody comes to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tests.adapters.web.keys_desk import KeysDesk
from tests.cleanups import PAST, CleanupWorld
from tests.keys_asked import a_cleanup_request, a_migration_asking
from tests.visits import Page
from zoom_migrator.domain.legacy_keys import RowRefusal, RowRefused

type Make = Callable[[], Page]
type Change = Callable[[CleanupWorld], object]


def opened_after(*changes: Change, decision: str = "") -> Make:
    """The link, opened after an answer (if any) and whatever happened then."""

    def make() -> Page:
        world = CleanupWorld()
        world.asking()
        desk = KeysDesk.within(world)
        if decision:
            desk.submit(desk.fields(decision=decision))
        for change in changes:
            change(world)
        return desk.open()

    return make


def answered_too_late(decision: str) -> Make:
    """What somebody reads whose answer came after another one."""

    def make() -> Page:
        desk = KeysDesk.asking()
        late = desk.fields(name="Somebody Else")
        desk.submit(desk.fields(decision=decision))
        return desk.submit(late)

    return make


def with_problems() -> Page:
    """The form with everything wrong that can be."""
    desk = KeysDesk.asking()
    return desk.submit({"token": desk.open().token, "decision": "approve"})


def proven() -> Page:
    """The form where nobody has to look at the package."""
    request = a_cleanup_request(needs_confirmation=False, rows=3)
    return KeysDesk.asking(a_migration_asking(request=request)).open()


def remove(world: CleanupWorld) -> None:
    """Have the keys removed."""
    world.follow_up_cleanup()
    world.remove()


def refuse(world: CleanupWorld) -> None:
    """Have the org refuse to let go of its keys."""
    refusal = RowRefused(RowRefusal.CUSTOMER_LOGIC, "a validation rule")
    world.keys.next_changes(world.org_id, refusal)
    remove(world)


def wait_for_lock(world: CleanupWorld) -> None:
    """Have somebody else hold the row."""
    world.keys.next_changes(world.org_id, RowRefused(RowRefusal.LOCKED, "locked"))
    remove(world)


def lose(world: CleanupWorld) -> None:
    """Have the app removed at Zoom, and notice it."""
    world.zoom.deauthorize(world.grant_of().subject.user_id)
    world.lose()


KEYS_PAGES: Final[dict[str, Make]] = {
    "cleanup_form": lambda: KeysDesk.asking().open(),
    "cleanup_form, with problems": with_problems,
    "cleanup_form, with the connection proven": proven,
    "cleanup_form, after the deadline": lambda: KeysDesk.asking(jwt_deadline=PAST).open(),
    "cleanup_approved": opened_after(decision="approve"),
    "cleanup_approved, under way": opened_after(wait_for_lock, decision="approve"),
    "cleanup_approved, done": opened_after(remove, decision="approve"),
    "cleanup_approved, put back": opened_after(remove, CleanupWorld.restore, decision="approve"),
    "cleanup_approved, refused by the org": opened_after(refuse, decision="approve"),
    "cleanup_approved, void": opened_after(lose, decision="approve"),
    "cleanup_approved, stopped": opened_after(CleanupWorld.stop, decision="approve"),
    "cleanup_approved, by somebody else": answered_too_late("approve"),
    "cleanup_declined": opened_after(decision="decline"),
    "cleanup_declined, by somebody else": answered_too_late("decline"),
    "cleanup_expired": opened_after(lambda world: world.later(days=14)),
    "cleanup_lost": opened_after(lose),
    "cleanup_closed": opened_after(CleanupWorld.stop),
}
PARTS: Final = {"cleanup_parts"}
