"""Orgs on their way through an upgrade, on the deployed stack with its permissions enforced."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
import requests
from botocore.exceptions import ClientError

from local.gateway import Forwarder, Gateway, public_api_address
from local.salesforce import (
    InstallBehaviour,
    InstallFailure,
    PublishedVersion,
    SalesforceSimulator,
    SimulatedOrg,
)
from local.stack import LocalStack
from tests.builders import fleet_cells, fleet_csv, org_id_of
from tests.functions.salesforce_app import SalesforceApp
from tests.integration.account import Account, Call, as_role, role_of
from tests.integration.operator import Operator
from tests.integration.test_trouble import denied
from tests.integration.waiting import eventually

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("embedded_aws")]

TARGET: Final = PublishedVersion(version="3.28.0.2")
AUTO, ASKS, LACKS_CACHE, BY_HAND, BREAKS = (org_id_of(number) for number in range(1, 6))
POLICIES: Final = {AUTO: "auto", ASKS: "ask", LACKS_CACHE: "auto", BY_HAND: "manual", BREAKS: "ask"}
_TOKEN: Final = re.compile(r'name="token" value="([^"]+)"')


@dataclass
class Stage:
    """A stack with a fleet of one org of each kind, and everybody around it.

    Attributes:
        links: The links that were handed out.
    """

    app: SalesforceApp
    simulator: SalesforceSimulator
    stack: LocalStack
    operator: Operator
    links: list[str] = field(default_factory=list)

    @property
    def root(self) -> Account:
        return Account(self.stack, self.stack.session)

    def migration(self, org_id: str) -> dict[str, Any]:
        return dict(self.operator.reads("migrate", "show", org_id))

    def wait_until(self, org_id: str, holds: Callable[[dict[str, Any]], bool]) -> None:
        """Wait for an org's migration, and until something holds of it."""

        def it_holds() -> bool:
            shown = self.operator.types("migrate", "show", org_id, "--json")
            return shown.returncode == 0 and holds(json.loads(shown.stdout))

        eventually(it_holds)

    def org(self, org_id: str) -> dict[str, Any]:
        return dict(self.operator.reads("orgs", "show", org_id))

    def link(self, org_id: str) -> str:
        """The link to an org's request for consent, as soon as there is one."""
        self.wait_until(org_id, lambda migration: migration["approval"] is not None)
        self.links.append(str(self.operator.reads("migrate", "link", org_id)["link"]))
        return self.links[-1]

    @property
    def link_base(self) -> str:
        return self.stack.outputs["PublicBaseUrl"]

    def outcome(self, org_id: str) -> str:
        """How an org's newest migration ends."""
        self.wait_until(org_id, lambda migration: migration["outcome"] is not None)
        return str(self.migration(org_id)["outcome"])

    def is_upgraded(self, org_id: str) -> bool:
        """Whether an org's newest migration gets to where only the authorization is missing."""

        def has_stopped(migration: dict[str, Any]) -> bool:
            is_over = migration["outcome"] is not None
            return is_over or bool(migration["step"] == "awaiting_authorization")

        self.wait_until(org_id, has_stopped)
        return bool(self.migration(org_id)["step"] == "awaiting_authorization")

    def installs_asked_for(self, org_id: str) -> int:
        host = self.simulator.org(org_id).host
        return sum(
            request.method == "POST" and "PackageInstallRequest" in request.target
            for request in self.simulator.requests_to(host)
        )


@pytest.fixture(scope="module")
def simulator(app: SalesforceApp) -> Iterator[SalesforceSimulator]:
    with app.simulator() as simulator:
        simulator.publish(TARGET)
        for number, org_id in enumerate(POLICIES, start=1):
            failure = InstallFailure.PLATFORM_CACHE if org_id == LACKS_CACHE else None
            simulator.add(
                SimulatedOrg.model_validate(
                    {
                        "org_id": org_id,
                        "host": f"acme{number}.my.salesforce.com",
                        "users": [{"username": f"integration@acme{number}.example"}],
                        "install": InstallBehaviour(failure=failure),
                    }
                )
            )
        yield simulator


