"""Just enough of AWS for the real clients: ``python -m benchmarks.aws_stand_in``.

It keeps items and answers at once, in a process of its own, so that what is measured is the
client. It checks nothing: neither signatures nor conditions, and what it seals anybody can open.
It prints its address when it answers and stops on SIGTERM. The text of every secret comes from
the environment variable STAND_IN_SECRET. ``GET /`` tells how often each operation was called.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
from collections import Counter
from typing import Any, Final

from aiohttp import web

_ADDRESS: Final = "127.0.0.1"
# In place of what KMS puts before a ciphertext.
_SEAL: Final = b"sealed:"
type _Document = dict[str, Any]


class StandIn:
    """The items of one table, one secret, one key, and whoever waits with a task token."""

    def __init__(self, secret: str = "") -> None:
        self._items: dict[tuple[str, str], _Document] = {}
        self._secret = secret

    def answer(self, operation: str, call: _Document) -> _Document:
        """Answer a call of DynamoDB, KMS, Secrets Manager or Step Functions.

        Raises:
            LookupError: The operation is none of those that are needed.
        """
        match operation:
            case "Encrypt":
                sealed = _SEAL + base64.b64decode(call["Plaintext"])
                return {"KeyId": call["KeyId"], "CiphertextBlob": base64.b64encode(sealed).decode()}
            case "Decrypt":
                plain = base64.b64decode(call["CiphertextBlob"]).removeprefix(_SEAL)
                return {"KeyId": call["KeyId"], "Plaintext": base64.b64encode(plain).decode()}
            case "GetSecretValue":
                return {"Name": call["SecretId"], "SecretString": self._secret}
            case "SendTaskSuccess":
                return {}
        return self._answer_of_table(operation, call)

    def _answer_of_table(self, operation: str, call: _Document) -> _Document:
        match operation:
            case "GetItem":
                item = self._items.get(_key(call["Key"]))
                return {"Item": item} if item else {}
            case "BatchGetItem":
                (table, wanted), *_ = call["RequestItems"].items()
                found = [item for key in wanted["Keys"] if (item := self._items.get(_key(key)))]
                return {"Responses": {table: found}, "UnprocessedKeys": {}}
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
        raise LookupError(f"{operation} is not answered here")

    def _store(self, item: _Document) -> None:
        self._items[_key(item)] = item


class _Server:
    """The stand-in as AWS's clients reach it."""

    def __init__(self, stand_in: StandIn) -> None:
        self._stand_in = stand_in
        self._calls: Counter[str] = Counter()

    async def handle(self, request: web.BaseRequest) -> web.Response:
        """Answer a call, or tell which came."""
        if request.method == "GET":
            return web.json_response(self._calls)
        operation = request.headers["X-Amz-Target"].partition(".")[2]
        self._calls[operation] += 1
        try:
            answer = self._stand_in.answer(operation, json.loads(await request.read()))
        except LookupError as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        return web.Response(
            body=json.dumps(answer).encode(), content_type="application/x-amz-json-1.0"
        )


def _key(item: _Document) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]


async def _serve() -> None:
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    server = _Server(StandIn(os.environ["STAND_IN_SECRET"]))
    runner = web.ServerRunner(web.Server(server.handle, access_log=None), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, _ADDRESS, 0, backlog=1024).start()
    print(f"http://{_ADDRESS}:{runner.addresses[0][1]}", flush=True)
    await stopped.wait()
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(_serve())
