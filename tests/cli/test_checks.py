"""What it means to the doctor that it is kept from looking."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.cli.conftest import Terminal
from zoom_migrator.adapters.aws import aws_calls
from zoom_migrator.domain.errors import InvalidSettings, StoreUnavailable
from zoom_migrator_cli.doctor.check import Check, Patient, Severity, fine, looked
from zoom_migrator_cli.doctor.surroundings import Surroundings


@pytest.fixture
def patient(terminal: Terminal) -> Patient:
    return Patient(terminal.connection, Surroundings(terminal.connection))


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException"])
def test_what_an_operator_may_not_is_no_problem_of_the_stack(patient: Patient, code: str) -> None:
    def look(_: Patient) -> Check:
        with aws_calls("KMS key 1"):
            raise ClientError({"Error": {"Code": code, "Message": "not authorized"}}, "Encrypt")

    found = looked("grant_key", look, patient)

    assert found.severity is Severity.WARNING
    assert "you may not" in found.message
    assert "docs/deploy.md" in found.remedy


def test_a_store_that_is_out_of_reach_is_to_be_looked_at_again(patient: Patient) -> None:
    def look(_: Patient) -> Check:
        raise StoreUnavailable("Table orgs is throttling.")

    found = looked("table", look, patient)

    assert found.severity is Severity.PROBLEM
    assert found.remedy == "Try again in a minute."


def test_what_is_wrong_comes_with_its_own_remedy(patient: Patient) -> None:
    def look(_: Patient) -> Check:
        raise InvalidSettings("The secret is empty.", remedy="Fill it.")

    found = looked("zoom_secret", look, patient)

    assert (found.severity, found.message, found.remedy) == (
        Severity.PROBLEM,
        "The secret is empty.",
        "Fill it.",
    )


def test_what_is_well_stays_as_it_was_found(patient: Patient) -> None:
    found = fine("clock", "It agrees.")

    assert looked("clock", lambda _: found, patient) is found