@pytest.fixture(scope="module")
def stage(
    app: SalesforceApp,
    simulator: SalesforceSimulator,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stage]:
    """The stack after its first scan, which has started the migrations."""
    with Gateway() as pages:
        parameters = {
            "SalesforceConnectTo": simulator.base_url,
            "PackageVersionId": TARGET.id,
            "PublicBaseUrl": pages.base_url,
        }
        with LocalStack(parameters=parameters, wait_scale=0.01) as stack:
            address = public_api_address(
                stack.session, endpoint_url=stack.endpoint_url, stack_name=stack.stack_name
            )
            pages.connect(Forwarder(address))
            stage = Stage(app, simulator, stack, Operator(stack.environment))
            folder = tmp_path_factory.mktemp("fleet")
            key_file, fleet_file = folder / "app.key", folder / "fleet.csv"
            key_file.write_text(app.private_key, encoding="ascii")
            fleet_file.write_text(fleet_csv(*map(row_of, POLICIES)), encoding="utf-8")
            stored = stage.operator.types(
                *("setup", "salesforce-app", "--consumer-key", app.consumer_key),
                *("--private-key-file", str(key_file), "--ask-consumer-secret"),
                answer=app.consumer_secret,
            )
            assert stored.returncode == 0, stored.stderr
            imported = stage.operator.reads("orgs", "import", str(fleet_file))
            assert len(imported["created"]) == len(POLICIES)
            for org_id in (AUTO, LACKS_CACHE):
                stage.operator.reads(
                    *("approve", "standing", org_id, "--name", "Grace Hopper"),
                    *("--reference", "contract 17", "--accept-terms"),
                )
            with denied(stack, function="zoom-migrator-request-approval", action="kms:Encrypt"):
                stage.operator.reads("migrate", "start", BREAKS)
                assert stage.outcome(BREAKS) == "broke"
            stage.operator.reads("scan", "start", "--wait")
            yield stage


def row_of(org_id: str) -> dict[str, str]:
    number = list(POLICIES).index(org_id) + 1
    return fleet_cells(
        number,
        integration_username=f"integration@acme{number}.example",
        upgrade_policy=POLICIES[org_id],
        start_policy="operator" if org_id == BREAKS else "scan",
    )


def test_an_org_that_consented_beforehand_is_upgraded_by_the_scan(stage: Stage) -> None:
    assert stage.is_upgraded(AUTO)

    assert stage.org(AUTO)["status"] == "authorization_pending"
    assert stage.org(AUTO)["version"] == "3.28"
    assert stage.migration(AUTO)["trigger"] == "scan"
    assert stage.installs_asked_for(AUTO) == 1


def test_an_org_that_lacks_platform_cache_is_blocked_with_what_salesforce_said(
    stage: Stage,
) -> None:
    assert stage.outcome(LACKS_CACHE) == "blocked"

    assert stage.org(LACKS_CACHE)["blocked_reason"] == "contact_salesforce_support"
    assert "PlatformCache" in stage.migration(LACKS_CACHE)["said"]


def test_what_could_not_go_on_says_why_and_can_be_resumed(stage: Stage) -> None:
    broken = stage.migration(BREAKS)
    assert broken["blocked_reason"] == "migration_broke"
    assert "refuses access" in broken["said"]

    stage.operator.reads("migrate", "resume", BREAKS)

    assert "/approve/" in stage.link(BREAKS)
    assert stage.migration(BREAKS)["attempt"] == 2


