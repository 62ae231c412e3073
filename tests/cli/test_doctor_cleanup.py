"""``zoom-migrator doctor`` about proofs, Zoom's webhook and the backups of old keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.cli.clinic import Clinic, clinic
from zoom_migrator.domain.errors import InvalidSettings, StoreUnavailable
from zoom_migrator.domain.legacy_keys import KeyValues

CURRENT = "current-token-canary"
PREVIOUS = "previous-token-canary"


class OpensSomethingElse:
    """A vault whose key is not what it was."""

    def seal(self, values: object, *, org_id: str) -> str:
        """Seal nothing."""
        return ""

    def open(self, sealed: str, *, org_id: str) -> tuple[KeyValues, ...]:
        """Open nothing."""
        return ()


class SomebodyElses(OpensSomethingElse):
    """A vault whose key whoever types may not use."""

    def __init__(self, code: str) -> None:
        self._code = code

    def seal(self, values: object, *, org_id: str) -> str:
        """Refuse, as the real one does."""
        refusal = ClientError({"Error": {"Code": self._code, "Message": "no"}}, "Encrypt")
        if self._code == "ThrottlingException":
            raise StoreUnavailable("The key is out of reach.") from refusal
        raise InvalidSettings("The key may not be used.") from refusal


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clinic]:
    with clinic(monkeypatch) as made:
        yield made


def _finds_hint(patient: Clinic, code: str) -> str:
    found: dict[str, Any] = patient.finds()[code]
    assert found["severity"] == "hint", found
    return f"{found['message']} {found['remedy']}"


class TestProof:
    def test_the_time_between_the_proofs_is_told(self, patient: Clinic) -> None:
        assert "lie 24 hours" in patient.finds()["soak"]["message"]

    @pytest.mark.parametrize(("minutes", "said"), [("0", "0 minutes"), ("45", "45 minutes")])
    def test_a_short_one_is_warned_of(self, patient: Clinic, minutes: str, said: str) -> None:
        patient.outputs["SoakMinutes"] = minutes

        assert said in patient.finds_warning("soak")

    def test_one_that_is_none_is_a_problem(self, patient: Clinic) -> None:
        patient.outputs["SoakMinutes"] = "a day"

        assert "no number of minutes" in patient.finds_problem("soak")

    def test_what_it_means_that_no_probe_is_configured_is_said(self, patient: Clinic) -> None:
        said = _finds_hint(patient, "connection_probe")

        assert "has to confirm that Zoom Config shows it" in said
        assert "cleanup_policy auto asks like ask" in said

    @pytest.mark.parametrize(
        ("value", "said"), [("OAuth", "is 'OAuth'"), ("", "holds anything, or is ticked")]
    )
    def test_a_probe_that_is_configured_is_told(
        self, patient: Clinic, value: str, said: str
    ) -> None:
        _probe(patient, value=value)

        found = patient.finds()["connection_probe"]

        assert found["severity"] == "ok"
        assert f"zoom_app__Login_Type__c of zoom_app__Zoom__c {said}" in found["message"]

    def test_half_a_probe_is_a_problem(self, patient: Clinic) -> None:
        _probe(patient, field="")

        assert "CONNECTION_PROBE_FIELD" in patient.finds_problem("connection_probe")


class TestTheWebhook:
    @pytest.mark.parametrize(
        "stored", ["{}", '{"current": "", "previous": "", "placeholder": "x"}']
    )
    def test_that_it_is_not_used_is_no_fault(self, patient: Clinic, stored: str) -> None:
        patient.connection.webhook_secret.write(stored)

        said = _finds_hint(patient, "zoom_webhook")

        assert "private apps get no such events" in said
        assert "setup zoom-webhook" in said

    def test_a_token_that_is_well_formed_is_fine(self, patient: Clinic) -> None:
        _tokens(patient, current=CURRENT)

        assert patient.finds()["zoom_webhook"]["severity"] == "ok"

    def test_a_token_before_it_is_pointed_out(self, patient: Clinic) -> None:
        _tokens(patient, current=CURRENT, previous=PREVIOUS)

        assert "--drop-previous" in _finds_hint(patient, "zoom_webhook")

    @pytest.mark.parametrize(
        "stored", ["not JSON", '{"previous": "previous-token-canary"}', '{"current": "canary"}']
    )
    def test_what_can_be_no_token_is_a_problem(self, patient: Clinic, stored: str) -> None:
        patient.connection.webhook_secret.write(stored)

        assert "setup zoom-webhook" in patient.finds_problem("zoom_webhook")

    def test_no_token_is_printed(self, patient: Clinic) -> None:
        _tokens(patient, current=CURRENT, previous=PREVIOUS)

        printed = patient.looks("--json").output

        assert "canary" not in printed


class TestTheBackups:
    def test_that_you_may_open_them_is_said(self, patient: Clinic) -> None:
        assert "you may run `zoom-migrator jwt restore`" in _finds_hint(patient, "backup_key")

    def test_that_you_may_not_is_no_fault(self, patient: Clinic) -> None:
        _give_vault(patient, SomebodyElses("AccessDeniedException"))

        assert "so it was not tried" in _finds_hint(patient, "backup_key")

    def test_another_trouble_is_a_problem(self, patient: Clinic) -> None:
        _give_vault(patient, SomebodyElses("ThrottlingException"))

        assert "Cannot be looked at now" in patient.finds_problem("backup_key")

    def test_a_key_that_opens_something_else_is_a_problem(self, patient: Clinic) -> None:
        _give_vault(patient, OpensSomethingElse())

        assert "does not open what it sealed" in patient.finds_problem("backup_key")


def _tokens(patient: Clinic, **tokens: str) -> None:
    patient.connection.webhook_secret.write(json.dumps(tokens))


def _give_vault(patient: Clinic, vault: object) -> None:
    patient.connection.__dict__["backup_vault"] = vault


def _probe(
    patient: Clinic, *, field: str = "zoom_app__Login_Type__c", value: str = "OAuth"
) -> None:
    patient.parameters["ConnectionProbeObject"] = "zoom_app__Zoom__c"
    patient.parameters["ConnectionProbeField"] = field
    patient.parameters["ConnectionProbeValue"] = value
