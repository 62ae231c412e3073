"""The sf CLI: lists, queries, logs in, updates, and passes errors on faithfully."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from contract import orgs
from contract.credentials import Credentials
from contract.report import Report, expect, expect_part
from contract.sf_cli import TARGET, SfCli, dictionary, expect_packages, first
from contract.sf_installs import SfInstallChecks
from contract.sf_keys import SfKeyChecks
from local.salesforce import (
    API_KEY_FIELD,
    API_SECRET_FIELD,
    KEYS_OBJECT,
    ZOOM_NAMESPACE,
    Approval,
    Fault,
    FaultKind,
    Phase,
    RunningOrg,
    SalesforceSimulator,
)

_CLIENT: Final = "sf"


class SfChecks:
    """Runs the CLI against a simulator on plain http."""

    def __init__(
        self, simulator: SalesforceSimulator, credentials: Credentials, scratch: Path
    ) -> None:
        self._simulator = simulator
        self._cli = SfCli(simulator, credentials, scratch)
        self._org = orgs.behind(simulator)

    def run(self, report: Report) -> None:
        """Run every check; later ones use the login of an earlier one."""
        checks: tuple[tuple[str, Callable[[], None]], ...] = (
            ("lists the installed packages with a bare token", self._lists_with_token),
            ("logs in with a JWT", self._logs_in),
            ("lists the installed packages with a stored login", self._lists_with_login),
            ("queries records with their columns", self._queries),
            ("queries parents through the Tooling API", self._queries_parents),
            ("lists the limits", self._lists_limits),
            ("describes the settings object", self._describes),
            ("asks again when a maintenance page answers a GET", self._retries_maintenance),
            ("blanks both keys and keeps the row", self._blanks_keys),
            ("is told INVALID_TYPE without the right to see packages", self._cannot_see_packages),
            ("is told INVALID_FIELD for a hidden field", self._cannot_see_keys),
            ("is told MALFORMED_QUERY for bad SOQL", self._malformed_query),
            ("is told REQUEST_LIMIT_EXCEEDED", self._limit_exceeded),
            ("is told INVALID_FIELD_FOR_INSERT_UPDATE for a locked field", self._locked_field),
            ("logs in again when its session has ended", self._session_ended),
        )
        for sentence, check in checks:
            report.check(_CLIENT, sentence, check)
        SfKeyChecks(self._simulator, self._cli).run(report)
        SfInstallChecks(self._simulator, self._cli).run(report)
        # Last: the CLI forgets the stored login when this one is refused.
        report.check(_CLIENT, "is told why a JWT login is refused", self._login_refused)

    def _lists_with_token(self) -> None:
        result = self._cli.ok(
            ["package", "installed", "list", "--target-org", self._org.issue_token()],
            SF_ORG_INSTANCE_URL=self._simulator.base_url,
        )
        expect_packages(result, "3.23.0.4")

    def _logs_in(self) -> None:
        result = self._cli.login(orgs.USERNAME)
        expect(result.get("status"), 0, "status of the login")
        details = dictionary(result["result"])
        expect(details.get("orgId"), self._org.org_id, "org id")
        expect(details.get("isSandbox"), False, "sandbox or not")

    def _lists_with_login(self) -> None:
        expect_packages(self._cli.ok(["package", "installed", "list", *TARGET]), "3.23.0.4")

    def _queries(self) -> None:
        query = f"SELECT Id, Name FROM {KEYS_OBJECT} WHERE {API_KEY_FIELD} != null"  # noqa: S608
        result = dictionary(self._cli.ok(["data", "query", "--query", query, *TARGET]))
        expect(result["totalSize"], 1, "number of rows")
        expect(first(result["records"])["Id"], self._org.key_rows[0]["Id"], "id of the row")

    def _queries_parents(self) -> None:
        query = (
            "SELECT Id, SubscriberPackage.NamespacePrefix FROM InstalledSubscriberPackage"
            " WHERE SubscriberPackageId = '033370000004aaU'"
        )
        arguments = ["data", "query", "--use-tooling-api", "--query", query, *TARGET]
        record = first(dictionary(self._cli.ok(arguments))["records"])
        namespace = dictionary(record["SubscriberPackage"])["NamespacePrefix"]
        expect(namespace, ZOOM_NAMESPACE, "namespace")

    def _lists_limits(self) -> None:
        limits = self._cli.ok(["org", "list", "limits", *TARGET])
        expect("DailyApiRequests" in str(limits), True, "the daily limit is listed")

    def _describes(self) -> None:
        arguments = ["sobject", "describe", "--sobject", KEYS_OBJECT, *TARGET]
        description = dictionary(self._cli.ok(arguments))
        fields = description["fields"]
        names = {dictionary(one)["name"] for one in fields} if isinstance(fields, list) else set()
        expect({API_KEY_FIELD, API_SECRET_FIELD} <= names, True, "both key fields are described")

    def _retries_maintenance(self) -> None:
        self._org.faults.add(Fault(kind=FaultKind.MAINTENANCE, phase=Phase.TOOLING, times=1))
        expect_packages(self._cli.ok(["package", "installed", "list", *TARGET]), "3.23.0.4")
        expect(bool(self._org.faults), False, "the fault is still on")

    def _blanks_keys(self) -> None:
        row = self._org.key_rows[0]
        values = f"{API_KEY_FIELD}='' {API_SECRET_FIELD}=''"
        arguments = ["data", "update", "record", "--sobject", KEYS_OBJECT]
        self._cli.ok([*arguments, "--record-id", str(row["Id"]), "--values", values, *TARGET])
        expect([row[API_KEY_FIELD], row[API_SECRET_FIELD]], [None, None], "keys of the row")
        expect(len(self._org.history), 2, "rows of the field history")

    def _cannot_see_packages(self) -> None:
        self._start_over().document.users[0].sees_packages = False
        answer = self._cli.refused(["package", "installed", "list", *TARGET])
        expect(answer.get("name"), "INVALID_TYPE", "name of the error")
        expect_part(
            answer.get("message"), "'InstalledSubscriberPackage' is not supported", "message"
        )

    def _cannot_see_keys(self) -> None:
        self._start_over().document.users[0].sees_key_fields = False
        query = f"SELECT Id FROM {KEYS_OBJECT} WHERE {API_KEY_FIELD} != null"  # noqa: S608
        answer = self._cli.refused(["data", "query", "--query", query, *TARGET])
        expect(answer.get("name"), "INVALID_FIELD", "name of the error")

    def _malformed_query(self) -> None:
        self._start_over()
        answer = self._cli.refused(["data", "query", "--query", "SELECT Id Name", *TARGET])
        expect(answer.get("name"), "MALFORMED_QUERY", "name of the error")

    def _limit_exceeded(self) -> None:
        self._start_over().faults.add(Fault(kind=FaultKind.TOTAL_REQUESTS_EXCEEDED))
        answer = self._cli.refused(["package", "installed", "list", *TARGET])
        expect(answer.get("name"), "REQUEST_LIMIT_EXCEEDED", "name of the error")
        expect_part(answer.get("message"), "TotalRequests Limit exceeded", "message")

    def _locked_field(self) -> None:
        org = self._start_over()
        org.document.users[0].edits_key_fields = False
        arguments = ["data", "update", "record", "--sobject", KEYS_OBJECT]
        arguments += ["--record-id", str(org.key_rows[0]["Id"])]
        answer = self._cli.refused([*arguments, "--values", f"{API_KEY_FIELD}=''", *TARGET])
        expect_part(answer, "INVALID_FIELD_FOR_INSERT_UPDATE", "answer")

    def _login_refused(self) -> None:
        self._start_over().document.users[0].approval = Approval.NOT_APPROVED
        answer = self._cli.login(orgs.USERNAME)
        expect(answer.get("name"), "JwtGrantError", "name of the error")
        expect_part(answer.get("message"), "user hasn't approved this consumer", "message")

    def _session_ended(self) -> None:
        org = self._start_over()
        org.revoke_sessions()
        expect_packages(self._cli.ok(["package", "installed", "list", *TARGET]), "3.23.0.4")
        logins = self._simulator.requests_to(org.host, Phase.TOKEN)
        expect(bool(logins), True, "it logged in again")

    def _start_over(self) -> RunningOrg:
        self._org = orgs.behind(self._simulator)
        self._simulator.forget_requests()
        return self._org
