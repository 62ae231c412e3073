"""What every public function does, whatever its page is about."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus

import pytest

from tests.visits import Page, a_visit
from zoom_migrator.adapters.web.entrance import Routes, Visit, answer_event
from zoom_migrator.adapters.web.refusal import Refusal
from zoom_migrator.adapters.web.request import Request
from zoom_migrator.adapters.web.response import STRICT_HEADERS, Response, see_other
from zoom_migrator.domain.errors import (
    ConcurrentModification,
    InvalidSettings,
    InvariantViolation,
    StoreUnavailable,
)

type Action = Callable[[Request], Visit]


def answered(action: Action, *, method: str = "GET", resource: str = "/approve/{link}") -> Page:
    routes: Routes = {"/approve/{link}": {"GET": action}}
    event = a_visit("signed-link", method=method, resource=resource)
    return Page.of(answer_event(event, routes=routes, reference="req-4711"))


def shows(response: Response) -> Action:
    return lambda _request: Visit(response, "shown", {"org_id": "00D", "attempt": 1})


def fails(error: Exception) -> Action:
    def action(_request: Request) -> Visit:
        raise error

    return action


def test_a_page_is_answered_with_strict_headers() -> None:
    page = answered(shows(Response(HTTPStatus.OK, "<p>hello</p>")))

    assert (page.status, page.html) == (200, "<p>hello</p>")
    assert page.headers["content-security-policy"].startswith(
        "default-src 'none'; style-src 'none'"
    )
    for name, value in STRICT_HEADERS.items():
        assert page.headers[name.lower()] == value


def test_headers_of_its_own_come_beside_the_strict_ones() -> None:
    page = answered(shows(see_other("elsewhere")))

    assert (page.status, page.headers["location"], page.html) == (303, "elsewhere", "")
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get", ""]
)
def test_a_method_that_a_page_does_not_have_is_named_as_such(method: str) -> None:
    page = answered(fails(AssertionError("reached")), method=method)

    assert (page.status, page.headers["allow"]) == (405, "HEAD, GET")


@pytest.mark.parametrize("resource", ["/", "", "/approve", "/approve/{proxy+}"])
def test_a_page_that_is_not_there_is_not_found(resource: str) -> None:
    page = answered(fails(AssertionError("reached")), resource=resource)

    assert (page.status, page.heading) == (404, "This link leads nowhere")


def test_a_head_is_answered_like_a_get() -> None:
    page = answered(shows(Response(HTTPStatus.OK, "<p>hello</p>")), method="HEAD")

    assert (page.status, page.html) == (200, "")


@pytest.mark.parametrize(
    ("status", "heading"),
    [
        (400, "This could not be understood"),
        (404, "This link leads nowhere"),
        (413, "That was too much text"),
        (415, "This could not be understood"),
    ],
)
def test_a_refusal_is_a_page(status: int, heading: str) -> None:
    page = answered(fails(Refusal(HTTPStatus(status), "why")))

    assert (page.status, page.heading) == (status, heading)


@pytest.mark.parametrize("error", [StoreUnavailable("throttled"), ConcurrentModification("busy")])
def test_trouble_that_passes_is_said_to_pass(error: Exception) -> None:
    page = answered(fails(error))

    assert (page.status, page.headers["retry-after"]) == (503, "30")
    assert "req-4711" in page.text
    assert str(error) not in page.html


@pytest.mark.parametrize(
    "error",
    [
        InvalidSettings("LINK_KEY_ARN: Field required"),
        InvariantViolation("contradiction"),
        KeyError("signed-link"),
        ValueError("secret-canary"),
        RecursionError(),
        MemoryError(),
    ],
)
def test_a_bug_is_a_page_that_says_nothing_of_it(error: Exception) -> None:
    page = answered(fails(error))

    assert (page.status, page.heading) == (500, "Something went wrong on our side")
    assert "req-4711" in page.text
    assert str(error) not in page.html or not str(error)


def test_a_broken_event_is_a_page_too() -> None:
    answer = answer_event({"headers": 7, "httpMethod": "GET"}, routes={}, reference="req-4711")

    assert Page.of(answer).status == 500


def logged(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    return [record.__dict__ for record in caplog.records]


def test_one_line_is_logged_about_a_visit(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "zoom_migrator")

    answered(shows(Response(HTTPStatus.OK)))

    (line,) = logged(caplog)
    assert (line["msg"], line["levelname"]) == ("page_answered", "INFO")
    assert (line["status"], line["outcome"]) == (200, "shown")
    assert (line["org_id"], line["attempt"]) == ("00D", 1)


def test_a_bug_is_logged_by_its_place_and_without_what_others_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answered(fails(ValueError("secret-canary")))

    failed, answered_line = logged(caplog)
    assert (failed["msg"], failed["error"], failed["reason"]) == ("page_failed", "ValueError", "")
    assert "test_entrance.py" in str(failed["places"])
    assert answered_line["levelname"] == "ERROR"
    assert "secret-canary" not in str(caplog.records) + caplog.text


def test_an_error_of_our_own_is_logged_with_its_reason(caplog: pytest.LogCaptureFixture) -> None:
    answered(fails(InvalidSettings("LINK_KEY_ARN: Field required")))

    assert logged(caplog)[0]["reason"] == "LINK_KEY_ARN: Field required"
