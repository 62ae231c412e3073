"""Just enough of AWS to record checks with the real clients: ``python -m benchmarks.aws_stand_in``.

It keeps items and answers at once, in a process of its own, so that what is measured is the
client. It checks nothing: neither signatures nor conditions. It prints its address when it answers
and stops on SIGTERM. The text of every secret comes from the environment variable STAND_IN_SECRET.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from typing import Any, Final

from aiohttp import web

_ADDRESS: Final = "127.0.0.1"
type _Document = dict[str, Any]


class StandIn:
    """The items of one table, and one secret."""

    def __init__(self, secret: str) -> None:
        self._items: dict[tuple[str, str], _Document] = {}
        self._secret = secret

    async def handle(self, request: web.BaseRequest) -> web.Response:
        """Answer a call of DynamoDB or Secrets Manager."""
        operation = request.headers["X-Amz-Target"].partition(".")[2]
        answer = self._answer(operation, json.loads(await request.read()))
        return web.Response(
            body=json.dumps(answer).encode(), content_type="application/x-amz-json-1.0"
        )

    def _answer(self, operation: str, call: _Document) -> _Document:
        match operation:
            case "PutItem":
                self._store(call["Item"])
                return {}
            case "TransactWriteItems":
                for part in call["TransactItems"]:
                    self._store(part["Put"]["Item"])
                return {}
            case "BatchWriteItem":
                for request in next(iter(call["RequestItems"].values())):
                    self._store(request["PutRequest"]["Item"])
                return {"UnprocessedItems": {}}
            case "BatchGetItem":
                (table, wanted), *_ = call["RequestItems"].items()
                found = [item for key in wanted["Keys"] if (item := self._items.get(_key(key)))]
                return {"Responses": {table: found}, "UnprocessedKeys": {}}
            case "GetSecretValue":
                return {"Name": call["SecretId"], "SecretString": self._secret}
        raise web.HTTPBadRequest(text=f"{operation} is not answered here")

    def _store(self, item: _Document) -> None:
        self._items[_key(item)] = item


def _key(item: _Document) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]


async def _serve() -> None:
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    stand_in = StandIn(os.environ["STAND_IN_SECRET"])
    runner = web.ServerRunner(web.Server(stand_in.handle, access_log=None), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, _ADDRESS, 0, backlog=1024).start()
    print(f"http://{_ADDRESS}:{runner.addresses[0][1]}", flush=True)
    await stopped.wait()
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(_serve())
