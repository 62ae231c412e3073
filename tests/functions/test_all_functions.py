"""What holds for every function."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import datetime

import pytest

from local.salesforce import Fault, FaultKind, Phase, SimulatedOrg
from scripts.expand_template import ROOT
from tests.functions.deployment import Deployment, function_resources
from tests.functions.events import event_names, function_of, load_event
from zoom_migrator.domain.errors import InvalidSettings, InvalidTaskInput
from zoom_migrator.observability import logger

FUNCTIONS = sorted(function_resources().values())
WORKING = {
    "plan_scan": "plan_scan/started_by_operator",
    "scan_orgs": "scan_orgs/batch",
    "summarise_scan": "summarise_scan/every_batch_done",
    "record_outcome": "record_outcome/failed",
}

every_function = pytest.mark.parametrize("function", FUNCTIONS)


def test_the_template_deploys_every_function_that_there_is() -> None:
    folders = {path.parent.name for path in (ROOT / "functions").glob("*/app.py")}

    assert set(FUNCTIONS) == folders == set(WORKING)


@pytest.mark.parametrize(
    ("function", "fields"),
    [
        ("plan_scan", ["scan_id", "started_at"]),
        ("scan_orgs", ["scan_id", "batch_number", "org_ids"]),
        ("summarise_scan", ["scan_id"]),
        ("record_outcome", ["detail"]),
    ],
)
def test_an_empty_event_is_refused_by_the_names_of_what_is_missing(
    deployment: Deployment, function: str, fields: list[str]
) -> None:
    with pytest.raises(InvalidTaskInput) as refused:
        deployment.invoke(function, {})

    assert re.findall(r"(\w+): Field required", refused.value.message) == fields


@pytest.mark.parametrize(
    ("name", "change", "field"),
    [
        ("plan_scan/started_by_operator", {"started_at": "2026-11-24T05:00:00"}, "started_at"),
        ("plan_scan/started_by_operator", {"scan_id": "../other"}, "scan_id"),
        ("scan_orgs/batch", {"batch_number": 0}, "batch_number"),
        ("scan_orgs/batch", {"org_ids": "00Dda00000w6ktuEAA"}, "org_ids"),
        ("summarise_scan/map_failed", {"failure": "broken"}, "failure"),
        ("record_outcome/failed", {"detail": {"name": "scan-1"}}, "detail.executionArn"),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_field_before_anything_happens(
    deployment: Deployment, name: str, change: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidTaskInput, match=rf"\b{field}: "):
        deployment.invoke(function_of(name), load_event(name) | change)

    assert (deployment.items(), deployment.objects()) == ([], {})
    (line,) = deployment.log()
    assert (line["message"], line["error"]) == ("task_failed", "InvalidTaskInput")


@pytest.mark.parametrize(
    ("function", "variable"),
    [
        ("plan_scan", "TABLE_NAME"),
        ("plan_scan", "SCAN_BUCKET_NAME"),
        ("scan_orgs", "TABLE_NAME"),
        ("scan_orgs", "SALESFORCE_SECRET_ARN"),
        ("summarise_scan", "TABLE_NAME"),
        ("summarise_scan", "SCAN_BUCKET_NAME"),
        ("record_outcome", "TABLE_NAME"),
        ("record_outcome", "SCAN_BUCKET_NAME"),
    ],
)
def test_a_missing_variable_is_named(deployment: Deployment, function: str, variable: str) -> None:
    del deployment.environment[function][variable]

    with pytest.raises(InvalidSettings, match=rf"\b{variable}: Field required"):
        deployment.invoke(function, load_event(WORKING[function]))


@pytest.mark.parametrize(
    ("function", "variable", "value"),
    [
        ("plan_scan", "SCAN_BATCH_SIZE", "0"),
        ("scan_orgs", "SCAN_THREADS", "many"),
        ("scan_orgs", "MINIMUM_PACKAGE_VERSION", "latest"),
        ("scan_orgs", "PACKAGE_ID", "04t1S000000ASBdQAO"),
        ("scan_orgs", "SALESFORCE_API_VERSION", "62"),
        ("scan_orgs", "SALESFORCE_ALLOWED_DOMAINS", " , "),
        ("scan_orgs", "SALESFORCE_CONNECT_TO", "https://elsewhere.example"),
    ],
)
def test_a_malformed_variable_is_named_before_anything_happens(
    deployment: Deployment, function: str, variable: str, value: str
) -> None:
    deployment.environment[function][variable] = value

    with pytest.raises(InvalidSettings, match=f"(?i){variable.removeprefix('SALESFORCE_')}"):
        deployment.invoke(function, load_event(WORKING[function]))

    assert deployment.items() == []


@every_function
def test_a_variable_that_was_missing_is_found_once_it_is_there(
    deployment: Deployment, function: str
) -> None:
    table = deployment.environment[function].pop("TABLE_NAME")
    with pytest.raises(InvalidSettings):
        deployment.invoke(function, load_event(WORKING[function]))
    deployment.environment[function]["TABLE_NAME"] = table

    assert deployment.invoke(function, load_event(WORKING[function]))


@every_function
def test_every_line_is_json_with_time_scan_request_and_function(
    deployment: Deployment, function: str
) -> None:
    deployment.register_example_fleet()

    deployment.invoke(function, load_event(WORKING[function]), request_id="req-4711")

    assert deployment.log()
    for line in deployment.log():
        assert line["scan_id"] == load_event("scan_orgs/batch")["scan_id"]
        assert line["request_id"] == "req-4711"
        assert line["function"] == f"zoom-migrator-{function}"
        assert line["level"] in ("INFO", "WARNING", "ERROR")
        assert datetime.fromisoformat(line["timestamp"]).tzinfo is not None


@pytest.fixture
def everything_is_logged() -> Iterator[None]:
    """The product's own log at its most talkative."""
    package_log = logging.getLogger("zoom_migrator")
    before = logger.log_level, package_log.level
    logger.setLevel(logging.DEBUG)
    package_log.setLevel(logging.DEBUG)
    yield
    logger.setLevel(before[0])
    package_log.setLevel(before[1])


