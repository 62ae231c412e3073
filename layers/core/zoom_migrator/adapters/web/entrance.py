"""What every public function does with a request, whatever its page is about."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from zoom_migrator.adapters.web.provenance import is_prefetch
from zoom_migrator.adapters.web.refusal import Refusal
from zoom_migrator.adapters.web.request import Request
from zoom_migrator.adapters.web.response import Response, nothing
from zoom_migrator.domain.errors import MigratorError, TransientError

if TYPE_CHECKING:
    from zoom_migrator.adapters.web.pages import Pages

_log = logging.getLogger(__name__)
_RETRY_AFTER_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class Visit:
    """A request with its answer.

    Attributes:
        outcome: Stable name of what happened, for the log.
        facts: Whom it was about, for the log; never anything that somebody typed.
    """

    response: Response
    outcome: str
    facts: Mapping[str, str | int] = field(default_factory=dict)


type Action = Callable[[Request], Visit]
type Routes = Mapping[str, Mapping[str, Action]]


def answer_event(event: Mapping[str, Any], *, routes: Routes, reference: str) -> dict[str, Any]:
    """Answer an event of API Gateway, and log what became of it; never raises.

    Args:
        routes: What is done, by route and method. HEAD is a GET whose page is left out.
        reference: What a person can quote so that the log lines are found.
    """
    visit, with_body = _visit(event, routes, reference)
    status = int(visit.response.status)
    level = logging.ERROR if status >= HTTPStatus.INTERNAL_SERVER_ERROR else logging.INFO
    _log.log(
        level, "page_answered", extra={"status": status, "outcome": visit.outcome, **visit.facts}
    )
    return visit.response.event(with_body=with_body)


@cache
def shared_pages() -> Pages:
    """The pages of this execution environment.

    What makes them is imported with the first: most answers of the callback need none.
    """
    from zoom_migrator.adapters.web.pages import Pages

    return Pages()


def action_for(request: Request, routes: Routes) -> Action:
    """What is done with a request.

    Raises:
        Refusal: There is no such route, or it takes no such method.
    """
    actions = routes.get(request.resource)
    if actions is None:
        raise Refusal(HTTPStatus.NOT_FOUND, "no_such_page")
    method = "GET" if request.method == "HEAD" else request.method
    if method not in actions:
        allowed = ["HEAD", *actions] if "GET" in actions else [*actions]
        raise Refusal(
            HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed", {"Allow": ", ".join(allowed)}
        )
    return actions[method]


def log_failure(error: Exception) -> None:
    """Say what failed and where.

    Our own messages hold no secrets. Those of others may quote what somebody sent, so of them
    only the places are logged.
    """
    reason = error.message if isinstance(error, MigratorError) else ""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    _log.error(
        "page_failed",
        extra={"error": type(error).__name__, "reason": reason, "places": places[-12:]},
    )


def _visit(event: Mapping[str, Any], routes: Routes, reference: str) -> tuple[Visit, bool]:
    with_body = True
    try:
        request = Request.from_event(event)
        with_body = request.method != "HEAD"
        if is_prefetch(request):
            return Visit(nothing(), "prefetch"), with_body
        return action_for(request, routes)(request), with_body
    except Refusal as refusal:
        return _refused(refusal), with_body
    except TransientError as error:
        _log.warning("store_unavailable", extra={"reason": error.message})
        return _unavailable(reference), with_body
    except Exception as error:
        log_failure(error)
        return _broken(reference), with_body


def _refused(refusal: Refusal) -> Visit:
    templates = {
        HTTPStatus.NOT_FOUND: "not_found",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_large",
    }
    template = templates.get(refusal.status, "refused")
    response = shared_pages().page(template, status=refusal.status, headers=refusal.headers)
    return Visit(response, refusal.outcome)


def _unavailable(reference: str) -> Visit:
    response = shared_pages().page(
        "unavailable",
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        headers={"Retry-After": str(_RETRY_AFTER_SECONDS)},
        reference=reference,
    )
    return Visit(response, "unavailable")


def _broken(reference: str) -> Visit:
    response = shared_pages().page(
        "broken", status=HTTPStatus.INTERNAL_SERVER_ERROR, reference=reference
    )
    return Visit(response, "broken")
