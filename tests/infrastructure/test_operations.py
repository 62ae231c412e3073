from __future__ import annotations

import re
from typing import Any, Final

import pytest

from scripts.expand_template import ROOT
from tests.infrastructure.templates import (
    Resource,
    Template,
    dead_letter_queues,
    properties,
    references,
    resources,
)
from zoom_migrator.domain.authorization_outcome import Outcome
from zoom_migrator.observability import metrics

RUNBOOK: Final = ROOT / "docs" / "runbook.md"
OUTPUTS: Final = {
    "TableName",
    "ScanBucketName",
    "ScanStateMachineArn",
    "MigrationStateMachineArn",
    "PublicBaseUrl",
    "OAuthRedirectUri",
    "CustomDomainTarget",
    "LinkKeyArn",
    "TaskTokenKeyArn",
    "SalesforceSecretArn",
    "ZoomSecretArn",
    "GrantKeyArn",
    "BackupKeyArn",
    "ZoomWebhookSecretArn",
    "ZoomWebhookUrl",
    "ProbeQueueUrl",
    "EventBusName",
    "NoticeQueueUrl",
    "SlackSecretArn",
    "SlackInteractionsUrl",
    "MailFrom",
    "SalesforceAllowedDomains",
    "MinimumPackageVersion",
    "PackageVersionId",
    "PackageTermsVersion",
    "PackageTermsUrl",
    "JwtDeadline",
    "SoakMinutes",
    "ScanScheduleState",
}


def alarms(template: Template) -> dict[str, dict[str, Any]]:
    return {
        name: resource["Properties"]
        for name, resource in resources(template, "AWS::CloudWatch::Alarm").items()
    }


def watched(template: Template, metric: str) -> set[str]:
    """The resources whose metric some alarm watches."""
    return {
        name
        for alarm in alarms(template).values()
        if alarm["MetricName"] == metric
        for name in references(alarm["Dimensions"])
    }


def test_every_way_an_execution_can_end_badly_raises_an_alarm(expanded: Template) -> None:
    for metric in ("ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"):
        assert watched(expanded, metric) == set(
            resources(expanded, "AWS::StepFunctions::StateMachine")
        )


def test_every_dead_letter_queue_raises_an_alarm(expanded: Template) -> None:
    queues = set(dead_letter_queues(expanded))

    assert watched(expanded, "ApproximateNumberOfMessagesVisible") == queues


def test_orders_that_nobody_takes_from_their_queue_raise_an_alarm(expanded: Template) -> None:
    queues = {"ProbeQueue", "NoticeQueue"}

    assert watched(expanded, "ApproximateAgeOfOldestMessage") == queues
    for name in queues:
        queue = properties(expanded, name)
        longest = queue["VisibilityTimeout"] * queue["RedrivePolicy"]["maxReceiveCount"]
        # Before the dead-letter queue tells the same.
        assert properties(expanded, f"{name}AgeAlarm")["Threshold"] < longest


@pytest.mark.parametrize("metric", ["Errors", "Throttles"])
def test_every_function_raises_an_alarm(expanded: Template, metric: str) -> None:
    assert watched(expanded, metric) == set(resources(expanded, "AWS::Lambda::Function"))


def test_a_schedule_that_cannot_start_its_target_raises_an_alarm(expanded: Template) -> None:
    groups = [
        schedule["Properties"]["GroupName"]
        for schedule in resources(expanded, "AWS::Scheduler::Schedule").values()
    ]

    assert watched(expanded, "TargetErrorCount") == {"ScheduleGroup"}
    assert groups == [{"Ref": "ScheduleGroup"}] * 3


def test_zooms_refusal_of_the_stacks_own_app_raises_an_alarm(expanded: Template) -> None:
    alarm = properties(expanded, "ZoomAppRejectedAlarm")
    variables = properties(expanded, "OauthCallbackFunction")["Environment"]["Variables"]

    assert alarm["MetricName"] == "Consent" + Outcome.OUR_MISCONFIGURATION.title().replace("_", "")
    assert alarm["Namespace"] == variables["POWERTOOLS_METRICS_NAMESPACE"]
    assert alarm["Dimensions"] == [{"Name": "service", "Value": metrics.service}]


