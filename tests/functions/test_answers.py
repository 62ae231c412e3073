"""The pages on which people answer, as they are deployed, and what only AWS can do to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import pytest

from tests.functions.answer_cases import AnyDesk
from tests.functions.approval_worlds import DeployedWorld
from tests.functions.cleanup_worlds import DeployedKeysWorld
from tests.functions.deployment import Answer, Deployment
from tests.functions.events import event_names, load_event
from tests.visits import Event

WORLDS: Final[dict[str, type[DeployedWorld | DeployedKeysWorld]]] = {
    "approve": DeployedWorld,
    "cleanup": DeployedKeysWorld,
}
COUNTED_AS: Final = {"approve": "ApprovalAnswered", "cleanup": "CleanupAnswered"}


@dataclass
class Counter:
    """Where one of the pages stands.

    Attributes:
        function: The page's function.
    """

    function: str
    world: DeployedWorld | DeployedKeysWorld

    @property
    def deployment(self) -> Deployment:
        return self.world.deployment

    @property
    def environment(self) -> dict[str, str]:
        """The variables of the function."""
        return self.deployment.environment[self.function]

    def ask(self) -> AnyDesk:
        """Have an org's admin asked."""
        return self.world.ask()

    def invoke(self, event: Event, *, request_id: str = "req-1") -> Answer:
        """Call the function as API Gateway does."""
        return self.deployment.invoke(self.function, event, request_id=request_id)


@pytest.fixture(params=WORLDS)
def counter(request: pytest.FixtureRequest, deployment: Deployment) -> Counter:
    return Counter(request.param, WORLDS[request.param](deployment))


READS = ("GetItem", "VerifyMac")


@pytest.mark.parametrize(
    "link", ["", "x", "A" * 9_000, "upgrade.00D.1.x.1", "cleanup.00D.1.x.1", "." * 150]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_malformed_link_is_refused_before_anything_is_asked(
    counter: Counter, link: str, method: str
) -> None:
    desk = counter.ask()
    for operation in READS:
        counter.deployment.disturbance.refuse(operation)

    event = desk.a_visit(link) if method == "GET" else desk.a_form({"name": "Grace"}, link)

    assert desk.send(event).status == 404
    assert counter.deployment.disturbance.refused == []


@pytest.mark.parametrize("operation", READS)
def test_a_page_that_cannot_be_shown_now_says_that_it_passes(
    counter: Counter, operation: str
) -> None:
    desk = counter.ask()
    link = desk.link
    counter.deployment.disturbance.refuse(operation)

    page = desk.visit(link)

    assert (page.status, page.headers["retry-after"]) == (503, "30")
    assert "req-1" in page.text
    assert link.rpartition(".")[2] not in counter.world.logged()


@pytest.mark.parametrize("operation", ["Decrypt", "TransactWriteItems", "GetItem"])
def test_an_answer_that_cannot_be_kept_now_can_be_given_again(
    counter: Counter, operation: str
) -> None:
    desk = counter.ask()
    fields, link = desk.fields(), desk.link
    counter.deployment.disturbance.refuse(operation)

    refused = desk.send(desk.a_form(fields, link))
    counter.deployment.disturbance.stop()

    assert refused.status == 503
    assert desk.asked.is_pending
    assert desk.submit(fields).status == 303


def test_an_answer_holds_where_the_state_machine_cannot_be_woken(counter: Counter) -> None:
    desk = counter.ask()
    fields = desk.fields()
    counter.deployment.disturbance.refuse("SendTaskSuccess")

    page = desk.submit(fields)

    assert page.status == 303
    assert desk.asked.is_recorded_once
    assert len(counter.deployment.log("state_machine_not_woken")) == 1


@pytest.mark.parametrize("variable", ["TABLE_NAME", "LINK_KEY_ARN", "TASK_TOKEN_KEY_ARN"])
def test_a_missing_variable_is_a_page_and_an_error_of_the_log(
    counter: Counter, variable: str
) -> None:
    desk = counter.ask()
    value = counter.environment.pop(variable)

    page = desk.open()

    assert (page.status, page.heading) == (500, "Something went wrong on our side")
    assert variable not in page.html
    (line,) = counter.deployment.log("page_failed")
    assert (line["level"], variable in line["reason"]) == ("ERROR", True)
    counter.environment[variable] = value
    assert desk.open().status == 200


def test_a_key_that_is_not_allowed_any_more_is_alarmed(counter: Counter) -> None:
    desk = counter.ask()
    link = desk.link
    counter.deployment.disturbance.refuse("VerifyMac", code="AccessDeniedException")

    assert desk.visit(link).status == 500
    assert counter.deployment.log("page_failed")[0]["error"] == "InvalidSettings"


def test_the_page_makes_no_signature_and_so_no_link(counter: Counter) -> None:
    desk = counter.ask()
    link = desk.link
    counter.deployment.disturbance.refuse("GenerateMac")

    token = desk.visit(link).token
    page = desk.send(desk.a_form({**desk.filled_in(), "token": token}, link))

    assert page.status == 303
    assert counter.deployment.disturbance.refused == []


def test_an_answer_is_counted_once(counter: Counter) -> None:
    desk = counter.ask()
    fields = desk.fields()

    for _ in range(3):
        desk.submit(fields)

    assert counter.deployment.metrics() == [{COUNTED_AS[counter.function]: 1.0}]


def test_every_line_says_which_request_it_is_about(counter: Counter) -> None:
    desk = counter.ask()

    counter.invoke(desk.a_visit("x"), request_id="req-4711")

    (line,) = counter.deployment.log()
    named = f"zoom-migrator-{counter.function}"
    assert (line["request_id"], line["function"]) == ("req-4711", named)


# Example events


EVENTS: Final = {"opened": 200, "looked_at_by_a_scanner": 200, "approved": 303, "declined": 303}


@pytest.mark.parametrize("name", EVENTS)
def test_an_example_event_with_a_link_that_nobody_made_leads_nowhere(
    counter: Counter, name: str
) -> None:
    assert counter.invoke(load_event(f"{counter.function}/{name}"))["statusCode"] == 404


@pytest.mark.parametrize(("name", "status"), EVENTS.items(), ids=EVENTS)
def test_an_example_event_is_one_that_the_page_takes(
    counter: Counter, name: str, status: int
) -> None:
    desk = counter.ask()
    event = with_link(load_event(f"{counter.function}/{name}"), desk)

    assert counter.invoke(event)["statusCode"] == status
    if status == 303:
        assert desk.asked.question.status in (name, {"approved": "accepted"}.get(name))


@pytest.mark.parametrize("function", WORLDS)
def test_every_example_event_is_tried(function: str) -> None:
    names = [name for name in event_names() if name.startswith(f"{function}/")]

    assert names == sorted(f"{function}/{name}" for name in EVENTS)


def with_link(event: dict[str, Any], desk: AnyDesk) -> dict[str, Any]:
    """An example event with a link and a token that are good."""
    token = desk.open().token
    event["pathParameters"]["link"] = desk.link
    if event["body"]:
        event["body"] = event["body"].replace("token=TOKEN", f"token={token}")
    return event
