"""Every way in which an authorization can come out; ids as in the list of hostile inputs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from tests.authorizations import (
    ACCOUNT_ID,
    EVERYTHING,
    USER_ID,
    ZOOM_ADMIN,
    AuthorizationWorld,
    a_person,
    browser_of,
)
from tests.builders import org_id_of
from zoom_migrator.adapters.memory.zoom import Call
from zoom_migrator.domain.authorization import AttemptStatus
from zoom_migrator.domain.authorization_outcome import Outcome
from zoom_migrator.domain.authorization_request import AuthorizationStatus
from zoom_migrator.domain.callback import read_callback
from zoom_migrator.domain.errors import StoreUnavailable
from zoom_migrator.domain.grant import GrantStatus
from zoom_migrator.domain.migration import MigrationStep
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.org import ZoomProduct
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.domain.zoom_account import Possession, ZoomProducts
from zoom_migrator.domain.zoom_failure import ZoomFailure, ZoomFailureCode
from zoom_migrator.use_cases.complete_authorization import complete_authorization
from zoom_migrator.use_cases.start_authorization import StartedAuthorization

C = ZoomFailureCode
PHONE = (ZoomProduct.MEETINGS, ZoomProduct.PHONE)


@pytest.fixture
def world() -> AuthorizationWorld:
    world = AuthorizationWorld()
    world.asked()
    return world


@pytest.fixture
def started(world: AuthorizationWorld) -> StartedAuthorization:
    return world.begin()


class TestTheRightPersonConsents:
    def test_the_org_is_authorized_and_the_state_machine_goes_on(self) -> None:
        world = AuthorizationWorld()
        token = world.asked()

        completion = world.authorize()

        assert completion.outcome is Outcome.CONNECTED
        assert world.org_of().status is OrgStatus.AUTHORIZED
        assert world.migration_of().step is MigrationStep.AUTHORIZED
        assert world.callback.completed == [token]

    def test_the_grant_is_stored_encrypted_and_works(self, world: AuthorizationWorld) -> None:
        world.authorize()

        grant = world.grant_of()
        assert grant.status is GrantStatus.LIVE
        assert grant.email == ZOOM_ADMIN
        assert grant.orgs == (org_id_of(1),)
        assert "canary" not in grant.sealed
        assert world.zoom.is_live(world.pair_of())

    def test_who_authorized_is_on_record(self, world: AuthorizationWorld) -> None:
        world.authorize()

        authorized = world.request_of().authorized
        assert authorized is not None
        assert (authorized.zoom_email, authorized.zoom_account_id) == (ZOOM_ADMIN, ACCOUNT_ID)
        assert authorized.products == EVERYTHING
        assert any(line.startswith(f"authorized: as {ZOOM_ADMIN}") for line in world.history())
        assert world.told() == [NoticeKind.AUTHORIZATION_NEEDED, NoticeKind.CONNECTED]

    def test_the_code_is_sent_once(self, world: AuthorizationWorld) -> None:
        world.authorize()

        assert world.zoom.calls == [Call.EXCHANGE, Call.USER, Call.PRODUCTS]

    def test_capitals_in_the_address_do_not_matter(self, world: AuthorizationWorld) -> None:
        assert world.authorize(a_person("Zoom.Admin@ACME.example")).outcome is Outcome.CONNECTED

    def test_the_result_page_says_so_as_often_as_it_is_asked(
        self, world: AuthorizationWorld, started: StartedAuthorization
    ) -> None:
        world.back(world.zoom.consent(started.address, a_person()), browser_of(started))

        assert [world.result(started).outcome for _ in range(2)] == [Outcome.CONNECTED] * 2

    def test_a_product_of_which_nothing_is_known_is_named_and_no_obstacle(
        self, world: AuthorizationWorld
    ) -> None:
        person = a_person(products=ZoomProducts(Possession.YES))

        completion = world.authorize(person, products=PHONE)

        assert completion.outcome is Outcome.CONNECTED
        assert completion.attempt is not None
        assert completion.attempt.result is not None
        assert completion.attempt.result.unproven == ("phone",)

    def test_products_that_cannot_be_asked_for_are_unknown(self, world: AuthorizationWorld) -> None:
        world.zoom.will_fail(Call.PRODUCTS, *[ZoomFailure(C.SERVER_ERROR)] * 2)

        assert world.authorize(products=PHONE).outcome is Outcome.CONNECTED
        assert world.grant_of().products == ZoomProducts()

    def test_a_person_is_asked_for_once_more_where_zoom_stumbles(
        self, world: AuthorizationWorld
    ) -> None:
        world.zoom.will_fail(Call.USER, ZoomFailure(C.SERVICE_UNAVAILABLE))

        assert world.authorize().outcome is Outcome.CONNECTED

    def test_a_machine_that_cannot_be_woken_does_not_matter(self) -> None:
        world = AuthorizationWorld()
        world.callback.time_out(world.asked())

        assert world.authorize().outcome is Outcome.CONNECTED
        assert world.org_of().status is OrgStatus.AUTHORIZED


class TestTheConsentDoesNotCount:
    def assert_nothing_came_of_it(self, world: AuthorizationWorld) -> None:
        """The org waits on, the link works, the tokens are dead, and the machine was not woken."""
        assert world.org_of().status is OrgStatus.AUTHORIZATION_PENDING
        assert world.request_of().status is AuthorizationStatus.PENDING
        assert world.offer_of().is_open(world.clock.now())
        assert not world.has_grant()
        assert world.zoom.live_users() == set()
        assert world.callback.completed == []
        assert world.told() == [NoticeKind.AUTHORIZATION_NEEDED]

    def test_wrong_email(self, world: AuthorizationWorld) -> None:
        completion = world.authorize(a_person("somebody@else.example"))

        assert completion.outcome is Outcome.WRONG_EMAIL
        assert completion.attempt is not None
        assert completion.attempt.result is not None
        assert completion.attempt.result.zoom_email == "somebody@else.example"
        self.assert_nothing_came_of_it(world)
        assert "authorization_failed: wrong_email" in world.history()

    def test_c35_wrong_account(self) -> None:
        world = AuthorizationWorld()
        world.asked(zoom_account_id="another-account-000001")

        assert world.authorize().outcome is Outcome.WRONG_ACCOUNT
        self.assert_nothing_came_of_it(world)

    def test_a_chosen_product_that_is_not_there(self, world: AuthorizationWorld) -> None:
        person = a_person(products=ZoomProducts(Possession.YES, phone=Possession.NO))

        completion = world.authorize(person, products=PHONE)

        assert completion.outcome is Outcome.PRODUCT_MISSING
        assert completion.attempt is not None
        assert completion.attempt.result is not None
        assert completion.attempt.result.names == ("phone",)
        self.assert_nothing_came_of_it(world)

    def test_a_product_that_was_not_chosen_may_be_missing(self, world: AuthorizationWorld) -> None:
        person = a_person(products=ZoomProducts(Possession.YES, phone=Possession.NO))

        assert world.authorize(person).outcome is Outcome.CONNECTED

    def test_c34_fewer_scopes_than_needed(self, world: AuthorizationWorld) -> None:
        completion = world.authorize(a_person(scopes=("user:read:user",)))

        assert completion.outcome is Outcome.SCOPES_MISSING
        assert completion.attempt is not None
        assert completion.attempt.result is not None
        assert "user:read:settings" in completion.attempt.result.names[0]
        self.assert_nothing_came_of_it(world)

    def test_c34_no_scopes_at_all(self, world: AuthorizationWorld) -> None:
        assert world.authorize(a_person(scopes=())).outcome is Outcome.SCOPES_MISSING
        self.assert_nothing_came_of_it(world)
        assert Call.USER not in world.zoom.calls

    def test_c34_more_scopes_than_asked(self, world: AuthorizationWorld) -> None:
        scopes = ("user:read:user", "user:read:settings", "account:write:everything")

        completion = world.authorize(a_person(scopes=scopes))

        assert completion.outcome is Outcome.SCOPES_UNEXPECTED
        assert completion.attempt is not None
        assert completion.attempt.result is not None
        assert completion.attempt.result.names == ("account:write:everything",)
        self.assert_nothing_came_of_it(world)

    def test_zoom_names_a_scope_that_the_lists_do_not_know(self, world: AuthorizationWorld) -> None:
        failure = ZoomFailure(C.SCOPE_MISSING, missing_scopes=("user:read:new:admin",))
        world.zoom.will_fail(Call.USER, failure)

        completion = world.authorize()

        assert completion.outcome is Outcome.SCOPES_MISSING
        assert completion.attempt is not None
        assert completion.attempt.result is not None
        assert completion.attempt.result.names == ("user:read:new:admin",)
        self.assert_nothing_came_of_it(world)

    def test_who_it_was_cannot_be_found_out(self, world: AuthorizationWorld) -> None:
        world.zoom.will_fail(Call.USER, *[ZoomFailure(C.ANSWER_LOST)] * 2)

        assert world.authorize().outcome is Outcome.OUTCOME_UNKNOWN
        self.assert_nothing_came_of_it(world)

    def test_tokens_that_cannot_be_revoked_are_not_kept_either(
        self, world: AuthorizationWorld
    ) -> None:
        world.zoom.will_fail(Call.REVOKE, ZoomFailure(C.SERVER_ERROR))

        assert world.authorize(a_person("other@else.example")).outcome is Outcome.WRONG_EMAIL
        assert not world.has_grant()

    def test_the_next_attempt_with_the_same_link_may_succeed(
        self, world: AuthorizationWorld
    ) -> None:
        world.authorize(a_person("other@else.example", user_id="other-user-00000000001"))

        assert world.authorize().outcome is Outcome.CONNECTED
        assert world.request_of().setback is None


class TestTheExchangeFails:
    @pytest.mark.parametrize(
        ("code", "outcome"),
        [
            (C.CODE_INVALID, Outcome.CODE_TOO_OLD),
            (C.GRANT_INVALID, Outcome.CODE_TOO_OLD),
            (C.CLIENT_REJECTED, Outcome.OUR_MISCONFIGURATION),
            (C.REDIRECT_REJECTED, Outcome.OUR_MISCONFIGURATION),
            (C.APP_DISABLED, Outcome.OUR_MISCONFIGURATION),
            (C.CREDENTIALS_MISSING, Outcome.OUR_MISCONFIGURATION),
            (C.RATE_LIMITED, Outcome.ZOOM_UNAVAILABLE),
            (C.NOT_CONNECTED, Outcome.ZOOM_UNAVAILABLE),
            (C.SERVER_ERROR, Outcome.OUTCOME_UNKNOWN),
            (C.ANSWER_LOST, Outcome.OUTCOME_UNKNOWN),
            (C.MALFORMED_ANSWER, Outcome.OUTCOME_UNKNOWN),
            (C.REQUEST_REJECTED, Outcome.OUTCOME_UNKNOWN),
        ],
    )
    def test_c31_c32_c33_the_code_is_never_sent_again(
        self, world: AuthorizationWorld, code: ZoomFailureCode, outcome: Outcome
    ) -> None:
        world.zoom.will_fail(Call.EXCHANGE, ZoomFailure(code))

        assert world.authorize().outcome is outcome
        assert world.zoom.calls == [Call.EXCHANGE]
        assert world.org_of().status is OrgStatus.AUTHORIZATION_PENDING
        assert world.offer_of().is_open(world.clock.now())
        setback = world.request_of().setback
        assert setback is not None
        assert setback.outcome is outcome

    def test_c32_an_answer_lost_after_zoom_took_the_code(self, world: AuthorizationWorld) -> None:
        world.zoom.will_fail(Call.EXCHANGE, ZoomFailure(C.ANSWER_LOST), takes_effect=True)

        assert world.authorize().outcome is Outcome.OUTCOME_UNKNOWN
        assert not world.has_grant()
        assert world.authorize().outcome is Outcome.CONNECTED

    def test_an_old_code_is_too_old(
        self, world: AuthorizationWorld, started: StartedAuthorization
    ) -> None:
        query = world.zoom.consent(started.address, a_person())
        world.later(minutes=6)

        assert world.back(query, browser_of(started)).outcome is Outcome.CODE_TOO_OLD

    def test_an_app_that_is_not_set_up_uses_nothing_up(
        self, world: AuthorizationWorld, started: StartedAuthorization
    ) -> None:
        query = world.zoom.consent(started.address, a_person())
        world.zoom.app = ZoomFailure(C.CREDENTIALS_MISSING)

        assert world.back(query, browser_of(started)).outcome is Outcome.OUR_MISCONFIGURATION
        assert world.attempt_of(started).status is AttemptStatus.ISSUED
        assert world.zoom.calls == []


class TestSomethingElseComesBack:
    def assert_untouched(self, world: AuthorizationWorld, started: StartedAuthorization) -> None:
        assert world.attempt_of(started).status is AttemptStatus.ISSUED
        assert world.zoom.calls == []
        assert world.request_of().setback is None

    def test_c02_a_code_without_a_state_was_begun_in_the_marketplace(
        self, world: AuthorizationWorld, started: StartedAuthorization
    ) -> None:
        query = {"code": ["abc"]}

        assert world.back(query, browser_of(started)).outcome is Outcome.MARKETPLACE_INITIATED
        self.assert_untouched(world, started)

    def test_c04_a_state_that_nobody_made(
        self, world: AuthorizationWorld, started: StartedAuthorization
    ) -> None:
        query = {"code": ["abc"], "state": ["A" * 43]}

        assert world.back(query, browser_of(started)).outcome is Outcome.UNKNOWN_STATE
        self.assert_untouched(world, started)

    @pytest.mark.parametrize("spoil", [lambda s: s[:-1], lambda s: s + "=", lambda s: s.upper()])
    def test_c14_a_state_that_was_changed(
        self, world: AuthorizationWorld, started: StartedAuthorization, spoil: object
    ) -> None:
        assert callable(spoil)
        query = world.zoom.consent(started.address, a_person())
        query["state"] = [spoil(query["state"][0])]

        assert world.back(query, browser_of(started)).outcome is Outcome.UNKNOWN_STATE
        self.assert_untouched(world, started)

    def test_c06_a_browser_without_the_cookie(
        self, world: AuthorizationWorld, started: StartedAuthorization
    ) -> None:
        query = world.zoom.consent(started.address, a_person())

        assert world.back(query, {}).outcome is Outcome.WRONG_BROWSER
        self.assert_untouched(world, started)

    def test_c07_a_browser_with_the_cookie_of_another_attempt(
        self, world: AuthorizationWorld, started: StartedAuthorization
    ) -> None:
        query = world.zoom.consent(started.address, a_person())
        other = world.begin()

        assert world.back(query, browser_of(other)).outcome is Outcome.WRONG_BROWSER
        named = {started.attempt.state_hash: other.browser_secret}
        assert world.back(query, named).outcome is Outcome.WRONG_BROWSER
        self.assert_untouched(world, started)

    def test_c12_a_state_out_of_date_that_is_still_stored(
        self, world: AuthorizationWorld, started: StartedAuthorization
    ) -> None:
        world.later(minutes=10)
        query = world.zoom.consent(started.address, a_person())

        assert world.back(query, browser_of(started)).outcome is Outcome.STATE_EXPIRED
        self.assert_untouched(world, started)

    def test_a_request_that_was_replaced_meanwhile(
        self, world: AuthorizationWorld, started: StartedAuthorization
    ) -> None:
        query = world.zoom.consent(started.address, a_person())
        world.renew()

        assert world.back(query, browser_of(started)).outcome is Outcome.LINK_EXPIRED
        self.assert_untouched(world, started)

    def test_a_request_that_ran_out_meanwhile(self, world: AuthorizationWorld) -> None:
        world.later(days=13, hours=23, minutes=55)
        started = world.begin()
        query = world.zoom.consent(started.address, a_person())
        world.later(minutes=5)

        assert world.back(query, browser_of(started)).outcome is Outcome.LINK_EXPIRED
        self.assert_untouched(world, started)

    def test_a_migration_that_was_stopped_meanwhile(
        self, world: AuthorizationWorld, started: StartedAuthorization
    ) -> None:
        query = world.zoom.consent(started.address, a_person())
        world.stop()

        assert world.back(query, browser_of(started)).outcome is Outcome.LINK_EXPIRED
        self.assert_untouched(world, started)


class TestTheSameAnswerTwice:
    def test_c08_one_after_the_other(
        self, world: AuthorizationWorld, started: StartedAuthorization
    ) -> None:
        query = world.zoom.consent(started.address, a_person())
        world.back(query, browser_of(started))
        calls = world.zoom.calls

        assert world.back(query, browser_of(started)).outcome is Outcome.ALREADY_DONE
        assert world.zoom.calls == calls
        assert world.told().count(NoticeKind.CONNECTED) == 1

    def test_a_refused_one_is_refused_again_in_the_same_words(
        self, world: AuthorizationWorld, started: StartedAuthorization
    ) -> None:
        query = world.zoom.consent(started.address, a_person("other@else.example"))
        world.back(query, browser_of(started))

        assert world.back(query, browser_of(started)).outcome is Outcome.WRONG_EMAIL
        assert world.zoom.calls.count(Call.EXCHANGE) == 1
        assert world.history().count("authorization_failed: wrong_email") == 1

    def test_c09_at_the_same_time(
        self, world: AuthorizationWorld, started: StartedAuthorization
    ) -> None:
        query = world.zoom.consent(started.address, a_person())

        with ThreadPoolExecutor(8) as pool:
            answers = list(
                pool.map(lambda _: world.back(query, browser_of(started)).outcome, range(8))
            )

        assert world.zoom.calls.count(Call.EXCHANGE) == 1
        assert answers.count(Outcome.CONNECTED) == 1
        assert set(answers) <= {Outcome.CONNECTED, Outcome.IN_PROGRESS, Outcome.ALREADY_DONE}

    def test_c10_the_state_with_another_code(
        self, world: AuthorizationWorld, started: StartedAuthorization
    ) -> None:
        query = world.zoom.consent(started.address, a_person())
        world.back(query, browser_of(started))
        injected = {**query, "code": ["code-of-somebody-else"]}

        completion = world.back(injected, browser_of(started))

        assert completion.outcome is Outcome.UNKNOWN_STATE
        assert completion.attempt is None
        assert world.zoom.calls.count(Call.EXCHANGE) == 1

    def test_s07_two_tabs_have_a_state_each_and_the_first_to_finish_counts(
        self, world: AuthorizationWorld
    ) -> None:
        one, two = world.begin(), world.begin()
        browser = browser_of(one, two)
        first = world.zoom.consent(one.address, a_person())
        second = world.zoom.consent(two.address, a_person())

        assert world.back(second, browser).outcome is Outcome.CONNECTED
        assert world.back(first, browser).outcome is Outcome.ALREADY_DONE
        assert world.zoom.calls.count(Call.EXCHANGE) == 1


class TestSomebodyDeclines:
    def test_c15_the_org_waits_on_and_nothing_is_exchanged(
        self, world: AuthorizationWorld, started: StartedAuthorization
    ) -> None:
        state = world.zoom.consent(started.address, a_person())["state"]

        completion = world.back({"error": ["access_denied"], "state": state}, browser_of(started))

        assert completion.outcome is Outcome.DECLINED
        assert world.org_of().status is OrgStatus.AUTHORIZATION_PENDING
        assert world.offer_of().is_open(world.clock.now())
        assert world.zoom.calls == []
        assert world.callback.completed == []
        assert "authorization_failed: declined" in world.history()

    def test_c15_the_state_is_used_up(
        self, world: AuthorizationWorld, started: StartedAuthorization
    ) -> None:
        query = world.zoom.consent(started.address, a_person())
        denial = {"error": ["access_denied"], "state": query["state"]}
        world.back(denial, browser_of(started))

        assert world.back(query, browser_of(started)).outcome is Outcome.UNKNOWN_STATE
        assert world.back(denial, browser_of(started)).outcome is Outcome.DECLINED
        assert world.zoom.calls == []

    def test_c15b_without_a_state_the_cookie_tells_which_attempt_it_was(
        self, world: AuthorizationWorld, started: StartedAuthorization
    ) -> None:
        completion = world.back({"error": ["access_denied"]}, browser_of(started))

        assert completion.outcome is Outcome.DECLINED
        assert world.attempt_of(started).status is AttemptStatus.ENDED

    def test_c15b_of_several_attempts_the_newest_open_one_is_meant(
        self, world: AuthorizationWorld, started: StartedAuthorization
    ) -> None:
        world.later(minutes=1)
        newer = world.begin()

        world.back({"error": ["access_denied"]}, browser_of(newer, started))

        assert world.attempt_of(newer).status is AttemptStatus.ENDED
        assert world.attempt_of(started).status is AttemptStatus.ISSUED

    def test_c16_an_unknown_state_changes_nothing(
        self, world: AuthorizationWorld, started: StartedAuthorization
    ) -> None:
        query = {"error": ["access_denied"], "state": ["A" * 43]}

        assert world.back(query, browser_of(started)).outcome is Outcome.UNKNOWN_STATE
        assert world.attempt_of(started).status is AttemptStatus.ISSUED
        assert world.request_of().setback is None

    def test_c16_neither_state_nor_cookie_changes_anything(
        self, world: AuthorizationWorld, started: StartedAuthorization
    ) -> None:
        assert world.back({"error": ["access_denied"]}, {}).outcome is Outcome.UNKNOWN_STATE
        assert world.attempt_of(started).status is AttemptStatus.ISSUED

    def test_a_stranger_who_knows_the_state_cannot_decline(
        self, world: AuthorizationWorld, started: StartedAuthorization
    ) -> None:
        state = world.zoom.consent(started.address, a_person())["state"]

        completion = world.back({"error": ["access_denied"], "state": state}, {})

        assert completion.outcome is Outcome.WRONG_BROWSER
        assert world.attempt_of(started).status is AttemptStatus.ISSUED

    def test_an_error_that_can_only_be_about_the_app_is_ours(
        self, world: AuthorizationWorld, started: StartedAuthorization
    ) -> None:
        state = world.zoom.consent(started.address, a_person())["state"]
        query = {"error": ["invalid_scope"], "state": state}

        assert world.back(query, browser_of(started)).outcome is Outcome.OUR_MISCONFIGURATION

    def test_a_denial_that_comes_too_late_changes_nothing(
        self, world: AuthorizationWorld, started: StartedAuthorization
    ) -> None:
        world.later(minutes=10)
        state = world.zoom.consent(started.address, a_person())["state"]
        query = {"error": ["access_denied"], "state": state}

        assert world.back(query, browser_of(started)).outcome is Outcome.STATE_EXPIRED
        assert world.attempt_of(started).status is AttemptStatus.ISSUED


class TestTwoOrgsOfOneZoomUser:
    @pytest.fixture
    def world(self) -> AuthorizationWorld:
        world = AuthorizationWorld()
        world.asked(1)
        world.asked(2)
        world.authorize(number=1)
        world.later(minutes=1)
        return world

    def test_they_share_one_grant_whose_tokens_the_second_consent_replaces(
        self, world: AuthorizationWorld
    ) -> None:
        assert world.authorize(number=2).outcome is Outcome.CONNECTED

        assert world.grant_of(1) == world.grant_of(2)
        assert world.grant_of().orgs == (org_id_of(1), org_id_of(2))
        assert world.grant_of().version == 2
        assert world.zoom.is_live(world.pair_of(1))

    def test_a_refused_consent_for_the_second_does_not_cut_off_the_first(self) -> None:
        world = AuthorizationWorld()
        world.asked(1)
        world.asked(2, zoom_admin_email="another.admin@acme.example")
        world.authorize(number=1)
        world.later(minutes=1)

        assert world.authorize(number=2).outcome is Outcome.WRONG_EMAIL

        assert world.zoom.is_live(world.pair_of(1))
        assert world.grant_of(1).orgs == (org_id_of(1),)
        assert not world.has_grant(2)
        assert world.org_of(2).status is OrgStatus.AUTHORIZATION_PENDING

    def test_an_org_that_moves_to_another_user_leaves_the_former_grant(
        self, world: AuthorizationWorld
    ) -> None:
        former = world.grant_of(1)
        world.ask_again(1)

        world.authorize(a_person(user_id="another-user-000000001"), number=1)

        assert world.grant_of(1).grant_id != former.grant_id
        left = world.grants.get(former.grant_id)
        assert left is not None
        assert left.orgs == ()


class TestRaces:
    @pytest.fixture
    def world(self) -> AuthorizationWorld:
        world = AuthorizationWorld()
        world.asked(1)
        world.asked(2)
        return world

    def test_a_later_consent_of_the_same_user_that_is_stored_first_is_kept(
        self, world: AuthorizationWorld
    ) -> None:
        """The first consent's tokens are dead by the time they could be stored."""

        def authorize_another_org() -> None:
            assert world.authorize(number=2).outcome is Outcome.CONNECTED

        world.zoom.meanwhile(after=Call.PRODUCTS, happens=authorize_another_org)

        assert world.authorize(number=1).outcome is Outcome.CONNECTED
        assert world.grant_of(1) == world.grant_of(2)
        assert world.zoom.is_live(world.pair_of(1))

    def test_an_earlier_consent_that_is_stored_first_is_replaced(
        self, world: AuthorizationWorld
    ) -> None:
        def authorize_another_org() -> None:
            assert world.authorize(number=2).outcome is Outcome.CONNECTED

        world.zoom.meanwhile(before=Call.EXCHANGE, happens=authorize_another_org)

        assert world.authorize(number=1).outcome is Outcome.CONNECTED
        assert world.grant_of(1) == world.grant_of(2)
        assert world.zoom.is_live(world.pair_of(2))

    def test_a_consent_that_was_ended_by_a_later_one_before_it_could_be_examined(
        self, world: AuthorizationWorld
    ) -> None:
        def authorize_another_org() -> None:
            assert world.authorize(number=2).outcome is Outcome.CONNECTED

        world.zoom.meanwhile(after=Call.EXCHANGE, happens=authorize_another_org)

        assert world.authorize(number=1).outcome is Outcome.OUTCOME_UNKNOWN
        assert world.zoom.is_live(world.pair_of(2))
        assert world.authorize(number=1).outcome is Outcome.CONNECTED

    @pytest.mark.parametrize("call", [Call.EXCHANGE, Call.USER, Call.PRODUCTS])
    def test_a_migration_that_is_stopped_while_zoom_answers_gets_no_grant(
        self, world: AuthorizationWorld, call: Call
    ) -> None:
        world.zoom.meanwhile(after=call, happens=lambda: world.stop(1))

        assert world.authorize(number=1).outcome is Outcome.LINK_EXPIRED
        assert not world.has_grant(1)
        assert world.zoom.live_users() == set()
        assert world.org_of(1).status is OrgStatus.AUTHORIZATION_PENDING

    def test_a_shared_grant_outlives_an_org_that_was_stopped(
        self, world: AuthorizationWorld
    ) -> None:
        world.authorize(number=2)
        world.later(minutes=1)
        world.zoom.meanwhile(after=Call.PRODUCTS, happens=lambda: world.stop(1))

        assert world.authorize(number=1).outcome is Outcome.LINK_EXPIRED
        assert world.grant_of(2).orgs == (org_id_of(2),)
        assert world.zoom.is_live(world.pair_of(2))

    def test_a_migration_that_is_changed_by_others_meanwhile_is_authorized_all_the_same(
        self, world: AuthorizationWorld
    ) -> None:
        tokens: list[str] = []
        world.zoom.meanwhile(after=Call.USER, happens=lambda: tokens.append(world.ask(1)))

        assert world.authorize(number=1).outcome is Outcome.CONNECTED
        assert world.callback.completed == tokens

    def test_a_request_that_is_asked_anew_while_zoom_answers_gets_no_grant(
        self, world: AuthorizationWorld
    ) -> None:
        world.zoom.meanwhile(after=Call.EXCHANGE, happens=lambda: world.renew(1))

        assert world.authorize(number=1).outcome is Outcome.LINK_EXPIRED
        assert not world.has_grant(1)
        assert world.zoom.live_users() == set()
        assert world.authorize(number=1).outcome is Outcome.CONNECTED

    def test_a_later_consent_that_is_dead_itself_is_not_taken_for_this_one(
        self, world: AuthorizationWorld
    ) -> None:
        def authorize_another_org_and_lose_it() -> None:
            world.authorize(number=2)
            world.zoom.deauthorize(USER_ID)
            world.refresh(number=2)

        world.zoom.meanwhile(after=Call.PRODUCTS, happens=authorize_another_org_and_lose_it)

        assert world.authorize(number=1).outcome is Outcome.OUTCOME_UNKNOWN
        assert not world.has_grant(1)

    def test_a_grant_that_changes_just_before_it_is_stored_is_read_again(
        self, world: AuthorizationWorld
    ) -> None:
        grants = Interrupted(world.grants, lambda: world.authorize(number=2))
        world.grants = grants  # type: ignore[assignment]

        assert world.authorize(number=1).outcome is Outcome.CONNECTED
        assert world.grant_of(1).orgs == (org_id_of(1), org_id_of(2))
        assert world.zoom.is_live(world.pair_of(1))

    def test_an_org_that_was_stopped_leaves_a_grant_that_another_one_renewed_meanwhile(
        self, world: AuthorizationWorld
    ) -> None:
        def stop_and_authorize_another_org() -> None:
            world.stop(1)
            world.authorize(number=2)

        migrations = Interrupted(world.migrations, stop_and_authorize_another_org)
        world.migrations = migrations  # type: ignore[assignment]

        assert world.authorize(number=1).outcome is Outcome.LINK_EXPIRED
        assert world.grant_of(2).orgs == (org_id_of(2),)
        assert world.zoom.is_live(world.pair_of(2))

    def test_two_tabs_that_both_reach_zoom_end_with_one_authorization(
        self, world: AuthorizationWorld
    ) -> None:
        def finish_another_tab() -> None:
            assert world.authorize(number=1).outcome is Outcome.CONNECTED

        world.zoom.meanwhile(before=Call.EXCHANGE, happens=finish_another_tab)

        assert world.authorize(number=1).outcome is Outcome.CONNECTED
        assert world.told(1).count(NoticeKind.CONNECTED) == 1
        assert world.zoom.is_live(world.pair_of(1))


