"""One HTTP connection to one host, which sends every request once."""

from __future__ import annotations

import contextlib
import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import urllib3

from zoom_migrator.adapters.http_client.deadline import Deadline, PlainConnection, TlsConnection
from zoom_migrator.adapters.http_client.library_logs import keep_secrets_out_of_library_logs
from zoom_migrator.adapters.http_client.loopback import Loopback
from zoom_migrator.adapters.http_client.trouble import Trouble, trouble_of

type Method = Literal["GET", "POST", "PATCH"]

_HTTPS_PORT: Final = 443
keep_secrets_out_of_library_logs()


@dataclass(frozen=True, slots=True)
class Limits:
    """What an answer may take.

    Attributes:
        connect_timeout_seconds: Longest wait for a connection.
        read_timeout_seconds: Longest wait for the next bytes of an answer.
        max_body_bytes: Longest answer that is read.
    """

    connect_timeout_seconds: float
    read_timeout_seconds: float
    max_body_bytes: int


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, read completely."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class NoAnswer(Exception):
    """There is no complete answer.

    Attributes:
        detail: In our own words.
        was_sent: Whether the request was sent, at least in part; what it asked for may have been
            done then.
        http_status: Status of an answer that is too long.
    """

    def __init__(
        self, trouble: Trouble, detail: str, *, was_sent: bool, http_status: int | None = None
    ) -> None:
        super().__init__(trouble)
        self.trouble = trouble
        self.detail = detail
        self.was_sent = was_sent
        self.http_status = http_status


class Connection:
    """Sends requests to one host over one connection. Belongs to one thread."""

    def __init__(
        self,
        host: str,
        *,
        limits: Limits,
        loopback: Loopback | None,
        tls: ssl.SSLContext,
        deadline: Deadline,
        port: int = _HTTPS_PORT,
    ) -> None:
        """Prepare a connection; it is opened by the first request.

        Args:
            host: The host that requests name and certificates must be for.
            loopback: Where to connect instead; only that may be without TLS.
        """
        self._host = host if port == _HTTPS_PORT else f"{host}:{port}"
        self._limits = limits
        self._deadline = deadline
        self._has_sent = False
        options: dict[str, Any] = {
            "deadline": deadline,
            "read_timeout": limits.read_timeout_seconds,
            "before_sending": self._note_sending,
        }
        self._http: PlainConnection
        address = loopback.address if loopback else host
        port = loopback.port if loopback else port
        if loopback is not None and loopback.scheme == "http":
            self._http = PlainConnection(address, port, **options)
        else:
            self._http = TlsConnection(
                address, port, ssl_context=tls, server_hostname=host, **options
            )

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

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
            NoAnswer: There is no complete answer, or it is too large.
        """
        self._has_sent = False
        try:
            return self._exchange(method, target, headers, body)
        except (urllib3.exceptions.HTTPError, OSError, http.client.HTTPException) as error:
            trouble, detail = trouble_of(error)
            raise NoAnswer(trouble, detail, was_sent=self._has_sent) from error

    def _note_sending(self) -> None:
        self._has_sent = True

    def _exchange(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes | None,
    ) -> Answer:
        try:
            self._open()
            wait = self._deadline.wait_at_most(self._limits.read_timeout_seconds)
            # Whoever refuses a request may have answered and closed before all of it was sent.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self._http.request(
                    method,
                    target,
                    body=body,
                    headers={**headers, "Host": self._host, "Accept-Encoding": "identity"},
                    preload_content=False,
                    decode_content=False,
                )
            self._http.timeout = wait
            with contextlib.closing(self._http.getresponse()) as response:
                return Answer(response.status, response.headers, self._whole_body(response))
        except BaseException:
            # So that nobody takes what is left of this answer for the next one.
            self._http.close()
            raise

    def _open(self) -> None:
        """Connect, unless there is a connection that the other side has not ended meanwhile.

        Whatever goes wrong here goes wrong before anything was sent.
        """
        if not self._http.is_connected:
            self._http.close()
        self._http.timeout = self._deadline.wait_at_most(self._limits.connect_timeout_seconds)
        if self._http.is_closed:
            self._http.connect()

    def _whole_body(self, response: urllib3.BaseHTTPResponse) -> bytes:
        limit = self._limits.max_body_bytes
        body = b""
        # A read may bring less than asked for; only an empty one is the proof of completeness.
        while chunk := response.read(limit + 1 - len(body), decode_content=False):
            body += chunk
            if len(body) > limit:
                raise NoAnswer(
                    Trouble.MALFORMED_ANSWER,
                    f"HTTP {response.status} with more than {limit} bytes",
                    was_sent=True,
                    http_status=response.status,
                )
        return body
