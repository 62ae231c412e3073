from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.builders import SCAN_ID, org_id_of
from zoom_migrator.contracts import (
    Contract,
    ExecutionStatusChange,
    ManifestReference,
    PlanScanInput,
    PlanScanOutput,
    RecordOutcomeOutput,
    ScanOrgsInput,
    ScanOrgsOutput,
    SummariseScanInput,
    SummariseScanOutput,
    TaskFailure,
)
from zoom_migrator.domain.scan import ManifestLocation, ScanBatch, ScanStatus
from zoom_migrator.migration_contracts import (
    MigrationTaskInput,
    RecordMigrationFailureInput,
    RequestApprovalInput,
    StartMigrationsInput,
)

type Json = dict[str, object]

PLAN: Json = {
    "scan_id": SCAN_ID,
    "started_at": "2026-07-01T02:00:00.123Z",
    "trigger": "schedule",
    "requested_by": "schedule",
}
BATCH: Json = {"scan_id": SCAN_ID, "batch_number": 3, "org_ids": [org_id_of(1), org_id_of(2)]}
SUMMARY: Json = {"scan_id": SCAN_ID, "failure": {"error": "States.Timeout", "cause": ""}}
STATUS_CHANGE: Json = {
    "version": "0",
    "id": "315c1398-40ff-a850-213b-158f73e60175",
    "detail-type": "Step Functions Execution Status Change",
    "source": "aws.states",
    "account": "123456789012",
    "time": "2026-07-01T02:10:00Z",
    "region": "eu-central-1",
    "resources": [f"arn:aws:states:eu-central-1:123456789012:execution:scan_fleet:{SCAN_ID}"],
    "detail": {
        "executionArn": f"arn:aws:states:eu-central-1:123456789012:execution:scan_fleet:{SCAN_ID}",
        "stateMachineArn": "arn:aws:states:eu-central-1:123456789012:stateMachine:scan_fleet",
        "name": SCAN_ID,
        "status": "TIMED_OUT",
        "startDate": 1782871200000,
        "stopDate": 1782871800000,
        "input": "{}",
        "output": None,
        "inputDetails": {"included": True},
        "outputDetails": None,
        "error": None,
        "cause": None,
    },
}
TASK: Json = {"org_id": org_id_of(1), "attempt": 2}
ASK: Json = TASK | {"task_token": "AAAAKgAAAAIAAAAAAAAAAcanary-token/+="}
BROKEN: Json = {
    **STATUS_CHANGE,
    "detail": {
        **cast(Json, STATUS_CHANGE["detail"]),
        "executionArn": "arn:aws:states:eu-central-1:123456789012:execution:migrate_org:x",
        "stateMachineArn": "arn:aws:states:eu-central-1:123456789012:stateMachine:migrate_org",
        "name": f"{org_id_of(1)}-2",
    },
}
INPUTS: list[tuple[type[Contract], Json]] = [
    (PlanScanInput, PLAN),
    (ScanOrgsInput, BATCH),
    (SummariseScanInput, SUMMARY),
    (ExecutionStatusChange, STATUS_CHANGE),
    (MigrationTaskInput, TASK),
    (RequestApprovalInput, ASK),
    (RecordMigrationFailureInput, BROKEN),
    (StartMigrationsInput, {"scan_id": SCAN_ID}),
]
# What the very first version of each input had: these fields, and no other, may be required.
FIRST_INPUTS: list[tuple[type[Contract], Json]] = [
    (PlanScanInput, {"scan_id": SCAN_ID, "started_at": "2026-07-01T02:00:00Z"}),
    (ScanOrgsInput, BATCH),
    (SummariseScanInput, {"scan_id": SCAN_ID}),
    (
        ExecutionStatusChange,
        {"detail": {"executionArn": "arn", "name": SCAN_ID, "status": "FAILED"}},
    ),
    (MigrationTaskInput, TASK),
    (RequestApprovalInput, ASK),
    (
        RecordMigrationFailureInput,
        {
            "detail": {
                "executionArn": "arn",
                "name": f"{org_id_of(1)}-2",
                "status": "FAILED",
            }
        },
    ),
    (StartMigrationsInput, {"scan_id": SCAN_ID}),
]


