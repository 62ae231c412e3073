"""One HTTP connection to one org, used for all calls of a check and closed afterwards."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import urllib3
from urllib3.util import Timeout

from zoom_migrator.adapters.salesforce.deadline import Deadline, PlainPool, TlsPool
from zoom_migrator.adapters.salesforce.errors import AnswerLost
from zoom_migrator.adapters.salesforce.library_logs import keep_secrets_out_of_library_logs
from zoom_migrator.adapters.salesforce.settings import SalesforceSettings
from zoom_migrator.adapters.salesforce.transport import failure_of_transport
from zoom_migrator.domain.failure import FailureCode

_HTTPS_PORT: Final = 443
keep_secrets_out_of_library_logs()


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, read completely."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


def tls_context(ca_file: str | None = None) -> ssl.SSLContext:
    """The rules of TLS for all connections: certificates and host names are always verified.

    Making one costs as much as several checks, so a gateway makes it once and shares it.

    Args:
        ca_file: PEM file of the only authorities to trust, instead of the system's.
    """
    context = _SharedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file is None:
        context.load_default_certs()
    else:
        context.load_verify_locations(cafile=ca_file)
    return context


class _SharedContext(ssl.SSLContext):
    """A context that threads can share.

    urllib3 sets the protocols to offer anew for every connection; OpenSSL frees the old list
    while another thread may be copying it. Salesforce is spoken to in HTTP/1.1 anyhow, which
    needs no offer.
    """

    def set_alpn_protocols(self, alpn_protocols: object) -> None:
        """Leave the list as it is."""


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
            tls: See :func:`tls_context`.
        """
        self._host = host
        self._settings = settings
        self._deadline = deadline
        self._has_sent = False
        loopback = settings.loopback()
        address = loopback.address if loopback else host
        port = loopback.port if loopback else _HTTPS_PORT
        options: dict[str, Any] = {
            "deadline": deadline,
            "read_timeout": settings.read_timeout_seconds,
            "before_sending": self._note_sending,
        }
        self._pool: urllib3.HTTPConnectionPool
        if loopback is not None and loopback.scheme == "http":
            self._pool = PlainPool(address, port, maxsize=1, **options)
        else:
            self._pool = TlsPool(
                address, port, maxsize=1, ssl_context=tls, server_hostname=host, **options
            )

    def close(self) -> None:
        """Close the connection."""
        self._pool.close()

    def send(
        self,
        method: Literal["GET", "POST"],
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
        self._has_sent = False
        try:
            return self._exchange(method, target, headers, body)
        except (urllib3.exceptions.HTTPError, OSError, http.client.HTTPException) as error:
            failure = failure_of_transport(error)
            if self._has_sent:
                raise AnswerLost(failure.code, failure.detail) from error
            raise failure from error

    def _note_sending(self) -> None:
        self._has_sent = True

    def _exchange(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes | None,
    ) -> Answer:
        response = self._pool.urlopen(
            method,
            target,
            body=body,
            headers={**headers, "Host": self._host, "Accept-Encoding": "identity"},
            retries=False,
            redirect=False,
            timeout=self._timeout(),
            preload_content=False,
            decode_content=False,
        )
        try:
            return Answer(response.status, response.headers, self._whole_body(response))
        finally:
            # A connection whose answer was read completely is back in the pool by now; any other
            # ends here, so that nobody takes what is left of this answer for the next one.
            response.close()

    def _whole_body(self, response: urllib3.BaseHTTPResponse) -> bytes:
        limit = self._settings.max_body_bytes
        body = b""
        # A read may bring less than asked for; only an empty one is the proof of completeness.
        while chunk := response.read(limit + 1 - len(body), decode_content=False):
            body += chunk
            if len(body) > limit:
                raise AnswerLost(
                    FailureCode.MALFORMED_ANSWER,
                    f"HTTP {response.status} with more than {limit} bytes",
                    response.status,
                )
        return body

    def _timeout(self) -> Timeout:
        return Timeout(
            connect=self._deadline.wait_at_most(self._settings.connect_timeout_seconds),
            read=self._deadline.wait_at_most(self._settings.read_timeout_seconds),
        )
