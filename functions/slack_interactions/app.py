"""Behind API Gateway: buttons that were pressed in Slack, which are answered at once."""

from __future__ import annotations

from typing import Any, Final

from aws_lambda_powertools.utilities.typing import LambdaContext

from zoom_migrator.adapters.web.entrance import Routes, Visit
from zoom_migrator.adapters.web.machine_entrance import answer_machine
from zoom_migrator.adapters.web.request import Request
from zoom_migrator.bootstrap.slack_interactions import slack_interactions
from zoom_migrator.notice_metrics import count_press
from zoom_migrator.observability import logger, metrics


def _take(request: Request) -> Visit:
    visit = slack_interactions().take(request)
    count_press(visit.outcome)
    return visit


_ROUTES: Final[Routes] = {"/slack/interactions": {"POST": _take}}


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request; what follows from it is worked on behind the queue."""
    logger.append_keys(request_id=context.aws_request_id, function=context.function_name)
    try:
        return answer_machine(event, routes=_ROUTES, reference=context.aws_request_id)
    finally:
        if metrics.metric_set:
            metrics.flush_metrics()
