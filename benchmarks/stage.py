"""The template's functions in this process, with everything they use counted."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import boto3
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from benchmarks.counting import Count, Limits
from benchmarks.prices import Unit
from local.slack import SimulatedChannel, SimulatedSlack, SlackSimulator
from tests.adapters.embedded_aws import REGION, client
from tests.functions.aging import grow_older
from tests.functions.deployment import Answer, Deployment, deployed
from tests.functions.resources import (
    ACCOUNT,
    TABLE,
    function_resources,
    public_paths,
    template,
)
from tests.functions.salesforce_app import SalesforceApp
from tests.statemachine.interpreter import Interpreter, runnable
from tests.statemachine.machine import Functions, definition
from tests.statemachine.migrations import MigrationMachine
from tests.statemachine.scans import ScanMachine
from zoom_migrator.adapters.dynamodb.deliveries import CLAIMS_AT_A_TIME

_MAIL_FROM: Final = "zoom@migrator.example"
DEFAULT_CHANNEL: Final = "zoom-migration"
_SECONDS_BETWEEN_POSTS: Final = 10


@dataclass(frozen=True)
class Stage:
    """Both machines, the functions, a Slack, and the count of what they use."""

    count: Count
    deployment: Deployment
    slack: SlackSimulator
    scans: ScanMachine
    migrations: MigrationMachine


@contextmanager
def stage(channels: Sequence[str] = (DEFAULT_CHANNEL,)) -> Iterator[Stage]:
    """A deployment in this process, whose every invocation is counted.

    Args:
        channels: Those of Slack.
    """
    document = SimulatedSlack(channels=[SimulatedChannel(name=name) for name in channels])
    count, interpreter, functions = Count(), Interpreter(), list[Functions]()
    count.install()
    app = SalesforceApp(rsa.generate_private_key(public_exponent=65537, key_size=2048))
    # Slack takes one message a second for each channel, and here nobody waits for it.
    ticks = itertools.count(0, _SECONDS_BETWEEN_POSTS)
    with (
        pytest.MonkeyPatch.context() as patch,
        SlackSimulator(document, clock=lambda: float(next(ticks))) as slack,
    ):
        interpreter.install(patch, lambda parameters: functions[0].invoke(parameters))
        interpreter.pass_time = partial(grow_older, TABLE)
        patch.setattr(Deployment, "invoke", _counted(count, slack))
        migrate_org = runnable(definition("MigrateOrg"))
        with deployed(patch, app, migrate_org=migrate_org) as deployment:
            _open_channels(deployment, slack)
            functions.append(Functions(deployment))
            yield _stage(count, functions[0], interpreter, slack)


def limits_of(function: str) -> Limits:
    """What the template gives a function."""
    resources = template()["Resources"]
    (properties,) = (
        resources[logical_id]["Properties"]
        for logical_id, name in function_resources().items()
        if name == function
    )
    size, seconds = int(properties["MemorySize"]), int(properties["Timeout"])
    if function == "scan_orgs":
        threads = int(template()["Parameters"]["ScanThreads"]["Default"])
        return Limits(size, seconds, threads, threads)
    return Limits(size, seconds, CLAIMS_AT_A_TIME if function == "notify" else 1)


def _counted(count: Count, slack: SlackSimulator) -> Callable[..., Answer]:
    """Deployment's own way to invoke a function, counted."""
    invoke, pages = Deployment.invoke, set(public_paths().values())

    def counted(deployment: Deployment, function: str, event: object, **how: Any) -> Answer:
        around = (deployment.simulator, deployment.zoom, slack)
        limits = limits_of(function)
        with count.invocation(
            function,
            limits,
            output=deployment.output,
            answered=lambda: sum(len(each.requests) for each in around),
        ):
            answer = invoke(deployment, function, event, **how)
        count.used[Unit.PAGE_REQUESTS] += function in pages
        return answer

    return counted


def _stage(
    count: Count, functions: Functions, interpreter: Interpreter, slack: SlackSimulator
) -> Stage:
    stepfunctions, deployment = client("stepfunctions"), functions.deployment
    scans = stepfunctions.create_state_machine(
        name="zoom-migrator-scan-fleet",
        definition=json.dumps(runnable(definition("ScanFleet"))),
        roleArn=f"arn:aws:iam::{ACCOUNT}:role/scan-fleet",
    )["stateMachineArn"]
    migrations = deployment.created.migrations_arn
    return Stage(
        count,
        deployment,
        slack,
        ScanMachine(functions, interpreter, scans, stepfunctions),
        MigrationMachine(functions, interpreter, migrations, stepfunctions),
    )


def _open_channels(deployment: Deployment, slack: SlackSimulator) -> None:
    """Let the functions post to Slack and send mail."""
    secret = {"bot_token": slack.app.bot_token, "signing_secret": slack.app.signing_secret}
    client("secretsmanager").put_secret_value(
        SecretId=deployment.created.slack_secret_arn, SecretString=json.dumps(secret)
    )
    boto3.client("sesv2", region_name=REGION).create_email_identity(EmailIdentity=_MAIL_FROM)
    shared = {"SLACK_DEFAULT_CHANNEL": f"#{DEFAULT_CHANNEL}", "MAIL_FROM": _MAIL_FROM}
    for function in ("send_reminders", "notify"):
        deployment.environment[function] |= shared
    deployment.environment["notify"] |= {
        "SLACK_CONNECT_TO": slack.base_url,
        "MAIL_CONFIGURATION_SET": "",
    }