@pytest.mark.parametrize(("contract", "payload"), FIRST_INPUTS)
def test_the_input_of_an_older_state_machine_is_still_understood(
    contract: type[Contract], payload: Json
) -> None:
    understood = contract.model_validate(payload)

    assert payload.keys() <= understood.model_fields_set


@pytest.mark.parametrize(("contract", "payload"), INPUTS)
def test_the_input_of_a_newer_state_machine_is_understood_too(
    contract: type[Contract], payload: Json
) -> None:
    assert contract.model_validate(payload | {"new_field": {"deep": [1]}}) == (
        contract.model_validate(payload)
    )


@pytest.mark.parametrize(("contract", "payload"), FIRST_INPUTS)
def test_a_required_field_that_is_missing_is_named(contract: type[Contract], payload: Json) -> None:
    for name in payload:
        rest = {key: value for key, value in payload.items() if key != name}
        with pytest.raises(ValidationError, match=name):
            contract.model_validate(rest)


@pytest.mark.parametrize(("contract", "_payload"), INPUTS)
@pytest.mark.parametrize(
    "junk", [None, [], "", "{}", 0, True, {}, {"scan_id": None}, {"scan_id": []}, {"detail": 1}]
)
def test_junk_is_refused(contract: type[Contract], _payload: Json, junk: object) -> None:
    with pytest.raises(ValidationError):
        contract.model_validate(junk)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
names = st.sampled_from(
    [
        *("scan_id", "started_at", "trigger", "batch_number", "org_ids", "failure", "detail"),
        *("name", "org_id", "attempt", "task_token"),
    ]
)


@given(st.sampled_from([contract for contract, _ in INPUTS]), st.dictionaries(names, json_values))
def test_any_json_is_understood_or_refused(contract: type[Contract], payload: Json) -> None:
    try:
        understood = contract.model_validate(payload)
    except ValidationError:
        return
    assert json.dumps(understood.model_dump(mode="json"))


@pytest.mark.parametrize(
    "scan_id", ["a", "x" * 80, SCAN_ID, "3f1c6d0e-5a3b-4c55-9a51-2b7a7a9b1f1e", "scan_1.2:3"]
)
def test_a_scan_id_is_whatever_names_an_execution(scan_id: str) -> None:
    assert SummariseScanInput(scan_id=scan_id).scan_id == scan_id


@pytest.mark.parametrize(
    "scan_id", ["", " ", "x" * 81, "a b", "a/b", "a#b", "a\n", "\na", "a\x00", "é", "<script>"]
)
def test_anything_else_is_no_scan_id(scan_id: str) -> None:
    with pytest.raises(ValidationError, match="scan_id"):
        SummariseScanInput(scan_id=scan_id)


class TestPlanScan:
    def test_the_start_is_a_moment_in_time(self) -> None:
        assert PlanScanInput.model_validate(PLAN).started_at == datetime(
            2026, 7, 1, 2, 0, 0, 123_000, tzinfo=UTC
        )
        offset = PlanScanInput.model_validate(PLAN | {"started_at": "2026-07-01T04:00:00+02:00"})
        assert offset.started_at == datetime(2026, 7, 1, 4, tzinfo=timezone(timedelta(hours=2)))

    @pytest.mark.parametrize("start", ["2026-07-01T02:00:00", "2026-07-01", "soon", "", None])
    def test_a_start_without_a_time_zone_is_refused(self, start: object) -> None:
        with pytest.raises(ValidationError, match="started_at"):
            PlanScanInput.model_validate(PLAN | {"started_at": start})

    def test_the_output_is_what_the_state_machine_reads(self) -> None:
        output = PlanScanOutput(
            scan_id=SCAN_ID,
            manifest=ManifestReference(bucket="scans", key="scans/1/manifest.json"),
            org_count=3,
            batch_count=2,
        )

        assert output.model_dump(mode="json") == {
            "scan_id": SCAN_ID,
            "manifest": {"bucket": "scans", "key": "scans/1/manifest.json"},
            "org_count": 3,
            "batch_count": 2,
        }
        assert output.manifest.location() == ManifestLocation("scans", "scans/1/manifest.json")


