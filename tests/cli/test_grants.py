"""``zoom-migrator grants``: what Zoom's answers mean to an operator."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.authorizations import AuthorizationWorld, a_person
from tests.builders import after, org_id_of
from tests.cli.operator import Operator
from tests.cli.situations import HOSTILE
from zoom_migrator.adapters.memory.zoom import Call
from zoom_migrator.domain.grant import Grant, GrantStatus, TokenPair
from zoom_migrator.domain.zoom_failure import ZoomFailure, ZoomFailureCode, ZoomFailureKind

ORG = org_id_of(1)
C = ZoomFailureCode
SURELY_UNDONE = {
    C.NOT_CONNECTED: "unavailable",
    C.RATE_LIMITED: "unavailable",
    C.CLIENT_REJECTED: "misconfigured",
    C.APP_DISABLED: "misconfigured",
    C.REQUEST_REJECTED: "refused",
}


@pytest.fixture
def world() -> AuthorizationWorld:
    world = AuthorizationWorld()
    world.asked()
    world.authorize()
    world.zoom.forget_calls()
    return world


@pytest.fixture
def operator(world: AuthorizationWorld) -> Operator:
    return Operator(world)


def _share(world: AuthorizationWorld) -> None:
    """Have a second org authorized by the same Zoom admin."""
    world.asked(2)
    world.authorize(number=2)
    world.zoom.forget_calls()


def _settle(world: AuthorizationWorld, status: GrantStatus, problem: str = "") -> Grant:
    grant = world.grant_of()
    return world.grants.save(grant.settled(status, problem, at=world.clock.now()))


def _secrets(pair: TokenPair, grant: Grant) -> tuple[str, ...]:
    return (pair.access_token, pair.refresh_token, grant.sealed, "canary")


class TestLooking:
    def test_the_list_names_the_admin_and_the_orgs_that_share_a_grant(
        self, world: AuthorizationWorld, operator: Operator
    ) -> None:
        _share(world)

        text = operator.types("grants", "list").stdout
        (listed,) = operator.reads_json("grants", "list")

        for part in ("zoom.admin@acme.example", "live", "Acme 1", "Acme 2", "Nothing."):
            assert part in text
        assert listed["orgs"] == [
            {"org_id": org_id_of(1), "name": "Acme 1"},
            {"org_id": org_id_of(2), "name": "Acme 2"},
        ]

    def test_an_empty_list_says_why(self) -> None:
        nobody = Operator(AuthorizationWorld())

        assert "nobody has authorized" in nobody.types("grants", "list").stdout
        assert nobody.reads_json("grants", "list") == []

    def test_dead_ones_can_be_picked_out(
        self, world: AuthorizationWorld, operator: Operator
    ) -> None:
        world.asked(2, zoom_admin_email="other@acme.example")
        world.authorize(a_person("other@acme.example", user_id="other-user"), number=2)
        dead = _settle(world, GrantStatus.DEAD, "grant_invalid")

        (listed,) = operator.reads_json("grants", "list", "--status", "dead")

        assert listed["grant_id"] == dead.grant_id
        assert listed["problem"] == "grant_invalid"
        assert "migrate start ORG" in listed["what_to_do"]
        assert len(operator.reads_json("grants", "list")) == 2
        assert operator.types("grants", "list", "--status", "unknown").stdout == "No such grant.\n"

    def test_everything_known_of_a_grant_is_shown(
        self, world: AuthorizationWorld, operator: Operator
    ) -> None:
        grant = world.grant_of()

        by_org = operator.reads_json("grants", "show", ORG)
        by_id = operator.reads_json("grants", "show", grant.grant_id)
        text = operator.types("grants", "show", ORG).stdout

        assert by_org == by_id
        assert by_id["zoom_account_id"] == "q6gBJVO5TzexKYTb_I2rpg"
        assert by_id["scopes"] == ["user:read:user:admin", "user:read:settings:admin"]
        assert by_id["products"] == {"meetings": "yes", "phone": "yes", "webinar": "yes"}
        assert by_id["access_expires_at"] == after(minutes=60).isoformat()
        assert by_id["token_pairs"] == 1
        for part in ("zoom.admin@acme.example", "live", "1 org uses it", f"{ORG}  Acme 1"):
            assert part in text

    def test_an_org_that_is_not_registered_any_more_is_listed_by_its_id(
        self, world: AuthorizationWorld, operator: Operator
    ) -> None:
        world.grants.save(world.grant_of().used_by(org_id_of(7)))

        text = operator.types("grants", "show", ORG).stdout

        assert f"{org_id_of(7)}  not registered any more" in text

    @pytest.mark.parametrize(
        ("what", "code"), [("0" * 32, 4), (org_id_of(9), 4), (org_id_of(2), 4), ("nonsense", 4)]
    )
    def test_what_is_not_there_is_said_so(
        self, world: AuthorizationWorld, operator: Operator, what: str, code: int
    ) -> None:
        world.register(2)

        for command in ("show", "refresh", "revoke"):
            assert operator.types("grants", command, what).exit_code == code

    def test_names_full_of_markup_are_shown_as_they_are(
        self, world: AuthorizationWorld, operator: Operator
    ) -> None:
        org = world.org_of()
        world.orgs.save(replace(org, registration=replace(org.registration, display_name=HOSTILE)))

        assert "[red]Evil[/red]" in operator.types("grants", "list").stdout
        assert HOSTILE in operator.types("grants", "show", ORG).stdout

    @pytest.mark.parametrize(
        "words",
        [("list",), ("show", ORG), ("refresh", ORG), ("revoke", ORG, "--yes")],
        ids=lambda words: words[0],
    )
    @pytest.mark.parametrize("options", [(), ("--json",)], ids=["words", "JSON"])
    def test_no_token_is_ever_printed(
        self,
        world: AuthorizationWorld,
        operator: Operator,
        words: tuple[str, ...],
        options: tuple[str, ...],
    ) -> None:
        before = _secrets(world.pair_of(), world.grant_of())

        printed = operator.types("grants", *words, *options).output

        for secret in before:
            assert secret not in printed


class TestRefreshing:
    def test_new_tokens_are_stored(self, world: AuthorizationWorld, operator: Operator) -> None:
        world.later(days=1)

        result = operator.types("grants", "refresh", ORG)

        assert result.exit_code == 0
        assert "Zoom gave new tokens, and they are stored." in result.stdout
        assert "2026-07-02 02:00 UTC" in result.stdout
        assert world.zoom.is_live(world.pair_of())

    def test_young_tokens_are_left_alone_on_request(
        self, world: AuthorizationWorld, operator: Operator
    ) -> None:
        document = operator.reads_json("grants", "refresh", ORG, "--if-due")

        assert document["outcome"] == "not_due"
        assert world.zoom.calls == []
        world.later(days=7)
        assert operator.reads_json("grants", "refresh", ORG, "--if-due")["outcome"] == "refreshed"

    def test_a_refresh_by_somebody_else_is_waited_for(
        self, world: AuthorizationWorld, operator: Operator
    ) -> None:
        settings = world.grant_settings
        now = world.clock.now()
        world.grants.save(world.grant_of().leased("someone", now=now, lasting=settings.lease))

        result = operator.types("grants", "refresh", ORG)

        assert result.exit_code == 5
        assert "Somebody else is refreshing it" in result.stderr
        assert world.zoom.calls == []
        assert operator.reads_json("grants", "show", ORG)["being_refreshed"] is True

    def test_a_lost_race_is_no_failure(self, world: AuthorizationWorld, operator: Operator) -> None:
        world.zoom.will_fail(Call.REFRESH, ZoomFailure(C.GRANT_INVALID, "Invalid Token!"))
        world.ask_again()
        world.zoom.meanwhile(after=Call.REFRESH, happens=lambda: world.authorize())

        document = operator.reads_json("grants", "refresh", ORG)

        assert document["outcome"] == "overtaken"
        assert document["grant"]["status"] == "live"

    def test_a_dead_grant_names_the_orgs_to_authorize_again(
        self, world: AuthorizationWorld, operator: Operator
    ) -> None:
        _share(world)
        world.zoom.deauthorize(world.grant_of().subject.user_id)

        result = operator.types("grants", "refresh", ORG)

        assert result.exit_code == 1
        assert "Dead: Zoom does not know the tokens any more" in result.stderr
        assert "grant_invalid · Invalid Token!" in result.stderr
        assert "migrate start ORG" in result.stderr
        for number in (1, 2):
            assert f"{org_id_of(number)}  Acme {number}" in result.stdout

    def test_a_lost_answer_leaves_it_unknown_until_it_is_tried(
        self, world: AuthorizationWorld, operator: Operator
    ) -> None:
        world.zoom.will_fail(Call.REFRESH, ZoomFailure(C.ANSWER_LOST, "reset"), takes_effect=True)

        lost = operator.reads_json("grants", "refresh", ORG, exit_code=1)
        tried = operator.reads_json("grants", "refresh", ORG, exit_code=1)

        assert lost["outcome"] == "unknown"
        assert "grants refresh" in lost["remedy"]
        assert tried["outcome"] == "dead"

    @pytest.mark.parametrize(("code", "outcome"), SURELY_UNDONE.items())
    def test_what_is_no_fault_of_the_grant_costs_no_grant(
        self, world: AuthorizationWorld, operator: Operator, code: ZoomFailureCode, outcome: str
    ) -> None:
        world.zoom.will_fail(Call.REFRESH, ZoomFailure(code, "said", 400, "v=2.0;clid=us02"))

        exit_code = 7 if outcome == "misconfigured" else 5
        document = operator.reads_json("grants", "refresh", ORG, exit_code=exit_code)

        assert document["outcome"] == outcome
        assert document["failure"]["code"] == code
        assert document["failure"]["tracking_id"] == "v=2.0;clid=us02"
        assert world.grant_of().status is GrantStatus.LIVE
        assert "doctor --probe" in document["remedy"] or outcome != "misconfigured"

    def test_a_grant_of_another_app_is_left_alone(
        self, world: AuthorizationWorld, operator: Operator
    ) -> None:
        world.zoom.app = "another-client"

        result = operator.types("grants", "refresh", ORG)

        assert result.exit_code == 7
        assert "another Zoom app" in result.stderr
        assert world.grant_of().status is GrantStatus.LIVE

    def test_refusals_in_a_row_are_told(
        self, world: AuthorizationWorld, operator: Operator
    ) -> None:
        world.zoom.will_fail(Call.REFRESH, ZoomFailure(C.REQUEST_REJECTED, "Bad Request"))
        operator.types("grants", "refresh", ORG)

        shown = operator.reads_json("grants", "show", ORG)

        assert (shown["refusals"], shown["problem"]) == (1, "request_rejected")
        assert "Refusals in a row: 1 (request_rejected)." in shown["what_to_do"]


class TestRevoking:
    def test_it_shows_whom_it_concerns_and_asks(
        self, world: AuthorizationWorld, operator: Operator
    ) -> None:
        _share(world)

        result = operator.types("grants", "revoke", ORG, answers="n\n")

        assert result.exit_code == 1
        for part in ("2 orgs use it", "Acme 1", "Acme 2", "to authorize again", "Revoke it?"):
            assert part in result.stdout
        assert world.zoom.calls == []
        assert world.grant_of().status is GrantStatus.LIVE

    def test_with_a_yes_it_ends_at_zoom_and_here(
        self, world: AuthorizationWorld, operator: Operator
    ) -> None:
        _share(world)

        result = operator.types("grants", "revoke", ORG, answers="y\n")

        assert result.exit_code == 0
        assert world.zoom.live_users() == set()
        assert world.grant_of().status is GrantStatus.DEAD
        assert world.grant_of().sealed == ""
        for number in (1, 2):
            assert any(each.startswith("grant_revoked") for each in world.history(number))
        newest = world.orgs.audit_trail(ORG, limit=1)[0]
        assert newest.actor == "arn:aws:iam::123456789012:user/operator"

    def test_scripts_are_not_asked(self, world: AuthorizationWorld, operator: Operator) -> None:
        document = operator.reads_json("grants", "revoke", ORG)

        assert document["revoked"] is True
        assert document["grant"]["status"] == "dead"

    def test_repeating_it_is_harmless(self, world: AuthorizationWorld, operator: Operator) -> None:
        operator.types("grants", "revoke", ORG, "--yes")
        world.zoom.forget_calls()

        result = operator.types("grants", "revoke", ORG)

        assert result.exit_code == 0
        assert "It is dead." in result.stdout
        assert world.zoom.calls == []

    @pytest.mark.parametrize(
        "code",
        [code for code in C if ZoomFailure(code).kind is not ZoomFailureKind.TERMINAL],
    )
    def test_what_keeps_it_from_being_revoked_is_told(
        self, world: AuthorizationWorld, operator: Operator, code: ZoomFailureCode
    ) -> None:
        world.zoom.will_fail(Call.REVOKE, ZoomFailure(code))

        result = operator.types("grants", "revoke", ORG, "--yes")

        is_our_fault = ZoomFailure(code).kind is ZoomFailureKind.CONFIGURATION
        assert result.exit_code == (7 if is_our_fault else 5)
        assert "Not revoked:" in result.stderr
        assert world.grant_of().status is GrantStatus.LIVE

    def test_a_lost_answer_is_not_called_a_refusal(
        self, world: AuthorizationWorld, operator: Operator
    ) -> None:
        world.zoom.will_fail(Call.REVOKE, ZoomFailure(C.ANSWER_LOST), takes_effect=True)

        document = operator.reads_json("grants", "revoke", ORG, exit_code=5)

        assert "may be revoked or not" in document["summary"]
        assert operator.types("grants", "revoke", ORG, "--yes").exit_code == 0

    def test_a_busy_grant_is_revoked_later(
        self, world: AuthorizationWorld, operator: Operator
    ) -> None:
        world.later(hours=2)
        lease = world.grant_of().leased(
            "someone", now=world.clock.now(), lasting=world.grant_settings.lease
        )
        world.grants.save(lease)

        result = operator.types("grants", "revoke", ORG, "--yes")

        assert result.exit_code == 5
        assert "Somebody else is refreshing it" in result.stderr

    def test_new_consent_meanwhile_is_not_taken_for_the_revoked_one(
        self, world: AuthorizationWorld, operator: Operator
    ) -> None:
        world.ask_again()
        world.zoom.meanwhile(after=Call.REVOKE, happens=lambda: world.authorize())

        document = operator.reads_json("grants", "revoke", ORG, exit_code=5)

        assert "meanwhile" in document["summary"]
        assert document["grant"]["status"] == "live"
