"""Runs the simulator as a process: ``python -m local.slack --port 8300 --world slack.json``."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from pydantic import ValidationError

from local.slack.model import SimulatedSlack
from local.slack.simulator import SlackSimulator

_FROM_ENVIRONMENT = {
    "SIMULATOR_BOT_TOKEN": "bot_token",
    "SIMULATOR_SIGNING_SECRET": "signing_secret",
    "SIMULATOR_WEBHOOK_SECRET": "webhook_secret",
}


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM; return the exit code."""
    options = _options(arguments)
    try:
        document = SimulatedSlack.model_validate_json(_read(options.world))
        for variable, name in _FROM_ENVIRONMENT.items():
            if os.environ.get(variable):
                setattr(document.app, name, os.environ[variable])
        stopped = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopped.set())
        with SlackSimulator(document, port=options.port) as simulator:
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
        prog="python -m local.slack",
        description="Simulate Slack on 127.0.0.1. Secrets of the app are read from the environment"
        f" variables {', '.join(_FROM_ENVIRONMENT)}, or made.",
    )
    parser.add_argument("--port", type=int, default=0, help="port of 127.0.0.1; 0 takes a free one")
    parser.add_argument("--world", type=Path, help="JSON document of the workspace")
    return parser.parse_args(arguments)


def _read(world: Path | None) -> str:
    return world.read_text("utf-8") if world is not None else "{}"


if __name__ == "__main__":
    raise SystemExit(main())
