"""How an authorization came out, and to whom that is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.adapters.web.authorize_pages import RESULTS, result_of, somebody_elses
from tests.adapters.web.journey import DONE, Journey
from tests.authorizations import EVERYTHING, AuthorizationWorld, a_person
from tests.browsing import Browser, where
from tests.visits import Page
from zoom_migrator.adapters.memory.zoom import Call
from zoom_migrator.domain.authorization import AttemptStatus
from zoom_migrator.domain.authorization_outcome import Outcome
from zoom_migrator.domain.org import ZoomProduct
from zoom_migrator.domain.zoom_account import Possession
from zoom_migrator.domain.zoom_failure import ZoomFailure, ZoomFailureCode

HEADINGS = {
    Outcome.CONNECTED: "✓ Zoom is connected",
    Outcome.ALREADY_DONE: "✓ This was already completed",
    Outcome.DECLINED: "The request was declined at Zoom",
    Outcome.WRONG_EMAIL: "The e-mail addresses do not match",
    Outcome.WRONG_ACCOUNT: "This is another Zoom account",
    Outcome.PRODUCT_MISSING: "A product is not on your Zoom account",
    Outcome.SCOPES_MISSING: "Zoom allowed less than is needed",
    Outcome.SCOPES_UNEXPECTED: "Zoom allowed more than was asked for",
    Outcome.LINK_EXPIRED: "This request is out of date",
    Outcome.STATE_EXPIRED: "Too much time went by",
    Outcome.IN_PROGRESS: "Your consent is being checked",
    Outcome.CODE_TOO_OLD: "Zoom no longer accepts this consent",
    Outcome.OUTCOME_UNKNOWN: "It is not known whether that worked",
    Outcome.ZOOM_UNAVAILABLE: "Zoom cannot be reached at the moment",
    Outcome.OUR_MISCONFIGURATION: "The set-up on our side is not right",
}
GONE = (Outcome.LINK_EXPIRED, Outcome.STATE_EXPIRED)
WITHOUT_A_WAY_BACK = (
    Outcome.CONNECTED,
    Outcome.ALREADY_DONE,
    Outcome.LINK_EXPIRED,
    Outcome.IN_PROGRESS,
)


@pytest.fixture
def journey() -> Journey:
    return Journey.asked()


def links(page: Page) -> list[str]:
    """Where a page leads."""
    return [each.attributes["href"] for each in page.all("a")]


@pytest.mark.parametrize("outcome", RESULTS)
def test_every_outcome_has_a_page_with_a_way_on_and_somebody_to_ask(outcome: Outcome) -> None:
    page = RESULTS[outcome]()

    assert page.heading == HEADINGS[outcome]
    assert page.status == (410 if outcome in GONE else 200)
    assert "whoever sent you the link" in page.text
    again = [link for link in links(page) if link.startswith("../../authorize/authorize.")]
    assert bool(again) == (outcome not in WITHOUT_A_WAY_BACK)


def test_the_way_back_leads_to_the_start_page(journey: Journey) -> None:
    page = journey.authorize(a_person("jill.chill@acme.example"))

    (again,) = links(page)
    assert again == f"../../authorize/{journey.link}"
    assert journey.open().status == 200


def test_a_page_can_be_loaded_again_and_says_the_same(journey: Journey) -> None:
    page = journey.authorize()

    for _ in range(3):
        assert journey.browser.get(journey.browser.history[-1]) == page


def test_a_result_names_neither_code_nor_state(journey: Journey) -> None:
    query = journey.world.zoom.consent(where(journey.press()), a_person())

    page = journey.browser.follow(journey.come_back(query))

    for (secret,) in query.values():
        assert secret not in page.html
        assert secret not in journey.browser.history[-1]


def test_somebody_who_signed_in_as_the_wrong_person_sees_as_whom(journey: Journey) -> None:
    page = journey.authorize(a_person("jill.chill@acme.example"))

    assert "jill.chill@acme.example" in page.text
    assert "z•••@acme.example" in page.text
    assert "“Oops”" in page.text


def test_missing_products_and_scopes_are_named() -> None:
    assert "Zoom Phone" in RESULTS[Outcome.PRODUCT_MISSING]().text
    assert "user:read:settings" in RESULTS[Outcome.SCOPES_MISSING]().text
    assert "meeting:write:meeting" in RESULTS[Outcome.SCOPES_UNEXPECTED]().text


def test_what_zoom_did_not_tell_is_said(journey: Journey) -> None:
    untold = a_person(products=replace(EVERYTHING, webinar=Possession.UNKNOWN))

    page = journey.authorize(untold, ZoomProduct.MEETINGS, ZoomProduct.WEBINAR)

    assert "did not tell whether your account has Zoom Webinar" in page.text
    assert "Zoom Meetings, Zoom Webinar" in page.text


def test_where_nothing_is_unproven_nothing_is_said_of_it(journey: Journey) -> None:
    assert "did not tell" not in journey.authorize().text


@pytest.mark.parametrize(
    "happens",
    [
        lambda world: world.renew(),
        lambda world: world.later(days=14),
        lambda world: world.stop(),
        lambda world: world.authorize(),
    ],
    ids=["asked anew", "out of date", "stopped", "authorized elsewhere"],
)
def test_a_way_back_that_is_no_longer_open_is_not_offered(
    journey: Journey, happens: Callable[[AuthorizationWorld], object]
) -> None:
    assert links(journey.authorize(a_person("jill.chill@acme.example")))
    happens(journey.world)

    page = journey.browser.get(journey.browser.history[-1])

    assert links(page) == []
    assert "Open the link from the message you got" in page.text


@pytest.mark.parametrize(
    "link", ["", "authorize.00D5g0000000001EAA.1.x", "https:evil.example", "x" * 160]
)
def test_a_link_that_is_not_of_the_attempt_is_not_offered(journey: Journey, link: str) -> None:
    journey.authorize(a_person("jill.chill@acme.example"))
    ((name, value),) = journey.browser.cookies.items()
    journey.browser.cookies = {name: f"{value[:43]}.{link}" if link else value[:43]}

    page = journey.browser.get(journey.browser.history[-1])

    assert page.status in (200, 404)
    assert links(page) == []


def test_a_link_to_another_org_is_not_offered() -> None:
    journey = Journey.asked(1)
    journey.world.asked(2)
    other = replace(journey, number=2).current_link
    journey.authorize(a_person("jill.chill@acme.example"))
    ((name, value),) = journey.browser.cookies.items()
    journey.browser.cookies = {name: f"{value[:43]}.{other}"}

    assert links(journey.browser.get(journey.browser.history[-1])) == []


def test_nobody_else_is_told_and_all_of_them_the_same(journey: Journey) -> None:
    journey.authorize()
    address = journey.browser.history[-1]
    stranger = Browser(journey.browser.transport)
    liar = replace(stranger, cookies=dict.fromkeys(journey.browser.cookies, "x" * 43))
    forgetful = replace(stranger, cookies={"__Host-authorize-" + "0" * 64: "x" * 43})

    pages = [
        stranger.get(address),
        liar.get(address),
        forgetful.get(address),
        somebody_elses(),
        *(stranger.get(DONE.replace("{reference}", each)) for each in ("x", "0" * 63, "%0d%0a")),
        journey.browser.get(address + ".connected"),
        journey.browser.get(address + ".already_done.already_done"),
    ]

    assert {page.status for page in pages} == {404}
    assert len({page.html for page in pages}) == 1


@pytest.mark.parametrize("said", ["already_done", "our_misconfiguration"])
def test_an_address_that_says_something_else_changes_nothing_that_is_stored(
    journey: Journey, said: str
) -> None:
    page = journey.authorize(a_person("jill.chill@acme.example"))

    assert journey.browser.get(f"{journey.browser.history[-1]}.{said}") == page


def test_an_attempt_that_is_not_back_cannot_be_called_done(journey: Journey) -> None:
    journey.press()
    (attempt,) = journey.world.attempts.stored

    page = journey.browser.get(f"/oauth/done/{attempt.state_hash}.already_done")

    assert page.heading == HEADINGS[Outcome.IN_PROGRESS]


def test_an_attempt_of_a_request_that_was_answered_in_another_tab_says_so(
    journey: Journey,
) -> None:
    slow = journey.press()
    journey.consent(journey.press())
    slow_key = journey.world.attempts.stored[0].state_hash

    back = journey.consent(slow)
    page = journey.browser.follow(back)

    assert where(back) == f"done/{slow_key}.already_done"
    assert page.heading == HEADINGS[Outcome.ALREADY_DONE]
    assert journey.browser.get(f"/oauth/done/{slow_key}").heading == page.heading
    assert journey.world.attempts.stored[0].status is AttemptStatus.ISSUED


def test_an_attempt_whose_end_was_not_recorded_is_told_once_the_org_is_authorized(
    journey: Journey,
) -> None:
    journey.authorize()
    (attempt,) = journey.world.attempts.stored
    cut_off = replace(attempt, status=AttemptStatus.CONSUMED, result=None)
    journey.world.attempts._attempts[attempt.state_hash] = cut_off

    page = result_of(journey)

    assert page.heading == HEADINGS[Outcome.CONNECTED]
    assert "z•••@acme.example" in page.text


def test_an_org_that_is_gone_is_no_broken_page(journey: Journey) -> None:
    journey.authorize(a_person("jill.chill@acme.example"))
    world = journey.world
    world.migrations.save(replace(world.migration_of(), authorization=None))

    page = journey.browser.get(journey.browser.history[-1])

    assert (page.status, page.heading) == (200, HEADINGS[Outcome.WRONG_EMAIL])
    assert links(page) == []


def test_a_worker_that_died_is_not_waited_for_for_ever(journey: Journey) -> None:
    world = journey.world
    query = world.zoom.consent(where(journey.press()), a_person())
    world.zoom.meanwhile(before=Call.EXCHANGE, happens=lambda: _die())
    assert journey.come_back(query).status == 500

    busy = result_of(journey)
    world.later(minutes=2)
    lost = result_of(journey)

    assert busy.heading == HEADINGS[Outcome.IN_PROGRESS]
    assert lost.heading == HEADINGS[Outcome.OUTCOME_UNKNOWN]
    assert len(links(lost)) == 1


def _die() -> None:
    raise RuntimeError("out of memory")


def test_an_answer_that_came_too_late_for_the_worker_is_repeated_as_it_is(
    journey: Journey,
) -> None:
    journey.world.zoom.will_fail(Call.EXCHANGE, ZoomFailure(ZoomFailureCode.ANSWER_LOST))
    query = journey.world.zoom.consent(where(journey.press()), a_person())
    first = journey.browser.follow(journey.come_back(query))

    again = journey.browser.follow(journey.come_back(query))

    assert again == first
    assert journey.world.zoom.calls == [Call.EXCHANGE]
