"""The start page: what it says, what its button does, and what is said when it does nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.adapters.web.authorize_pages import with_nothing_picked
from tests.adapters.web.journey import Journey
from tests.authorizations import AuthorizationWorld, a_person, some_authorization_settings
from tests.browsing import cookies_in, where
from tests.visits import Page
from zoom_migrator.adapters.memory.zoom import Call
from zoom_migrator.adapters.web.authorize_page import ways_to
from zoom_migrator.domain.authorization import fingerprint
from zoom_migrator.domain.authorization_outcome import SETBACKS, Outcome
from zoom_migrator.domain.authorization_request import Setback
from zoom_migrator.domain.org import Environment, ZoomProduct
from zoom_migrator.domain.zoom_failure import ZoomFailure, ZoomFailureCode


@pytest.fixture
def journey() -> Journey:
    return Journey.asked()


def boxes(page: Page) -> dict[str, bool]:
    """The products of the form, and whether each is ticked."""
    inputs = [each.attributes for each in page.all("input")]
    return {each["name"]: "checked" in each for each in inputs if each["type"] == "checkbox"}


def test_it_says_who_asks_for_whom_and_until_when(journey: Journey) -> None:
    page = journey.open()

    assert (page.status, page.heading) == (200, "Connect Acme 1 with Zoom")
    for words in (
        "Production · 00D5g0000000001EAA acme1.my.salesforce.com",
        "z•••@acme.example",
        "15 July 2026, 02:00 UTC",
    ):
        assert words in page.text
    assert "zoom.admin@acme.example" not in page.html


def test_it_says_whether_it_is_a_sandbox(journey: Journey) -> None:
    org = journey.world.org_of()
    registration = replace(org.registration, environment=Environment.SANDBOX)
    journey.world.orgs.save(replace(org, registration=registration))

    assert "Sandbox · 00D5g0000000001EAA" in journey.open().text


def test_it_says_what_zooms_article_says(journey: Journey) -> None:
    text = journey.open().text

    for words in (
        "The admin accounts in Salesforce and in Zoom should have the same address.",
        "If you do not have Zoom Phone or Zoom Webinar on your account, do not select those "
        "products.",
        "You need no Salesforce login.",
        "Forward them the message with this link.",
        "“Oops”",
        "4,700",
        "4,702",
        "Pre-approve",
        "An account admin is required",
    ):
        assert words in text


def test_it_proposes_the_products_of_the_fleet_file() -> None:
    journey = Journey.asked(products=(ZoomProduct.MEETINGS, ZoomProduct.WEBINAR))

    assert boxes(journey.open()) == {"meetings": True, "phone": False, "webinar": True}


def test_the_button_leads_to_zoom_and_nowhere_else(journey: Journey) -> None:
    page = journey.press(ZoomProduct.PHONE)

    address = urlsplit(where(page))
    assert f"{address.scheme}://{address.netloc}{address.path}" == "https://zoom.us/oauth/authorize"
    (attempt,) = journey.world.attempts.stored
    assert attempt.products == (ZoomProduct.PHONE,)
    assert fingerprint(parse_qs(address.query)["state"][0]) == attempt.state_hash
    (cookie,) = cookies_in(page)
    assert attempt.is_bound_to(cookie.value[:43])
    assert cookie.value[44:] == journey.link


def test_a_cookie_lives_no_longer_than_its_attempt() -> None:
    settings = some_authorization_settings(attempt_lifetime=timedelta(minutes=5))
    journey = Journey.asked(world=AuthorizationWorld(settings))

    (cookie,) = cookies_in(journey.press())

    assert cookie.attributes["max-age"] == "300"


def test_a_browser_that_begins_often_keeps_few_cookies(journey: Journey) -> None:
    for _ in range(8):
        journey.press()

    assert len(journey.browser.cookies) == 5
    newest = [each.state_hash for each in journey.world.attempts.stored[-5:]]
    assert [name[-64:] for name in journey.browser.cookies] == newest


def test_without_a_product_nothing_begins() -> None:
    page = with_nothing_picked()

    assert page.status == 422
    assert page.problems == ["Pick at least one Zoom product."]
    assert boxes(page) == {"meetings": False, "phone": False, "webinar": False}
    assert "location" not in page.headers


def test_what_was_picked_is_picked_again_where_the_form_was_open_for_too_long(
    journey: Journey,
) -> None:
    token = journey.open().token
    journey.world.later(hours=13)

    page = journey.browser.post(journey.path, {"token": token, "phone": "chosen"})

    assert page.status == 403
    assert boxes(page) == {"meetings": False, "phone": True, "webinar": False}
    assert "open for too long" in page.problems[0]
    again = {"token": page.token, "phone": "chosen"}
    assert journey.browser.post(journey.path, again).status == 303


def test_what_another_site_picked_is_not_shown(journey: Journey) -> None:
    fields = {"token": journey.open().token, "phone": "chosen"}

    page = journey.browser.post(journey.path, fields, headers={"Sec-Fetch-Site": "cross-site"})

    assert page.status == 403
    assert boxes(page) == {"meetings": True, "phone": False, "webinar": False}
    assert journey.world.attempts.stored == []


def test_a_request_that_runs_out_under_the_form_says_so(journey: Journey) -> None:
    token = journey.open().token
    journey.world.later(days=14)

    page = journey.browser.post(journey.path, {"token": token, "meetings": "chosen"})

    assert (page.status, page.heading) == (410, "This request is out of date")


def test_a_product_without_its_app_blames_nobody_else(journey: Journey) -> None:
    token = journey.open().token
    journey.world.zoom.app = ZoomFailure(ZoomFailureCode.CREDENTIALS_MISSING)

    page = journey.browser.post(journey.path, {"token": token, "meetings": "chosen"})

    assert (page.status, page.heading) == (503, "The set-up on our side is not right")
    assert "zoom-migrator doctor" in page.text
    assert journey.world.attempts.stored == []


@pytest.mark.parametrize("outcome", sorted(SETBACKS))
def test_the_last_setback_is_told_whatever_it_was(journey: Journey, outcome: Outcome) -> None:
    world = journey.world
    setback = Setback(world.clock.now(), outcome, ("phone",), "jill.chill@acme.example")
    request = world.request_of().set_back(setback)
    world.migrations.save(replace(world.migration_of(), authorization=request))

    page = journey.open()

    (section,) = (each for each in page.all("section"))
    assert section.text.startswith("The last try came to nothing")
    assert len(section.text) > 70
    assert "jill.chill" not in page.html


def test_a_product_that_was_missing_is_named_as_people_call_it(journey: Journey) -> None:
    world = journey.world
    setback = Setback(world.clock.now(), Outcome.PRODUCT_MISSING, ("phone", "webinar"))
    request = world.request_of().set_back(setback)
    world.migrations.save(replace(world.migration_of(), authorization=request))

    assert "Zoom Phone, Zoom Webinar" in journey.open().text


def test_a_try_that_worked_leaves_no_setback(journey: Journey) -> None:
    journey.world.zoom.will_fail(Call.EXCHANGE, ZoomFailure(ZoomFailureCode.CODE_INVALID))
    journey.authorize()
    assert "came to nothing" in journey.open().text

    journey.authorize(a_person())

    assert journey.open().heading == "✓ Acme 1 is connected with Zoom"


@pytest.mark.parametrize(
    ("authorize_url", "ways"),
    [
        ("https://zoom.us/oauth/authorize", "https://zoom.us https://*.zoom.us"),
        ("https://zoomgov.com:8443/a", "https://zoomgov.com:8443 https://*.zoomgov.com:8443"),
        ("http://localhost:8200/oauth/authorize", "http://localhost:8200"),
        ("https://127.0.0.1:8200/oauth/authorize", "https://127.0.0.1:8200"),
        ("https://localhost:8200/oauth/authorize", "https://localhost:8200"),
    ],
)
def test_a_form_may_lead_to_zoom_and_its_other_hosts(authorize_url: str, ways: str) -> None:
    assert ways_to(authorize_url) == ways
