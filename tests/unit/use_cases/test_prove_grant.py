"""The proof of a grant: what Zoom says, races with others, and what neither proves nor loses it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.authorizations import a_zoom_user
from tests.cleanups import CleanupWorld
from zoom_migrator.adapters.memory.zoom import Call
from zoom_migrator.domain.grant import GrantStatus, Lease
from zoom_migrator.domain.loss import Loss, LossCause
from zoom_migrator.domain.verification import Verification
from zoom_migrator.domain.zoom_account import ZoomUser
from zoom_migrator.domain.zoom_failure import ZoomFailure, ZoomFailureCode
from zoom_migrator.use_cases.prove_grant import ANOTHER_USER, BUSY, Proof, Unproven, prove_grant
from zoom_migrator.use_cases.revoke_grant import revoke_grant

C = ZoomFailureCode


@pytest.fixture
def world() -> CleanupWorld:
    world = CleanupWorld()
    world.connected()
    return world


def prove(world: CleanupWorld) -> Proof:
    return prove_grant(
        world.org_id,
        ports=world.grant_ports,
        ids=world.ids,
        clock=world.clock,
        settings=world.grant_settings,
    )


class TestAProof:
    def test_it_names_the_grant_its_version_and_whose_it_is(self, world: CleanupWorld) -> None:
        proof = prove(world)

        assert isinstance(proof, Verification)
        assert (proof.grant_id, proof.grant_version) == (world.grant_of().grant_id, 1)
        assert proof.zoom_email == a_zoom_user().email

    def test_a_token_that_is_about_to_run_out_is_refreshed_first(self, world: CleanupWorld) -> None:
        world.later(minutes=59)

        proof = prove(world)

        assert isinstance(proof, Verification)
        assert proof.grant_version == 2
        assert world.zoom.calls == [Call.REFRESH, Call.USER]


class TestALoss:
    def test_an_org_without_a_grant_has_none(self) -> None:
        world = CleanupWorld()
        world.asked()

        assert prove(world) == Loss(LossCause.NO_GRANT)

    def test_only_what_a_refresh_says_proves_one(self, world: CleanupWorld) -> None:
        world.zoom.deauthorize(world.grant_of().subject.user_id)

        proof = prove(world)

        assert isinstance(proof, Loss)
        assert proof.cause is LossCause.REFUSED
        assert world.zoom.calls == [Call.USER, Call.REFRESH]
        assert world.grant_of().status is GrantStatus.DEAD

    def test_a_withdrawn_pre_approval_is_told_where_zoom_says_it(self, world: CleanupWorld) -> None:
        world.later(hours=2)
        said = ZoomFailure(C.GRANT_INVALID, "The token is disabled by admin")
        world.zoom.will_fail(Call.REFRESH, said)

        proof = prove(world)

        assert isinstance(proof, Loss)
        assert proof.cause is LossCause.PREAPPROVAL_WITHDRAWN

    def test_a_grant_that_an_operator_revoked_is_told_as_that(self, world: CleanupWorld) -> None:
        revoke_grant(
            world.grant_of().grant_id,
            requested_by="ada",
            orgs=world.orgs,
            ports=world.grant_ports,
            ids=world.ids,
            clock=world.clock,
            settings=world.grant_settings,
        )

        proof = prove(world)

        assert isinstance(proof, Loss)
        assert proof.cause is LossCause.REVOKED


class TestRaces:
    def test_tokens_that_others_brought_meanwhile_are_used(self, world: CleanupWorld) -> None:
        world.zoom.meanwhile(before=Call.USER, happens=lambda: world.refresh())

        proof = prove(world)

        assert isinstance(proof, Verification)
        assert proof.grant_version == 2
        assert world.zoom.calls.count(Call.REFRESH) == 1

    def test_a_refresh_that_was_overtaken_looks_again(self, world: CleanupWorld) -> None:
        world.asked(2)
        world.later(hours=2)
        world.zoom.meanwhile(before=Call.REFRESH, happens=lambda: world.authorize(number=2))

        assert isinstance(prove(world), Verification)
        assert world.grant_of().status is GrantStatus.LIVE

    def test_a_grant_that_somebody_else_refreshes_is_left_alone(self, world: CleanupWorld) -> None:
        world.later(hours=2)
        until = world.clock.now().replace(year=2027)
        world.grants.save(replace(world.grant_of(), lease=Lease("somebody", until)))

        assert prove(world) == Unproven(BUSY, is_passing=True)

    def test_one_that_never_comes_to_rest_is_given_up(self, world: CleanupWorld) -> None:
        def change_it() -> None:
            world.refresh()
            world.zoom.meanwhile(before=Call.USER, happens=change_it)

        world.zoom.meanwhile(before=Call.USER, happens=change_it)

        assert prove(world) == Unproven(BUSY, is_passing=True)


class TestNeither:
    @pytest.mark.parametrize(
        ("code", "is_passing"),
        [
            (C.RATE_LIMITED, True),
            (C.ANSWER_LOST, True),
            (C.SCOPE_MISSING, False),
            (C.REST_API_DISABLED, False),
            (C.HOST_NOT_ALLOWED, False),
        ],
    )
    def test_what_the_call_fails_by_is_named(
        self, code: ZoomFailureCode, is_passing: bool, world: CleanupWorld
    ) -> None:
        world.zoom.will_fail(Call.USER, ZoomFailure(code, "said"))

        assert prove(world) == Unproven(code, is_passing, "said")

    def test_what_the_refresh_fails_by_is_named(self, world: CleanupWorld) -> None:
        world.later(hours=2)
        world.zoom.will_fail(Call.REFRESH, ZoomFailure(C.CLIENT_REJECTED, "Invalid client_id"))

        assert prove(world) == Unproven(C.CLIENT_REJECTED, False, "Invalid client_id")

    def test_an_answer_about_somebody_else_proves_nothing(self, world: CleanupWorld) -> None:
        class AnotherZoom:
            def __getattr__(self, name: str) -> object:
                return getattr(world.zoom, name)

            def user(self, access_token: str, *, api_url: str) -> ZoomUser:
                return a_zoom_user("eve@acme.example", user_id="another-user")

        proof = prove_grant(
            world.org_id,
            ports=replace(world.grant_ports, zoom=AnotherZoom()),  # type: ignore[arg-type]
            ids=world.ids,
            clock=world.clock,
            settings=world.grant_settings,
        )

        assert proof == Unproven(ANOTHER_USER, False, "eve@acme.example")
