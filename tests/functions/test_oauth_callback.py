"""The callback as it is deployed: what AWS, TLS and its own settings can do to it."""

from __future__ import annotations

import gc
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from local.zoom import SimulatedZoom, ZoomSimulator
from scripts.expand_template import ROOT
from tests.adapters.embedded_aws import client
from tests.adapters.salesforce.certificates import Authority, self_signed
from tests.browsing import where
from tests.functions.authorization_cases import is_connected, is_pending, is_safe, is_untouched
from tests.functions.authorization_worlds import CALLBACK, World, asked_with, deployed_world
from tests.functions.deployment import Deployment, forget_apps
from tests.functions.events import event_names, load_event
from tests.visits import Page
from zoom_migrator.domain.authorization_outcome import Outcome
from zoom_migrator.domain.authorization_request import AuthorizationStatus

PUBLIC = ("authorize", "oauth_callback")
EVENTS = [name for name in event_names() if name.partition("/")[0] in PUBLIC]
READS = ("GetItem", "GetSecretValue")


@pytest.fixture
def world(deployment: Deployment) -> Iterator[World]:
    with deployed_world(deployment, over_http=False) as world:
        yield world


# Before anything is used up


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"code": "x"},
        {"code": "c" * 2_049, "state": "A" * 43},
        {"code": "x", "state": "A" * 129},
        {"code": "x", "state": "A" * 42},
        {"code": "x", "state": "A" * 43, "iss": "https://evil.example"},
        {"code": "x", "error": "x", "state": "A" * 43},
        {"code": "y" * 9_000, "state": "z" * 9_000},
    ],
    ids=lambda query: "-".join(f"{name}:{len(value)}" for name, value in query.items()) or "none",
)
def test_c22_a_malformed_answer_is_refused_before_anything_is_asked(
    world: World, deployment: Deployment, query: dict[str, str]
) -> None:
    visitor = world.ask().visitor()
    visitor.press()
    for operation in READS:
        deployment.disturbance.refuse(operation)

    is_safe(visitor.browser.get(f"{CALLBACK}?{urlencode(query)}"))

    assert deployment.disturbance.refused == []


@pytest.mark.parametrize("operation", ["GetItem", "GetSecretValue"])
def test_what_cannot_be_read_now_can_be_brought_again(
    world: World, deployment: Deployment, operation: str
) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    target = visitor.answer()
    deployment.disturbance.refuse(operation)
    forget_credentials(operation)

    page = visitor.browser.get(target)
    deployment.disturbance.stop()

    assert (page.status, page.headers["retry-after"]) == (503, "30")
    assert "req-4711" in page.text
    assert asked_with(target)["code"] not in page.html + world.logged()
    is_untouched(asked)
    assert visitor.come_back(target).heading == "✓ Zoom is connected"


def forget_credentials(operation: str) -> None:
    """Have the secret be read anew, as in another execution environment."""
    if operation == "GetSecretValue":
        forget_apps()


def test_an_attempt_that_cannot_be_used_up_is_not_exchanged(
    world: World, deployment: Deployment
) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    target = visitor.answer()
    deployment.disturbance.refuse("PutItem")

    page = visitor.browser.get(target)
    deployment.disturbance.stop()

    assert page.status == 503
    is_untouched(asked)
    assert visitor.come_back(target).heading == "✓ Zoom is connected"


@pytest.mark.parametrize("secret", ["", "{}", '{"client_id": "x"}', "not JSON"])
def test_a_secret_that_nobody_filled_in_blames_nobody_else(
    world: World, deployment: Deployment, secret: str
) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    target = visitor.answer()
    client("secretsmanager").put_secret_value(
        SecretId=deployment.created.zoom_secret_arn, SecretString=secret or " "
    )
    forget_credentials("GetSecretValue")

    page = visitor.come_back(target)

    assert page.heading == "The set-up on our side is not right"
    is_untouched(asked)
    assert visitor.press().status == 503


# After the code was sent


def test_c38_tokens_that_cannot_be_kept_cost_a_new_attempt(
    world: World, deployment: Deployment
) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    target = visitor.answer()
    deployment.disturbance.refuse("Encrypt")

    page = visitor.come_back(target)
    deployment.disturbance.stop()

    assert page.heading == "It is not known whether that worked"
    assert visitor.come_back(target) == page
    assert world.token_requests() == 1
    is_pending(asked, Outcome.OUTCOME_UNKNOWN)
    assert len(deployment.log("authorization_cut_off")) == 1
    assert visitor.authorize().heading == "✓ Zoom is connected"


