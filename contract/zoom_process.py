"""A client in a process of its own that takes orders and gives answers, one JSON line each."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from contract.report import ContractBroken

_ANSWER_SECONDS: Final = 60.0
_END_SECONDS: Final = 10.0


class ClientProcess:
    """Starts a client and talks with it."""

    def __init__(
        self, command: Sequence[str], *, folder: Path, environment: Mapping[str, str]
    ) -> None:
        """Start the client."""
        self._errors = (folder / "errors.txt").open("w+")
        self._process = subprocess.Popen(  # noqa: S603 - the clients that were installed here
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        """Return the client."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the client."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(_END_SECONDS)
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._errors.close()

    def ask(self, action: str, **order: object) -> dict[str, object]:
        """Give an order and return the answer.

        Raises:
            ContractBroken: The client ended, answers nothing, or could not carry it out.
        """
        answer = self.ask_for_failure(action, **order)
        if "error" in answer:
            raise ContractBroken(f"{action}: {answer['error']}")
        return answer

    def ask_for_failure(self, action: str, **order: object) -> dict[str, object]:
        """Give an order that may fail; the answer then has ``error``, a text.

        Raises:
            ContractBroken: The client ended, or answers nothing.
        """
        if self._process.stdin is None or self._process.poll() is not None:
            raise ContractBroken(f"{action}: the client has ended: {self._last_words()}")
        self._process.stdin.write(json.dumps({"action": action, **order}) + "\n")
        self._process.stdin.flush()
        try:
            line = self._lines.get(timeout=_ANSWER_SECONDS)
        except queue.Empty:
            raise ContractBroken(f"{action}: no answer: {self._last_words()}") from None
        if not line:
            # The next order finds the same end.
            self._lines.put("")
            raise ContractBroken(f"{action}: the client has ended: {self._last_words()}")
        answer: dict[str, object] = json.loads(line)
        return answer

    def _read(self) -> None:
        if self._process.stdout is not None:
            for line in self._process.stdout:
                self._lines.put(line)
        self._lines.put("")

    def _last_words(self) -> str:
        self._errors.flush()
        self._errors.seek(0)
        return self._errors.read()[-800:]
