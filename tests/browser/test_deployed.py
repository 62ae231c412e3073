"""The function as it is deployed, over stores of AWS, behind the local gateway."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.adapters.web.desk import Desk
from tests.adapters.web.keys_desk import KeysDesk
from tests.browser import keys_people
from tests.browser.conftest import Opener
from tests.browser.people import approve, expect_approved, expect_heading, fill_in
from tests.functions.approval_worlds import DeployedWorld
from tests.functions.cleanup_worlds import DeployedKeysWorld
from tests.functions.deployment import Deployment, deployed
from tests.functions.salesforce_app import SalesforceApp
from zoom_migrator.domain.approval import ApprovalStatus
from zoom_migrator.domain.cleanup import CleanupStatus


@pytest.fixture
def deployment(monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployment]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    with deployed(monkeypatch, SalesforceApp(key)) as deployment:
        yield deployment


@pytest.fixture
def desk(deployment: Deployment) -> Desk:
    return DeployedWorld(deployment).ask()


def test_an_admin_approves(open_page: Opener, desk: Desk, deployment: Deployment) -> None:
    page = open_page()
    fill_in(page)

    approve(page)

    expect_approved(page)
    assert desk.asked.approval.status is ApprovalStatus.ACCEPTED
    assert len(desk.asked.answers_on_record()) == 1
    assert [line["outcome"] for line in deployment.log("page_answered")] == [
        *("form_shown", "approved", "shown_accepted")
    ]


class TestTheOldKeys:
    @pytest.fixture
    def desk(self, deployment: Deployment) -> KeysDesk:
        return DeployedKeysWorld(deployment).ask()

    def test_an_admin_has_them_removed(
        self, open_page: Opener, desk: KeysDesk, deployment: Deployment
    ) -> None:
        page = open_page()
        keys_people.fill_in(page)

        keys_people.approve(page)

        keys_people.expect_approved(page)
        assert desk.asked.question.status is CleanupStatus.APPROVED
        assert desk.asked.is_recorded_once
        assert [line["outcome"] for line in deployment.log("page_answered")] == [
            *("form_shown", "approved", "shown_approved")
        ]


def test_somebody_opens_half_a_link(open_page: Opener, desk: Desk) -> None:
    page = open_page()

    page.goto(page.url[:-20])

    expect_heading(page, "This link leads nowhere")
