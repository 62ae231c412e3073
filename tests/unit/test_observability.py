from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from aws_lambda_powertools.utilities.typing import LambdaContext

from tests.builders import SCAN_ID, a_result, a_scan, after, org_id_of
from zoom_migrator.contracts import (
    RecordOutcomeOutput,
    ScanOrgsInput,
    ScanOrgsOutput,
    SummariseScanInput,
)
from zoom_migrator.domain.errors import InvalidTaskInput, StoreUnavailable
from zoom_migrator.domain.scan import ScanOutcome, ScanStatus
from zoom_migrator.observability import NAMESPACE, Handler, count_scan, logger, parse, task

type Lines = Callable[[], list[dict[str, Any]]]

BATCH = {"scan_id": SCAN_ID, "batch_number": 3, "org_ids": [org_id_of(1)], "note": "canary-4711"}


class Context:
    """The part of Lambda's context that the decorator reads."""

    function_name = "scan_orgs"
    aws_request_id = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"


CONTEXT = cast(LambdaContext, Context())


@pytest.fixture
def log() -> Iterator[Lines]:
    """What was logged, line by line."""
    # The test framework hangs handlers of its own beside the product's.
    (handler,) = (
        each
        for each in logger.handlers
        if isinstance(each, logging.StreamHandler)
        and isinstance(each.formatter, LambdaPowertoolsFormatter)
    )
    written = io.StringIO()
    before = handler.setStream(written)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    handler.setStream(before or written)


def handler_that(does: Callable[[], object]) -> Handler:
    @task(ScanOrgsInput)
    def handler(task_input: ScanOrgsInput, _context: LambdaContext) -> ScanOrgsOutput:
        does()
        return ScanOrgsOutput(
            scan_id=task_input.scan_id, batch_number=task_input.batch_number, checked=1
        )

    return handler


def fail(error: Exception) -> Callable[[], object]:
    def raise_it() -> object:
        raise error

    return raise_it


def test_a_task_takes_and_returns_plain_json() -> None:
    answer = handler_that(lambda: None)(dict(BATCH), CONTEXT)

    assert answer == {"scan_id": SCAN_ID, "batch_number": 3, "checked": 1}


def test_every_line_carries_the_ids_and_none_the_event(log: Lines) -> None:
    package_log = logging.getLogger("zoom_migrator.use_cases.anything")

    def speak() -> None:
        logger.info("half_way", count=7)
        package_log.error("check_crashed", extra={"org_id": org_id_of(1)})

    handler_that(speak)(dict(BATCH), CONTEXT)

    assert [line["message"] for line in log()] == ["half_way", "check_crashed"]
    assert log()[0]["count"] == 7
    assert log()[1]["org_id"] == org_id_of(1)
    for line in log():
        assert (line["scan_id"], line["batch_number"]) == (SCAN_ID, 3)
        assert (line["request_id"], line["function"]) == (Context.aws_request_id, "scan_orgs")
        assert "canary-4711" not in json.dumps(line)


def test_ids_do_not_stay_for_the_next_invocation(log: Lines) -> None:
    handler_that(lambda: None)(dict(BATCH), CONTEXT)

    @task(SummariseScanInput)
    def another(_input: SummariseScanInput, _context: LambdaContext) -> RecordOutcomeOutput:
        logger.info("working")
        return RecordOutcomeOutput(scan_id="scan-2", status=ScanStatus.COMPLETED)

    another({"scan_id": "scan-2"}, CONTEXT)

    assert log()[-1]["scan_id"] == "scan-2"
    assert "batch_number" not in log()[-1]


def test_an_error_of_the_product_leaves_by_its_name_and_is_logged(log: Lines) -> None:
    handler = handler_that(fail(StoreUnavailable("DynamoDB throttles.", remedy="Wait.")))

    with pytest.raises(StoreUnavailable):
        handler(dict(BATCH), CONTEXT)

    (line,) = log()
    assert (line["message"], line["level"]) == ("task_failed", "ERROR")
    assert (line["error"], line["reason"], line["remedy"]) == (
        "StoreUnavailable",
        "DynamoDB throttles.",
        "Wait.",
    )
    assert line["scan_id"] == SCAN_ID


def test_a_crash_leaves_as_it_is_and_is_logged_with_its_trace(log: Lines) -> None:
    with pytest.raises(ZeroDivisionError):
        handler_that(lambda: 1 // 0)(dict(BATCH), CONTEXT)

    (line,) = log()
    assert line["message"] == "task_crashed"
    assert line["exception_name"] == "ZeroDivisionError"


def test_input_that_does_not_fit_is_refused_by_its_fields_and_not_repeated(log: Lines) -> None:
    event = {"scan_id": "canary 4711", "batch_number": "canary", "org_ids": ["canary", 4711]}

    with pytest.raises(InvalidTaskInput) as refused:
        handler_that(lambda: None)(event, CONTEXT)

    for field in ("scan_id", "batch_number", "org_ids.1"):
        assert f"{field}: " in refused.value.message
    assert "canary" not in refused.value.message
    assert "canary" not in json.dumps(log())


@pytest.mark.parametrize("junk", [None, [], "text", 7])
def test_input_that_is_not_even_an_object_is_refused(junk: object) -> None:
    with pytest.raises(InvalidTaskInput, match="not a SummariseScanInput"):
        parse(SummariseScanInput, junk)


def test_a_hostile_value_stays_within_its_line(log: Lines) -> None:
    handler_that(lambda: logger.info("seen", detail='x"}\n{"level":"CRITICAL"'))(
        dict(BATCH), CONTEXT
    )

    (line,) = log()
    assert line["detail"] == 'x"}\n{"level":"CRITICAL"'


def test_a_task_without_metrics_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    handler_that(lambda: None)(dict(BATCH), CONTEXT)

    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("failure", ["", "States.Timeout"])
def test_a_scan_that_ended_is_counted_with_what_it_found(
    capsys: pytest.CaptureFixture[str], failure: str
) -> None:
    scan = a_scan().ended(
        [
            a_result(org_id_of(1), outcome=ScanOutcome.BEHIND),
            a_result(org_id_of(2), outcome=ScanOutcome.BEHIND),
            a_result(org_id_of(3), outcome=ScanOutcome.NOT_INSTALLED),
        ],
        at=after(minutes=1),
        failure=failure,
    )

    handler_that(lambda: count_scan(scan))(dict(BATCH), CONTEXT)

    published = json.loads(capsys.readouterr().out)
    (group,) = published["_aws"]["CloudWatchMetrics"]
    assert group["Namespace"] == NAMESPACE
    assert {metric["Name"]: published[metric["Name"]] for metric in group["Metrics"]} == {
        "ScanFailed" if failure else "ScanCompleted": [1.0],
        "OrgsBehind": [2.0],
        "OrgsNotInstalled": [1.0],
    }


def test_metrics_are_published_even_if_the_task_fails(capsys: pytest.CaptureFixture[str]) -> None:
    def count_and_fail() -> None:
        count_scan(a_scan().ended([], at=after(minutes=1)))
        raise StoreUnavailable("throttled")

    with pytest.raises(StoreUnavailable):
        handler_that(count_and_fail)(dict(BATCH), CONTEXT)

    assert "ScanCompleted" in capsys.readouterr().out
