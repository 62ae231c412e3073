"""How the pages that end reminders look: on phones and desks, by day and by night."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.adapters.web.mute_pages import MUTE_PAGES
from tests.browser.conftest import DEVICES, Show
from tests.browser.looks import Scheme, both_schemes, fits_and_reads_well, outlines_of, size


@pytest.mark.parametrize("name", MUTE_PAGES)
def test_a_page_fits_its_screen_and_is_easy_to_read(show: Show, name: str, pictures: Path) -> None:
    fits_and_reads_well(show(name), name, pictures)


@pytest.mark.parametrize("device", DEVICES)
def test_the_button_is_large_enough(show: Show, device: str) -> None:
    """WCAG 2.2, 2.5.8 asks for 24 pixels; buttons have 44."""
    button = show("mute_form", device=device).get_by_role("button", name="End these reminders")

    assert size(button)[1] >= 44


@both_schemes
def test_what_the_keyboard_is_on_is_seen(show: Show, scheme: Scheme) -> None:
    page = show("mute_form", scheme=scheme)

    assert outlines_of(page, stops=1) == [["solid", 3]]
    expect(page.get_by_role("button")).to_be_focused()
