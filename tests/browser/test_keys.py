"""An admin answers about the old keys, in order and out of order."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.adapters.web.keys_desk import KeysDesk
from tests.browser.conftest import Evil, Opener, Strictness
from tests.browser.keys_people import expect_approved, fill_in, keep, remove, say_who, tick
from tests.browser.people import ADMIN, expect_heading
from tests.browser.test_answering import focused, with_and_without_scripts
from tests.cleanups import CleanupWorld
from tests.keys_asked import a_cleanup_request, a_migration_asking
from tests.questions import TASK_TOKEN
from zoom_migrator.domain.cleanup import CleanupStatus

ASKED = "May the old Zoom keys in Acme 1 be removed?"
CONNECTION = re.compile("tick the box that says it shows the connection")


@pytest.fixture
def desk() -> KeysDesk:
    """A desk at which an admin is asked about the old keys, and has to look at the package."""
    return KeysDesk.asking()


def answered_once(desk: KeysDesk, status: CleanupStatus) -> bool:
    """Whether this is the answer, and the only one."""
    return (
        desk.asked.question.status is status
        and desk.asked.is_recorded_once
        and desk.asked.callback.completed == [TASK_TOKEN]
    )


@with_and_without_scripts
def test_an_admin_has_the_keys_removed(
    open_page: Opener, desk: KeysDesk, address: str, java_script_enabled: bool
) -> None:
    page = open_page(java_script_enabled=java_script_enabled)
    expect_heading(page, ASKED)
    fill_in(page)

    remove(page)

    expect_approved(page)
    assert page.url == address
    assert answered_once(desk, CleanupStatus.APPROVED)
    answer = desk.asked.question.answer
    assert answer is not None
    assert answer.connection_seen
    assert answer.source.startswith("127.0.0.1 Mozilla/5.0")


@with_and_without_scripts
def test_an_admin_keeps_the_keys_without_a_look_at_the_package(
    open_page: Opener, desk: KeysDesk, java_script_enabled: bool
) -> None:
    page = open_page(java_script_enabled=java_script_enabled)
    say_who(page)

    keep(page)

    expect_heading(page, "The old keys are kept")
    assert answered_once(desk, CleanupStatus.DECLINED)


def test_looking_and_leaving_changes_nothing(open_page: Opener, desk: KeysDesk) -> None:
    before = desk.asked.migration
    page = open_page()

    page.reload()
    fill_in(page)
    page.goto("about:blank")
    page.go_back()

    assert desk.asked.migration == before


@with_and_without_scripts
def test_a_missing_confirmation_is_said_beside_its_box_and_mended(
    open_page: Opener, desk: KeysDesk, java_script_enabled: bool
) -> None:
    page = open_page(java_script_enabled=java_script_enabled)
    say_who(page)

    remove(page)

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_text(CONNECTION)
    expect(page).to_have_title("Error: Remove the old Zoom keys of Acme 1")
    box = page.get_by_role("checkbox")
    expect(box).not_to_be_checked()
    expect(box).to_have_accessible_description(CONNECTION)
    expect(page.get_by_role("textbox", name="Your name")).to_have_value("Grace Hopper")
    expect(page.get_by_role("textbox", name="Your e-mail address")).to_have_value(ADMIN)
    assert desk.asked.is_pending

    tick(page)
    remove(page)

    expect_approved(page)
    assert answered_once(desk, CleanupStatus.APPROVED)


def test_a_problem_leads_to_its_box(open_page: Opener) -> None:
    page = open_page()
    remove(page)

    page.get_by_role("link", name=CONNECTION).click()

    expect(page.get_by_role("checkbox")).to_be_focused()


@pytest.mark.parametrize("field", ["connection", "name", "email"])
def test_the_enter_key_in_a_field_decides_nothing(
    open_page: Opener, desk: KeysDesk, field: str
) -> None:
    page = open_page()
    fill_in(page)

    page.locator(f"#{field}").press("Enter")

    expect(page.get_by_role("alert").get_by_role("link")).to_have_text("Press Remove or Keep.")
    assert desk.asked.is_pending
    remove(page)
    expect_approved(page)


def test_loading_the_page_again_after_an_answer_sends_nothing_again(
    open_page: Opener, desk: KeysDesk
) -> None:
    page = open_page()
    fill_in(page)
    remove(page)
    expect_approved(page)

    for _ in range(3):
        page.reload()
        expect_approved(page)

    assert answered_once(desk, CleanupStatus.APPROVED)


def test_going_back_after_an_answer_does_not_bring_the_form_back(
    open_page: Opener, desk: KeysDesk
) -> None:
    page = open_page()
    page.goto(page.url)
    fill_in(page)
    remove(page)
    expect_approved(page)

    page.go_back()

    expect_approved(page)
    assert answered_once(desk, CleanupStatus.APPROVED)


def test_a_form_in_another_tab_is_told_what_was_answered_meanwhile(
    open_page: Opener, desk: KeysDesk
) -> None:
    first = open_page()
    second = open_page(tab_of=first)
    fill_in(first)
    fill_in(second, name="Somebody Else")

    keep(first)
    remove(second)

    for page in (first, second):
        expect_heading(page, "The old keys are kept")
        expect(page.get_by_text("Grace Hopper")).to_be_visible()
    expect(second.get_by_text("has not been recorded")).to_be_visible()
    expect(first.get_by_text("has not been recorded")).to_have_count(0)
    assert answered_once(desk, CleanupStatus.DECLINED)


def test_a_double_click_is_one_answer(open_page: Opener, desk: KeysDesk) -> None:
    page = open_page()
    fill_in(page)

    page.get_by_role("button", name="Remove the old keys").dblclick(no_wait_after=True)

    expect_approved(page)
    assert answered_once(desk, CleanupStatus.APPROVED)


def test_a_form_that_was_open_overnight_can_be_sent_again(
    open_page: Opener, desk: KeysDesk
) -> None:
    page = open_page()
    fill_in(page)
    desk.asked.clock.advance(timedelta(hours=13))

    remove(page)

    expect(page.get_by_role("alert")).to_contain_text("open for too long")
    expect(page.get_by_role("checkbox")).to_be_checked()
    remove(page)
    expect_approved(page)


def test_a_request_that_runs_out_while_the_form_is_open_says_so(
    open_page: Opener, desk: KeysDesk
) -> None:
    page = open_page()
    fill_in(page)
    desk.asked.clock.advance(timedelta(days=14))

    remove(page)

    expect_heading(page, "This request is out of date")
    assert desk.asked.is_pending


def test_an_expired_link_says_so(open_page: Opener, desk: KeysDesk) -> None:
    desk.asked.clock.advance(timedelta(days=14))

    page = open_page()

    expect_heading(page, "This request is out of date")
    expect(page.get_by_role("form")).to_have_count(0)


def test_half_a_link_leads_nowhere(open_page: Opener) -> None:
    page = open_page()

    page.goto(page.url[:-20])

    expect_heading(page, "This link leads nowhere")


def test_everything_can_be_done_with_the_keyboard(open_page: Opener, desk: KeysDesk) -> None:
    page = open_page()
    stops = {
        "connection": ["Space"],
        "name": [*"Grace Hopper"],
        "email": [*ADMIN],
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
    assert answered_once(desk, CleanupStatus.APPROVED)


def test_a_form_on_another_site_cannot_answer_even_with_a_good_token(
    open_page: Opener, desk: KeysDesk, address: str, evil: Evil, strictness: Strictness
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
    expect(page.get_by_role("checkbox")).not_to_be_checked()
    assert desk.asked.is_pending
    strictness.strangers.clear()


class TestWhereTheConnectionIsProven:
    @pytest.fixture
    def desk(self) -> KeysDesk:
        request = a_cleanup_request(needs_confirmation=False)
        return KeysDesk.asking(a_migration_asking(request=request))

    def test_nobody_has_to_look(self, open_page: Opener, desk: KeysDesk) -> None:
        page = open_page()
        expect(page.get_by_role("checkbox")).to_have_count(0)
        say_who(page)

        remove(page)

        expect_approved(page)
        assert answered_once(desk, CleanupStatus.APPROVED)


class TestWhereEverythingElseHappens:
    @pytest.fixture
    def world(self) -> CleanupWorld:
        world = CleanupWorld()
        world.asking()
        return world

    @pytest.fixture
    def desk(self, world: CleanupWorld) -> KeysDesk:
        return KeysDesk.within(world)

    def test_a_removal_is_followed_to_its_end(self, open_page: Opener, world: CleanupWorld) -> None:
        page = open_page()
        fill_in(page)
        remove(page)
        expect_approved(page)

        world.follow_up_cleanup()
        world.remove()
        page.reload()

        expect_approved(page)
        expect(page.get_by_text("The old keys are removed.")).to_be_visible()
        expect(page.get_by_text("Can be put back until")).to_be_visible()
        assert world.keys.held(world.org_id)[0].is_empty

    def test_an_authorization_that_is_lost_while_the_form_is_open_is_told(
        self, open_page: Opener, world: CleanupWorld
    ) -> None:
        page = open_page()
        fill_in(page)
        world.zoom.deauthorize(world.grant_of().subject.user_id)
        world.lose()

        remove(page)

        expect_heading(page, "This question has to wait")
        assert not world.keys.held(world.org_id)[0].is_empty


def test_nothing_of_an_answer_stays_in_the_browser(open_page: Opener) -> None:
    page: Page = open_page()
    fill_in(page)
    remove(page)
    expect_approved(page)

    assert page.context.cookies() == []
    assert page.evaluate("() => localStorage.length + sessionStorage.length") == 0
