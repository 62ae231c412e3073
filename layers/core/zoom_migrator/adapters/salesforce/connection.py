"""One HTTP connection to one org, used for all calls of a check and closed afterwards."""

from __future__ import annotations

import ssl
from collections.abc import Mapping

from zoom_migrator.adapters.http_client.connection import (
    Answer,
    Connection,
    Limits,
    Method,
    NoAnswer,
)
from zoom_migrator.adapters.http_client.deadline import Deadline
from zoom_migrator.adapters.salesforce.errors import AnswerLost, CheckFailed
from zoom_migrator.adapters.salesforce.settings import SalesforceSettings
from zoom_migrator.adapters.salesforce.transport import code_of


class OrgConnection:
    """Sends requests to one host over one connection. Belongs to one thread."""

    def __init__(
        self,
        host: str,
        *,
        settings: SalesforceSettings,
        tls: ssl.SSLContext,
        deadline: Deadline,
    ) -> None:
        """Prepare a connection; it is opened by the first request.

        Args:
            host: The host that requests name and certificates must be for.
            tls: See :func:`~zoom_migrator.adapters.http_client.tls.tls_context`.
        """
        self._connection = Connection(
            host,
            limits=Limits(
                settings.connect_timeout_seconds,
                settings.read_timeout_seconds,
                settings.max_body_bytes,
            ),
            loopback=settings.loopback(),
            tls=tls,
            deadline=deadline,
        )

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def send(
        self,
        method: Method,
        target: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None = None,
    ) -> Answer:
        """Send a request once and read the whole answer; redirects are not followed.

        Args:
            target: Path and query.

        Raises:
            AnswerLost: There is no complete answer, or it is too large.
            CheckFailed: Nothing of the request was sent.
        """
        try:
            return self._connection.send(method, target, headers=headers, body=body)
        except NoAnswer as failure:
            kind = AnswerLost if failure.was_sent else CheckFailed
            code = code_of(failure.trouble)
            raise kind(code, failure.detail, failure.http_status) from failure
