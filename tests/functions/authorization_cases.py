"""Hostile, broken and unlucky requests to the start page, the callback and the result page.

Cases are functions, so that the same ones run against functions called with events, over HTTP,
against anything deployed elsewhere, and against pages that were broken on purpose, of which each
has to be caught. Ids as in the list of hostile inputs that the product is held to; those that
begin with X are its own.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode

from local.zoom import Denial, Fault, FaultKind, Phase, Product
from local.zoom.fault_makers import (
    grant_refused,
    granted_scopes,
    odd_lifetime,
    without,
    wrong_token_type,
)
from tests.browsing import Browser, cookies_in, where
from tests.functions.authorization_worlds import (
    CALLBACK,
    TASK_TOKEN,
    Asked,
    World,
    asked_with,
)
from tests.functions.zoom_app import STRANGER, ZOOM_ADMIN
from tests.visits import FORM, Page
from zoom_migrator.domain.authorization import (
    AttemptStatus,
    fingerprint,
    pkce_challenge,
    pkce_verifier,
)
from zoom_migrator.domain.authorization_outcome import Outcome
from zoom_migrator.domain.authorization_request import AuthorizationStatus
from zoom_migrator.domain.signed_link import LinkClaims, LinkPurpose

type Case = Callable[[World], None]

CASES: Final[dict[str, Case]] = {}
# These need to reach into what the pages stand on.
INSIDE: Final[dict[str, Case]] = {}

HOSTILE: Final = (
    "<script>alert('canary-7')</script>",
    "\"><img src=x onerror=alert('canary-7')>",
    "javascript:alert('canary-7')",
    "canary-7\u202egnp.exe",
    "{{ 'canary-' ~ 7 }}{% raw %}canary-7",
    "canary-7\r\nSet-Cookie: canary-7=1\r\n\r\n<h1>canary-7",
    "${jndi:ldap://canary-7.example}",
    "canary-7\x00\x1b[31m",
)
ELSEWHERE: Final = (
    "//canary-7.example",
    "https://canary-7.example",
    "https:canary-7.example",
    "/\\canary-7.example",
    "/%09/canary-7.example",
    "//canary-7.example/%2f..",
    "https://localhost@canary-7.example",
    "javascript:alert('canary-7')",
    "data:text/html,canary-7",
    "\u3002canary-7.example",
    "/%5ccanary-7.example",
    "http:/\\/\\canary-7.example",
)
STRICT: Final = {
    "cache-control": "no-store",
    "content-type": "text/html; charset=utf-8",
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
# What API Gateway, or whatever stands for it, says by itself of what is too long for it.
TOO_LONG: Final = (400, 413, 414, 431)


def case(number: str, *, inside: bool = False) -> Callable[[Case], Case]:
    """Enter a case under its id and name."""

    def enter(function: Case) -> Case:
        cases = INSIDE if inside else CASES
        cases[f"{number} {function.__name__.replace('_', ' ')}"] = function
        return function

    return enter


def back_with(**parameters: str) -> str:
    """An address of the callback."""
    return f"{CALLBACK}?{urlencode(parameters)}"


def is_safe(page: Page) -> None:
    """A page of errors: constant, strict, and with nothing of the request in it."""
    assert page.status == 400, page.status
    assert "location" not in page.headers
    assert "set-cookie" not in page.headers
    is_strict(page)
    assert "nothing was connected" in page.text.lower()
    assert "canary-7" not in page.html


def is_strict(page: Page) -> None:
    """What every answer of the pages says to browsers."""
    for name, value in STRICT.items():
        assert page.headers[name] == value, (page.status, name)
    seconds = re.search("max-age=([0-9]+)", page.headers["strict-transport-security"])
    assert seconds is not None
    assert int(seconds[1]) >= 31_536_000
    policy = page.headers["content-security-policy"]
    for part in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert part in policy
    assert "unsafe" not in policy


def is_untouched(asked: Asked) -> None:
    """Nothing was answered, nothing used up, nothing sent to Zoom."""
    request = asked.request
    assert request.status is AuthorizationStatus.PENDING
    assert (request.setback, request.authorized) == (None, None)
    assert request.task_token != ""
    assert {each.status for each in asked.attempts} <= {AttemptStatus.ISSUED}
    assert not asked.has_grant
    assert asked.world.token_requests() == 0


def is_pending(asked: Asked, outcome: Outcome) -> None:
    """The request is still open, with this as its last setback, and can be answered at once."""
    request = asked.request
    assert request.status is AuthorizationStatus.PENDING
    assert request.setback is not None
    assert request.setback.outcome is outcome
    assert not asked.has_grant
    page = asked.visitor().open()
    assert page.status == 200
    assert "The last try came to nothing" in page.text


def is_connected(asked: Asked) -> None:
    """The request is answered, and the org uses a grant."""
    assert asked.request.status is AuthorizationStatus.AUTHORIZED
    assert asked.has_grant


def lines(world: World) -> list[dict[str, Any]]:
    """What was printed: JSON, a line each."""
    return [json.loads(line) for line in world.logged().splitlines()]


# The callback: what is no answer at all


@case("C01")
def no_parameters(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    visitor.press()

    for target in (CALLBACK, f"{CALLBACK}?", f"{CALLBACK}?x=1", f"{CALLBACK}?code=&state="):
        is_safe(visitor.browser.get(target))

    is_untouched(asked)


@case("C02")
def a_code_without_a_state(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    code = asked_with(visitor.answer())["code"]

    for browser in (visitor.browser, asked.visitor().browser):
        page = browser.get(back_with(code=code))
        is_safe(page)
        assert page.heading == "Please start from the link you were sent"
        is_safe(browser.get(back_with(code=code, state="")))

    is_untouched(asked)


@case("C03")
def a_state_without_code_and_error(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    state = asked_with(visitor.answer())["state"]

    is_safe(visitor.browser.get(back_with(state=state)))
    is_safe(visitor.browser.get(back_with(state=state, code="", error="")))

    is_untouched(asked)


@case("C04 C12")
def an_unknown_state_looks_like_one_out_of_date(world: World) -> None:
    asked = world.ask()
    visitor, other = asked.visitor(), asked.visitor()
    late = visitor.answer()
    other.press()
    world.age()
    stranger = asked.visitor().browser
    unknown = back_with(code="x", state=secrets.token_urlsafe(32))

    with_cookies = [
        visitor.browser.get(late),
        visitor.browser.get(unknown),
        other.browser.get(late),
        other.browser.get(unknown),
        visitor.browser.get(back_with(error="x", state=asked_with(late)["state"])),
    ]
    without_cookies = [stranger.get(late), stranger.get(unknown)]

    for page in with_cookies + without_cookies:
        is_safe(page)
    assert len({page.html for page in with_cookies}) == 1
    assert len({page.html for page in without_cookies}) == 1
    is_untouched(asked)


@case("C06 S05")
def a_valid_answer_in_a_browser_without_the_cookie(world: World) -> None:
    asked = world.ask()
    victim = asked.visitor()

    is_safe(victim.browser.get(asked.visitor().answer()))

    is_untouched(asked)


@case("C07")
def a_valid_answer_with_the_cookie_of_another_attempt(world: World) -> None:
    asked, other = world.ask(), world.ask()
    target = asked.visitor().answer()
    visitor = other.visitor()
    visitor.press()
    ((name, value),) = visitor.browser.cookies.items()
    key = fingerprint(asked_with(target)["state"])

    is_safe(visitor.browser.get(target))
    visitor.browser.cookies[f"{name[:-64]}{key}"] = value
    is_safe(visitor.browser.get(target))

    is_untouched(asked)
    is_untouched(other)


@case("C07")
def cookies_that_are_none(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    target = visitor.answer()
    ((name, value),) = visitor.browser.cookies.items()

    for cookie in (
        f"{name}=",
        f"{name}={value[:42]}",
        f"{name}={value}; {name}={value}",
        f"{name.upper()}={value}",
        f"{name.removeprefix('__Host-')}={value}",
        f"{name}=%22{value}",
        f"{name}; {value}",
        "\xff",
    ):
        is_safe(visitor.browser.send("GET", target, headers={"Cookie": cookie}))

    is_untouched(asked)
    assert visitor.come_back(target).heading == "✓ Zoom is connected"


# The callback: the same answer more than once


@case("C08")
def the_same_answer_twice(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    target = visitor.answer()
    first = visitor.come_back(target)
    grant = world.grants.link_of(asked.org_id)

    for _ in range(3):
        again = visitor.come_back(target)
        assert (again.status, again.heading) == (200, "✓ This was already completed")

    assert first.heading == "✓ Zoom is connected"
    assert world.token_requests() == 1
    assert world.grants.link_of(asked.org_id) == grant
    is_connected(asked)


@case("C09")
def the_same_answer_at_the_same_time(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    target = visitor.answer()
    tabs = [Browser(world.transport, dict(visitor.browser.cookies)) for _ in range(8)]

    with ThreadPoolExecutor(len(tabs)) as people:
        pages = list(people.map(lambda tab: tab.get(target), tabs))

    assert {page.status for page in pages} == {303}
    assert world.token_requests() == 1
    assert visitor.come_back(target).heading == "✓ This was already completed"
    is_connected(asked)


@case("C10")
def a_used_state_with_another_code(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    target = visitor.answer()
    visitor.come_back(target)
    state = asked_with(target)["state"]
    other = world.zoom.issue_code(STRANGER, world.app)

    for code in (other, "x", asked_with(target)["code"] + "x"):
        is_safe(visitor.browser.get(back_with(code=code, state=state)))
    is_safe(visitor.browser.get(back_with(error="access_denied", state=state)))

    assert world.token_requests() == 1
    is_connected(asked)


@case("C10")
def somebody_elses_code_for_an_open_state_is_refused_by_its_verifier(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    state = asked_with(visitor.answer())["state"]
    stolen = asked_with(asked.visitor().answer())["code"]

    page = visitor.come_back(back_with(code=stolen, state=state))

    assert page.heading == "Zoom no longer accepts this consent"
    assert world.token_requests() == 1
    is_pending(asked, Outcome.CODE_TOO_OLD)


@case("C12")
def an_attempt_out_of_date_that_is_still_stored(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    target = visitor.answer()

    world.age()

    is_safe(visitor.browser.get(target))
    is_safe(visitor.browser.get(back_with(error="x", state=asked_with(target)["state"])))
    is_untouched(asked)


@case("C14")
def a_state_that_is_spelt_otherwise(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    code, state = (asked_with(visitor.answer())[name] for name in ("code", "state"))
    flipped = [
        state[:place] + ("A" if state[place] != "A" else "B") + state[place + 1 :]
        for place in range(0, len(state), 6)
    ]
    spelt = (
        state[:-1],
        state + "A",
        state + "=",
        state.swapcase(),
        "+" + state[1:],
        "/" + state[1:],
        state + ",",
        f" {state}",
        f"{state}\n",
        f"{state}\x00",
        f"{state},{state}",
        "",
    )

    for other in (*flipped, *spelt):
        is_safe(visitor.browser.get(back_with(code=code, state=other)))

    is_untouched(asked)


# The callback: refusals


@case("C15")
def somebody_declines(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()

    page = visitor.come_back(visitor.answer(declines=True))

    assert (page.status, page.heading) == (200, "The request was declined at Zoom")
    assert world.token_requests() == 0
    is_pending(asked, Outcome.DECLINED)
    assert visitor.authorize().heading == "✓ Zoom is connected"


@case("C15b")
def somebody_declines_and_the_state_is_dropped(world: World) -> None:
    asked = world.ask()
    world.zoom.behaviour.denial = Denial.WITHOUT_STATE
    visitor = asked.visitor()
    target = visitor.answer(declines=True)
    assert "state" not in asked_with(target)

    is_safe(asked.visitor().browser.get(target))
    is_untouched(asked)
    page = visitor.come_back(target)

    assert (page.status, page.heading) == (200, "The request was declined at Zoom")
    is_pending(asked, Outcome.DECLINED)


@case("C16")
def an_error_with_an_unknown_state(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    visitor.press()

    for error in ("access_denied", "invalid_scope", "x"):
        page = visitor.browser.get(back_with(error=error, state=secrets.token_urlsafe(32)))
        is_safe(page)
        is_safe(asked.visitor().browser.get(back_with(error=error)))

    is_untouched(asked)


@case("C16")
def an_error_with_somebody_elses_state(world: World) -> None:
    asked, other = world.ask(), world.ask()
    state = asked_with(asked.visitor().answer())["state"]
    visitor = other.visitor()
    visitor.press()

    is_safe(visitor.browser.get(back_with(error="access_denied", state=state)))

    is_untouched(asked)
    is_untouched(other)


@case("C16")
def an_error_about_the_app_blames_nobody_who_consented(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    state = asked_with(visitor.answer())["state"]

    page = visitor.come_back(back_with(error="invalid_scope", state=state))

    assert page.heading == "The set-up on our side is not right"
    is_pending(asked, Outcome.OUR_MISCONFIGURATION)


# The callback: what is in the query besides, or too often, or too long


@case("C18")
def nothing_of_a_query_is_shown(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    state = asked_with(visitor.answer())["state"]

    for text in HOSTILE:
        said = {"error_description": text, "error_uri": text, text: "x"}
        for query in (
            {"error": text, **said},
            {"code": text, "state": text, **said},
            {"error": text, "state": secrets.token_urlsafe(32), **said},
            {"iss": text, "code": "x", "state": state, **said},
        ):
            page = asked.visitor().browser.get(back_with(**query))
            is_safe(page)
    is_untouched(asked)

    page = visitor.come_back(back_with(error="x", state=state, error_description=HOSTILE[0]))
    assert page.heading == "The request was declined at Zoom"
    assert "canary-7" not in page.html
    assert "canary-7" not in world.logged()


@case("C19")
def no_header_and_no_line_of_the_log_can_be_made_up(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    state = asked_with(visitor.answer())["state"]
    text = 'x\r\nX-Made-Up: canary-7\r\n\r\n{"message": "canary-7"}\n'

    for query in (
        {"code": text, "state": state},
        {"code": "x", "state": state + text},
        {"error": text},
        {"code": "x", text: state},
    ):
        page = visitor.browser.get(back_with(**query))
        assert "x-made-up" not in page.headers
        assert not re.search(r"[\r\n]", "".join([*page.headers, *page.headers.values()]))
        if "error" not in query:
            is_safe(page)

    assert lines(world)
    assert "canary-7" not in world.logged()


@case("C21")
def a_comma_does_not_make_two_values(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    query = asked_with(visitor.answer())

    is_safe(visitor.browser.get(back_with(code=query["code"], state=f"x,{query['state']}")))
    is_untouched(asked)
    page = visitor.come_back(back_with(code=f"x,{query['code']}", state=query["state"]))

    assert page.heading == "Zoom no longer accepts this consent"


@case("C21")
def a_parameter_twice_is_refused(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    query = asked_with(visitor.answer())
    good = urlencode(query)

    for more in (
        {"code": query["code"]},
        {"code": "x"},
        {"state": query["state"]},
        {"state": "x"},
        {"error": "access_denied"},
    ):
        is_safe(visitor.browser.get(f"{CALLBACK}?{good}&{urlencode(more)}"))
        is_safe(visitor.browser.get(f"{CALLBACK}?{urlencode(more)}&{good}"))
    is_safe(visitor.browser.get(f"{CALLBACK}?error=a&error=b&state={query['state']}"))

    is_untouched(asked)


@case("C22")
def too_much_of_anything(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    state = asked_with(visitor.answer())["state"]

    for query in (
        {"code": "c" * 2_049, "state": state},
        {"code": "x", "state": "s" * 129},
        {"code": "x", "state": "s" * 3_000},
        {"error": "e" * 2_049, "state": state},
        {"code": "x", "state": state, "iss": "i" * 2_049},
    ):
        is_safe(visitor.browser.get(back_with(**query)))
    for name in ("code", "state", "error", "iss"):
        page = visitor.browser.get(back_with(**{"code": "x", "state": state, name: "y" * 9_000}))
        assert page.status in TOO_LONG

    is_untouched(asked)


@case("C24")
def another_issuer(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    target = visitor.answer()

    for issuer in (
        "https://login.salesforce.com",
        "https://acme1.my.salesforce.com",
        world.zoom.base_url + "/",
        world.zoom.base_url.upper(),
        "https://evil.example",
    ):
        is_safe(visitor.browser.get(f"{target}&{urlencode({'iss': issuer})}"))
    is_untouched(asked)

    page = visitor.come_back(f"{target}&{urlencode({'iss': world.zoom.base_url})}")
    assert page.heading == "✓ Zoom is connected"


# The callback: what is no visit of a person


@case("C25")
def head_takes_nothing(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    target = visitor.answer()

    for _ in range(3):
        page = visitor.browser.send("HEAD", target)
        assert (page.status, page.html) == (200, "")
        assert "set-cookie" not in page.headers

    is_untouched(asked)
    assert visitor.come_back(target).heading == "✓ Zoom is connected"


@case("C26")
def other_methods_are_refused(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    target = visitor.answer()

    for method in ("OPTIONS", "POST", "PUT", "DELETE", "TRACE", "PATCH"):
        body = target.partition("?")[2] if method in ("POST", "PUT", "PATCH") else None
        headers = {"Content-Type": FORM, "X-HTTP-Method-Override": "GET"}
        page = visitor.browser.send(method, target, headers=headers, body=body)
        assert page.status in (403, 404, 405)
        assert "access-control-allow-origin" not in page.headers

    is_untouched(asked)


@case("C27")
def a_browser_that_guesses_ahead(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    target = visitor.answer()

    for guess in (
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"X-Moz": "prefetch"},
    ):
        for address in (target, visitor.path):
            page = visitor.browser.send("GET", address, headers=guess)
            assert (page.status, page.html) == (204, "")

    is_untouched(asked)
    assert visitor.come_back(target).heading == "✓ Zoom is connected"


@case("C28")
def nobody_is_sent_elsewhere(world: World) -> None:
    for number, elsewhere in enumerate(ELSEWHERE):
        asked = world.ask()
        visitor = asked.visitor()
        wishes = urlencode(
            dict.fromkeys(
                ("redirect", "next", "return_to", "RelayState", "url", "redirect_uri"), elsewhere
            )
        )
        target = f"{visitor.answer(declines=number % 2 == 1)}&{wishes}"
        headers = {"X-Forwarded-Host": "canary-7.example", "Referer": "https://canary-7.example"}

        page = visitor.browser.send("GET", target, headers=headers)

        assert re.fullmatch(r"done/[0-9a-f]{64}", where(page))
        assert "canary-7" not in visitor.browser.follow(page).html


@case("C30 S11")
def every_answer_is_strict(world: World) -> None:
    for page in answers_of_all_kinds(world):
        is_strict(page)
        for cookie in cookies_in(page):
            assert cookie.name.startswith("__Host-")
        policy = page.headers["content-security-policy"]
        if "<form" in page.html:
            assert f"form-action 'self' {world.zoom.base_url};" in policy
        elif page.html:
            assert "form-action 'none'" in policy
        loads = {"script", "link", "img", "iframe", "object", "embed", "base"}
        assert not page.html or not loads & {each.tag for each in page.elements}


def answers_of_all_kinds(world: World) -> Iterator[Page]:
    """Every status that the pages answer with, an error of ours left out."""
    asked = world.ask()
    visitor = asked.visitor()
    browser, path = visitor.browser, visitor.path
    target = visitor.answer()
    seen = [
        visitor.open(),
        browser.send("HEAD", path),
        browser.get("/authorize/x"),
        browser.post(path, {}),
        browser.post(path, {"token": visitor.open().token}),
        browser.send("POST", path, body="x"),
        browser.send("POST", path, headers={"Content-Type": FORM}, body="a=1&a=2"),
        browser.send("POST", path, headers={"Content-Type": FORM}, body="a=" + "x" * 9_000),
        browser.send("GET", path, headers={"Sec-Purpose": "prefetch"}),
        visitor.press(),
        browser.get(CALLBACK),
        browser.get(back_with(code="x")),
        browser.get(back_with(code="x", state="x")),
        asked.visitor().browser.get(back_with(code="x", state="x")),
        browser.send("HEAD", target),
        browser.get("/oauth/done/x"),
        browser.get(target),
    ]
    seen += [browser.follow(seen[-1]), visitor.open()]
    assert {page.status for page in seen} == {*(200, 204, 303, 400, 403, 404, 410, 413, 415, 422)}
    yield from seen


@case("C30")
def the_code_leaves_the_address_bar(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    target = visitor.answer()

    page = visitor.come_back(target)

    last = visitor.browser.history[-1]
    assert re.fullmatch(r"/oauth/done/[0-9a-f]{64}", last)
    for secret in asked_with(target).values():
        assert secret not in page.html
    assert visitor.browser.get(last) == page


# The callback: what Zoom answers


@case("C31")
def zoom_refuses_the_code(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    world.zoom.faults.add(
        grant_refused("Invalid authorization code {code}", phase=Phase.TOKEN, times=1)
    )
    target = visitor.answer()

    page = visitor.come_back(target)

    assert (page.status, page.heading) == (200, "Zoom no longer accepts this consent")
    assert world.token_requests() == 1
    assert asked_with(target)["code"] not in page.html + world.logged() + world.dump()
    is_pending(asked, Outcome.CODE_TOO_OLD)
    assert visitor.authorize().heading == "✓ Zoom is connected"


@case("C32")
def zooms_answer_is_lost(world: World) -> None:
    for kind in (
        FaultKind.SERVER_ERROR,
        FaultKind.RESET_AFTER,
        FaultKind.RESET_MID,
        FaultKind.TRUNCATED,
        FaultKind.CUT_JSON,
    ):
        asked = world.ask()
        visitor = asked.visitor()
        world.zoom.faults.replace([Fault(kind=kind, phase=Phase.TOKEN, times=1)])
        world.zoom.forget_requests()
        target = visitor.answer()

        page = visitor.come_back(target)
        again = visitor.come_back(target)

        assert page.heading == "It is not known whether that worked", kind
        assert again == page
        assert world.token_requests() == 1, kind
        is_pending(asked, Outcome.OUTCOME_UNKNOWN)
        assert visitor.authorize().heading == "✓ Zoom is connected"


@case("C33")
def zoom_is_too_busy(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    world.zoom.faults.add(Fault(kind=FaultKind.TOO_MANY_REQUESTS, phase=Phase.TOKEN, times=1))

    page = visitor.authorize()

    assert page.heading == "Zoom cannot be reached at the moment"
    assert world.token_requests() == 1
    is_pending(asked, Outcome.ZOOM_UNAVAILABLE)


@case("C34")
def zooms_answer_is_odd(world: World) -> None:
    for fault in (
        Fault(kind=FaultKind.HTML_OK, phase=Phase.TOKEN, times=1),
        Fault(kind=FaultKind.HUGE_BODY, phase=Phase.TOKEN, times=1),
        without("access_token"),
        without("refresh_token"),
        without("scope"),
        wrong_token_type("mac"),
        odd_lifetime(-1),
        odd_lifetime(10**12),
        odd_lifetime("soon"),
        odd_lifetime(None),
    ):
        asked = world.ask()
        visitor = asked.visitor()
        world.zoom.faults.replace([fault])
        world.zoom.forget_requests()

        page = visitor.authorize()

        assert page.heading == "It is not known whether that worked", fault
        assert world.token_requests() == 1
        is_pending(asked, Outcome.OUTCOME_UNKNOWN)
    world.zoom.faults.clear()


@case("C34")
def zoom_grants_fewer_or_more_scopes(world: World) -> None:
    good = ("user:read:user:admin", "user:read:settings:admin")
    for scopes, outcome, heading in (
        (good[:1], Outcome.SCOPES_MISSING, "Zoom allowed less than is needed"),
        (good[1:], Outcome.SCOPES_MISSING, "Zoom allowed less than is needed"),
        ((*good, "x:y"), Outcome.SCOPES_UNEXPECTED, "Zoom allowed more than was asked for"),
    ):
        asked = world.ask()
        visitor = asked.visitor()
        world.zoom.faults.replace([granted_scopes(*scopes)])

        page = visitor.authorize()

        assert page.heading == heading
        assert page.all("code")
        is_pending(asked, outcome)
        assert world.zoom.grant_of(ZOOM_ADMIN, world.app) is None
    world.zoom.faults.clear()


@case("C35")
def somebody_of_another_account_consents(world: World) -> None:
    asked = world.ask(zoom_account_id="X" * 22)

    page = asked.visitor().authorize()

    assert page.heading == "This is another Zoom account"
    is_pending(asked, Outcome.WRONG_ACCOUNT)
    assert world.zoom.grant_of(ZOOM_ADMIN, world.app) is None


@case("C35")
def somebody_with_another_address_consents(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    visitor.email = STRANGER

    page = visitor.authorize()

    assert page.heading == "The e-mail addresses do not match"
    assert STRANGER in page.text
    assert ZOOM_ADMIN not in page.html
    is_pending(asked, Outcome.WRONG_EMAIL)
    assert STRANGER not in asked.visitor().open().html
    assert world.zoom.grant_of(STRANGER, world.app) is None


@case("C35")
def a_product_is_not_there(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    world.zoom.person(ZOOM_ADMIN).products = [Product.MEETINGS]

    page = visitor.authorize("meetings", "phone", "webinar")

    assert page.heading == "A product is not on your Zoom account"
    assert "Zoom Phone, Zoom Webinar" in page.text
    is_pending(asked, Outcome.PRODUCT_MISSING)
    assert visitor.authorize("meetings").heading == "✓ Zoom is connected"


@case("C38", inside=True)
def tokens_that_cannot_be_kept_are_not_lost_silently(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    target = visitor.answer()
    assert world.break_sealing is not None
    world.break_sealing()

    page = visitor.come_back(target)

    assert page.heading == "It is not known whether that worked"
    assert visitor.come_back(target) == page
    assert world.token_requests() == 1
    is_pending(asked, Outcome.OUTCOME_UNKNOWN)


@case("C40 A12")
def no_secret_is_shown_logged_or_stored(world: World) -> None:
    pages, secret = [], set()
    for declines in (False, True):
        asked = world.ask()
        visitor = asked.visitor()
        target = visitor.answer(declines=declines)
        ((name, value),) = visitor.browser.cookies.items()
        query, browser_secret = asked_with(target), value[:43]
        secret |= {query["state"], browser_secret, asked.link.rpartition(".")[2]}
        secret |= {pkce_verifier(query["state"], browser_secret), TASK_TOKEN}
        pages += [visitor.open(), visitor.come_back(target), visitor.come_back(target)]
        pages += [asked.visitor().come_back(target), visitor.browser.get("/authorize/x")]
        pages += [visitor.browser.get(back_with(code=query.get("code", "x")))]
        assert fingerprint(query["state"]) == name[-64:]
    link = asked.link.rpartition(".")[2]
    secret |= set(world.zoom.secret_values())

    shown = "".join(page.html for page in pages)
    for each in secret:
        # Whoever declined may try again, and their browser keeps the way back.
        assert each not in shown or each == link
        assert each not in world.logged()
        assert each not in world.dump()


# The start page


@case("S01")
def a_scanner_that_looks_twenty_times(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()

    for method in ("GET", "HEAD") * 10:
        page = visitor.browser.send(method, visitor.path)
        assert page.status == 200
        assert (page.html == "") == (method == "HEAD")
        assert "set-cookie" not in page.headers
    fields = urlencode({"token": visitor.open().token, "meetings": "chosen"})
    visitor.browser.get(f"{visitor.path}?{fields}")

    assert asked.attempts == []
    is_untouched(asked)


@case("S02")
def a_form_without_its_token(world: World) -> None:
    asked, other = world.ask(), world.ask()
    visitor = asked.visitor()
    token = visitor.open().token
    foreign = other.visitor().open().token

    for bad in ("", "x", token[:-1], token + "x", token.replace(".", ""), foreign):
        page = visitor.browser.post(visitor.path, {"token": bad, "meetings": "chosen"})
        assert page.status == 403
    assert visitor.browser.post(visitor.path, {"meetings": "chosen"}).status == 403

    assert asked.attempts == []


@case("S02")
def a_form_that_another_site_sends(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    fields = {"token": visitor.open().token, "meetings": "chosen"}

    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "", "Origin": "https://evil.example"},
    ):
        assert visitor.browser.post(visitor.path, fields, headers=headers).status == 403

    assert asked.attempts == []


@case("S03")
def a_link_that_is_out_of_date(world: World) -> None:
    asked = world.ask(lifetime=timedelta(seconds=-1))
    visitor = asked.visitor()

    for page in (visitor.open(), visitor.browser.post(visitor.path, {"meetings": "chosen"})):
        assert (page.status, page.heading) == (410, "This request is out of date")
    assert asked.attempts == []


@case("S03")
def a_link_that_was_withdrawn(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    target = visitor.answer()
    token = visitor.open().token
    offer = asked.offer
    withdrawn = offer.request.closed(AuthorizationStatus.REVOKED)
    world.migrations.save(replace(offer.migration, authorization=withdrawn))

    opened = visitor.open()
    pressed = visitor.browser.post(visitor.path, {"token": token, "meetings": "chosen"})

    for page in (opened, pressed):
        assert (page.status, page.heading) == (410, "This request was withdrawn")
    assert visitor.come_back(target).heading == "This request is out of date"
    assert len(asked.attempts) == 1
    assert world.token_requests() == 0


@case("S03")
def a_link_that_was_replaced_by_a_newer_one(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    target = visitor.answer()
    asked.renew()

    page = visitor.open()

    assert (page.status, page.heading) == (410, "There is a newer link")
    assert visitor.come_back(target).heading == "This request is out of date"
    assert asked.visitor().path != visitor.path
    is_untouched(asked)
    assert asked.visitor().authorize().heading == "✓ Zoom is connected"


@case("S03")
def a_link_to_an_org_that_is_authorized(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    token = visitor.open().token
    visitor.authorize()
    begun = len(asked.attempts)

    opened = visitor.open()
    pressed = visitor.browser.post(visitor.path, {"token": token, "meetings": "chosen"})

    for page in (opened, pressed):
        assert page.status == 410
        assert "is connected with Zoom" in page.heading
        assert ZOOM_ADMIN not in page.html
    assert len(asked.attempts) == begun


@case("S04")
def a_link_that_was_not_made_for_this(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    text, _, signature = asked.link.rpartition(".")
    request = asked.request
    for_upgrade = LinkClaims(
        LinkPurpose.UPGRADE, asked.org_id, 1, request.request_id, request.expires_at
    ).text
    longer = text[:-1] + str((int(text[-1]) + 1) % 10)

    pages = [
        visitor.browser.get(f"/authorize/{quote(link, safe='')}")
        for link in (
            "x",
            text,
            asked.link[:-1],
            asked.link + "A",
            asked.link.swapcase(),
            f"{text}.{signature[::-1]}",
            f"{longer}.{signature}",
            f"{for_upgrade}.{world.signer.sign(for_upgrade)}",
            asked.link + "\x00",
            "A" * 3_000,
        )
    ]

    assert {page.status for page in pages} == {404}
    assert len({page.html for page in pages}) == 1


@case("S07")
def two_tabs_of_which_the_first_to_come_back_counts(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    first, second = visitor.answer(), visitor.answer()
    assert asked_with(first)["state"] != asked_with(second)["state"]
    assert len(asked.attempts) == 2

    page = visitor.come_back(second)
    late = visitor.come_back(first)

    assert page.heading == "✓ Zoom is connected"
    assert late.heading == "✓ This was already completed"
    assert world.token_requests() == 1
    is_connected(asked)


@case("S09")
def secrets_stay_in_the_cookie(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    pressed = visitor.press()
    parameters = asked_with(where(pressed))
    (cookie,) = cookies_in(pressed)
    browser_secret = cookie.value[:43]

    assert cookie.name.startswith("__Host-")
    assert {"secure", "httponly"} <= cookie.attributes.keys()
    assert "domain" not in cookie.attributes
    assert (cookie.attributes["samesite"], cookie.attributes["path"]) == ("Lax", "/")
    assert 0 < int(cookie.attributes["max-age"]) <= 600
    verifier = pkce_verifier(parameters["state"], browser_secret)
    assert verifier not in where(pressed)
    assert browser_secret not in where(pressed)
    assert parameters["state"] not in cookie.value + cookie.name
    assert not [each for each in visitor.browser.history if parameters["state"] in each]
    assert pkce_challenge(verifier) == parameters["code_challenge"]
    assert len(parameters["state"]) == 43


@case("S10")
def zoom_is_asked_for_exactly_this(world: World) -> None:
    visitor = world.ask().visitor()

    address = where(visitor.press())

    parameters = asked_with(address)
    assert address.startswith(f"{world.zoom.base_url}/oauth/authorize?")
    assert parameters.keys() == {
        "response_type",
        "client_id",
        "redirect_uri",
        "state",
        "code_challenge",
        "code_challenge_method",
    }
    assert parameters["response_type"] == "code"
    assert parameters["code_challenge_method"] == "S256"
    assert parameters["client_id"] == world.app.client_id
    assert parameters["redirect_uri"] == world.transport.base_url + CALLBACK


@case("X01")
def what_is_no_form(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    fields = urlencode({"token": visitor.open().token, "meetings": "chosen"})

    for content_type, body, status in (
        ("application/json", json.dumps({"meetings": "chosen"}), 415),
        ("text/plain", fields, 415),
        ("multipart/form-data; boundary=x", "--x--", 415),
        (FORM, fields + "&phone=chosen&phone=", 400),
        (FORM, fields + "&x=%ff", 400),
        (FORM, fields + "&" + "x" * 9_000, 413),
        (FORM, "x=", 403),
    ):
        headers = {"Content-Type": content_type}
        page = visitor.browser.send("POST", visitor.path, headers=headers, body=body)
        assert page.status == status, (content_type, body[-20:])
    for odd in ({"meetings": "yes"}, {"phones": "chosen"}, {}):
        given = {"token": visitor.open().token, **odd}
        assert visitor.browser.post(visitor.path, given).status == 422

    assert asked.attempts == []


# The result page


@case("X02")
def a_result_is_told_to_its_browser_only(world: World) -> None:
    asked, other = world.ask(), world.ask()
    visitor, stranger = asked.visitor(), other.visitor()
    visitor.authorize()
    stranger.press()
    address = visitor.browser.history[-1]

    pages = [
        asked.visitor().browser.get(address),
        stranger.browser.get(address),
        visitor.browser.get("/oauth/done/" + "0" * 64),
        visitor.browser.get(f"/oauth/done/{asked.attempts[0].state_hash.upper()}"),
        visitor.browser.get(f"{address}.connected"),
        visitor.browser.get("/oauth/done/" + quote(HOSTILE[1], safe="")),
    ]

    assert {page.status for page in pages} == {404}
    assert len({page.html for page in pages}) == 1
    assert asked.org_id not in pages[0].html


@case("X03")
def a_browser_that_takes_no_cookies(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor(takes_cookies=False)

    page = visitor.authorize()

    is_safe(page)
    assert page.heading == "This browser has not begun an authorization"
    assert "Cookies are blocked" in page.text
    is_untouched(asked)


@case("X04")
def a_visit_is_one_line_of_the_log(world: World) -> None:
    asked = world.ask()
    visitor = asked.visitor()

    visitor.authorize()
    visitor.browser.get(CALLBACK)

    visits = [line for line in lines(world) if line.get("message") == "page_answered"]
    assert [(line["status"], line["outcome"]) for line in visits] == [
        (200, "form_shown"),
        (303, "begun"),
        (303, "connected"),
        (200, "shown_connected"),
        (400, "malformed"),
    ]
    assert [line.get("org_id") for line in visits] == [asked.org_id] * 4 + [None]


@case("A06")
def names_from_outside_are_text(world: World) -> None:
    for text in HOSTILE:
        visitor = world.ask(display_name=text, host=text).visitor()
        opened = visitor.open()
        result = visitor.authorize()
        for page in (opened, result):
            assert "<script" not in page.html
            assert "<img" not in page.html
            assert "\u202e" not in page.html
            assert "\x1b" not in page.html
            assert not [
                each for each in page.elements if "canary-7" in " ".join(each.attributes.values())
            ]


@case("A11")
def nobody_elses_script_may_read_an_answer(world: World) -> None:
    visitor = world.ask().visitor()

    for origin in ("null", "https://evil.example"):
        for address in (visitor.path, CALLBACK, "/oauth/done/x"):
            page = visitor.browser.send("GET", address, headers={"Origin": origin})
            assert not [name for name in page.headers if name.startswith("access-control-")]
