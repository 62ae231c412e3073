"""Authorizations on the command line, with the real steps between the commands."""

from __future__ import annotations

import pytest

from tests.authorizations import AuthorizationWorld, a_person
from tests.builders import NOW, after
from tests.cli.operator import ORG, Operator
from zoom_migrator.domain.authorization_outcome import Outcome
from zoom_migrator.domain.org import ZoomProduct
from zoom_migrator.domain.zoom_account import Possession, ZoomProducts
from zoom_migrator.use_cases.authorization_link import offer_behind_link


@pytest.fixture
def world() -> AuthorizationWorld:
    return AuthorizationWorld()


@pytest.fixture
def operator(world: AuthorizationWorld) -> Operator:
    world.asked(products=(ZoomProduct.MEETINGS, ZoomProduct.PHONE))
    operator = Operator(world)
    operator.workflow.start(world.migration_of())
    return operator


class TestWhileItIsAwaited:
    def test_the_list_says_who_is_waited_for_and_until_when(self, operator: Operator) -> None:
        text = operator.types("migrate", "list").stdout

        for part in (
            "awaiting authorization",
            "Waits for zoom.admin@acme.example to authorize at Zoom, until 2026-07-15 02:00 UTC.",
            "2026-07-01 02:00 UTC",
        ):
            assert part in text

    def test_what_was_asked_is_shown(self, operator: Operator) -> None:
        shown = operator.reads_json("migrate", "show", ORG)

        assert shown["authorization"] == {
            "status": "pending",
            "requested_at": NOW.isoformat(),
            "expires_at": after(days=14).isoformat(),
            "expected_email": "zoom.admin@acme.example",
            "expected_account_id": None,
            "products": ["meetings", "phone"],
            "reminders": 0,
            "renewals": 0,
            "setback": None,
            "authorized": None,
        }
        assert shown["since"] == NOW.isoformat()

    def test_watching_ends_where_somebody_is_waited_for(self, operator: Operator) -> None:
        result = operator.types("migrate", "watch", ORG)

        assert result.exit_code == 0
        assert "zoom.admin@acme.example to authorize at Zoom" in result.stdout

    def test_reminders_are_counted(self, world: AuthorizationWorld, operator: Operator) -> None:
        world.later(days=3)
        world.follow_up()

        assert operator.reads_json("migrate", "show", ORG)["authorization"]["reminders"] == 1

    @pytest.mark.parametrize("words", [("show", ORG), ("list",), ("watch", ORG)], ids=" ".join)
    def test_neither_link_nor_token_is_printed_unasked(
        self, world: AuthorizationWorld, operator: Operator, words: tuple[str, ...]
    ) -> None:
        request = world.request_of()

        for options in ((), ("--json",)):
            printed = operator.types("migrate", *words, *options).output
            for secret in ("/authorize/", "canary", request.request_id, request.task_token):
                assert secret not in printed


class TestLinks:
    @pytest.mark.parametrize("words", [("link",), ("show", "--link")], ids=" ".join)
    def test_the_link_leads_to_the_offer(
        self, world: AuthorizationWorld, operator: Operator, words: tuple[str, ...]
    ) -> None:
        link = operator.reads_link("migrate", *words)

        offer = offer_behind_link(
            link, orgs=world.orgs, migrations=world.migrations, signer=world.signer
        )
        assert offer.org.org_id == ORG

    def test_scripts_are_told_what_the_link_is_for(self, operator: Operator) -> None:
        document = operator.reads_json("migrate", "link", ORG)

        assert document["awaits"] == "authorization"
        assert document["expires_at"] == after(days=14).isoformat()

    def test_show_says_how_the_link_is_got(self, operator: Operator) -> None:
        assert f"migrate link {ORG}" in operator.types("migrate", "show", ORG).stdout

    def test_what_ran_out_has_no_link(self, world: AuthorizationWorld, operator: Operator) -> None:
        world.later(days=14)

        result = operator.types("migrate", "link", ORG)

        assert result.exit_code == 8
        assert operator.reads_json("migrate", "show", ORG, "--link")["link"] is None

    def test_a_renewed_request_has_another_link_and_all_its_time_again(
        self, world: AuthorizationWorld, operator: Operator
    ) -> None:
        former = operator.reads_link("migrate", "link")
        world.later(days=10)

        document = operator.reads_json("migrate", "renew", ORG)

        assert document["link"].endswith(operator.reads_link("migrate", "link"))
        assert former not in document["link"]
        assert document["expires_at"] == after(days=12).isoformat()
        assert operator.reads_json("migrate", "show", ORG)["authorization"]["renewals"] == 1
        assert any(each.startswith("authorization_renewed") for each in world.history())

    def test_the_new_link_can_be_piped_on(self, operator: Operator) -> None:
        result = operator.types("migrate", "renew", ORG)

        assert result.stdout.count("\n") == 1
        assert "Every earlier link" in result.stderr

    def test_what_is_authorized_cannot_be_renewed(
        self, world: AuthorizationWorld, operator: Operator
    ) -> None:
        world.authorize()

        assert operator.types("migrate", "renew", ORG).exit_code == 8
        assert operator.types("migrate", "link", ORG).exit_code == 8


