"""Where the schedules begin."""

from __future__ import annotations

from datetime import timedelta

from tests.builders import a_full_snapshot
from tests.cleanups import some_cleanup_settings
from tests.unit.crash_schedules.worlds import ROWS, CrashWorld, Rows
from zoom_migrator.domain.legacy_keys import KeyValues
from zoom_migrator.domain.verification import ConnectionProbe


def a_world(rows: Rows = ROWS, *, probe: ConnectionProbe | None = None) -> CrashWorld:
    """Nothing has happened yet."""
    world = CrashWorld(cleanup=some_cleanup_settings(probe=probe))
    world.rows = rows
    return world


def an_asked_org(rows: Rows = ROWS) -> CrashWorld:
    """An org that waits to be authorized, and that nobody has asked yet."""
    world = a_world(rows)
    world.register()
    world.keys.hold(world.org_id, *rows)
    world.salesforce.will_answer(world.org_id, a_full_snapshot("3.28.0.1"))
    world.workflow.start(world.migration)
    return world


def an_authorized_org(rows: Rows = ROWS, *, probe: ConnectionProbe | None = None) -> CrashWorld:
    """An org that has just been authorized."""
    world = a_world(rows, probe=probe)
    world.connected(rows=rows)
    return world


def an_approved_org(rows: Rows = ROWS) -> CrashWorld:
    """An org whose keys are to be removed, and whose access token is out of date by now."""
    world = a_world(rows)
    world.approved(rows=rows)
    world.later(hours=2)
    return world


def a_migrated_org(rows: Rows = ROWS) -> CrashWorld:
    """An org whose keys are removed."""
    world = a_world(rows)
    world.migrated(rows=rows)
    return world


def a_half_restored_org(rows: Rows = ROWS) -> CrashWorld:
    """A migrated org in one of whose rows somebody has entered other keys since."""
    world = a_migrated_org(rows)
    world.keys.hold(world.org_id, KeyValues(rows[0].row_id, None, None), world.entered)
    return world


def an_org_with_an_old_grant(rows: Rows = ROWS) -> CrashWorld:
    """An org whose grant is to be refreshed for its own sake."""
    world = an_authorized_org(rows)
    world.clock.advance(timedelta(days=8))
    return world


def a_disconnected_org(rows: Rows = ROWS) -> CrashWorld:
    """A migrated org whose app was removed at Zoom, which nobody has noticed yet."""
    world = a_migrated_org(rows)
    world.deauthorize()
    return world
