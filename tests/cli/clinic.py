"""A healthy stack on an embedded AWS, with the public page and the Zoom that stand around it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final

import boto3
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from typer.testing import CliRunner, Result

from local.zoom import ZoomSimulator
from tests.adapters.embedded_aws import REGION, TABLE_NAME, client, create_table, embedded_aws
from tests.adapters.salesforce.scripted import Reply, ScriptedServer, http
from tests.adapters.zoom.lab import CLIENT_ID, CLIENT_SECRET, an_app
from tests.cli.conftest import OUTPUTS
from zoom_migrator.adapters.memory.system import SettableClock
from zoom_migrator.adapters.web.response import Response
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.main import app

STACK: Final = "zoom-test"
TARGET: Final[Any] = {
    "Arn": "arn:aws:states:eu-central-1:123456789012:stateMachine:scan-fleet",
    "RoleArn": "arn:aws:iam::123456789012:role/schedule",
}


@dataclass
class Clinic:
    """A stack to be looked at, whose parts a test breaks one by one.

    Attributes:
        page: What answers at the public address.
    """

    connection: Connection
    page: ScriptedServer
    zoom: ZoomSimulator
    clock: SettableClock

    def looks(self, *options: str) -> Result:
        """Look at everything, as a person."""
        return CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"}).invoke(
            app, ["doctor", *options], obj=self.connection
        )

    def finds(self, *options: str, exit_code: int = 0) -> dict[str, dict[str, Any]]:
        """Look at everything, as a script; every finding by its code."""
        result = self.looks(*options, "--json")
        assert result.exit_code == exit_code, result.output
        return {check["code"]: check for check in json.loads(result.stdout)["checks"]}

    def finds_problem(self, code: str, *options: str) -> str:
        """The one problem there is, with its remedy."""
        found = self.finds(*options, exit_code=7)
        problems = [each for each in found.values() if each["severity"] == "problem"]
        assert [each["code"] for each in problems] == [code], problems
        return f"{problems[0]['message']} {problems[0]['remedy']}"

    def finds_warning(self, code: str, *options: str) -> str:
        """A warning, with its remedy, where there is no problem."""
        found = self.finds(*options)[code]
        assert found["severity"] == "warning", found
        return f"{found['message']} {found['remedy']}"

    @property
    def outputs(self) -> dict[str, str]:
        """What the stack tells; may be changed."""
        told: dict[str, str] = self.connection.__dict__["_outputs"]
        return told

    @property
    def parameters(self) -> dict[str, str]:
        """What the stack was deployed with; may be changed."""
        deployed: dict[str, str] = self.connection.__dict__["_parameters"]
        return deployed

    def is_off_by(self, **time: float) -> None:
        """Set this machine's clock wrong."""
        self.clock.advance(timedelta(**time))

    def page_answers(self, *replies: Reply) -> None:
        """Let this be what the public address answers."""
        self.page.will_reply(*replies)


def our_page(status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> Reply:
    """A page of the product, with the headers that its functions give it."""
    headers = Response(status).event()["multiValueHeaders"]
    return http(status, b"<!doctype html>", {name: values[0] for name, values in headers.items()})


@contextmanager
def clinic(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clinic]:
    """A healthy stack."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with ExitStack() as opened:
        page = opened.enter_context(ScriptedServer())
        zoom = opened.enter_context(ZoomSimulator())
        opened.enter_context(embedded_aws(monkeypatch))
        zoom.register(an_app())
        clock = SettableClock(_time_of_aws())
        connection = Connection(stack=STACK, region=REGION, clock=clock)
        address = page.base_url.replace("127.0.0.1", "localhost")
        connection.__dict__["_outputs"] = OUTPUTS | _resources() | {"PublicBaseUrl": address}
        connection.__dict__["_parameters"] = {"ZoomConnectTo": zoom.base_url}
        page.will_reply(our_page())
        yield Clinic(connection, page, zoom, clock)


def _time_of_aws() -> Any:
    answer = boto3.client("sts", region_name=REGION).get_caller_identity()
    return parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])


def _resources() -> dict[str, str]:
    """Make what a stack has, and return what it would tell of it."""
    create_table(client("dynamodb"))
    kms, secrets = client("kms"), client("secretsmanager")
    scheduler = boto3.client("scheduler", region_name=REGION)
    scheduler.create_schedule_group(Name=STACK)
    for name in ("scan-fleet", "sweep-fleet", "send-reminders"):
        scheduler.create_schedule(
            Name=f"{STACK}-{name}",
            GroupName=STACK,
            ScheduleExpression="cron(0 5 * * ? *)",
            FlexibleTimeWindow={"Mode": "OFF"},
            State="ENABLED",
            Target=TARGET,
        )
    salesforce = {"consumer_key": "3MVG9", "private_key": _private_key()}
    zoom = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    # As the template makes it.
    webhook = {"current": "", "previous": "", "placeholder": "x"}
    slack = {"bot_token": "", "signing_secret": "", "webhook_url": "", "placeholder": "x"}
    signing = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
    sealing = kms.create_key()["KeyMetadata"]["Arn"]
    return {
        "TableName": TABLE_NAME,
        "ScanStateMachineArn": TARGET["Arn"],
        "MigrationStateMachineArn": "arn:aws:states:eu-central-1:123456789012:stateMachine:m",
        "ScanScheduleState": "ENABLED",
        "LinkKeyArn": signing["KeyMetadata"]["Arn"],
        "TaskTokenKeyArn": sealing,
        "GrantKeyArn": sealing,
        "BackupKeyArn": kms.create_key()["KeyMetadata"]["Arn"],
        "SalesforceSecretArn": _secret(secrets, "salesforce", salesforce),
        "ZoomSecretArn": _secret(secrets, "zoom", zoom),
        "ZoomWebhookSecretArn": _secret(secrets, "webhook", webhook),
        "ProbeQueueUrl": "https://sqs.eu-central-1.amazonaws.com/123456789012/probes",
        "EventBusName": STACK,
        "NoticeQueueUrl": "https://sqs.eu-central-1.amazonaws.com/123456789012/notices",
        "SlackSecretArn": _secret(secrets, "slack", slack),
    }


def _secret(secrets: Any, name: str, document: dict[str, str]) -> str:
    made = secrets.create_secret(Name=name, SecretString=json.dumps(document))
    return str(made["ARN"])


def _private_key() -> str:
    return (
        rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode()
    )
