from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from scripts.expand_template import ROOT
from scripts.statemachines import all_states, load, paths, substitutions
from tests.infrastructure.templates import Template, properties, references, resources
from zoom_migrator.adapters.salesforce import SalesforceSettings
from zoom_migrator.adapters.zoom.settings import ZoomSettings
from zoom_migrator.approve_settings import ApproveSettings
from zoom_migrator.cleanup_page_settings import CleanupPageSettings
from zoom_migrator.cleanup_settings import (
    FollowUpCleanupSettings,
    ProbeGrantsSettings,
    RemoveKeysSettings,
    RequestCleanupSettings,
    SweepFleetSettings,
    VerifyConnectionSettings,
    WatchOrgsSettings,
)
from zoom_migrator.migration_settings import (
    FollowUpApprovalSettings,
    RequestApprovalSettings,
    StartMigrationsSettings,
    UpgradeStepSettings,
)
from zoom_migrator.mute_settings import MuteSettings
from zoom_migrator.notice_settings import (
    NotifySettings,
    PublishEventsSettings,
    SendRemindersSettings,
)
from zoom_migrator.oauth_settings import (
    AuthorizeSettings,
    FollowUpAuthorizationSettings,
    OauthCallbackSettings,
    RequestAuthorizationSettings,
)
from zoom_migrator.plain_settings import PlainSettings
from zoom_migrator.settings import (
    PlanScanSettings,
    ScanOrgsSettings,
    ScanRecordSettings,
    TableSettings,
)
from zoom_migrator.slack_interactions_settings import SlackInteractionsSettings
from zoom_migrator.zoom_webhook_settings import ZoomWebhookSettings

