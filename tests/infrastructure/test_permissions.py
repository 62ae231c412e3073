from __future__ import annotations

from typing import Final

import pytest

from tests.infrastructure.templates import (
    Statement,
    Template,
    as_list,
    properties,
    resources,
    role_statements,
)

# The only statements that may name every resource, and why there is no way to name fewer.
REASONED_WILDCARDS: Final = {
    ("PlanScanRole", "SendTraces"): "X-Ray has no resources to name for these actions",
    ("ScanOrgsRole", "SendTraces"): "X-Ray has no resources to name for these actions",
    ("SummariseScanRole", "SendTraces"): "X-Ray has no resources to name for these actions",
    ("RecordOutcomeRole", "SendTraces"): "X-Ray has no resources to name for these actions",
    ("ScanFleetRole", "SendTraces"): "X-Ray has no resources to name for these actions",
    ("ScanFleetRole", "DeliverLogs"): "CloudWatch Logs has none to name for log deliveries",
}
TABLE_ACTIONS: Final = {
    "PlanScanRole": {"Query", "GetItem", "PutItem"},
    "ScanOrgsRole": {"BatchGetItem", "GetItem", "PutItem", "BatchWriteItem"},
    "SummariseScanRole": {"Query", "GetItem", "PutItem", "BatchWriteItem"},
    "RecordOutcomeRole": {"Query", "GetItem", "PutItem", "BatchWriteItem"},
}


def test_no_role_may_do_a_whole_family_of_actions(expanded: Template) -> None:
    assert [
        (statement.owner, action)
        for statement in role_statements(expanded)
        for action in statement.actions
        if "*" in action
    ] == []


def test_only_the_reasoned_statements_name_every_resource(expanded: Template) -> None:
    found = {
        (statement.owner, statement.sid)
        for statement in role_statements(expanded)
        if "*" in statement.resources
    }

    assert found == set(REASONED_WILDCARDS)


def test_every_statement_says_by_its_name_what_it_is_for(expanded: Template) -> None:
    assert [item.owner for item in role_statements(expanded) if not item.sid] == []


def test_no_role_uses_a_managed_policy(expanded: Template) -> None:
    # AWSLambdaBasicExecutionRole and its like may write to every log group.
    managed = {
        name: role["Properties"]["ManagedPolicyArns"]
        for name, role in resources(expanded, "AWS::IAM::Role").items()
        if role["Properties"].get("ManagedPolicyArns")
    }

    assert managed == {}


def test_every_function_has_a_role_of_its_own(expanded: Template) -> None:
    roles = {
        name: function["Properties"]["Role"]["Fn::GetAtt"][0]
        for name, function in resources(expanded, "AWS::Lambda::Function").items()
    }

    assert roles == {name: name.replace("Function", "Role") for name in roles}


@pytest.mark.parametrize("role", TABLE_ACTIONS)
def test_a_function_may_do_with_the_table_what_its_code_does(expanded: Template, role: str) -> None:
    allowed = {
        action.removeprefix("dynamodb:")
        for statement in role_statements(expanded)
        for action in statement.actions
        if statement.owner == role and action.startswith("dynamodb:")
    }

    assert allowed == TABLE_ACTIONS[role]


def test_nobody_may_scan_the_table_or_delete_from_it(expanded: Template) -> None:
    forbidden = {"dynamodb:Scan", "dynamodb:DeleteItem", "dynamodb:PartiQLSelect"}

    assert forbidden.isdisjoint(
        action for item in role_statements(expanded) for action in item.actions
    )


def test_only_the_function_that_plans_a_scan_may_write_to_the_bucket(expanded: Template) -> None:
    writers = {
        statement.owner
        for statement in role_statements(expanded)
        if "s3:PutObject" in statement.actions
    }

    assert writers == {"PlanScanRole"}


def test_only_the_function_that_logs_in_may_read_the_salesforce_secret(expanded: Template) -> None:
    readers = {
        statement.owner
        for statement in role_statements(expanded)
        if any(action.startswith("secretsmanager:") for action in statement.actions)
    }

    assert readers == {"ScanOrgsRole"}


def test_the_key_can_only_be_used_through_the_services_a_role_needs(expanded: Template) -> None:
    unconditional = [
        statement.owner
        for statement in role_statements(expanded)
        if any(action.startswith("kms:") for action in statement.actions)
        and "kms:ViaService" not in statement.body.get("Condition", {}).get("StringEquals", {})
    ]

    assert unconditional == []


def test_a_service_can_take_a_role_only_for_this_account(expanded: Template) -> None:
    # Lambda sets no source account when it assumes a function's role.
    careless = {
        name
        for name, role in resources(expanded, "AWS::IAM::Role").items()
        for statement in role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        if statement["Principal"]["Service"] != "lambda.amazonaws.com"
        and "aws:SourceAccount" not in statement.get("Condition", {}).get("StringEquals", {})
    }

    assert careless == set()


@pytest.mark.parametrize(
    "policy",
    [
        "ScanBucketPolicy",
        "ScanScheduleDlqPolicy",
        "ScanEndedBadlyDlqPolicy",
        "RecordOutcomeDlqPolicy",
        "AlarmTopicPolicy",
    ],
)
def test_unencrypted_connections_are_refused_but_from_the_loopback_address(
    expanded: Template, policy: str
) -> None:
    statements = properties(expanded, policy)["PolicyDocument"]["Statement"]
    denial = next(body for body in statements if body["Effect"] == "Deny")

    assert denial["Principal"] == "*"
    assert denial["Condition"] == {
        "Bool": {"aws:SecureTransport": "false"},
        # Nothing reaches AWS from there; the embedded AWS has no TLS.
        "NotIpAddress": {"aws:SourceIp": "127.0.0.0/8"},
    }


def test_other_accounts_may_do_nothing(expanded: Template) -> None:
    kinds = ("AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy")
    open_to_all = [
        (name, statement.get("Sid"))
        for kind in kinds
        for name, policy in resources(expanded, kind).items()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow" and statement["Principal"] == "*"
    ]

    assert open_to_all == []


def test_services_may_use_the_key_for_this_account_only(expanded: Template) -> None:
    statements = [
        Statement("Key", body) for body in properties(expanded, "Key")["KeyPolicy"]["Statement"]
    ]
    services = [item for item in statements if "Service" in item.body["Principal"]]

    assert services
    assert [item.sid for item in services if "Condition" not in item.body] == []
    assert all("*" not in action for item in services for action in as_list(item.actions))
