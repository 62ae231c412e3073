"""Behind API Gateway: the page on which a reader of reminders ends them."""

from __future__ import annotations

from typing import Any, Final

from aws_lambda_powertools.utilities.typing import LambdaContext

from zoom_migrator.adapters.web.entrance import Routes, answer_event
from zoom_migrator.bootstrap.mute import mute_page
from zoom_migrator.observability import logger, metrics

# The page is built with the first request, so that a wrong setting has a page of its own, too.
_ROUTES: Final[Routes] = {
    "/mute/{link}": {
        "GET": lambda request: mute_page().show(request),
        "POST": lambda request: mute_page().end(request),
    }
}


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request; whatever happens, the answer is a page."""
    logger.append_keys(request_id=context.aws_request_id, function=context.function_name)
    try:
        return answer_event(event, routes=_ROUTES, reference=context.aws_request_id)
    finally:
        if metrics.metric_set:
            metrics.flush_metrics()
