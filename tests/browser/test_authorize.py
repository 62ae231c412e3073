"""The whole way from the link over Zoom and back, in order and out of order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from local.gateway import Gateway, Handlers
from local.zoom import Denial, Product
from local.zoom.fault_makers import granted_scopes
from tests.adapters.web.journey import handlers_of
from tests.browser.conftest import Evil, Opener, Strictness
from tests.browser.people import expect_heading
from tests.browser.zoom_ways import (
    CONNECTED,
    START,
    Counter,
    consent,
    decline,
    open_counter,
    press,
    reach_consent,
    sign_in,
)
from tests.browsing import Handle
from tests.functions.authorization_cases import is_connected, is_untouched
from tests.functions.authorization_worlds import CALLBACK
from tests.functions.broken_authorizations import Parts
from tests.functions.zoom_app import MEMBER, STRANGER, ZOOM_ADMIN

RESULT = re.compile(r".*/oauth/done/[0-9a-f]{64}$")
COMPLETED = "✓ This was already completed"

with_and_without_scripts = pytest.mark.parametrize("java_script_enabled", [True, False])


@pytest.fixture
def counter() -> Iterator[Counter]:
    with open_counter() as counter:
        yield counter


@pytest.fixture
def gateway(counter: Counter) -> Gateway:
    return counter.gateway


@pytest.fixture
def address(counter: Counter) -> str:
    return counter.address


@pytest.fixture
def strictness(counter: Counter) -> Iterator[Strictness]:
    """Nothing may be complained about, and nobody but Zoom asked; tests may expect otherwise."""
    watched = Strictness(counter.gateway.base_url, counter.zoom.base_url)
    yield watched
    assert watched.complaints == []
    assert watched.strangers == []


@with_and_without_scripts
def test_a_zoom_admin_connects_an_org(
    open_page: Opener, counter: Counter, java_script_enabled: bool
) -> None:
    page = open_page(java_script_enabled=java_script_enabled)
    expect_heading(page, "Connect Acme 1 with Zoom")
    page.get_by_role("checkbox", name="Zoom Phone").check()

    press(page)
    assert page.url.startswith(counter.zoom.base_url)
    sign_in(page)
    consent(page)

    expect_heading(page, CONNECTED)
    expect(page).to_have_url(RESULT)
    expect(page.get_by_text("Zoom Meetings, Zoom Phone")).to_be_visible()
    expect(page.get_by_text(ZOOM_ADMIN)).to_be_visible()
    is_connected(counter.asked)
    assert counter.world.token_requests() == 1


def test_a_result_can_be_loaded_again(open_page: Opener, counter: Counter) -> None:
    page = open_page()
    reach_consent(page)
    consent(page)
    expect_heading(page, CONNECTED)

    for _ in range(3):
        page.reload()
        expect_heading(page, CONNECTED)

    assert counter.world.token_requests() == 1


def test_nothing_of_an_authorization_stays_in_the_history(open_page: Opener) -> None:
    page = open_page()
    reach_consent(page)
    consent(page)
    expect_heading(page, CONNECTED)

    page.go_back()
    page.go_forward()

    expect(page).to_have_url(RESULT)
    assert page.evaluate("() => localStorage.length + sessionStorage.length") == 0
    assert page.evaluate("() => document.cookie") == ""


def test_the_cookie_is_kept_from_scripts_and_other_sites(
    open_page: Opener, counter: Counter
) -> None:
    page = open_page()
    press(page)

    (cookie,) = page.context.cookies(counter.gateway.base_url)

    assert cookie["name"].startswith("__Host-authorize-")
    assert (cookie["httpOnly"], cookie["secure"]) == (True, True)
    assert (cookie["sameSite"], cookie["path"]) == ("Lax", "/")
    assert 0 < cookie["expires"] - page.evaluate("() => Date.now() / 1000") <= 600


def test_looking_and_leaving_begins_nothing(open_page: Opener, counter: Counter) -> None:
    page = open_page()

    page.reload()
    page.get_by_role("checkbox", name="Zoom Phone").check()
    page.goto("about:blank")
    page.go_back()

    expect_heading(page, "Connect Acme 1 with Zoom")
    assert counter.asked.attempts == []
    is_untouched(counter.asked)


# Refusals


def test_somebody_declines_and_thinks_again(open_page: Opener, counter: Counter) -> None:
    page = open_page()
    reach_consent(page)

    decline(page)

    expect_heading(page, "The request was declined at Zoom")
    expect(page).to_have_url(RESULT)
    assert counter.world.token_requests() == 0
    page.get_by_role("link", name="Start again").click()
    expect(page.get_by_text("The request was declined at Zoom.")).to_be_visible()
    press(page)
    consent(page)
    expect_heading(page, CONNECTED)


def test_somebody_declines_and_zoom_drops_the_state(open_page: Opener, counter: Counter) -> None:
    counter.zoom.behaviour.denial = Denial.WITHOUT_STATE
    page = open_page()
    reach_consent(page)

    decline(page)

    expect_heading(page, "The request was declined at Zoom")


def test_somebody_signs_in_as_the_wrong_person_and_mends_it(
    open_page: Opener, counter: Counter
) -> None:
    page = open_page()
    reach_consent(page, STRANGER)
    consent(page)
    expect_heading(page, "The e-mail addresses do not match")
    expect(page.get_by_text(STRANGER)).to_be_visible()

    page.get_by_role("link", name="Start again").click()
    expect(page.get_by_text("The last try came to nothing")).to_be_visible()
    press(page)
    page.get_by_role("button", name="Switch account").click()
    sign_in(page)
    consent(page)

    expect_heading(page, CONNECTED)
    is_connected(counter.asked)


def test_a_product_that_is_not_there_is_left_out(open_page: Opener, counter: Counter) -> None:
    counter.zoom.person(ZOOM_ADMIN).products = [Product.MEETINGS]
    page = open_page()
    page.get_by_role("checkbox", name="Zoom Webinar").check()
    reach_consent(page)
    consent(page)
    expect_heading(page, "A product is not on your Zoom account")

    page.get_by_role("link", name="Start again").click()
    expect(page.get_by_role("checkbox", name="Zoom Webinar")).not_to_be_checked()
    press(page)
    consent(page)

    expect_heading(page, CONNECTED)


def test_a_scope_that_is_missing_is_named(open_page: Opener, counter: Counter) -> None:
    counter.zoom.faults.add(granted_scopes("user:read:user:admin"))
    page = open_page()
    reach_consent(page)

    consent(page)

    expect_heading(page, "Zoom allowed less than is needed")
    expect(page.get_by_text("user:read:settings")).to_be_visible()


def test_a_form_without_a_product_says_so(open_page: Opener, counter: Counter) -> None:
    page = open_page()
    page.get_by_role("checkbox", name="Zoom Meetings").uncheck()

    press(page)

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="Pick at least one Zoom product.").click()
    expect(page.get_by_role("checkbox", name="Zoom Meetings")).to_be_focused()
    page.keyboard.press("Space")
    press(page)
    sign_in(page)
    consent(page)
    expect_heading(page, CONNECTED)


def test_zooms_own_refusal_leaves_the_request_open(open_page: Opener, counter: Counter) -> None:
    page = open_page()
    press(page)
    sign_in(page, MEMBER)

    expect(page.get_by_text("An account admin is required")).to_be_visible()

    page.goto(counter.address)
    page.get_by_text("If Zoom shows an error").click()
    expect(page.get_by_text("“An account admin is required")).to_be_visible()
    is_untouched(counter.asked)


def test_an_app_that_is_added_in_the_marketplace_leads_to_the_link(
    open_page: Opener, counter: Counter
) -> None:
    page = open_page()
    code = counter.zoom.issue_code(ZOOM_ADMIN, counter.app)

    page.goto(f"{counter.gateway.base_url}{CALLBACK}?code={code}")

    expect_heading(page, "Please start from the link you were sent")
    is_untouched(counter.asked)


def test_a_link_that_has_served_says_that_it_has(open_page: Opener, counter: Counter) -> None:
    page = open_page()
    reach_consent(page)
    consent(page)
    expect_heading(page, CONNECTED)

    page.goto(counter.address)

    expect_heading(page, "✓ Acme 1 is connected with Zoom")


# Out of order


def test_going_back_to_zoom_and_consenting_once_more_connects_nothing_twice(
    open_page: Opener, counter: Counter
) -> None:
    page = open_page()
    reach_consent(page)
    consent(page)
    expect_heading(page, CONNECTED)

    page.go_back()
    consent(page)

    # Zoom has made another code for a state that is used up.
    expect_heading(page, "This authorization cannot be continued")
    expect(page.get_by_text("consented once more")).to_be_visible()
    assert counter.world.token_requests() == 1
    page.goto(counter.address)
    expect_heading(page, "✓ Acme 1 is connected with Zoom")


def test_going_back_to_the_start_shows_that_it_is_done(open_page: Opener, counter: Counter) -> None:
    page = open_page()
    reach_consent(page)
    consent(page)
    expect_heading(page, CONNECTED)

    while page.url != counter.address:
        page.go_back()

    expect_heading(page, "✓ Acme 1 is connected with Zoom")


def test_a_double_click_on_the_button_leads_to_zoom_once(
    open_page: Opener, counter: Counter
) -> None:
    page = open_page()

    page.get_by_role("button", name=START).dblclick(no_wait_after=True)
    sign_in(page)
    consent(page)

    expect_heading(page, CONNECTED)
    assert counter.world.token_requests() == 1


def test_a_double_click_on_consent_connects_once(open_page: Opener, counter: Counter) -> None:
    page = open_page()
    reach_consent(page)

    page.get_by_role("button", name="Authorize").dblclick(no_wait_after=True)

    expect(page).to_have_url(RESULT)
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(re.compile("connected|already completed|being checked"))
    page.reload()
    expect(heading).to_have_text(re.compile("connected|already completed"))
    is_connected(counter.asked)
    assert counter.world.token_requests() == 1


def test_of_two_tabs_the_first_to_come_back_counts(open_page: Opener, counter: Counter) -> None:
    first = open_page()
    second = open_page(tab_of=first)
    reach_consent(first)
    press(second)

    consent(second)
    expect_heading(second, CONNECTED)
    consent(first)

    expect_heading(first, COMPLETED)
    expect(first).to_have_url(re.compile(r".*/oauth/done/[0-9a-f]{64}\.already_done$"))
    assert counter.world.token_requests() == 1
    for tab in (first, second):
        tab.reload()
    expect_heading(second, CONNECTED)
    expect_heading(first, COMPLETED)


def test_a_link_that_goes_on_in_another_browser_ends_there(
    open_page: Opener, counter: Counter
) -> None:
    here, there = open_page(), open_page()
    press(here)
    there.goto(here.url)
    sign_in(there)

    consent(there)

    expect_heading(there, "This browser has not begun an authorization")
    is_untouched(counter.asked)
    there.goto(counter.address)
    press(there)
    consent(there)
    expect_heading(there, CONNECTED)


def test_cookies_that_were_deleted_on_the_way_are_explained(
    open_page: Opener, counter: Counter
) -> None:
    page = open_page()
    reach_consent(page)
    page.context.clear_cookies(name=re.compile("authorize"))

    consent(page)

    expect_heading(page, "This browser has not begun an authorization")
    is_untouched(counter.asked)


def test_a_browser_that_blocks_our_cookies_is_told_so(
    chromium: Browser, launched_with: dict[str, Any], counter: Counter, tmp_path: Path
) -> None:
    exceptions = {f"{counter.gateway.base_url},*": {"setting": 2}}
    preferences = {"profile": {"content_settings": {"exceptions": {"cookies": exceptions}}}}
    profile = tmp_path / "Default" / "Preferences"
    profile.parent.mkdir()
    profile.write_text(json.dumps(preferences), encoding="utf-8")
    context = chromium.browser_type.launch_persistent_context(tmp_path, **launched_with)
    page = context.pages[0]
    page.goto(counter.address)

    reach_consent(page)
    consent(page)

    expect_heading(page, "This browser has not begun an authorization")
    expect(page.get_by_text("Cookies are blocked in this browser.")).to_be_visible()
    assert context.cookies(counter.gateway.base_url) == []
    is_untouched(counter.asked)
    context.close()


# Other ways of using a computer


def focused(page: Page) -> str:
    """What the keyboard would act on."""
    return str(
        page.evaluate(
            "() => { const e = document.activeElement;"
            " return e.id || e.textContent.trim().replace(/\\s+/g, ' '); }"
        )
    )


def test_everything_can_be_done_with_the_keyboard(open_page: Opener, counter: Counter) -> None:
    page = open_page()

    for stop in ("meetings", "phone", "webinar", START, "If Zoom shows an error"):
        page.keyboard.press("Tab")
        assert focused(page).startswith(stop)
        if stop == "webinar":
            page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Invalid redirect")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    sign_in(page)
    consent(page)

    expect_heading(page, CONNECTED)
    assert counter.asked.attempts[0].products == ("meetings", "webinar")


def test_a_way_back_can_be_taken_with_the_keyboard(open_page: Opener, counter: Counter) -> None:
    page = open_page()
    reach_consent(page)
    decline(page)
    expect_heading(page, "The request was declined at Zoom")

    page.keyboard.press("Tab")
    assert focused(page) == "Start again"
    page.keyboard.press("Enter")

    expect(page).to_have_url(counter.address)


# Other sites


@pytest.fixture
def evil(strictness: Strictness) -> Iterator[Evil]:
    """Another site, which somebody with the link visits."""
    evil = Evil()
    with Gateway(Handlers({"/": evil.answer})) as gateway:
        evil.address = gateway.base_url.replace("localhost", "127.0.0.1")
        yield evil
    strictness.strangers.clear()


def test_the_start_page_cannot_be_framed(
    open_page: Opener, address: str, evil: Evil, strictness: Strictness
) -> None:
    evil.body = f'<iframe src="{address}"></iframe>'
    page = open_page()

    with (
        page.expect_event("framenavigated", lambda frame: frame.url.startswith("chrome-error:")),
        page.expect_event("console", lambda message: "frame-ancestors" in message.text),
    ):
        page.goto(evil.address)

    strictness.complaints.clear()


def test_a_form_on_another_site_begins_nothing_even_with_a_good_token(
    open_page: Opener, counter: Counter, evil: Evil
) -> None:
    page = open_page()
    token = page.locator("input[name=token]").get_attribute("value")
    fields = f'<input name="token" value="{token}"><input name="phone" value="chosen">'
    evil.body = (
        f'<form method="post" action="{counter.address}">{fields}<button>Win</button></form>'
    )
    page.goto(evil.address)

    page.get_by_role("button", name="Win").click()

    expect(page.get_by_role("alert")).to_contain_text("not sent from this page")
    expect(page.get_by_role("checkbox", name="Zoom Phone")).not_to_be_checked()
    assert counter.asked.attempts == []


def forgetful(parts: Parts) -> dict[str, Handle]:
    """Pages whose policy does not name Zoom."""
    start = parts.start()
    start._form_action = "'self'"
    return handlers_of(start, parts.callback(), parts.result())


def test_a_policy_that_forgot_zoom_would_hold_people_up(
    open_page: Opener, strictness: Strictness
) -> None:
    """Browsers hold the redirect after a form to its policy, too; this is why it names Zoom."""
    with open_counter(forgetful) as other:
        page = open_page()
        page.goto(other.address)

        with page.expect_event("console"):
            press(page)

        assert page.url == other.address
    assert any("form-action" in each for each in strictness.complaints)
    strictness.complaints.clear()
    strictness.strangers.clear()
