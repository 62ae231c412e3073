"""A running org: its document plus everything that changes while clients talk to it."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from local.salesforce.faults import Faults
from local.salesforce.ids import derived_id
from local.salesforce.installs import Installs
from local.salesforce.key_rows import KeyRows
from local.salesforce.model import (
    ZOOM_NAMESPACE,
    CachePartition,
    PackageDefect,
    PublishedVersion,
    SimulatedOrg,
    SimulatedPackage,
    SimulatedUser,
)
from local.salesforce.schema import API_KEY_FIELD, API_SECRET_FIELD

type Row = dict[str, object]

_MAX_SESSIONS: Final = 2_000
_MAX_CURSORS: Final = 200
# The first version whose metadata is known to carry the package's own cache partition.
_FIRST_VERSION_WITH_PARTITION: Final = (3, 28)


@dataclass(frozen=True, slots=True)
class Session:
    """A login: who, and since when (seconds of the org's clock)."""

    username: str
    issued_at: float


class RunningOrg:
    """A simulated org with its state. Every public method may be called from any thread."""

    def __init__(
        self,
        document: SimulatedOrg,
        *,
        clock: Callable[[], float],
        lock: threading.RLock,
        published: dict[str, PublishedVersion],
    ) -> None:
        """Start the org from its document; key values are made here, anew each time."""
        self._document = document
        self.faults = Faults(document.faults)
        self.clock = clock
        self.lock = lock
        self.api_used = document.daily_api_used
        self.installs = Installs(self, published)
        self.keys = KeyRows(self, document)
        self._sessions: dict[str, Session] = {}
        self._cursors: dict[str, list[Row]] = {}

    @property
    def document(self) -> SimulatedOrg:
        """What the org is now; installs that are due by the clock have left their traces."""
        self.installs.settle()
        return self._document

    @property
    def key_rows(self) -> list[Row]:
        """The rows of the settings object."""
        return self.keys.rows

    @property
    def history(self) -> list[Row]:
        """What their tracked fields held before."""
        return self.keys.history

    @property
    def host(self) -> str:
        """The org's My Domain host."""
        return self._document.host

    @property
    def org_id(self) -> str:
        """The org's 18-character id."""
        return self._document.org_id

    def user_id(self, user: SimulatedUser) -> str:
        """Return the 005 id of a user of this org."""
        return user.user_id or derived_id("005", self.host, user.username.lower())

    def user(self, username: str | None = None) -> SimulatedUser:
        """Return the user of that name, or the first one if none is named.

        Raises:
            KeyError: There is no such user.
        """
        if username is None:
            return self.document.users[0]
        user = self.document.user_named(username)
        if user is None:
            raise KeyError(f"{self.host} has no user {username!r}")
        return user

    def package(self, namespace: str = ZOOM_NAMESPACE) -> SimulatedPackage:
        """Return the installed package of that namespace.

        Raises:
            KeyError: The package is not installed.
        """
        package = self.document.package_of(namespace)
        if package is None:
            raise KeyError(f"{self.host} has no package {namespace!r}")
        return package

    def issue_token(self, username: str | None = None) -> str:
        """Log a user in (the first one if none is named) and return the access token."""
        with self.lock:
            user = self.user(username)
            token = f"{self.org_id[:15]}!AQ{secrets.token_hex(24)}.{secrets.token_hex(8)}"
            if len(self._sessions) >= _MAX_SESSIONS:
                del self._sessions[next(iter(self._sessions))]
            self._sessions[token] = Session(user.username, self.clock())
            return token

    def session_user(self, token: str) -> SimulatedUser | None:
        """Return the active user of a token that is known and not expired."""
        session = self._sessions.get(token)
        if session is None:
            return None
        lifetime = self.document.token_lifetime_seconds
        if lifetime is not None and self.clock() - session.issued_at >= lifetime:
            del self._sessions[token]
            return None
        user = self.document.user_named(session.username)
        return user if user is not None and user.active else None

    def revoke_sessions(self) -> None:
        """End every session; their tokens answer INVALID_SESSION_ID from now on."""
        with self.lock:
            self._sessions.clear()

    def install_package(self, package: SimulatedPackage) -> None:
        """Install a package, or replace the installed version of the same namespace."""
        with self.lock:
            others = [p for p in self.document.packages if p.namespace != package.namespace]
            self.document.packages = [*others, package]

    def set_package_version(
        self, version: str, *, namespace: str = ZOOM_NAMESPACE, beta: bool = False
    ) -> None:
        """Change the installed version of a package, as a push upgrade would.

        Raises:
            KeyError: The package is not installed.
        """
        with self.lock:
            package = self.package(namespace)
            package.version_id = None
            package.version = version
            package.beta = beta

    def set_package_defect(self, defect: PackageDefect, *, namespace: str = ZOOM_NAMESPACE) -> None:
        """Make an installed package odd, or healthy again.

        Raises:
            KeyError: The package is not installed.
        """
        with self.lock:
            self.package(namespace).defect = defect

    def remove_package(self, namespace: str = ZOOM_NAMESPACE) -> None:
        """Uninstall a package; with the Zoom package go its rows."""
        with self.lock:
            self.document.packages = [
                package for package in self.document.packages if package.namespace != namespace
            ]
            if namespace == ZOOM_NAMESPACE:
                self.keys.clear()

    def connect_package(self, *, connected: bool = True) -> None:
        """Connect the package to Zoom, as a person does on its page; or end the connection."""
        with self.lock:
            connection = self.document.connection
            connection.connected = connected
            if connected and connection.clears_keys:
                self.keys.blank_all()
            self.keys.show_connection()

    def secret_values(self) -> set[str]:
        """Return every key value that the org holds now, for checks that none leaks."""
        with self.lock:
            values = [
                row[name] for row in self.key_rows for name in (API_KEY_FIELD, API_SECRET_FIELD)
            ]
            values += [row[name] for row in self.history for name in ("OldValue", "NewValue")]
            return {value for value in values if isinstance(value, str)}

    def has_keys_object(self) -> bool:
        """Say whether the package that owns the settings object is installed."""
        return self.document.package_of(ZOOM_NAMESPACE) is not None

    def cache_partitions(self) -> list[CachePartition]:
        """Return the Platform Cache partitions, with that of a new enough Zoom package."""
        partitions = list(self.document.cache_partitions)
        package = self.document.package_of(ZOOM_NAMESPACE)
        if package is None or any(one.namespace == ZOOM_NAMESPACE for one in partitions):
            return partitions
        number = package.number
        if (number.major, number.minor) >= _FIRST_VERSION_WITH_PARTITION:
            partitions.append(CachePartition())
        return partitions

    def timestamp(self, seconds: float | None = None) -> str:
        """Return a time of the org's clock, now if none is given, as the REST API writes it."""
        moment = datetime.fromtimestamp(self.clock() if seconds is None else seconds, UTC)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.000+0000")

    def keep_cursor(self, name: str, rest: list[Row]) -> None:
        """Remember the rows that a query has still to deliver."""
        if len(self._cursors) >= _MAX_CURSORS:
            del self._cursors[next(iter(self._cursors))]
        self._cursors[name] = rest

    def cursor(self, name: str) -> list[Row] | None:
        """Return the rows that a query has still to deliver."""
        return self._cursors.get(name)
