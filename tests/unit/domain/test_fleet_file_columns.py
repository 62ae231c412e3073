"""The rule of every column of the fleet file."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import pytest

from tests.builders import ALLOWED_DOMAINS, fleet_cells, fleet_csv, org_id_of
from zoom_migrator.domain.errors import InvalidFleetFile
from zoom_migrator.domain.fleet_columns import OPTIONAL_COLUMNS, REQUIRED_COLUMNS
from zoom_migrator.domain.fleet_file import parse_fleet_file
from zoom_migrator.domain.org import (
    AuthKind,
    CleanupPolicy,
    Environment,
    OrgRegistration,
    StartPolicy,
    UpgradePolicy,
    ZoomProduct,
)


def registration_of(**changes: str) -> OrgRegistration:
    content = fleet_csv(fleet_cells(**changes)).encode()
    (row,) = parse_fleet_file(content, allowed_domains=ALLOWED_DOMAINS)
    return row.registration


def problems_of(**changes: str) -> list[tuple[int, str, str]]:
    with pytest.raises(InvalidFleetFile) as refused:
        parse_fleet_file(
            fleet_csv(fleet_cells(**changes)).encode(), allowed_domains=ALLOWED_DOMAINS
        )
    return [(problem.line, problem.column, problem.reason) for problem in refused.value.problems]


def the_reason(column: str, cell: str, **changes: str) -> str:
    """Why a cell is refused; that it is the only problem and stands at its place is checked."""
    ((line, where, reason),) = problems_of(**{column: cell}, **changes)
    assert (line, where) == (2, column)
    return reason


def test_a_full_row_becomes_a_registration() -> None:
    assert registration_of(
        org_key="00D000000000062",
        display_name="Acme, \u201cEurope\u201d",
        my_domain_host="https://acme--uat.sandbox.my.salesforce.com/",
        environment="Sandbox",
        integration_username="integration@acme.example.uat",
        auth_kind="JWT_bearer",
        salesforce_admin_email="Ada.Lovelace+sf@acme.example",
        zoom_admin_email="zoom@acme.example",
        products="phone; Meetings",
        deadline_override="2026-12-31",
        tags="wave-2; EMEA",
        upgrade_policy="Auto",
        start_policy="scan",
        zoom_account_id="q6gBJVO5TzexKYTb_I2rpg",
        cleanup_policy="NEVER",
        slack_channel="zoom-migration",
        time_zone="America/Sao_Paulo",
    ) == OrgRegistration(
        org_id="00D000000000062EAA",
        display_name="Acme, \u201cEurope\u201d",
        host="acme--uat.sandbox.my.salesforce.com",
        environment=Environment.SANDBOX,
        username="integration@acme.example.uat",
        auth_kind=AuthKind.JWT_BEARER,
        salesforce_admin_email="Ada.Lovelace+sf@acme.example",
        zoom_admin_email="zoom@acme.example",
        products=(ZoomProduct.MEETINGS, ZoomProduct.PHONE),
        deadline=date(2026, 12, 31),
        tags=("emea", "wave-2"),
        upgrade_policy=UpgradePolicy.AUTO,
        start_policy=StartPolicy.SCAN,
        zoom_account_id="q6gBJVO5TzexKYTb_I2rpg",
        cleanup_policy=CleanupPolicy.NEVER,
        slack_channel="#zoom-migration",
        time_zone="America/Sao_Paulo",
    )


def test_every_property_of_a_registration_has_a_column() -> None:
    assert len(REQUIRED_COLUMNS + OPTIONAL_COLUMNS) == len(fields(OrgRegistration))


@pytest.mark.parametrize("column", REQUIRED_COLUMNS)
def test_a_required_cell_must_not_be_empty(column: str) -> None:
    assert the_reason(column, "  ")


class TestOrgKey:
    def test_both_forms_give_the_18_character_id(self) -> None:
        assert registration_of(org_key=org_id_of(7)[:15]).org_id == org_id_of(7)
        assert registration_of(org_key=org_id_of(7)).org_id == org_id_of(7)

    @pytest.mark.parametrize(
        ("cell", "reason"),
        [
            ("00D00000000006", "15 or 18"),
            ("005000000000062", "begin with 00D"),
            ("00D000000000062EAB", "wrong checksum"),
            ("00d000000000062eaa", "begin with 00D"),
            ("Acme", "15 or 18"),
        ],
    )
    def test_anything_but_an_org_id_is_refused(self, cell: str, reason: str) -> None:
        assert reason in the_reason("org_key", cell)


class TestDisplayName:
    @pytest.mark.parametrize(
        "name",
        [
            "A",
            "x" * 120,
            "Müller & Söhne",
            "株式会社ズーム",
            "شركة",
            "O'Neil \U0001f680",
            "1-2=3",
            "[red]Acme[/red]",
            "<script>alert(1)</script>",
            "{{7*7}} ' OR 1=1 --",
            "Ignore all previous instructions",
        ],
    )
    def test_a_name_is_text_in_any_language_and_is_kept_as_it_is(self, name: str) -> None:
        assert registration_of(display_name=name).display_name == name

    def test_a_name_has_at_most_120_characters(self) -> None:
        assert the_reason("display_name", "x" * 121) == "longer than 120 characters"

    @pytest.mark.parametrize("name", ["Acme\nLtd", "Acme\r\nLtd", "Acme\rLtd", "Acme\tLtd"])
    def test_a_name_is_one_line(self, name: str) -> None:
        assert "one line" in the_reason("display_name", name)


class TestEveryColumn:
    @pytest.mark.parametrize("column", REQUIRED_COLUMNS + OPTIONAL_COLUMNS)
    @pytest.mark.parametrize(
        "cell",
        [
            "=HYPERLINK(\"https://evil.example\",\"x\")",
            "=cmd|'/C/calc'!A0@evil.example",
            "+1@evil.example",
            "-1@evil.example",
            "@SUM(1)",
            "\t=1",
            "\r\n=1",
            "\uff1d1",
        ],
    )  # fmt: skip
    def test_a_cell_that_a_spreadsheet_would_run_is_refused(self, column: str, cell: str) -> None:
        assert "spreadsheet would run it" in the_reason(column, cell)

    @pytest.mark.parametrize("column", REQUIRED_COLUMNS + OPTIONAL_COLUMNS)
    @pytest.mark.parametrize(
        "character", list("\x00\x07\x0b\x1b\x1f\x7f\x85\x9b\u2028\u202e\u2066")
    )
    def test_control_characters_are_refused_wherever_they_stand(
        self, column: str, character: str
    ) -> None:
        good = fleet_cells()[column]

        for place in (0, 3, len(good)):
            cell = good[:place] + character + good[place:]
            assert the_reason(column, cell) == "contains control characters"

    @pytest.mark.parametrize("column", REQUIRED_COLUMNS + OPTIONAL_COLUMNS)
    def test_a_cell_of_more_than_1000_characters_is_refused(self, column: str) -> None:
        good = fleet_cells(zoom_admin_email="zoom@acme.example")[column]

        registration_of(**{column: good.ljust(1_000)})
        assert the_reason(column, good.ljust(1_001)) == "longer than 1000 characters"

    @pytest.mark.parametrize("column", REQUIRED_COLUMNS + OPTIONAL_COLUMNS)
    def test_a_reason_does_not_repeat_a_long_cell(self, column: str) -> None:
        cell = "?" * 1_000
        assert len(the_reason(column, cell)) < 250


class TestHost:
    @pytest.mark.parametrize(
        ("cell", "reason"),
        [
            ("acme.my.salesforce.com.evil.com", "not a Salesforce My Domain host"),
            ("evil-my.salesforce.com", "not a Salesforce My Domain host"),
            ("http://acme.my.salesforce.com", "only https"),
            ("https://acme.my.salesforce.com@evil.com", "without user"),
            ("acme.my.salesforce.com:8443", "port"),
            ("acme.my.salesforce.com/services", "without a path"),
            ("acme.lightning.force.com", "user interface"),
            ("acme\n.my.salesforce.com", "not a host name"),
            ("127.0.0.1", "not a Salesforce My Domain host"),
            ("localhost", "not a host name"),
        ],
    )
    def test_only_my_domain_hosts_are_taken(self, cell: str, reason: str) -> None:
        assert reason in the_reason("my_domain_host", cell)


class TestEnvironment:
    @pytest.mark.parametrize("cell", ["prod", "test", "production,sandbox", "0"])
    def test_it_is_production_or_sandbox(self, cell: str) -> None:
        assert the_reason("environment", cell) == f"production or sandbox expected, not {cell!r}"

    def test_a_sandbox_host_is_not_production(self) -> None:
        host = "acme--uat.sandbox.my.salesforce.com"

        reason = the_reason("environment", "production", my_domain_host=host)

        assert reason == f"{host} is the host of a sandbox"

    def test_a_production_host_is_not_a_sandbox(self) -> None:
        reason = the_reason("environment", "sandbox")

        assert reason == "acme1.my.salesforce.com is the host of a production org"

    def test_a_misspelt_environment_is_not_compared_with_the_host(self) -> None:
        host = "acme--uat.sandbox.my.salesforce.com"

        assert "expected" in the_reason("environment", "sandbx", my_domain_host=host)


class TestUsernameAndAuthKind:
    @pytest.mark.parametrize("cell", ["jwt", "password", "oauth", "jwt bearer"])
    def test_the_kind_of_login_is_one_of_two(self, cell: str) -> None:
        assert "jwt_bearer or client_credentials expected" in the_reason("auth_kind", cell)

    def test_jwt_bearer_needs_a_username(self) -> None:
        reason = the_reason("integration_username", "", auth_kind="jwt_bearer")

        assert reason == "a username is required for jwt_bearer"

    def test_client_credentials_need_none(self) -> None:
        registration = registration_of(integration_username="", auth_kind="client_credentials")

        assert registration.auth_kind is AuthKind.CLIENT_CREDENTIALS
        assert registration.username == ""

    def test_client_credentials_may_name_one(self) -> None:
        registration = registration_of(auth_kind="client_credentials")

        assert registration.username == "integration@acme.example"

    def test_a_misspelt_kind_of_login_says_nothing_of_the_username(self) -> None:
        assert "expected" in the_reason("auth_kind", "client_credential", integration_username="")

    @pytest.mark.parametrize(
        "cell",
        ["integration", "a@b", "a b@acme.example", "a@b@c.example", "x' OR 'a'='a"],
    )
    @pytest.mark.parametrize("auth_kind", list(AuthKind))
    def test_a_username_has_the_form_of_an_address(self, cell: str, auth_kind: str) -> None:
        reason = the_reason("integration_username", cell, auth_kind=auth_kind)

        assert "is not a Salesforce username" in reason

    def test_a_username_has_at_most_80_characters(self) -> None:
        longest = "x" * (80 - len("@acme.example")) + "@acme.example"

        assert registration_of(integration_username=longest).username == longest
        assert "is not a Salesforce username" in the_reason("integration_username", "x" + longest)


class TestEmails:
    @pytest.mark.parametrize(
        "cell",
        [
            "acme.example",
            "ada@",
            "ada@acme",
            "ada lovelace@acme.example",
            "Ada <ada@acme.example>",
            "ada@acme.example, bob@acme.example",
            "ada@acme.example\nbcc: eve@evil.example",
            "ada@ac_me.example",
            "ada@acme..example",
            "x" * 250 + "@a.example",
        ],
    )
    @pytest.mark.parametrize("column", ["salesforce_admin_email", "zoom_admin_email"])
    def test_what_is_not_an_address_is_refused(self, column: str, cell: str) -> None:
        assert "is not an e-mail address" in the_reason(column, cell)

    def test_an_address_has_at_most_254_characters(self) -> None:
        longest = "x" * (254 - len("@acme.example")) + "@acme.example"

        assert registration_of(zoom_admin_email=longest).zoom_admin_email == longest
        assert "is not an e-mail address" in the_reason("zoom_admin_email", "x" + longest)

    def test_the_zoom_admin_is_the_salesforce_admin_unless_named(self) -> None:
        registration = registration_of(
            salesforce_admin_email="ada@acme.example", zoom_admin_email=""
        )

        assert registration.zoom_admin_email == "ada@acme.example"

    def test_a_bad_salesforce_admin_is_reported_once(self) -> None:
        assert the_reason("salesforce_admin_email", "ada", zoom_admin_email="")


class TestProducts:
    @pytest.mark.parametrize(
        ("cell", "products"),
        [
            ("", (ZoomProduct.MEETINGS,)),
            (" ; ", (ZoomProduct.MEETINGS,)),
            ("phone", (ZoomProduct.PHONE,)),
            ("webinar;phone;meetings", tuple(ZoomProduct)),
            ("Phone ; PHONE;", (ZoomProduct.PHONE,)),
        ],
    )
    def test_products_are_a_set_and_meetings_unless_named(
        self, cell: str, products: tuple[ZoomProduct, ...]
    ) -> None:
        assert registration_of(products=cell).products == products

    @pytest.mark.parametrize("cell", ["chat", "meetings;fax", "meetings,phone", "meetings phone"])
    def test_an_unknown_product_is_refused_with_those_that_are_known(self, cell: str) -> None:
        reason = the_reason("products", cell)

        assert "unknown product" in reason
        assert "meetings, phone, webinar" in reason


class TestDeadline:
    def test_no_date_means_the_deadline_of_the_fleet(self) -> None:
        assert registration_of(deadline_override="").deadline is None

    @pytest.mark.parametrize(
        "cell", ["31.12.2026", "12/31/2026", "2026-1-1", "20261231", "2026-W01", "soon", "46387"]
    )
    def test_a_date_has_one_form_only(self, cell: str) -> None:
        assert the_reason("deadline_override", cell) == "a date such as 2026-12-31 expected"

    @pytest.mark.parametrize("cell", ["2026-02-29", "2026-13-01", "2026-00-10", "0000-01-01"])
    def test_a_date_that_does_not_exist_is_refused(self, cell: str) -> None:
        assert the_reason("deadline_override", cell)


class TestTags:
    def test_tags_are_sorted_in_lower_case_and_unique(self) -> None:
        assert registration_of(tags="b; A ;b;;a").tags == ("a", "b")

    def test_there_are_at_most_20(self) -> None:
        assert len(registration_of(tags=";".join(f"t{n}" for n in range(20))).tags) == 20
        assert the_reason("tags", ";".join(f"t{n}" for n in range(21))) == "at most 20 tags"

    @pytest.mark.parametrize("cell", ["x" * 41, "a b", "a,b", "_a", "é", "<b>", "a;b c"])
    def test_a_tag_is_a_short_plain_word(self, cell: str) -> None:
        assert "is not a tag" in the_reason("tags", cell)

    @pytest.mark.parametrize("cell", ["x" * 40, "wave:2", "q3_2026", "v1.0", "a-b"])
    def test_a_tag_may_have_digits_and_some_signs(self, cell: str) -> None:
        assert registration_of(tags=cell).tags == (cell,)


class TestPolicies:
    def test_an_org_is_asked_before_each_upgrade_and_started_by_an_operator_unless_told_otherwise(
        self,
    ) -> None:
        registration = registration_of(upgrade_policy="", start_policy=" ")

        assert registration.upgrade_policy is UpgradePolicy.ASK
        assert registration.start_policy is StartPolicy.OPERATOR

    @pytest.mark.parametrize("cell", UpgradePolicy)
    def test_each_way_of_upgrading_has_a_word_in_any_case(self, cell: UpgradePolicy) -> None:
        assert registration_of(upgrade_policy=f" {cell.upper()} ").upgrade_policy is cell

    @pytest.mark.parametrize("cell", StartPolicy)
    def test_each_way_of_starting_has_a_word_in_any_case(self, cell: StartPolicy) -> None:
        assert registration_of(start_policy=cell.title()).start_policy is cell

    @pytest.mark.parametrize("cell", CleanupPolicy)
    def test_each_way_of_cleaning_up_has_a_word_in_any_case(self, cell: CleanupPolicy) -> None:
        assert registration_of(cleanup_policy=f"{cell.upper()}").cleanup_policy is cell

    @pytest.mark.parametrize("cell", ["yes", "automatic", "ask;auto", "none", "0"])
    def test_any_other_word_is_refused_with_those_that_are_known(self, cell: str) -> None:
        assert the_reason("upgrade_policy", cell) == (
            f"ask or auto or manual expected, not {cell!r}"
        )
        assert the_reason("start_policy", cell) == f"operator or scan expected, not {cell!r}"
        assert the_reason("cleanup_policy", cell) == (
            f"ask or auto or never expected, not {cell!r}"
        )

    def test_a_file_from_before_there_were_policies_is_still_good(self) -> None:
        columns = [*REQUIRED_COLUMNS, "zoom_admin_email", "products", "deadline_override", "tags"]
        content = fleet_csv(fleet_cells(), columns=columns).encode()

        (row,) = parse_fleet_file(content, allowed_domains=ALLOWED_DOMAINS)

        assert row.registration.upgrade_policy is UpgradePolicy.ASK
        assert row.registration.start_policy is StartPolicy.OPERATOR
        assert row.registration.zoom_account_id == ""
        assert row.registration.cleanup_policy is CleanupPolicy.ASK


class TestZoomAccount:
    @pytest.mark.parametrize("cell", ["", "q6gBJVO5TzexKYTb_I2rpg", "MXEuWmOmTsKWUswrfpPslg"])
    def test_it_is_kept_as_it_is(self, cell: str) -> None:
        assert registration_of(zoom_account_id=cell).zoom_account_id == cell

    @pytest.mark.parametrize(
        "cell", ["12345", "a b c d e f", "me@acme.example", "../users/me", "x" * 65, "abcdef?x=1"]
    )
    def test_what_could_not_be_an_id_is_refused(self, cell: str) -> None:
        assert "not the id of a Zoom account" in the_reason("zoom_account_id", cell)


class TestSlackChannel:
    @pytest.mark.parametrize("cell", ["", "C012AB3CD", "G0123456789"])
    def test_an_id_is_kept_as_it_is(self, cell: str) -> None:
        assert registration_of(slack_channel=cell).slack_channel == cell

    @pytest.mark.parametrize("cell", ["zoom", "#zoom", " #zoom "])
    def test_a_name_is_kept_with_its_sign(self, cell: str) -> None:
        assert registration_of(slack_channel=cell).slack_channel == "#zoom"

    @pytest.mark.parametrize("cell", ["#größe_1-2", "#ズーム", "#" + "x" * 80])
    def test_names_may_be_in_any_language_and_long(self, cell: str) -> None:
        assert registration_of(slack_channel=cell).slack_channel == cell

    @pytest.mark.parametrize(
        "cell",
        ["Zoom", "a channel", "#", "##zoom", "a.b", "x" * 81, "#a,#b", "<!channel>", "c012ab3c!",
         "https://hooks.slack.com/services/T0/B0/x"],
    )  # fmt: skip
    def test_what_could_not_be_a_channel_is_refused(self, cell: str) -> None:
        assert "is not a Slack channel" in the_reason("slack_channel", cell)


class TestTimeZone:
    @pytest.mark.parametrize("cell", ["", "UTC", "Europe/Berlin", "America/Argentina/Ushuaia"])
    def test_a_zone_is_kept_as_it_is(self, cell: str) -> None:
        assert registration_of(time_zone=cell).time_zone == cell

    @pytest.mark.parametrize(
        "cell",
        ["Berlin", "europe/berlin", "Europe", "UTC+2", "CEST", "../etc/passwd", "/etc/hosts"],
    )
    def test_what_is_no_zone_is_refused(self, cell: str) -> None:
        assert the_reason("time_zone", cell) == (
            f"{cell!r} is not a time zone such as Europe/Berlin"
        )
