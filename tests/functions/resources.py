"""What the template deploys, made in the AWS of this process, and what functions find of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from scripts.expand_template import Template, load
from scripts.statemachines import Definition
from tests.adapters.embedded_aws import REGION, client
from tests.functions.salesforce_app import SalesforceApp

ACCOUNT: Final = "123456789012"
TABLE: Final = "zoom-migrator-table"
BUCKET: Final = "zoom-migrator-scans"
_SECRET: Final = "zoom-migrator-salesforce"
_MIGRATIONS: Final = "zoom-migrator-migrate-org"
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


@dataclass(frozen=True)
class Created:
    """What AWS named by itself."""

    secret_arn: str
    migrations_arn: str
    token_key_arn: str
    link_key_arn: str


def create_resources(app: SalesforceApp, migrate_org: Definition | None) -> Created:
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
    secret = client("secretsmanager").create_secret(Name=_SECRET, SecretString=app.secret)
    machine = client("stepfunctions").create_state_machine(
        name=_MIGRATIONS,
        definition=json.dumps(migrate_org or _IDLE),
        roleArn=f"arn:aws:iam::{ACCOUNT}:role/{_MIGRATIONS}",
    )
    links = template()["Resources"]["LinkKey"]["Properties"]
    kms = client("kms")
    return Created(
        secret_arn=secret["ARN"],
        migrations_arn=machine["stateMachineArn"],
        token_key_arn=kms.create_key()["KeyMetadata"]["Arn"],
        link_key_arn=kms.create_key(KeySpec=links["KeySpec"], KeyUsage=links["KeyUsage"])[
            "KeyMetadata"
        ]["Arn"],
    )


def environments(created: Created, salesforce: str) -> dict[str, dict[str, str]]:
    """The variables of each function, as the template sets them."""
    values = {
        name: str(parameter.get("Default", ""))
        for name, parameter in template()["Parameters"].items()
    }
    values |= {"Table": TABLE, "ScanBucket": BUCKET, "SalesforceSecret.Id": created.secret_arn}
    values |= {"MigrateOrg": created.migrations_arn, "Key.Arn": created.token_key_arn}
    values |= {"LinkKey.Arn": created.link_key_arn, "SalesforceConnectTo": salesforce}
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
        case _:
            return str(value)