class TestScanOrgs:
    def test_an_item_of_the_manifest_is_a_batch(self) -> None:
        assert ScanOrgsInput.model_validate(BATCH).batch() == ScanBatch(
            SCAN_ID, number=3, org_ids=(org_id_of(1), org_id_of(2))
        )

    def test_the_first_batch_is_number_one(self) -> None:
        assert ScanOrgsInput.model_validate(BATCH | {"batch_number": 1}).batch().number == 1

    @pytest.mark.parametrize(
        "change",
        [
            {"batch_number": 0},
            {"batch_number": -1},
            {"batch_number": "x"},
            {"org_ids": org_id_of(1)},
            {"org_ids": [1]},
            {"org_ids": [None]},
            {"org_ids": None},
        ],
    )
    def test_a_broken_item_is_refused(self, change: Json) -> None:
        with pytest.raises(ValidationError, match=next(iter(change))):
            ScanOrgsInput.model_validate(BATCH | change)

    def test_the_output_is_small_whatever_the_batch(self) -> None:
        output = ScanOrgsOutput(scan_id=SCAN_ID, batch_number=3, checked=200)

        assert output.model_dump(mode="json") == {
            "scan_id": SCAN_ID,
            "batch_number": 3,
            "checked": 200,
        }


class TestFailures:
    @pytest.mark.parametrize(
        ("error", "cause", "summary"),
        [
            ("States.Timeout", "", "States.Timeout"),
            ("", "it took too long", "it took too long"),
            ("StoreUnavailable", "throttled", "StoreUnavailable: throttled"),
            ("", "", "unknown error"),
            (" ", "\n", "unknown error"),
            ("A:B", "::", "A:B: ::"),
            ("Crash", 'Traceback:\n  line 1\r\n\tline 2', "Crash: Traceback: line 1 line 2"),
            ("Crash", '{"errorMessage": "too\\nlate", "stackTrace": ["..."]}', "Crash: too late"),
            ("Crash", '{"errorMessage": null}', 'Crash: {"errorMessage": null}'),
            ("Crash", "[" * 32_000 + "]", "Crash: " + "[" * 493),
        ],
    )  # fmt: skip
    def test_error_and_cause_become_one_line(self, error: str, cause: str, summary: str) -> None:
        assert TaskFailure(error=error, cause=cause).summary() == summary

    def test_a_long_cause_is_cut(self) -> None:
        assert len(TaskFailure(error="Crash", cause="x" * 32_768).summary()) == 500

    def test_a_scan_that_ran_to_its_end_has_no_failure(self) -> None:
        assert SummariseScanInput(scan_id=SCAN_ID).failure is None

    def test_a_failure_without_words_is_a_failure_all_the_same(self) -> None:
        failure = SummariseScanInput.model_validate({"scan_id": SCAN_ID, "failure": {}}).failure

        assert failure is not None
        assert failure.summary() == "unknown error"


class TestEndsOfExecutions:
    def test_the_event_of_aws_is_understood(self) -> None:
        detail = ExecutionStatusChange.model_validate(STATUS_CHANGE).detail

        assert detail.failure().summary() == "TIMED_OUT"

    def test_the_name_of_the_execution_is_the_id_of_the_scan(self) -> None:
        assert ExecutionStatusChange.model_validate(STATUS_CHANGE).scan_id == SCAN_ID

    def test_the_error_of_the_execution_goes_before_its_status(self) -> None:
        payload = json.loads(json.dumps(STATUS_CHANGE))
        payload["detail"] |= {"status": "FAILED", "error": "States.Runtime", "cause": "bad path"}

        detail = ExecutionStatusChange.model_validate(payload).detail

        assert detail.failure().summary() == "States.Runtime: bad path"


def test_outputs_are_plain_json() -> None:
    summary = SummariseScanOutput(
        scan_id=SCAN_ID, status=ScanStatus.COMPLETED, counts={"behind": 2}
    )
    outcome = RecordOutcomeOutput(scan_id=SCAN_ID, status=ScanStatus.FAILED)

    assert json.loads(json.dumps(summary.model_dump(mode="json"))) == {
        "scan_id": SCAN_ID,
        "status": "completed",
        "counts": {"behind": 2},
    }
    assert outcome.model_dump(mode="json") == {"scan_id": SCAN_ID, "status": "failed"}
