"""Runs the sf CLI in a home of its own, and reads its answers."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Final

from contract import clients
from contract.credentials import CONSUMER_KEY, Credentials
from contract.report import ContractBroken, expect
from local.salesforce import SalesforceSimulator

ALIAS: Final = "contract"
TARGET: Final = ("--target-org", ALIAS)
_COMMAND_SECONDS: Final = 120
_SETTINGS: Final = {
    "SF_DISABLE_TELEMETRY": "true",
    "SF_AUTOUPDATE_DISABLE": "true",
    "SF_SKIP_NEW_VERSION_CHECK": "true",
    "SF_DISABLE_LOG_FILE": "true",
    "SF_USE_GENERIC_UNIX_KEYCHAIN": "true",
    "SF_USE_PROGRESS_BAR": "false",
}


class SfCli:
    """The CLI, pointed at a simulator on plain http."""

    def __init__(
        self, simulator: SalesforceSimulator, credentials: Credentials, scratch: Path
    ) -> None:
        self._simulator = simulator
        self._credentials = credentials
        self._home = scratch / "sf-home"
        self._home.mkdir()
        self._command = clients.sf_command()

    def login(self, username: str) -> dict[str, object]:
        """Log a user in under the alias and return the whole answer."""
        arguments = ["org", "login", "jwt", "--client-id", CONSUMER_KEY, "--username", username]
        arguments += ["--jwt-key-file", str(self._credentials.private_key), "--alias", ALIAS]
        return self.run([*arguments, "--instance-url", self._simulator.base_url])

    def ok(self, arguments: list[str], **settings: str) -> object:
        """Run a command that succeeds and return its result.

        Raises:
            ContractBroken: It fails.
        """
        answer = self.run(arguments, **settings)
        if answer.get("status") != 0:
            raise ContractBroken(f"{answer.get('name')}: {answer.get('message')}")
        return answer["result"]

    def refused(self, arguments: list[str]) -> dict[str, object]:
        """Run a command that fails and return its answer.

        Raises:
            ContractBroken: It succeeds.
        """
        answer = self.run(arguments)
        expect(answer.get("status"), 1, "exit status")
        return answer

    def run(self, arguments: list[str], **settings: str) -> dict[str, object]:
        """Run a command and return its answer.

        Raises:
            ContractBroken: It prints no JSON.
        """
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
            return dictionary(json.loads(result.stdout))
        except ValueError as error:
            raise ContractBroken(f"no JSON from sf: {result.stderr[-800:]}") from error


def dictionary(value: object) -> dict[str, object]:
    """Return a value that is an object.

    Raises:
        ContractBroken: It is something else.
    """
    if not isinstance(value, dict):
        raise ContractBroken(f"expected an object, got {value!r}")
    return value


def first(value: object) -> dict[str, object]:
    """Return the first object of a filled array.

    Raises:
        ContractBroken: It is something else.
    """
    if not isinstance(value, list) or not value:
        raise ContractBroken(f"expected a filled array, got {value!r}")
    return dictionary(value[0])


def expect_packages(result: object, version: str) -> None:
    """Compare a list of installed packages with that of the org that is behind.

    Raises:
        ContractBroken: They differ.
    """
    packages = [dictionary(one) for one in result] if isinstance(result, list) else []
    found = {
        one["SubscriberPackageNamespace"]: one["SubscriberPackageVersionNumber"] for one in packages
    }
    expect(found, {"zoom_app": version, "ZVC": "1.11.0.9"}, "installed packages")
