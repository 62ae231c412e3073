from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from scripts import render_statemachines
from scripts.lint_statemachines import (
    asl_validator_problems,
    own_problems,
    statelint_problems,
)
from scripts.statemachine_rules import DEATHS, product_errors
from scripts.statemachines import DIRECTORY, Definition, all_states, load, paths, transitions
from zoom_migrator.domain import errors
from zoom_migrator.domain.cleanup_settings import CleanupSettings
from zoom_migrator.domain.migration import Next
from zoom_migrator.domain.version import PackageVersion

DEFINITIONS = pytest.mark.parametrize("path", paths(), ids=lambda path: path.name)


@DEFINITIONS
def test_asl_validator_accepts_the_definition(path: Path) -> None:
    assert asl_validator_problems(path) == []


@DEFINITIONS
def test_statelint_accepts_the_definition(path: Path) -> None:
    assert statelint_problems(load(path)) == []


@DEFINITIONS
def test_the_definition_follows_the_rules_of_this_repository(path: Path) -> None:
    assert own_problems(load(path)) == []


def test_the_page_about_the_state_machines_is_current() -> None:
    assert render_statemachines.README.read_text(encoding="utf-8") == render_statemachines.render()


def test_every_way_through_the_scan_that_fails_closes_its_scan_first() -> None:
    # SummariseScan closes the scan itself; if it cannot, the rule on failed executions does.
    assert ways_into(scan_fleet(), "ScanFailed") == {"RecordFailure", "SummariseScan"}


def test_a_scan_that_is_closed_does_not_fail_any_more() -> None:
    later = {"WatchOrgs", "AreAllWatched", "StartMigrations", "AreAllStarted", "Completed"}

    assert ways_into(scan_fleet(), "ScanFailed").isdisjoint(later)


def test_every_way_through_a_migration_that_fails_ends_its_migration_first() -> None:
    assert ways_into(migrate_org(), "MigrationFailed") == {"RecordMigrationFailure"}


def test_only_what_broke_fails_a_migration() -> None:
    definition = migrate_org()
    tasks = {name for name, state in all_states(definition) if state["Type"] == "Task"}

    assert ways_into(definition, "RecordMigrationFailure") == {
        *tasks - {"RecordMigrationFailure"},
        "RefuseVerdict",
    }
    for name, state in all_states(definition):
        for way in transitions(name, state):
            if way.target == "RecordMigrationFailure" and name in tasks:
                assert way.label == "States.ALL"


def test_the_crossing_knows_every_step_that_a_verdict_can_name() -> None:
    (crossing,) = [state for _, state in all_states(migrate_org()) if state["Type"] == "Choice"]
    conditions = {rule["Condition"]: rule["Next"] for rule in crossing["Choices"]}

    assert set(conditions) == {f"{{% $verdict.next = '{step}' %}}" for step in Next}
    assert len(set(conditions.values())) == len(conditions)


def test_every_function_that_decides_is_followed_by_the_crossing() -> None:
    deciding = {
        name for name, state in all_states(migrate_org()) if "verdict" in state.get("Assign", {})
    }

    assert deciding == {
        "PrepareUpgrade",
        "FollowUpApproval",
        "StartInstall",
        "CheckInstall",
        "FollowUpgradeByHand",
        "FollowUpAuthorization",
        "VerifyConnection",
        "FollowUpCleanup",
        "RemoveKeys",
    }
    assert ways_into(migrate_org(), "WhatIsNext") == deciding


def test_only_the_removal_of_keys_is_repeated_when_its_function_died() -> None:
    # Nothing else has to outlast a lease; elsewhere a function that dies is a mistake to be seen.
    repeated = {
        name
        for name, state in all_states(migrate_org())
        for retry in state.get("Retry", [])
        if not set(DEATHS).isdisjoint(retry["ErrorEquals"])
    }

    assert repeated == {"RemoveKeys"}


def test_a_failure_is_recorded_with_more_patience_than_a_lease_takes() -> None:
    state = migrate_org()["States"]["RecordMigrationFailure"]
    (retry,) = [each for each in state["Retry"] if "ConcurrentModification" in each["ErrorEquals"]]
    longest = [
        min(retry["IntervalSeconds"] * retry["BackoffRate"] ** number, retry["MaxDelaySeconds"])
        for number in range(retry["MaxAttempts"])
    ]

    # With full jitter a wait is half of the longest on the average.
    lease = CleanupSettings(jwt_deadline=date(2023, 9, 8), minimum=PackageVersion(3, 27)).lease
    assert sum(longest) / 2 > 1.5 * lease.total_seconds()


