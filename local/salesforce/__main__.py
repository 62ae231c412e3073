"""Runs the simulator as a process: ``python -m local.salesforce --port 8100 --orgs fleet.json``."""

from __future__ import annotations

import argparse
import os
import signal
import ssl
import sys
import threading
from pathlib import Path

from pydantic import ValidationError

from local.salesforce.model import SimulatedWorld
from local.salesforce.simulator import SalesforceSimulator


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM; return the exit code."""
    options = _options(arguments)
    try:
        document = SimulatedWorld.model_validate_json(_read(options.orgs))
        simulator = _simulator(options)
        simulator.load(document)
        stopped = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopped.set())
        with simulator:
            print(simulator.base_url, flush=True)
            stopped.wait()
    except ValidationError as error:
        print(f"{options.orgs} is not a valid document: {error}", file=sys.stderr)
        return 2
    except (OSError, ValueError) as error:
        print(f"cannot start the simulator: {error}", file=sys.stderr)
        return 2
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m local.salesforce",
        description="Simulate Salesforce orgs on 127.0.0.1. The client secret, if needed, is read"
        " from the environment variable SIMULATOR_CONSUMER_SECRET.",
    )
    parser.add_argument("--port", type=int, default=0, help="port of 127.0.0.1; 0 takes a free one")
    parser.add_argument("--orgs", type=Path, help="JSON document of the orgs")
    parser.add_argument(
        "--public-key", type=Path, required=True, help="PEM certificate or public key of the app"
    )
    parser.add_argument("--consumer-key", required=True, help="consumer key of the app")
    parser.add_argument("--tls-certificate", type=Path, help="serve https with this certificate")
    parser.add_argument("--tls-key", type=Path, help="private key of the certificate")
    return parser.parse_args(arguments)


def _read(orgs: Path | None) -> str:
    return orgs.read_text("utf-8") if orgs is not None else "{}"


def _simulator(options: argparse.Namespace) -> SalesforceSimulator:
    tls = None
    if options.tls_certificate is not None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(options.tls_certificate, options.tls_key)
    return SalesforceSimulator(
        consumer_key=options.consumer_key,
        public_key_pem=options.public_key.read_bytes(),
        consumer_secret=os.environ.get("SIMULATOR_CONSUMER_SECRET"),
        port=options.port,
        tls=tls,
    )


if __name__ == "__main__":
    raise SystemExit(main())
