"""What people do on the approval page, told by what they read there."""

from __future__ import annotations

from playwright.sync_api import Page, expect

ADMIN = "salesforce.admin@acme.example"


def fill_in(page: Page, *, name: str = "Grace Hopper", email: str = ADMIN) -> None:
    """Say who it is, and accept the terms."""
    page.get_by_role("checkbox", name="I accept the terms").check()
    page.get_by_role("textbox", name="Your name").fill(name)
    page.get_by_role("textbox", name="Your e-mail address").fill(email)


def approve(page: Page) -> None:
    """Press the first button."""
    page.get_by_role("button", name="Approve the upgrade").click()


def decline(page: Page) -> None:
    """Press the second button."""
    page.get_by_role("button", name="Decline").click()


def expect_heading(page: Page, text: str) -> None:
    """The page is the one with this heading."""
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def expect_approved(page: Page) -> None:
    """The page says that the upgrade is approved."""
    expect(page.get_by_role("heading", level=1)).to_contain_text("The upgrade is approved")


def expect_declined(page: Page) -> None:
    """The page says that the upgrade is declined."""
    expect(page.get_by_role("heading", level=1)).to_have_text("The upgrade is declined")
