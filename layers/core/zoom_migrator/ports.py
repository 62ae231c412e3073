"""What the product needs from the outside, as the use cases see it.

Every port has an adapter for the real service and a twin in ``adapters.memory``; both pass the
same contract tests.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from zoom_migrator.domain.audit import AuditEntry
from zoom_migrator.domain.check import CheckFailure, CheckResult
from zoom_migrator.domain.migration import Migration
from zoom_migrator.domain.notice import Notice
from zoom_migrator.domain.org import Org, OrgRegistration
from zoom_migrator.domain.scan import (
    BatchProgress,
    ManifestLocation,
    Scan,
    ScanBatch,
    ScanResult,
)
from zoom_migrator.domain.upgrade import (
    InstallAnswer,
    InstallRequest,
    SecurityType,
    UpgradeFacts,
)


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present, in UTC, with a time zone."""


class OrgRepository(Protocol):
    """Keeps the orgs of the fleet and the audit trail of their changes."""

    def get(self, org_id: str) -> Org | None:
        """The org with this 18-character id, read consistently, or None."""

    def get_many(self, org_ids: Collection[str]) -> Mapping[str, Org]:
        """The orgs with these ids, by id; unknown ids are left out."""

    def save(self, org: Org, audit: Sequence[AuditEntry] = ()) -> Org:
        """Store an org together with its audit entries, all or nothing.

        Args:
            org: The org with the revision it was read at (0: it must not exist yet).
            audit: At most 50 entries.

        Returns:
            The org with its new revision.

        Raises:
            ConcurrentModification: The stored revision is another one.
        """

    def list_ids(self) -> Iterator[str]:
        """The ids of all orgs, in a stable order, page by page."""

    def audit_trail(self, org_id: str, *, limit: int) -> list[AuditEntry]:
        """The newest entries about an org, newest first."""


class ScanRepository(Protocol):
    """Keeps scans and their results."""

    def get(self, scan_id: str) -> Scan | None:
        """The scan with this id, or None."""

    def save(self, scan: Scan) -> Scan:
        """Store a scan and return it with its new revision.

        Raises:
            ConcurrentModification: The stored revision is another one.
        """

    def list_recent(self, *, limit: int) -> list[Scan]:
        """The newest scans, newest first."""

    def put_results(self, results: Sequence[ScanResult]) -> None:
        """Store results; one that is already there for the same scan and org is replaced."""

    def results(self, scan_id: str) -> Iterator[ScanResult]:
        """All results of a scan, ordered by org id, page by page."""

    def put_progress(self, progress: BatchProgress) -> None:
        """Store how far a batch is, replacing what was stored for it."""

    def progress(self, scan_id: str) -> list[BatchProgress]:
        """How far each batch is that has begun, ordered by batch number."""


class ManifestStore(Protocol):
    """Keeps the batches of a scan where the Distributed Map reads them."""

    def write(self, scan_id: str, batches: Sequence[ScanBatch]) -> ManifestLocation:
        """Store the batches of a scan.

        The same batches get the same location, others another one: of two plans of one scan,
        made at the same moment, neither overwrites the other's manifest.
        """

    def read(self, location: ManifestLocation) -> list[ScanBatch]:
        """The batches stored at a location."""


class SalesforceGateway(Protocol):
    """Asks Salesforce orgs about themselves. Safe to use from several threads."""

    def check(self, registration: OrgRegistration) -> CheckResult:
        """Log in to an org and find out what a scan wants to know.

        Anything the org, the network or the credentials do wrong is a
        :class:`~zoom_migrator.domain.check.CheckFailure`, not an exception.

        Raises:
            StoreUnavailable: The product's own secret cannot be read at present, which is no
                org's fault and passes.
        """


