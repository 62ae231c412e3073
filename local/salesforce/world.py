"""Every org of a simulator, and how a request finds its own."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from local.salesforce.faults import Faults, Phase
from local.salesforce.ids import to_18
from local.salesforce.model import PublishedVersion, SimulatedOrg, SimulatedWorld
from local.salesforce.oauth import LOGIN_HOST, TEST_HOST, ConnectedApp, TokenRequest
from local.salesforce.org import RunningOrg

LOOPBACK_HOSTS: Final = frozenset(("127.0.0.1", "localhost", "::1"))
_MAX_RECORDED: Final = 200_000


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """A request as it came in, without anything secret.

    Attributes:
        method: HTTP method.
        host: The Host header without port.
        target: Path and query; values of parameters that carry credentials are blanked.
        status: HTTP status of the answer; 0 if the connection was broken instead.
        phase: The kind of request.
        org: Host of the org that it reached, or None.
        subrequests: Method and address of each part of a composite request.
    """

    method: str
    host: str
    target: str
    status: int
    phase: Phase
    org: str | None
    subrequests: tuple[str, ...] = field(default=())


class World:
    """The orgs, what can be installed in them, the app they know, and the log of requests."""

    def __init__(self, app: ConnectedApp, clock: Callable[[], float]) -> None:
        """Start without orgs."""
        self.app = app
        self.clock = clock
        self.lock = threading.RLock()
        self.faults = Faults()
        self.published: dict[str, PublishedVersion] = {}
        self.default_org: str | None = None
        self.recorded: deque[RecordedRequest] = deque(maxlen=_MAX_RECORDED)
        self.counts: Counter[tuple[str | None, Phase]] = Counter()
        self._orgs: dict[str, RunningOrg] = {}
        self._by_id: dict[str, RunningOrg] = {}
        self._by_username: dict[str, RunningOrg] = {}

    @property
    def orgs(self) -> list[RunningOrg]:
        """Every org, in the order in which they were added."""
        with self.lock:
            return list(self._orgs.values())

    def load(self, document: SimulatedWorld) -> None:
        """Add what a document holds.

        Raises:
            ValueError: An org clashes with another one.
        """
        with self.lock:
            self.publish(*document.published_versions)
            for org in document.orgs:
                self.add(org)
            if document.default_org is not None:
                self.default_org = document.default_org
            self.faults.add(*document.faults)

    def publish(self, *versions: PublishedVersion) -> None:
        """Make package versions installable in every org."""
        with self.lock:
            self.published |= {to_18(version.id): version for version in versions}

    def add(self, document: SimulatedOrg) -> RunningOrg:
        """Start an org; one with the same host is replaced.

        Raises:
            ValueError: Its id or a username belongs to another org.
        """
        with self.lock:
            host = document.host
            self._check_free(document)
            if host in self._orgs:
                self.remove(host)
            org = RunningOrg(document, clock=self.clock, lock=self.lock, published=self.published)
            self._orgs[host] = org
            self._by_id[org.org_id[:15]] = org
            for user in document.users:
                self._by_username[user.username.lower()] = org
            return org

    def remove(self, host_or_id: str) -> None:
        """Stop an org.

        Raises:
            KeyError: There is no such org.
        """
        with self.lock:
            org = self.org(host_or_id)
            del self._orgs[org.host], self._by_id[org.org_id[:15]]
            self._by_username = {
                name: owner for name, owner in self._by_username.items() if owner is not org
            }

    def clear(self) -> None:
        """Stop every org, switch every fault off and forget the log."""
        with self.lock:
            self._orgs.clear()
            self._by_id.clear()
            self._by_username.clear()
            self.published.clear()
            self.default_org = None
            self.faults.clear()
            self.forget_requests()

    def org(self, host_or_id: str) -> RunningOrg:
        """Return the org with that My Domain host or 15- or 18-character id.

        Raises:
            KeyError: There is no such org.
        """
        with self.lock:
            found = self._orgs.get(host_or_id.lower()) or self._by_id.get(host_or_id[:15])
            if found is None:
                raise KeyError(f"the simulator has no org {host_or_id!r}")
            return found

    def for_login(self, request: TokenRequest) -> RunningOrg | None:
        """Return the org that a token request reaches."""
        org = self._orgs.get(request.host)
        if org is not None:
            return org
        subject = request.assertion_subject()
        owner = self._by_username.get(subject.lower()) if subject else None
        if request.host in (LOGIN_HOST, TEST_HOST):
            sandbox = request.host == TEST_HOST
            return owner if owner is not None and owner.document.sandbox is sandbox else None
        if request.host in LOOPBACK_HOSTS:
            return owner or self._default()
        return None

    def for_call(self, host: str, token: str) -> RunningOrg | None:
        """Return the org that an API request reaches."""
        org = self._orgs.get(host)
        if org is not None or host not in LOOPBACK_HOSTS:
            return org
        return self._by_id.get(token.partition("!")[0][:15]) or self._default()

    def record(self, request: RecordedRequest) -> None:
        """Write a request into the log."""
        with self.lock:
            self.recorded.append(request)
            self.counts[(request.org, request.phase)] += 1

    def forget_requests(self) -> None:
        """Empty the log."""
        with self.lock:
            self.recorded.clear()
            self.counts.clear()

    def _default(self) -> RunningOrg | None:
        if self.default_org is not None:
            return self._orgs.get(self.default_org)
        return next(iter(self._orgs.values())) if len(self._orgs) == 1 else None

    def _check_free(self, document: SimulatedOrg) -> None:
        owner = self._by_id.get(document.org_id[:15])
        if owner is not None and owner.host != document.host:
            raise ValueError(f"{document.host}: org id belongs to {owner.host}")
        for name in _usernames(document):
            owner = self._by_username.get(name)
            if owner is not None and owner.host != document.host:
                raise ValueError(f"{document.host}: username {name} belongs to {owner.host}")


def _usernames(document: SimulatedOrg) -> Iterable[str]:
    return (user.username.lower() for user in document.users)
