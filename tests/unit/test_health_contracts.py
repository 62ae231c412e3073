from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from zoom_migrator.contracts import Contract
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.domain.stuck import Stuck, StuckKind
from zoom_migrator.health_contracts import (
    ItemFailure,
    ProbeGrantsInput,
    ProbeGrantsOutput,
    ProbeRecord,
    SweepFleetInput,
    SweepFleetOutput,
    WatchedSoFar,
    WatchOrgsInput,
    WatchOrgsOutput,
)
from zoom_migrator.use_cases.check_health import Health
from zoom_migrator.use_cases.sweep_fleet import Swept
from zoom_migrator.use_cases.watch_after_scan import Watched

type Json = dict[str, Any]

SCAN_ID = "scan-20261124T050000Z-k3v7qa"
RECORD: Json = {
    "messageId": "059f36b4-87a3-44ab-83d2-661975970001",
    "body": "order-canary",
    "attributes": {"SentTimestamp": "1782871200123"},
}
# What the very first version of each input had: these fields, and no other, may be required.
FIRST_INPUTS: list[tuple[type[Contract], Json]] = [
    (WatchOrgsInput, {"scan_id": SCAN_ID}),
    (SweepFleetInput, {}),
    (ProbeGrantsInput, {"Records": [RECORD]}),
    (ProbeRecord, RECORD),
]


@pytest.mark.parametrize(("contract", "payload"), FIRST_INPUTS)
def test_inputs_of_older_and_of_newer_callers_are_understood(
    contract: type[Contract], payload: Json
) -> None:
    for understood in (payload, payload | {"added_later": {"by": "somebody"}}):
        assert payload.keys() - contract.model_validate(understood).model_fields_set <= {
            "messageId"
        }


def test_how_connected_orgs_are_is_told_in_numbers() -> None:
    found = Counter({Health.WELL: 7, Health.LOST: 1})

    output = WatchOrgsOutput.of(
        SCAN_ID, Watched(found, failed=2, is_complete=False), WatchedSoFar()
    )

    assert output.model_dump(mode="json") == {
        "scan_id": SCAN_ID,
        "found": {"lost": 1, "well": 7},
        "failed": 2,
        "is_complete": False,
    }


def test_what_a_call_saw_is_added_to_what_those_before_it_saw() -> None:
    before = WatchOrgsOutput(
        scan_id=SCAN_ID, found={"unproven": 2, "well": 1}, failed=1, is_complete=False
    )
    task_input = WatchOrgsInput.model_validate({"scan_id": SCAN_ID, "so_far": before.model_dump()})

    output = WatchOrgsOutput.of(
        SCAN_ID, Watched(Counter({Health.WELL: 7, Health.LOST: 1})), task_input.before
    )

    assert task_input.before.orgs == 4
    assert (output.found, output.failed) == ({"lost": 1, "unproven": 2, "well": 8}, 1)
    assert output.is_complete


@pytest.mark.parametrize("so_far", [{"failed": -1}, {"found": {"well": -1}}, {"found": 7}], ids=str)
def test_what_earlier_calls_saw_is_no_nonsense(so_far: Json) -> None:
    with pytest.raises(ValidationError, match="so_far"):
        WatchOrgsInput.model_validate({"scan_id": SCAN_ID, "so_far": so_far})


def test_what_a_sweep_did_is_told_in_numbers() -> None:
    stuck = Stuck("00D5g000004xyzABCD", StuckKind.NO_REASON, OrgStatus.BLOCKED)

    output = SweepFleetOutput.of(Swept(["a"], [stuck, stuck], ["b"], ["c"]))

    assert output.model_dump(mode="json") == {
        "moved": 1,
        "named": 2,
        "failed": 1,
        "expired": 1,
        "is_complete": True,
    }


class TestAMessage:
    def test_it_tells_when_it_came_into_the_queue(self) -> None:
        record = ProbeRecord.model_validate(RECORD)

        assert record.sent_at == datetime(2026, 7, 1, 2, 0, 0, 123_000, UTC)

    def test_it_is_in_no_representation(self) -> None:
        assert "canary" not in repr(ProbeRecord.model_validate(RECORD))

    def test_a_batch_is_read_whatever_is_in_its_messages(self) -> None:
        batch = ProbeGrantsInput.model_validate({"Records": [{"messageId": "1", "body": [7]}]})

        assert [record.messageId for record in batch.Records] == ["1"]

    @pytest.mark.parametrize("sent_at", ["", "now", "-1", "1e3", "99999999999999", None], ids=repr)
    def test_one_without_its_time_is_none(self, sent_at: object) -> None:
        with pytest.raises(ValidationError, match="SentTimestamp"):
            ProbeRecord.model_validate(RECORD | {"attributes": {"SentTimestamp": sent_at}})

    def test_those_that_failed_are_named_as_lambda_expects_it(self) -> None:
        output = ProbeGrantsOutput(batchItemFailures=(ItemFailure(itemIdentifier="1"),))

        assert output.model_dump(mode="json") == {"batchItemFailures": [{"itemIdentifier": "1"}]}
