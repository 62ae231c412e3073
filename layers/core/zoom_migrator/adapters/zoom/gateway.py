"""The gateway to Zoom."""

from __future__ import annotations

import contextlib
import ssl
import time
from collections.abc import Callable, Mapping
from typing import Final, Literal

from zoom_migrator.adapters.http_client.connection import Answer, Connection, NoAnswer
from zoom_migrator.adapters.http_client.deadline import Deadline
from zoom_migrator.adapters.http_client.tls import tls_context
from zoom_migrator.adapters.http_client.trouble import Trouble
from zoom_migrator.adapters.http_client.wording import Spellings
from zoom_migrator.adapters.zoom.credentials import ZoomAppCredentials
from zoom_migrator.adapters.zoom.facts import (
    SETTINGS_TARGET,
    USER_TARGET,
    products_in,
    user_in,
)
from zoom_migrator.adapters.zoom.settings import ZoomSettings, host_in
from zoom_migrator.adapters.zoom.tokens import (
    TokenRequest,
    exchange_request,
    refresh_request,
    revoke_request,
    revoked_in,
    tokens_in,
)
from zoom_migrator.domain.errors import InvalidSettings
from zoom_migrator.domain.grant import IssuedTokens
from zoom_migrator.domain.zoom_account import ZoomProducts, ZoomUser
from zoom_migrator.domain.zoom_failure import ZoomFailure, ZoomFailureCode
from zoom_migrator.ports import Clock

_HEADERS: Final = {"Accept": "application/json", "User-Agent": "zoom-oauth-migrator"}
_C = ZoomFailureCode


class HttpZoomGateway:
    """A :class:`~zoom_migrator.oauth_ports.ZoomGateway` over HTTP.

    Every call opens a connection of its own: one that was kept may have been closed by the other
    side meanwhile, and then nobody knows whether a code or a refresh token has arrived.
    """

    def __init__(
        self,
        settings: ZoomSettings,
        *,
        credentials: Callable[[], ZoomAppCredentials],
        clock: Clock,
        tls: ssl.SSLContext | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take what all calls have in common.

        Args:
            credentials: Called for every call, so it should remember what it parsed.
            tls: The system's authorities if left out.
            monotonic: Seconds that only ever grow, for deadlines.
        """
        self._settings = settings
        self._loopback = settings.loopback()
        self._credentials = credentials
        self._clock = clock
        self._tls = tls or tls_context()
        self._monotonic = monotonic

    def client_id(self) -> str | ZoomFailure:
        """See the port."""
        credentials = self._app()
        return credentials if isinstance(credentials, ZoomFailure) else credentials.client_id

    def exchange(
        self, code: str, *, verifier: str, redirect_uri: str
    ) -> IssuedTokens | ZoomFailure:
        """See the port."""
        return self._tokens(lambda app: exchange_request(app, code, verifier, redirect_uri))

    def refresh(self, refresh_token: str) -> IssuedTokens | ZoomFailure:
        """See the port."""
        return self._tokens(lambda app: refresh_request(app, refresh_token))

    def revoke(self, access_token: str) -> ZoomFailure | None:
        """See the port."""
        app = self._app()
        if isinstance(app, ZoomFailure):
            return app
        request = revoke_request(app, access_token)
        answer = self._post(request)
        return answer if isinstance(answer, ZoomFailure) else revoked_in(answer, request)

    def user(self, access_token: str, *, api_url: str) -> ZoomUser | ZoomFailure:
        """See the port."""
        answer = self._get(USER_TARGET, access_token, api_url)
        if isinstance(answer, ZoomFailure):
            return answer
        return user_in(answer, Spellings(access_token))

    def products(
        self, access_token: str, user: ZoomUser, *, api_url: str
    ) -> ZoomProducts | ZoomFailure:
        """See the port."""
        answer = self._get(SETTINGS_TARGET, access_token, api_url)
        if isinstance(answer, ZoomFailure):
            return answer
        return products_in(answer, user, Spellings(access_token))

    def _app(self) -> ZoomAppCredentials | ZoomFailure:
        try:
            return self._credentials()
        except InvalidSettings as error:
            return ZoomFailure(_C.CREDENTIALS_MISSING, error.message)

    def _tokens(
        self, request_of: Callable[[ZoomAppCredentials], TokenRequest]
    ) -> IssuedTokens | ZoomFailure:
        app = self._app()
        if isinstance(app, ZoomFailure):
            return app
        request, now = request_of(app), self._clock.now()
        answer = self._post(request)
        if isinstance(answer, ZoomFailure):
            return answer
        return tokens_in(answer, request, now=now, default_api_url=self._settings.api_url)

    def _post(self, request: TokenRequest) -> Answer | ZoomFailure:
        return self._send(
            self._settings.oauth_url,
            "POST",
            request.path,
            request.headers,
            request.body,
            self._settings.token_seconds,
        )

    def _get(self, target: str, access_token: str, api_url: str) -> Answer | ZoomFailure:
        if not self._settings.allows(api_url):
            return ZoomFailure(
                _C.HOST_NOT_ALLOWED, f"{host_in(api_url)[:100]} is none of the allowed API hosts"
            )
        headers = {"Authorization": f"Bearer {access_token}"}
        return self._send(api_url, "GET", target, headers, None, self._settings.api_seconds)

    def _send(
        self,
        origin: str,
        method: Literal["GET", "POST"],
        target: str,
        headers: Mapping[str, str],
        body: bytes | None,
        seconds: float,
    ) -> Answer | ZoomFailure:
        connection = Connection(
            host_in(origin),
            limits=self._settings.limits(seconds),
            loopback=self._loopback,
            tls=self._tls,
            deadline=Deadline(seconds, self._monotonic),
        )
        with contextlib.closing(connection):
            try:
                return connection.send(method, target, headers={**_HEADERS, **headers}, body=body)
            except NoAnswer as failure:
                return _failure_of(failure)


def _failure_of(failure: NoAnswer) -> ZoomFailure:
    """What it means that no complete answer came: once a request was sent, anything is possible."""
    if not failure.was_sent:
        is_tls = failure.trouble is Trouble.TLS_FAILED
        return ZoomFailure(_C.TLS_FAILED if is_tls else _C.NOT_CONNECTED, failure.detail)
    is_malformed = failure.trouble is Trouble.MALFORMED_ANSWER
    code = _C.MALFORMED_ANSWER if is_malformed else _C.ANSWER_LOST
    return ZoomFailure(code, failure.detail, http_status=failure.http_status)