class TestTheStoreFails:
    """Reads and writes that fail after the code was used up."""

    @pytest.mark.parametrize("port", ["grant_vault", "grants", "migrations"])
    def test_the_outcome_is_unknown_and_the_link_still_works(
        self, world: AuthorizationWorld, port: str
    ) -> None:
        broken = replace(world.ports, **{port: Broken(getattr(world.ports, port))})
        started = world.begin()
        query = read_callback(
            world.zoom.consent(started.address, a_person()), issuer="https://zoom.us"
        )

        completion = complete_authorization(
            query, browser_of(started), ports=broken, settings=world.settings
        )

        assert completion.outcome is Outcome.OUTCOME_UNKNOWN
        assert world.zoom.calls.count(Call.EXCHANGE) == 1
        assert world.offer_of().is_open(world.clock.now())
        assert world.authorize().outcome is Outcome.CONNECTED

    def test_a_key_that_cannot_open_the_machines_token_does_not_matter(
        self, world: AuthorizationWorld
    ) -> None:
        broken = replace(world.ports, task_vault=Broken(world.task_vault))
        started = world.begin()
        query = read_callback(
            world.zoom.consent(started.address, a_person()), issuer="https://zoom.us"
        )

        completion = complete_authorization(
            query, browser_of(started), ports=broken, settings=world.settings
        )

        assert completion.outcome is Outcome.CONNECTED
        assert world.org_of().status is OrgStatus.AUTHORIZED

    def test_an_outcome_that_cannot_be_recorded_is_told_all_the_same(
        self, world: AuthorizationWorld
    ) -> None:
        started = world.begin()
        query = read_callback(
            world.zoom.consent(started.address, a_person()), issuer="https://zoom.us"
        )
        broken = replace(world.ports, attempts=Broken(world.attempts, {"end"}))

        completion = complete_authorization(
            query, browser_of(started), ports=broken, settings=world.settings
        )

        assert completion.outcome is Outcome.CONNECTED
        assert world.result(started).outcome is Outcome.CONNECTED


