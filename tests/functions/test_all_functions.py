"""What holds for every function."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import datetime

import pytest

from local.salesforce import Fault, FaultKind, Phase, SimulatedOrg
from scripts.expand_template import ROOT
from tests.functions.authorizations import Authorizations
from tests.functions.cleanups import Cleanups
from tests.functions.deployment import Deployment
from tests.functions.events import event_names, function_of, load_event
from tests.functions.logs import Line
from tests.functions.resources import function_resources
from tests.functions.stages import ASTER, set_stage
from zoom_migrator.domain.errors import InvalidSettings, InvalidTaskInput
from zoom_migrator.observability import logger

FUNCTIONS = sorted(function_resources().values())
WORKING = {
    "plan_scan": "plan_scan/started_by_operator",
    "scan_orgs": "scan_orgs/batch",
    "summarise_scan": "summarise_scan/every_batch_done",
    "record_outcome": "record_outcome/failed",
    "watch_orgs": "watch_orgs/after_a_scan",
    "start_migrations": "start_migrations/after_a_scan",
    "sweep_fleet": "sweep_fleet/by_the_schedule",
    "probe_grants": "probe_grants/signed_order",
    "publish_events": "publish_events/notices_recorded",
    "send_reminders": "send_reminders/by_the_schedule",
    "mail_feedback": "mail_feedback/bounced",
    "notify": "notify/event_of_the_bus",
    "prepare_upgrade": "prepare_upgrade/first_attempt",
    "request_approval": "request_approval/first_request",
    "follow_up_approval": "follow_up_approval/first_attempt",
    "start_install": "start_install/first_attempt",
    "check_install": "check_install/first_attempt",
    "follow_upgrade_by_hand": "follow_upgrade_by_hand/first_attempt",
    "request_authorization": "request_authorization/first_request",
    "follow_up_authorization": "follow_up_authorization/first_attempt",
    "verify_connection": "verify_connection/first_attempt",
    "request_cleanup": "request_cleanup/first_request",
    "follow_up_cleanup": "follow_up_cleanup/first_attempt",
    "remove_keys": "remove_keys/first_attempt",
    "record_migration_failure": "record_migration_failure/failed",
}
# What is public answers with pages, or machines in JSON, whatever it gets.
PUBLIC = {
    "approve",
    "authorize",
    "cleanup",
    "mute",
    "oauth_callback",
    "slack_interactions",
    "zoom_webhook",
}
# What each cannot do without, from the event and from its environment.
NEEDED = {
    "plan_scan": (["scan_id", "started_at"], ["SCAN_BUCKET_NAME"]),
    "scan_orgs": (["scan_id", "batch_number", "org_ids"], ["SALESFORCE_SECRET_ARN"]),
    "summarise_scan": (["scan_id"], ["SCAN_BUCKET_NAME"]),
    "record_outcome": (["detail"], ["SCAN_BUCKET_NAME"]),
    "watch_orgs": (
        ["scan_id"],
        ["ZOOM_SECRET_ARN", "SALESFORCE_SECRET_ARN", "GRANT_KEY_ARN", "JWT_DEADLINE"],
    ),
    "sweep_fleet": ([], ["MIGRATION_STATE_MACHINE_ARN", "TASK_TOKEN_KEY_ARN"]),
    "probe_grants": (["Records"], ["ZOOM_SECRET_ARN", "GRANT_KEY_ARN", "JWT_DEADLINE"]),
    "publish_events": (["Records"], ["EVENT_BUS_NAME"]),
    "send_reminders": ([], ["NOTICE_QUEUE_URL", "PUBLIC_BASE_URL", "JWT_DEADLINE"]),
    "mail_feedback": (["Records"], []),
    "notify": (["Records"], ["NOTICE_QUEUE_URL", "SLACK_SECRET_ARN", "LINK_KEY_ARN"]),
    "start_migrations": (["scan_id"], ["MIGRATION_STATE_MACHINE_ARN", "TASK_TOKEN_KEY_ARN"]),
    "prepare_upgrade": (["org_id", "attempt"], ["SALESFORCE_SECRET_ARN"]),
    "request_approval": (["org_id", "attempt", "task_token"], ["TASK_TOKEN_KEY_ARN"]),
    "follow_up_approval": (["org_id", "attempt"], []),
    "start_install": (["org_id", "attempt"], ["SALESFORCE_SECRET_ARN"]),
    "check_install": (["org_id", "attempt"], ["SALESFORCE_SECRET_ARN"]),
    "follow_upgrade_by_hand": (["org_id", "attempt"], ["SALESFORCE_SECRET_ARN"]),
    "request_authorization": (
        ["org_id", "attempt", "task_token"],
        ["PUBLIC_BASE_URL", "TASK_TOKEN_KEY_ARN"],
    ),
    "follow_up_authorization": (["org_id", "attempt"], ["PUBLIC_BASE_URL", "JWT_DEADLINE"]),
    "verify_connection": (
        ["org_id", "attempt"],
        ["ZOOM_SECRET_ARN", "SALESFORCE_SECRET_ARN", "GRANT_KEY_ARN", "JWT_DEADLINE"],
    ),
    "request_cleanup": (["org_id", "attempt", "task_token"], ["TASK_TOKEN_KEY_ARN"]),
    "follow_up_cleanup": (["org_id", "attempt"], ["JWT_DEADLINE"]),
    "remove_keys": (
        ["org_id", "attempt"],
        ["ZOOM_SECRET_ARN", "SALESFORCE_SECRET_ARN", "BACKUP_KEY_ARN", "JWT_DEADLINE"],
    ),
    "record_migration_failure": (["detail"], []),
}

OF_SCANS = {"plan_scan", "scan_orgs", "summarise_scan", "record_outcome", "watch_orgs"}
# These are about more than one scan or migration.
OF_THE_FLEET = {
    "sweep_fleet",
    "probe_grants",
    "publish_events",
    "send_reminders",
    "mail_feedback",
    "notify",
}

every_function = pytest.mark.parametrize("function", WORKING)


def test_the_template_deploys_every_function_that_there_is() -> None:
    folders = {path.parent.name for path in (ROOT / "functions").glob("*/app.py")}

    assert set(FUNCTIONS) == folders == set(WORKING) | PUBLIC
    assert set(NEEDED) == set(WORKING)


@pytest.mark.parametrize("function", [name for name, (fields, _) in NEEDED.items() if fields])
def test_an_empty_event_is_refused_by_the_names_of_what_is_missing(
    deployment: Deployment, function: str
) -> None:
    with pytest.raises(InvalidTaskInput) as refused:
        deployment.invoke(function, {})

    assert re.findall(r"(\w+): Field required", refused.value.message) == NEEDED[function][0]


@pytest.mark.parametrize(
    ("name", "change", "field"),
    [
        ("plan_scan/started_by_operator", {"started_at": "2026-11-24T05:00:00"}, "started_at"),
        ("plan_scan/started_by_operator", {"scan_id": "../other"}, "scan_id"),
        ("scan_orgs/batch", {"batch_number": 0}, "batch_number"),
        ("scan_orgs/batch", {"org_ids": "00Dda00000w6ktuEAA"}, "org_ids"),
        ("summarise_scan/map_failed", {"failure": "broken"}, "failure"),
        ("record_outcome/failed", {"detail": {"name": "scan-1"}}, "detail.executionArn"),
        ("watch_orgs/after_a_scan", {"scan_id": "a scan"}, "scan_id"),
        ("probe_grants/signed_order", {"Records": {}}, "Records"),
        ("publish_events/notices_recorded", {"Records": [{"dynamodb": {}}]}, "SequenceNumber"),
        ("mail_feedback/bounced", {"Records": [{"Sns": {}}]}, "Message"),
        ("start_migrations/after_a_scan", {"scan_id": "a scan"}, "scan_id"),
        ("prepare_upgrade/first_attempt", {"org_id": "00Dda00000w6ktu"}, "org_id"),
        ("prepare_upgrade/first_attempt", {"attempt": 0}, "attempt"),
        ("request_approval/first_request", {"task_token": ""}, "task_token"),
        ("follow_up_approval/first_attempt", {"attempt": "first"}, "attempt"),
        ("start_install/first_attempt", {"org_id": None}, "org_id"),
        ("request_authorization/first_request", {"task_token": ""}, "task_token"),
        ("follow_up_authorization/first_attempt", {"attempt": -1}, "attempt"),
        ("verify_connection/first_attempt", {"org_id": "00Dda00000w6ktu"}, "org_id"),
        ("request_cleanup/first_request", {"task_token": ""}, "task_token"),
        ("follow_up_cleanup/first_attempt", {"attempt": 0}, "attempt"),
        ("remove_keys/first_attempt", {"attempt": "first"}, "attempt"),
        (
            "record_migration_failure/failed",
            {"detail": {"executionArn": "x", "name": "scan-1", "status": "FAILED"}},
            "detail.name",
        ),
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
        (function, variable)
        for function, (_, variables) in NEEDED.items()
        for variable in ["TABLE_NAME", *variables]
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
        ("watch_orgs", "PROVE_INTERVAL_DAYS", "0"),
        ("watch_orgs", "MINIMUM_PACKAGE_VERSION", "latest"),
        ("probe_grants", "JWT_DEADLINE", "soon"),
        ("publish_events", "EVENT_BUS_NAME", "a bus"),
        ("notify", "SLACK_CONNECT_TO", "https://elsewhere.example"),
        ("notify", "MAIL_FROM", "nobody"),
        ("sweep_fleet", "MIGRATION_STATE_MACHINE_ARN", "migrate-org"),
        ("start_migrations", "MIGRATION_STATE_MACHINE_ARN", "migrate-org"),
        ("prepare_upgrade", "PACKAGE_VERSION_ID", "3.28"),
        ("start_install", "INSTALL_DEADLINE_MINUTES", "0"),
        ("check_install", "MINIMUM_PACKAGE_VERSION", "latest"),
        ("request_approval", "TASK_TOKEN_KEY_ARN", "a key"),
        ("request_approval", "PACKAGE_TERMS_URL", "http://terms.example"),
        ("follow_up_approval", "REMINDER_INTERVAL_HOURS", "often"),
        ("follow_upgrade_by_hand", "UPGRADE_BY_HAND_DAYS", "0"),
        ("request_authorization", "AUTHORIZATION_LIFETIME_HOURS", "0"),
        ("request_authorization", "PUBLIC_BASE_URL", "http://pages.example"),
        ("follow_up_authorization", "ZOOM_AUTHORIZE_URL", "http://zoom.example/oauth/authorize"),
        ("follow_up_authorization", "ZOOM_IDENTITY_SCOPES", " , "),
        ("follow_up_authorization", "JWT_DEADLINE", "soon"),
        ("verify_connection", "SOAK_MINUTES", "-1"),
        ("verify_connection", "CONNECTION_PROBE_FIELD", "zoom_app__Login_Type__c"),
        ("verify_connection", "ZOOM_API_URL", "http://zoom.example"),
        ("request_cleanup", "TASK_TOKEN_KEY_ARN", "a key"),
        ("follow_up_cleanup", "REMINDER_INTERVAL_HOURS", "often"),
        ("remove_keys", "BACKUP_KEY_ARN", "a key"),
        ("remove_keys", "SALESFORCE_CONNECT_TO", "https://elsewhere.example"),
    ],
)
def test_a_malformed_variable_is_named_before_anything_happens(
    deployment: Deployment, function: str, variable: str, value: str
) -> None:
    deployment.environment[function][variable] = value

    name = variable.removeprefix("SALESFORCE_").removeprefix("SLACK_")
    with pytest.raises(InvalidSettings, match=f"(?i){name}"):
        deployment.invoke(function, load_event(WORKING[function]))

    assert deployment.items() == []


@every_function
def test_a_variable_that_was_missing_is_found_once_it_is_there(
    deployment: Deployment, function: str
) -> None:
    set_stage(deployment, WORKING[function])
    table = deployment.environment[function].pop("TABLE_NAME")
    with pytest.raises(InvalidSettings):
        deployment.invoke(function, load_event(WORKING[function]))
    deployment.environment[function]["TABLE_NAME"] = table

    assert deployment.invoke(function, load_event(WORKING[function]))


@every_function
def test_every_line_is_json_with_time_request_function_and_what_it_is_about(
    deployment: Deployment, function: str
) -> None:
    set_stage(deployment, WORKING[function])
    deployment.forget_lines()

    deployment.invoke(function, load_event(WORKING[function]), request_id="req-4711")

    assert deployment.log()
    for line in deployment.log():
        assert function in OF_THE_FLEET or about(line) in (
            {"scan_id": load_event("scan_orgs/batch")["scan_id"]},
            {"migration_id": f"{ASTER}-1"},
        )
        assert line["request_id"] == "req-4711"
        assert line["function"] == f"zoom-migrator-{function}"
        assert line["level"] in ("INFO", "WARNING", "ERROR")
        assert datetime.fromisoformat(line["timestamp"]).tzinfo is not None


def about(line: Line) -> Line:
    """What a line is about: a scan or a migration."""
    return {name: line[name] for name in ("scan_id", "migration_id") if name in line}


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
        if function_of(name) in OF_SCANS:
            deployment.invoke(function_of(name), load_event(name))
    deployment.invoke("scan_orgs", load_event("scan_orgs/batch") | {"org_ids": fleet})

    left = deployment.everything_left_behind() + caplog.text
    assert len(deployment.results(load_event("scan_orgs/batch")["scan_id"])) == len(fleet)
    assert deployment.app.secrets_in(left, deployment.running) == []


@pytest.mark.parametrize("function", sorted(set(WORKING) - OF_SCANS))
def test_no_secret_of_a_migration_is_stored_printed_or_answered(
    deployment: Deployment,
    everything_is_logged: None,
    caplog: pytest.LogCaptureFixture,
    function: str,
) -> None:
    upgrades = set_stage(deployment, WORKING[function])
    links = []
    if function in ("follow_up_approval", "start_install", "check_install"):
        links.append(upgrades.link(ASTER))
    if function == "follow_up_cleanup":
        links.append(Cleanups(deployment).link(ASTER))
    if function == "follow_up_authorization":
        authorizations = Authorizations(deployment)
        links.append(authorizations.link(ASTER).rpartition("/")[2])
        authorizations.authorize(ASTER, "admin@aster.example")

    deployment.invoke(function, load_event(WORKING[function]))

    left = deployment.everything_kept() + caplog.text
    tokens = [
        load_event(f"{asking}/{name}")["task_token"]
        for asking in ("request_approval", "request_authorization", "request_cleanup")
        for name in ("first_request", "asked_again")
    ]
    zooms = deployment.zoom.secret_values()
    assert deployment.app.secrets_in(left, deployment.running) == []
    assert [secret for secret in (*tokens, *links, *zooms) if secret in left] == []


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
