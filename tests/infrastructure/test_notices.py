"""How what happens becomes events, and events become notices."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from moto.events.models import EventPattern

from scripts.example_org import SCAN
from scripts.notice_examples import notices
from tests.builders import a_migration, a_result, an_org
from tests.infrastructure.templates import Template, properties
from zoom_migrator.adapters.dynamodb.keys import Item
from zoom_migrator.adapters.dynamodb.migration_items import migration_item
from zoom_migrator.adapters.dynamodb.notice_items import notice_item
from zoom_migrator.adapters.dynamodb.org_items import org_item
from zoom_migrator.adapters.dynamodb.scan_items import result_item, scan_item
from zoom_migrator.domain.notice_settings import NoticeSettings
from zoom_migrator.domain.product_event import SOURCE
from zoom_migrator.domain.scan import ScanStatus

NOTICE = notice_item(next(iter(notices())))
RUNNING = scan_item(replace(SCAN, status=ScanStatus.RUNNING, ended_at=None))


def passes(template: Template, name: str, item: Item) -> bool:
    """Whether the stream hands a change on to the function."""
    keys = {"pk": item["pk"], "sk": item["sk"]}
    record: Any = {"eventName": name, "dynamodb": {"Keys": keys, "NewImage": item}}
    filters = properties(template, "PublishEventsMapping")["FilterCriteria"]["Filters"]
    return any(EventPattern.load(each["Pattern"]).matches_event(record) for each in filters)


def test_notices_that_are_recorded_and_scans_that_are_over_are_published(
    expanded: Template,
) -> None:
    assert passes(expanded, "INSERT", NOTICE)
    for status in (ScanStatus.COMPLETED, ScanStatus.FAILED):
        assert passes(expanded, "MODIFY", scan_item(replace(SCAN, status=status)))


@pytest.mark.parametrize(
    ("name", "item"),
    [
        ("MODIFY", NOTICE),
        ("REMOVE", NOTICE),
        ("MODIFY", RUNNING),
        ("INSERT", RUNNING),
        ("INSERT", result_item(a_result())),
        ("MODIFY", org_item(an_org())),
        ("INSERT", migration_item(a_migration())),
    ],
)
def test_other_changes_cost_no_invocation(expanded: Template, name: str, item: Item) -> None:
    assert not passes(expanded, name, item)


def test_changes_are_tried_for_as_long_as_the_stream_has_them_and_then_given_up(
    expanded: Template,
) -> None:
    mapping = properties(expanded, "PublishEventsMapping")

    assert properties(expanded, "Table")["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}
    assert mapping["EventSourceArn"] == {"Fn::GetAtt": ["Table", "StreamArn"]}
    # Nothing that was recorded before the mapping was made is left out.
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert mapping["MaximumRecordAgeInSeconds"] == 24 * 3600
    assert "MaximumRetryAttempts" not in mapping
    assert mapping["BisectBatchOnFunctionError"] is True
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_events_that_are_late_raise_an_alarm(expanded: Template) -> None:
    alarm = properties(expanded, "PublishEventsAgeAlarm")

    assert (alarm["MetricName"], alarm["Statistic"]) == ("IteratorAge", "Maximum")
    assert alarm["Dimensions"][0]["Value"] == {"Ref": "PublishEventsFunction"}


def test_a_filter_is_what_aws_can_read(expanded: Template) -> None:
    for each in properties(expanded, "PublishEventsMapping")["FilterCriteria"]["Filters"]:
        # Source: Lambda API reference, "Filter".
        assert len(each["Pattern"]) <= 4096
        assert json.loads(each["Pattern"])


def test_every_event_of_the_product_is_put_into_the_queue_of_notices(expanded: Template) -> None:
    rule = properties(expanded, "NoticesRule")
    (target,) = rule["Targets"]
    rule_of_events = EventPattern.load(json.dumps(rule["EventPattern"]))
    event: Any = {"source": SOURCE, "detail-type": "Upgrade Done", "detail": {}}

    assert rule["EventBusName"] == {"Ref": "EventBus"}
    assert rule_of_events.matches_event(event)
    assert not rule_of_events.matches_event(event | {"source": "aws.states"})
    assert target["Arn"] == {"Fn::GetAtt": ["NoticeQueue", "Arn"]}
    # The queue holds what an event says, without what EventBridge puts around it.
    assert target["InputPath"] == "$.detail"


def test_what_comes_within_half_a_minute_makes_one_message(expanded: Template) -> None:
    assert properties(expanded, "NotifyMapping") == {
        "EventSourceArn": {"Fn::GetAtt": ["NoticeQueue", "Arn"]},
        "FunctionName": {"Ref": "NotifyFunction"},
        "BatchSize": 100,
        "MaximumBatchingWindowInSeconds": 30,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": 2},
    }


def test_a_claim_outlives_whoever_has_it_and_not_the_message_behind_it(expanded: Template) -> None:
    lease = NoticeSettings(date(2023, 9, 8), "https://zoom.example.com").lease.total_seconds()

    assert properties(expanded, "NotifyFunction")["Timeout"] < lease
    assert lease <= properties(expanded, "NoticeQueue")["VisibilityTimeout"]


def test_the_mail_service_reports_to_the_function_that_stops_mail(expanded: Template) -> None:
    destination = properties(expanded, "MailFeedbackEvents")["EventDestination"]
    subscription = properties(expanded, "MailFeedbackSubscription")
    permission = properties(expanded, "MailFeedbackPermission")

    assert destination["MatchingEventTypes"] == ["bounce", "complaint"]
    assert destination["SnsDestination"] == {"TopicARN": {"Ref": "MailFeedbackTopic"}}
    assert subscription["Endpoint"] == {"Fn::GetAtt": ["MailFeedbackFunction", "Arn"]}
    assert permission["SourceArn"] == {"Ref": "MailFeedbackTopic"}
