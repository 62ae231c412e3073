from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.authorizations import AuthorizationWorld, a_person
from tests.builders import ADA, NOW, org_id_of
from zoom_migrator.adapters.memory.zoom import Call
from zoom_migrator.domain.errors import GrantNotFound
from zoom_migrator.domain.grant import Grant, GrantStatus, Lease
from zoom_migrator.domain.zoom_failure import ZoomFailure, ZoomFailureCode
from zoom_migrator.use_cases.find_grants import find_grant, list_grants
from zoom_migrator.use_cases.refresh_grant import (
    INTERRUPTED,
    RefreshNeed,
    RefreshOutcome,
    refresh_grant,
)
from zoom_migrator.use_cases.revoke_grant import Revoked, revoke_grant

C = ZoomFailureCode
O = RefreshOutcome  # noqa: E741 - no number is near


@pytest.fixture
def world() -> AuthorizationWorld:
    world = AuthorizationWorld()
    world.asked()
    world.authorize()
    world.zoom.forget_calls()
    return world


class TestWhetherItIsDue:
    def test_a_young_grant_is_left_alone(self, world: AuthorizationWorld) -> None:
        world.later(days=6)

        assert world.refresh(RefreshNeed.KEEP_ALIVE).outcome is O.NOT_DUE
        assert world.zoom.calls == []

    def test_one_a_week_old_is_kept_alive(self, world: AuthorizationWorld) -> None:
        world.later(days=7)

        assert world.refresh(RefreshNeed.KEEP_ALIVE).outcome is O.REFRESHED

    def test_an_access_token_that_still_works_is_used(self, world: AuthorizationWorld) -> None:
        world.later(minutes=57)

        assert world.refresh(RefreshNeed.ACCESS).outcome is O.NOT_DUE

    def test_an_access_token_about_to_run_out_is_replaced(self, world: AuthorizationWorld) -> None:
        world.later(minutes=58)

        assert world.refresh(RefreshNeed.ACCESS).outcome is O.REFRESHED

    def test_nobody_knows_the_grant(self, world: AuthorizationWorld) -> None:
        with pytest.raises(GrantNotFound):
            refresh_grant(
                "0" * 32,
                RefreshNeed.OPERATOR,
                ports=world.grant_ports,
                ids=world.ids,
                clock=world.clock,
                settings=world.grant_settings,
            )


class TestRotation:
    def test_the_new_pair_is_stored_and_the_old_one_is_dead(
        self, world: AuthorizationWorld
    ) -> None:
        old = world.pair_of()

        refreshed = world.refresh()

        assert refreshed.outcome is O.REFRESHED
        assert world.pair_of() != old
        assert world.zoom.is_live(world.pair_of())
        assert world.grant_of().version == 2
        assert world.grant_of().lease is None
        assert world.zoom.calls == [Call.REFRESH]

    def test_it_works_again_and_again(self, world: AuthorizationWorld) -> None:
        for _ in range(3):
            world.later(days=7)
            assert world.refresh(RefreshNeed.KEEP_ALIVE).outcome is O.REFRESHED

        assert world.zoom.is_live(world.pair_of())


