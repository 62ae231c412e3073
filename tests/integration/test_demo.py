"""``make demo``: how its story ends, and how people end it, leaving nothing behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from local.stack.deployment import ROOT
from local.stack.emulator import LOOPBACK
from tests.integration.processes import Process, descendants, processes
from tests.integration.waiting import eventually

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("embedded_aws")]

# Many times what it takes where nothing else runs: machines can be slow.
_LONGEST_SECONDS: Final = 1800
# What the embedded AWS unpacked for its functions is tens of thousands of files to remove.
_LONGEST_END_SECONDS: Final = 600
# Name in the tables: where the org stands in the last one.
_ENDINGS: Final = {
    "Aster Foods": "migrated",
    "Larch Systems": "migrated_keys_kept",
    "Elm Insurance": "fallback_jwt",
    "Birch Logistics, Inc.": "disconnected",
    "Quince Media": "blocked",
}
_SECOND_SCAN: Final = "A second scan has nothing to change"


@dataclass
class Demo:
    """A running demo.

    Attributes:
        printed: The lines it printed so far.
        family: All processes that were seen to belong to it.
    """

    process: subprocess.Popen[str]
    printed: list[str] = field(default_factory=list)
    family: set[Process] = field(default_factory=set)

    def reads_until(self, text: str) -> None:
        """Follow what it prints up to a line with this text."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.printed.append(line)
            if text in line:
                return
        pytest.fail(f"The demo ended without {text!r}:\n" + "".join(self.printed))

    def is_interrupted(self, number: signal.Signals, *, again_and_again: bool = False) -> int:
        """Send it a signal, wait for its end and return its exit code."""
        self.family |= set(descendants(self.process.pid))
        self.process.send_signal(number)
        if again_and_again:
            eventually(lambda: self._ended_or_gets(number), within_seconds=_LONGEST_END_SECONDS)
        rest, _ = self.process.communicate(timeout=_LONGEST_END_SECONDS)
        self.printed.append(rest)
        return self.process.returncode

    def _ended_or_gets(self, number: signal.Signals) -> bool:
        self.process.send_signal(number)
        return self.process.poll() is not None

    def status_in_last_table(self, name: str) -> str:
        """Where the table after the second scan says that an org stands."""
        *_, last = "".join(self.printed).partition(_SECOND_SCAN)
        found = re.search(rf"│ {re.escape(name)} +│ (\w+)", last)
        return found[1] if found else "in no table"

    def counts_of(self, label: str) -> tuple[int, int]:
        """How many messages it said to have come to Slack, and how many mails."""
        found = re.search(
            rf"{label}: (\d+) messages? in #\S+, (\d+) mails? to", "".join(self.printed)
        )
        assert found is not None, f"it does not say how many: {label}"
        return int(found[1]), int(found[2])

    @property
    def clock_folder(self) -> Path:
        """Where it keeps how far its clock is ahead."""
        found = re.search(r"export ZOOM_MIGRATOR_DEMO_CLOCK=(\S+)", "".join(self.printed))
        assert found is not None
        return Path(found[1]).parent

    @property
    def ports(self) -> list[int]:
        """The ports of the addresses that it printed."""
        found = re.findall(r"http://127\.0\.0\.1:(\d+)", "".join(self.printed))
        return sorted({int(port) for port in found})

    def left_behind(self) -> list[str]:
        """What of its family is still there."""
        return [process.command for process in processes() if process in self.family]


@pytest.fixture
def start_demo() -> Iterator[Callable[[], Demo]]:
    started: list[subprocess.Popen[str]] = []
    watchdogs: list[threading.Timer] = []

    def start() -> Demo:
        process = subprocess.Popen(
            [sys.executable, "-m", "local.demo"],
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if name[:4] != "AWS_"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        watchdogs.append(threading.Timer(_LONGEST_SECONDS, process.kill))
        watchdogs[-1].start()
        return Demo(process)

    yield start
    for process, watchdog in zip(started, watchdogs, strict=True):
        watchdog.cancel()
        process.kill()
        process.communicate()


def test_every_ending_is_there_and_ctrl_c_ends_the_demo_with_all_it_started(
    start_demo: Callable[[], Demo],
) -> None:
    demo = start_demo()
    demo.reads_until("Up until Ctrl-C")
    assert {name: demo.status_in_last_table(name) for name in _ENDINGS} == _ENDINGS
    assert "The second scan changed nothing" in "".join(demo.printed)
    # Each of four orgs was asked for an authorization; of those overdue, Slack gets one digest.
    assert min(demo.counts_of("So far")) >= 4
    assert min(demo.counts_of("Reminders")) >= 1
    # The embedded AWS, and the simulators of Salesforce, Zoom, Slack and mail.
    assert len(demo.ports) == 5
    assert all(is_open(port) for port in demo.ports)
    assert demo.clock_folder.exists()

    exit_code = demo.is_interrupted(signal.SIGINT, again_and_again=True)

    assert exit_code == 0
    # A signal in the middle of a line makes the terminal library print that line once more.
    assert demo.printed[-1].strip().endswith("Stopped everything.")
    # The embedded AWS, and a process for each function that ran.
    assert len(demo.family) >= 4
    assert demo.left_behind() == []
    assert not any(is_open(port) for port in demo.ports)
    assert not demo.clock_folder.exists()


def test_somebody_impatient_leaves_nothing_behind_either(start_demo: Callable[[], Demo]) -> None:
    demo = start_demo()
    eventually(lambda: is_deploying(demo))

    demo.is_interrupted(signal.SIGTERM, again_and_again=True)

    assert demo.left_behind() == []


def is_deploying(demo: Demo) -> bool:
    assert demo.process.poll() is None, "the demo has ended"
    family = descendants(demo.process.pid)
    return any("sam" in process.command and "deploy" in process.command for process in family)


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0
