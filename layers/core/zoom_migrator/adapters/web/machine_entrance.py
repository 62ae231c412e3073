"""What every public function does with a request of a machine: it is answered in JSON."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from zoom_migrator.adapters.web.entrance import Routes, Visit, action_for, log_failure
from zoom_migrator.adapters.web.refusal import Refusal
from zoom_migrator.adapters.web.request import Request
from zoom_migrator.adapters.web.response import Response
from zoom_migrator.domain.errors import InvalidSettings, TransientError

_log = logging.getLogger(__name__)
_RETRY_LATER: Final = {"Retry-After": "30"}


def answer_machine(event: Mapping[str, Any], *, routes: Routes, reference: str) -> dict[str, Any]:
    """Answer an event of API Gateway, and log what became of it; never raises.

    Nothing of the request is in the log or in an answer to an error.

    Args:
        routes: What is done, by route and method.
        reference: What somebody can quote so that the log lines are found.
    """
    visit = _visit(event, routes, reference)
    status = int(visit.response.status)
    level = logging.ERROR if status >= HTTPStatus.INTERNAL_SERVER_ERROR else logging.INFO
    _log.log(
        level, "machine_answered", extra={"status": status, "outcome": visit.outcome, **visit.facts}
    )
    return visit.response.event()


def answer_in_json(
    status: HTTPStatus, document: Mapping[str, str], headers: Mapping[str, str] | None = None
) -> Response:
    """An answer that machines read."""
    kind = {"Content-Type": "application/json"}
    return Response(status, json.dumps(document), headers={**kind, **(headers or {})})


def _visit(event: Mapping[str, Any], routes: Routes, reference: str) -> Visit:
    try:
        request = Request.from_event(event)
        return action_for(request, routes)(request)
    except Refusal as refusal:
        document = {"error": refusal.outcome}
        answer = answer_in_json(refusal.status, document, refusal.headers)
        return Visit(answer, refusal.outcome)
    except InvalidSettings as error:
        log_failure(error)
        return _excused(HTTPStatus.SERVICE_UNAVAILABLE, "not_set_up", reference)
    except TransientError as error:
        _log.warning("store_unavailable", extra={"reason": error.message})
        return _excused(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", reference)
    except Exception as error:
        log_failure(error)
        return _excused(HTTPStatus.INTERNAL_SERVER_ERROR, "broken", reference)


def _excused(status: HTTPStatus, outcome: str, reference: str) -> Visit:
    headers = _RETRY_LATER if status is HTTPStatus.SERVICE_UNAVAILABLE else None
    document = {"error": outcome, "reference": reference}
    return Visit(answer_in_json(status, document, headers), outcome)
