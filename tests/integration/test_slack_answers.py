"""Buttons that people press in Slack with a browser, on the deployed stack."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from local.slack import SimulatedPerson
from tests.builders import org_id_of
from tests.functions.salesforce_app import SalesforceApp
from tests.integration.telling_stage import ADA, GRACE, Stage, staged
from tests.integration.waiting import eventually

pytestmark = [
    pytest.mark.integration,
    pytest.mark.browser,
    pytest.mark.xdist_group("embedded_aws"),
]

APPROVED, DECLINED, LATE, AGAIN, FORGED = range(1, 6)


@pytest.fixture(scope="module")
def stage(app: SalesforceApp, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    rows = {
        number: {"upgrade_policy": "ask", "start_policy": "operator"}
        for number in (APPROVED, DECLINED, LATE, AGAIN, FORGED)
    }
    with staged(app, tmp_path_factory.mktemp("fleet"), rows) as stage:
        yield stage


class Reader:
    """Somebody in front of the channel.

    Attributes:
        page: What their browser shows.
    """

    def __init__(self, page: Page, stage: Stage, person: SimulatedPerson) -> None:
        self.page = page
        self._address = f"{stage.slack.base_url}/channels/{stage.slack.channel().name}"
        self._person = person

    def press(self, number: int, button: str, *, confirm: str) -> None:
        """Press a button of the question about an org, and say that it is meant."""
        self.ask(number, button)
        self.page.get_by_role("button", name=confirm, exact=True).click()

    def ask(self, number: int, button: str) -> None:
        """Press a button, and stop at what it asks back."""
        self.page.goto(f"{self._address}?as={self._person.name}")
        message = self.page.get_by_role("article").filter(has_text=f"upgrade in Acme {number}")
        message.get_by_role("button", name=button, exact=True).click()

    def reads(self, text: str) -> None:
        """See the message that says so, without buttons."""
        self.page.goto(self._address)
        message = self.page.get_by_role("article").filter(has_text=text)
        expect(message).to_have_count(1)
        expect(message.get_by_text("(edited)")).to_be_visible()
        expect(message.get_by_role("button")).to_have_count(0)


@pytest.fixture
def ada(chromium: Browser, stage: Stage) -> Iterator[Reader]:
    with chromium.new_context() as context:
        yield Reader(context.new_page(), stage, ADA)


@pytest.fixture
def grace(chromium: Browser, stage: Stage) -> Iterator[Reader]:
    with chromium.new_context() as context:
        yield Reader(context.new_page(), stage, GRACE)


def actor(stage: Stage, person: SimulatedPerson) -> str:
    """A person as the audit trail names them."""
    return f"slack:{stage.slack.document.team_id}:{person.user_id}"


def test_a_press_on_approve_lets_the_machine_install(stage: Stage, ada: Reader) -> None:
    org_id, message = org_id_of(APPROVED), stage.asked(APPROVED)
    assert [each["action_id"] for each in message.buttons] == ["approve", "decline", "open"]

    ada.press(APPROVED, "Approve", confirm="Accept and install")

    eventually(lambda: message.is_edited and message.told != [])
    # Slack got its answer within its three seconds.
    assert message.told == [""]
    stage.wait_until(org_id, lambda migration: migration["step"] == "awaiting_authorization")
    answer = stage.migration(org_id)["approval"]["answer"]
    assert (answer["accepted"], answer["name"], answer["channel"]) == (True, ADA.name, "slack")
    assert answer["recorded_by"] == actor(stage, ADA)
    assert stage.installs_asked_for(APPROVED) == 1
    answered = [each for each in stage.trail(org_id) if each["action"] == "approval_answered"]
    assert [each["actor"] for each in answered] == [actor(stage, ADA)]
    ada.reads(f"{ADA.name} approved the upgrade of Acme {APPROVED} to version 3.28")


def test_a_press_on_decline_ends_the_migration(stage: Stage, ada: Reader) -> None:
    org_id, message = org_id_of(DECLINED), stage.asked(DECLINED)

    ada.press(DECLINED, "Decline", confirm="Decline")

    eventually(lambda: message.is_edited and message.told != [])
    assert message.told == [""]
    stage.wait_until(org_id, lambda migration: migration["outcome"] is not None)
    migration = stage.migration(org_id)
    assert (migration["outcome"], migration["approval"]["status"]) == ("declined",) * 2
    assert migration["approval"]["answer"]["recorded_by"] == actor(stage, ADA)
    assert stage.installs_asked_for(DECLINED) == 0
    ada.reads(f"{ADA.name} declined the upgrade of Acme {DECLINED}; nothing is installed.")


def test_whoever_presses_after_the_answer_changes_nothing_and_reads_so(
    stage: Stage, ada: Reader, grace: Reader
) -> None:
    org_id, message = org_id_of(LATE), stage.asked(LATE)
    ada.ask(LATE, "Decline")
    grace.ask(LATE, "Approve")

    ada.page.get_by_role("button", name="Decline", exact=True).click()
    eventually(lambda: message.is_edited)
    answered = message.text
    stage.wait_until(org_id, lambda migration: migration["outcome"] == "declined")
    before = stage.migration(org_id)
    grace.page.get_by_role("button", name="Accept and install").click()

    eventually(lambda: message.text != answered and len(message.told) == 2)
    assert message.told == ["", ""]
    late = f"{GRACE.name} pressed a button after that; nothing was changed by it."
    grace.reads(f"{ADA.name} declined the upgrade of Acme {LATE}; nothing is installed. {late}")
    assert stage.migration(org_id) == before
    assert stage.installs_asked_for(LATE) == 0


def test_the_same_press_from_a_window_left_open_counts_once(
    stage: Stage, ada: Reader, chromium: Browser
) -> None:
    org_id, message = org_id_of(AGAIN), stage.asked(AGAIN)
    with chromium.new_context() as context:
        left_open = Reader(context.new_page(), stage, ADA)
        left_open.ask(AGAIN, "Decline")
        ada.press(AGAIN, "Decline", confirm="Decline")
        eventually(lambda: message.is_edited)
        answered, replies = message.text, stage.replies()
        stage.wait_until(org_id, lambda migration: migration["outcome"] == "declined")
        before = stage.migration(org_id)
        left_open.page.get_by_role("button", name="Decline", exact=True).click()
        eventually(lambda: stage.replies() > replies and len(message.told) == 2)

    assert (message.text, message.told) == (answered, ["", ""])
    assert stage.migration(org_id) == before


def test_a_press_that_slack_has_not_signed_is_refused(stage: Stage, ada: Reader) -> None:
    org_id, message = org_id_of(FORGED), stage.asked(FORGED)
    before = stage.migration(org_id)

    refused = stage.slack.press("approve", forged=True)
    too_old = stage.slack.press("approve", age_seconds=400)

    assert {refused, too_old} == {"This app responded with status code 401."}
    assert not message.is_edited
    assert stage.migration(org_id) == before
    assert before["approval"]["status"] == "pending"
