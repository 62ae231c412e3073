"""The stand-in for AWS without the client library and without HTTP, for what is measured alone."""

from __future__ import annotations

import base64
from typing import Any

from benchmarks.aws_stand_in import StandIn


class InProcessAws:
    """Answers the calls of a client of any service within this process."""

    def __init__(self, stand_in: StandIn) -> None:
        self._answer = stand_in.answer

    def get_item(self, **call: Any) -> dict[str, Any]:
        """As DynamoDB's client has it."""
        return self._answer("GetItem", call)

    def put_item(self, **call: Any) -> dict[str, Any]:
        """As DynamoDB's client has it."""
        return self._answer("PutItem", call)

    def transact_write_items(self, **call: Any) -> dict[str, Any]:
        """As DynamoDB's client has it."""
        return self._answer("TransactWriteItems", call)

    def batch_write_item(self, **call: Any) -> dict[str, Any]:
        """As DynamoDB's client has it."""
        return self._answer("BatchWriteItem", call)

    def encrypt(self, **call: Any) -> dict[str, Any]:
        """As the client of KMS has it."""
        return self._with_bytes("Encrypt", call, "Plaintext", "CiphertextBlob")

    def decrypt(self, **call: Any) -> dict[str, Any]:
        """As the client of KMS has it."""
        return self._with_bytes("Decrypt", call, "CiphertextBlob", "Plaintext")

    def send_task_success(self, **call: Any) -> dict[str, Any]:
        """As the client of Step Functions has it."""
        return self._answer("SendTaskSuccess", call)

    def _with_bytes(
        self, operation: str, call: dict[str, Any], sent: str, answered: str
    ) -> dict[str, Any]:
        answer = self._answer(operation, call | {sent: base64.b64encode(call[sent]).decode()})
        return answer | {answered: base64.b64decode(answer[answered])}
