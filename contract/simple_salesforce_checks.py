"""simple-salesforce: logs in at the real hosts' names and talks to the org's own host name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, override
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceMalformedRequest,
    SalesforceRefusedRequest,
)

from contract import orgs
from contract.credentials import CONSUMER_KEY, Credentials
from contract.report import ContractBroken, Report, expect, expect_part
from local.salesforce import (
    API_KEY_FIELD,
    KEYS_OBJECT,
    Fault,
    FaultKind,
    Phase,
    SalesforceSimulator,
)

_CLIENT: Final = "simple-salesforce"


class _ToSimulator(HTTPAdapter):
    """Opens every connection to the simulator, and leaves the Host header as it would be."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self._base = urlsplit(base_url)

    @override
    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        target = urlsplit(request.url or "")
        request.headers["Host"] = target.netloc
        request.url = urlunsplit(target._replace(scheme="http", netloc=self._base.netloc))
        return super().send(request, stream, timeout, verify, cert, proxies)


class SimpleSalesforceChecks:
    """Runs simple-salesforce in this process against a simulator on plain http."""

    def __init__(self, simulator: SalesforceSimulator, credentials: Credentials) -> None:
        self._simulator = simulator
        self._credentials = credentials
        self._org = orgs.behind(simulator)

    def run(self, report: Report) -> None:
        """Run every check, each with an org that is behind."""
        checks: tuple[tuple[str, Callable[[], None]], ...] = (
            ("logs in with a JWT at login.salesforce.com", self._logs_in),
            ("logs in with client credentials at My Domain", self._logs_in_with_secret),
            ("reads the identity of its user", self._reads_identity),
            ("follows the pages of a long answer", self._follows_pages),
            ("blanks a field with PATCH", self._blanks_field),
            ("reads the API usage from the limit header", self._reads_usage),
            ("logs in again when its session has ended", self._session_ended),
            ("is told the errorCode of a refused query", self._refused_query),
            ("is told when the API limit is used up", self._limit_exceeded),
            ("is told why a login is refused", self._login_refused),
        )
        for sentence, check in checks:
            self._org = orgs.behind(self._simulator)
            self._simulator.forget_requests()
            report.check(_CLIENT, sentence, check)

    def _logs_in(self) -> None:
        client = self._client()
        expect(client.sf_instance, orgs.HOST, "host of the org")
        hosts = {one.host for one in self._simulator.requests_to(orgs.HOST, Phase.TOKEN)}
        expect(hosts, {"login.salesforce.com"}, "host of the login")

    def _logs_in_with_secret(self) -> None:
        client = Salesforce(
            consumer_key=CONSUMER_KEY,
            consumer_secret=self._credentials.consumer_secret,
            domain=orgs.HOST.removesuffix(".salesforce.com"),
            session=self._session(),
        )
        expect(client.sf_instance, orgs.HOST, "host of the org")

    def _reads_identity(self) -> None:
        identity = self._client().oauth2("userinfo") or {}
        expect(identity.get("preferred_username"), orgs.USERNAME, "username")
        expect(identity.get("organization_id"), self._org.org_id, "org id")

    def _follows_pages(self) -> None:
        client = self._client()
        self._org.document.page_size = 1
        result = client.query_all("SELECT NamespacePrefix FROM PackageLicense")
        expect(len(result["records"]), 2, "number of records")

    def _blanks_field(self) -> None:
        row = self._org.key_rows[0]
        keys = getattr(self._client(), KEYS_OBJECT)
        expect(keys.update(row["Id"], {API_KEY_FIELD: None}), 204, "status of the update")
        expect(row[API_KEY_FIELD], None, "key of the row")

    def _reads_usage(self) -> None:
        client = self._client()
        client.query("SELECT Id FROM Organization")
        expect(client.api_usage["api-usage"].total, 15_000, "calls a day")

    def _session_ended(self) -> None:
        client = self._client()
        self._org.revoke_sessions()
        expect(client.query("SELECT Id FROM Organization")["totalSize"], 1, "number of records")

    def _refused_query(self) -> None:
        client = self._client()
        try:
            client.query("SELECT Id FROM InstalledSubscriberPackage")
        except SalesforceMalformedRequest as error:
            expect_part(error.content, "INVALID_TYPE", "error array")
        else:
            raise ContractBroken("a Tooling object was found through the REST API")

    def _limit_exceeded(self) -> None:
        client = self._client()
        self._org.faults.add(Fault(kind=FaultKind.TOTAL_REQUESTS_EXCEEDED))
        try:
            client.query("SELECT Id FROM Organization")
        except SalesforceRefusedRequest as error:
            expect_part(error.content, "REQUEST_LIMIT_EXCEEDED", "error array")
        else:
            raise ContractBroken("the query was answered")

    def _login_refused(self) -> None:
        self._org.document.users[0].active = False
        try:
            self._client()
        except SalesforceAuthenticationFailed as error:
            expect(error.auth_message, "inactive user", "description")
        else:
            raise ContractBroken("the login was accepted")

    def _client(self) -> Salesforce:
        return Salesforce(
            username=orgs.USERNAME,
            consumer_key=CONSUMER_KEY,
            privatekey_file=str(self._credentials.private_key),
            session=self._session(),
        )

    def _session(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.mount("https://", _ToSimulator(self._simulator.base_url))
        return session
