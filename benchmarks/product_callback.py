"""The product's own callback: as deployed, and without AWS's client library."""

from __future__ import annotations

import gc
import os
from http import HTTPStatus
from typing import Any, Final

from aws_lambda_powertools.utilities.typing import LambdaContext

from benchmarks.aws_in_process import InProcessAws
from benchmarks.aws_stand_in import StandIn
from benchmarks.comeback import Comeback
from functions.oauth_callback.app import lambda_handler
from zoom_migrator.adapters.dynamodb.attempts import DynamoDbAttemptRepository
from zoom_migrator.adapters.dynamodb.grants import DynamoDbGrantRepository
from zoom_migrator.adapters.dynamodb.orgs import DynamoDbOrgRepository
from zoom_migrator.adapters.dynamodb.table import Table
from zoom_migrator.adapters.kms import KmsTokenVault
from zoom_migrator.adapters.kms_grants import KmsGrantVault
from zoom_migrator.adapters.stepfunctions import StepFunctionsTaskCallback
from zoom_migrator.adapters.system import SystemClock
from zoom_migrator.adapters.web.callback_page import CallbackPage
from zoom_migrator.adapters.web.entrance import answer_event, shared_pages
from zoom_migrator.bootstrap import zoom
from zoom_migrator.bootstrap.migration_store import migrations
from zoom_migrator.domain.authorization import fingerprint
from zoom_migrator.domain.authorization_outcome import Outcome
from zoom_migrator.oauth_settings import OauthCallbackSettings
from zoom_migrator.observability import metrics
from zoom_migrator.use_cases.redeem_consent import CallbackPorts

_REQUEST_ID: Final = "benchmark"


class _Context(LambdaContext):
    _function_name = "oauth_callback"
    _aws_request_id = _REQUEST_ID


class WholeFunction:
    """The function as deployed; what stands in for AWS is reached over HTTP."""

    def prepare(self, comeback: Comeback) -> dict[str, Any]:
        """See the protocol."""
        return comeback.event()

    def take(self, event: dict[str, Any]) -> dict[str, Any]:
        """See the protocol."""
        return lambda_handler(event, _Context())

    def is_right(self, _comeback: Comeback, answer: dict[str, Any]) -> bool:
        """See the protocol; how it came out is looked up when all is over."""
        return is_sent_on(answer)


class WithoutAws:
    """The same page, use case, gateway and codecs, but the calls of AWS end within the process.

    What remains is what this project's own code and its calls of Zoom cost.
    """

    def __init__(self) -> None:
        settings = OauthCallbackSettings.from_environ(os.environ)
        self._stand_in = StandIn()
        client: Any = InProcessAws(self._stand_in)
        table, clock = Table(client, settings.table_name), SystemClock()
        self._attempts = DynamoDbAttemptRepository(table)
        ports = CallbackPorts(
            orgs=DynamoDbOrgRepository(table),
            migrations=migrations(table),
            attempts=self._attempts,
            grants=DynamoDbGrantRepository(table),
            grant_vault=KmsGrantVault(client, settings.grant_key_arn),
            task_vault=KmsTokenVault(client, settings.task_token_key_arn),
            callback=StepFunctionsTaskCallback(client),
            zoom=zoom.gateway(settings, clock),
            clock=clock,
        )
        page = CallbackPage(ports, settings.authorization_settings(), shared_pages)
        self._routes = {"/oauth/callback": {"GET": page.take}}
        # As the deployed function's bootstrap does.
        gc.freeze()

    def prepare(self, comeback: Comeback) -> dict[str, Any]:
        """See the protocol."""
        for item in comeback.stored:
            self._stand_in.answer("PutItem", {"Item": item})
        return comeback.event()

    def take(self, event: dict[str, Any]) -> dict[str, Any]:
        """See the protocol."""
        try:
            return answer_event(event, routes=self._routes, reference=_REQUEST_ID)
        finally:
            if metrics.metric_set:
                metrics.flush_metrics()

    def is_right(self, comeback: Comeback, answer: dict[str, Any]) -> bool:
        """See the protocol."""
        attempt = self._attempts.get(fingerprint(comeback.state))
        result = attempt.result if attempt is not None else None
        return is_sent_on(answer) and result is not None and result.outcome is Outcome.CONNECTED


def is_sent_on(answer: dict[str, Any]) -> bool:
    """Whether the browser was sent on to the page that tells how it came out."""
    return bool(answer["statusCode"] == HTTPStatus.SEE_OTHER)