class TestWhatCameOfIt:
    def test_a_try_as_somebody_else_is_told_with_what_to_do(
        self, world: AuthorizationWorld, operator: Operator
    ) -> None:
        world.authorize(a_person("mallory@zoom.example", user_id="another"))

        setback = operator.reads_json("migrate", "show", ORG)["authorization"]["setback"]

        assert setback["outcome"] == Outcome.WRONG_EMAIL
        assert setback["zoom_email"] == "mallory@zoom.example"
        for words in (("list",), ("show", ORG), ("watch", ORG)):
            text = " ".join(operator.types("migrate", *words).stdout.split())
            assert "Last try, 2026-07-01 02:00 UTC" in text
            assert "It was mallory@zoom.example." in text

    def test_missing_scopes_are_named(self, world: AuthorizationWorld, operator: Operator) -> None:
        world.authorize(a_person(scopes=("user:read:user:admin",)))

        setback = operator.reads_json("migrate", "show", ORG)["authorization"]["setback"]

        assert setback["outcome"] == Outcome.SCOPES_MISSING
        assert "user:read:settings" in setback["names"][0]

    def test_who_authorized_what_is_shown(
        self, world: AuthorizationWorld, operator: Operator
    ) -> None:
        products = ZoomProducts(meetings=Possession.YES, webinar=Possession.NO)
        world.authorize(
            a_person(products=products), products=(ZoomProduct.MEETINGS, ZoomProduct.PHONE)
        )

        shown = operator.reads_json("migrate", "show", ORG)

        assert shown["step"] == "authorized"
        authorized = shown["authorization"]["authorized"]
        assert authorized["zoom_email"] == "zoom.admin@acme.example"
        assert authorized["zoom_account_id"] == "q6gBJVO5TzexKYTb_I2rpg"
        assert authorized["grant_id"] == world.grant_of().grant_id
        assert authorized["chosen"] == ["meetings", "phone"]
        assert authorized["unproven"] == ["phone"]
        assert authorized["known"] == {"meetings": "yes", "phone": "unknown", "webinar": "no"}

    def test_silence_ends_with_what_to_do(
        self, world: AuthorizationWorld, operator: Operator
    ) -> None:
        world.later(days=14)
        world.follow_up()

        result = operator.types("migrate", "watch", ORG)

        assert result.exit_code == 6
        assert "authorization expired" in result.stdout
        assert "Find out who is in charge of Zoom" in result.stdout

    def test_a_refused_consent_ends_with_what_to_mend(
        self, world: AuthorizationWorld, operator: Operator
    ) -> None:
        world.authorize(a_person("mallory@zoom.example", user_id="another"))
        world.later(days=14)
        world.follow_up()

        shown = operator.reads_json("migrate", "show", ORG)

        assert shown["outcome"] == "authorization_blocked"
        assert shown["blocked_reason"] == "email_mismatch"
        assert shown["next_step"].endswith("Then: `zoom-migrator migrate resume`.")
        assert operator.types("migrate", "watch", ORG).exit_code == 6