class TestOneAtATime:
    def lease(self, world: AuthorizationWorld, lasting: timedelta = timedelta(minutes=2)) -> Grant:
        grant = world.grant_of().leased("somebody", now=world.clock.now(), lasting=lasting)
        return world.grants.save(grant)

    def test_while_somebody_is_at_it_nobody_else_begins(self, world: AuthorizationWorld) -> None:
        self.lease(world)

        assert world.refresh().outcome is O.BUSY
        assert world.zoom.calls == []

    def test_who_looks_again_afterwards_finds_it_done(self, world: AuthorizationWorld) -> None:
        world.later(days=7)
        world.refresh(RefreshNeed.KEEP_ALIVE)

        assert world.refresh(RefreshNeed.KEEP_ALIVE).outcome is O.NOT_DUE
        assert world.zoom.calls == [Call.REFRESH]

    def test_a_refresh_that_broke_off_is_not_sent_again(self, world: AuthorizationWorld) -> None:
        self.lease(world)
        world.later(days=7)

        refreshed = world.refresh(RefreshNeed.KEEP_ALIVE)

        assert refreshed.outcome is O.UNKNOWN
        assert (refreshed.grant.status, refreshed.grant.problem) == (
            GrantStatus.UNKNOWN,
            INTERRUPTED,
        )
        assert world.zoom.calls == []
        assert world.refresh(RefreshNeed.KEEP_ALIVE).outcome is O.UNKNOWN

    def test_an_operator_may_try_what_nobody_knows(self, world: AuthorizationWorld) -> None:
        self.lease(world)
        world.later(days=7)
        world.refresh(RefreshNeed.KEEP_ALIVE)

        assert world.refresh(RefreshNeed.OPERATOR).outcome is O.REFRESHED
        assert world.grant_of().status is GrantStatus.LIVE

    def test_who_was_given_up_and_comes_back_with_tokens_may_still_store_them(
        self, world: AuthorizationWorld
    ) -> None:
        """Somebody sleeps for ten minutes between Zoom's answer and the store."""

        def given_up() -> None:
            world.later(minutes=10)
            assert world.refresh(RefreshNeed.KEEP_ALIVE).outcome is O.UNKNOWN

        world.later(days=7)
        world.zoom.meanwhile(after=Call.REFRESH, happens=given_up)

        assert world.refresh(RefreshNeed.KEEP_ALIVE).outcome is O.REFRESHED
        assert world.grant_of().status is GrantStatus.LIVE
        assert world.zoom.is_live(world.pair_of())

    def test_who_was_overtaken_by_a_consent_keeps_his_tokens_to_himself(
        self, world: AuthorizationWorld
    ) -> None:
        def consent() -> None:
            world.ask_again()
            world.authorize()

        world.later(days=7)
        world.zoom.meanwhile(after=Call.REFRESH, happens=consent)

        assert world.refresh(RefreshNeed.KEEP_ALIVE).outcome is O.OVERTAKEN
        assert world.grant_of().status is GrantStatus.LIVE
        assert world.zoom.is_live(world.pair_of())

    def test_a_lost_race_is_not_a_dead_grant(self, world: AuthorizationWorld) -> None:
        """Zoom refuses the old token because somebody has consented meanwhile."""

        def consent() -> None:
            world.ask_again()
            world.authorize()

        world.later(days=7)
        world.zoom.meanwhile(before=Call.REFRESH, happens=consent)

        refreshed = world.refresh(RefreshNeed.KEEP_ALIVE)

        assert refreshed.outcome is O.OVERTAKEN
        assert refreshed.failure is not None
        assert refreshed.failure.code is C.GRANT_INVALID
        assert world.grant_of().status is GrantStatus.LIVE
        assert world.zoom.is_live(world.pair_of())


