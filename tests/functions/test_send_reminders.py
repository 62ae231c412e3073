from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.adapters.embedded_aws import client
from tests.builders import a_registration, an_org, org_id_of
from tests.functions.deployment import Deployment
from tests.functions.events import Event
from zoom_migrator.domain.delivery import Channel, Recipient
from zoom_migrator.domain.errors import InvalidSettings, InvalidTaskInput, StoreUnavailable
from zoom_migrator.domain.notice import NoticeKind
from zoom_migrator.domain.notice_order import SendOrder
from zoom_migrator.domain.notice_wire import order_of

CHANNEL = Recipient(Channel.SLACK, "#zoom-migration")
ADMIN = Recipient(Channel.EMAIL, "admin@acme.example")


@pytest.fixture(autouse=True)
def configured(deployment: Deployment) -> None:
    deployment.environment["send_reminders"] |= {
        "SLACK_DEFAULT_CHANNEL": CHANNEL.address,
        "MAIL_FROM": "zoom@migrator.example",
    }


def register(deployment: Deployment, *days: int) -> list[str]:
    """Register orgs whose deadlines are so many days ahead."""
    today, ids = datetime.now(UTC), []
    for number, ahead in enumerate(days, start=1):
        registration = replace(
            a_registration(org_id=org_id_of(number), salesforce_admin_email=ADMIN.address),
            deadline=(today + timedelta(days=ahead)).date(),
            slack_channel="",
            time_zone="UTC",
        )
        before = today - timedelta(days=400)
        org = an_org(registration=registration, registered_at=before)
        ids.append(deployment.orgs.save(org).org_id)
    return ids


def remind(
    deployment: Deployment, event: Event | None = None, *, seconds_left: float = 240
) -> Event:
    return deployment.invoke("send_reminders", event or {}, seconds_left=seconds_left)


def orders(deployment: Deployment) -> list[SendOrder]:
    """What is in the queue."""
    url = deployment.created.notice_queue_url
    answer = client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    found = [order_of(message["Body"]) for message in answer.get("Messages", [])]
    return [order for order in found if isinstance(order, SendOrder)]


def test_each_recipient_gets_one_order_however_many_orgs_are_due(deployment: Deployment) -> None:
    ids = register(deployment, 30, 7, 10, 200)

    answer = remind(deployment)

    assert answer == {
        "looked_at": 4,
        "due": 3,
        "late": 1,
        "orders": 2,
        "is_complete": True,
    }
    found = {order.recipient: order for order in orders(deployment)}
    assert set(found) == {CHANNEL, ADMIN}
    assert {ref.org_id for ref in found[CHANNEL].refs} == set(ids[:3])
    assert deployment.metrics() == [{"RemindersDue": 3, "RemindersLate": 1, "ReminderMessages": 2}]


def test_what_was_ordered_is_not_ordered_again(deployment: Deployment) -> None:
    register(deployment, 30, -8)
    remind(deployment)

    again = remind(deployment)

    assert (again["due"], again["orders"]) == (0, 0)


def test_what_is_due_is_recorded_as_a_notice_of_the_org(deployment: Deployment) -> None:
    near, overdue = register(deployment, 30, -8)
    remind(deployment)

    (notice,) = deployment.migrations.notices(near, limit=9)
    assert (notice.kind, notice.attempt) == (NoticeKind.DEADLINE_NEAR, 0)
    (notice,) = deployment.migrations.notices(overdue, limit=9)
    assert notice.kind is NoticeKind.DEADLINE_OVERDUE


def test_who_invokes_it_may_have_people_told_ahead_of_a_day(deployment: Deployment) -> None:
    (org_id,) = register(deployment, 37)

    today = remind(deployment)
    ahead = remind(deployment, {"days_ahead": 7})
    again = remind(deployment, {"days_ahead": 7})

    assert [each["due"] for each in (today, ahead, again)] == [1, 1, 0]
    notices = {each.milestone[11:]: each for each in deployment.migrations.notices(org_id, limit=9)}
    assert set(notices) == {"d60", "d30"}
    assert "as_of" not in notices["d60"].facts
    assert notices["d30"].facts["as_of"] == notices["d30"].facts["due_on"]
    assert "late_by_days" not in notices["d30"].facts
    assert [line["days_ahead"] for line in deployment.log("reminders_ordered")] == [0, 7, 7]


@pytest.mark.parametrize("days", [-1, 401, 1.5, "7", True, None])
def test_days_ahead_that_cannot_be_are_refused_by_their_name(
    deployment: Deployment, days: object
) -> None:
    register(deployment, 30)

    with pytest.raises(InvalidTaskInput, match="days_ahead: "):
        remind(deployment, {"days_ahead": days})

    assert orders(deployment) == []


def test_while_the_queue_is_out_of_reach_lambda_has_to_try_again(deployment: Deployment) -> None:
    register(deployment, 30)
    deployment.disturbance.refuse("SendMessage")
    with pytest.raises(StoreUnavailable):
        remind(deployment)
    deployment.disturbance.stop()

    assert remind(deployment)["orders"] == 2


def test_where_time_runs_short_lambda_has_to_go_on(deployment: Deployment) -> None:
    register(deployment, 30)

    with pytest.raises(StoreUnavailable, match="not time"):
        remind(deployment, seconds_left=10)


def test_where_there_is_neither_slack_nor_mail_it_is_said_and_not_tried_for_ever(
    deployment: Deployment,
) -> None:
    deployment.environment["send_reminders"] |= {"SLACK_DEFAULT_CHANNEL": "", "MAIL_FROM": ""}
    register(deployment, 30)

    assert remind(deployment)["orders"] == 0
    assert deployment.log("nobody_to_tell")
    assert remind(deployment)["due"] == 0


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DEADLINE_MILESTONES", "soon"),
        ("DEADLINE_MILESTONES", ""),
        ("REMINDER_TIMEZONE", "Mars/Olympus"),
        ("PUBLIC_BASE_URL", "http://zoom.example.com"),
        ("SLACK_DEFAULT_CHANNEL", "two, channels"),
        ("OPERATORS_EMAIL", "nobody"),
    ],
)
def test_a_setting_that_cannot_be_is_named(
    deployment: Deployment, variable: str, value: str
) -> None:
    deployment.environment["send_reminders"][variable] = value

    with pytest.raises(InvalidSettings, match=variable):
        remind(deployment)
