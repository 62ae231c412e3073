"""What the template deploys, made in the AWS of this process, and what functions find of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from local.zoom import SimulatedApp
from scripts.expand_template import Template, load
from scripts.statemachines import Definition
from tests.adapters.embedded_aws import REGION, client
from tests.functions.salesforce_app import SalesforceApp

ACCOUNT: Final = "123456789012"
TABLE: Final = "zoom-migrator-table"
BUCKET: Final = "zoom-migrator-scans"
_SALESFORCE_SECRET: Final = "zoom-migrator-salesforce"
_ZOOM_SECRET: Final = "zoom-migrator-zoom"
_WEBHOOK_SECRET: Final = "zoom-migrator-zoom-webhook"
_PROBE_QUEUE: Final = "zoom-migrator-probes"
_NOTICE_QUEUE: Final = "zoom-migrator-notices"
_SLACK_SECRET: Final = "zoom-migrator-slack"
BUS: Final = "zoom-migrator"
_MIGRATIONS: Final = "zoom-migrator-migrate-org"
# What Zoom signs its events with.
WEBHOOK_TOKEN: Final = "webhook-token-canary-0123"
# What Slack signs presses with.
SLACK_SIGNING_SECRET: Final = "slack-signing-canary-0123"
# Where the machine itself is of no interest, it does nothing.
_IDLE: Final = {"StartAt": "Idle", "States": {"Idle": {"Type": "Pass", "End": True}}}


@cache
def template() -> Template:
    return load()


def function_resources() -> dict[str, str]:
    """Names of the functions, as of their folders, by logical id."""
    return {
        logical_id: resource["Properties"]["CodeUri"].rpartition("/")[2]
        for logical_id, resource in template()["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


def function_arn(logical_id: str) -> str:
    name = function_resources()[logical_id].replace("_", "-")
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:zoom-migrator-{name}"


def public_paths() -> dict[str, str]:
    """The function that answers each path of the public API."""
    api = template()["Resources"]["PublicApi"]["Properties"]["DefinitionBody"]
    return {
        path: _function_in(_integration(methods)["uri"]["Fn::Sub"])
        for path, methods in api["paths"].items()
    }


def _integration(methods: Mapping[str, Any]) -> dict[str, Any]:
    """What answers a path: all its methods have the same."""
    method = methods.get("get") or methods["post"]
    return dict(method["x-amazon-apigateway-integration"])


def _function_in(uri: str) -> str:
    return uri.partition("${AWS::StackName}-")[2].partition("/")[0].replace("-", "_")


@dataclass(frozen=True)
class Created:
    """What AWS named by itself."""

    secret_arn: str
    zoom_secret_arn: str
    migrations_arn: str
    token_key_arn: str
    link_key_arn: str
    backup_key_arn: str
    webhook_secret_arn: str
    probe_queue_url: str
    notice_queue_url: str
    slack_secret_arn: str


@dataclass(frozen=True)
class Addresses:
    """Where the world around the functions is."""

    salesforce: str
    zoom: str
    pages: str


def create_resources(
    app: SalesforceApp, zoom_app: SimulatedApp, migrate_org: Definition | None
) -> Created:
    """Make the resources, with this definition of ``migrate_org`` or an idle one."""
    table = template()["Resources"]["Table"]["Properties"]
    client("dynamodb").create_table(
        TableName=TABLE,
        **{
            name: table[name]
            for name in (
                "BillingMode",
                "AttributeDefinitions",
                "KeySchema",
                "GlobalSecondaryIndexes",
            )
        },
    )
    client("s3").create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    client("events").create_event_bus(Name=BUS)
    secrets = client("secretsmanager")
    secret = secrets.create_secret(Name=_SALESFORCE_SECRET, SecretString=app.secret)
    credentials = {"client_id": zoom_app.client_id, "client_secret": zoom_app.client_secret}
    zoom = secrets.create_secret(Name=_ZOOM_SECRET, SecretString=json.dumps(credentials))
    tokens = json.dumps({"current": WEBHOOK_TOKEN, "previous": ""})
    webhook = secrets.create_secret(Name=_WEBHOOK_SECRET, SecretString=tokens)
    slack = secrets.create_secret(
        Name=_SLACK_SECRET,
        SecretString=json.dumps(
            {
                "bot_token": "xoxb-canary-0123456789",
                "signing_secret": SLACK_SIGNING_SECRET,
                "webhook_url": "",
            }
        ),
    )
    machine = client("stepfunctions").create_state_machine(
        name=_MIGRATIONS,
        definition=json.dumps(migrate_org or _IDLE),
        roleArn=f"arn:aws:iam::{ACCOUNT}:role/{_MIGRATIONS}",
    )
    links = template()["Resources"]["LinkKey"]["Properties"]
    kms = client("kms")
    return Created(
        secret_arn=secret["ARN"],
        zoom_secret_arn=zoom["ARN"],
        migrations_arn=machine["stateMachineArn"],
        token_key_arn=kms.create_key()["KeyMetadata"]["Arn"],
        link_key_arn=kms.create_key(KeySpec=links["KeySpec"], KeyUsage=links["KeyUsage"])[
            "KeyMetadata"
        ]["Arn"],
        backup_key_arn=kms.create_key()["KeyMetadata"]["Arn"],
        webhook_secret_arn=webhook["ARN"],
        probe_queue_url=client("sqs").create_queue(QueueName=_PROBE_QUEUE)["QueueUrl"],
        notice_queue_url=client("sqs").create_queue(QueueName=_NOTICE_QUEUE)["QueueUrl"],
        slack_secret_arn=slack["ARN"],
    )


def environments(created: Created, at: Addresses) -> dict[str, dict[str, str]]:
    """The variables of each function, as the template sets them."""
    values = {
        name: str(parameter.get("Default", ""))
        for name, parameter in template()["Parameters"].items()
    }
    values |= {"Table": TABLE, "ScanBucket": BUCKET, "SalesforceSecret.Id": created.secret_arn}
    values |= {"MigrateOrg": created.migrations_arn, "Key.Arn": created.token_key_arn}
    values |= {"LinkKey.Arn": created.link_key_arn, "SalesforceConnectTo": at.salesforce}
    values |= {"ZoomSecret.Id": created.zoom_secret_arn, "ZoomConnectTo": at.zoom}
    values |= {"ZoomAuthorizeUrl": f"{at.zoom}/oauth/authorize", "PublicBaseUrl": at.pages}
    values |= {"ZoomWebhookSecret.Id": created.webhook_secret_arn}
    values |= {"BackupKey.Arn": created.backup_key_arn, "ProbeQueue": created.probe_queue_url}
    values |= {"EventBus": BUS, "NoticeQueue": created.notice_queue_url}
    values |= {"SlackSecret.Id": created.slack_secret_arn, "MailConfigurationSet": "mail"}
    shared = template()["Globals"]["Function"]["Environment"]["Variables"]
    return {
        name: {
            variable: _resolved(value, values)
            for variable, value in {
                **shared,
                **template()["Resources"][logical_id]["Properties"]["Environment"]["Variables"],
            }.items()
        }
        for logical_id, name in function_resources().items()
    }


def _resolved(value: object, values: Mapping[str, str]) -> str:
    match value:
        case {"Ref": str(name)}:
            return values[name]
        case {"Fn::GetAtt": [*parts]}:
            return values[".".join(parts)]
        case {"Fn::Sub": str(text)}:
            return text.replace("${AWS::StackName}", "zoom-migrator")
        case {"Fn::If": [str(condition), chosen, *_]} if condition == "HasPublicBaseUrl":
            return _resolved(chosen, values)
        case _:
            return str(value)
