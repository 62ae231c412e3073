"""How the pages of an authorization look: on phones and desks, by day and by night."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.adapters.web.authorize_pages import AUTHORIZE_PAGES
from tests.browser.conftest import DEVICES, Show
from tests.browser.looks import (
    Scheme,
    both_schemes,
    fits_and_reads_well,
    outlines_of,
    size,
    width_of,
)

every_page = pytest.mark.parametrize("name", AUTHORIZE_PAGES)


@every_page
def test_a_page_fits_its_screen_and_is_easy_to_read(show: Show, name: str, pictures: Path) -> None:
    fits_and_reads_well(show(name), name, pictures)


@both_schemes
def test_the_obstacles_fit_a_phone_when_they_are_open(
    show: Show, scheme: Scheme, pictures: Path
) -> None:
    page = show("authorize_form", device="phone", scheme=scheme)

    page.get_by_text("If Zoom shows an error").click()

    expect(page.get_by_text("Invalid redirect")).to_be_visible()
    page.screenshot(path=pictures / f"authorize_form-obstacles-phone-{scheme}.png", full_page=True)
    assert width_of(page) <= DEVICES["phone"]["width"]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("name", ["authorize_form", "outcome_declined", "outcome_in_progress"])
def test_everything_that_is_pressed_is_large_enough(show: Show, name: str, device: str) -> None:
    """WCAG 2.2, 2.5.8 asks for 24 pixels; buttons have 44."""
    page = show(name, device=device)
    buttons = page.locator("button, a.button").all()

    assert len(buttons) == 1
    assert all(size(each)[1] >= 44 for each in buttons)
    assert all(min(size(each)) >= 24 for each in page.locator("input[type=checkbox]").all())
    assert all(size(each)[1] >= 24 for each in page.locator("summary").all())


@both_schemes
def test_what_the_keyboard_is_on_is_seen(show: Show, scheme: Scheme) -> None:
    page = show("authorize_form", scheme=scheme)

    assert outlines_of(page, stops=5) == [["solid", 3]] * 5


def test_a_screen_reader_hears_the_form_in_order(show: Show) -> None:
    page = show("authorize_form")

    heard = page.get_by_role("form", name="Start").aria_snapshot().splitlines()

    assert [line.strip() for line in heard if "paragraph" not in line and "text" not in line] == [
        '- form "Start":',
        '- group "Which Zoom products are integrated with Salesforce?":',
        '- checkbox "Zoom Meetings" [checked]',
        '- checkbox "Zoom Phone"',
        '- checkbox "Zoom Webinar"',
        '- button "Continue to Zoom"',
    ]


def test_the_note_about_products_is_heard_with_them(show: Show) -> None:
    page = show("authorize_form, with problems")

    expect(page.get_by_role("group", name="Which Zoom products")).to_have_accessible_description(
        "If you do not have Zoom Phone or Zoom Webinar on your account, do not select those "
        "products. Pick at least one Zoom product."
    )