@pytest.mark.parametrize(
    "name",
    [
        "OrgsDisconnectedAlarm",
        "OrgsWithoutNextStepAlarm",
        "OrgsNotSweptAlarm",
        "EventsDamagedAlarm",
        "NoticesFailedAlarm",
        "NoticesUnknownAlarm",
    ],
)
def test_what_is_counted_as_trouble_raises_an_alarm(expanded: Template, name: str) -> None:
    alarm = properties(expanded, name)
    variables = properties(expanded, "WatchOrgsFunction")["Environment"]["Variables"]

    assert alarm["MetricName"] == name.removesuffix("Alarm")
    assert alarm["Namespace"] == variables["POWERTOOLS_METRICS_NAMESPACE"]
    assert alarm["Dimensions"] == [{"Name": "service", "Value": metrics.service}]


def test_an_alarm_reaches_people_and_stays_quiet_where_nothing_happens(expanded: Template) -> None:
    for alarm in alarms(expanded).values():
        assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}]
        assert alarm["TreatMissingData"] == "notBreaching"


def test_every_alarm_says_what_it_means_what_to_do_first_and_where_to_read_on(
    expanded: Template,
) -> None:
    for name, alarm in alarms(expanded).items():
        assert re.fullmatch(
            r".{20,}\. First \w.{10,}\. Runbook: docs/runbook\.md#[a-z-]+",
            alarm["AlarmDescription"],
        ), name


