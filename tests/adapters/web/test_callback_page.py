"""Where Zoom sends browsers back to: what is taken, and what is said where nothing is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.adapters.web.journey import BASE_URL, CALLBACK, Journey, handlers_in
from tests.authorizations import AuthorizationWorld, a_person
from tests.browsing import Browser, Events, cookies_in, where
from tests.visits import Page
from zoom_migrator.adapters.memory.attempts import InMemoryAttemptRepository
from zoom_migrator.adapters.memory.zoom import Call
from zoom_migrator.domain.authorization import AttemptStatus, AuthorizationAttempt, fingerprint
from zoom_migrator.domain.authorization_outcome import Outcome
from zoom_migrator.domain.errors import StoreUnavailable

STATE = "A" * 43


@pytest.fixture
def journey() -> Journey:
    return Journey.asked()


def test_an_answer_leads_to_a_page_without_it(journey: Journey) -> None:
    pressed = journey.press()

    back = journey.consent(pressed)

    (attempt,) = journey.world.attempts.stored
    assert where(back) == f"done/{attempt.state_hash}"
    assert back.html == ""
    assert "?" in journey.browser.history[-1]
    page = journey.browser.follow(back)
    assert journey.browser.history[-1] == f"/oauth/done/{attempt.state_hash}"
    assert page.heading == "✓ Zoom is connected"


def test_the_cookie_is_kept_so_that_the_result_can_be_loaded_again(journey: Journey) -> None:
    pressed = journey.press()
    (first,) = cookies_in(pressed)

    (kept,) = cookies_in(journey.consent(pressed))

    assert kept == replace(first, attributes={**first.attributes, "max-age": "600"})


@pytest.mark.parametrize(
    ("query", "heading"),
    [
        ({}, "This address is damaged or incomplete"),
        ({"state": [STATE]}, "This address is damaged or incomplete"),
        ({"code": ["a", "b"], "state": [STATE]}, "This address is damaged or incomplete"),
        ({"code": ["a"]}, "Please start from the link you were sent"),
        ({"code": ["a"], "state": [STATE]}, "This browser has not begun an authorization"),
        ({"error": ["access_denied"]}, "This browser has not begun an authorization"),
        ({"code": ["a"], "state": ["short"]}, "This browser has not begun an authorization"),
    ],
)
def test_what_cannot_be_taken_has_a_page_too(
    journey: Journey, query: dict[str, list[str]], heading: str
) -> None:
    page = journey.come_back(query)

    assert (page.status, page.heading) == (400, heading)
    assert "whoever sent you the link" in page.text
    assert "Nothing was connected" in page.text or "nothing was connected" in page.text
    assert "set-cookie" not in page.headers


def test_whether_a_state_is_known_out_of_date_or_somebody_elses_cannot_be_told() -> None:
    journey = Journey.asked()
    query = journey.world.zoom.consent(where(journey.press()), a_person())
    late = journey.world.zoom.consent(where(journey.press()), a_person())
    unknown = {"code": ["a"], "state": [STATE]}
    stranger = Browser(journey.browser.transport)
    other = replace(stranger, cookies={f"__Host-authorize-{'0' * 64}": "x" * 43})

    def pages(browser: Browser, *queries: dict[str, list[str]]) -> list[Page]:
        return [replace(journey, browser=browser).come_back(each) for each in queries]

    without = pages(stranger, query, unknown, {"error": ["x"], "state": query["state"]})
    foreign = pages(other, query, unknown, {"error": ["x"], "state": query["state"]})
    journey.world.later(minutes=11)
    foreign += pages(journey.browser, late, {"error": ["x"], "state": late["state"]}, unknown)

    assert {page.status for page in without + foreign} == {400}
    assert len({page.html for page in without}) == 1
    assert len({page.html for page in foreign}) == 1
    assert journey.world.zoom.calls == []


class Watched(InMemoryAttemptRepository):
    """Attempts that remember how often they were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked_for = 0

    def get(self, state_hash: str) -> AuthorizationAttempt | None:
        self.asked_for += 1
        return super().get(state_hash)


def test_a_state_that_is_known_takes_no_longer_to_be_refused_than_one_that_is_not() -> None:
    world = AuthorizationWorld()
    watched = world.attempts = Watched()
    journey = Journey.asked(world=world)
    known = journey.world.zoom.consent(where(journey.press()), a_person())
    unknown = {"code": ["a"], "state": [STATE]}
    stranger = replace(journey, browser=Browser(journey.browser.transport))

    looks = []
    for query in (known, unknown):
        watched.asked_for = 0
        stranger.come_back(query)
        looks.append(watched.asked_for)

    assert looks == [1, 1]


def test_head_takes_nothing(journey: Journey) -> None:
    query = journey.world.zoom.consent(where(journey.press()), a_person())
    address = f"{CALLBACK}?code={query['code'][0]}&state={query['state'][0]}"

    page = journey.browser.send("HEAD", address)

    assert (page.status, page.html) == (200, "")
    assert journey.world.attempts.stored[0].status is AttemptStatus.ISSUED
    assert journey.come_back(query).status == 303


class Unreachable(InMemoryAttemptRepository):
    """Attempts that cannot be reached when they are to be used up."""

    is_reachable = False

    def consume(self, *args: object, **more: object) -> AuthorizationAttempt | None:
        if not self.is_reachable:
            raise StoreUnavailable("The table does not answer.")
        return super().consume(*args, **more)  # type: ignore[arg-type]


def test_a_store_out_of_reach_uses_nothing_up_and_the_same_answer_is_taken_later(
    journey: Journey,
) -> None:
    journey.world.attempts = Unreachable()
    journey.browser = Browser(Events(BASE_URL, handlers_in(journey.world)))
    query = journey.world.zoom.consent(where(journey.press()), a_person())

    page = journey.come_back(query)
    journey.world.attempts.is_reachable = True

    assert (page.status, page.headers["retry-after"]) == (503, "30")
    assert "Load this page again" in page.text
    assert journey.browser.follow(journey.come_back(query)).heading == "✓ Zoom is connected"
    assert journey.world.zoom.calls.count(Call.EXCHANGE) == 1


def test_an_error_without_a_state_belongs_to_what_the_browser_began_last() -> None:
    journey = Journey.asked(1)
    journey.world.asked(2)
    for number in (1, 2, 1, 2, 1, 2):
        each = replace(journey, number=number, link="")
        each.link = each.current_link
        each.press()
        journey.world.clock.advance(timedelta(seconds=1))

    back = journey.come_back({"error": ["access_denied"]})

    newest = journey.world.attempts.stored[-1]
    assert where(back) == f"done/{newest.state_hash}"
    assert newest.result is not None
    assert newest.result.outcome is Outcome.DECLINED
    assert [each.status for each in journey.world.attempts.stored[:-1]] == ["issued"] * 5


def test_an_unused_code_of_another_browser_is_never_sent_to_zoom(journey: Journey) -> None:
    query = journey.world.zoom.consent(where(journey.press()), a_person())

    replace(journey, browser=Browser(journey.browser.transport)).come_back(query)

    assert journey.world.zoom.calls == []
    stored = journey.world.attempts.get(fingerprint(query["state"][0]))
    assert stored is not None
    assert stored.status is AttemptStatus.ISSUED
