"""MiniStack as a child process: started on a free port, stopped without leftovers.

What is set for it here, and why (MiniStack 1.5.33):

- ``BIND_HOST``: it listens on every interface by default. ``IOT_MTLS_ENABLED=0``: its MQTT server
  does so too, on a fixed port, and would keep a second instance from starting.
- ``AUTH``: without it, roles and policies of the template are not looked at.
- Nothing of the caller's ``AWS_*`` variables: functions inherit its environment, and an
  ``AWS_ENDPOINT_URL`` there would send them to another AWS.
- A process group of its own: it runs each function in a child process, and it does not end by
  itself while an execution waits, so after a grace period the whole group is killed.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from local.stack.errors import LocalStackError, last_words

LOOPBACK: Final = "127.0.0.1"
REGION: Final = "us-east-1"
# MiniStack's fixed root credentials; they open nothing anywhere else.
ACCESS_KEY: Final = "test"
SECRET_KEY: Final = "test"  # noqa: S105

_PROGRAM: Final = Path(__file__).with_name("mended_ministack.py")
_START_SECONDS: Final = 30.0
_GRACE_SECONDS: Final = 3.0
_POLL_SECONDS: Final = 0.05
_ATTEMPTS: Final = 3


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def free_port() -> int:
    """A port on the loopback address that nothing listens on right now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


class Emulator:
    """One running MiniStack.

    Args:
        log: File for what it prints; it stays when the emulator has stopped.
        port: Port to listen on; 0 takes a free one.
        wait_scale: How long the Wait states of state machines take, as a share of what they say.
        mail_relay: Host and port of the SMTP server on this machine that gets every mail; without
            one, mail goes nowhere.
    """

    def __init__(
        self, log: Path, *, port: int = 0, wait_scale: float = 1.0, mail_relay: str = ""
    ) -> None:
        self.log = log
        self._wait_scale = wait_scale
        self._mail_relay = mail_relay
        self._wanted_port = port
        self._port: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._data: tempfile.TemporaryDirectory[str] | None = None

    @property
    def port(self) -> int:
        """The port it listens on.

        Raises:
            LocalStackError: It has not been started.
        """
        if self._port is None:
            raise LocalStackError("The embedded AWS has not been started.")
        return self._port

    @property
    def endpoint_url(self) -> str:
        """The address that stands for every AWS service."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def process_group(self) -> int | None:
        """Id of the process group with the emulator and its functions, while it runs."""
        return self._process.pid if self._process else None

    @property
    def data_directory(self) -> Path | None:
        """Where it keeps its data and unpacks its functions, while it runs."""
        return Path(self._data.name) if self._data else None

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            LocalStackError: It did not come up.
        """
        if self._wanted_port and _is_taken(self._wanted_port):
            # Else the answer of whatever listens there would pass for its own.
            raise LocalStackError(f"Port {self._wanted_port} of {LOOPBACK} is in use.")
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._data = tempfile.TemporaryDirectory(
            prefix="zoom-migrator-aws-", ignore_cleanup_errors=True
        )
        # Somebody else may take a free port before MiniStack does.
        attempts = 1 if self._wanted_port else _ATTEMPTS
        for attempt in range(1, attempts + 1):
            self._port = self._wanted_port or free_port()
            with self.log.open("wb") as output:
                self._process = self._spawn(Path(self._data.name), output)
            if self._wait_until_healthy(self._process):
                return
            self._stop_process()
            if attempt == attempts:
                self.stop()
                raise LocalStackError(
                    f"The embedded AWS did not start on port {self._port}; {last_words(self.log)}"
                )

    def stop(self) -> None:
        """Stop it with all its functions, and remove its data; does nothing if it is stopped."""
        self._stop_process()
        if self._data:
            self._data.cleanup()
            self._data = None

    def _spawn(self, data: Path, output: IO[bytes]) -> subprocess.Popen[bytes]:
        for name in ("home", "tmp", "s3", "state"):
            (data / name).mkdir(exist_ok=True)
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "HOME": str(data / "home"),
            "TMPDIR": str(data / "tmp"),
            "S3_DATA_DIR": str(data / "s3"),
            "STATE_DIR": str(data / "state"),
            "BIND_HOST": LOOPBACK,
            "GATEWAY_PORT": str(self._port),
            "AUTH": "true",
            "IOT_MTLS_ENABLED": "0",
            "SFN_WAIT_SCALE": str(self._wait_scale),
            "SMTP_HOST": self._mail_relay,
        }
        return subprocess.Popen(  # noqa: S603 - a program of ours
            # -P: it must not find our modules in place of others.
            [sys.executable, "-P", str(_PROGRAM)],
            cwd=data,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def _wait_until_healthy(self, process: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + _START_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            if self._is_healthy():
                return True
            time.sleep(_POLL_SECONDS)
        return False

    def _is_healthy(self) -> bool:
        # Always this machine's loopback address, so never a file or a foreign host.
        address = f"{self.endpoint_url}/_ministack/health"
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _stop_process(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        _signal_group(process, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE_SECONDS)
        # Also when it ended in time: a function's process may still be busy.
        _signal_group(process, signal.SIGKILL)
        process.wait()


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)
