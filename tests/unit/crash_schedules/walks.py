"""Walks an org through its steps, as the state machine and people do."""

from __future__ import annotations

from typing import Final

from tests.authorizations import a_person
from tests.unit.crash_schedules.machine import Machine
from tests.unit.crash_schedules.worlds import CrashWorld
from zoom_migrator.domain.migration import MigrationStep, Next, Verdict

_STEPS: Final = 60
_NEXT: Final = {
    MigrationStep.AWAITING_AUTHORIZATION: Next.AUTHORIZE,
    MigrationStep.AUTHORIZED: Next.VERIFY,
    MigrationStep.SOAKING: Next.VERIFY,
    MigrationStep.AWAITING_CLEANUP_APPROVAL: Next.ASK_CLEANUP,
    MigrationStep.REMOVING_KEYS: Next.REMOVE_KEYS,
    MigrationStep.ENDED: Next.END,
}


def run_to_the_end(machine: Machine[CrashWorld], *until: Next) -> Verdict:
    """Do as the state machine and people do, until the org is in nobody's hands.

    Args:
        until: What is not done any more.
    """
    world, seen = machine.world, Verdict(Next.PREPARE)
    for _ in range(_STEPS):
        world.attempt = machine.disturbed.attempt = world.org.active_attempt or world.attempt
        following = _NEXT[world.migration.step]
        if following is Next.END or following in until:
            return seen
        seen = _step(machine, following) or seen
        if following is not Next.AUTHORIZE and following is not Next.ASK_CLEANUP:
            world.later(seconds=seen.wait_seconds)
    machine.ledger.broken(6, "the migration does not come to an end")
    return seen


def _step(machine: Machine[CrashWorld], following: Next) -> Verdict | None:
    match following:
        case Next.AUTHORIZE:
            return _authorize(machine)
        case Next.VERIFY:
            return machine.do(CrashWorld.verify)
        case Next.ASK_CLEANUP:
            return _ask(machine)
        case _:
            return machine.do(CrashWorld.remove)


def _authorize(machine: Machine[CrashWorld]) -> Verdict | None:
    token = _wait_for(machine)
    machine.do(lambda world: world.request_step(token))
    for _ in range(6):
        if machine.world.has_consented:
            break
        started = machine.do(CrashWorld.press_button)
        if started is None:
            break
        query = machine.world.zoom.consent(started.address, a_person())
        # Whoever sees no page loads it again.
        machine.do(lambda world: world.come_back(query, started))  # noqa: B023 - done at once
    machine.world.callback.time_out(token)
    # Where the machine was not woken, its wait runs out.
    machine.world.later(minutes=10)
    return machine.do(CrashWorld.follow_up_step)


def _ask(machine: Machine[CrashWorld]) -> Verdict | None:
    token = _wait_for(machine)
    machine.do(lambda world: world.wait_for_answer(token))
    machine.do(CrashWorld.answer_cleanup)
    machine.world.callback.time_out(token)
    return machine.do(CrashWorld.follow_up_cleanup)


def _wait_for(machine: Machine[CrashWorld]) -> str:
    token = f"task-{machine.world.ids.new_secret_id()}-canary"
    machine.world.callback.wait(token)
    return token
