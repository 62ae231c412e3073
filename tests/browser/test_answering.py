"""An admin answers, in order and out of order."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.adapters.web.desk import Desk
from tests.browser.conftest import Opener
from tests.browser.people import (
    approve,
    decline,
    expect_approved,
    expect_declined,
    expect_heading,
    fill_in,
)
from tests.questions import TASK_TOKEN
from zoom_migrator.domain.approval import ApprovalStatus
from zoom_migrator.domain.upgrade import SecurityType

with_and_without_scripts = pytest.mark.parametrize("java_script_enabled", [True, False])


def answered_once(desk: Desk, status: ApprovalStatus) -> bool:
    """Whether this is the answer, and the only one."""
    return (
        desk.asked.approval.status is status
        and len(desk.asked.answers_on_record()) == 1
        and desk.asked.callback.completed == [TASK_TOKEN]
    )


@with_and_without_scripts
def test_an_admin_approves(
    open_page: Opener, desk: Desk, address: str, java_script_enabled: bool
) -> None:
    page = open_page(java_script_enabled=java_script_enabled)
    expect_heading(page, "May the Zoom package in Acme 1 be upgraded?")
    page.get_by_role("radio", name="Install for admins only").check()
    fill_in(page)

    approve(page)

    expect_approved(page)
    assert page.url == address
    assert answered_once(desk, ApprovalStatus.ACCEPTED)
    answer = desk.asked.approval.answer
    assert answer is not None
    assert answer.security is SecurityType.ADMINS_ONLY
    assert answer.source.startswith("127.0.0.1 Mozilla/5.0")


@with_and_without_scripts
def test_an_admin_declines_without_accepting_any_terms(
    open_page: Opener, desk: Desk, java_script_enabled: bool
) -> None:
    page = open_page(java_script_enabled=java_script_enabled)
    fill_in(page)
    page.get_by_role("checkbox", name="I accept the terms").uncheck()

    decline(page)

    expect_declined(page)
    assert answered_once(desk, ApprovalStatus.DECLINED)


@with_and_without_scripts
def test_what_is_wrong_is_said_and_mended(
    open_page: Opener, desk: Desk, java_script_enabled: bool
) -> None:
    page = open_page(java_script_enabled=java_script_enabled)
    page.get_by_role("radio", name="Install for admins only").check()
    page.get_by_role("textbox", name="Your name").fill("Grace Hopper")

    approve(page)

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_text(
        ["To approve, tick the box that says you accept the terms.", "Enter your e-mail address."]
    )
    expect(page).to_have_title("Error: Approve the Zoom upgrade of Acme 1")
    expect(page.get_by_role("radio", name="Install for admins only")).to_be_checked()
    expect(page.get_by_role("textbox", name="Your name")).to_have_value("Grace Hopper")
    email = page.get_by_role("textbox", name="Your e-mail address")
    expect(email).to_have_accessible_description(
        "The one that is registered for this org: s•••@acme.example Enter your e-mail address."
    )
    assert desk.asked.answers_on_record() == []

    fill_in(page)
    approve(page)

    expect_approved(page)
    assert answered_once(desk, ApprovalStatus.ACCEPTED)


def test_a_problem_leads_to_its_field(open_page: Opener) -> None:
    page = open_page()
    approve(page)

    page.get_by_role("link", name="Enter your e-mail address.").click()

    expect(page.get_by_role("textbox", name="Your e-mail address")).to_be_focused()


def focused(page: Page) -> str:
    """What the keyboard would act on."""
    return str(
        page.evaluate(
            "() => { const e = document.activeElement;"
            " return e.id || e.value || e.textContent.trim(); }"
        )
    )


def test_everything_can_be_done_with_the_keyboard(open_page: Opener, desk: Desk) -> None:
    page = open_page()
    stops = {
        "all-users": ["ArrowDown"],
        "Read the terms and conditions": [],
        "terms": ["Space"],
        "name": [*"Grace Hopper"],
        "email": [*"salesforce.admin@acme.example"],
        "approve": [],
        "decline": [],
    }

    for stop, keys in stops.items():
        page.keyboard.press("Tab")
        assert focused(page) == stop
        for key in keys:
            page.keyboard.press(key)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")

    expect_approved(page)
    answer = desk.asked.approval.answer
    assert answer is not None
    assert (answer.name, answer.security) == ("Grace Hopper", SecurityType.ADMINS_ONLY)
