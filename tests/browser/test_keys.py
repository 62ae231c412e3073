"""An admin answers about the old keys, in order and out of order."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.adapters.web.keys_desk import KeysDesk
from tests.browser.conftest import Opener
from tests.browser.keys_people import (
    approve,
    decline,
    expect_approved,
    expect_declined,
    fill_in,
    say_who,
    tick,
)
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

    approve(page)

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

    decline(page)

    expect_declined(page)
    assert answered_once(desk, CleanupStatus.DECLINED)


@with_and_without_scripts
def test_a_missing_confirmation_is_said_beside_its_box_and_mended(
    open_page: Opener, desk: KeysDesk, java_script_enabled: bool
) -> None:
    page = open_page(java_script_enabled=java_script_enabled)
    say_who(page)

    approve(page)

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
    approve(page)

    expect_approved(page)
    assert answered_once(desk, CleanupStatus.APPROVED)


def test_a_problem_leads_to_its_box(open_page: Opener) -> None:
    page = open_page()
    approve(page)

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
    approve(page)
    expect_approved(page)


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


class TestWhereTheConnectionIsProven:
    @pytest.fixture
    def desk(self) -> KeysDesk:
        request = a_cleanup_request(needs_confirmation=False)
        return KeysDesk.asking(a_migration_asking(request=request))

    def test_nobody_has_to_look(self, open_page: Opener, desk: KeysDesk) -> None:
        page = open_page()
        expect(page.get_by_role("checkbox")).to_have_count(0)
        say_who(page)

        approve(page)

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
        approve(page)
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

        approve(page)

        expect_heading(page, "This question has to wait")
        assert not world.keys.held(world.org_id)[0].is_empty
