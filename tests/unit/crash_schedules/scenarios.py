"""The scenarios: upgrade, authorization, refresh, proof, cleanup, loss, restore, and all of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from tests.unit.crash_schedules.beginnings import (
    a_disconnected_org,
    a_half_restored_org,
    an_approved_org,
    an_asked_org,
    an_authorized_org,
    an_org_with_an_old_grant,
)
from tests.unit.crash_schedules.explore import Scenario
from tests.unit.crash_schedules.machine import Act, Machine
from tests.unit.crash_schedules.schedule import ONLY_THE_PROCESS, Kind
from tests.unit.crash_schedules.upgrades import CrashUpgradeWorld, an_org_behind, upgrade
from tests.unit.crash_schedules.walks import run_to_the_end
from tests.unit.crash_schedules.worlds import CrashWorld
from zoom_migrator.domain.grant import GrantStatus
from zoom_migrator.domain.migration import MigrationOutcome, MigrationStep, Next
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.use_cases.refresh_grant import RefreshNeed

_K: Final = Kind
_OTHERS: Final[Mapping[Kind, Act[CrashWorld]]] = {
    _K.REVOKED: CrashWorld.deauthorize,
    _K.PROBE: CrashWorld.probe,
    _K.STOP: CrashWorld.stop_it,
    _K.SWEEP: CrashWorld.sweep,
    _K.DESTROY: CrashWorld.destroy,
    _K.CONSENT: CrashWorld.consent_elsewhere,
}
# An operator who destroys a backup may do so while nobody removes keys; then it is gone.
_ALL: Final = tuple(kind for kind in Kind if kind is not Kind.DESTROY)


def _upgraded(world: CrashUpgradeWorld) -> str:
    if world.migration.step is not MigrationStep.AWAITING_AUTHORIZATION:
        return f"the upgrade ends as {world.migration.step}: {world.migration.detail}"
    if world.upgrades.posted(world.org_id) != 1:
        return "the org was not asked for just one install"
    if world.told != [NoticeKind.UPGRADE_APPROVAL_NEEDED, NoticeKind.UPGRADE_DONE]:
        return f"it is told {world.told}"
    return ""


def _is(*statuses: OrgStatus) -> Callable[[CrashWorld], str]:
    def goal(world: CrashWorld) -> str:
        status, newest = world.org.status, world.migrations.list_of(world.org_id, limit=1)
        outcome = newest[0].outcome
        if outcome is MigrationOutcome.STOPPED or status in statuses:
            return ""
        return f"the org ends as {world.org.standing} ({outcome})"

    return goal


def _cleaned(world: CrashWorld) -> str:
    empty = all(row.is_empty for row in world.keys.held(world.org_id))
    if world.org.status is OrgStatus.MIGRATED:
        return _kept(world) if empty else "the org is migrated, and its keys are there"
    if world.org.status is OrgStatus.FALLBACK_JWT and empty:
        return "the org is said to run on JWT, and its keys are gone"
    return _is(OrgStatus.FALLBACK_JWT, OrgStatus.DISCONNECTED)(world)


def _kept(world: CrashWorld) -> str:
    """Everything that was removed stands in the backup, unless that was destroyed since."""
    backup = world.backups.stored.get(world.org_id)
    if backup is None:
        return ""
    kept = world.backup_vault.open(backup.sealed, org_id=world.org_id)
    return "" if kept == world.rows else "what was removed does not stand in the backup"


def _proven(world: CrashWorld) -> str:
    proofs = world.migration.verifications
    if len(proofs) > 1 and proofs[1].at - proofs[0].at < world.cleanup.soak:
        return "the second proof came too early"
    return _is(OrgStatus.CLEANUP_APPROVAL_PENDING, OrgStatus.FALLBACK_JWT)(world)


def _refresh(machine: Machine[CrashWorld]) -> None:
    machine.do(lambda world: world.refresh(RefreshNeed.KEEP_ALIVE))
    machine.world.later(minutes=5)
    machine.do(lambda world: world.refresh(RefreshNeed.ACCESS))


def _is_whole(world: CrashWorld) -> str:
    """A grant that is called live works, or has only just been revoked."""
    grant = world.grant_of()
    if grant.status is not GrantStatus.LIVE or not world.zoom.live_users():
        return ""
    works = world.zoom.is_live(world.pair_of())
    return "" if works or grant.lease is not None else "tokens that Zoom issued are lost in silence"


def _authorized_again(world: CrashWorld) -> str:
    # The same person's consent elsewhere brings the grant that both orgs share back to life.
    if world.org.status is OrgStatus.MIGRATED and world.zoom.is_live(world.pair_of()):
        return ""
    return _is(OrgStatus.AUTHORIZED)(world)


def _lose(machine: Machine[CrashWorld]) -> None:
    for _ in range(3):
        # The queue and the next scan look again where nothing could be found out.
        machine.do(CrashWorld.probe)
        machine.world.later(minutes=10)
    run_to_the_end(machine, Next.VERIFY)


def _restore(machine: Machine[CrashWorld]) -> None:
    for _ in range(3):
        # An operator who is told that it did not work does it again.
        restored = machine.do(CrashWorld.restore)
        if restored is not None and restored.is_complete:
            break
    machine.do(CrashWorld.health)


def _restored(world: CrashWorld) -> str:
    if world.keys.held(world.org_id) != (world.rows[0], world.entered):
        return "the keys are not as they were, or what was entered since is overwritten"
    return _is(OrgStatus.MIGRATED_KEYS_KEPT, OrgStatus.FALLBACK_JWT, OrgStatus.AUTHORIZED)(world)


UPGRADE: Final = Scenario(
    "upgrade", an_org_behind, upgrade, _upgraded,
    kinds=(*ONLY_THE_PROCESS, _K.TWIN),
    first=(_K.CRASH_AFTER, _K.REPLY_LOST, _K.TWIN),
    second=(_K.CRASH_BEFORE, _K.CRASH_AFTER, _K.REPLY_LOST),
    others={}, at_least=6_000,
)  # fmt: skip
AUTHORIZATION: Final = Scenario(
    "authorization", an_asked_org, lambda machine: run_to_the_end(machine, Next.VERIFY),
    _is(OrgStatus.AUTHORIZED),
    kinds=_ALL,
    first=(_K.CRASH_AFTER, _K.REPLY_LOST, _K.TWIN, _K.REVOKED),
    second=(_K.CRASH_AFTER, _K.REPLY_LOST),
    others=_OTHERS, at_least=3_000,
)  # fmt: skip
REFRESH: Final = Scenario(
    "refresh", an_org_with_an_old_grant, _refresh, _is_whole,
    kinds=_ALL,
    first=(*ONLY_THE_PROCESS, _K.TWIN, _K.REVOKED, _K.PROBE),
    second=(*ONLY_THE_PROCESS, _K.TWIN, _K.REVOKED, _K.PROBE),
    others=_OTHERS, at_least=4_500,
)  # fmt: skip
PROOF: Final = Scenario(
    "proof", an_authorized_org,
    lambda machine: run_to_the_end(machine, Next.ASK_CLEANUP, Next.AUTHORIZE),
    _proven,
    kinds=_ALL,
    first=(_K.CRASH_AFTER, _K.TWIN, _K.REVOKED, _K.PROBE),
    second=(_K.CRASH_AFTER, _K.REVOKED),
    others=_OTHERS, at_least=3_000,
)  # fmt: skip
CLEANUP: Final = Scenario(
    "cleanup", an_approved_org, lambda machine: run_to_the_end(machine, Next.AUTHORIZE), _cleaned,
    kinds=tuple(Kind),
    first=(_K.CRASH_AFTER, _K.REPLY_LOST, _K.TWIN, _K.REVOKED, _K.PROBE),
    second=(_K.CRASH_AFTER, _K.REVOKED),
    others=_OTHERS, at_least=12_000,
)  # fmt: skip
LOSS: Final = Scenario(
    "loss", a_disconnected_org, _lose, _authorized_again,
    kinds=_ALL,
    first=(_K.CRASH_AFTER, _K.TWIN),
    second=(_K.CRASH_AFTER, _K.SWEEP),
    others=_OTHERS, at_least=5_000,
)  # fmt: skip
RESTORE: Final = Scenario(
    "restore", a_half_restored_org, _restore, _restored,
    kinds=_ALL,
    first=(*ONLY_THE_PROCESS, _K.TWIN, _K.REVOKED, _K.PROBE),
    second=(*ONLY_THE_PROCESS, _K.TWIN, _K.REVOKED, _K.PROBE),
    others=_OTHERS, at_least=5_000,
)  # fmt: skip
WHOLE: Final = Scenario(
    "the whole way", an_asked_org, run_to_the_end, _cleaned,
    kinds=_ALL, first=(), second=(), others=_OTHERS, at_least=1_000,
)  # fmt: skip
SCENARIOS: Final[tuple[Scenario[Any], ...]] = (
    UPGRADE, AUTHORIZATION, REFRESH, PROOF, CLEANUP, LOSS, RESTORE, WHOLE,
)  # fmt: skip