class MigrationRepository(Protocol):
    """Keeps migrations, and the notices that tell of them."""

    def get(self, org_id: str, attempt: int) -> Migration | None:
        """One attempt of an org, read consistently, or None."""

    def list_of(self, org_id: str, *, limit: int) -> list[Migration]:
        """The newest attempts of an org, newest first."""

    def save(
        self,
        migration: Migration,
        *,
        org: Org | None = None,
        audit: Sequence[AuditEntry] = (),
        notices: Sequence[Notice] = (),
    ) -> Migration:
        """Store a migration, and what changes together with it, all or nothing.

        Args:
            migration: The migration with the revision it was read at (0: it must not exist yet).
            org: Its org with the revision it was read at, where the org changes too.
            audit: Entries about this org, at most 20.
            notices: Notices about this migration, at most 20. One that is there already (same
                org, attempt, kind and milestone) is stored again in place of itself.

        Returns:
            The migration with its new revision.

        Raises:
            ConcurrentModification: The stored revision of either is another one; nothing was
                stored.
        """

    def notices(self, org_id: str, *, limit: int) -> list[Notice]:
        """The newest notices about an org, newest first."""


class UpgradeGateway(Protocol):
    """Installs packages in Salesforce orgs.

    Anything that an org, the network or the credentials do wrong is an answer, not an exception.

    Every method raises:
        StoreUnavailable: The product's own secret cannot be read at present.
    """

    def facts(self, registration: OrgRegistration, version_id: str) -> UpgradeFacts | CheckFailure:
        """What the org says about a version and about its recent installs. Changes nothing."""

    def request(
        self, registration: OrgRegistration, request_id: str
    ) -> InstallRequest | CheckFailure | None:
        """One install request, or None where the org does not know it."""

    def install(
        self, registration: OrgRegistration, version_id: str, security: SecurityType
    ) -> InstallAnswer | CheckFailure:
        """Ask the org to install a version, exactly once.

        The request is never repeated, whatever happens to it. ``CheckFailure`` means that it was
        surely not sent; ``InstallUncertain`` that it may have arrived.
        """


class MigrationWorkflow(Protocol):
    """Runs the state machine behind migrations."""

    def start(self, migration: Migration) -> None:
        """Start the run of a migration; one that was started before is left as it is."""

    def stop(self, migration: Migration, *, reason: str) -> None:
        """Stop the run of a migration; one that is over or was never started is left alone."""

    def failure_of(self, migration: Migration) -> str | None:
        """Why the run is over without having completed, or None while it is all right.

        A run that was never started is not all right, and neither is one that Step Functions has
        forgotten.
        """


class TaskCallback(Protocol):
    """Wakes a state machine that waits for a person."""

    def complete(self, task_token: str) -> bool:
        """Let the waiting task end well; False if nobody waits with this token any more.

        What the person decided is not told: the state machine's next step reads it from the
        store.
        """


class TokenVault(Protocol):
    """Encrypts task tokens, so that whoever reads the store cannot use them."""

    def seal(self, task_token: str, *, org_id: str, attempt: int) -> str:
        """The token, encrypted for this org and attempt; text."""

    def open(self, sealed: str, *, org_id: str, attempt: int) -> str:
        """The token.

        Raises:
            InvariantViolation: It was not sealed for this org and attempt, or is damaged.
        """


class LinkSigner(Protocol):
    """Signs links, and tells its own signatures from others."""

    def sign(self, claims: str) -> str:
        """The signature of a text: 43 characters, URL-safe, always the same for the same text."""

    def is_genuine(self, claims: str, signature: str) -> bool:
        """Whether a signature was made by :meth:`sign` for exactly this text."""


class SecretIds(Protocol):
    """Makes ids that nobody can guess."""

    def new_secret_id(self) -> str:
        """128 random bits as 22 URL-safe characters."""


class ScanWorkflow(Protocol):
    """Starts scans and tells how the machinery behind one is doing."""

    def start(self, scan_id: str, *, requested_by: str) -> None:
        """Start a scan under this id."""

    def failure_of(self, scan_id: str) -> str | None:
        """Why the run behind a scan ended without completing, or None while it is all right."""


class ScanIds(Protocol):
    """Makes ids for scans."""

    def new_scan_id(self, now: datetime) -> str:
        """An id never used before, sorting by time."""