class TestZoomRefuses:
    def test_a_grant_that_zoom_calls_invalid_is_dead_and_its_tokens_are_destroyed(
        self, world: AuthorizationWorld
    ) -> None:
        world.zoom.deauthorize(world.grant_of().subject.user_id)

        refreshed = world.refresh()

        assert refreshed.outcome is O.DEAD
        assert (refreshed.grant.status, refreshed.grant.problem) == (
            GrantStatus.DEAD,
            "grant_invalid",
        )
        assert refreshed.grant.sealed == ""
        assert world.refresh().outcome is O.DEAD
        assert world.zoom.calls == [Call.REFRESH]

    @pytest.mark.parametrize(
        ("code", "outcome"),
        [
            (C.CLIENT_REJECTED, O.MISCONFIGURED),
            (C.APP_DISABLED, O.MISCONFIGURED),
            (C.CREDENTIALS_MISSING, O.MISCONFIGURED),
            (C.RATE_LIMITED, O.UNAVAILABLE),
            (C.SERVICE_UNAVAILABLE, O.UNAVAILABLE),
            (C.NOT_CONNECTED, O.UNAVAILABLE),
            (C.REQUEST_REJECTED, O.REFUSED),
        ],
    )
    def test_what_says_nothing_of_the_grant_leaves_it_alive(
        self, world: AuthorizationWorld, code: ZoomFailureCode, outcome: RefreshOutcome
    ) -> None:
        pair = world.pair_of()
        world.zoom.will_fail(Call.REFRESH, ZoomFailure(code))

        assert world.refresh().outcome is outcome
        assert world.grant_of().status is GrantStatus.LIVE
        assert world.grant_of().lease is None
        assert world.pair_of() == pair
        assert world.refresh().outcome is O.REFRESHED

    def test_a_wrong_secret_never_costs_a_grant_however_often(
        self, world: AuthorizationWorld
    ) -> None:
        world.zoom.will_fail(Call.REFRESH, *[ZoomFailure(C.CLIENT_REJECTED)] * 20)

        outcomes = {world.refresh().outcome for _ in range(20)}

        assert outcomes == {O.MISCONFIGURED}
        assert world.grant_of().status is GrantStatus.LIVE

    def test_the_secret_of_another_app_is_not_even_tried(self, world: AuthorizationWorld) -> None:
        world.zoom.app = "another-client"

        assert world.refresh().outcome is O.MISCONFIGURED
        assert world.zoom.calls == []
        assert world.grant_of().status is GrantStatus.LIVE

    @pytest.mark.parametrize("takes_effect", [True, False])
    @pytest.mark.parametrize("code", [C.ANSWER_LOST, C.SERVER_ERROR, C.MALFORMED_ANSWER])
    def test_a_lost_answer_is_unknown_and_never_sent_again(
        self, world: AuthorizationWorld, code: ZoomFailureCode, takes_effect: bool
    ) -> None:
        world.zoom.will_fail(Call.REFRESH, ZoomFailure(code), takes_effect=takes_effect)

        assert world.refresh(RefreshNeed.OPERATOR).outcome is O.UNKNOWN
        assert world.grant_of().status is GrantStatus.UNKNOWN
        assert world.grant_of().lease is None
        world.later(days=30)
        assert world.refresh(RefreshNeed.KEEP_ALIVE).outcome is O.UNKNOWN
        assert world.zoom.calls == [Call.REFRESH]

    def test_a_refusal_without_a_reason_is_borne_a_few_times(
        self, world: AuthorizationWorld
    ) -> None:
        world.zoom.will_fail(Call.REFRESH, *[ZoomFailure(C.REQUEST_REJECTED)] * 3)

        outcomes = [world.refresh(RefreshNeed.OPERATOR).outcome for _ in range(3)]

        assert outcomes == [O.REFUSED, O.REFUSED, O.UNKNOWN]

    def test_a_success_forgets_refusals(self, world: AuthorizationWorld) -> None:
        world.zoom.will_fail(Call.REFRESH, *[ZoomFailure(C.REQUEST_REJECTED)] * 2)
        for _ in range(3):
            world.refresh()

        assert (world.grant_of().refusals, world.grant_of().problem) == (0, "")

    def test_a_new_consent_brings_a_dead_grant_to_life(self, world: AuthorizationWorld) -> None:
        world.zoom.deauthorize(world.grant_of().subject.user_id)
        world.refresh()
        world.ask_again()

        world.authorize()

        assert world.grant_of().status is GrantStatus.LIVE
        assert world.grant_of().problem == ""
        assert world.zoom.is_live(world.pair_of())


