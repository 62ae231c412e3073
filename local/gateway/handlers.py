"""Answers requests with the functions' handlers in this process, as API Gateway would have them.

Source: API Gateway developer guide, "Input format of a Lambda function for proxy integration" and
"Output format ..." (REST APIs, payload format 1.0).
"""

from __future__ import annotations

import asyncio
import base64
import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from local.gateway.exchange import Answer, Header, Question, end_to_end, error

type Handler = Callable[[dict[str, Any]], Any]

_STAGE: Final = "live"
_PLACEHOLDER: Final = re.compile(r"\\\{(\w+)(\\\+)?\\\}")
_MALFORMED: Final = "Internal server error"


class Handlers:
    """A :class:`~local.gateway.exchange.Backend` of handlers, each for one route."""

    def __init__(self, handlers: Mapping[str, Handler], *, threads: int = 8) -> None:
        """Take the handlers.

        Args:
            handlers: By route, such as ``/approve/{link}`` or ``/{proxy+}``; a handler gets the
                event of API Gateway and answers as API Gateway expects.
            threads: How many requests are worked on at the same time.
        """
        self._routes = [(_pattern(route), route, each) for route, each in handlers.items()]
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="handler")

    async def answer(self, question: Question) -> Answer:
        """See the port; a handler that fails is answered for as API Gateway does."""
        path = question.target.partition("?")[0]
        for pattern, route, handler in self._routes:
            match = pattern.fullmatch(path)
            if match is not None:
                event = _event(question, route, match.groupdict())
                return await self._call(handler, event)
        return error(HTTPStatus.NOT_FOUND, "There is nothing here.")

    async def close(self) -> None:
        """See the port."""
        self._threads.shutdown()

    async def _call(self, handler: Handler, event: dict[str, Any]) -> Answer:
        loop = asyncio.get_running_loop()
        try:
            return _answer(await loop.run_in_executor(self._threads, handler, event))
        except Exception:
            # Whatever a function does, API Gateway says this much of it and no more.
            return error(HTTPStatus.BAD_GATEWAY, _MALFORMED)


def _pattern(route: str) -> re.Pattern[str]:
    def value(placeholder: re.Match[str]) -> str:
        return f"(?P<{placeholder[1]}>{'.+' if placeholder[2] else '[^/]+'})"

    return re.compile(_PLACEHOLDER.sub(value, re.escape(route)))


def _event(question: Question, route: str, values: Mapping[str, str]) -> dict[str, Any]:
    raw_path, _, raw_query = question.target.partition("?")
    headers = _grouped(end_to_end(question.headers))
    query = _grouped(parse_qsl(raw_query, keep_blank_values=True))
    body, is_base64 = _body(question.body)
    return {
        "resource": route,
        "path": raw_path,
        "httpMethod": question.method,
        "headers": _last(headers),
        "multiValueHeaders": headers,
        "queryStringParameters": _last(query) or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": {name: unquote(value) for name, value in values.items()} or None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": route,
            "httpMethod": question.method,
            "path": f"/{_STAGE}{raw_path}",
            "stage": _STAGE,
            "protocol": "HTTP/1.1",
            "requestId": str(uuid.uuid4()),
            "identity": {
                "sourceIp": question.client,
                "userAgent": question.header("user-agent"),
            },
        },
        "body": body,
        "isBase64Encoded": is_base64,
    }


def _grouped(pairs: Iterable[Header]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped


def _last(grouped: Mapping[str, list[str]]) -> dict[str, str]:
    return {name: values[-1] for name, values in grouped.items()}


def _body(content: bytes) -> tuple[str | None, bool]:
    if not content:
        return None, False
    try:
        return content.decode(), False
    except UnicodeDecodeError:
        return base64.b64encode(content).decode(), True


def _answer(answered: Any) -> Answer:
    """What a handler answered; malformed answers are errors of some kind.

    Where a header is in both forms, the one with all values counts.
    """
    several = answered.get("multiValueHeaders") or {}
    single = answered.get("headers") or {}
    named = {name.lower() for name in several}
    headers = [(name, str(value)) for name, value in single.items() if name.lower() not in named]
    headers += [(name, str(value)) for name, values in several.items() for value in values]
    text = str(answered.get("body") or "")
    body = (
        base64.b64decode(text, validate=True) if answered.get("isBase64Encoded") else text.encode()
    )
    return Answer(int(answered["statusCode"]), tuple(headers), body)
