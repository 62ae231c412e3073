"""What goes in and out of the functions of ``migrate_org``; see also ``test_contracts``."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tests.builders import SCAN_ID, org_id_of
from zoom_migrator.domain.migration import MigrationOutcome, Next, Verdict
from zoom_migrator.migration_contracts import (
    MigrationTaskInput,
    RecordMigrationFailureInput,
    RecordMigrationFailureOutput,
    RequestApprovalInput,
    RequestApprovalOutput,
    RequestAuthorizationInput,
    RequestAuthorizationOutput,
    RequestCleanupInput,
    RequestCleanupOutput,
    StartMigrationsOutput,
    VerdictOutput,
)

type Json = dict[str, object]
type Ask = RequestApprovalInput | RequestAuthorizationInput | RequestCleanupInput
type Asked = RequestApprovalOutput | RequestAuthorizationOutput | RequestCleanupOutput

TASK: Json = {"org_id": org_id_of(1), "attempt": 2}
TASK_TOKEN = "AAAAKgAAAAIAAAAAAAAAAcanary-token/+="
ASK: Json = TASK | {"task_token": TASK_TOKEN}
BROKEN: Json = {
    "detail": {"executionArn": "arn", "name": f"{org_id_of(1)}-2", "status": "TIMED_OUT"}
}


class TestMigrationTasks:
    def test_a_migration_is_named_by_its_org_and_its_attempt(self) -> None:
        task = MigrationTaskInput.model_validate(TASK)

        assert (task.org_id, task.attempt) == (org_id_of(1), 2)
        assert task.migration_id == f"{org_id_of(1)}-2"

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("org_id", org_id_of(1)[:15]),
            ("org_id", "005" + org_id_of(1)[3:]),
            ("org_id", org_id_of(1) + "\n"),
            ("org_id", f"ORG#{org_id_of(1)}"),
            ("org_id", ""),
            ("attempt", 0),
            ("attempt", -1),
            ("attempt", 1_000_000),
            ("attempt", 1.5),
            ("attempt", "two"),
            ("attempt", None),
        ],
    )
    def test_anything_else_names_none(self, field: str, value: object) -> None:
        for contract, payload in (
            (MigrationTaskInput, TASK),
            (RequestApprovalInput, ASK),
            (RequestAuthorizationInput, ASK),
            (RequestCleanupInput, ASK),
        ):
            with pytest.raises(ValidationError, match=field):
                contract.model_validate(payload | {field: value})

    @pytest.mark.parametrize(
        ("verdict", "output"),
        [
            (
                Verdict(Next.POLL, wait_seconds=30),
                {"next": "poll", "wait_seconds": 30, "outcome": None},
            ),
            (
                Verdict(Next.END, outcome=MigrationOutcome.UPGRADED),
                {"next": "end", "wait_seconds": 0, "outcome": "upgraded"},
            ),
        ],
    )
    def test_the_state_machine_reads_what_comes_next(self, verdict: Verdict, output: Json) -> None:
        assert VerdictOutput.of(verdict).model_dump(mode="json") == output

    @pytest.mark.parametrize("next_state", Next)
    def test_every_next_state_can_be_told(self, next_state: Next) -> None:
        told = VerdictOutput.of(Verdict(next_state)).model_dump(mode="json")

        assert told["next"] == next_state.value


@pytest.mark.parametrize(
    "contract", [RequestApprovalInput, RequestAuthorizationInput, RequestCleanupInput]
)
class TestTaskTokens:
    def test_one_is_read_as_it_is_and_never_shown(self, contract: type[Ask]) -> None:
        read = contract.model_validate(ASK)

        assert read.task_token == TASK_TOKEN
        assert "canary" not in repr(read) + str(read)

    @pytest.mark.parametrize("token", ["", "x" * 2_049, None, 1])
    def test_what_could_not_be_one_is_refused(self, contract: type[Ask], token: object) -> None:
        with pytest.raises(ValidationError, match="task_token"):
            contract.model_validate(ASK | {"task_token": token})

    def test_the_longest_there_is_fits(self, contract: type[Ask]) -> None:
        read = contract.model_validate(ASK | {"task_token": "x" * 2_048})

        assert len(read.task_token) == 2_048


@pytest.mark.parametrize(
    "contract", [RequestApprovalOutput, RequestAuthorizationOutput, RequestCleanupOutput]
)
def test_no_task_token_is_in_an_output(contract: type[Asked]) -> None:
    output = contract(org_id=org_id_of(1), attempt=2)

    assert output.model_dump(mode="json") == {"org_id": org_id_of(1), "attempt": 2}


class TestEndsOfMigrations:
    def test_the_name_of_the_execution_is_the_id_of_the_migration(self) -> None:
        read = RecordMigrationFailureInput.model_validate(BROKEN)

        assert (read.org_id, read.attempt) == (org_id_of(1), 2)
        assert read.migration_id == f"{org_id_of(1)}-2"
        assert read.detail.failure().summary() == "TIMED_OUT"

    @pytest.mark.parametrize(
        "name",
        [
            SCAN_ID,
            org_id_of(1),
            f"{org_id_of(1)}-",
            f"{org_id_of(1)}-0",
            f"{org_id_of(1)}-02",
            f"{org_id_of(1)}-1000000",
            f"{org_id_of(1)}-2\n",
            f"{org_id_of(1)[:15]}-2",
            f"x{org_id_of(1)}-2",
        ],
    )
    def test_an_execution_of_another_name_is_no_migration(self, name: str) -> None:
        with pytest.raises(ValidationError, match="name"):
            RecordMigrationFailureInput.model_validate(
                {"detail": {"executionArn": "arn", "name": name, "status": "FAILED"}}
            )

    @pytest.mark.parametrize("outcome", [*MigrationOutcome, None])
    def test_how_it_ended_is_told(self, outcome: MigrationOutcome | None) -> None:
        output = RecordMigrationFailureOutput(org_id=org_id_of(1), attempt=2, outcome=outcome)

        assert output.model_dump(mode="json")["outcome"] == outcome


def test_what_a_scan_started_is_told_in_numbers() -> None:
    output = StartMigrationsOutput(
        scan_id=SCAN_ID, started=3, already_running=2, superseded=1, failed=0, is_complete=True
    )

    assert output.model_dump(mode="json") == {
        "scan_id": SCAN_ID,
        "started": 3,
        "already_running": 2,
        "superseded": 1,
        "failed": 0,
        "is_complete": True,
    }
