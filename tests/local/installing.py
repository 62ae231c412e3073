"""Asks a simulated org for installs, and looks at what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests

from local.salesforce import RunningOrg
from tests.local.clients import API, OrgClient

REQUESTS = f"{API}/tooling/sobjects/PackageInstallRequest"


@dataclass
class Installer:
    """Installs one version in one org, over HTTP."""

    client: OrgClient
    org: RunningOrg
    version_id: str

    def order(self, **changes: object) -> dict[str, object]:
        """Return the body of a request as the product sends it."""
        return {
            "SubscriberPackageVersionKey": self.version_id,
            "SecurityType": "Full",
            "EnableRss": True,
            "NameConflictResolution": "Block",
        } | changes

    def ask(self, **changes: object) -> requests.Response:
        """Ask for the install and return the answer, whatever it is."""
        return self.client.request("POST", REQUESTS, json=self.order(**changes))

    def start(self, **changes: object) -> str:
        """Ask for the install and return the id of the request."""
        answer = self.ask(**changes)
        assert answer.status_code == 201, answer.text
        assert answer.json().keys() == {"id", "success", "errors"}
        return str(answer.json()["id"])

    def report(self, request_id: str) -> dict[str, Any]:
        """Ask how an install is going."""
        record: dict[str, Any] = self.client.get(f"{REQUESTS}/{request_id}").json()
        return record

    def status(self, request_id: str) -> tuple[str, list[str]]:
        """Ask for status and messages of an install."""
        record = self.report(request_id)
        errors = (record["Errors"] or {"errors": []})["errors"]
        return record["Status"], [error["message"] for error in errors]

    def version(self) -> str:
        """Ask which version of the package is installed."""
        records = self.client.tooling_records(
            "SELECT SubscriberPackageVersion.MajorVersion, SubscriberPackageVersion.MinorVersion"
            " FROM InstalledSubscriberPackage"
        )
        return ".".join(str(part) for part in records[0]["SubscriberPackageVersion"].values())
