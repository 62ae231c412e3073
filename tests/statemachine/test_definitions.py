from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts import render_statemachines
from scripts.lint_statemachines import (
    asl_validator_problems,
    own_problems,
    product_errors,
    statelint_problems,
)
from scripts.statemachines import Definition, all_states, load, paths, transitions
from zoom_migrator.domain import errors

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
    definition = scan_fleet()
    ways_into_failure = {
        way.source
        for name, state in definition["States"].items()
        for way in transitions(name, state)
        if way.target == "ScanFailed"
    }

    # SummariseScan closes the scan itself; if it cannot, the rule on failed executions does.
    assert ways_into_failure == {"RecordFailure", "SummariseScan"}


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


def test_our_transient_errors_are_the_ones_the_machines_retry() -> None:
    retried = {
        error
        for _, state in all_states(scan_fleet())
        for retry in state.get("Retry", [])
        for error in retry["ErrorEquals"]
        if "." not in error
    }

    assert retried == product_errors(errors.TransientError)


def scan_fleet() -> Definition:
    return load(next(path for path in paths() if path.name == "scan_fleet.asl.json"))
