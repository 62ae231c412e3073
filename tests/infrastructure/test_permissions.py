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
_TRACES: Final = "X-Ray has no resources to name for these actions"
_DELIVERIES: Final = "CloudWatch Logs has none to name for log deliveries"
_EMBEDDED: Final = "The embedded AWS does not know which machine a token belongs to"
REASONED_WILDCARDS: Final = {
    ("PlanScanRole", "SendTraces"): _TRACES,
    ("ScanOrgsRole", "SendTraces"): _TRACES,
    ("SummariseScanRole", "SendTraces"): _TRACES,
    ("RecordOutcomeRole", "SendTraces"): _TRACES,
    ("PrepareUpgradeRole", "SendTraces"): _TRACES,
    ("RequestApprovalRole", "SendTraces"): _TRACES,
    ("FollowUpApprovalRole", "SendTraces"): _TRACES,
    ("StartInstallRole", "SendTraces"): _TRACES,
    ("CheckInstallRole", "SendTraces"): _TRACES,
    ("FollowUpgradeByHandRole", "SendTraces"): _TRACES,
    ("RequestAuthorizationRole", "SendTraces"): _TRACES,
    ("FollowUpAuthorizationRole", "SendTraces"): _TRACES,
    ("RecordMigrationFailureRole", "SendTraces"): _TRACES,
    ("StartMigrationsRole", "SendTraces"): _TRACES,
    ("ApproveRole", "SendTraces"): _TRACES,
    ("AuthorizeRole", "SendTraces"): _TRACES,
    ("OauthCallbackRole", "SendTraces"): _TRACES,
    ("VerifyConnectionRole", "SendTraces"): _TRACES,
    ("RequestCleanupRole", "SendTraces"): _TRACES,
    ("FollowUpCleanupRole", "SendTraces"): _TRACES,
    ("RemoveKeysRole", "SendTraces"): _TRACES,
    ("CleanupRole", "SendTraces"): _TRACES,
    ("ZoomWebhookRole", "SendTraces"): _TRACES,
    ("ProbeGrantsRole", "SendTraces"): _TRACES,
    ("WatchOrgsRole", "SendTraces"): _TRACES,
    ("SweepFleetRole", "SendTraces"): _TRACES,
    ("PublishEventsRole", "SendTraces"): _TRACES,
    ("SlackInteractionsRole", "SendTraces"): _TRACES,
    ("SendRemindersRole", "SendTraces"): _TRACES,
    ("MailFeedbackRole", "SendTraces"): _TRACES,
    ("MuteRole", "SendTraces"): _TRACES,
    ("NotifyRole", "SendTraces"): _TRACES,
    ("ScanFleetRole", "SendTraces"): _TRACES,
    ("MigrateOrgRole", "SendTraces"): _TRACES,
    ("ScanFleetRole", "DeliverLogs"): _DELIVERIES,
    ("MigrateOrgRole", "DeliverLogs"): _DELIVERIES,
    ("RequestApprovalRole", "WakeTheStateMachineOnTheEmbeddedAws"): _EMBEDDED,
    ("StartMigrationsRole", "WakeTheStateMachineOnTheEmbeddedAws"): _EMBEDDED,
    ("ApproveRole", "WakeTheStateMachineOnTheEmbeddedAws"): _EMBEDDED,
    ("RequestAuthorizationRole", "WakeTheStateMachineOnTheEmbeddedAws"): _EMBEDDED,
    ("OauthCallbackRole", "WakeTheStateMachineOnTheEmbeddedAws"): _EMBEDDED,
    ("RequestCleanupRole", "WakeTheStateMachineOnTheEmbeddedAws"): _EMBEDDED,
    ("CleanupRole", "WakeTheStateMachineOnTheEmbeddedAws"): _EMBEDDED,
    ("ProbeGrantsRole", "WakeTheStateMachineOnTheEmbeddedAws"): _EMBEDDED,
    ("WatchOrgsRole", "WakeTheStateMachineOnTheEmbeddedAws"): _EMBEDDED,
    ("SweepFleetRole", "WakeTheStateMachineOnTheEmbeddedAws"): _EMBEDDED,
    ("NotifyRole", "WakeTheStateMachineOnTheEmbeddedAws"): _EMBEDDED,
    ("NotifyRole", "SendMailOnTheEmbeddedAws"): "It does not know which sender a mail is from",
}
_STEP: Final = {"GetItem", "PutItem"}
TABLE_ACTIONS: Final[dict[str, set[str]]] = {
    "PlanScanRole": {"Query", "GetItem", "PutItem"},
    "ScanOrgsRole": {"BatchGetItem", "GetItem", "PutItem", "BatchWriteItem"},
    "SummariseScanRole": {"Query", "GetItem", "PutItem", "BatchWriteItem"},
    "RecordOutcomeRole": {"Query", "GetItem", "PutItem", "BatchWriteItem"},
    "PrepareUpgradeRole": _STEP,
    "RequestApprovalRole": _STEP,
    "FollowUpApprovalRole": _STEP,
    "StartInstallRole": _STEP,
    "CheckInstallRole": _STEP,
    "FollowUpgradeByHandRole": _STEP,
    "RequestAuthorizationRole": _STEP,
    "FollowUpAuthorizationRole": _STEP,
    "RecordMigrationFailureRole": _STEP,
    "StartMigrationsRole": {"Query", "BatchGetItem", "GetItem", "PutItem"},
    "ApproveRole": _STEP,
    "AuthorizeRole": _STEP,
    "OauthCallbackRole": _STEP,
    "VerifyConnectionRole": _STEP,
    "RequestCleanupRole": _STEP,
    "FollowUpCleanupRole": _STEP,
    "RemoveKeysRole": _STEP,
    "CleanupRole": _STEP,
    "ZoomWebhookRole": _STEP,
    # Which grants an account has, and which orgs there are, stands in the index.
    "ProbeGrantsRole": {"Query", *_STEP},
    "WatchOrgsRole": {"Query", *_STEP},
    # It destroys backups that are out of date.
    "SweepFleetRole": {"Query", "BatchGetItem", "DeleteItem", *_STEP},
    # It reads changes from the table's stream, and the names of the orgs that they are about.
    "PublishEventsRole": {
        "BatchGetItem",
        "DescribeStream",
        "GetRecords",
        "GetShardIterator",
        "ListStreams",
    },
    "SlackInteractionsRole": set(),
    "SendRemindersRole": {"Query", "BatchGetItem", *_STEP},
    "MailFeedbackRole": _STEP,
    "MuteRole": _STEP,
    # It forgets the trouble with a Slack channel that takes messages again.
    "NotifyRole": {"Query", "BatchGetItem", "DeleteItem", *_STEP},
}
MACHINE_ACTIONS: Final = {
    "states:StartExecution": {
        "ScanFleetRole",
        "StartMigrationsRole",
        "ScanScheduleRole",
        # An org that has lost its authorization is asked for another one.
        "ProbeGrantsRole",
        "WatchOrgsRole",
        "SweepFleetRole",
    },
    "states:DescribeExecution": {"ScanFleetRole", "StartMigrationsRole", "SweepFleetRole"},
    "states:StopExecution": {"ScanFleetRole"},
    "states:SendTaskSuccess": {
        "RequestApprovalRole",
        "RequestAuthorizationRole",
        "StartMigrationsRole",
        "ApproveRole",
        "OauthCallbackRole",
        "RequestCleanupRole",
        "CleanupRole",
        "ProbeGrantsRole",
        "WatchOrgsRole",
        "SweepFleetRole",
        # Somebody answers by a button in Slack.
        "NotifyRole",
    },
}
_OPEN: Final = {"kms:Decrypt"}
_SEAL_AND_OPEN: Final = {"kms:Encrypt", "kms:Decrypt"}
# What is sealed and opened directly, by its purpose, which is part of what is encrypted.
KEY_ACTIONS_ON_TOKENS: Final = {
    ("RequestApprovalRole", "task_token"): {"kms:Encrypt"},
    ("RequestAuthorizationRole", "task_token"): {"kms:Encrypt"},
    ("RequestCleanupRole", "task_token"): {"kms:Encrypt"},
    ("StartMigrationsRole", "task_token"): _OPEN,
    ("ApproveRole", "task_token"): _OPEN,
    ("OauthCallbackRole", "task_token"): _OPEN,
    ("CleanupRole", "task_token"): _OPEN,
    ("ProbeGrantsRole", "task_token"): _OPEN,
    ("WatchOrgsRole", "task_token"): _OPEN,
    ("SweepFleetRole", "task_token"): _OPEN,
    ("NotifyRole", "task_token"): _OPEN,
    ("OauthCallbackRole", "zoom_grant"): _SEAL_AND_OPEN,
    ("VerifyConnectionRole", "zoom_grant"): _SEAL_AND_OPEN,
    ("RemoveKeysRole", "zoom_grant"): _SEAL_AND_OPEN,
    ("ProbeGrantsRole", "zoom_grant"): _SEAL_AND_OPEN,
    ("WatchOrgsRole", "zoom_grant"): _SEAL_AND_OPEN,
}
KEY: Final = {"Fn::GetAtt": ["Key", "Arn"]}
LINK_KEY: Final = {"Fn::GetAtt": ["LinkKey", "Arn"]}
BACKUP_KEY: Final = {"Fn::GetAtt": ["BackupKey", "Arn"]}
# Nothing reaches AWS from there.
LOOPBACK: Final = {"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}
EMBEDDED_ONLY: Final = "OnTheEmbeddedAws"


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


def test_nobody_may_scan_the_table_and_only_who_has_to_delete_from_it(expanded: Template) -> None:
    forbidden = {"dynamodb:Scan", "dynamodb:PartiQLSelect", "dynamodb:PartiQLDelete"}

    assert forbidden.isdisjoint(
        action for item in role_statements(expanded) for action in item.actions
    )
    assert owners_of(expanded, "dynamodb:DeleteItem") == {"SweepFleetRole", "NotifyRole"}


def test_only_the_function_that_plans_a_scan_may_write_to_the_bucket(expanded: Template) -> None:
    writers = {
        statement.owner
        for statement in role_statements(expanded)
        if "s3:PutObject" in statement.actions
    }

    assert writers == {"PlanScanRole"}


@pytest.mark.parametrize(
    ("secret", "readers"),
    [
        (
            "SalesforceSecret",
            {
                "ScanOrgsRole",
                "PrepareUpgradeRole",
                "StartInstallRole",
                "CheckInstallRole",
                "FollowUpgradeByHandRole",
                "VerifyConnectionRole",
                "RemoveKeysRole",
                "WatchOrgsRole",
            },
        ),
        (
            "ZoomSecret",
            {
                "AuthorizeRole",
                "OauthCallbackRole",
                "VerifyConnectionRole",
                "RemoveKeysRole",
                "ProbeGrantsRole",
                "WatchOrgsRole",
            },
        ),
        # What the whole world can call tells a signature, and can do nothing in the app's name.
        ("ZoomWebhookSecret", {"ZoomWebhookRole"}),
        ("SlackSecret", {"SlackInteractionsRole", "NotifyRole"}),
    ],
)
def test_only_the_functions_that_are_an_app_there_may_read_its_secret(
    expanded: Template, secret: str, readers: set[str]
) -> None:
    readings = [
        item
        for item in role_statements(expanded)
        if "secretsmanager:GetSecretValue" in item.actions
        and item.resources == [{"Fn::GetAtt": [secret, "Id"]}]
    ]

    assert {item.owner for item in readings} == readers


def test_every_reading_of_a_secret_names_the_secret(expanded: Template) -> None:
    names = resources(expanded, "AWS::SecretsManager::Secret")
    secrets = [[{"Fn::GetAtt": [name, "Id"]}] for name in names]

    for item in role_statements(expanded):
        if "secretsmanager:GetSecretValue" in item.actions:
            assert item.resources in secrets


@pytest.mark.parametrize("action", MACHINE_ACTIONS)
def test_only_who_has_to_may_start_stop_watch_or_wake_a_machine(
    expanded: Template, action: str
) -> None:
    assert owners_of(expanded, action) == MACHINE_ACTIONS[action]


def test_a_machine_is_woken_only_by_a_statement_that_names_it(expanded: Template) -> None:
    named = [
        item
        for item in role_statements(expanded)
        if "states:SendTaskSuccess" in item.actions and not item.sid.endswith(EMBEDDED_ONLY)
    ]

    assert {item.owner for item in named} == MACHINE_ACTIONS["states:SendTaskSuccess"]
    for item in named:
        assert item.resources in (
            [{"Ref": "MigrateOrg"}],
            # What the machine itself needs cannot refer to it.
            [
                {
                    "Fn::Sub": "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}"
                    ":stateMachine:${AWS::StackName}-migrate-org"
                }
            ],
        )
    assert properties(expanded, "MigrateOrg")["StateMachineName"] == {
        "Fn::Sub": "${AWS::StackName}-migrate-org"
    }


def test_nobody_may_read_the_history_of_an_execution_which_has_its_task_tokens(
    expanded: Template,
) -> None:
    assert owners_of(expanded, "states:GetExecutionHistory") == set()


def test_tokens_are_sealed_and_opened_by_who_has_to_and_nothing_else_is(
    expanded: Template,
) -> None:
    direct = [
        item
        for item in role_statements(expanded)
        if any(action in ("kms:Encrypt", "kms:Decrypt") for action in item.actions)
        and "kms:ViaService" not in item.body.get("Condition", {}).get("StringEquals", {})
        and item.resources != [BACKUP_KEY]
    ]

    found = {}
    for real in (item for item in direct if not item.sid.endswith(EMBEDDED_ONLY)):
        (purpose,) = real.body["Condition"]["StringEquals"].values()
        found[real.owner, purpose] = set(real.actions)
        assert real.resources == [KEY]
        assert real.body["Condition"] == {
            "StringEquals": {"kms:EncryptionContext:purpose": purpose}
        }
    assert found == KEY_ACTIONS_ON_TOKENS


def test_only_who_sends_links_may_sign_them_and_only_the_pages_behind_them_tell_them(
    expanded: Template,
) -> None:
    users = [
        (item.owner, set(item.actions))
        for item in role_statements(expanded)
        if LINK_KEY in item.resources
    ]

    assert users == [
        ("ApproveRole", {"kms:VerifyMac"}),
        ("AuthorizeRole", {"kms:VerifyMac"}),
        ("CleanupRole", {"kms:VerifyMac"}),
        ("MuteRole", {"kms:VerifyMac"}),
        # What people are sent is signed here, and nowhere else.
        ("NotifyRole", {"kms:GenerateMac"}),
    ]


def test_only_whoever_removes_keys_may_open_their_backups_and_nothing_else_with_them(
    expanded: Template,
) -> None:
    users = [
        item
        for item in role_statements(expanded)
        if BACKUP_KEY in item.resources and not item.sid.endswith(EMBEDDED_ONLY)
    ]

    assert [(item.owner, set(item.actions)) for item in users] == [
        ("RemoveKeysRole", _SEAL_AND_OPEN)
    ]
    assert users[0].body["Condition"] == {
        "StringEquals": {"kms:EncryptionContext:purpose": "jwt_backup"}
    }


def test_no_service_and_nothing_that_is_no_backup_uses_the_key_of_backups(
    expanded: Template,
) -> None:
    account, others = properties(expanded, "BackupKey")["KeyPolicy"]["Statement"]

    assert account["Principal"] == {
        "AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
    }
    # Whatever IAM allows besides, and to whomever.
    assert (others["Effect"], others["Principal"]) == ("Deny", "*")
    assert {"kms:Encrypt", "kms:Decrypt"} < set(others["Action"])
    assert others["Condition"] == {
        "StringNotEquals": {"kms:EncryptionContext:purpose": "jwt_backup"},
        "NotIpAddress": {"aws:SourceIp": "127.0.0.0/8"},
    }


@pytest.mark.parametrize(
    ("role", "action"),
    [
        ("ZoomWebhookRole", {"sqs:SendMessage"}),
        ("ProbeGrantsRole", {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}),
    ],
)
def test_one_function_fills_the_queue_of_probes_and_another_one_empties_it(
    expanded: Template, role: str, action: set[str]
) -> None:
    queue = {"Fn::GetAtt": ["ProbeQueue", "Arn"]}
    users = {
        item.owner: set(item.actions)
        for item in role_statements(expanded)
        if queue in item.resources
    }

    assert set(users) == {"ZoomWebhookRole", "ProbeGrantsRole"}
    assert users[role] == action


def test_whatever_zoom_may_tell_the_webhook_it_can_do_nothing_but_remember_and_order(
    expanded: Template,
) -> None:
    allowed = {
        action
        for item in role_statements(expanded)
        if item.owner == "ZoomWebhookRole" and item.sid != "UseTheKeyThroughServices"
        for action in item.actions
    }

    assert allowed == {
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "secretsmanager:GetSecretValue",
        "sqs:SendMessage",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    }


def test_mail_is_sent_by_one_function_and_as_the_configured_sender_alone(
    expanded: Template,
) -> None:
    sending = [item for item in role_statements(expanded) if "ses:SendEmail" in item.actions]
    real = [item for item in sending if not item.sid.endswith(EMBEDDED_ONLY)]

    assert {item.owner for item in sending} == {"NotifyRole"}
    assert [item.body["Condition"] for item in real] == [
        {"StringEquals": {"ses:FromAddress": {"Ref": "MailFrom"}}}
    ]


def test_notices_are_ordered_by_who_has_to_and_by_the_rule_of_the_bus(expanded: Template) -> None:
    queue = {"Fn::GetAtt": ["NoticeQueue", "Arn"]}
    senders = {
        item.owner
        for item in role_statements(expanded)
        if queue in item.resources and "sqs:SendMessage" in item.actions
    }
    (allowed,) = [
        statement
        for statement in properties(expanded, "NoticeQueuePolicy")["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]

    assert senders == {"SlackInteractionsRole", "SendRemindersRole", "NotifyRole"}
    assert allowed["Condition"] == {
        "ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["NoticesRule", "Arn"]}}
    }


def test_only_one_function_publishes_events_and_on_the_stacks_own_bus(expanded: Template) -> None:
    publishing = [item for item in role_statements(expanded) if "events:PutEvents" in item.actions]

    assert [(item.owner, item.resources) for item in publishing] == [
        ("PublishEventsRole", [{"Fn::GetAtt": ["EventBus", "Arn"]}])
    ]


def test_only_state_machines_and_schedules_may_call_functions(
    expanded: Template,
) -> None:
    assert owners_of(expanded, "lambda:InvokeFunction") == {
        "ScanFleetRole",
        "MigrateOrgRole",
        "SweepScheduleRole",
        "ReminderScheduleRole",
    }


def test_what_only_the_embedded_aws_needs_opens_nothing_on_aws(expanded: Template) -> None:
    concessions = [item for item in role_statements(expanded) if item.sid.endswith(EMBEDDED_ONLY)]

    assert len(concessions) == 25
    assert all(item.body["Condition"] == LOOPBACK for item in concessions)


def test_the_key_can_otherwise_only_be_used_through_the_services_a_role_needs(
    expanded: Template,
) -> None:
    on_key = [
        item
        for item in role_statements(expanded)
        if KEY in item.resources and not item.sid.endswith(EMBEDDED_ONLY)
    ]
    conditions = [set(item.body.get("Condition", {}).get("StringEquals", {})) for item in on_key]

    assert {name for names in conditions for name in names} == {
        "kms:ViaService",
        "kms:EncryptionContext:purpose",
    }
    assert all(conditions)


def test_a_service_can_take_a_role_only_for_this_account(expanded: Template) -> None:
    # Neither service sets a source account when it assumes a role.
    silent = {"lambda.amazonaws.com", "apigateway.amazonaws.com"}
    careless = {
        name
        for name, role in resources(expanded, "AWS::IAM::Role").items()
        for statement in role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        if statement["Principal"]["Service"] not in silent
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
        "MigrationEndedBadlyDlqPolicy",
        "RecordMigrationFailureDlqPolicy",
        "SweepScheduleDlqPolicy",
        "ProbeQueuePolicy",
        "ProbeDlqPolicy",
        "PublishEventsDlqPolicy",
        "NoticeQueuePolicy",
        "NoticeDlqPolicy",
        "NoticesRuleDlqPolicy",
        "ReminderScheduleDlqPolicy",
        "MailFeedbackDlqPolicy",
        "MailFeedbackTopicPolicy",
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


def owners_of(template: Template, action: str) -> set[str]:
    """The roles that may do something."""
    return {item.owner for item in role_statements(template) if action in item.actions}
