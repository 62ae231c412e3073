from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from local.zoom import Fault, FaultKind, Phase
from tests.adapters.embedded_aws import client
from tests.functions.deployment import Deployment
from tests.functions.events import Event
from tests.functions.webhook_worlds import connect
from tests.functions.zoom_app import ZOOM_ADMIN
from zoom_migrator.adapters.sqs import message_of
from zoom_migrator.domain.errors import InvalidSettings
from zoom_migrator.domain.grant import GrantSubject
from zoom_migrator.domain.status import OrgStatus
from zoom_migrator.domain.zoom_event import ProbeOrder

NOTHING_FAILED: Event = {"batchItemFailures": []}


@pytest.fixture
def subject(deployment: Deployment) -> GrantSubject:
    """Whose grant a connected org uses."""
    return connect(deployment)


def record(number: int, body: str, *, sent_at: datetime | None = None) -> Event:
    """A message as SQS hands it to the function."""
    sent_at = sent_at or datetime.now(UTC)
    return {
        "messageId": f"message-{number}",
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": str(int(sent_at.timestamp() * 1000)),
        },
        "messageAttributes": {},
        "eventSource": "aws:sqs",
    }


def order_of(subject: GrantSubject, *, is_signed: bool = True, user_id: str = "") -> str:
    """The message that orders a look at a grant."""
    return message_of(
        ProbeOrder(subject.client_id, subject.account_id, user_id or subject.user_id, is_signed)
    )


def probe(deployment: Deployment, *records: Event, **how: Any) -> Event:
    return deployment.invoke("probe_grants", {"Records": list(records)}, **how)


def removed(deployment: Deployment) -> None:
    """The Zoom admin removes the app, of which nobody is told."""
    deployment.zoom.remove_app(ZOOM_ADMIN, deployment.zoom_app, notify=False)


def test_a_grant_that_is_gone_disconnects_its_org_and_begins_a_new_authorization(
    deployment: Deployment, subject: GrantSubject
) -> None:
    removed(deployment)

    assert probe(deployment, record(1, order_of(subject))) == NOTHING_FAILED

    org = deployment.org(subject.org_id)
    # The deadline of the template's default has passed, whatever keys there are.
    assert (org.status, org.active_attempt) == (OrgStatus.DISCONNECTED, 1)
    assert deployment.migration(subject.org_id).trigger == "reauthorization"
    (notice,) = deployment.migrations.notices(subject.org_id, limit=9)
    assert (notice.kind, notice.facts["cause"]) == ("disconnected", "deauthorized")
    counted = {name: number for group in deployment.metrics() for name, number in group.items()}
    assert counted["GrantLost"] == counted["OrgsDisconnected"] == counted["MigrationStarted"] == 1
    executions = client("stepfunctions").list_executions(
        stateMachineArn=deployment.created.migrations_arn
    )["executions"]
    assert [each["name"] for each in executions] == [f"{subject.org_id}-1"]


def test_an_org_whose_deadline_lies_ahead_falls_back(
    deployment: Deployment, subject: GrantSubject
) -> None:
    deployment.environment["probe_grants"]["JWT_DEADLINE"] = "2099-12-31"
    removed(deployment)

    probe(deployment, record(1, order_of(subject)))

    assert deployment.org(subject.org_id).status is OrgStatus.FALLBACK_JWT
    assert any("OrgsFellBack" in group for group in deployment.metrics())


def test_a_grant_that_works_is_proven_and_nothing_else(
    deployment: Deployment, subject: GrantSubject
) -> None:
    assert probe(deployment, record(1, order_of(subject))) == NOTHING_FAILED

    org = deployment.org(subject.org_id)
    assert org.status is OrgStatus.MIGRATED_KEYS_KEPT
    assert len(deployment.zoom.requests) == 1
    (line,) = deployment.log("grants_probed")
    assert (line["counts"], line["is_signed"]) == ({"proven": 1}, True)


