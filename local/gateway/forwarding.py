"""Passes requests on to the API that is deployed on the embedded AWS."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Final

import aiohttp
from boto3 import Session
from yarl import URL

from local.gateway.exchange import Answer, Header, Question, end_to_end, error

# API Gateway itself gives a function 29 seconds (API Gateway quotas, "Integration timeout").
_TIMEOUT: Final = aiohttp.ClientTimeout(total=35, connect=5)
# They say how many bytes follow, which the next connection says by itself.
_COUNTED_ANEW: Final = frozenset({"content-length"})
# What aiohttp would say on its own behalf if the browser did not.
_NOT_ADDED: Final = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")


class Forwarder:
    """A :class:`~local.gateway.exchange.Backend` that asks another server and changes nothing.

    Redirects, cookies and encodings pass as they are: they are the browser's matter.
    """

    def __init__(self, address: str) -> None:
        """Take where to: scheme, host and the path that every request's own is put behind."""
        self._address = address.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def answer(self, question: Question) -> Answer:
        """See the port."""
        try:
            return await self._ask(question)
        except (aiohttp.ClientError, TimeoutError, OSError) as failure:
            return error(HTTPStatus.BAD_GATEWAY, f"The API cannot be reached: {failure!r}")

    async def close(self) -> None:
        """See the port."""
        if self._session is not None:
            await self._session.close()
            # One turn of the loop, in which the closed connections let go of their sockets.
            await asyncio.sleep(0)

    async def _ask(self, question: Question) -> Answer:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=_TIMEOUT,
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=_NOT_ADDED,
            )
        async with self._session.request(
            question.method,
            URL(self._address + question.target, encoded=True),
            headers=_forwarded(question),
            data=question.body or None,
            allow_redirects=False,
        ) as answer:
            body = await answer.read()
            headers = end_to_end(answer.headers.items())
            return Answer(answer.status, _without_length(headers, question.method), body)


def public_api_address(session: Session, *, endpoint_url: str, stack_name: str) -> str:
    """Where the embedded AWS serves a deployed stack's public API, its stage included."""
    cloudformation = session.client("cloudformation", endpoint_url=endpoint_url)
    found = cloudformation.describe_stack_resource(
        StackName=stack_name, LogicalResourceId="PublicApi"
    )
    api_id = found["StackResourceDetail"]["PhysicalResourceId"]
    # The form of MiniStack that needs no name of the API in the Host header (app.py).
    return f"{endpoint_url}/_aws/execute-api/{api_id}/live"


def _forwarded(question: Question) -> list[Header]:
    headers = _without_length(end_to_end(question.headers), question.method)
    kept = [each for each in headers if each[0].lower() != "x-forwarded-for"]
    return [*kept, ("X-Forwarded-For", question.client)]


def _without_length(headers: tuple[Header, ...], method: str) -> tuple[Header, ...]:
    if method == "HEAD":
        # It says how long the page is that a GET would bring.
        return headers
    return tuple(each for each in headers if each[0].lower() not in _COUNTED_ANEW)
