"""CumulusCI: reads packages in two steps, compares versions, installs, logs in; over TLS."""

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
    ZOOM_NAMESPACE,
    FailureMoment,
    InstallBehaviour,
    InstallFailure,
    PackageDefect,
    PublishedVersion,
    SalesforceSimulator,
    grant_refused,
)

_CLIENT: Final = "CumulusCI"
_SECONDS: Final = 120
# CumulusCI knows these by their texts.
_PASSING: Final = (
    InstallFailure.NOT_YET_AVAILABLE,
    InstallFailure.NO_SUCH_VERSION,
    InstallFailure.VERSION_DELETED,
    InstallFailure.ROW_LOCKED,
    InstallFailure.INVALID_CROSS_REFERENCE,
)


class CumulusCiChecks:
    """Runs CumulusCI against a simulator on https."""

    def __init__(
        self, simulator: SalesforceSimulator, credentials: Credentials, scratch: Path
    ) -> None:
        self._simulator = simulator
        self._credentials = credentials
        self._home = scratch / "cumulusci-home"
        self._home.mkdir()
        self._python = clients.cumulusci_python()
        self._org = orgs.behind(simulator)

    def run(self, report: Report) -> None:
        """Run every check, each with an org that is behind."""
        checks: tuple[tuple[str, Callable[[], None]], ...] = (
            ("lists the installed packages in two steps", self._lists),
            ("lists the healthy packages beside an odd one", self._lists_beside_odd),
            ("compares the installed version with a minimum", self._compares),
            ("finds the newest API version", self._newest_api_version),
            ("installs a version by its id", self._installs),
            ("waits for an install that takes seconds", self._waits),
            ("installs a version with its installation key", self._installs_with_key),
            ("is told that a version needs a key", self._key_required),
            ("tries again after every refusal that passes", self._tries_again),
            ("does not try again where that cannot help", self._gives_up),
            ("is told that another install is running", self._collides),
            ("reports why an install failed", self._reports_failed_install),
            ("logs in with a JWT that expires now", self._logs_in),
            ("is told why a JWT login is refused", self._login_refused),
        )
        for sentence, check in checks:
            self._org = orgs.behind(self._simulator)
            report.check(_CLIENT, sentence, check)

    def _lists(self) -> None:
        versions = self._ask("versions")
        expect(versions.get(ZOOM_NAMESPACE), ["3.23"], "version of the package")
        expect(versions.get("033370000004aaUAAQ"), ["3.23"], "version by package id")
        expect(versions.get("ZVC"), ["1.11"], "version of the other package")

    def _lists_beside_odd(self) -> None:
        self._org.set_package_defect(PackageDefect.UNKNOWN_EXCEPTION, namespace="ZVC")
        versions = self._ask("versions")
        expect(versions.get(ZOOM_NAMESPACE), ["3.23"], "version of the healthy package")
        expect(versions.get("ZVC"), None, "version of the odd package")

    def _compares(self) -> None:
        expect(self._answer("minimum"), [True, False], "at least 3.23, at least 3.27")

    def _newest_api_version(self) -> None:
        expect(self._answer("api_version"), "66.0", "newest API version")

    def _installs(self) -> None:
        expect(self._answer("install"), "installed", "end of the install")
        expect(self._org.package(ZOOM_NAMESPACE).version, "3.28.0.1", "installed version")
        request = self._org.installs.rows()[0]
        expect(str(request["SecurityType"]).lower(), "full", "who gets the package")

    def _waits(self) -> None:
        self._org.document.install = InstallBehaviour(seconds=2)
        expect(self._answer("install"), "installed", "end of the install")

    def _installs_with_key(self) -> None:
        answer = self._answer("install", orgs.PROTECTED_VERSION, orgs.INSTALLATION_KEY)
        expect(answer, "installed", "end of the install")
        expect(self._org.package(ZOOM_NAMESPACE).version, "3.29.0.1", "installed version")

    def _key_required(self) -> None:
        answer = self._answer("install", orgs.PROTECTED_VERSION)
        expect_part(answer, "INSTALL_KEY_REQUIRED", "message")
        expect(self._org.installs.runs, [], "installs")

    def _tries_again(self) -> None:
        for failure in _PASSING:
            self._org = orgs.behind(self._simulator)
            self._org.document.install = InstallBehaviour(
                seconds=0, failure=failure, failing=FailureMoment.AT_ONCE, times=2
            )
            expect(self._answer("install_patiently"), "installed", f"end after {failure}")

    def _gives_up(self) -> None:
        self._org.document.install = InstallBehaviour(
            seconds=0, failure=InstallFailure.SCRIPT_FAILED
        )
        expect_part(self._answer("install_patiently"), "post install script failed", "message")
        expect(len(self._org.installs.rows()), 1, "number of requests")

    def _collides(self) -> None:
        self._org.installs.by_hand(orgs.NEW_VERSION.id, seconds=600)
        expect_part(self._answer("install"), "UNABLE_TO_LOCK_ROW", "message")

    def _reports_failed_install(self) -> None:
        self._org.document.platform_cache = False
        expect_part(self._answer("install"), "Missing Organization Feature", "message")

    def _logs_in(self) -> None:
        expect_part(self._answer("login"), self._org.org_id, "identity address")

    def _login_refused(self) -> None:
        self._org.faults.add(grant_refused("user is not admin approved to access this app"))
        expect_part(self._answer("login"), "user is not admin approved", "message")

    def _ask(self, action: str) -> dict[str, object]:
        answer = self._answer(action)
        if not isinstance(answer, dict):
            raise ContractBroken(f"expected an object, got {answer!r}")
        return answer

    def _answer(
        self,
        action: str,
        version: PublishedVersion = orgs.NEW_VERSION,
        password: str | None = None,
    ) -> object:
        order = {
            "actions": [action],
            "password": password,
            # CumulusCI cuts "https://" off and takes the rest as the host to talk to.
            "url": f"https://localhost:{self._simulator.port}",
            "token": self._org.issue_token(),
            "version_id": version.id,
            "consumer_key": CONSUMER_KEY,
            "key_file": str(self._credentials.private_key),
            "username": orgs.USERNAME,
        }
        trust = {"REQUESTS_CA_BUNDLE": str(self._credentials.authority), "PYTHONWARNINGS": "ignore"}
        result = subprocess.run(  # noqa: S603 - the environment that was made above
            [str(self._python), str(clients.FOLDER / "cumulusci_client.py")],
            input=json.dumps(order),
            cwd=self._home,
            env=clients.environment(self._home, trust),
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        if result.returncode != 0:
            raise ContractBroken(f"CumulusCI failed: {result.stderr[-800:]}")
        answer: dict[str, object] = json.loads(result.stdout)
        return answer[action]
