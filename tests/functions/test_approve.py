"""The approval page as it is deployed, and whether its hostile cases would catch a broken one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.adapters.web.desk import Desk, Handler
from tests.approvals import Asked
from tests.functions.approval_cases import CASES, ApprovalWorld, Case
from tests.functions.approval_worlds import DeployedWorld, MemoryWorld
from tests.functions.broken_pages import BROKEN, healthy
from tests.functions.deployment import Deployment
from tests.functions.events import event_names, load_event
from tests.functions.logs import captured_logs
from tests.visits import Page, a_form, a_visit
from zoom_migrator.domain.approval import ApprovalStatus

every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


@pytest.fixture
def world(deployment: Deployment) -> DeployedWorld:
    return DeployedWorld(deployment)


@every_case
def test_the_deployed_page_withstands(world: DeployedWorld, case: Case) -> None:
    case(world)


@every_case
def test_the_page_in_memory_withstands(case: Case) -> None:
    with captured_logs() as output:
        case(MemoryWorld(healthy, output))


@pytest.mark.parametrize(("number", "make"), BROKEN.values(), ids=BROKEN.keys())
def test_a_page_that_is_broken_is_caught_by_the_case_about_it(
    number: str, make: Callable[[Asked], Handler]
) -> None:
    cases = [case for name, case in CASES.items() if number in name]

    assert not all(withstands(make, case) for case in cases)


def withstands(make: Callable[[Asked], Handler], case: Case) -> bool:
    with captured_logs() as output:
        try:
            case(MemoryWorld(make, output))
        except Exception:  # a broken page may break its case in any way
            return False
    return True


# What only AWS can do to it


READS = ("GetItem", "VerifyMac")


@pytest.mark.parametrize("link", ["", "x", "A" * 9_000, "upgrade.00D.1.x.1", "." * 150])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_malformed_link_is_refused_before_anything_is_asked(
    world: DeployedWorld, link: str, method: str
) -> None:
    for operation in READS:
        world.deployment.disturbance.refuse(operation)
    event = a_visit(link) if method == "GET" else a_form(link, {"name": "Grace"})

    page = Page.of(world.deployment.invoke("approve", event))

    assert page.status == 404
    assert world.deployment.disturbance.refused == []


@pytest.mark.parametrize("operation", ["GetItem", "VerifyMac"])
def test_a_page_that_cannot_be_shown_now_says_that_it_passes(
    world: DeployedWorld, operation: str
) -> None:
    desk = world.ask()
    link = desk.link
    world.deployment.disturbance.refuse(operation)

    page = desk.send(a_visit(link))

    assert (page.status, page.headers["retry-after"]) == (503, "30")
    assert "req-1" in page.text
    assert link.rpartition(".")[2] not in world.logged()


@pytest.mark.parametrize("operation", ["Decrypt", "TransactWriteItems", "GetItem"])
def test_an_answer_that_cannot_be_kept_now_can_be_given_again(
    world: DeployedWorld, operation: str
) -> None:
    desk = world.ask()
    fields, link = desk.fields(), desk.link
    world.deployment.disturbance.refuse(operation)

    refused = desk.send(a_form(link, fields))
    world.deployment.disturbance.stop()

    assert refused.status == 503
    assert desk.asked.is_pending
    assert desk.submit(fields).status == 303


def test_an_answer_holds_where_the_state_machine_cannot_be_woken(world: DeployedWorld) -> None:
    desk = world.ask()
    fields = desk.fields()
    world.deployment.disturbance.refuse("SendTaskSuccess")

    page = desk.submit(fields)

    assert page.status == 303
    assert desk.asked.approval.status is ApprovalStatus.ACCEPTED
    assert len(world.deployment.log("state_machine_not_woken")) == 1


@pytest.mark.parametrize("variable", ["TABLE_NAME", "LINK_KEY_ARN", "TASK_TOKEN_KEY_ARN"])
def test_a_missing_variable_is_a_page_and_an_error_of_the_log(
    world: DeployedWorld, variable: str
) -> None:
    desk = world.ask()
    value = world.deployment.environment["approve"].pop(variable)

    page = desk.open()

    assert (page.status, page.heading) == (500, "Something went wrong on our side")
    assert variable not in page.html
    (line,) = world.deployment.log("page_failed")
    assert (line["level"], variable in line["reason"]) == ("ERROR", True)
    world.deployment.environment["approve"][variable] = value
    assert desk.open().status == 200


def test_a_key_that_is_not_allowed_any_more_is_alarmed(world: DeployedWorld) -> None:
    desk = world.ask()
    world.deployment.disturbance.refuse("VerifyMac", code="AccessDeniedException")

    assert desk.open().status == 500
    assert world.deployment.log("page_failed")[0]["error"] == "InvalidSettings"


def test_the_page_makes_no_signature_and_so_no_link(world: DeployedWorld) -> None:
    desk = world.ask()
    link = desk.link
    world.deployment.disturbance.refuse("GenerateMac")

    token = desk.send(a_visit(link)).token
    page = desk.send(a_form(link, {**desk.filled_in(), "token": token}))

    assert page.status == 303
    assert world.deployment.disturbance.refused == []


def test_an_answer_is_counted_once(world: DeployedWorld) -> None:
    desk = world.ask()
    fields = desk.fields()

    for _ in range(3):
        desk.submit(fields)

    assert world.deployment.metrics() == [{"ApprovalAnswered": 1.0}]


def test_every_line_says_which_request_it_is_about(world: DeployedWorld) -> None:
    world.deployment.invoke("approve", a_visit("x"), request_id="req-4711")

    (line,) = world.deployment.log()
    assert (line["request_id"], line["function"]) == ("req-4711", "zoom-migrator-approve")


EVENTS = [name for name in event_names() if name.startswith("approve/")]


@pytest.mark.parametrize("name", EVENTS)
def test_an_example_event_with_a_link_that_nobody_made_leads_nowhere(
    world: DeployedWorld, name: str
) -> None:
    assert world.deployment.invoke("approve", load_event(name))["statusCode"] == 404


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("approve/opened", 200),
        ("approve/looked_at_by_a_scanner", 200),
        ("approve/approved", 303),
        ("approve/declined", 303),
    ],
)
def test_an_example_event_is_one_that_the_page_takes(
    world: DeployedWorld, name: str, status: int
) -> None:
    desk = world.ask()

    answer = world.deployment.invoke("approve", with_link(load_event(name), desk))

    assert answer["statusCode"] == status


def test_every_example_event_is_tried() -> None:
    assert len(EVENTS) == 4


def with_link(event: dict[str, Any], desk: Desk) -> dict[str, Any]:
    """An example event with a link and a token that are good."""
    token = desk.open().token
    event["pathParameters"]["link"] = desk.link
    if event["body"]:
        event["body"] = event["body"].replace("token=TOKEN", f"token={token}")
    return event


def test_worlds_are_what_cases_need(world: DeployedWorld) -> None:
    with captured_logs() as output:
        worlds: list[ApprovalWorld] = [world, MemoryWorld(healthy, output)]

    assert all(each.now.tzinfo is not None for each in worlds)
