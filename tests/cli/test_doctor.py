"""``zoom-migrator doctor``: a healthy stack, and what it says when one thing is broken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import boto3
import pytest
from typer.testing import CliRunner

from tests.adapters.embedded_aws import REGION, client
from tests.adapters.salesforce.scripted import ScriptedServer, http
from tests.adapters.zoom.lab import CLIENT_ID, CLIENT_SECRET
from tests.cli.clinic import STACK, TARGET, Clinic, clinic, our_page
from zoom_migrator_cli.doctor.account import EXPECTED_OUTPUTS
from zoom_migrator_cli.doctor.address import form_of
from zoom_migrator_cli.doctor.check import Severity
from zoom_migrator_cli.main import app

if TYPE_CHECKING:
    from mypy_boto3_scheduler import EventBridgeSchedulerClient

KNOWN_TO_AWS = (
    b"<GetCallerIdentityResponse><GetCallerIdentityResult>"
    b"<Arn>arn:aws:iam::123456789012:user/ada</Arn>"
    b"</GetCallerIdentityResult></GetCallerIdentityResponse>"
)
NO_SUCH_STACK = (
    b"<ErrorResponse><Error><Code>ValidationError</Code>"
    b"<Message>Stack with id gone does not exist</Message></Error></ErrorResponse>"
)
SECRETS = (CLIENT_SECRET, "PRIVATE KEY")
SCHEDULES = pytest.mark.parametrize(
    ("what", "name"),
    [("scan", "scan-fleet"), ("sweep", "sweep-fleet"), ("reminder", "send-reminders")],
)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clinic]:
    with clinic(monkeypatch) as made:
        yield made


class TestAHealthyStack:
    def test_nothing_is_to_be_mended(self, patient: Clinic) -> None:
        found = patient.finds()

        assert {each["severity"] for each in found.values()} <= {"ok", "hint", "warning"}
        # What is of a local stack alone.
        warned = {code for code, each in found.items() if each["severity"] == "warning"}
        assert warned == {"notices", "public_address", "zoom_settings"}
        hinted = {code for code, each in found.items() if each["severity"] == "hint"}
        assert hinted == {"backup_key", "connection_probe", "email_sender", "slack", "zoom_webhook"}

    def test_it_prints_what_has_to_be_registered_at_zoom(self, patient: Clinic) -> None:
        text = patient.looks().stdout

        address = f"{patient.outputs['PublicBaseUrl']}/oauth/callback"
        assert f"\n  OAuth Redirect URL  {address}\n" in text
        assert f"\n  OAuth Allow List    {address}\n" in text
        assert "Event notification endpoint URL  https://zoom.acme.example/webhooks/zoom" in text
        assert "Nothing to mend" in text

    def test_scripts_are_told_the_same(self, patient: Clinic) -> None:
        document = json.loads(patient.looks("--json").stdout)

        address = f"{patient.outputs['PublicBaseUrl']}/oauth/callback"
        assert document["register_at_zoom"] == {
            "oauth_redirect_url": address,
            "oauth_allow_list": address,
            "event_notification_endpoint_url": "https://zoom.acme.example/webhooks/zoom",
        }
        assert (document["problems"], document["warnings"]) == (0, 3)

    def test_who_asks_is_told(self, patient: Clinic) -> None:
        assert "arn:aws:sts::123456789012:" in patient.finds()["aws_identity"]["message"]

    def test_no_secret_is_printed(self, patient: Clinic) -> None:
        for options in ((), ("--probe",), ("--probe", "--json")):
            patient.page_answers(our_page())
            printed = patient.looks(*options).output
            for secret in SECRETS:
                assert secret not in printed

    def test_zoom_is_only_asked_on_request(self, patient: Clinic) -> None:
        assert "zoom_credentials" not in patient.finds()
        patient.page_answers(our_page())
        asked = patient.finds("--probe")["zoom_credentials"]
        assert asked["message"] == "Zoom accepts the client id and the client secret."


class TestTheAccount:
    def test_without_credentials_it_stops_at_once(
        self, patient: Clinic, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # Put back at once: the embedded AWS takes its own away again in the end.
        with monkeypatch.context() as environment:
            for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
                environment.delenv(name)
            environment.setenv("AWS_EC2_METADATA_DISABLED", "true")
            result = patient.looks("--json")

        assert result.exit_code == 7
        found = {each["code"]: each for each in json.loads(result.stdout)["checks"]}
        assert set(found) == {"aws_identity", "clock"}
        assert "Unable to locate credentials" in found["aws_identity"]["message"]

    def test_a_profile_that_does_not_exist_is_said_so(self) -> None:
        result = CliRunner().invoke(app, ["--profile", "no-such-profile", "doctor", "--json"])

        assert result.exit_code == 7
        document = json.loads(result.stdout)
        assert "no-such-profile" in document["checks"][0]["message"]
        assert document["register_at_zoom"]["oauth_redirect_url"] is None

    def test_a_stack_that_does_not_exist_is_said_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "testing")
        with ScriptedServer() as aws:
            known = http(200, KNOWN_TO_AWS, {"Connection": "close"})
            aws.will_reply(replace(known, closes=True), http(400, NO_SUCH_STACK))
            words = ["--stack", "gone", "--region", REGION, "--endpoint-url", aws.base_url]
            result = CliRunner().invoke(app, [*words, "doctor", "--json"])

        assert result.exit_code == 7
        found = {each["code"]: each for each in json.loads(result.stdout)["checks"]}
        assert found["aws_identity"]["severity"] == "ok"
        assert found["clock"]["severity"] == "warning"
        assert "Stack with id gone does not exist" in found["stack_outputs"]["message"]

    # Well inside the bounds, because AWS's clock runs on while a busy machine asks.
    @pytest.mark.parametrize("seconds", [-200, -120, 120, 200])
    def test_a_clock_that_is_off_is_warned_of(self, patient: Clinic, seconds: int) -> None:
        patient.is_off_by(seconds=seconds)

        said = patient.finds_warning("clock")

        assert ("ahead of" if seconds > 0 else "behind") in said

    @pytest.mark.parametrize("minutes", [-10, 10])
    def test_a_clock_that_is_far_off_is_a_problem(self, patient: Clinic, minutes: int) -> None:
        patient.is_off_by(minutes=minutes)

        assert "NTP" in patient.finds_problem("clock")

    @pytest.mark.parametrize("name", EXPECTED_OUTPUTS)
    def test_a_stack_older_than_the_command_line_is_said_so(
        self, patient: Clinic, name: str
    ) -> None:
        del patient.outputs[name]

        missing = patient.finds(exit_code=7)["stack_outputs"]

        assert missing["message"] == f"The stack does not tell {name}."
        assert "Deploy the current template" in missing["remedy"]

    def test_a_table_that_is_gone_is_a_problem(self, patient: Clinic) -> None:
        client("dynamodb").delete_table(TableName=patient.outputs["TableName"])

        assert "does not exist" in patient.finds_problem("table")


class TestTheApps:
    @pytest.mark.parametrize(
        ("stored", "said"),
        [
            ("{}", "has no consumer key"),
            ('{"consumer_key": "3MVG9"}', "neither a private key nor a consumer secret"),
            ('{"consumer_key": "3MVG9", "private_key": "canary"}', "not a PEM private key"),
            ("not JSON", "is not JSON"),
        ],
    )
    def test_a_salesforce_secret_that_cannot_work_is_named(
        self, patient: Clinic, stored: str, said: str
    ) -> None:
        patient.connection.salesforce_secret.write(stored)

        found = patient.finds_problem("salesforce_secret")

        assert said in found
        assert "setup salesforce-app" in found
        assert "canary" not in found

    def test_the_possible_logins_are_told(self, patient: Clinic) -> None:
        patient.connection.salesforce_secret.write(
            '{"consumer_key": "3MVG9", "consumer_secret": "canary"}'
        )

        found = patient.finds()["salesforce_secret"]

        assert found["message"] == ("The Salesforce secret is well formed, for client_credentials.")

    @pytest.mark.parametrize(
        ("stored", "said"),
        [
            ("{}", "has no client_id"),
            ('{"client_id": "bDU6oQQ5Qe6sz9mVaMVEyw"}', "has no client_secret"),
            ('{"client_id": "bDU6oQQ5Qe6sz9mVaMVEyw", "client_secret": 7}', "is not a text"),
            ("not JSON", "is not JSON"),
        ],
    )
    def test_a_zoom_secret_that_cannot_work_is_named(
        self, patient: Clinic, stored: str, said: str
    ) -> None:
        patient.connection.zoom_secret.write(stored)

        found = patient.finds_problem("zoom_secret")

        assert said in found
        assert "setup zoom-app" in found

    @pytest.mark.parametrize(
        "document",
        [
            {"client_id": CLIENT_ID, "client_secret": "x" * 36},
            {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "api_key": "y"},
        ],
        ids=["length", "field"],
    )
    def test_what_looks_like_the_keys_of_a_jwt_app_is_warned_of(
        self, patient: Clinic, document: dict[str, str]
    ) -> None:
        patient.connection.zoom_secret.write(json.dumps(document))

        assert "JWT app" in patient.finds_warning("zoom_secret")

    def test_a_secret_that_is_gone_is_a_problem(self, patient: Clinic) -> None:
        client("secretsmanager").delete_secret(SecretId=patient.outputs["ZoomSecretArn"])

        assert "does not exist or is being deleted" in patient.finds_problem("zoom_secret")

    def test_settings_that_contradict_each_other_are_named(self, patient: Clinic) -> None:
        patient.parameters["ZoomApiUrl"] = "https://api.elsewhere.example"

        assert "api_url" in patient.finds_problem("zoom_settings")

    def test_without_a_simulator_the_authorize_page_and_the_scopes_are_told(
        self, patient: Clinic
    ) -> None:
        patient.parameters["ZoomConnectTo"] = ""
        patient.parameters["ZoomRequestedScopes"] = "user:read:user,user:read:settings"

        found = patient.finds()["zoom_settings"]

        assert found["severity"] == "ok"
        assert "https://zoom.us/oauth/authorize" in found["message"]
        assert "user:read:user, user:read:settings" in found["message"]

    def test_credentials_that_zoom_refuses_are_a_problem(self, patient: Clinic) -> None:
        wrong = {"client_id": CLIENT_ID, "client_secret": "another-secret-altogether"}
        patient.connection.zoom_secret.write(json.dumps(wrong))

        said = patient.finds_problem("zoom_credentials", "--probe")

        assert "client_rejected" in said
        assert "setup zoom-app" in said

    def test_a_zoom_that_cannot_be_reached_is_told_from_wrong_credentials(
        self, patient: Clinic
    ) -> None:
        patient.parameters["ZoomConnectTo"] = "http://127.0.0.1:9"

        said = patient.finds_problem("zoom_credentials", "--probe")

        assert "cannot be asked (not_connected" in said


class TestThePublicAddress:
    @pytest.mark.parametrize(
        ("base_url", "severity", "said"),
        [
            ("https://zoom.acme.example", Severity.OK, "Links begin with"),
            ("https://zoom.acme.example/migrator", Severity.OK, "Links begin with"),
            ("https://zoom.acme.example:8443", Severity.OK, "Links begin with"),
            ("http://zoom.acme.example", Severity.PROBLEM, "does not begin with https://"),
            ("ftp://zoom.acme.example", Severity.PROBLEM, "does not begin with https://"),
            ("https://", Severity.PROBLEM, "more or less than an address"),
            ("https://zoom.acme.example?x=1", Severity.PROBLEM, "more or less than"),
            ("https://ada@zoom.acme.example", Severity.PROBLEM, "more or less than"),
            ("https://[zoom", Severity.PROBLEM, "is none"),
            ("https://zoom.acme.example:port", Severity.PROBLEM, "is none"),
            ("https://Zoom.acme.example", Severity.WARNING, "capital letters"),
            ("https://zoom.acme.example/Prod", Severity.WARNING, "capital letters"),
            ("http://localhost:8000", Severity.WARNING, "only for a local stack"),
            ("http://127.0.0.1:8000", Severity.WARNING, "keep the cookie only of localhost"),
            (
                "https://a1b2c3.execute-api.eu-central-1.amazonaws.com",
                Severity.PROBLEM,
                "lacks the stage",
            ),
            (
                "https://a1b2c3.execute-api.eu-central-1.amazonaws.com/live",
                Severity.WARNING,
                "the API's own address",
            ),
        ],
    )
    def test_its_form_is_judged(self, base_url: str, severity: Severity, said: str) -> None:
        found = form_of(base_url)

        assert found.severity is severity
        assert said in found.message
        assert bool(found.remedy) is (severity is not Severity.OK)

    def test_the_page_is_asked_for_without_anything_that_it_would_act_on(
        self, patient: Clinic
    ) -> None:
        patient.finds()

        (received,) = patient.page.received
        assert received.line == "GET /oauth/callback HTTP/1.1"
        assert "cookie" not in received.headers

    @pytest.mark.parametrize(
        "status", [HTTPStatus.OK, HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND]
    )
    def test_any_page_of_ours_will_do(self, patient: Clinic, status: HTTPStatus) -> None:
        patient.page_answers(our_page(status))

        assert patient.finds()["redirect_answers"]["severity"] == "ok"

    def test_a_page_that_fails_is_a_problem(self, patient: Clinic) -> None:
        patient.page_answers(our_page(HTTPStatus.INTERNAL_SERVER_ERROR))

        assert "docs/runbook.md" in patient.finds_problem("redirect_answers")

    @pytest.mark.parametrize(
        "status", [HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND]
    )
    def test_somebody_elses_page_is_a_problem(self, patient: Clinic, status: HTTPStatus) -> None:
        patient.page_answers(http(status, b"{}", {"Location": "https://elsewhere.example"}))

        assert f"(HTTP {status.value})" in patient.finds_problem("redirect_answers")

    def test_silence_is_a_problem(self, patient: Clinic) -> None:
        patient.page_answers()

        assert "no connection comes about" in patient.finds_problem("redirect_answers")

    def test_an_address_without_tls_is_a_problem(self, patient: Clinic) -> None:
        # A server that speaks plain HTTP.
        patient.outputs["PublicBaseUrl"] = patient.zoom.base_url.replace("http://", "https://")

        assert "speaks no TLS" in patient.finds_problem("redirect_answers")


class TestTheKeys:
    @pytest.mark.parametrize(
        ("output", "code"),
        [
            ("LinkKeyArn", "link_key"),
            ("GrantKeyArn", "grant_key"),
            ("BackupKeyArn", "backup_key"),
        ],
    )
    def test_a_key_that_is_gone_is_a_problem(self, patient: Clinic, output: str, code: str) -> None:
        patient.outputs[output] = f"arn:aws:kms:{REGION}:123456789012:key/{uuid4()}"

        assert "does not exist" in patient.finds_problem(code)

    def test_a_key_of_the_wrong_kind_is_a_problem(self, patient: Clinic) -> None:
        patient.outputs["LinkKeyArn"] = patient.outputs["GrantKeyArn"]

        assert patient.finds_problem("link_key")


class TestThePlans:
    def test_without_a_version_every_org_is_upgraded_by_hand(self, patient: Clinic) -> None:
        patient.outputs["PackageVersionId"] = ""

        assert "by hand" in patient.finds_warning("package_version")

    def test_a_version_that_is_none_is_a_problem(self, patient: Clinic) -> None:
        patient.outputs["PackageVersionId"] = "04t"

        assert "PACKAGE_VERSION_ID" in str(patient.finds(exit_code=7)["package_version"])

    def test_terms_without_an_address_are_warned_of(self, patient: Clinic) -> None:
        patient.outputs["PackageTermsUrl"] = ""

        assert "PackageTermsUrl" in patient.finds_warning("package_terms")

    @SCHEDULES
    def test_a_schedule_that_is_off_on_purpose_is_warned_of(
        self, patient: Clinic, what: str, name: str
    ) -> None:
        _switch_off(name)
        # As an output, or as nothing but a parameter.
        patient.outputs["ScanScheduleState"] = "DISABLED"
        patient.parameters["SweepScheduleState"] = "DISABLED"
        patient.parameters["ReminderScheduleState"] = "DISABLED"

        assert "do not start by themselves" in patient.finds_warning(f"{what}_schedule")

    @SCHEDULES
    def test_a_schedule_that_somebody_switched_off_is_a_problem(
        self, patient: Clinic, what: str, name: str
    ) -> None:
        _switch_off(name)

        assert "though the stack says otherwise" in patient.finds_problem(f"{what}_schedule")

    @SCHEDULES
    def test_a_schedule_that_is_gone_is_a_problem(
        self, patient: Clinic, what: str, name: str
    ) -> None:
        _scheduler().delete_schedule(Name=f"{STACK}-{name}", GroupName=STACK)

        assert "does not exist" in patient.finds_problem(f"{what}_schedule")

    @SCHEDULES
    def test_the_template_names_the_schedule_as_it_is_looked_for(
        self, what: str, name: str
    ) -> None:
        template = Path("template.yaml").read_text(encoding="utf-8")

        assert f'Name: !Sub "${{AWS::StackName}}-{name}"' in template

    def test_a_stack_may_be_given_by_its_arn(self, patient: Clinic) -> None:
        patient.connection.stack = f"arn:aws:cloudformation:{REGION}:123456789012:stack/{STACK}/1-2"

        assert patient.finds()["scan_schedule"]["severity"] == "ok"


def _scheduler() -> EventBridgeSchedulerClient:
    scheduler: EventBridgeSchedulerClient = boto3.client("scheduler", region_name=REGION)
    return scheduler


def _switch_off(name: str) -> None:
    _scheduler().update_schedule(
        Name=f"{STACK}-{name}",
        GroupName=STACK,
        ScheduleExpression="cron(0 5 * * ? *)",
        FlexibleTimeWindow={"Mode": "OFF"},
        State="DISABLED",
        Target=TARGET,
    )
