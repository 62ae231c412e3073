"""What people do on the page about the old keys, told by what they read there."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.people import ADMIN
from zoom_migrator.domain.cleanup_words import CONFIRMATION


def tick(page: Page) -> None:
    """Say that the connection was seen."""
    page.get_by_role("checkbox", name=CONFIRMATION).check()


def say_who(page: Page, *, name: str = "Grace Hopper", email: str = ADMIN) -> None:
    """Say who it is."""
    page.get_by_role("textbox", name="Your name").fill(name)
    page.get_by_role("textbox", name="Your e-mail address").fill(email)


def fill_in(page: Page, *, name: str = "Grace Hopper") -> None:
    """Fill in everything that a removal needs."""
    tick(page)
    say_who(page, name=name)


def approve(page: Page) -> None:
    """Press the first button."""
    page.get_by_role("button", name="Remove the old keys").click()


def decline(page: Page) -> None:
    """Press the second button."""
    page.get_by_role("button", name="Keep the old keys").click()


def expect_approved(page: Page) -> None:
    """The page says that the removal is approved."""
    expect(page.get_by_role("heading", level=1)).to_contain_text("The removal is approved")


def expect_declined(page: Page) -> None:
    """The page says that the keys are kept."""
    expect(page.get_by_role("heading", level=1)).to_have_text("The old keys are kept")