SETTINGS: Final[dict[str, type[PlainSettings]]] = {
    "plan_scan": PlanScanSettings,
    "scan_orgs": ScanOrgsSettings,
    "summarise_scan": ScanRecordSettings,
    "record_outcome": ScanRecordSettings,
    "start_migrations": StartMigrationsSettings,
    "prepare_upgrade": UpgradeStepSettings,
    "request_approval": RequestApprovalSettings,
    "follow_up_approval": FollowUpApprovalSettings,
    "start_install": UpgradeStepSettings,
    "check_install": UpgradeStepSettings,
    "follow_upgrade_by_hand": UpgradeStepSettings,
    "request_authorization": RequestAuthorizationSettings,
    "follow_up_authorization": FollowUpAuthorizationSettings,
    "verify_connection": VerifyConnectionSettings,
    "request_cleanup": RequestCleanupSettings,
    "follow_up_cleanup": FollowUpCleanupSettings,
    "remove_keys": RemoveKeysSettings,
    "watch_orgs": WatchOrgsSettings,
    "sweep_fleet": SweepFleetSettings,
    "record_migration_failure": TableSettings,
    "approve": ApproveSettings,
    "authorize": AuthorizeSettings,
    "oauth_callback": OauthCallbackSettings,
    "cleanup": CleanupPageSettings,
    "zoom_webhook": ZoomWebhookSettings,
    "probe_grants": ProbeGrantsSettings,
    "publish_events": PublishEventsSettings,
    "slack_interactions": SlackInteractionsSettings,
    "send_reminders": SendRemindersSettings,
    "mail_feedback": TableSettings,
    "mute": MuteSettings,
    "notify": NotifySettings,
}
# For Powertools; the settings models leave them alone.
FOR_POWERTOOLS: Final = {"LOG_LEVEL", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE"}

EVERY_FUNCTION = pytest.mark.parametrize("name", SETTINGS)
EVERY_MACHINE = pytest.mark.parametrize("machine", ["ScanFleet", "MigrateOrg"])


def logical_id(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_")) + "Function"


def variables(template: Template, name: str) -> dict[str, Any]:
    found: dict[str, Any] = properties(template, logical_id(name))["Environment"]["Variables"]
    return found


def test_every_folder_of_a_function_is_deployed(template: Template) -> None:
    folders = {path.parent.name for path in (ROOT / "functions").glob("*/app.py")}
    deployed = {
        function["Properties"]["CodeUri"].removeprefix("functions/")
        for function in resources(template, "AWS::Serverless::Function").values()
    }

    assert deployed == folders == set(SETTINGS)


@EVERY_FUNCTION
def test_a_function_gets_the_variables_that_it_reads_and_no_others(
    expanded: Template, name: str
) -> None:
    wanted = {field.upper() for field in SETTINGS[name].model_fields}

    assert set(variables(expanded, name)) == wanted | FOR_POWERTOOLS


@EVERY_FUNCTION
def test_the_defaults_of_the_parameters_are_settings_that_the_function_accepts(
    expanded: Template, name: str
) -> None:
    SETTINGS[name].from_environ(default_environ(expanded, name))


@EVERY_FUNCTION
def test_a_function_logs_to_a_group_of_its_own_that_expires_and_is_encrypted(
    expanded: Template, name: str
) -> None:
    group = properties(expanded, logical_id(name))["LoggingConfig"]["LogGroup"]["Ref"]

    assert group == logical_id(name).replace("Function", "LogGroup")
    assert properties(expanded, group)["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    assert properties(expanded, group)["KmsKeyId"] == {"Fn::GetAtt": ["Key", "Arn"]}
    assert properties(expanded, group)["LogGroupName"] == {
        "Fn::Sub": f"/aws/lambda/${{AWS::StackName}}-{name.replace('_', '-')}"
    }


@EVERY_FUNCTION
def test_a_function_is_traced_and_runs_on_the_chosen_processor(
    expanded: Template, name: str
) -> None:
    function = properties(expanded, logical_id(name))

    assert function["Runtime"] == "python3.13"
    assert function["Handler"] == "app.lambda_handler"
    assert function["TracingConfig"] == {"Mode": "Active"}
    assert function["Architectures"] == [{"Ref": "Architecture"}]


def test_concurrency_is_reserved_for_the_scan_only_where_the_operator_says_so(
    expanded: Template,
) -> None:
    reserved = {
        name: function["Properties"].get("ReservedConcurrentExecutions")
        for name, function in resources(expanded, "AWS::Lambda::Function").items()
        if "ReservedConcurrentExecutions" in function["Properties"]
    }

    assert reserved == {
        "ScanOrgsFunction": {
            "Fn::If": [
                "HasReservedConcurrency",
                {"Ref": "ReservedScanConcurrency"},
                {"Ref": "AWS::NoValue"},
            ]
        }
    }


@pytest.mark.parametrize("definition", paths(), ids=lambda path: path.name)
def test_a_function_gives_up_before_the_state_that_waits_for_it(
    expanded: Template, definition: Path
) -> None:
    waiting = [
        state
        for _, state in all_states(load(definition))
        # A state that waits for a person waits as long as the verdict before says.
        if state["Type"] == "Task" and not isinstance(state["TimeoutSeconds"], str)
    ]

    assert waiting
    for state in waiting:
        function = state["Arguments"]["FunctionName"].removeprefix("${").removesuffix("Arn}")

        assert properties(expanded, function)["Timeout"] < state["TimeoutSeconds"]


def test_a_proof_has_time_for_an_org_and_a_zoom_at_their_slowest(expanded: Template) -> None:
    org, zoom = SalesforceSettings(), ZoomSettings()
    # A token that is about to run out, one that is refused all the same, and what replaces it.
    proof = 2 * (zoom.token_seconds + zoom.api_seconds)
    looks = org.keys_timeout_seconds + org.check_timeout_seconds + org.keys_timeout_seconds
    stores = 30.0

    assert proof + looks + stores < properties(expanded, "VerifyConnectionFunction")["Timeout"]


def test_whoever_removes_keys_is_gone_before_their_lease_runs_out(expanded: Template) -> None:
    settings = RemoveKeysSettings.from_environ(default_environ(expanded, "remove_keys"))
    timeout = timedelta(seconds=properties(expanded, "RemoveKeysFunction")["Timeout"])

    # A minute for the clocks of two machines, and for an answer that was on its way.
    assert timeout + timedelta(minutes=1) <= settings.cleanup_settings().lease


@pytest.mark.parametrize(
    "page", ["Approve", "Authorize", "Cleanup", "ZoomWebhook", "SlackInteractions", "Mute"]
)
def test_a_page_runs_no_longer_than_anybody_waits_for_it(expanded: Template, page: str) -> None:
    # Source: API Gateway quotas, integration time-out.
    assert properties(expanded, f"{page}Function")["Timeout"] < 29


@pytest.mark.parametrize(
    ("queue", "function"), [("ProbeQueue", "ProbeGrants"), ("NoticeQueue", "Notify")]
)
def test_an_order_is_not_handed_out_again_while_it_is_worked_on(
    expanded: Template, queue: str, function: str
) -> None:
    timeout = properties(expanded, f"{function}Function")["Timeout"]

    # Source: Lambda developer guide, "Using Lambda with Amazon SQS".
    assert properties(expanded, queue)["VisibilityTimeout"] >= 6 * timeout


def test_the_queue_hands_out_few_orders_at_a_time_and_again_only_those_that_failed(
    expanded: Template,
) -> None:
    assert properties(expanded, "ProbeGrantsMapping") == {
        "EventSourceArn": {"Fn::GetAtt": ["ProbeQueue", "Arn"]},
        "FunctionName": {"Ref": "ProbeGrantsFunction"},
        "BatchSize": 5,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": 2},
    }


@EVERY_MACHINE
def test_every_substitution_of_a_definition_is_filled_in_and_every_one_given_is_used(
    template: Template, machine: str
) -> None:
    state_machine = properties(template, machine)
    definition = ROOT / state_machine["DefinitionUri"]

    assert definition in paths()
    assert set(state_machine["DefinitionSubstitutions"]) == substitutions(definition)


def test_every_definition_is_deployed(template: Template) -> None:
    deployed = {
        ROOT / machine["Properties"]["DefinitionUri"]
        for machine in resources(template, "AWS::Serverless::StateMachine").values()
    }

    assert deployed == set(paths())


@EVERY_MACHINE
def test_a_state_machine_may_call_the_functions_that_it_is_given(
    expanded: Template, machine: str
) -> None:
    given = set(references(properties(expanded, machine)["DefinitionSubstitutions"]))
    policy = properties(expanded, f"{machine}Role")["Policies"][0]["PolicyDocument"]["Statement"]
    allowed = next(item for item in policy if item["Action"] == "lambda:InvokeFunction")

    assert set(references(allowed["Resource"])) == given


@EVERY_MACHINE
def test_the_log_of_a_state_machine_has_no_data_of_its_states(
    expanded: Template, machine: str
) -> None:
    logging = properties(expanded, machine)["LoggingConfiguration"]

    assert logging["Level"] == "ERROR"
    assert logging["IncludeExecutionData"] is False


def default_environ(template: Template, name: str) -> dict[str, str]:
    """The variables of a function, where no parameter is set."""
    return {
        variable: default_of(template, value)
        for variable, value in variables(template, name).items()
    }


def default_of(template: Template, value: Any) -> str:
    """What a variable is, where no parameter is set."""
    match value:
        case {"Ref": str(name)} if name in template["Parameters"]:
            return str(template["Parameters"][name]["Default"])
        case {"Fn::GetAtt": [_, "Arn"]}:
            return "arn:known-when-deployed"
        case {"Ref": "MigrateOrg"}:
            return "arn:known-when-deployed"
        case {"Fn::If": _} | {"Ref": "ProbeQueue" | "NoticeQueue"}:
            return "https://known-when-deployed.example"
        case str():
            return value
        case _:
            return "known-when-deployed"
