"""``zoom-migrator doctor`` about Slack, mail, and who is told where somebody cannot be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto.ses.models import ses_backends
from moto.sesv2.responses import SESV2Response

from tests.adapters.embedded_aws import REGION
from tests.builders import NOW
from tests.cli.clinic import Clinic, clinic, our_page
from zoom_migrator.domain.mute import ChannelTrouble

BOT_TOKEN = "xoxb-bot-token-canary"
SIGNING_SECRET = "signing-secret-canary"
WEBHOOK_URL = "https://hooks.slack.com/services/T00/B00/webhook-canary"
SENDER = "migrator@mail.acme.example"


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clinic]:
    # Put back as it was afterwards.
    monkeypatch.setattr(SESV2Response, "get_account", None, raising=False)
    with clinic(monkeypatch) as made:
        yield made


class TestSlack:
    def test_that_it_is_not_used_is_no_fault(self, patient: Clinic) -> None:
        said = _finds_hint(patient, "slack")

        assert "nothing is posted" in said
        assert "setup slack" in said

    def test_all_of_it_is_fine(self, patient: Clinic) -> None:
        _use_slack(patient, bot_token=BOT_TOKEN, signing_secret=SIGNING_SECRET)

        found = patient.finds()["slack"]

        assert found["severity"] == "ok"
        assert "by default channel C012AB3CD, with buttons" in found["message"]

    def test_without_a_signing_secret_there_are_no_buttons(self, patient: Clinic) -> None:
        _use_slack(patient, bot_token=BOT_TOKEN)

        assert "links instead of buttons" in _finds_hint(patient, "slack")

    def test_a_webhook_alone_will_do(self, patient: Clinic) -> None:
        _use_slack(patient, channel="webhook", webhook_url=WEBHOOK_URL)

        assert "by default the webhook's channel" in _finds_hint(patient, "slack")

    def test_a_webhook_alone_posts_to_no_other_channel(self, patient: Clinic) -> None:
        _use_slack(patient, webhook_url=WEBHOOK_URL)

        assert "all messages go to the webhook's channel" in patient.finds_warning("slack")

    def test_a_secret_without_a_channel_is_warned_of(self, patient: Clinic) -> None:
        _use_slack(patient, channel="", bot_token=BOT_TOKEN)

        assert "no SlackDefaultChannel is set" in patient.finds_warning("slack")

    @pytest.mark.parametrize(
        ("channel", "secret", "said"),
        [
            ("#zoom", {}, "the Slack secret is empty"),
            ("webhook", {"bot_token": BOT_TOKEN}, "has no webhook_url"),
            ("#zoom", {"bot_token": "xoxp-canary-of-a-person"}, "begins with xoxb-"),
            ("", {"bot_token": "canary"}, "begins with xoxb-"),
            ("webhook", {"webhook_url": "https://evil.example/canary"}, "hooks.slack.com"),
        ],
    )
    def test_what_cannot_post_is_a_problem(
        self, patient: Clinic, channel: str, secret: dict[str, str], said: str
    ) -> None:
        _use_slack(patient, channel=channel, **secret)

        found = patient.finds_problem("slack")

        assert said in found
        assert "setup slack" in found
        assert "canary" not in found

    def test_a_channel_that_can_be_none_is_named(self, patient: Clinic) -> None:
        patient.parameters["SlackDefaultChannel"] = "#zoom, #sales"

        found = patient.finds(exit_code=7)["slack"]

        assert "SLACK_DEFAULT_CHANNEL" in found["message"]

    def test_a_simulator_is_only_for_a_local_stack(self, patient: Clinic) -> None:
        _use_slack(patient, bot_token=BOT_TOKEN)
        patient.parameters["SlackConnectTo"] = "http://127.0.0.1:8080"

        assert "simulator" in patient.finds_warning("slack")

    def test_a_channel_that_refused_is_a_problem(self, patient: Clinic) -> None:
        _use_slack(patient, bot_token=BOT_TOKEN, signing_secret=SIGNING_SECRET)
        patient.connection.contacts.note_trouble(
            ChannelTrouble("C012AB3CD", "not_in_channel", since=NOW, at=NOW)
        )

        said = patient.finds_problem("slack_channel")

        assert "(not_in_channel); the operators get mail instead" in said
        assert "--allow C012AB3CD" in said

    def test_so_is_a_webhook_that_refused(self, patient: Clinic) -> None:
        _use_slack(patient, channel="webhook", webhook_url=WEBHOOK_URL)
        patient.connection.contacts.note_trouble(
            ChannelTrouble("", "no_service", since=NOW, at=NOW)
        )

        said = patient.finds_problem("slack_channel")

        assert "refused the webhook's channel" in said
        assert "--allow webhook" in said

    def test_no_secret_is_printed(self, patient: Clinic) -> None:
        _use_slack(
            patient,
            bot_token=BOT_TOKEN,
            signing_secret=SIGNING_SECRET,
            webhook_url=WEBHOOK_URL,
        )

        assert "canary" not in patient.looks("--json").output

    def test_a_stack_that_is_older_is_said_so(self, patient: Clinic) -> None:
        del patient.outputs["SlackSecretArn"]

        found = patient.finds(exit_code=7)["slack"]

        assert "has no output SlackSecretArn" in found["message"]
        assert "Deploy the current template" in found["remedy"]


class TestMail:
    def test_that_there_is_none_is_no_fault(self, patient: Clinic) -> None:
        assert "no MailFrom is set" in _finds_hint(patient, "email_sender")

    def test_a_sender_that_ses_does_not_know_is_a_problem(self, patient: Clinic) -> None:
        patient.parameters["MailFrom"] = SENDER

        assert f"neither {SENDER} nor its domain" in patient.finds_problem("email_sender")

    def test_a_sender_that_is_no_address_is_named(self, patient: Clinic) -> None:
        patient.parameters["MailFrom"] = "migrator"

        found = patient.finds(exit_code=7)["email_sender"]

        assert found["severity"] == "problem"
        assert "MAIL_FROM" in found["message"]

    @pytest.mark.parametrize("identity", [SENDER, "mail.acme.example", "acme.example"])
    def test_a_sender_is_verified_by_its_address_or_a_domain_above_it(
        self, patient: Clinic, identity: str
    ) -> None:
        _account_answers(production=True)
        patient.parameters["MailFrom"] = SENDER
        boto3.client("sesv2", region_name=REGION).create_email_identity(EmailIdentity=identity)
        assert patient.finds(exit_code=7)["email_sender"]["severity"] == "problem"
        patient.page_answers(our_page())
        _verify(identity)

        assert patient.finds()["email_sender"]["severity"] == "ok"

    def test_the_sandbox_is_pointed_out(self, patient: Clinic) -> None:
        _use_mail(patient, production=False)

        said = _finds_hint(patient, "email_sender")

        assert "only to verified addresses, 200 a day" in said


class TestWhoIsTold:
    def test_where_nobody_is_that_is_warned_of(self, patient: Clinic) -> None:
        said = patient.finds_warning("notices")

        assert "nobody is told of anything" in said
        assert "docs/slack-setup.md" in said

    def test_what_it_means_that_there_is_no_mail_is_said(self, patient: Clinic) -> None:
        _use_slack(patient, bot_token=BOT_TOKEN)

        assert "admins of orgs are told nothing" in _finds_hint(patient, "notices")

    def test_operators_without_an_address_are_warned_of(self, patient: Clinic) -> None:
        _use_mail(patient)

        assert "operators are told of nothing at all" in patient.finds_warning("notices")

    def test_with_slack_they_are_told_there(self, patient: Clinic) -> None:
        _use_mail(patient)
        _use_slack(patient, bot_token=BOT_TOKEN)

        said = patient.finds_warning("notices")

        assert "takes nothing." in said
        assert "nothing at all" not in said

    def test_operators_with_an_address_are_fine(self, patient: Clinic) -> None:
        _use_mail(patient)
        patient.parameters["OperatorsEmail"] = "operators@acme.example"

        found = patient.finds()["notices"]

        assert found["severity"] == "ok"
        assert "operators@acme.example is told in place" in found["message"]


def _finds_hint(patient: Clinic, code: str) -> str:
    found: dict[str, Any] = patient.finds()[code]
    assert found["severity"] == "hint", found
    return f"{found['message']} {found['remedy']}"


def _use_slack(patient: Clinic, *, channel: str = "C012AB3CD", **secret: str) -> None:
    patient.parameters["SlackDefaultChannel"] = channel
    patient.connection.slack_secret.write(json.dumps(secret))


def _use_mail(patient: Clinic, *, production: bool = True) -> None:
    _account_answers(production=production)
    patient.parameters["MailFrom"] = SENDER
    boto3.client("sesv2", region_name=REGION).create_email_identity(EmailIdentity=SENDER)
    _verify(SENDER)


def _verify(identity: str) -> None:
    made = ses_backends["123456789012"][REGION].email_identities[identity]
    made.verified_for_sending_status = True


def _account_answers(*, production: bool) -> None:
    """Let SES say what moto does not: whether the account may write to anybody."""
    document = {"ProductionAccessEnabled": production, "SendingEnabled": True}
    SESV2Response.get_account = lambda _: json.dumps(document)  # type: ignore[attr-defined]
