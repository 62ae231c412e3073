from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.authorizations import AuthorizationWorld, some_authorization_settings
from tests.builders import NOW
from zoom_migrator.domain.authorization import AttemptStatus, fingerprint, pkce_challenge
from zoom_migrator.domain.authorization import pkce_verifier as verifier_of
from zoom_migrator.domain.authorization_outcome import Outcome
from zoom_migrator.domain.errors import LinkRefused, NothingToAuthorize
from zoom_migrator.domain.org import ZoomProduct
from zoom_migrator.domain.signed_link import LinkPurpose
from zoom_migrator.domain.zoom_failure import ZoomFailure, ZoomFailureCode
from zoom_migrator.domain.zoom_scopes import ScopeRules
from zoom_migrator.use_cases.authorization_link import (
    authorization_link,
    offer_behind_link,
    open_offer,
)


@pytest.fixture
def world() -> AuthorizationWorld:
    world = AuthorizationWorld()
    world.asked()
    return world


def asked_in(address: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(address).query, strict_parsing=True)


class TestTheButton:
    def test_s10_zoom_is_asked_for_exactly_what_is_needed(self, world: AuthorizationWorld) -> None:
        started = world.begin()

        asked = asked_in(started.address)
        state = asked.pop("state")[0]
        challenge = pkce_challenge(verifier_of(state, started.browser_secret))
        assert started.address.startswith("https://zoom.us/oauth/authorize?")
        assert asked == {
            "response_type": ["code"],
            "client_id": ["zoom-client-of-the-tests"],
            "redirect_uri": ["https://migrator.example/oauth/callback"],
            "code_challenge": [challenge],
            "code_challenge_method": ["S256"],
        }

    def test_scopes_are_asked_for_where_the_settings_say_so(self) -> None:
        scopes = ScopeRules(requested=("user:read:user", "user:read:settings"))
        world = AuthorizationWorld(settings=some_authorization_settings(scopes=scopes))
        world.asked()

        asked = asked_in(world.begin().address)

        assert asked["scope"] == ["user:read:user user:read:settings"]

    def test_s09_nothing_that_is_stored_is_a_secret(self, world: AuthorizationWorld) -> None:
        started = world.begin()

        state = asked_in(started.address)["state"][0]
        attempt = world.attempt_of(started)
        assert (attempt.state_hash, attempt.binding_hash) == (
            fingerprint(state),
            fingerprint(started.browser_secret),
        )
        verifier = verifier_of(state, started.browser_secret)
        stored = [getattr(attempt, name) for name in attempt.__slots__]
        assert not {state, started.browser_secret, verifier} & set(map(str, stored))

    def test_s09_only_the_state_stands_in_the_address(self, world: AuthorizationWorld) -> None:
        started = world.begin()

        state = asked_in(started.address)["state"][0]
        assert started.browser_secret not in started.address
        assert verifier_of(state, started.browser_secret) not in started.address

    def test_it_is_stored_what_was_chosen_and_for_whom(self, world: AuthorizationWorld) -> None:
        started = world.begin(products=(ZoomProduct.WEBINAR,))

        attempt = world.attempt_of(started)
        assert attempt.products == (ZoomProduct.WEBINAR,)
        assert attempt.status is AttemptStatus.ISSUED
        assert attempt.request_id == world.request_of().request_id

    def test_an_attempt_lives_ten_minutes_and_so_does_its_cookie(
        self, world: AuthorizationWorld
    ) -> None:
        started = world.begin()

        assert started.attempt.expires_at == NOW + timedelta(minutes=10)
        assert started.cookie_seconds == 600

    def test_no_setting_makes_it_live_longer(self) -> None:
        settings = some_authorization_settings(attempt_lifetime=timedelta(hours=3))
        world = AuthorizationWorld(settings=settings)
        world.asked()

        assert world.begin().cookie_seconds == 600

    def test_s07_every_click_has_a_state_and_a_secret_of_its_own(
        self, world: AuthorizationWorld
    ) -> None:
        one, two = world.begin(), world.begin()

        assert one.attempt.state_hash != two.attempt.state_hash
        assert one.browser_secret != two.browser_secret

    def test_s03_a_request_that_is_closed_begins_nothing(self, world: AuthorizationWorld) -> None:
        world.later(days=14)

        assert world.press() is Outcome.LINK_EXPIRED
        assert world.attempts.stored == []

    def test_an_org_that_is_authorized_begins_nothing(self, world: AuthorizationWorld) -> None:
        world.authorize()

        assert world.press() is Outcome.LINK_EXPIRED

    def test_an_org_in_the_hands_of_a_later_attempt_begins_nothing(
        self, world: AuthorizationWorld
    ) -> None:
        world.orgs.save(replace(world.org_of(), attempts=2, active_attempt=2))

        assert world.press() is Outcome.LINK_EXPIRED

    def test_an_app_that_is_not_set_up_begins_nothing(self, world: AuthorizationWorld) -> None:
        world.zoom.app = ZoomFailure(ZoomFailureCode.CREDENTIALS_MISSING)

        assert world.press() is Outcome.OUR_MISCONFIGURATION
        assert world.attempts.stored == []