def test_a_broken_batch_never_fails_the_scan() -> None:
    scan_batches = scan_fleet()["States"]["ScanBatches"]
    batch = scan_batches["ItemProcessor"]["States"]

    assert batch["ScanOrgs"]["Catch"][-1]["Next"] == "BatchFailed"
    assert batch["BatchFailed"]["Type"] == "Pass"
    assert scan_batches["ToleratedFailurePercentage"] == 100


def test_a_batch_ends_before_the_limit_of_an_express_child() -> None:
    # Source: Step Functions quotas: an Express execution runs for five minutes at most.
    scan_orgs = scan_fleet()["States"]["ScanBatches"]["ItemProcessor"]["States"]["ScanOrgs"]

    assert scan_orgs["TimeoutSeconds"] < 300


def test_the_machine_can_use_only_as_many_functions_at_once_as_the_documentation_says() -> None:
    assert scan_fleet()["States"]["ScanBatches"]["MaxConcurrency"] == 8


def without_timeout(definition: Definition) -> None:
    del definition["States"]["PlanScan"]["TimeoutSeconds"]


def with_a_top_level_query_language(definition: Definition) -> None:
    definition["QueryLanguage"] = "JSONata"


def with_a_jsonata_map(definition: Definition) -> None:
    definition["States"]["ScanBatches"]["QueryLanguage"] = "JSONata"


def without_comment(definition: Definition) -> None:
    del definition["States"]["IsFleetEmpty"]["Comment"]


def with_an_unknown_error_caught(definition: Definition) -> None:
    catch = definition["States"]["PlanScan"]["Catch"]
    catch.insert(0, {**catch[-1], "ErrorEquals": ["ScanVanished"]})


def with_an_operator_error_retried(definition: Definition) -> None:
    definition["States"]["PlanScan"]["Retry"][1]["ErrorEquals"].append("ScanNotFound")


def with_everything_retried(definition: Definition) -> None:
    definition["States"]["PlanScan"]["Retry"][1]["ErrorEquals"] = ["States.ALL"]


def without_throttling_retried(definition: Definition) -> None:
    definition["States"]["PlanScan"]["Retry"][0]["ErrorEquals"].pop()


def without_jitter(definition: Definition) -> None:
    del definition["States"]["SummariseScan"]["Retry"][0]["JitterStrategy"]


def with_nothing_caught_in_the_batch(definition: Definition) -> None:
    del definition["States"]["ScanBatches"]["ItemProcessor"]["States"]["ScanOrgs"]["Catch"]


def with_a_variable_that_one_way_does_not_set(definition: Definition) -> None:
    del definition["States"]["RecordFailure"]["Catch"][0]["Assign"]


def with_a_variable_that_nobody_sets(definition: Definition) -> None:
    definition["States"]["IsFleetEmpty"]["Choices"][0]["Condition"] = "{% $batches = 0 %}"


def with_a_variable_that_nobody_reads(definition: Definition) -> None:
    definition["States"]["SummariseScan"]["Assign"] = {"scan_id": "{% $states.input.scan_id %}"}


