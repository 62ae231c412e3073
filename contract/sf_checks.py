"""The sf CLI: lists, queries, logs in, installs, updates, and passes errors on faithfully."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

from contract import clients, orgs
from contract.credentials import CONSUMER_KEY, Credentials
from contract.report import ContractBroken, Report, expect, expect_part
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
_ALIAS: Final = "contract"
_COMMAND_SECONDS: Final = 120
_SETTINGS: Final = {
    "SF_DISABLE_TELEMETRY": "true",
    "SF_AUTOUPDATE_DISABLE": "true",
    "SF_SKIP_NEW_VERSION_CHECK": "true",
    "SF_DISABLE_LOG_FILE": "true",
    "SF_USE_GENERIC_UNIX_KEYCHAIN": "true",
    "SF_USE_PROGRESS_BAR": "false",
}


class SfChecks:
    """Runs the CLI against a simulator on plain http."""

    def __init__(
        self, simulator: SalesforceSimulator, credentials: Credentials, scratch: Path
    ) -> None:
        self._simulator = simulator
        self._credentials = credentials
        self._home = scratch / "sf-home"
        self._home.mkdir()
        self._command = clients.sf_command()
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
            ("installs a new version for all users", self._installs),
            ("reports a finished install", self._reports_install),
            ("reports why an install failed", self._reports_failed_install),
            ("is told INVALID_TYPE without the right to see packages", self._cannot_see_packages),
            ("is told INVALID_FIELD for a hidden field", self._cannot_see_keys),
            ("is told MALFORMED_QUERY for bad SOQL", self._malformed_query),
            ("is told REQUEST_LIMIT_EXCEEDED", self._limit_exceeded),
            ("is told INVALID_FIELD_FOR_INSERT_UPDATE for a locked field", self._locked_field),
            ("logs in again when its session has ended", self._session_ended),
            # Last: the CLI forgets the stored login when this one is refused.
            ("is told why a JWT login is refused", self._login_refused),
        )
        for sentence, check in checks:
            report.check(_CLIENT, sentence, check)

    def _lists_with_token(self) -> None:
        result = self._ok(
            ["package", "installed", "list", "--target-org", self._org.issue_token()],
            SF_ORG_INSTANCE_URL=self._simulator.base_url,
        )
        _expect_packages(result, "3.23.0.4")

    def _logs_in(self) -> None:
        result = self._login(orgs.USERNAME)
        expect(result.get("status"), 0, "status of the login")
        details = _dictionary(result["result"])
        expect(details.get("orgId"), self._org.org_id, "org id")
        expect(details.get("isSandbox"), False, "sandbox or not")

    def _lists_with_login(self) -> None:
        _expect_packages(self._ok(["package", "installed", "list", *_target()]), "3.23.0.4")

    def _queries(self) -> None:
        query = f"SELECT Id, Name FROM {KEYS_OBJECT} WHERE {API_KEY_FIELD} != null"  # noqa: S608
        result = _dictionary(self._ok(["data", "query", "--query", query, *_target()]))
        expect(result["totalSize"], 1, "number of rows")
        expect(_first(result["records"])["Id"], self._org.key_rows[0]["Id"], "id of the row")

    def _queries_parents(self) -> None:
        query = (
            "SELECT Id, SubscriberPackage.NamespacePrefix FROM InstalledSubscriberPackage"
            " WHERE SubscriberPackageId = '033370000004aaU'"
        )
        arguments = ["data", "query", "--use-tooling-api", "--query", query, *_target()]
        record = _first(_dictionary(self._ok(arguments))["records"])
        namespace = _dictionary(record["SubscriberPackage"])["NamespacePrefix"]
        expect(namespace, ZOOM_NAMESPACE, "namespace")

    def _lists_limits(self) -> None:
        limits = self._ok(["org", "list", "limits", *_target()])
        expect("DailyApiRequests" in str(limits), True, "the daily limit is listed")

    def _describes(self) -> None:
        arguments = ["sobject", "describe", "--sobject", KEYS_OBJECT, *_target()]
        description = _dictionary(self._ok(arguments))
        fields = description["fields"]
        names = {_dictionary(one)["name"] for one in fields} if isinstance(fields, list) else set()
        expect({API_KEY_FIELD, API_SECRET_FIELD} <= names, True, "both key fields are described")

    def _retries_maintenance(self) -> None:
        self._org.faults.add(Fault(kind=FaultKind.MAINTENANCE, phase=Phase.TOOLING, times=1))
        _expect_packages(self._ok(["package", "installed", "list", *_target()]), "3.23.0.4")
        expect(bool(self._org.faults), False, "the fault is still on")

    def _blanks_keys(self) -> None:
        row = self._org.key_rows[0]
        values = f"{API_KEY_FIELD}='' {API_SECRET_FIELD}=''"
        arguments = ["data", "update", "record", "--sobject", KEYS_OBJECT]
        self._ok([*arguments, "--record-id", str(row["Id"]), "--values", values, *_target()])
        expect([row[API_KEY_FIELD], row[API_SECRET_FIELD]], [None, None], "keys of the row")
        expect(len(self._org.history), 2, "rows of the field history")

    def _installs(self) -> None:
        result = _dictionary(self._install())
        expect(result["Status"], "SUCCESS", "status of the install")
        expect(result["EnableRss"], True, "remote sites are switched on")
        package = self._org.document.package_of(ZOOM_NAMESPACE)
        expect(package and package.version, "3.28.0.1", "installed version")

    def _reports_install(self) -> None:
        request_id = str(self._org.installs.rows()[0]["Id"])
        arguments = ["package", "install", "report", "--request-id", request_id, *_target()]
        expect(_dictionary(self._ok(arguments))["Status"], "SUCCESS", "status of the install")

    def _reports_failed_install(self) -> None:
        self._start_over()
        self._org.document.platform_cache = False
        answer = self._refused_command(self._install_arguments())
        expect(answer.get("name"), "PackageInstallError", "name of the error")
        expect_part(answer.get("message"), "Missing Organization Feature", "message")

    def _cannot_see_packages(self) -> None:
        self._start_over().document.users[0].sees_packages = False
        answer = self._refused_command(["package", "installed", "list", *_target()])
        expect(answer.get("name"), "INVALID_TYPE", "name of the error")
        expect_part(
            answer.get("message"), "'InstalledSubscriberPackage' is not supported", "message"
        )

    def _cannot_see_keys(self) -> None:
        self._start_over().document.users[0].sees_key_fields = False
        query = f"SELECT Id FROM {KEYS_OBJECT} WHERE {API_KEY_FIELD} != null"  # noqa: S608
        answer = self._refused_command(["data", "query", "--query", query, *_target()])
        expect(answer.get("name"), "INVALID_FIELD", "name of the error")

    def _malformed_query(self) -> None:
        self._start_over()
        answer = self._refused_command(["data", "query", "--query", "SELECT Id Name", *_target()])
        expect(answer.get("name"), "MALFORMED_QUERY", "name of the error")

    def _limit_exceeded(self) -> None:
        self._start_over().faults.add(Fault(kind=FaultKind.TOTAL_REQUESTS_EXCEEDED))
        answer = self._refused_command(["package", "installed", "list", *_target()])
        expect(answer.get("name"), "REQUEST_LIMIT_EXCEEDED", "name of the error")
        expect_part(answer.get("message"), "TotalRequests Limit exceeded", "message")

    def _locked_field(self) -> None:
        org = self._start_over()
        org.document.users[0].edits_key_fields = False
        arguments = ["data", "update", "record", "--sobject", KEYS_OBJECT]
        arguments += ["--record-id", str(org.key_rows[0]["Id"])]
        answer = self._refused_command([*arguments, "--values", f"{API_KEY_FIELD}=''", *_target()])
        expect_part(answer, "INVALID_FIELD_FOR_INSERT_UPDATE", "answer")

    def _login_refused(self) -> None:
        self._start_over().document.users[0].approval = Approval.NOT_APPROVED
        answer = self._login(orgs.USERNAME)
        expect(answer.get("name"), "JwtGrantError", "name of the error")
        expect_part(answer.get("message"), "user hasn't approved this consumer", "message")

    def _session_ended(self) -> None:
        org = self._start_over()
        org.revoke_sessions()
        _expect_packages(self._ok(["package", "installed", "list", *_target()]), "3.23.0.4")
        logins = self._simulator.requests_to(org.host, Phase.TOKEN)
        expect(bool(logins), True, "it logged in again")

    def _start_over(self) -> RunningOrg:
        self._org = orgs.behind(self._simulator)
        self._simulator.forget_requests()
        return self._org

    def _login(self, username: str) -> dict[str, object]:
        arguments = ["org", "login", "jwt", "--client-id", CONSUMER_KEY, "--username", username]
        arguments += ["--jwt-key-file", str(self._credentials.private_key), "--alias", _ALIAS]
        return self._sf([*arguments, "--instance-url", self._simulator.base_url])

    def _install(self) -> object:
        return self._ok(self._install_arguments())

    def _install_arguments(self) -> list[str]:
        arguments = ["package", "install", "--package", orgs.NEW_VERSION.id]
        return [*arguments, "--security-type", "AllUsers", "--wait", "2", "--no-prompt", *_target()]

    def _ok(self, arguments: list[str], **settings: str) -> object:
        answer = self._sf(arguments, **settings)
        if answer.get("status") != 0:
            raise ContractBroken(f"{answer.get('name')}: {answer.get('message')}")
        return answer["result"]

    def _refused_command(self, arguments: list[str]) -> dict[str, object]:
        answer = self._sf(arguments)
        expect(answer.get("status"), 1, "exit status")
        return answer

    def _sf(self, arguments: list[str], **settings: str) -> dict[str, object]:
        extra = {**_SETTINGS, "PATH": clients.sf_path(), **settings}
        result = subprocess.run(  # noqa: S603 - the CLI that was installed above
            [*self._command, *arguments, "--json"],
            cwd=self._home,
            env=clients.environment(self._home, extra),
            capture_output=True,
            text=True,
            timeout=_COMMAND_SECONDS,
            check=False,
        )
        try:
            return _dictionary(json.loads(result.stdout))
        except ValueError as error:
            raise ContractBroken(f"no JSON from sf: {result.stderr[-800:]}") from error


def _target() -> tuple[str, str]:
    return ("--target-org", _ALIAS)


def _expect_packages(result: object, version: str) -> None:
    packages = [_dictionary(one) for one in result] if isinstance(result, list) else []
    found = {
        one["SubscriberPackageNamespace"]: one["SubscriberPackageVersionNumber"] for one in packages
    }
    expect(found, {ZOOM_NAMESPACE: version, "ZVC": "1.11.0.9"}, "installed packages")


def _dictionary(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise ContractBroken(f"expected an object, got {value!r}")
    return value


def _first(value: object) -> dict[str, object]:
    if not isinstance(value, list) or not value:
        raise ContractBroken(f"expected a filled array, got {value!r}")
    return _dictionary(value[0])