class TestTheLink:
    def behind(self, world: AuthorizationWorld, link: str) -> object:
        return offer_behind_link(
            link, orgs=world.orgs, migrations=world.migrations, signer=world.signer
        )

    def test_s01_opening_it_changes_nothing(self, world: AuthorizationWorld) -> None:
        link = authorization_link(world.offer_of(), signer=world.signer)
        before = world.offer_of()

        offers = [self.behind(world, link) for _ in range(20)]

        assert offers == [before] * 20
        assert world.offer_of() == before
        assert world.attempts.stored == []

    def test_it_is_the_same_each_time(self, world: AuthorizationWorld) -> None:
        links = {authorization_link(world.offer_of(), signer=world.signer) for _ in range(3)}

        assert len(links) == 1

    def test_one_for_another_purpose_leads_nowhere(self, world: AuthorizationWorld) -> None:
        text, _, _ = authorization_link(world.offer_of(), signer=world.signer).rpartition(".")
        upgrade = text.replace(LinkPurpose.AUTHORIZE, LinkPurpose.UPGRADE)

        with pytest.raises(LinkRefused):
            self.behind(world, f"{upgrade}.{world.signer.sign(upgrade)}")

    def test_a_forged_one_leads_nowhere(self, world: AuthorizationWorld) -> None:
        link = authorization_link(world.offer_of(), signer=world.signer)

        with pytest.raises(LinkRefused):
            self.behind(world, link[:-1] + ("A" if link[-1] != "A" else "B"))

    def test_s03_asking_anew_makes_it_void(self, world: AuthorizationWorld) -> None:
        link = authorization_link(world.offer_of(), signer=world.signer)
        world.renew()

        with pytest.raises(LinkRefused, match="replaced"):
            self.behind(world, link)
        renewed = authorization_link(world.offer_of(), signer=world.signer)
        assert self.behind(world, renewed) == world.offer_of()

    def test_one_to_an_org_that_is_gone_leads_nowhere(self, world: AuthorizationWorld) -> None:
        link = authorization_link(world.offer_of(), signer=world.signer)
        empty = AuthorizationWorld(signer=world.signer)

        with pytest.raises(LinkRefused, match="no longer known"):
            self.behind(empty, link)

    def test_an_operator_finds_the_open_one(self, world: AuthorizationWorld) -> None:
        ports = {"orgs": world.orgs, "migrations": world.migrations, "clock": world.clock}
        org_id = world.org_of().org_id

        assert open_offer(org_id, **ports) == world.offer_of()  # type: ignore[arg-type]
        world.authorize()
        with pytest.raises(NothingToAuthorize):
            open_offer(org_id, **ports)  # type: ignore[arg-type]
