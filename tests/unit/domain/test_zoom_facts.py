"""Scopes, products, expectations and failures of Zoom."""

from __future__ import annotations

import pytest

from tests.builders import a_registration
from zoom_migrator.domain.authorization_outcome import Outcome
from zoom_migrator.domain.expectation import Expectation, expectation_of
from zoom_migrator.domain.org import ZoomProduct
from zoom_migrator.domain.silence import SILENT_REFUSALS, explained
from zoom_migrator.domain.zoom_account import Possession, ZoomProducts, ZoomUser
from zoom_migrator.domain.zoom_failure import ZoomFailure, ZoomFailureCode, ZoomFailureKind
from zoom_migrator.domain.zoom_scopes import ScopeNeed, ScopeRules

MEETINGS, PHONE, WEBINAR = ZoomProduct
RULES = ScopeRules(
    any_of={
        ScopeNeed.IDENTITY: ("user:read:user", "user:read"),
        ScopeNeed.PRODUCTS: ("user:read:settings", "user:read"),
        ScopeNeed.PHONE: ("phone:read",),
        ScopeNeed.WEBINAR: (),
    },
    extra=("zoomapp:inmeeting",),
    requested=("meeting:read",),
)


class TestScopes:
    @pytest.mark.parametrize(
        ("granted", "products", "needs"),
        [
            (("user:read",), (MEETINGS, WEBINAR), []),
            (("user:read:user", "user:read:settings"), (MEETINGS,), []),
            (("user:read:user",), (MEETINGS,), [ScopeNeed.PRODUCTS]),
            ((), (), [ScopeNeed.IDENTITY, ScopeNeed.PRODUCTS]),
            (("user:read",), (PHONE,), [ScopeNeed.PHONE]),
            (("user:read", "phone:read"), (PHONE, WEBINAR), []),
            (("user:read:user:admin",), (), [ScopeNeed.IDENTITY, ScopeNeed.PRODUCTS]),
        ],
    )
    def test_any_scope_of_a_list_meets_a_need(
        self,
        granted: tuple[str, ...],
        products: tuple[ZoomProduct, ...],
        needs: list[ScopeNeed],
    ) -> None:
        missing = RULES.missing(granted, products)

        assert [each.need for each in missing] == needs

    def test_a_missing_one_names_what_would_do(self) -> None:
        (missing,) = RULES.missing(("user:read:user",), ())

        assert str(missing) == "user:read:settings or user:read"

    def test_what_nobody_needs_or_allows_is_unexpected(self) -> None:
        granted = ("user:read", "phone:read", "zoomapp:inmeeting", "meeting:read", "x", "account:y")

        assert RULES.unexpected(granted) == ("account:y", "x")

    def test_the_defaults_take_classic_and_granular_scopes(self) -> None:
        for granted in (
            ("user:read:user", "user:read:settings"),
            ("user:read:user:admin", "user:read:settings:admin"),
            ("user:read",),
            ("user:read:admin",),
        ):
            assert ScopeRules().missing(granted, ZoomProduct) == ()
            assert ScopeRules().unexpected(granted) == ()


class TestProducts:
    products = ZoomProducts(Possession.YES, phone=Possession.NO)

    def test_what_is_surely_not_there_is_lacking(self) -> None:
        assert self.products.lacking((MEETINGS, PHONE, WEBINAR)) == (PHONE,)

    def test_what_nothing_is_known_of_is_unproven(self) -> None:
        assert self.products.unproven((MEETINGS, PHONE, WEBINAR)) == (WEBINAR,)

    def test_what_was_not_chosen_is_neither(self) -> None:
        assert self.products.lacking((MEETINGS,)) == self.products.unproven((MEETINGS,)) == ()


class TestExpectations:
    user = ZoomUser("user", "account", "Ada@Acme.Example")

    @pytest.mark.parametrize(
        ("expectation", "objection"),
        [
            (Expectation("ada@acme.example"), None),
            (Expectation(" ADA@acme.example "), None),
            (Expectation("ada@acme.example", "account"), None),
            (Expectation("ada@acme.example", "Account"), Outcome.WRONG_ACCOUNT),
            (Expectation("ada@acme.example.org"), Outcome.WRONG_EMAIL),
            (Expectation(""), Outcome.WRONG_EMAIL),
        ],
    )
    def test_somebody_is_who_is_expected_or_not(
        self, expectation: Expectation, objection: Outcome | None
    ) -> None:
        assert expectation.objection_to(self.user) is objection

    def test_the_fleet_file_says_who_it_is(self) -> None:
        own = a_registration(zoom_admin_email="zoom@acme.example")
        shared = a_registration(zoom_admin_email="", salesforce_admin_email="sf@acme.example")

        assert expectation_of(own).email == "zoom@acme.example"
        assert expectation_of(shared).email == "sf@acme.example"


class TestFailures:
    @pytest.mark.parametrize("code", ZoomFailureCode)
    def test_each_is_of_one_kind(self, code: ZoomFailureCode) -> None:
        assert ZoomFailure(code).kind in ZoomFailureKind

    def test_nothing_about_our_app_says_anything_of_a_grant(self) -> None:
        ours = [
            ZoomFailureCode.CLIENT_REJECTED,
            ZoomFailureCode.REDIRECT_REJECTED,
            ZoomFailureCode.APP_DISABLED,
            ZoomFailureCode.GRANT_TYPE_REJECTED,
            ZoomFailureCode.CREDENTIALS_MISSING,
            ZoomFailureCode.HOST_NOT_ALLOWED,
        ]

        assert {ZoomFailure(code).kind for code in ours} == {ZoomFailureKind.CONFIGURATION}

    def test_no_passing_trouble_is_terminal(self) -> None:
        passing = [
            ZoomFailureCode.RATE_LIMITED,
            ZoomFailureCode.SERVICE_UNAVAILABLE,
            ZoomFailureCode.SERVER_ERROR,
            ZoomFailureCode.NOT_CONNECTED,
            ZoomFailureCode.ANSWER_LOST,
            ZoomFailureCode.MALFORMED_ANSWER,
        ]

        kinds = {ZoomFailure(code).kind for code in passing}
        assert kinds == {ZoomFailureKind.TRANSIENT, ZoomFailureKind.OUTCOME_UNKNOWN}


def test_every_page_of_zooms_own_is_explained_in_one_text() -> None:
    text = explained()

    assert all(each.shown in text and each.remedy in text for each in SILENT_REFUSALS)
    assert len(text) < 1_000