def test_a_migration_that_is_stopped_closes_its_link(stage: Stage) -> None:
    link = stage.link(BREAKS)

    stage.operator.reads("migrate", "stop", BREAKS, "--reason", "change freeze")

    assert stage.outcome(BREAKS) == "stopped"
    assert _TOKEN.search(requests.get(link, timeout=30).text) is None
    # The rule on stopped executions comes later, and changes nothing.
    name = f"{BREAKS}-2"
    machine = stage.stack.outputs["MigrationStateMachineArn"]
    execution = f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
    stepfunctions = stage.root.client("stepfunctions")
    assert stepfunctions.describe_execution(executionArn=execution)["status"] == "ABORTED"
    assert stage.migration(BREAKS)["outcome"] == "stopped"


def test_a_link_that_is_only_looked_at_changes_nothing(stage: Stage) -> None:
    link = stage.link(ASKS)
    before = stage.migration(ASKS)

    answers = [
        requests.request(method, link, timeout=30) for method in ("GET", "HEAD") for _ in range(5)
    ]

    assert {answer.status_code for answer in answers} == {200}
    assert stage.migration(ASKS) == before


def test_an_approval_on_the_page_lets_the_machine_install(stage: Stage) -> None:
    link = stage.link(ASKS)
    page = requests.get(link, timeout=30)
    token = _TOKEN.search(page.text)
    assert token is not None
    form = {
        "token": token[1],
        "name": "Grace Hopper",
        "email": "salesforce.admin@acme.example",
        "security": "admins_only",
        "terms": "accepted",
        "decision": "approve",
    }

    first = requests.post(link, data=form, timeout=30)
    second = requests.post(link, data=form, timeout=30)

    assert first.status_code == 200
    assert stage.is_upgraded(ASKS)
    answer = stage.migration(ASKS)["approval"]["answer"]
    assert (answer["name"], answer["channel"]) == ("Grace Hopper", "page")
    assert answer["security"] == "admins_only"
    assert stage.installs_asked_for(ASKS) == 1
    assert second.status_code < 500


def test_an_upgrade_by_hand_is_noticed(stage: Stage) -> None:
    stage.wait_until(BY_HAND, lambda migration: migration["step"] == "awaiting_upgrade_by_hand")

    stage.simulator.org(BY_HAND).set_package_version("3.28")

    assert stage.is_upgraded(BY_HAND)
    assert stage.installs_asked_for(BY_HAND) == 0


def test_a_second_scan_changes_nothing(stage: Stage) -> None:
    before = {org_id: stage.org(org_id) for org_id in POLICIES}

    stage.operator.reads("scan", "start", "--wait")

    after = {org_id: stage.org(org_id) for org_id in POLICIES}
    for name in ("status", "blocked_reason", "attempts", "active_attempt"):
        assert {key: org[name] for key, org in after.items()} == {
            key: org[name] for key, org in before.items()
        }


@pytest.mark.parametrize(
    "path", ["/", "/approve", "/approve/", "/live/approve/x", "/oauth/callback", "/..%2f"]
)
def test_nothing_else_is_there_for_the_world(stage: Stage, path: str) -> None:
    base = stage.link_base

    answer = requests.get(base + path, timeout=30, allow_redirects=False)

    assert answer.status_code in (400, 403, 404)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_a_link_takes_no_other_method(stage: Stage, method: str) -> None:
    answer = requests.request(method, stage.link_base + "/approve/x", timeout=30)

    assert answer.status_code in (403, 404, 405)


def encrypt(account: Account) -> None:
    account.client("kms").encrypt(
        KeyId=account.stack.outputs["TaskTokenKeyArn"], Plaintext=b"token"
    )


def sign_a_link(account: Account) -> None:
    account.client("kms").generate_mac(
        KeyId=account.stack.outputs["LinkKeyArn"], Message=b"claims", MacAlgorithm="HMAC_SHA_256"
    )


def check_a_link(account: Account) -> None:
    with_kms = account.client("kms")
    with pytest.raises(with_kms.exceptions.KMSInvalidMacException):
        with_kms.verify_mac(
            KeyId=account.stack.outputs["LinkKeyArn"],
            Message=b"claims",
            MacAlgorithm="HMAC_SHA_256",
            Mac=bytes(32),
        )


