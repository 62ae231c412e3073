"""Has people reminded of deadlines, by the function that the schedule starts otherwise."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from botocore.config import Config

from zoom_migrator.adapters.aws import aws_calls, client_config
from zoom_migrator.domain.errors import InvalidSettings, MigratorError, StoreUnavailable

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

# The function may run for five minutes, and is not to be started twice meanwhile.
CLIENT_CONFIG: Final = client_config(max_connections=1).merge(
    Config(read_timeout=310, retries={"mode": "standard", "total_max_attempts": 1})
)


@dataclass(frozen=True, slots=True)
class Reminded:
    """What one run came to.

    Attributes:
        due: Orgs of which somebody is told.
        late: How many of them after their day.
        messages: Messages that were ordered.
    """

    due: int
    late: int
    messages: int


class Reminding(Protocol):
    """Has people reminded of deadlines."""

    def remind(self, *, days_ahead: int) -> Reminded:
        """Have people told what they are to be told so many days from now.

        Raises:
            StoreUnavailable: Somebody may be untold as yet; repeat it.
        """


class FunctionReminding:
    """The :class:`Reminding` of a deployed stack."""

    def __init__(self, client: LambdaClient, function_name: str) -> None:
        self._client = client
        self._function_name = function_name

    def remind(self, *, days_ahead: int) -> Reminded:
        """See the port.

        Raises:
            InvalidSettings: There is no such function, it may not be invoked, or it fails.
        """
        order = json.dumps({"days_ahead": days_ahead}).encode()
        with aws_calls(f"Function {self._function_name}"):
            answer = self._client.invoke(FunctionName=self._function_name, Payload=order)
            payload = answer["Payload"].read()
        try:
            document = json.loads(payload)
            if answer.get("FunctionError"):
                raise self._failure(document)
            return Reminded(int(document["due"]), int(document["late"]), int(document["orders"]))
        except (KeyError, TypeError, ValueError, AttributeError):
            raise InvalidSettings(
                f"Function {self._function_name} answered with no report of reminders.",
                remedy="Deploy the current template: the stack is not of this command line.",
            ) from None

    def _failure(self, document: Mapping[str, Any]) -> MigratorError:
        said = f"{document.get('errorType', 'an error')}: {document.get('errorMessage', '')}"
        message = f"Function {self._function_name} failed ({said})."
        if document.get("errorType") == StoreUnavailable.__name__:
            return StoreUnavailable(message)
        return InvalidSettings(message, remedy="Its log says more.")
