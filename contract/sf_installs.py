"""The sf CLI installs: at its own pace, with a key, beside others, and against refusals."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from contract import orgs
from contract.report import Report, expect, expect_part
from contract.sf_cli import TARGET, SfCli, dictionary, expect_packages
from local.salesforce import (
    ZOOM_NAMESPACE,
    FailureMoment,
    Fault,
    FaultKind,
    InstallBehaviour,
    InstallFailure,
    InstallVerdict,
    RunningOrg,
    SalesforceSimulator,
)

_CLIENT: Final = "sf"
_UNWATCHED_SECONDS: Final = 2.0
_LOST: Final = Fault(
    kind=FaultKind.GATEWAY_TIMEOUT, method="POST", path="PackageInstallRequest", times=1
)


class SfInstallChecks:
    """Runs ``sf package install``; the CLI is logged in already."""

    def __init__(self, simulator: SalesforceSimulator, cli: SfCli) -> None:
        self._simulator = simulator
        self._cli = cli
        self._org = orgs.behind(simulator)

    def run(self, report: Report) -> None:
        """Run every check, each with an org that is behind."""
        checks: tuple[tuple[str, Callable[[], None]], ...] = (
            ("installs a new version for all users", self._installs),
            ("waits for an install that takes seconds", self._waits),
            ("finds the version of an install that nobody watched", self._nobody_watches),
            ("installs a version with its installation key", self._installs_with_key),
            ("is told that a version needs a key", self._key_required),
            ("is told that an installation key is wrong", self._key_invalid),
            ("is told why an install failed", self._failed),
            ("is told several reasons of one failure", self._failed_for_several_reasons),
            ("is told of a failure without a reason", self._failed_for_no_reason),
            ("is told that Platform Cache is missing", self._no_platform_cache),
            ("is told that another install is running", self._collides),
            ("is told why an install is refused at once", self._refused_at_once),
            ("is told that the user may not install packages", self._not_allowed),
            ("waits until a version is available", self._waits_for_version),
            ("does not ask twice when the answer is lost", self._answer_lost),
        )
        for sentence, check in checks:
            self._org = orgs.behind(self._simulator)
            report.check(_CLIENT, sentence, check)

    def _installs(self) -> None:
        result = dictionary(self._cli.ok(_install()))
        expect(result["Status"], "SUCCESS", "status of the install")
        expect(result["EnableRss"], True, "remote sites are switched on")
        self._expect_version("3.28.0.1")
        report = self._cli.ok(["package", "install", "report", *_request(self._org), *TARGET])
        expect(dictionary(report)["Status"], "SUCCESS", "status of the report")

    def _waits(self) -> None:
        self._org.document.install = InstallBehaviour(seconds=3, version_lag_seconds=0.1)
        expect(dictionary(self._cli.ok(_install()))["Status"], "SUCCESS", "status")

    def _nobody_watches(self) -> None:
        self._org.document.install = InstallBehaviour(seconds=_UNWATCHED_SECONDS)
        result = dictionary(self._cli.ok(_install(wait=None)))
        expect(result["Status"], "IN_PROGRESS", "status of the install")
        time.sleep(_UNWATCHED_SECONDS)
        expect_packages(self._cli.ok(["package", "installed", "list", *TARGET]), "3.28.0.1")

    def _installs_with_key(self) -> None:
        result = self._cli.ok(_protected(orgs.INSTALLATION_KEY))
        expect(dictionary(result)["Status"], "SUCCESS", "status of the install")
        self._expect_version("3.29.0.1")

    def _key_required(self) -> None:
        answer = self._cli.refused(_protected(None))
        expect_part(answer.get("message"), "Please provide installationkey", "message")
        expect(self._org.installs.runs, [], "installs")

    def _key_invalid(self) -> None:
        answer = self._cli.refused(_protected("guessed"))
        expect_part(answer.get("message"), "Invalid InstallationKey", "message")
        expect(self._org.installs.runs, [], "installs")

    def _failed(self) -> None:
        self._expect_failure(InstallFailure.SCRIPT_FAILED)

    def _failed_for_several_reasons(self) -> None:
        self._expect_failure(InstallFailure.SEVERAL)

    def _failed_for_no_reason(self) -> None:
        self._expect_failure(InstallFailure.NO_REASON)

    def _no_platform_cache(self) -> None:
        self._org.document.platform_cache = False
        answer = self._cli.refused(_install())
        expect(answer.get("name"), "PackageInstallError", "name of the error")
        expect_part(answer.get("message"), "Missing Organization Feature", "message")
        self._expect_version("3.23.0.4")

    def _collides(self) -> None:
        self._org.installs.by_hand(orgs.NEW_VERSION.id, seconds=600)
        answer = self._cli.refused(_install())
        expect(answer.get("name"), "UNABLE_TO_LOCK_ROW", "name of the error")

    def _refused_at_once(self) -> None:
        self._org.document.install = InstallBehaviour(
            failure=InstallFailure.SETUP_LOCKED, failing=FailureMoment.AT_ONCE
        )
        answer = self._cli.refused(_install())
        expect(answer.get("name"), "ALREADY_IN_PROCESS", "name of the error")
        expect_part(answer.get("message"), "locked by another change", "message")

    def _not_allowed(self) -> None:
        self._org.document.users[0].install_packaging = False
        answer = self._cli.refused(_install())
        expect(answer.get("name"), "INSUFFICIENT_ACCESS", "name of the error")

    def _waits_for_version(self) -> None:
        org = self._org
        org.document.install = InstallBehaviour(verdict=InstallVerdict.PACKAGE_UNAVAILABLE)

        def becomes_available() -> None:
            org.document.install = InstallBehaviour()

        # The CLI has asked once by then, and asks again after its own five seconds.
        timer = threading.Timer(4.0, becomes_available)
        timer.start()
        result = dictionary(self._cli.ok([*_install(), "--publish-wait", "1"]))
        timer.cancel()
        expect(result["Status"], "SUCCESS", "status of the install")

    def _answer_lost(self) -> None:
        self._org.faults.add(_LOST)
        self._cli.refused(_install())
        expect(len(self._org.installs.runs), 1, "installs")

    def _expect_failure(self, failure: InstallFailure) -> None:
        self._org.document.install = InstallBehaviour(seconds=0, failure=failure)
        answer = self._cli.refused(_install())
        expect(answer.get("name"), "PackageInstallError", "name of the error")
        for message in failure.messages:
            expect_part(answer.get("message"), message, "message")
        self._expect_version("3.23.0.4")

    def _expect_version(self, version: str) -> None:
        expect(self._org.package(ZOOM_NAMESPACE).version, version, "installed version")


def _install(version_id: str = orgs.NEW_VERSION.id, *, wait: str | None = "2") -> list[str]:
    arguments = ["package", "install", "--package", version_id, "--security-type", "AllUsers"]
    waiting = ["--wait", wait] if wait is not None else []
    return [*arguments, *waiting, "--no-prompt", *TARGET]


def _protected(key: str | None) -> list[str]:
    with_key = ["--installation-key", key] if key is not None else []
    return [*_install(orgs.PROTECTED_VERSION.id), *with_key]


def _request(org: RunningOrg) -> tuple[str, str]:
    return ("--request-id", str(org.installs.rows()[0]["Id"]))
