"""Behind API Gateway: what Zoom says by itself, which is put into a queue and answered at once."""

from __future__ import annotations

from typing import Any, Final

from aws_lambda_powertools.utilities.typing import LambdaContext

from zoom_migrator.adapters.web.entrance import Routes, Visit
from zoom_migrator.adapters.web.machine_entrance import answer_machine
from zoom_migrator.adapters.web.request import Request
from zoom_migrator.bootstrap.zoom_webhook import zoom_webhook
from zoom_migrator.health_metrics import count_event
from zoom_migrator.observability import logger, metrics


def _take(request: Request) -> Visit:
    visit = zoom_webhook().take(request)
    count_event(visit.outcome)
    return visit


_ROUTES: Final[Routes] = {"/webhooks/zoom": {"POST": _take}}


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request; whatever happens, the answer is JSON."""
    logger.append_keys(request_id=context.aws_request_id, function=context.function_name)
    try:
        return answer_machine(event, routes=_ROUTES, reference=context.aws_request_id)
    finally:
        if metrics.metric_set:
            metrics.flush_metrics()
