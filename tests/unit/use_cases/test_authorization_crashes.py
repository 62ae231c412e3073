"""An authorization and a refresh, with a crash or a second worker at every call to the outside."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, cast

import pytest

from tests.authorizations import AuthorizationWorld, a_person, browser_of
from tests.builders import org_id_of
from tests.unit.use_cases.test_upgrade_crashes import (
    Disturbance,
    Disturbed,
    ProcessDied,
    Schedule,
)
from zoom_migrator.adapters.memory.zoom import Call
from zoom_migrator.domain.authorization_outcome import Outcome
from zoom_migrator.domain.errors import ConcurrentModification
from zoom_migrator.domain.grant import GrantStatus
from zoom_migrator.domain.migration import Next, Verdict
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.use_cases.refresh_grant import RefreshNeed, RefreshOutcome
from zoom_migrator.use_cases.start_authorization import StartedAuthorization

# More calls than any schedule makes; the last ones never happen, which is checked.
CALLS = 45
REFRESH_CALLS = 12
PORTS = (
    "orgs",
    "migrations",
    "attempts",
    "grants",
    "grant_vault",
    "task_vault",
    "callback",
    "zoom",
)
DONE = (Outcome.CONNECTED, Outcome.ALREADY_DONE)


def disturbed(world: AuthorizationWorld, schedule: Schedule) -> AuthorizationWorld:
    """The same world, whose calls to the outside a schedule counts."""
    other = object.__new__(AuthorizationWorld)
    other.__dict__.update(world.__dict__)
    for name in PORTS:
        setattr(other, name, cast(Any, Disturbed(getattr(world, name), schedule)))
    return other


class Course:
    """An org that is asked for, a person who tries until it works, and the state machine."""

    def __init__(self, schedule: Schedule) -> None:
        self.world = AuthorizationWorld()
        self.world.register()
        self.schedule = schedule
        self.disturbed = disturbed(self.world, schedule)

    def run(self) -> Verdict:
        """Go on until the state machine is told that somebody has authorized."""
        for _ in range(6):
            self._step(lambda world: world.ask())
            self._person_tries()
            verdict = self._step(lambda world: world.follow_up())
            if verdict.next is not Next.AUTHORIZE:
                return cast(Verdict, verdict)
        raise AssertionError("the authorization does not come to an end")

    def _step(self, step: Callable[[AuthorizationWorld], Any]) -> Any:
        """What Step Functions does: repeats a step until it gets through."""
        self.schedule.second_worker = lambda: step(self.world)
        while True:
            try:
                return step(self.disturbed)
            except (ProcessDied, ConcurrentModification):
                continue

    def _person_tries(self) -> None:
        started = self._press()
        if started is None:
            return
        query = self.world.zoom.consent(started.address, a_person())
        browser = browser_of(started)
        self.schedule.second_worker = lambda: self.world.back(query, browser)
        try:
            self.disturbed.back(query, browser)
        except ProcessDied:
            # The browser shows an error; a person loads the page again.
            self.world.back(query, browser)

    def _press(self) -> StartedAuthorization | None:
        self.schedule.second_worker = lambda: self.world.press()
        try:
            started = self.disturbed.press()
        except ProcessDied:
            started = self.world.press()
        return started if isinstance(started, StartedAuthorization) else None


@pytest.mark.parametrize("disturbance", Disturbance)
@pytest.mark.parametrize("at", range(1, CALLS + 1))
def test_whatever_happens_the_org_is_authorized_and_no_code_is_used_twice(
    at: int, disturbance: Disturbance
) -> None:
    course = Course(Schedule(at, disturbance))

    verdict = course.run()

    world = course.world
    assert verdict == Verdict(Next.VERIFY)
    assert world.org_of().status is OrgStatus.AUTHORIZED
    assert world.org_of().active_attempt == 1
    assert world.grant_of().status is GrantStatus.LIVE
    assert world.zoom.is_live(world.pair_of())
    assert world.told() == [NoticeKind.AUTHORIZATION_NEEDED, NoticeKind.CONNECTED]
    assert set(world.zoom.codes_tried().values()) == {1}


def test_the_schedules_reach_every_call() -> None:
    course = Course(Schedule(0, Disturbance.CRASH_BEFORE))

    course.run()

    assert 20 < course.schedule.calls < CALLS


@pytest.mark.parametrize("ends_at", [None, *range(1, REFRESH_CALLS + 1)])
@pytest.mark.parametrize("disturbance", Disturbance)
@pytest.mark.parametrize("at", range(1, REFRESH_CALLS + 1))
def test_whatever_happens_to_a_refresh_no_live_grant_is_called_dead_or_left_with_dead_tokens(
    at: int, disturbance: Disturbance, ends_at: int | None
) -> None:
    """The user may also end the grant at Zoom at any moment."""
    world = AuthorizationWorld()
    world.asked()
    world.authorize()
    world.zoom.forget_calls()
    world.later(days=7)
    user_id = world.grant_of().subject.user_id
    schedule = Schedule(at, disturbance)
    schedule.second_worker = partial(world.refresh, RefreshNeed.KEEP_ALIVE)
    ending = Schedule(ends_at or 0, Disturbance.SECOND_WORKER)
    ending.second_worker = lambda: world.zoom.deauthorize(user_id)

    worker = disturbed(disturbed(world, ending), schedule)
    with suppress(ProcessDied):
        worker.refresh(RefreshNeed.KEEP_ALIVE)

    is_ended = ending.has_struck
    later = [_look_again(world) for _ in range(2)]
    grant = world.grant_of()
    assert world.zoom.calls.count(Call.REFRESH) <= 1 + (later[0] is RefreshOutcome.REFRESHED)
    if grant.status is GrantStatus.LIVE:
        assert is_ended or world.zoom.is_live(world.pair_of())
    if not is_ended:
        assert grant.status is not GrantStatus.DEAD
        crashed = disturbance is not Disturbance.SECOND_WORKER
        assert grant.status is GrantStatus.LIVE or crashed


def _look_again(world: AuthorizationWorld) -> RefreshOutcome:
    world.later(minutes=5)
    return world.refresh(RefreshNeed.KEEP_ALIVE).outcome


def test_a_consent_makes_up_for_whatever_a_refresh_lost() -> None:
    for at in range(1, REFRESH_CALLS + 1):
        for disturbance in Disturbance:
            world = AuthorizationWorld()
            world.asked()
            world.authorize()
            world.later(days=7)
            schedule = Schedule(at, disturbance)
            schedule.second_worker = partial(world.refresh, RefreshNeed.KEEP_ALIVE)
            with suppress(ProcessDied):
                disturbed(world, schedule).refresh(RefreshNeed.KEEP_ALIVE)
            world.ask_again()

            assert world.authorize().outcome in DONE
            assert world.grant_of().status is GrantStatus.LIVE
            assert world.zoom.is_live(world.pair_of())
            assert world.grant_of().orgs == (org_id_of(1),)