def test_every_alarm_has_its_section_in_the_runbook(expanded: Template) -> None:
    headings = re.findall(r"^#+ (.+)$", RUNBOOK.read_text(encoding="utf-8"), re.MULTILINE)
    sections = {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
    named = {alarm["AlarmDescription"].rpartition("#")[2] for alarm in alarms(expanded).values()}

    assert named - sections == set()


def test_every_dead_letter_queue_keeps_its_messages_as_long_as_can_be(expanded: Template) -> None:
    queues: dict[str, Resource] = dead_letter_queues(expanded)

    assert {queue["Properties"]["MessageRetentionPeriod"] for queue in queues.values()} == {
        14 * 24 * 3600
    }


def test_everything_that_is_started_without_waiting_has_a_dead_letter_queue(
    expanded: Template,
) -> None:
    senders = [
        *[
            schedule["Properties"]["Target"]["DeadLetterConfig"]["Arn"]
            for schedule in resources(expanded, "AWS::Scheduler::Schedule").values()
        ],
        *[
            properties(expanded, queue)["RedrivePolicy"]["deadLetterTargetArn"]
            for queue in ("ProbeQueue", "NoticeQueue")
        ],
        *[
            rule["Properties"]["Targets"][0]["DeadLetterConfig"]["Arn"]
            for rule in resources(expanded, "AWS::Events::Rule").values()
        ],
        *[
            mapping["Properties"]["DestinationConfig"]["OnFailure"]["Destination"]
            for mapping in resources(expanded, "AWS::Lambda::EventSourceMapping").values()
            if "DestinationConfig" in mapping["Properties"]
        ],
        *[
            function["Properties"]["DeadLetterConfig"]["TargetArn"]
            for function in resources(expanded, "AWS::Lambda::Function").values()
            if "DeadLetterConfig" in function["Properties"]
        ],
    ]

    assert sorted(name for arn in senders for name in references(arn)) == sorted(
        dead_letter_queues(expanded)
    )


@pytest.mark.parametrize(
    ("machine", "rule", "function"),
    [
        ("ScanFleet", "ScanEndedBadlyRule", "RecordOutcomeFunction"),
        ("MigrateOrg", "MigrationEndedBadlyRule", "RecordMigrationFailureFunction"),
    ],
)
def test_an_execution_that_ends_badly_is_recorded_whatever_the_machine_caught(
    expanded: Template, machine: str, rule: str, function: str
) -> None:
    permission = properties(expanded, function.replace("Function", "Permission"))
    target = properties(expanded, rule)["Targets"][0]

    assert properties(expanded, rule)["EventPattern"]["detail"] == {
        "status": ["FAILED", "TIMED_OUT", "ABORTED"],
        "stateMachineArn": [{"Ref": machine}],
    }
    assert target["Arn"] == {"Fn::GetAtt": [function, "Arn"]}
    assert properties(expanded, function)["DeadLetterConfig"]
    assert permission["FunctionName"] == {"Ref": function}
    assert permission["SourceArn"] == {"Fn::GetAtt": [rule, "Arn"]}


def test_when_how_and_whether_scans_start_is_for_the_operator_to_say(expanded: Template) -> None:
    schedule = properties(expanded, "ScanSchedule")

    assert schedule["ScheduleExpression"] == {"Ref": "ScanScheduleExpression"}
    assert schedule["ScheduleExpressionTimezone"] == {"Ref": "ScanScheduleTimezone"}
    assert schedule["State"] == {"Ref": "ScanScheduleState"}
    assert schedule["Target"]["Arn"] == {"Ref": "ScanFleet"}


def test_when_and_whether_orgs_are_moved_on_is_for_the_operator_to_say(expanded: Template) -> None:
    schedule = properties(expanded, "SweepSchedule")

    assert schedule["ScheduleExpression"] == {"Ref": "SweepScheduleExpression"}
    assert schedule["State"] == {"Ref": "SweepScheduleState"}
    assert schedule["Target"]["Arn"] == {"Fn::GetAtt": ["SweepFleetFunction", "Arn"]}
    assert expanded["Parameters"]["SweepScheduleState"]["Default"] == "ENABLED"


def test_when_and_whether_people_are_reminded_is_for_the_operator_to_say(
    expanded: Template,
) -> None:
    schedule = properties(expanded, "ReminderSchedule")

    assert schedule["ScheduleExpression"] == {"Ref": "ReminderScheduleExpression"}
    assert schedule["ScheduleExpressionTimezone"] == {"Ref": "ReminderTimezone"}
    assert schedule["State"] == {"Ref": "ReminderScheduleState"}
    assert schedule["Target"]["Arn"] == {"Fn::GetAtt": ["SendRemindersFunction", "Arn"]}
    assert expanded["Parameters"]["ReminderScheduleState"]["Default"] == "ENABLED"


@pytest.mark.parametrize(
    ("rule", "given", "needed"),
    [
        ("AProbesObjectHasAField", "ConnectionProbeObject", "ConnectionProbeField"),
        ("AProbesFieldHasAnObject", "ConnectionProbeField", "ConnectionProbeObject"),
    ],
)
def test_half_a_probe_is_refused(expanded: Template, rule: str, given: str, needed: str) -> None:
    (assertion,) = expanded["Rules"][rule]["Assertions"]

    assert list(references(expanded["Rules"][rule]["RuleCondition"])) == [given]
    assert list(references(assertion["Assert"])) == [needed]


def test_the_outputs_are_the_ones_the_command_line_reads(expanded: Template) -> None:
    assert set(expanded["Outputs"]) == OUTPUTS


def test_every_parameter_is_explained_has_a_default_and_refuses_nonsense(
    expanded: Template,
) -> None:
    checks = {"AllowedPattern", "AllowedValues", "MinValue"}
    for name, parameter in expanded["Parameters"].items():
        assert parameter.get("Description"), name
        assert "Default" in parameter, name
        assert checks & set(parameter), name


def test_the_defaults_pass_their_own_patterns(expanded: Template) -> None:
    for name, parameter in expanded["Parameters"].items():
        if "AllowedPattern" in parameter:
            assert re.fullmatch(parameter["AllowedPattern"], str(parameter["Default"])), name


@pytest.mark.parametrize(
    "elsewhere",
    [
        "http://10.0.0.1:8080",
        "http://localhost:8080",
        "http://127.0.0.1.example.com:80",
        "http://127.0.0.1",
        "http://127.0.0.1:80/path",
        "ftp://127.0.0.1:21",
    ],
)
@pytest.mark.parametrize("parameter", ["SalesforceConnectTo", "ZoomConnectTo", "SlackConnectTo"])
def test_connections_can_be_redirected_to_this_machine_only(
    expanded: Template, parameter: str, elsewhere: str
) -> None:
    pattern = expanded["Parameters"][parameter]["AllowedPattern"]

    assert re.fullmatch(pattern, "http://127.0.0.1:8443")
    assert not re.fullmatch(pattern, elsewhere)


def test_every_parameter_has_its_place_in_the_console(template: Template) -> None:
    groups = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    shown = [name for group in groups for name in group["Parameters"]]

    assert sorted(shown) == sorted(template["Parameters"])