class Broken:
    """A port whose writes, and what opens or seals, are out of reach."""

    def __init__(
        self, port: object, broken: Set[str] = frozenset({"save", "seal", "open"})
    ) -> None:
        self._port = port
        self._broken = broken

    def __getattr__(self, name: str) -> Any:
        if name in self._broken:
            return self._fail
        return getattr(self._port, name)

    def _fail(self, *_: object, **__: object) -> None:
        raise StoreUnavailable("The table keeps throttling.")


class Interrupted:
    """A store before whose first change something else happens."""

    def __init__(self, store: object, happens: Callable[[], object]) -> None:
        self._store = store
        self._happens: Callable[[], object] | None = happens

    def __getattr__(self, name: str) -> Any:
        happens = self._happens
        if name == "save" and happens is not None:
            self._happens = None
            happens()
        return getattr(self._store, name)


class TestSecrecy:
    @pytest.fixture(autouse=True)
    def _everything_logged(self, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
        with caplog.at_level(logging.DEBUG):
            yield

    def test_c40_neither_logs_nor_records_hold_a_secret(
        self,
        world: AuthorizationWorld,
        started: StartedAuthorization,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        query = world.zoom.consent(started.address, a_person())
        world.zoom.will_fail(Call.PRODUCTS, ZoomFailure(C.SCOPE_MISSING))
        world.back(query, browser_of(started))
        world.authorize()

        seen = " ".join(
            [
                *(repr(vars(record)) for record in caplog.records),
                repr(world.attempts.stored),
                repr(world.migration_of()),
                repr(world.grant_of()),
                repr(world.migrations.notices(org_id_of(1), limit=50)),
                repr(world.history()),
                repr(started),
            ]
        )

        secrets = (query["code"][0], query["state"][0], started.browser_secret, "canary")
        assert [secret for secret in secrets if secret in seen] == []
