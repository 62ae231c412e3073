"""Runs the simulator as a process: ``python -m local.zoom --port 8200 --world zoom.json``."""

from __future__ import annotations

import argparse
import os
import signal
import ssl
import sys
import threading
from pathlib import Path

from pydantic import ValidationError

from local.zoom.model import SimulatedZoom
from local.zoom.simulator import ZoomSimulator


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM; return the exit code."""
    options = _options(arguments)
    try:
        document = SimulatedZoom.model_validate_json(_read(options.world))
        simulator = ZoomSimulator(port=options.port, tls=_tls(options))
        simulator.world.load(
            document,
            client_secret=os.environ.get("SIMULATOR_CLIENT_SECRET", ""),
            webhook_secret=os.environ.get("SIMULATOR_WEBHOOK_SECRET", ""),
        )
        stopped = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopped.set())
        with simulator:
            print(simulator.base_url, flush=True)
            stopped.wait()
    except ValidationError as error:
        print(f"{options.world} is not a valid document: {error}", file=sys.stderr)
        return 2
    except (OSError, ValueError) as error:
        print(f"cannot start the simulator: {error}", file=sys.stderr)
        return 2
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m local.zoom",
        description="Simulate Zoom on 127.0.0.1. Secrets of apps whose document names none are"
        " read from the environment variables SIMULATOR_CLIENT_SECRET and"
        " SIMULATOR_WEBHOOK_SECRET, or made.",
    )
    parser.add_argument("--port", type=int, default=0, help="port of 127.0.0.1; 0 takes a free one")
    parser.add_argument("--world", type=Path, help="JSON document of accounts and apps")
    parser.add_argument("--tls-certificate", type=Path, help="serve https with this certificate")
    parser.add_argument("--tls-key", type=Path, help="private key of the certificate")
    return parser.parse_args(arguments)


def _read(world: Path | None) -> str:
    return world.read_text("utf-8") if world is not None else "{}"


def _tls(options: argparse.Namespace) -> ssl.SSLContext | None:
    if options.tls_certificate is None:
        return None
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(options.tls_certificate, options.tls_key)
    return tls


if __name__ == "__main__":
    raise SystemExit(main())
