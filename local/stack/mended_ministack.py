"""MiniStack, put right where it cannot run our state machines yet (MiniStack 1.5.33).

- A task's ``TimeoutSeconds`` may be an expression of JSONata. MiniStack hands the text itself to
  the clock, and the execution breaks; here it is worked out first.
- A function may fail whose task waits for a token. MiniStack waits on for the token that nobody
  has; here the task fails, as on AWS, and is retried or caught.
- Each process of a function unpacks the layers anew, and compiles what is in them: seven orgs at
  once keep a small machine busy for a minute. Here they share what was unpacked once.
- A mail of SES v2 may have headers of its own, such as the one by which a click unsubscribes.
  MiniStack relays it without them; here they arrive.

It is run as a program, in place of ``python -m ministack``.
"""

from __future__ import annotations

import json
import tempfile
import threading
import zipfile
from contextvars import ContextVar
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, override

from ministack.app import main  # type: ignore[import-untyped]
from ministack.core import lambda_runtime  # type: ignore[import-untyped]
from ministack.services import ses_v2, stepfunctions  # type: ignore[import-untyped]

_awaited_token: Final[ContextVar[str]] = ContextVar("awaited_token", default="")
_mail_headers: Final[ContextVar[tuple[tuple[str, str], ...]]] = ContextVar("headers", default=())
_LAYERS: Final = "layer_"
_unpacking: Final = threading.Lock()


def mend() -> None:
    """Put MiniStack's state machines right, in this process."""
    _work_out_time_outs()
    _let_functions_fail()
    _share_layers()
    _keep_headers_of_mail()


def _work_out_time_outs() -> None:
    execute = stepfunctions._execute_task

    def execute_in_time(state: dict[str, Any], raw_input: Any, execution: Any, ctx: Any) -> Any:
        if isinstance(state.get("TimeoutSeconds"), str):
            seconds = stepfunctions._jsonata_state_field(
                state, "TimeoutSeconds", "number", raw_input, ctx
            )
            state = state | {"TimeoutSeconds": seconds}
        return execute(state, raw_input, execution, ctx)

    stepfunctions._execute_task = execute_in_time


def _let_functions_fail() -> None:
    invoke, call = stepfunctions._invoke_with_callback, stepfunctions._call_lambda

    def invoke_for_token(resource: str, data: Any, token: str, state: dict[str, Any]) -> Any:
        before = _awaited_token.set(token)
        try:
            return invoke(resource, data, token, state)
        finally:
            _awaited_token.reset(before)

    def call_or_fail(function: Any, event: Any) -> Any:
        try:
            return call(function, event)
        except stepfunctions._ExecutionError as failure:
            if waiting := stepfunctions._task_tokens.get(_awaited_token.get()):
                # As if somebody had handed the token back with a failure.
                waiting["error"] = {"Error": failure.error, "Cause": failure.cause}
                waiting["event"].set()
            raise

    stepfunctions._invoke_with_callback = invoke_for_token
    stepfunctions._call_lambda = call_or_fail


def _share_layers() -> None:
    lambda_runtime.zipfile = SimpleNamespace(
        ZipFile=_SharedArchive,
        BadZipFile=zipfile.BadZipFile,
        # The name that MiniStack looks for, and that there is not.
        LargeFileError=zipfile.LargeZipFile,
    )


def _keep_headers_of_mail() -> None:
    handle, build = ses_v2.handle_request, ses_v2._build_mime_message

    async def handle_with_headers(
        method: str, path: str, headers: Any, body: Any, query: Any
    ) -> Any:
        before = _mail_headers.set(_headers_in(body))
        try:
            return await handle(method, path, headers, body, query)
        finally:
            _mail_headers.reset(before)

    def build_with_headers(*parts: Any) -> str:
        own = "".join(f"{name}: {value}\n" for name, value in _mail_headers.get())
        return own + str(build(*parts))

    ses_v2.handle_request = handle_with_headers
    ses_v2._build_mime_message = build_with_headers


def _headers_in(body: Any) -> tuple[tuple[str, str], ...]:
    try:
        simple = json.loads(body)["Content"]["Simple"]
        return tuple((header["Name"], header["Value"]) for header in simple.get("Headers", ()))
    except (KeyError, TypeError, ValueError):
        return ()


class _SharedArchive(zipfile.ZipFile):
    """An archive that is unpacked once, if it is a layer; whoever wants it again gets a link."""

    @override
    def extractall(self, path: Any = None, members: Any = None, pwd: bytes | None = None) -> None:
        """Unpack it into a directory, which is empty."""
        if not self._is_layer:
            super().extractall(path, members, pwd)
            return
        with _unpacking:
            if not self._shared.exists():
                unpacked = Path(tempfile.mkdtemp(prefix=_LAYERS))
                super().extractall(unpacked)
                unpacked.rename(self._shared)
        Path(path).rmdir()
        Path(path).symlink_to(self._shared, target_is_directory=True)

    @override
    def namelist(self) -> list[str]:
        """What is in it; nothing of a shared layer, whose names were looked at when it came."""
        return [] if self._is_layer and self._shared.exists() else super().namelist()

    @property
    def _is_layer(self) -> bool:
        return Path(self.filename or "").name.startswith(_LAYERS)

    @cached_property
    def _shared(self) -> Path:
        digest = sha256(Path(self.filename or "").read_bytes()).hexdigest()
        return Path(tempfile.gettempdir()) / f"shared-{digest[:32]}"


if __name__ == "__main__":
    mend()
    main()