def read_the_secret(account: Account) -> None:
    account.client("secretsmanager").get_secret_value(SecretId=account.secret)


def start_a_migration(account: Account) -> None:
    account.client("stepfunctions").start_execution(
        stateMachineArn=account.stack.outputs["MigrationStateMachineArn"], input="{}"
    )


def read_a_history(account: Account) -> None:
    machine = account.stack.outputs["MigrationStateMachineArn"]
    execution = f"{machine.replace(':stateMachine:', ':execution:')}:{AUTO}-1"
    account.client("stepfunctions").get_execution_history(executionArn=execution)


def scan_the_table(account: Account) -> None:
    account.client("dynamodb").scan(TableName=account.table)


STEPS: Final = ("prepare-upgrade", "start-install", "check-install", "follow-upgrade-by-hand")
EVERY_FUNCTION: Final = (
    *STEPS,
    *("request-approval", "follow-up-approval", "record-migration-failure"),
    *("start-migrations", "approve"),
)


@pytest.mark.parametrize(
    ("function", "action"),
    [
        *[(function, read_the_secret) for function in STEPS],
        ("request-approval", encrypt),
        ("approve", check_a_link),
    ],
)
def test_a_function_may_do_what_it_needs(stage: Stage, function: str, action: Call) -> None:
    action(as_role(stage.stack, stage.root, role_of(stage.root, function)))


@pytest.mark.parametrize(
    ("function", "action"),
    [
        *[(function, sign_a_link) for function in EVERY_FUNCTION],
        *[(function, read_a_history) for function in EVERY_FUNCTION],
        *[(function, scan_the_table) for function in EVERY_FUNCTION],
        *[(function, read_the_secret) for function in EVERY_FUNCTION if function not in STEPS],
        *[(function, encrypt) for function in EVERY_FUNCTION if function != "request-approval"],
        *[
            (function, start_a_migration)
            for function in EVERY_FUNCTION
            if function != "start-migrations"
        ],
    ],
)
def test_a_function_may_do_nothing_else(stage: Stage, function: str, action: Call) -> None:
    account = as_role(stage.stack, stage.root, role_of(stage.root, function))

    with pytest.raises(ClientError, match=r"not authorized|Access Denied|AccessDenied"):
        action(account)


def test_no_secret_and_no_link_is_left_anywhere(stage: Stage) -> None:
    links = {link.rpartition("/")[2] for link in stage.links}
    places = {
        "the table": json.dumps(stage.root.client("dynamodb").scan(TableName=stage.root.table)),
        "the logs": "\n".join(log_lines(stage.root)),
        "the executions": "".join(executions(stage)),
        "the log of the embedded AWS": stage.stack.emulator.log.read_text(encoding="utf-8"),
    }
    orgs = [stage.simulator.org(org_id) for org_id in POLICIES]

    assert len(links) == 2
    assert all(len(text) > 100 for text in places.values())
    assert {place: stage.app.secrets_in(text, orgs) for place, text in places.items()} == {
        place: [] for place in places
    }
    # MiniStack's own log is about every request with its path, as no log of AWS is here.
    del places["the log of the embedded AWS"]
    assert [(place, link) for place, text in places.items() for link in links if link in text] == []


def log_lines(root: Account) -> Iterator[str]:
    logs = root.client("logs")
    for group in logs.describe_log_groups()["logGroups"]:
        for event in logs.filter_log_events(logGroupName=group["logGroupName"])["events"]:
            yield event["message"]


def executions(stage: Stage) -> Iterator[str]:
    """What Step Functions keeps of every migration."""
    stepfunctions = stage.root.client("stepfunctions")
    machine = stage.stack.outputs["MigrationStateMachineArn"]
    for execution in stepfunctions.list_executions(stateMachineArn=machine)["executions"]:
        arn = execution["executionArn"]
        yield json.dumps(stepfunctions.describe_execution(executionArn=arn), default=str)
        yield json.dumps(stepfunctions.get_execution_history(executionArn=arn), default=str)