class TestRevoking:
    def revoke(self, world: AuthorizationWorld) -> Revoked:
        return revoke_grant(
            world.grant_of().grant_id,
            requested_by=ADA,
            orgs=world.orgs,
            ports=world.grant_ports,
            ids=world.ids,
            clock=world.clock,
            settings=world.grant_settings,
        )

    def test_it_ends_at_zoom_and_here_and_every_org_has_it_on_record(
        self, world: AuthorizationWorld
    ) -> None:
        revoked = self.revoke(world)

        assert revoked.is_done
        assert world.zoom.live_users() == set()
        assert (revoked.grant.status, revoked.grant.problem) == (GrantStatus.DEAD, "revoked")
        assert revoked.grant.sealed == ""
        assert any(line.startswith("grant_revoked") for line in world.history())

    def test_a_dead_one_stays_dead(self, world: AuthorizationWorld) -> None:
        self.revoke(world)

        assert self.revoke(world).is_done
        assert world.zoom.calls == [Call.REVOKE]

    def test_an_access_token_out_of_date_is_replaced_first(self, world: AuthorizationWorld) -> None:
        world.later(hours=2)

        assert self.revoke(world).is_done
        assert world.zoom.calls == [Call.REFRESH, Call.REVOKE]
        assert world.zoom.live_users() == set()

    @pytest.mark.parametrize("code", [C.NOT_CONNECTED, C.SERVER_ERROR, C.CLIENT_REJECTED])
    def test_what_zoom_did_not_confirm_is_not_done(
        self, world: AuthorizationWorld, code: ZoomFailureCode
    ) -> None:
        world.zoom.will_fail(Call.REVOKE, ZoomFailure(code))

        revoked = self.revoke(world)

        assert (revoked.is_done, revoked.problem) == (False, code)
        assert world.grant_of().status is GrantStatus.LIVE

    def test_tokens_that_zoom_does_not_know_are_as_good_as_revoked(
        self, world: AuthorizationWorld
    ) -> None:
        world.zoom.will_fail(Call.REVOKE, ZoomFailure(C.ACCESS_TOKEN_REJECTED))

        assert self.revoke(world).is_done

    def test_of_one_nobody_knows_the_tokens_are_tried_and_destroyed(
        self, world: AuthorizationWorld
    ) -> None:
        world.zoom.will_fail(Call.REFRESH, ZoomFailure(C.ANSWER_LOST))
        world.refresh()

        assert self.revoke(world).is_done
        assert world.grant_of().sealed == ""

    def test_tokens_of_a_consent_that_came_meanwhile_are_left_alone(
        self, world: AuthorizationWorld
    ) -> None:
        def consent() -> None:
            world.ask_again()
            world.authorize()

        world.zoom.meanwhile(after=Call.REVOKE, happens=consent)

        revoked = self.revoke(world)

        assert (revoked.is_done, revoked.problem) == (False, "overtaken")
        assert world.grant_of().status is GrantStatus.LIVE
        assert world.zoom.is_live(world.pair_of())

    def test_while_somebody_refreshes_it_it_has_to_wait(self, world: AuthorizationWorld) -> None:
        world.later(hours=2)
        lease = Lease("somebody", world.clock.now() + timedelta(minutes=1))
        world.grants.save(replace(world.grant_of(), lease=lease))

        assert self.revoke(world) == Revoked(world.grant_of(), is_done=False, problem="busy")


class TestFinding:
    def test_by_its_id_or_by_an_org(self, world: AuthorizationWorld) -> None:
        grant = world.grant_of()
        stores = {"grants": world.grants, "orgs": world.orgs}

        assert find_grant(grant.grant_id, **stores) == grant  # type: ignore[arg-type]
        assert find_grant(org_id_of(1), **stores) == grant  # type: ignore[arg-type]
        assert find_grant(org_id_of(1)[:15], **stores) == grant  # type: ignore[arg-type]

    def test_neither_is_known(self, world: AuthorizationWorld) -> None:
        world.register(2)
        for text in ("0" * 32, org_id_of(2)):
            with pytest.raises(GrantNotFound):
                find_grant(text, grants=world.grants, orgs=world.orgs)

    def test_all_of_them(self, world: AuthorizationWorld) -> None:
        world.asked(2, zoom_admin_email="b@acme.example")
        world.authorize(a_person("b@acme.example", user_id="second-user-0000000001"), 2)

        emails = {grant.email for grant in list_grants(grants=world.grants)}

        assert emails == {"zoom.admin@acme.example", "b@acme.example"}
        assert world.grant_of().consented_at == NOW