def test_an_org_that_was_proven_after_the_event_is_not_asked_about_again(
    deployment: Deployment, subject: GrantSubject
) -> None:
    sent_at = datetime.now(UTC)
    probe(deployment, record(1, order_of(subject), sent_at=sent_at))
    deployment.zoom.forget_requests()

    again = probe(deployment, record(1, order_of(subject), sent_at=sent_at))

    assert (again, deployment.zoom.requests) == (NOTHING_FAILED, [])


def test_an_order_about_nobody_is_done(deployment: Deployment, subject: GrantSubject) -> None:
    body = order_of(subject, is_signed=False, user_id="nobody-of-whom-there-is")

    assert probe(deployment, record(1, body)) == NOTHING_FAILED
    assert deployment.zoom.requests == []


def test_a_message_that_is_none_costs_no_other_anything(
    deployment: Deployment, subject: GrantSubject
) -> None:
    removed(deployment)
    strange = ["", "{", "[]", "canary-7", json.dumps({"version": 2}), "[" * 100_000]
    records = [record(number, body) for number, body in enumerate(strange)]

    answer = probe(deployment, *records, record(9, order_of(subject)))

    assert answer == {
        "batchItemFailures": [{"itemIdentifier": f"message-{number}"} for number in range(6)]
    }
    assert deployment.org(subject.org_id).status is OrgStatus.DISCONNECTED
    lines = deployment.log("probe_failed")
    assert [line["message_id"] for line in lines] == [f"message-{number}" for number in range(6)]
    assert {(line["level"], line["error"]) for line in lines} == {("ERROR", "InvalidTaskInput")}
    assert "canary-7" not in deployment.output.getvalue()


def test_a_record_that_sqs_would_never_send_costs_no_other_anything(
    deployment: Deployment, subject: GrantSubject
) -> None:
    odd = {"messageId": "message-1", "body": 7}

    answer = probe(deployment, odd, record(2, order_of(subject)))

    assert answer == {"batchItemFailures": [{"itemIdentifier": "message-1"}]}


def test_what_zoom_cannot_say_now_is_asked_again_later(
    deployment: Deployment, subject: GrantSubject
) -> None:
    deployment.zoom.faults.add(Fault(kind=FaultKind.SERVER_ERROR, phase=Phase.USERS_ME))

    answer = probe(deployment, record(1, order_of(subject)))

    assert answer == {"batchItemFailures": [{"itemIdentifier": "message-1"}]}
    assert deployment.org(subject.org_id).status is OrgStatus.MIGRATED_KEYS_KEPT
    assert deployment.log("grants_probed")[0]["counts"] == {"unproven": 1}


def test_one_order_that_the_table_refuses_costs_no_other_anything(
    deployment: Deployment, subject: GrantSubject
) -> None:
    removed(deployment)
    deployment.disturbance.refuse("GetItem", mentioning=subject.grant_id)
    other = order_of(subject, is_signed=False, user_id="nobody-of-whom-there-is")

    answer = probe(deployment, record(1, order_of(subject)), record(2, other))

    assert answer == {"batchItemFailures": [{"itemIdentifier": "message-1"}]}
    (line,) = deployment.log("probe_failed")
    assert (line["error"], line["message_id"]) == ("StoreUnavailable", "message-1")


def test_what_there_is_no_time_for_comes_back(
    deployment: Deployment, subject: GrantSubject
) -> None:
    removed(deployment)

    answer = probe(deployment, record(1, order_of(subject)), seconds_left=59)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "message-1"}]}
    assert deployment.org(subject.org_id).status is OrgStatus.MIGRATED_KEYS_KEPT
    assert deployment.log("probe_left_for_later")


def test_settings_that_are_wrong_fail_the_whole_batch(
    deployment: Deployment, subject: GrantSubject
) -> None:
    deployment.environment["probe_grants"]["JWT_DEADLINE"] = "soon"

    with pytest.raises(InvalidSettings, match="JWT_DEADLINE"):
        probe(deployment, record(1, order_of(subject)))


def test_no_token_is_printed_or_stored(deployment: Deployment, subject: GrantSubject) -> None:
    removed(deployment)

    probe(deployment, record(1, order_of(subject)))

    left = deployment.everything_left_behind()
    assert [secret for secret in deployment.zoom.secret_values() if secret in left] == []
