"""Calls to one org within one login."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Final, Self

from zoom_migrator.adapters.http_client.connection import Answer, Method
from zoom_migrator.adapters.http_client.deadline import Deadline
from zoom_migrator.adapters.http_client.wording import legible, public_detail, spellings
from zoom_migrator.adapters.salesforce.access import Access
from zoom_migrator.adapters.salesforce.answers import (
    api_usage_in,
    asks_for_new_session,
    document_in,
    fault_of,
    unexplained,
)
from zoom_migrator.adapters.salesforce.connection import OrgConnection
from zoom_migrator.adapters.salesforce.errors import CheckFailed, Refused, meaning_of_refusal
from zoom_migrator.adapters.salesforce.login import (
    TOKEN_PATH,
    Session,
    allowed_host,
    session_in,
    token_request,
)
from zoom_migrator.domain.check import ApiUsage
from zoom_migrator.domain.errors import InvalidSettings
from zoom_migrator.domain.failure import FailureCode
from zoom_migrator.domain.org import OrgRegistration

_COMMON_HEADERS: Final = {"Accept": "application/json", "User-Agent": "zoom-oauth-migrator"}
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
_JSON: Final = {"Content-Type": "application/json"}


class OrgSession:
    """A login to one org: logs in before the first call, and once again if the org asks for it.

    Attributes:
        http_calls: Requests begun so far, whatever became of them.
        api_usage: The org's allowance as the last answer told it.
        installation_key: What package versions are protected with, known after a login.
    """

    def __init__(
        self,
        registration: OrgRegistration,
        access: Access,
        *,
        hide: Callable[[str], str] | None = None,
    ) -> None:
        """Prepare a login.

        Args:
            registration: The org.
            access: What all logins have in common.
            hide: Takes out of what the org says what looks secret; besides what is known to be.
        """
        self.http_calls = 0
        self.api_usage: ApiUsage | None = None
        self.installation_key = ""
        self._registration = registration
        self._access = access
        self._deadline = Deadline(access.settings.check_timeout_seconds, access.monotonic)
        self._connection: OrgConnection | None = None
        self._connected_to = ""
        self._session: Session | None = None
        self._was_renewed = False
        self._secrets: list[str] = []
        self._hide = hide

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._disconnect()

    def log_in(self) -> Session:
        """Log in with a new token.

        Raises:
            CheckFailed: The login fails.
        """
        host = allowed_host(self._registration.host, self._access.settings)
        try:
            credentials = self._access.credentials()
        except InvalidSettings as error:
            raise CheckFailed(FailureCode.CREDENTIALS_MISSING, error.message) from None
        request = token_request(self._registration, credentials, self._access.clock.now())
        self.installation_key = credentials.installation_key
        self._secrets += [*request.secrets, *spellings(credentials.installation_key)]
        answer = self._send(host, "POST", TOKEN_PATH, _FORM | request.headers, request.body)
        self._session = session_in(answer, self._registration, self._access.settings)
        self._secrets.append(self._session.token)
        return self._session

    def get(self, target: str) -> object:
        """The JSON that a resource answers.

        Raises:
            Refused: The org refuses the request.
            CheckFailed: There is no answer, or none that can be read.
        """
        return self._call("GET", target, {}, None)

    def post(self, target: str, document: Mapping[str, object]) -> object:
        """The JSON that a resource answers to a document; raises what :meth:`get` raises."""
        return self._call("POST", target, _JSON, json.dumps(document).encode())

    def post_once(self, target: str, document: Mapping[str, object]) -> Answer:
        """Whatever is answered to a document that is sent once, with the present login.

        Raises:
            AnswerLost: It was sent, and may or may not have arrived.
            CheckFailed: It was surely not sent.
        """
        return self._call_once("POST", target, _JSON, json.dumps(document).encode())

    def patch_once(self, target: str, document: Mapping[str, object]) -> Answer:
        """The same for a change of a record; raises what :meth:`post_once` raises."""
        return self._call_once("PATCH", target, _JSON, json.dumps(document).encode())

    def keep_secret(self, value: str) -> None:
        """Show a value nowhere from now on, whichever way the org repeats it."""
        self._secrets += {*spellings(value), *spellings(legible(value, len(value)))}
        # The longest first: a shorter one may be a part of it.
        self._secrets.sort(key=len, reverse=True)

    def public(self, detail: str) -> str:
        """A detail without anything secret that was sent or received in this session."""
        return public_detail(detail, self._secrets, self._hide)

    def _call(
        self,
        method: Method,
        target: str,
        headers: Mapping[str, str],
        body: bytes | None,
    ) -> object:
        answer = self._call_once(method, target, headers, body)
        if not self._was_renewed and asks_for_new_session(answer):
            self._was_renewed = True
            self.log_in()
            answer = self._call_once(method, target, headers, body)
        if 200 <= answer.status < 300:
            return document_in(answer)
        fault = fault_of(answer)
        code = meaning_of_refusal(fault, answer.status)
        raise Refused(code, fault, str(fault) or unexplained(answer), answer.status)

    def _call_once(
        self,
        method: Method,
        target: str,
        headers: Mapping[str, str],
        body: bytes | None,
    ) -> Answer:
        session = self._session or self.log_in()
        authorised = {**headers, "Authorization": f"Bearer {session.token}"}
        answer = self._send(session.host, method, target, authorised, body)
        self.api_usage = api_usage_in(answer) or self.api_usage
        return answer

    def _send(
        self,
        host: str,
        method: Method,
        target: str,
        headers: Mapping[str, str],
        body: bytes | None,
    ) -> Answer:
        connection = self._connection_to(host)
        self.http_calls += 1
        return connection.send(method, target, headers={**_COMMON_HEADERS, **headers}, body=body)

    def _connection_to(self, host: str) -> OrgConnection:
        if self._connection is None or self._connected_to != host:
            self._disconnect()
            self._connected_to = host
            self._connection = OrgConnection(
                host,
                settings=self._access.settings,
                tls=self._access.tls,
                deadline=self._deadline,
            )
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
