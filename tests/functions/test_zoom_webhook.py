"""Zoom's webhook, deployed: called with events, over HTTP, and by a Zoom."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from local.zoom import SimulatedApp
from tests.functions.deployment import Deployment
from tests.functions.events import Event, event_names, function_of, load_event
from tests.functions.resources import WEBHOOK_TOKEN
from tests.functions.webhook_cases import CASES, INSIDE, Case, is_refused, said
from tests.functions.webhook_worlds import (
    PATH,
    SIGNATURE,
    TIMESTAMP,
    World,
    deployed_world,
)
from tests.functions.zoom_app import ZOOM_ADMIN
from tests.visits import Page
from zoom_migrator.domain.grant import GrantStatus
from zoom_migrator.domain.signed_request import signature_of
from zoom_migrator.domain.zoom_event import ProbeOrder

EVERY_CASE = {**CASES, **INSIDE}
every_case = pytest.mark.parametrize("case", EVERY_CASE.values(), ids=EVERY_CASE.keys())
EVENTS = [name for name in event_names() if function_of(name) == "zoom_webhook"]
# What the events are signed with.
LAB_TOKEN = "whsec_lab"
DEAUTHORIZED = ("MXEuWmOmTsKWUswrfpPslg", "NtEMagHcQAygosd81Lzysw")
BY_ANOTHER = "zoom_webhook/deauthorized_and_signed_otherwise"


@pytest.fixture
def called(deployment: Deployment) -> Iterator[World]:
    """The function, called with events of API Gateway."""
    with deployed_world(deployment, over_http=False) as world:
        yield world


@pytest.fixture
def served(deployment: Deployment) -> Iterator[World]:
    """The function behind HTTP, as Zoom reaches it."""
    with deployed_world(deployment, over_http=True) as world:
        yield world


@every_case
def test_the_function_withstands(called: World, case: Case) -> None:
    case(called)


@every_case
def test_the_function_withstands_over_http(served: World, case: Case) -> None:
    case(served)


class TestAZoom:
    """What a simulated Zoom posts, which signs as Zoom does."""

    @pytest.fixture
    def zoom_app(self, deployment: Deployment, served: World) -> SimulatedApp:
        deployment.zoom_app.webhook_url = deployment.pages.base_url + PATH
        deployment.zoom_app.webhook_secret = WEBHOOK_TOKEN
        return deployment.zoom_app

    def test_it_finds_the_address_valid(
        self, deployment: Deployment, zoom_app: SimulatedApp
    ) -> None:
        assert deployment.zoom.problem_of_webhook(zoom_app) == ""

    def test_w09_what_it_tells_of_a_removal_comes_to_the_org(
        self, deployment: Deployment, served: World, zoom_app: SimulatedApp
    ) -> None:
        delivered = deployment.zoom.remove_app(ZOOM_ADMIN, zoom_app)
        served.work_off()

        assert delivered is not None
        assert (delivered.status, json.loads(delivered.body)) == (200, {"status": "taken"})
        assert served.grant().status is GrantStatus.DEAD
        assert not served.is_connected()

    def test_w09_so_does_what_is_signed_by_another_token_because_the_grant_is_asked_for(
        self, deployment: Deployment, served: World, zoom_app: SimulatedApp
    ) -> None:
        delivered = deployment.zoom.remove_app(ZOOM_ADMIN, zoom_app, forged=True)
        served.work_off()

        assert delivered is not None
        assert delivered.status == 401
        assert not served.is_connected()


def just_now(event: Event, world: World) -> Event:
    """An example event as if it had been signed a moment ago, by the same token."""
    headers = {name: values[0] for name, values in event["multiValueHeaders"].items()}
    timestamp = str(int(world.now().timestamp()))
    body = event["body"].encode()
    genuine = signature_of(body, headers[TIMESTAMP], LAB_TOKEN) == headers[SIGNATURE]
    anew = signature_of(body, timestamp, LAB_TOKEN if genuine else "another-token-0123")
    headers |= {TIMESTAMP: timestamp, SIGNATURE: anew}
    return event | {"headers": headers, "multiValueHeaders": {k: [v] for k, v in headers.items()}}


@pytest.mark.parametrize("name", EVENTS)
def test_an_example_that_was_signed_long_ago_is_refused(
    deployment: Deployment, called: World, name: str
) -> None:
    called.store(json.dumps({"current": LAB_TOKEN, "previous": ""}))

    is_refused(Page.of(deployment.invoke("zoom_webhook", load_event(name))))


@pytest.mark.parametrize(
    ("name", "answer", "ordered"),
    [
        ("zoom_webhook/deauthorized", {"status": "taken"}, [(*DEAUTHORIZED, True)]),
        ("zoom_webhook/about_something_else", {"status": "taken"}, []),
        (BY_ANOTHER, {"error": "not_signed"}, []),
        (
            "zoom_webhook/challenged",
            {
                "plainToken": "qgg8vlvZRS6UYooatFL8Aw",
                # What Zoom's own library answers with this token (@zoom/rivet 0.4.0).
                "encryptedToken": (
                    "343d4b0c54195c3233aa36a36e1304c8859f0661911080fdce6debd1f59cbbd6"
                ),
            },
            [],
        ),
    ],
)
def test_its_function_takes_the_event(
    deployment: Deployment,
    called: World,
    name: str,
    answer: dict[str, str],
    ordered: list[tuple[str, str, bool]],
) -> None:
    called.store(json.dumps({"current": LAB_TOKEN, "previous": ""}))

    page = Page.of(deployment.invoke("zoom_webhook", just_now(load_event(name), called)))

    assert said(page) == answer
    assert [(each.account_id, each.user_id, each.is_signed) for each in called.orders()] == ordered


def test_the_examples_are_signed_by_the_token_that_they_name() -> None:
    for name in EVENTS:
        event = load_event(name)
        if event["isBase64Encoded"]:
            continue
        headers = event["headers"]
        expected = signature_of(event["body"].encode(), headers[TIMESTAMP], LAB_TOKEN)
        assert (headers[SIGNATURE] == expected) is (name != BY_ANOTHER)


@pytest.mark.parametrize("variable", ["TABLE_NAME", "ZOOM_WEBHOOK_SECRET_ARN", "PROBE_QUEUE_URL"])
def test_a_missing_variable_is_an_answer_and_an_error_in_the_log(
    deployment: Deployment, called: World, variable: str
) -> None:
    value = deployment.environment["zoom_webhook"].pop(variable)

    page = called.send(called.signed(called.event()))

    assert (page.status, page.headers["retry-after"]) == (503, "30")
    assert said(page) == {"error": "not_set_up", "reference": "req-1"}
    (line,) = deployment.log("page_failed")
    assert (line["level"], line["error"]) == ("ERROR", "InvalidSettings")
    assert variable in line["reason"]
    # It is there again once somebody has mended it, without a new deployment.
    deployment.environment["zoom_webhook"][variable] = value
    assert called.send(called.signed(called.event())).status == 200


@pytest.mark.parametrize("operation", ["GetItem", "PutItem", "SendMessage", "GetSecretValue"])
def test_zoom_is_told_to_come_again_while_something_is_out_of_reach(
    deployment: Deployment, called: World, operation: str
) -> None:
    letter = called.signed(called.event())
    deployment.disturbance.refuse(operation)
    page = called.send(letter)
    assert (page.status, said(page)["error"]) == (503, "unavailable")
    assert deployment.log("store_unavailable")[0]["level"] == "WARNING"
    deployment.disturbance.stop()

    assert called.send(letter).status == 200

    assert called.orders()[-1] == ProbeOrder(
        called.subject.client_id, called.subject.account_id, called.subject.user_id, True
    )


def test_what_became_of_events_is_counted_and_logged(deployment: Deployment, called: World) -> None:
    genuine = called.signed(called.event())
    for letter in (genuine, genuine, called.signed(called.event(), secret="another-token")):
        called.send(letter)

    counted = [name for group in deployment.metrics() for name in group]
    assert counted == ["ZoomEventTaken", "ZoomEventRepeated", "ZoomEventSuspected"]
    lines = deployment.log("machine_answered")
    assert [(line["status"], line["outcome"]) for line in lines] == [
        (200, "taken"),
        (200, "repeated"),
        (401, "suspected"),
    ]
    assert {(line["request_id"], line["function"]) for line in lines} == {
        ("req-1", "zoom-migrator-zoom_webhook")
    }
