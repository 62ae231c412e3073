"""Makes the AWS inside the process fail the way the real one does."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Final

import botocore.endpoint
import pytest
from moto.core.botocore_stubber import BotocoreStubber

_S3_OPERATIONS: Final = {"GET": "GetObject", "PUT": "PutObject"}


@dataclass
class _Refusal:
    operation: str
    code: str
    status: int
    left: int | None
    mentioning: bytes


@dataclass
class Disturbance:
    """Refuses operations before they do anything."""

    refused: list[str] = field(default_factory=list)
    _refusals: list[_Refusal] = field(default_factory=list)

    def refuse(
        self,
        operation: str,
        *,
        code: str = "ThrottlingException",
        status: int = 400,
        times: int | None = None,
        mentioning: str = "",
    ) -> None:
        """Refuse an operation from now on; only so many times, or if it mentions something."""
        self._refusals.append(_Refusal(operation, code, status, times, mentioning.encode()))

    def stop(self) -> None:
        """Refuse nothing any more."""
        self._refusals.clear()

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Get between the AWS client library and moto, and take its pauses between attempts."""
        process = BotocoreStubber.process_request

        def refuse_or_process(stubber: BotocoreStubber, request: Any) -> Any:
            return self._answer(request) or process(stubber, request)

        monkeypatch.setattr(BotocoreStubber, "process_request", refuse_or_process)
        monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=lambda _seconds: None))

    def _answer(self, request: Any) -> tuple[int, dict[str, str], str] | None:
        operation = _operation(request)
        for refusal in self._refusals:
            if refusal.operation != operation or refusal.left == 0:
                continue
            if refusal.mentioning and refusal.mentioning not in request.body:
                continue
            if refusal.left is not None:
                refusal.left -= 1
            self.refused.append(operation)
            return _refusal_of(operation, refusal)
        return None


def _operation(request: Any) -> str:
    target = request.headers.get("X-Amz-Target", b"")
    target = target.decode() if isinstance(target, bytes) else str(target)
    return target.rpartition(".")[2] or _S3_OPERATIONS.get(request.method, "")


def _refusal_of(operation: str, refusal: _Refusal) -> tuple[int, dict[str, str], str]:
    if operation in _S3_OPERATIONS.values():
        body = f"<Error><Code>{refusal.code}</Code><Message>refused</Message></Error>"
        return refusal.status, {"Content-Type": "application/xml"}, body
    body = json.dumps({"__type": refusal.code, "message": "refused"})
    return refusal.status, {"Content-Type": "application/x-amz-json-1.0"}, body
