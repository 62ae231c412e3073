"""``make demo``: the whole product on this machine, from a fleet file to a scanned fleet.

It types the same commands an operator would, against the same template an operator deploys.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from rich.console import Console

from local.salesforce import SalesforceSimulator, SimulatedWorld
from local.stack import LocalStack, LocalStackError

ROOT: Final = Path(__file__).resolve().parent.parent
FLEET: Final = ROOT / "examples" / "fleet.csv"
ORGS: Final = ROOT / "local" / "demo_orgs.json"

console: Final = Console(highlight=False)


class DemoFailed(Exception):
    """A step of the demo did not work; the message says which."""


def main(arguments: list[str] | None = None) -> int:
    """Run the demo and return its exit code."""
    options = _options(arguments)
    _end_on_signals()
    try:
        with contextlib.ExitStack() as running:
            _run(options, running)
    except (DemoFailed, LocalStackError) as error:
        console.print(f"[bold red]The demo stopped:[/] {error}")
        return 1
    except KeyboardInterrupt:
        console.print("\nStopped everything.")
        return 130 if options.once else 0
    console.print("Stopped everything.")
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the table")
    parser.add_argument("--port", type=int, default=0, help="port of the embedded AWS")
    return parser.parse_args(arguments)


def _end_on_signals() -> None:
    # SIGINT too: a shell that starts the demo in the background has it ignored.
    numbers = (signal.SIGINT, signal.SIGTERM)

    def interrupt(_signal: int, _frame: object) -> None:
        # A second Ctrl-C must not break off the ending, or processes would be left behind.
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in numbers:
        signal.signal(number, interrupt)


def _run(options: argparse.Namespace, running: contextlib.ExitStack) -> None:
    app = _ConnectedApp()
    with _step("Starting the Salesforce simulator"):
        simulator = running.enter_context(app.simulator())
        world = SimulatedWorld.model_validate_json(ORGS.read_text(encoding="utf-8"))
        simulator.load(world)
    with _step("Starting the embedded AWS, building and deploying template.yaml"):
        stack = running.enter_context(
            LocalStack(
                gateway_port=options.port,
                parameters={"SalesforceConnectTo": simulator.base_url},
            )
        )
    operator = _Operator(stack.environment)
    with app.private_key_file() as key_file:
        operator.types(
            *("setup", "salesforce-app", "--consumer-key", app.consumer_key),
            *("--private-key-file", str(key_file), "--ask-consumer-secret"),
            answer=app.consumer_secret,
        )
    operator.types("orgs", "import", str(FLEET.relative_to(ROOT)))
    operator.types("scan", "start", "--wait")
    operator.types("orgs", "list")
    if options.once:
        return
    _print_addresses(simulator, stack)
    console.print("\n[bold]Up until Ctrl-C.[/]")
    threading.Event().wait()


@contextlib.contextmanager
def _step(title: str) -> Iterator[None]:
    begun = time.monotonic()
    console.print(f"[bold]•[/] {title} …")
    yield
    console.print(f"  [dim]done in {time.monotonic() - begun:.1f} s[/]")


class _ConnectedApp:
    """The Salesforce app of the demo: made anew each time, so no key is ever kept."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.consumer_key = "demo." + secrets.token_hex(16)
        self.consumer_secret = secrets.token_hex(32)

    def simulator(self) -> SalesforceSimulator:
        public_key = self._key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return SalesforceSimulator(
            consumer_key=self.consumer_key,
            public_key_pem=public_key,
            consumer_secret=self.consumer_secret,
        )

    @contextlib.contextmanager
    def private_key_file(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="zoom-migrator-") as folder:
            file = Path(folder) / "demo.key"
            file.touch(mode=0o600)
            file.write_bytes(
                self._key.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            )
            yield file


class _Operator:
    """Types commands and lets their output through."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = {**os.environ, **environment}

    def types(self, *words: str, answer: str | None = None) -> None:
        shown = [
            Path(word).name if word.startswith(tempfile.gettempdir()) else word for word in words
        ]
        console.print(f"\n[bold green]$[/] zoom-migrator {' '.join(shown)}")
        command = Path(sys.executable).with_name("zoom-migrator")
        done = subprocess.run(  # noqa: S603 - our own command line
            [str(command), *words],
            env=self._environment,
            cwd=ROOT,
            input=f"{answer}\n" if answer is not None else None,
            stdin=subprocess.DEVNULL if answer is None else None,
            text=True,
            check=False,
        )
        if done.returncode:
            raise DemoFailed(f"zoom-migrator {words[0]} ended with exit code {done.returncode}.")


def _print_addresses(simulator: SalesforceSimulator, stack: LocalStack) -> None:
    console.print("\n[bold]What is running[/]")
    console.print(f"  embedded AWS           {stack.endpoint_url}")
    console.print(f"  Salesforce simulator   {simulator.base_url}/_simulator/")
    console.print("\n[bold]To use the command line in another terminal[/]")
    for name, value in stack.environment.items():
        console.print(f"  export {name}={value}")
    console.print("  .venv/bin/zoom-migrator orgs list", soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
