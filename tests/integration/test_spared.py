"""Who is told less on the deployed stack: by a webhook alone, after one click, after a bounce."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
import requests

from local.inbox import ReceivedMail
from tests.builders import org_id_of
from tests.functions.events import load_event
from tests.functions.salesforce_app import SalesforceApp
from tests.integration.telling_stage import OPERATORS, Stage, staged
from tests.integration.waiting import eventually

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("embedded_aws")]

MUTES, BOUNCES, COMPLAINS, ASKED = range(1, 5)
# Days until each org's deadline: so far apart that each test's days are later than the last's.
DAYS: Final = {MUTES: 110, BOUNCES: 150, COMPLAINS: 190, ASKED: 380}
_APPROVE: Final = re.compile(r"https?://[^|>\s]+/approve/[^|>\s\"]+")
_ONE_CLICK: Final = {"List-Unsubscribe": "One-Click"}


def admin(number: int) -> str:
    return f"admin@acme{number}.example"


@pytest.fixture(scope="module")
def stage(app: SalesforceApp, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    today = datetime.now(UTC).date()
    rows = {
        number: {
            "salesforce_admin_email": admin(number),
            "deadline_override": str(today + timedelta(days=days)),
            "start_policy": "operator",
            "upgrade_policy": "ask",
            "time_zone": "UTC",
        }
        for number, days in DAYS.items()
    }
    with staged(app, tmp_path_factory.mktemp("fleet"), rows, by_webhook=True) as stage:
        yield stage


def reminded(stage: Stage, number: int, *, days_left: int) -> dict[str, Any]:
    """Remind an org of its deadline; returns what is known of it once everybody was tried."""
    report = stage.remind(days_ahead=DAYS[number] - days_left)
    # Orgs of earlier tests are due, too: days have gone by for them.
    assert report["due"] >= 1, report
    eventually(lambda: newest(stage, number)["outcome"] not in ("nobody", "on_its_way"))
    return newest(stage, number)


def newest(stage: Stage, number: int) -> dict[str, Any]:
    """The newest notice about an org."""
    found = stage.operator.reads("notices", "list", org_id_of(number), "--limit", "1")
    return dict(found[0])


def statuses(notice: dict[str, Any]) -> dict[str, str]:
    """What became of telling each recipient, by address."""
    return {each["address"]: each["status"] for each in notice["deliveries"]}


def contacts(stage: Stage) -> dict[str, Any]:
    return dict(stage.operator.reads("notices", "addresses"))


def mail_to(stage: Stage, number: int) -> ReceivedMail:
    eventually(lambda: stage.inbox.mails(admin(number)) != [])
    return stage.inbox.mails(admin(number))[-1]


def test_a_webhook_alone_brings_links_that_open_and_no_buttons(stage: Stage) -> None:
    message = stage.asked(ASKED)

    assert list(message.buttons) == []
    (link,) = _APPROVE.findall(json.dumps(message.blocks))
    page = requests.get(link, timeout=30)
    assert page.status_code == 200
    assert f"Acme {ASKED}" in page.text


def test_one_click_in_a_mailbox_ends_the_reminders_of_a_mail(stage: Stage) -> None:
    assert statuses(reminded(stage, MUTES, days_left=60))[admin(MUTES)] == "sent"
    mail = mail_to(stage, MUTES)
    assert mail.header("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
    link = mail.unsubscribe_url
    assert link.startswith(stage.stack.outputs["PublicBaseUrl"])

    looked = requests.get(link, timeout=30)
    assert looked.status_code == 200
    assert "Opening this page has changed nothing" in looked.text
    assert contacts(stage)["mutes"] == []
    # No redirect, no cookie, no form: a mailbox has none of them. Source: RFC 8058.
    clicked = requests.post(link, data=_ONE_CLICK, allow_redirects=False, timeout=30)

    assert clicked.status_code == 200
    (mute,) = contacts(stage)["mutes"]
    assert (mute["org_id"], mute["address"]) == (org_id_of(MUTES), admin(MUTES))
    assert "notices_muted" in [each["action"] for each in stage.trail(org_id_of(MUTES))]


def test_and_the_next_reminder_goes_to_the_others_only(stage: Stage) -> None:
    before = len(stage.inbox.mails(admin(MUTES)))

    notice = reminded(stage, MUTES, days_left=30)

    assert statuses(notice)[admin(MUTES)] == "suppressed"
    assert len(stage.inbox.mails(admin(MUTES))) == before
    assert "sent" in statuses(notice).values()


@pytest.mark.parametrize(
    ("number", "event", "cause"),
    [(BOUNCES, "bounced", "bounce"), (COMPLAINS, "complained", "complaint")],
)
def test_an_address_that_the_mail_service_reports_gets_nothing_more(
    stage: Stage, number: int, event: str, cause: str
) -> None:
    assert statuses(reminded(stage, number, days_left=60))[admin(number)] == "sent"
    mail_to(stage, number)

    report(stage, number, event)

    eventually(lambda: admin(number) in [each["address"] for each in contacts(stage)["addresses"]])
    stopped = next(
        each for each in contacts(stage)["addresses"] if each["address"] == admin(number)
    )
    assert (stopped["cause"], stopped["orgs"]) == (cause, [org_id_of(number)])
    before = len(stage.inbox.mails(admin(number)))
    notice = reminded(stage, number, days_left=30)
    assert statuses(notice)[admin(number)] == "suppressed"
    assert len(stage.inbox.mails(admin(number))) == before
    # Somebody has to know, in the place of whom nothing reaches.
    eventually(lambda: statuses(newest(stage, number)).get(OPERATORS) == "sent")


def report(stage: Stage, number: int, event: str) -> None:
    """Publish what SES publishes about a mail, to the topic that it is told to publish to."""
    message = load_event(f"mail_feedback/{event}")["Records"][0]["Sns"]["Message"]
    document = message.replace("Admin@aster.example", admin(number))
    document = document.replace("admin@aster.example", admin(number))
    topic = stage.root.client("cloudformation").describe_stack_resource(
        StackName=stage.stack.stack_name, LogicalResourceId="MailFeedbackTopic"
    )["StackResourceDetail"]["PhysicalResourceId"]
    assert json.loads(document)["eventType"]
    stage.root.client("sns").publish(TopicArn=topic, Message=document)
