"""Somebody answers a question, whatever it is about, in order and out of order."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import timedelta
from typing import Final, Protocol

import pytest
from playwright.sync_api import Page, expect

from tests.adapters.web.desk import Desk
from tests.adapters.web.keys_desk import KeysDesk
from tests.browser import keys_people, people
from tests.browser.conftest import AnyDesk, Evil, Opener, Strictness
from tests.browser.people import expect_heading
from tests.questions import TASK_TOKEN


class People(Protocol):
    """What people do on one of the pages, told by what they read there."""

    def fill_in(self, page: Page, *, name: str = ...) -> None: ...
    def approve(self, page: Page) -> None: ...
    def decline(self, page: Page) -> None: ...
    def expect_approved(self, page: Page) -> None: ...
    def expect_declined(self, page: Page) -> None: ...


PAGES: Final[dict[str, tuple[Callable[[], AnyDesk], People]]] = {
    "approve": (Desk.asking, people),
    "cleanup": (KeysDesk.asking, keys_people),
}


@pytest.fixture(params=PAGES)
def which(request: pytest.FixtureRequest) -> str:
    """Which of the pages it is."""
    name: str = request.param
    return name


@pytest.fixture
def desk(which: str) -> AnyDesk:
    return PAGES[which][0]()


@pytest.fixture
def who(which: str) -> People:
    """What people do there."""
    return PAGES[which][1]


def answered_once(desk: AnyDesk, status: str) -> bool:
    """Whether this is the answer, and the only one."""
    question = desk.asked.question
    woken = desk.asked.callback.completed == [TASK_TOKEN]
    return question.status == status and desk.asked.is_recorded_once and woken


APPROVED: Final = {"approve": "accepted", "cleanup": "approved"}


def test_looking_and_leaving_changes_nothing(open_page: Opener, desk: AnyDesk, who: People) -> None:
    before = desk.asked.migration
    page = open_page()

    page.reload()
    who.fill_in(page)
    page.goto("about:blank")
    page.go_back()

    assert desk.asked.migration == before


def test_loading_the_page_again_after_an_answer_sends_nothing_again(
    open_page: Opener, desk: AnyDesk, who: People, which: str
) -> None:
    page = open_page()
    who.fill_in(page)
    who.approve(page)
    who.expect_approved(page)

    for _ in range(3):
        page.reload()
        who.expect_approved(page)

    assert answered_once(desk, APPROVED[which])


def test_going_back_after_an_answer_does_not_bring_the_form_back(
    open_page: Opener, desk: AnyDesk, who: People, which: str
) -> None:
    page = open_page()
    page.goto(page.url)
    who.fill_in(page)
    who.approve(page)
    who.expect_approved(page)

    page.go_back()

    who.expect_approved(page)
    assert answered_once(desk, APPROVED[which])


def test_a_form_that_was_left_open_is_told_what_was_answered_meanwhile(
    open_page: Opener, desk: AnyDesk, who: People
) -> None:
    first = open_page()
    second = open_page(tab_of=first)
    who.fill_in(first)
    who.fill_in(second, name="Somebody Else")

    who.decline(first)
    who.approve(second)

    for page in (first, second):
        who.expect_declined(page)
        expect(page.get_by_text("Grace Hopper")).to_be_visible()
    expect(second.get_by_text("has not been recorded")).to_be_visible()
    expect(first.get_by_text("has not been recorded")).to_have_count(0)
    assert answered_once(desk, "declined")


def test_a_double_click_is_one_answer(
    open_page: Opener, desk: AnyDesk, who: People, which: str
) -> None:
    page = open_page()
    who.fill_in(page)

    page.locator("button[value=approve]").dblclick(no_wait_after=True)

    who.expect_approved(page)
    assert answered_once(desk, APPROVED[which])


def test_a_form_that_was_open_overnight_can_be_sent_again(
    open_page: Opener, desk: AnyDesk, who: People
) -> None:
    page = open_page()
    who.fill_in(page)
    desk.asked.clock.advance(timedelta(hours=13))

    who.approve(page)

    expect(page.get_by_role("alert")).to_contain_text("open for too long")
    expect(page.get_by_role("textbox", name="Your name")).to_have_value("Grace Hopper")
    expect(page.get_by_role("checkbox")).to_be_checked()
    who.approve(page)
    who.expect_approved(page)


def test_a_request_that_ends_while_the_form_is_open_says_so(
    open_page: Opener, desk: AnyDesk, who: People
) -> None:
    page = open_page()
    who.fill_in(page)
    desk.asked.clock.advance(timedelta(days=14))

    who.approve(page)

    expect_heading(page, "This request is out of date")
    assert desk.asked.is_pending


def test_a_link_that_is_out_of_date_says_so(open_page: Opener, desk: AnyDesk) -> None:
    desk.asked.clock.advance(timedelta(days=14))

    page = open_page()

    expect_heading(page, "This request is out of date")
    expect(page.get_by_role("form")).to_have_count(0)


def test_half_a_link_leads_nowhere(open_page: Opener) -> None:
    page = open_page()

    page.goto(page.url[:-20])

    expect_heading(page, "This link leads nowhere")


def test_a_form_on_another_site_cannot_answer_even_with_a_good_token(
    open_page: Opener, desk: AnyDesk, address: str, evil: Evil, strictness: Strictness
) -> None:
    fields = "".join(
        f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
        for name, value in desk.fields().items()
    )
    evil.body = f'<form method="post" action="{address}">{fields}<button>Win</button></form>'
    page = open_page()
    page.goto(evil.address)

    page.get_by_role("button", name="Win").click()

    expect(page.get_by_role("alert")).to_contain_text("not sent from this page")
    expect(page.get_by_role("textbox", name="Your name")).to_have_value("")
    expect(page.get_by_role("checkbox")).not_to_be_checked()
    assert desk.asked.is_pending
    assert strictness.strangers == [evil.address + "/"]
    strictness.strangers.clear()


def test_nothing_of_an_answer_stays_in_the_browser(open_page: Opener, who: People) -> None:
    page = open_page()
    who.fill_in(page)
    who.approve(page)
    who.expect_approved(page)

    assert page.context.cookies() == []
    assert page.evaluate("() => localStorage.length + sessionStorage.length") == 0
