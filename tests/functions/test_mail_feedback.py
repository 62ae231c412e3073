from __future__ import annotations

import json

import pytest

from tests.adapters.embedded_aws import client
from tests.functions.deployment import Deployment
from tests.functions.events import Event, load_event
from tests.functions.resources import TABLE
from zoom_migrator.adapters.dynamodb.contacts import DynamoDbContactRepository
from zoom_migrator.adapters.dynamodb.table import Table
from zoom_migrator.domain.errors import InvalidTaskInput, StoreUnavailable
from zoom_migrator.domain.mute import Suppression

ADDRESS = "admin@aster.example"


def report(name: str) -> Event:
    return load_event(f"mail_feedback/{name}")


def suppressed() -> Suppression | None:
    contacts = DynamoDbContactRepository(Table(client("dynamodb"), TABLE))
    return contacts.suppressed([ADDRESS]).get(ADDRESS)


@pytest.mark.parametrize(
    ("name", "cause", "metric"),
    [
        ("bounced", "bounce", "MailStoppedByBounce"),
        ("complained", "complaint", "MailStoppedByComplaint"),
    ],
)
def test_nothing_more_is_sent_to_an_address_that_takes_no_mail_or_wants_none(
    deployment: Deployment, name: str, cause: str, metric: str
) -> None:
    assert deployment.invoke("mail_feedback", report(name)) == {"stopped": 1}

    found = suppressed()
    assert found is not None
    assert found.cause == cause
    assert deployment.metrics() == [{metric: 1}]


def test_a_mailbox_that_is_full_for_a_while_changes_nothing(deployment: Deployment) -> None:
    assert deployment.invoke("mail_feedback", report("bounced_for_a_while")) == {"stopped": 0}

    assert suppressed() is None


def test_the_first_reason_stays_however_often_something_is_reported(deployment: Deployment) -> None:
    for name in ("bounced", "bounced", "complained"):
        deployment.invoke("mail_feedback", report(name))

    found = suppressed()
    assert found is not None
    assert (found.cause, found.detail) == ("bounce", "smtp; 550 5.1.1 user unknown")


def test_that_the_mail_service_tried_the_topic_is_no_failure(deployment: Deployment) -> None:
    assert deployment.invoke("mail_feedback", report("topic_tried")) == {"stopped": 0}


@pytest.mark.parametrize("message", ["", "canary", "[]", "[" * 100_000])
def test_what_is_no_report_is_refused_and_not_repeated(
    deployment: Deployment, message: str
) -> None:
    event = report("bounced")
    event["Records"][0]["Sns"]["Message"] = message

    with pytest.raises(InvalidTaskInput, match="report of the mail service"):
        deployment.invoke("mail_feedback", event)

    assert "canary" not in deployment.output.getvalue()


def test_while_the_store_is_out_of_reach_lambda_has_to_bring_it_again(
    deployment: Deployment,
) -> None:
    deployment.disturbance.refuse("PutItem")
    with pytest.raises(StoreUnavailable):
        deployment.invoke("mail_feedback", report("bounced"))
    deployment.disturbance.stop()

    deployment.invoke("mail_feedback", report("bounced"))

    assert suppressed() is not None


def test_no_address_is_printed(deployment: Deployment) -> None:
    deployment.invoke("mail_feedback", report("bounced"))

    assert "aster.example" not in json.dumps(deployment.lines())