def test_c38_an_attempt_that_was_cut_off_says_so_when_nobody_can_be_at_work_any_more(
    world: World, deployment: Deployment
) -> None:
    asked = world.ask()
    visitor = asked.visitor()
    target = visitor.answer()
    deployment.disturbance.refuse("TransactWriteItems")

    page = visitor.come_back(target)
    deployment.disturbance.stop()
    world.age(timedelta(minutes=2))
    later = visitor.come_back(target)

    assert page.heading == "Your consent is being checked"
    assert later.heading == "It is not known whether that worked"
    assert world.token_requests() == 1
    assert asked.request.status is AuthorizationStatus.PENDING
    assert visitor.authorize().heading == "✓ Zoom is connected"


def test_an_authorization_holds_where_the_state_machine_cannot_be_woken(
    world: World, deployment: Deployment
) -> None:
    asked = world.ask()
    deployment.disturbance.refuse("SendTaskSuccess")

    page = asked.visitor().authorize()

    assert page.heading == "✓ Zoom is connected"
    is_connected(asked)
    assert len(deployment.log("state_machine_not_woken")) == 1


def test_a_wrong_client_secret_is_our_fault_and_alarmed(
    world: World, deployment: Deployment
) -> None:
    asked = world.ask()
    world.app.client_secret = "another-secret-than-ours-0123456789"

    page = asked.visitor().authorize()

    assert page.heading == "The set-up on our side is not right"
    assert page.status == 200
    is_pending(asked, Outcome.OUR_MISCONFIGURATION)
    (line,) = deployment.log("zoom_refused")
    assert line["reason"] == "client_rejected"


# C37


@contextmanager
def behind_tls(deployment: Deployment, certificate: ssl.SSLContext) -> Iterator[ZoomSimulator]:
    """A second Zoom, which the functions connect to from now on, and speak TLS with."""
    with ZoomSimulator(SimulatedZoom(apps=[deployment.zoom_app]), tls=certificate) as zoom:
        for function in PUBLIC:
            deployment.environment[function]["ZOOM_CONNECT_TO"] = zoom.base_url
        yield zoom


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.mark.parametrize("kind", ["self-signed", "unknown authority", "expired", "wrong host"])
def test_c37_nothing_is_sent_to_whoever_cannot_prove_to_be_zoom(
    deployment: Deployment,
    monkeypatch: pytest.MonkeyPatch,
    authority: Authority,
    tmp_path: Path,
    kind: str,
) -> None:
    certificates = {
        "self-signed": lambda: self_signed(tmp_path, "zoom.us"),
        "unknown authority": lambda: authority.server("zoom.us"),
        "expired": lambda: authority.server("zoom.us", expired=True),
        "wrong host": lambda: authority.server("zoom.us.evil.example"),
    }
    if kind in ("expired", "wrong host"):
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca_file))
    with (
        behind_tls(deployment, certificates[kind]()) as impostor,
        deployed_world(deployment, over_http=False) as world,
    ):
        asked = world.ask()

        page = asked.visitor().authorize()

        assert page.heading == "Zoom cannot be reached at the moment"
        is_pending(asked, Outcome.ZOOM_UNAVAILABLE)
        assert impostor.requests == []
        assert deployment.log("zoom_refused")[0]["reason"] == "tls_failed"


def test_c37_whoever_proves_to_be_zoom_gets_the_code(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch, authority: Authority
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca_file))
    with (
        behind_tls(deployment, authority.server("zoom.us")) as zoom,
        deployed_world(deployment, over_http=False) as world,
    ):
        world.ask().visitor().authorize()

        assert [each.target for each in zoom.requests] == ["/oauth/token"]


# Settings, logs, examples


@pytest.mark.parametrize(
    "variable", ["TABLE_NAME", "PUBLIC_BASE_URL", "ZOOM_SECRET_ARN", "GRANT_KEY_ARN"]
)
def test_a_missing_variable_is_a_page_and_an_error_of_the_log(
    deployment: Deployment, variable: str
) -> None:
    del deployment.environment["oauth_callback"][variable]

    answer = deployment.invoke("oauth_callback", load_event("oauth_callback/consented"))

    page = Page.of(answer)
    assert (page.status, page.heading) == (500, "Something went wrong on our side")
    assert variable not in page.html
    (line,) = deployment.log("page_failed")
    assert (line["level"], variable in line["reason"]) == ("ERROR", True)