@pytest.mark.parametrize(
    ("break_it", "finding"),
    [
        (without_timeout, "PlanScan: no TimeoutSeconds"),
        (with_a_top_level_query_language, "the top level names a QueryLanguage"),
        (with_a_jsonata_map, "ScanBatches: QueryLanguage is not JSONPath"),
        (without_comment, "IsFleetEmpty: no Comment"),
        (with_an_unknown_error_caught, "PlanScan: nothing raises ScanVanished"),
        (with_an_operator_error_retried, "PlanScan: ScanNotFound must not be retried"),
        (with_everything_retried, "PlanScan: States.ALL must not be retried"),
        (
            without_throttling_retried,
            "PlanScan: Lambda.TooManyRequestsException is not retried",
        ),
        (without_jitter, "SummariseScan: a Retry without JitterStrategy FULL"),
        (with_nothing_caught_in_the_batch, "ScanOrgs: its last Catch is not States.ALL"),
        (
            with_a_variable_that_one_way_does_not_set,
            "ScanFailed: $failure is read but not set on every way here",
        ),
        (
            with_a_variable_that_nobody_sets,
            "IsFleetEmpty: $batches is read but not set on every way here",
        ),
        (with_a_variable_that_nobody_reads, "$scan_id is set but never read"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_rules_notice_a_definition(
    break_it: Callable[[Definition], None], finding: str
) -> None:
    definition = scan_fleet()
    break_it(definition)

    assert finding in own_problems(definition)


def without_default(definition: Definition) -> None:
    del definition["States"]["WhatIsNext"]["Default"]


def with_a_succeed_state(definition: Definition) -> None:
    definition["States"]["Completed"]["Type"] = "Succeed"


def with_nobody_given_the_token(definition: Definition) -> None:
    del definition["States"]["RequestApproval"]["Arguments"]["Payload"]["task_token"]


def with_a_wait_for_a_token_without_end(definition: Definition) -> None:
    del definition["States"]["RequestApproval"]["TimeoutSeconds"]


def without_catching_that_nobody_answered(definition: Definition) -> None:
    del definition["States"]["RequestApproval"]["Catch"][0]


def with_the_token_kept_in_a_variable(definition: Definition) -> None:
    definition["States"]["RequestApproval"]["Assign"] = {"it": "{% $states.context.Task.Token %}"}


def with_the_token_handed_on(definition: Definition) -> None:
    definition["States"]["RequestApproval"]["Output"] = "{% $states.context.Task %}"


def with_the_token_given_to_another_function(definition: Definition) -> None:
    arguments = definition["States"]["CheckInstall"]["Arguments"]
    arguments["Payload"] = "{% $states.context.Task.Token %}"


def with_a_secret_in_its_data(definition: Definition) -> None:
    output = definition["States"]["Completed"]["Output"]
    output["access_token"] = "{% $verdict.access_token %}"


def with_a_secret_read_from_a_verdict(definition: Definition) -> None:
    definition["States"]["Completed"]["Output"]["how"] = "{% $verdict.approval_link %}"


@pytest.mark.parametrize(
    ("break_it", "finding"),
    [
        (without_default, "WhatIsNext: no Default"),
        (with_a_succeed_state, "Completed: a Succeed state"),
        (
            with_nobody_given_the_token,
            "RequestApproval: waits for a token that it gives to nobody",
        ),
        (with_a_wait_for_a_token_without_end, "RequestApproval: no TimeoutSeconds"),
        (
            without_catching_that_nobody_answered,
            "RequestApproval: waits for a token and does not catch States.Timeout by its name",
        ),
        (
            with_the_token_kept_in_a_variable,
            "RequestApproval: its task token is in other data than its Arguments",
        ),
        (
            with_the_token_handed_on,
            "RequestApproval: its task token is in other data than its Arguments",
        ),
        (
            with_the_token_given_to_another_function,
            "CheckInstall: its task token is in other data than its Arguments",
        ),
        (with_a_secret_in_its_data, "Completed: access_token is called like a secret"),
        (with_a_secret_read_from_a_verdict, "Completed: approval_link is called like a secret"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_rules_notice_a_definition_that_waits_for_people(
    break_it: Callable[[Definition], None], finding: str
) -> None:
    definition = migrate_org()
    break_it(definition)

    assert finding in own_problems(definition)


def test_asl_validator_notices_a_state_that_does_not_exist(tmp_path: Path) -> None:
    definition = scan_fleet()
    definition["States"]["PlanScan"]["Next"] = "Nowhere"
    broken = tmp_path / "broken.asl.json"
    broken.write_text(json.dumps(definition), encoding="utf-8")

    assert asl_validator_problems(broken)


def test_statelint_notices_a_field_of_the_other_query_language() -> None:
    definition = scan_fleet()
    definition["States"]["PlanScan"]["ResultPath"] = "$.plan"

    assert statelint_problems(definition)


@DEFINITIONS
def test_our_transient_errors_are_the_ones_the_machines_retry(path: Path) -> None:
    retried = {
        error
        for _, state in all_states(load(path))
        for retry in state.get("Retry", [])
        for error in retry["ErrorEquals"]
        if "." not in error
    }

    assert retried == product_errors(errors.TransientError)


def scan_fleet() -> Definition:
    return load(DIRECTORY / "scan_fleet.asl.json")


def migrate_org() -> Definition:
    return load(DIRECTORY / "migrate_org.asl.json")


def ways_into(definition: Definition, target: str) -> set[str]:
    """The states that lead to a state."""
    return {
        way.source
        for name, state in all_states(definition)
        for way in transitions(name, state)
        if way.target == target
    }
