"""Start, build, deploy, stop: the product's stack on this machine."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from boto3 import Session

from local.stack.deployment import ROOT, aws_environment, deploy, embedded_session
from local.stack.emulator import REGION, Emulator
from local.stack.errors import LocalStackError
from scripts.build import BuildFailed, build, machine_architecture

DEFAULT_STACK_NAME: Final = "zoom-migrator"
_WORK_DIR: Final = ROOT / ".local"
_KEPT_LOG_DIRECTORIES: Final = 10
# Nothing starts by itself in a demo or a test, and nothing here is worth protecting.
_DEFAULT_PARAMETERS: Final = {
    "EnvironmentName": "local",
    "ScanScheduleState": "DISABLED",
    "SweepScheduleState": "DISABLED",
    "ReminderScheduleState": "DISABLED",
    "DeletionProtection": "false",
}


class LocalStack:
    """The deployed template on an embedded AWS of its own, as a context manager.

    Args:
        parameters: Template parameters that differ from the defaults of a local stack, such as
            ``SalesforceConnectTo`` with the simulator's address.
        gateway_port: Port of the embedded AWS; 0 takes a free one.
        stack_name: Name of the deployed stack.
        wait_scale: How long the Wait states of state machines take, as a share of what they say.
            Time-outs of tasks stay as they are.
        mail_relay: Host and port of the SMTP server on this machine that gets every mail, such as
            ``127.0.0.1:2525``; without one, mail goes nowhere.
        report: Called with a line for people before each step that takes time.
    """

    def __init__(
        self,
        *,
        parameters: Mapping[str, str] | None = None,
        gateway_port: int = 0,
        stack_name: str = DEFAULT_STACK_NAME,
        wait_scale: float = 1.0,
        mail_relay: str = "",
        report: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self.stack_name = stack_name
        self.region = REGION
        self.outputs: dict[str, str] = {}
        self._parameters = {**_DEFAULT_PARAMETERS, **(parameters or {})}
        self._port = gateway_port
        self._wait_scale = wait_scale
        self._mail_relay = mail_relay
        self._report = report
        self._emulator: Emulator | None = None

    def __enter__(self) -> Self:
        """Start, build and deploy.

        Raises:
            LocalStackError: A step failed; nothing is left running.
        """
        logs = _new_log_directory()
        self._emulator = Emulator(
            logs / "aws.log",
            port=self._port,
            wait_scale=self._wait_scale,
            mail_relay=self._mail_relay,
        )
        try:
            self._report("Starting the embedded AWS")
            self._emulator.start()
            self._report("Building functions and layers")
            template = _build()
            self._report("Deploying the template")
            self.outputs = deploy(
                template,
                stack_name=self.stack_name,
                parameters={"Architecture": machine_architecture(), **self._parameters},
                endpoint_url=self.endpoint_url,
                log=logs / "deploy.log",
            )
        except BaseException:
            self._emulator.stop()
            raise
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop the embedded AWS with everything that runs on it."""
        self.emulator.stop()

    @property
    def emulator(self) -> Emulator:
        """The embedded AWS.

        Raises:
            LocalStackError: The stack has not been started.
        """
        if self._emulator is None:
            raise LocalStackError("The local stack has not been started.")
        return self._emulator

    @property
    def endpoint_url(self) -> str:
        """The address that stands for every AWS service."""
        return self.emulator.endpoint_url

    @property
    def log_directory(self) -> Path:
        """Where the logs of the embedded AWS and of the deployment are."""
        return self.emulator.log.parent

    @property
    def environment(self) -> dict[str, str]:
        """Variables that point ``zoom-migrator`` and any AWS client at this stack."""
        return {**aws_environment(self.endpoint_url), "ZOOM_MIGRATOR_STACK": self.stack_name}

    @property
    def session(self) -> Session:
        """A boto3 session whose clients talk to this stack once given ``endpoint_url``."""
        return embedded_session()


def _build() -> Path:
    architecture = machine_architecture()
    try:
        return build(architecture, _WORK_DIR / "build" / architecture)
    except BuildFailed as failure:
        raise LocalStackError(str(failure)) from failure


def _new_log_directory() -> Path:
    """A directory for one run's logs; the oldest runs' make room."""
    logs = _WORK_DIR / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    earlier = sorted(path for path in logs.iterdir() if path.is_dir())
    for path in earlier[: -_KEPT_LOG_DIRECTORIES + 1]:
        shutil.rmtree(path, ignore_errors=True)
    started = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    return Path(tempfile.mkdtemp(prefix=f"{started}-", dir=logs))
