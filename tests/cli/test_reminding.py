"""The function that reminds people, as the command line has it run."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.adapters.embedded_aws import REGION
from tests.cli.reminding import FunctionEndpoint, functions
from zoom_migrator.domain.errors import InvalidSettings, StoreUnavailable
from zoom_migrator_cli.connection import Connection
from zoom_migrator_cli.reminding import Reminded, Reminding


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[FunctionEndpoint]:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with functions() as found:
        yield found


@pytest.fixture
def reminding(endpoint: FunctionEndpoint) -> Reminding:
    return Connection(stack="zoom", region=REGION, endpoint_url=endpoint.url).reminding


def test_the_function_of_the_stack_is_invoked_once_and_its_report_is_read(
    endpoint: FunctionEndpoint, reminding: Reminding
) -> None:
    assert reminding.remind(days_ahead=7) == Reminded(due=3, late=1, messages=2)

    path = "/2015-03-31/functions/zoom-send-reminders/invocations"
    assert endpoint.invoked == [(path, {"days_ahead": 7})]


def test_where_somebody_is_untold_it_is_to_be_repeated(
    endpoint: FunctionEndpoint, reminding: Reminding
) -> None:
    endpoint.error = "Unhandled"
    endpoint.answer = {"errorType": "StoreUnavailable", "errorMessage": "There was not time."}

    with pytest.raises(StoreUnavailable, match="There was not time"):
        reminding.remind(days_ahead=1)

    assert len(endpoint.invoked) == 1


def test_what_the_function_fails_of_is_said(
    endpoint: FunctionEndpoint, reminding: Reminding
) -> None:
    endpoint.error = "Unhandled"
    endpoint.answer = {"errorType": "InvalidSettings", "errorMessage": "JWT_DEADLINE is missing."}

    with pytest.raises(InvalidSettings, match=r"zoom-send-reminders failed .*JWT_DEADLINE"):
        reminding.remind(days_ahead=1)


@pytest.mark.parametrize("answer", [{}, [], None, b"", {"due": "many", "late": 0, "orders": 0}])
@pytest.mark.parametrize("error", ["", "Unhandled"])
def test_any_other_answer_is_no_report(
    endpoint: FunctionEndpoint, reminding: Reminding, answer: object, error: str
) -> None:
    endpoint.answer, endpoint.error = answer, error

    with pytest.raises(InvalidSettings):
        reminding.remind(days_ahead=1)


@pytest.mark.parametrize(
    ("status", "code", "meaning"),
    [
        (404, "ResourceNotFoundException", InvalidSettings),
        (403, "AccessDeniedException", InvalidSettings),
        (429, "TooManyRequestsException", StoreUnavailable),
        (503, "ServiceException", StoreUnavailable),
    ],
)
def test_what_lambda_refuses_has_a_meaning(
    endpoint: FunctionEndpoint,
    reminding: Reminding,
    status: int,
    code: str,
    meaning: type[Exception],
) -> None:
    endpoint.status, endpoint.answer = status, {"Type": "User", "__type": code, "Message": "No."}

    with pytest.raises(meaning):
        reminding.remind(days_ahead=1)

    assert len(endpoint.invoked) == 1