def test_no_secret_is_stored_printed_or_answered(
    deployment: Deployment, everything_is_logged: None, caplog: pytest.LogCaptureFixture
) -> None:
    fleet = deployment.register_example_fleet()
    fleet += [org.org_id for org in deployment.register(*UNKIND_ORGS)]

    for name in event_names():
        deployment.invoke(function_of(name), load_event(name))
    deployment.invoke("scan_orgs", load_event("scan_orgs/batch") | {"org_ids": fleet})

    left = deployment.everything_left_behind() + caplog.text
    assert len(deployment.results(load_event("scan_orgs/batch")["scan_id"])) == len(fleet)
    assert deployment.app.secrets_in(left, deployment.running) == []


def test_the_search_for_secrets_would_find_one(deployment: Deployment) -> None:
    (org,) = deployment.register(SimulatedOrg(host="acme.my.salesforce.com"))
    app, running = deployment.app, deployment.running[0]
    key_line = app.private_key.splitlines()[3]
    assertion = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIzTVZHOSJ9.c2lnbmF0dXJl"

    for secret in (
        app.consumer_secret,
        key_line,
        assertion,
        running.issue_token(),
        *running.secret_values(),
    ):
        assert app.secrets_in(f'{{"detail": "{secret}"}}', [running])
    assert app.secrets_in(f"org {org.org_id} has keys", [running]) == []


# Salesforce may repeat what it was sent, or answer with anything at all.
UNKIND_ORGS = [
    SimulatedOrg(host=f"unkind-{number}.my.salesforce.com", faults=[fault])
    for number, fault in enumerate(
        [
            Fault(kind=FaultKind.CUT_JSON, phase=Phase.TOKEN),
            Fault(kind=FaultKind.CUT_JSON, phase=Phase.COMPOSITE),
            Fault(kind=FaultKind.TRUNCATED, phase=Phase.TOKEN),
            Fault(kind=FaultKind.HTML_OK, phase=Phase.TOOLING),
            Fault(kind=FaultKind.WRONG_ORG_ID),
            Fault(kind=FaultKind.FOREIGN_INSTANCE_URL),
            Fault(kind=FaultKind.SESSION_EXPIRED),
            Fault(kind=FaultKind.ODD_PACKAGE),
            Fault(kind=FaultKind.OAUTH_ERROR, error="invalid_grant", description="ip restricted"),
        ]
    )
]
