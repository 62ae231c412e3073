"""What every public function does that machines call, whatever it is about."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from http import HTTPStatus

import pytest

from tests.visits import Page, a_visit
from zoom_migrator.adapters.web.entrance import Routes, Visit
from zoom_migrator.adapters.web.machine_entrance import answer_in_json, answer_machine
from zoom_migrator.adapters.web.refusal import Refusal
from zoom_migrator.adapters.web.request import Request
from zoom_migrator.domain.errors import (
    ConcurrentModification,
    InvalidSettings,
    InvariantViolation,
    StoreUnavailable,
)

type Action = Callable[[Request], Visit]

ROUTE = "/webhooks/zoom"


def answered(action: Action, *, method: str = "POST", resource: str = ROUTE) -> Page:
    routes: Routes = {ROUTE: {"POST": action}}
    event = a_visit("", method=method, resource=resource, body="signed-canary")
    return Page.of(answer_machine(event, routes=routes, reference="req-4711"))


def takes(_request: Request) -> Visit:
    return Visit(answer_in_json(HTTPStatus.OK, {"status": "taken"}), "taken", {"attempt": 1})


def fails(error: Exception) -> Action:
    def action(_request: Request) -> Visit:
        raise error

    return action


def test_an_answer_is_json_that_nobody_keeps_and_nobody_guesses_at() -> None:
    page = answered(takes)

    assert (page.status, json.loads(page.html)) == (200, {"status": "taken"})
    assert page.headers["content-type"] == "application/json"
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "post", ""])
def test_a_method_that_it_does_not_have_is_named_as_such(method: str) -> None:
    page = answered(fails(AssertionError("reached")), method=method)

    assert (page.status, page.headers["allow"]) == (405, "POST")
    assert json.loads(page.html) == {"error": "method_not_allowed"}


def test_what_is_not_there_is_not_found() -> None:
    page = answered(fails(AssertionError("reached")), resource="/webhooks/{proxy+}")

    assert (page.status, json.loads(page.html)) == (404, {"error": "no_such_page"})


def test_a_refusal_says_no_more_than_why() -> None:
    page = answered(fails(Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large")))

    assert (page.status, json.loads(page.html)) == (413, {"error": "too_large"})


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (StoreUnavailable("throttled"), "unavailable"),
        (ConcurrentModification("busy"), "unavailable"),
        (InvalidSettings("The Zoom webhook secret has no current."), "not_set_up"),
    ],
)
def test_trouble_that_somebody_mends_is_said_to_pass(error: Exception, outcome: str) -> None:
    page = answered(fails(error))

    assert (page.status, page.headers["retry-after"]) == (503, "30")
    assert json.loads(page.html) == {"error": outcome, "reference": "req-4711"}


@pytest.mark.parametrize(
    "error", [InvariantViolation("contradiction"), KeyError("canary"), RecursionError()]
)
def test_a_bug_is_answered_and_not_told_of(error: Exception) -> None:
    page = answered(fails(error))

    assert page.status == 500
    assert json.loads(page.html) == {"error": "broken", "reference": "req-4711"}


def test_a_broken_event_is_answered_too() -> None:
    answer = answer_machine({"headers": 7, "httpMethod": "POST"}, routes={}, reference="req-4711")

    assert Page.of(answer).status == 500


@pytest.mark.parametrize(
    ("action", "level"),
    [
        (takes, "INFO"),
        (fails(Refusal(HTTPStatus.BAD_REQUEST, "malformed_body")), "INFO"),
        (fails(StoreUnavailable("throttled")), "ERROR"),
        (fails(InvalidSettings("The Zoom webhook secret is not JSON.")), "ERROR"),
    ],
)
def test_what_became_of_it_is_logged_without_any_of_it(
    caplog: pytest.LogCaptureFixture, action: Action, level: str
) -> None:
    caplog.set_level(logging.DEBUG, "zoom_migrator")

    answered(action)

    assert caplog.records[-1].getMessage() == "machine_answered"
    assert caplog.records[-1].levelname == level
    assert "canary" not in str([record.__dict__ for record in caplog.records])


def test_what_is_not_set_up_is_logged_as_an_error_with_its_reason(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answered(fails(InvalidSettings("The Zoom webhook secret has no current.")))

    (failed, _) = caplog.records
    assert failed.levelname == "ERROR"
    assert failed.__dict__["reason"] == "The Zoom webhook secret has no current."
