"""A fleet at a milestone: ``python -m benchmarks.reminders``; prints what it took, as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from benchmarks.stage import DEFAULT_CHANNEL, Stage, stage
from tests.adapters.embedded_aws import client
from tests.builders import a_registration, an_org, org_id_of
from zoom_migrator.domain.org import Org

ORGS: Final = 1_000
CHANNELS: Final = tuple(f"customer-{number}" for number in range(10))
ADMINS: Final = 40
_DAYS_AHEAD: Final = 30
# Half of the fleet has no channel of its own.
_EVERY_WHICH: Final = 2
_LONG_AGO: Final = timedelta(days=400)
_MESSAGES_A_CALL: Final = 10


def main() -> None:
    """Remind of every org, then tell everybody, and remind again."""
    with stage((DEFAULT_CHANNEL, *CHANNELS)) as prepared:
        for number in range(1, ORGS + 1):
            prepared.deployment.orgs.save(_org(number))
        results = list(_run(prepared))
    print(json.dumps(dict(results)))


def _run(prepared: Stage) -> Iterator[tuple[str, object]]:
    report = _invoke(prepared, "send_reminders", {})
    yield "remind", _taken(prepared)
    yield "report", report
    records = list(_queued(prepared))
    prepared.count.invocations.clear()
    answer = _invoke(prepared, "notify", {"Records": records})
    yield "notify", _taken(prepared)
    yield "to_repeat", len(answer["batchItemFailures"])
    yield "digests", {name: _posts(prepared, name) for name in (DEFAULT_CHANNEL, *CHANNELS)}
    yield "again", _invoke(prepared, "send_reminders", {})["orders"]


def _org(number: int) -> Org:
    has_channel = number % _EVERY_WHICH
    now = datetime.now(UTC)
    registration = a_registration(
        org_id=org_id_of(number),
        salesforce_admin_email=f"admin-{number % ADMINS}@customers.example",
    )
    registration = replace(
        registration,
        display_name=f"Customer {number}",
        deadline=(now + timedelta(days=_DAYS_AHEAD)).date(),
        slack_channel=f"#{CHANNELS[number // 2 % len(CHANNELS)]}" if has_channel else "",
        time_zone="UTC",
    )
    return an_org(registration=registration, registered_at=now - _LONG_AGO)


def _invoke(prepared: Stage, function: str, event: object) -> dict[str, Any]:
    return prepared.deployment.invoke(function, event)


def _queued(prepared: Stage) -> Iterator[dict[str, str]]:
    """All that is in the queue, as SQS hands it to the function."""
    sqs, url = client("sqs"), prepared.deployment.created.notice_queue_url
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=_MESSAGES_A_CALL).get(
        "Messages"
    ):
        for message in messages:
            yield {
                "messageId": message["MessageId"],
                "body": message["Body"],
                "eventSource": "aws:sqs",
            }


def _posts(prepared: Stage, channel: str) -> int:
    return len(prepared.slack.messages_in(channel))


def _taken(prepared: Stage) -> dict[str, float]:
    (taken,) = prepared.count.invocations
    return {
        "seconds": taken.seconds,
        "cpu_seconds": taken.cpu_seconds,
        "aws_calls": taken.aws_calls,
        "timeout_seconds": taken.limits.timeout_seconds,
    }


if __name__ == "__main__":
    main()
