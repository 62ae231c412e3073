"""Logging, metrics, and the one decorator every state-machine function wears."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Final

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from zoom_migrator.domain.errors import InvalidTaskInput, MigratorError

if TYPE_CHECKING:
    from pydantic import BaseModel

    from zoom_migrator.domain.scan import Scan

NAMESPACE: Final = "ZoomOAuthMigrator"
_IDS: Final = ("scan_id", "batch_number", "org_id", "attempt", "migration_id")

logger: Final = Logger(service=os.environ.get("POWERTOOLS_SERVICE_NAME", "zoom-migrator"))
metrics: Final = Metrics(
    namespace=os.environ.get("POWERTOOLS_METRICS_NAMESPACE", NAMESPACE), service="zoom-migrator"
)

# The package logs through the standard library, so that it needs no Powertools; here its records
# get the same JSON form and keys.
_package_log: Final = logging.getLogger("zoom_migrator")
_package_log.handlers = logger.handlers
_package_log.setLevel(logger.log_level)
_package_log.propagate = False

type Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


def task[I: BaseModel, O: BaseModel](
    input_model: type[I],
) -> Callable[[Callable[[I, LambdaContext], O]], Handler]:
    """Make a state machine's task of a typed function.

    The input is checked against its contract, ids go on every log line, metrics are flushed, and
    errors leave as they are: Step Functions retries and catches them by class name.

    Raises:
        InvalidTaskInput: The event does not fit the contract; the message names the fields.
    """

    def decorate(function: Callable[[I, LambdaContext], O]) -> Handler:
        @wraps(function)
        def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
            logger.append_keys(request_id=context.aws_request_id, function=context.function_name)
            try:
                task_input = parse(input_model, event)
                logger.append_keys(**_ids(task_input))
                return function(task_input, context).model_dump(mode="json")
            except MigratorError as error:
                logger.error(
                    "task_failed",
                    error=type(error).__name__,
                    reason=error.message,
                    remedy=error.remedy,
                )
                raise
            except Exception:
                logger.exception("task_crashed")
                raise
            finally:
                if metrics.metric_set:
                    metrics.flush_metrics()
                logger.remove_keys(list(_IDS))

        return handler

    return decorate


def parse[M: BaseModel](model: type[M], event: object) -> M:
    """Read an event by its contract.

    Raises:
        InvalidTaskInput: It does not fit; values are not repeated in the message.
    """
    # Whoever has a model has imported it; the pages have none.
    from pydantic import ValidationError

    try:
        return model.model_validate(event)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
            for fault in error.errors(include_input=False, include_url=False)
        )
        raise InvalidTaskInput(f"Input is not a {model.__name__}: {faults}") from None


def count(name: str) -> None:
    """Count one more of what a metric counts."""
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=1)


def count_scan(scan: Scan) -> None:
    """Count a scan that ended, and what it found."""
    count("ScanFailed" if scan.failure else "ScanCompleted")
    for outcome, found in scan.counts.items():
        name = "Orgs" + outcome.title().replace("_", "")
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=found)


def _ids(task_input: BaseModel) -> dict[str, Any]:
    return {name: getattr(task_input, name) for name in _IDS if hasattr(task_input, name)}
