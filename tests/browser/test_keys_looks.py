"""How the pages about the old keys look: on phones and desks, by day and by night."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.adapters.web.keys_pages import KEYS_PAGES
from tests.browser.conftest import DEVICES, Show
from tests.browser.looks import Scheme, both_schemes, fits_and_reads_well, outlines_of, size
from zoom_migrator.domain.cleanup_words import CONFIRMATION

every_page = pytest.mark.parametrize("name", KEYS_PAGES)


@every_page
def test_a_page_fits_its_screen_and_is_easy_to_read(show: Show, name: str, pictures: Path) -> None:
    fits_and_reads_well(show(name), name, pictures)


@pytest.mark.parametrize("device", DEVICES)
def test_everything_that_is_pressed_is_large_enough(show: Show, device: str) -> None:
    """WCAG 2.2, 2.5.8 asks for 24 pixels; buttons and fields have 44."""
    page = show("cleanup_form", device=device)
    pressed = page.locator("button:visible, input[type=text], input[type=email]").all()

    assert len(pressed) == 4
    assert all(size(each)[1] >= 44 for each in pressed)
    assert min(size(page.get_by_role("checkbox"))) >= 24


@both_schemes
def test_what_the_keyboard_is_on_is_seen(show: Show, scheme: Scheme) -> None:
    page = show("cleanup_form", scheme=scheme)

    assert outlines_of(page, stops=5) == [["solid", 3]] * 5


def controls_heard(page: Page) -> list[str]:
    """What a screen reader says of the form, in order."""
    heard = page.get_by_role("form", name="Your answer").aria_snapshot()
    return re.findall(r"- (?:group|radio|checkbox|textbox|link|button) [^\n]*", heard)


WHO_AND_WHAT = [
    '- group "Who you are":',
    '- textbox "Your name"',
    '- textbox "Your e-mail address"',
    '- button "Remove the old keys"',
    '- button "Keep the old keys"',
]


def test_a_screen_reader_hears_the_form_in_order(show: Show) -> None:
    assert controls_heard(show("cleanup_form")) == [
        '- group "The package\u2019s own connection":',
        f'- checkbox "{CONFIRMATION}"',
        *WHO_AND_WHAT,
    ]


def test_where_nobody_has_to_look_nobody_hears_of_it(show: Show) -> None:
    assert controls_heard(show("cleanup_form, with the connection proven")) == WHO_AND_WHAT


def test_the_box_is_heard_with_where_to_look_and_what_is_wrong(show: Show) -> None:
    box = show("cleanup_form, with problems").get_by_role("checkbox")

    expect(box).to_have_accessible_description(
        "In Salesforce, click the nine dots at the top left, search for Zoom Config and open it. "
        "Only needed to remove the keys, not to keep them. To remove the keys, look at Zoom "
        "Config and tick the box that says it shows the connection."
    )


def test_what_is_said_before_the_form_is_heard_under_headings(show: Show) -> None:
    page = show("cleanup_form")

    expect(page.get_by_role("heading", level=2)).to_have_text(
        [
            "If they are removed",
            "What is left of the keys all the same",
            "If they are kept",
            "What is proven",
            "What is not proven",
            "Your answer",
        ]
    )