@pytest.mark.parametrize("function", PUBLIC)
def test_every_line_says_which_request_it_is_about(deployment: Deployment, function: str) -> None:
    name = next(each for each in EVENTS if each.startswith(function))

    deployment.invoke(function, load_event(name), request_id="req-1234")

    (line,) = deployment.log("page_answered")
    expected = f"zoom-migrator-{function.replace('_', '-')}"
    assert (line["request_id"], line["function"].replace("_", "-")) == ("req-1234", expected)


@pytest.mark.parametrize(
    ("name", "status", "outcome"),
    [
        ("authorize/opened", 404, "link_refused"),
        ("authorize/looked_at_by_a_scanner", 404, "link_refused"),
        ("authorize/begun", 404, "link_refused"),
        ("authorize/told", 404, "untold_unknown_state"),
        ("oauth_callback/consented", 400, "unknown_state"),
        ("oauth_callback/declined", 400, "unknown_state"),
        ("oauth_callback/declined_without_a_state", 400, "unknown_state"),
        ("oauth_callback/added_in_the_marketplace", 400, "marketplace_initiated"),
        ("oauth_callback/looked_at_by_a_scanner", 200, "looked_at"),
    ],
)
def test_an_example_event_that_nobody_caused_leads_nowhere(
    deployment: Deployment, name: str, status: int, outcome: str
) -> None:
    answer = deployment.invoke(name.partition("/")[0], load_event(name))

    assert answer["statusCode"] == status
    assert deployment.log("page_answered")[0]["outcome"] == outcome


def test_an_example_event_is_one_that_the_start_page_takes(
    world: World, deployment: Deployment
) -> None:
    asked = world.ask()
    event = load_event("authorize/begun")
    event["pathParameters"]["link"] = asked.link
    event["body"] = event["body"].replace("token=TOKEN", f"token={asked.visitor().open().token}")

    page = Page.of(deployment.invoke("authorize", event))

    assert where(page).startswith(f"{world.zoom.base_url}/oauth/authorize?")
    assert asked.attempts[0].products == ("meetings", "phone")


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("oauth_callback/consented", "✓ Zoom is connected"),
        ("oauth_callback/declined", "The request was declined at Zoom"),
        ("oauth_callback/declined_without_a_state", "The request was declined at Zoom"),
    ],
)
def test_an_example_event_is_one_that_the_callback_takes(
    world: World, deployment: Deployment, name: str, heading: str
) -> None:
    visitor = world.ask().visitor()
    query = asked_with(visitor.answer())
    event = load_event(name)
    for parameter in event["multiValueQueryStringParameters"]:
        if parameter in query:
            event["multiValueQueryStringParameters"][parameter] = [query[parameter]]
    ((cookie, value),) = visitor.browser.cookies.items()
    event["multiValueHeaders"]["Cookie"] = [f"{cookie}={value}"]

    back = Page.of(deployment.invoke("oauth_callback", event))

    assert visitor.browser.get(f"/oauth/{where(back)}").heading == heading


def test_every_example_event_is_tried() -> None:
    assert len(EVENTS) == 9


def test_the_same_answer_is_told_apart_in_the_log(world: World, deployment: Deployment) -> None:
    visitor = world.ask().visitor()
    target = visitor.answer()

    for _ in range(3):
        visitor.come_back(target)

    taken = [line["outcome"] for line in deployment.log("page_answered") if line["status"] == 303]
    assert taken == ["begun", "connected", "already_done", "already_done"]


def test_no_browser_waits_while_what_stays_is_searched_for_garbage(
    world: World, deployment: Deployment
) -> None:
    assert gc.get_freeze_count() == 0

    world.ask().visitor().authorize()

    assert gc.get_freeze_count() > 0
    forget_apps()
    assert gc.get_freeze_count() == 0


# What a person waits for while a function starts; each of these takes its time to be imported.
SLOW = ("boto3", "jinja2", "pydantic", "requests", "simple_salesforce")


def test_the_callback_starts_without_what_takes_long_to_be_imported() -> None:
    told = f"import sys, functions.oauth_callback.app; print({{*{SLOW}}} & {{*sys.modules}})"

    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", told],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'layers' / 'core'}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("set()\n", "")
