"""What proof, cleanup and webhooks need from the outside, as the use cases see it.

Beside :mod:`zoom_migrator.ports`, with the same rules: every port has an adapter for the real
service and a twin in ``adapters.memory``; both pass the same contract tests.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from zoom_migrator.domain.check import CheckFailure
from zoom_migrator.domain.key_backup import KeyBackup
from zoom_migrator.domain.legacy_keys import KeysFound, KeysNotVisible, KeyValues, RowAnswer
from zoom_migrator.domain.org import OrgRegistration
from zoom_migrator.domain.verification import ConnectionProbe, PackageConnection
from zoom_migrator.domain.zoom_event import ProbeOrder


class KeysGateway(Protocol):
    """Looks at, blanks and puts back the old key and secret in Salesforce orgs.

    Only the two fields are ever changed, one row at a time, by its id; no row is ever deleted.
    What an org, the network or the credentials do wrong is an answer, not an exception. Nothing
    is ever sent twice.

    Every method raises:
        StoreUnavailable: The product's own secret cannot be read at present.
    """

    def look(self, registration: OrgRegistration) -> KeysFound | KeysNotVisible | CheckFailure:
        """Which rows hold something, and whether that may be changed. Reads no values."""

    def read(
        self, registration: OrgRegistration, row_ids: Collection[str]
    ) -> tuple[KeyValues, ...] | KeysNotVisible | CheckFailure:
        """What rows hold, ordered by id, for the backup only; rows that are gone are left out."""

    def blank(self, registration: OrgRegistration, row_id: str) -> RowAnswer | CheckFailure:
        """Set both fields of a row to null. ``CheckFailure`` means that it was surely not sent."""

    def restore(self, registration: OrgRegistration, values: KeyValues) -> RowAnswer | CheckFailure:
        """Put a row's values back; a field without one stays as it is.

        ``CheckFailure`` means that it was surely not sent.
        """


class PackageProbe(Protocol):
    """Looks whether the package shows that it is connected by itself."""

    def probe(
        self, registration: OrgRegistration, probe: ConnectionProbe
    ) -> PackageConnection | CheckFailure:
        """What the org shows; never ``NOT_PROBED``.

        Raises:
            StoreUnavailable: The product's own secret cannot be read at present.
        """


class BackupVault(Protocol):
    """Encrypts old keys under a key of their own, so that nothing else can read them."""

    def seal(self, values: Collection[KeyValues], *, org_id: str) -> str:
        """The values, encrypted for this org and for being a backup; text.

        Raises:
            InvariantViolation: There are none, or too many.
            StoreUnavailable: The key is out of reach.
        """

    def open(self, sealed: str, *, org_id: str) -> tuple[KeyValues, ...]:
        """The values.

        Raises:
            InvariantViolation: They were not sealed for this org, or are damaged.
            StoreUnavailable: The key is out of reach.
        """


class KeyBackupRepository(Protocol):
    """Keeps one backup for each org, until it is out of date or destroyed."""

    def get(self, org_id: str, *, now: datetime) -> KeyBackup | None:
        """The backup of an org, read consistently; None where there is none, or it is out of date.

        What the store will delete some day because it is out of date is gone from the first
        moment.
        """

    def save(self, backup: KeyBackup, *, now: datetime) -> KeyBackup:
        """Store a backup in place of the org's former one.

        Args:
            backup: With the revision of what :meth:`get` returned; 0 where that was None. One
                that is out of date at ``now`` gives way to it.

        Returns:
            The backup with its new revision.

        Raises:
            ConcurrentModification: The stored revision is another one; nothing was stored.
        """

    def destroy(self, org_id: str) -> bool:
        """Delete the backup of an org, whatever its age; whether there was one."""

    def out_of_date(self, org_ids: Collection[str], *, now: datetime) -> Collection[KeyBackup]:
        """The backups of these orgs that count as destroyed and are stored all the same."""

    def destroy_out_of_date(self, org_id: str, *, now: datetime) -> bool:
        """Delete the backup of an org if it is out of date; whether that was done."""


class ReplayGuard(Protocol):
    """Remembers which events were taken, for as long as they could be repeated."""

    def has_seen(self, event_id: str, *, now: datetime) -> bool:
        """Whether an event was taken before and is still remembered."""

    def remember(self, event_id: str, *, until: datetime) -> None:
        """Remember that an event was taken."""


class ProbeQueue(Protocol):
    """Takes orders to find out whether grants still work, to be worked on later."""

    def put(self, order: ProbeOrder) -> None:
        """Take an order.

        Raises:
            StoreUnavailable: It was not taken.
        """
