"""Orgs in memory that install packages, and fail to, as they are told."""

from __future__ import annotations

import itertools
import threading
from collections import deque
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from zoom_migrator.adapters.memory.salesforce import MemorySalesforceGateway
from zoom_migrator.domain.check import CheckFailure, InstalledPackage
from zoom_migrator.domain.errors import InvariantViolation
from zoom_migrator.domain.salesforce_id import case_checksum, same_id
from zoom_migrator.domain.upgrade import (
    InstallRefused,
    InstallRequest,
    InstallStatus,
    SecurityType,
    TargetVersion,
)
from zoom_migrator.ports import Clock


class Fate(Enum):
    """What becomes of an install request that is sent.

    ``ANSWER_LOST``: it arrives, and no answer comes back. ``LOST``: it never arrives, which looks
    the same. ``ON_ITS_WAY``: neither yet; it arrives with :meth:`InstallWorld.arrive`.
    """

    ACCEPTED = auto()
    ANSWER_LOST = auto()
    LOST = auto()
    ON_ITS_WAY = auto()


type InstallFate = Fate | InstallRefused | CheckFailure | Exception


@dataclass(slots=True)
class InstallingOrg:
    """What an org knows of installs; requests are in the order they arrived."""

    versions: list[TargetVersion] = field(default_factory=list)
    refusal: str = ""
    requests: list[InstallRequest] = field(default_factory=list)
    on_their_way: list[str] = field(default_factory=list)
    failures: deque[CheckFailure | Exception] = field(default_factory=deque)
    fates: deque[InstallFate] = field(default_factory=deque)
    posted: list[tuple[str, SecurityType]] = field(default_factory=list)


class InstallWorld:
    """Orgs and their installs, for tests to set up and move on. Safe to use from threads."""

    def __init__(self, salesforce: MemorySalesforceGateway, clock: Clock) -> None:
        """Start with no org.

        Args:
            salesforce: Checks the same orgs: an install that succeeds shows in the next check.
        """
        self._salesforce = salesforce
        self._clock = clock
        self._lock = threading.RLock()
        self._numbers = itertools.count(1)
        self._orgs: dict[str, InstallingOrg] = {}

    def offer(self, org_id: str, *versions: TargetVersion) -> None:
        """Let an org be asked about upgrades, and let it know these versions and no others."""
        with self._lock:
            self._orgs.setdefault(org_id, InstallingOrg()).versions = list(versions)

    def refuse_to_describe(self, org_id: str, message: str) -> None:
        """Have an org say this instead of describing any version; empty ends it."""
        self._org(org_id).refusal = message

    def next_calls(self, org_id: str, *failures: CheckFailure | Exception) -> None:
        """Let the next calls about an org fail, whatever they are; an exception is raised."""
        with self._lock:
            self._org(org_id).failures.extend(failures)

    def next_installs(self, org_id: str, *fates: InstallFate) -> None:
        """Line up what becomes of an org's next install requests; all later ones are accepted.

        Args:
            fates: A failure means that the request was not sent; an exception is raised after it
                has arrived, as by a process that dies before it can record the answer.
        """
        with self._lock:
            self._org(org_id).fates.extend(fates)

    def begin(self, org_id: str, version_id: str) -> InstallRequest:
        """Begin an install that somebody else asked for, of any package."""
        with self._lock:
            request_id = f"0Hf5g{next(self._numbers):010d}"
            request = InstallRequest(
                request_id + case_checksum(request_id),
                version_id,
                InstallStatus.IN_PROGRESS,
                self._clock.now(),
            )
            self._org(org_id).requests.append(request)
            return request

    def arrive(self, org_id: str) -> None:
        """Let the requests arrive that were on their way."""
        with self._lock:
            delayed = self._org(org_id).on_their_way
            while delayed:
                self.begin(org_id, delayed.pop(0))

    def finish(self, org_id: str, *, shows: bool = True) -> None:
        """Let the install that is running in an org, the newest if several are, succeed.

        Args:
            shows: Whether the org's checks find the new version already.
        """
        with self._lock:
            done = self._end(org_id, InstallStatus.SUCCESS)
            if shows:
                self._show(org_id, done.version_id)

    def fail(self, org_id: str, *messages: str) -> None:
        """Let the install that is running in an org fail, with these messages."""
        self._end(org_id, InstallStatus.ERROR, messages)

    def lose_track(self, org_id: str) -> None:
        """Let the status of the install that is running in an org be unknown."""
        self._end(org_id, InstallStatus.UNKNOWN)

    def forget(self, org_id: str) -> None:
        """Let an org know of no install request any more."""
        with self._lock:
            self._org(org_id).requests.clear()

    def posted(self, org_id: str) -> int:
        """How many install requests were sent to an org, whatever became of them."""
        return len(self.wanted(org_id))

    def wanted(self, org_id: str) -> list[tuple[str, SecurityType]]:
        """What was asked for by the install requests sent to an org, in that order."""
        with self._lock:
            return list(self._org(org_id).posted)

    def running(self, org_id: str) -> list[InstallRequest]:
        """The installs that are running in an org, whoever asked for them."""
        with self._lock:
            requests = self._org(org_id).requests
            return [one for one in requests if one.status is InstallStatus.IN_PROGRESS]

    def _end(
        self, org_id: str, status: InstallStatus, errors: tuple[str, ...] = ()
    ) -> InstallRequest:
        with self._lock:
            running = self.running(org_id)
            if not running:
                raise InvariantViolation(f"No install is running in org {org_id}.")
            ended = replace(running[-1], status=status, errors=errors)
            requests = self._org(org_id).requests
            requests[requests.index(running[-1])] = ended
            return ended

    def _show(self, org_id: str, version_id: str) -> None:
        target = known(self._org(org_id), version_id)
        if target is not None:
            installed = InstalledPackage(target.version, target.version_id, target.package_id)
            self._salesforce.now_has(org_id, installed)

    def _org(self, org_id: str) -> InstallingOrg:
        with self._lock:
            if org_id not in self._orgs:
                raise InvariantViolation(f"Org {org_id} was not set up with offer().")
            return self._orgs[org_id]


def known(org: InstallingOrg, version_id: str) -> TargetVersion | None:
    """The version with this id, if the org knows it."""
    return next((one for one in org.versions if same_id(one.version_id, version_id)), None)
