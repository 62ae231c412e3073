"""Runs every contract check, or those of the named clients: ``python -m contract [CLIENT...]``."""

from __future__ import annotations

import argparse
import secrets
import ssl
import tempfile
from pathlib import Path

from contract import credentials, zoom_checks
from contract.cumulusci_checks import CumulusCiChecks
from contract.report import Report
from contract.sf_checks import SfChecks
from contract.simple_salesforce_checks import SimpleSalesforceChecks
from local.salesforce import SalesforceSimulator

_CLIENTS = ("simple-salesforce", "cumulusci", "sf", *zoom_checks.CLIENTS)


def main() -> int:
    """Run the checks of the named clients, or of all; return the exit code."""
    parser = argparse.ArgumentParser(description="Check the simulators with foreign clients.")
    parser.add_argument("client", nargs="*", help=f"only these clients: {', '.join(_CLIENTS)}")
    wanted = parser.parse_args().client or list(_CLIENTS)
    unknown = sorted(set(wanted) - set(_CLIENTS))
    if unknown:
        parser.error(f"unknown client: {', '.join(unknown)}")
    report = Report()
    with tempfile.TemporaryDirectory(prefix="contract-") as folder:
        scratch = Path(folder)
        made = credentials.make(scratch, secrets.token_urlsafe(24))
        for client in wanted:
            if client in zoom_checks.CLIENTS:
                zoom_checks.run(client, report, scratch)
            else:
                _run(client, report, made, scratch)
    return report.close()


def _run(client: str, report: Report, made: credentials.Credentials, scratch: Path) -> None:
    tls: ssl.SSLContext | None = made.tls if client == "cumulusci" else None
    with SalesforceSimulator(
        consumer_key=credentials.CONSUMER_KEY,
        public_key_pem=made.certificate,
        consumer_secret=made.consumer_secret,
        tls=tls,
    ) as simulator:
        try:
            if client == "sf":
                SfChecks(simulator, made, scratch).run(report)
            elif client == "cumulusci":
                CumulusCiChecks(simulator, made, scratch).run(report)
            else:
                SimpleSalesforceChecks(simulator, made).run(report)
        # A client that cannot be installed counts as a failed check, and the others still run.
        except Exception as error:
            report.record(client, "can be run", 0.0, f"\n        {type(error).__name__}: {error}")


if __name__ == "__main__":
    raise SystemExit(main())
