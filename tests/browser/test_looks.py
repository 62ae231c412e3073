"""How pages look: on small and large screens, by day and by night, and to a screen reader."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests.adapters.web.desk import Desk
from tests.adapters.web.test_markup import contrast
from tests.browser.conftest import Opener
from tests.browser.looks import COLOURS, Scheme, both_schemes, outlines_of, size, width_of
from tests.browser.people import approve, decline, fill_in
from zoom_migrator.domain.approval import ApprovalStatus
from zoom_migrator.domain.migration import Ending, MigrationOutcome


def as_it_is(page: Page, desk: Desk) -> None:
    """The form that nobody has touched."""


def with_problems(page: Page, desk: Desk) -> None:
    approve(page)
    expect(page.get_by_role("alert")).to_be_visible()


def approved(page: Page, desk: Desk) -> None:
    fill_in(page)
    approve(page)


def declined(page: Page, desk: Desk) -> None:
    fill_in(page)
    decline(page)


def over(outcome: MigrationOutcome) -> Callable[[Page, Desk], None]:
    def end(page: Page, desk: Desk) -> None:
        asked = desk.asked
        asked.migrations.save(asked.migration.ended(Ending(outcome), asked.clock.now()))
        page.reload()

    return end


def nowhere(page: Page, desk: Desk) -> None:
    page.goto(page.url[:-1])


STATES: Final[dict[str, Callable[[Page, Desk], None]]] = {
    "form": as_it_is,
    "problems": with_problems,
    "approved": approved,
    "declined": declined,
    "expired": over(MigrationOutcome.EXPIRED),
    "revoked": over(MigrationOutcome.STOPPED),
    "superseded": over(MigrationOutcome.UPGRADED),
    "not-found": nowhere,
}
WIDTHS: Final = {"desktop": 1_000, "phone": 360, "narrowest": 320}


@pytest.mark.parametrize("state", STATES)
@both_schemes
def test_a_page_fits_every_screen(
    open_page: Opener, desk: Desk, pictures: Path, state: str, scheme: Scheme
) -> None:
    page = open_page(color_scheme=scheme)

    STATES[state](page, desk)

    for device, width in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 900})
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.screenshot(path=pictures / f"{state}-{device}-{scheme}.png", full_page=True)
        assert width_of(page) <= width


def test_a_name_without_blanks_fits_a_phone(open_page: Opener) -> None:
    page = open_page(width=360)
    fill_in(page, name="N" * 200, email="e" * 60 + "@" + "d" * 60 + ".example")

    approve(page)

    expect(page.get_by_role("alert")).to_be_visible()
    assert width_of(page) <= 360


def test_a_page_fits_where_letters_are_twice_as_large(open_page: Opener) -> None:
    page = open_page(width=640)

    page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")

    assert width_of(page) <= 640


@pytest.mark.parametrize("width", [1_000, 360])
def test_everything_that_is_pressed_is_large_enough(open_page: Opener, width: int) -> None:
    """WCAG 2.2, 2.5.8 asks for 24 pixels; buttons and fields have 44."""
    page = open_page(width=width)

    for control in page.locator("button, input[type=text], input[type=email]").all():
        assert size(control)[1] >= 44
    for control in page.locator("input[type=radio], input[type=checkbox]").all():
        assert min(size(control)) >= 24


@both_schemes
def test_text_is_easy_to_read_by_day_and_by_night(open_page: Opener, scheme: Scheme) -> None:
    page = open_page(color_scheme=scheme)
    approve(page)

    pairs = page.evaluate(COLOURS)

    assert len(pairs) > 20
    assert all(contrast(front, back) >= 4.5 for front, back in pairs)
    backs = {back for _, back in pairs}
    assert ("#ffffff" in backs) == (scheme == "light")


@both_schemes
def test_what_the_keyboard_is_on_is_seen(open_page: Opener, scheme: Scheme) -> None:
    page = open_page(color_scheme=scheme)

    assert outlines_of(page, stops=7) == [["solid", 3]] * 7


def test_a_screen_reader_hears_the_form_in_order(open_page: Opener) -> None:
    page = open_page()

    heard = page.get_by_role("form", name="Your answer").aria_snapshot()

    controls = r"- (?:group|radio|checkbox|textbox|link|button) [^\n]*"
    assert re.findall(controls, heard) == [
        '- group "Who is it installed for?":',
        '- radio "Install for all users" [checked]',
        '- radio "Install for admins only"',
        '- group "Terms of the Zoom package":',
        '- link "Read the terms and conditions":',
        '- checkbox "I accept the terms and conditions for this org"',
        '- group "Who you are":',
        '- textbox "Your name"',
        '- textbox "Your e-mail address"',
        '- button "Approve the upgrade"',
        '- button "Decline"',
    ]


def test_choices_are_heard_with_what_they_mean(open_page: Opener) -> None:
    page = open_page()

    expect(page.get_by_role("radio", name="Install for all users")).to_be_checked()
    expect(
        page.get_by_role("radio", name="Install for admins only")
    ).to_have_accessible_description("This may limit access to the Zoom app by standard users.")
    expect(page.get_by_role("checkbox")).to_have_accessible_description(
        "Read the terms and conditions (version 2024-05) before you accept them."
    )


def test_every_state_is_one_that_people_meet(desk: Desk) -> None:
    statuses = {status.value for status in ApprovalStatus}

    assert statuses - {"pending", "accepted"} <= set(STATES)
